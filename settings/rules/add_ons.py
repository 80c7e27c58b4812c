"""Rules of the EKS add-ons. What an add-on requires is in the catalog, which versions are pinned in the table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from reference_constructs.eks.add_ons.add_on_options import can_run
from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.rule import rule, warning

_CONFIGURATION = "eks.add_ons.<name>.configuration"


@rule("Amazon EKS add-ons", keys=("eks.add_ons.<name>", "eks.nodes"))
def add_on_can_run_on_the_nodes(environment: Environment) -> Iterator[Problem]:
    """Without a node that its pods can run on, the add-on would stay degraded and fail the deployment."""
    if environment.eks is None or not environment.eks.nodes:
        return
    nodes = environment.eks.nodes.values()
    for name in environment.eks.add_ons or {}:
        row = CATALOG[name]
        if not can_run(row, nodes):
            needed = listed(sorted(capability.replace("_", " ") for capability in row.requires))
            possible = [each.name for each in CATALOG.values() if can_run(each, nodes)]
            yield Problem(
                path=("eks", "add_ons", name),
                finding=f"there are no nodes that support {needed}, which {name} requires",
                allowed=listed(possible, "or"),
                fix="remove the add-on, or add nodes that are EC2 instances",
            )


@rule("Manage kube-proxy in Amazon EKS clusters", keys=("eks.add_ons.<name>.version", "eks.kubernetes_version"))
def kube_proxy_is_not_newer_than_the_cluster(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS offers versions of kube-proxy up to the minor version of the cluster."""
    add_on = ((environment.eks and environment.eks.add_ons) or {}).get("kube-proxy")
    if environment.eks is None or add_on is None or add_on.version is None:
        return
    minor = int(add_on.version.split(".")[1])
    if minor > int(environment.eks.kubernetes_version.partition(".")[2]):
        yield Problem(
            path=("eks", "add_ons", "kube-proxy", "version"),
            value=add_on.version,
            allowed=f"a version of kube-proxy for Kubernetes {environment.eks.kubernetes_version}",
        )


@rule("DescribeAddonConfiguration, Amazon EKS API Reference; amazon-vpc-cni-k8s issue 2173", keys=(_CONFIGURATION,))
def environment_of_an_add_on_is_text(environment: Environment) -> Iterator[Problem]:
    """The schema of the add-on has strings here, and Amazon EKS refuses a number or a Boolean."""
    for path, _, configuration in _configurations(environment):
        variables = configuration.get("env")
        for name, value in variables.items() if isinstance(variables, Mapping) else ():
            if isinstance(value, bool | int | float):
                yield Problem(
                    path=(*path, "env", name), value=value, allowed=f'a string: "{json.dumps(value)}", in quotes'
                )


@warning("DescribeAddonConfiguration, Amazon EKS API Reference; terraform-aws-eks issue 2349", keys=(_CONFIGURATION,))
def configuration_key_is_known(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a value that is not in the schema of the add-on, which each version has of its own."""
    for path, row, configuration in _configurations(environment):
        for key in configuration if row.configuration_keys else ():
            if key not in row.configuration_keys:
                yield Problem(
                    path=(*path, key),
                    finding=f"{row.name} is not known to have {key}",
                    fix=did_you_mean(key, row.configuration_keys)
                    or f"use one of {listed(row.configuration_keys)}, or acknowledge that the version has it",
                )


@warning("Deploy Pods in alternative subnets with custom networking, Amazon EKS User Guide", keys=(_CONFIGURATION,))
def custom_networking_has_subnets(environment: Environment) -> Iterator[Problem]:
    """Without an ENIConfig for its zone, a node gets no addresses for pods, and does not become ready."""
    for path, row, configuration in _configurations(environment):
        variables = configuration.get("env")
        asked = isinstance(variables, Mapping) and variables.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") == "true"
        if row.name == "vpc-cni" and asked and "eniConfig" not in configuration:
            yield Problem(
                path=(*path, "env", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
                finding="custom networking is on, but there is no eniConfig",
                fix="add eniConfig, or acknowledge that each zone has an ENIConfig before its nodes start",
            )


def _configurations(environment: Environment) -> Iterator[tuple[KeyPath, AddOn, Mapping[str, object]]]:
    for name, add_on in ((environment.eks and environment.eks.add_ons) or {}).items():
        yield ("eks", "add_ons", name, "configuration"), CATALOG[name], add_on.configuration


@rule(
    "Amazon EKS add-ons; constructs/reference_constructs/eks/add_ons/versions.py",
    keys=("eks.kubernetes_version", "eks.add_on_versions", "eks.add_ons.<name>.version"),
)
def add_on_versions_are_pinned(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses an add-on version that is not for the Kubernetes version, so none is guessed."""
    eks = environment.eks
    if eks is None or eks.add_on_versions == "default":
        return
    stated = {name for name, add_on in (eks.add_ons or {}).items() if add_on.version is not None}
    installed = {row.name for row in eks.installed_add_ons(eks.nodes.values())} - stated
    unpinned = installed - set(PINNED_VERSIONS.get(eks.kubernetes_version, ()))
    if unpinned:
        complete = [f'"{version}"' for version, pins in PINNED_VERSIONS.items() if installed <= set(pins)]
        yield Problem(
            path=("eks", "kubernetes_version"),
            finding=f"no version of {listed(sorted(unpinned), 'or')} is pinned for Kubernetes {eks.kubernetes_version}",
            allowed=listed(complete, "or") if complete else "",
            fix="state eks.add_ons.<name>.version for each, or set eks.add_on_versions to default",
        )
