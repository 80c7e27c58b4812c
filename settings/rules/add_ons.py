"""Rules of the EKS add-ons. What an add-on requires is in the catalog, which versions are pinned in the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from facts.add_on_configuration import Schema, schema_of
from reference_constructs.eks.add_ons.add_on_options import can_run
from reference_constructs.eks.add_ons.catalog import CATALOG
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, is_on, listed
from settings.rules.rule import rule, warning

_CONFIGURATION = "eks.add_ons.<name>.configuration"
# More keys than these are no help in a message.
_MOST_KEYS: Final = 15
_TYPES: Final[Mapping[str, Callable[[object], bool]]] = {
    "array": lambda value: isinstance(value, list | tuple),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, Mapping),
    "string": lambda value: isinstance(value, str),
}
_WORDS: Final[Mapping[str, str]] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "object": "a mapping",
    "string": "text",
}


@rule("Amazon EKS add-ons", keys=("eks.add_ons.<name>", "eks.nodes"))
def add_on_can_run_on_the_nodes(environment: Environment) -> Iterator[Problem]:
    """Without a node that its pods can run on, the add-on would stay degraded and fail the deployment."""
    if environment.eks is None:
        return
    nodes = environment.eks.nodes.values()
    for name in environment.eks.add_ons or {}:
        row = environment.eks.add_on(name)
        is_built_in = any(name in each.built_in_add_ons for each in nodes)
        if not can_run(row, nodes) and not is_built_in:
            needed = sorted(capability.replace("_", " ") for capability in row.requires)
            such = f"nodes that support {listed(needed)}, which {name} requires" if nodes and needed else "nodes"
            possible = [each.name for each in CATALOG.values() if can_run(each, nodes)]
            yield Problem(
                path=("eks", "add_ons", name),
                finding=f"there are no {such}",
                allowed=listed(possible, "or") if possible else "",
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


@rule(
    "DescribeAddonConfiguration, Amazon EKS API Reference; amazon-vpc-cni-k8s issue 2173; "
    "facts/add_on_configuration.json",
    keys=(_CONFIGURATION,),
)
def configuration_has_the_types_of_the_schema(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a configuration that has other types than the schema of the add-on, or lacks a key."""
    for path, add_on, configuration in _configurations(environment):
        for place, schema, values in _mappings(path, schema_of(add_on), configuration):
            for key, value in values.items():
                types = schema.types(key)
                if types and not any(_TYPES[each](value) for each in types):
                    yield Problem(path=(*place, key), value=value, allowed=_in_words(types[0], value))
            for key in schema.required:
                if key not in values:
                    yield Problem(path=place, finding=f"there is no {key}", fix=f"add {key}")


@warning(
    "DescribeAddonConfiguration, Amazon EKS API Reference; terraform-aws-eks issue 2349; "
    "facts/add_on_configuration.json",
    keys=(_CONFIGURATION,),
)
def configuration_key_is_known(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a value that is not in the schema of the add-on, which each version has of its own."""
    for path, add_on, configuration in _configurations(environment):
        for place, schema, values in _mappings(path, schema_of(add_on), configuration):
            for key in values if not schema.is_open else ():
                if key not in schema.keys:
                    yield Problem(
                        path=(*place, key),
                        finding=f"{'.'.join((add_on, *map(str, place[len(path) :])))} is not known to have {key}",
                        fix=_meant_key(key, schema)
                        or "acknowledge this if the schema of the version has it: "
                        f"aws eks describe-addon-configuration --addon-name {add_on}",
                    )


def _meant_key(key: str, schema: Schema) -> str:
    """Another key that was probably meant, or the place where this one belongs."""
    places = list(schema.places_of(key))
    if places:
        return f"{key} is a key of {listed(places, 'or')}"
    if meant := did_you_mean(key, schema.keys):
        return meant
    few = len(schema.keys) <= _MOST_KEYS
    return f"use one of {listed(schema.keys)}, or acknowledge that the version has it" if few else ""


def _mappings(
    path: KeyPath, schema: Schema | None, values: Mapping[str, object]
) -> Iterator[tuple[KeyPath, Schema, Mapping[str, object]]]:
    """The mappings of a configuration whose schema is known, each with it."""
    if schema is None:
        return
    yield path, schema, values
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _mappings((*path, key), schema.below(key), value)


def _in_words(json_type: str, value: object) -> str:
    if json_type == "string" and isinstance(value, bool | int | float):
        return f'a string: "{json.dumps(value)}", in quotes'
    if json_type == "integer" and isinstance(value, str) and value.isdecimal():
        return f"a whole number: {value}, without quotes"
    return _WORDS[json_type]


@warning("Deploy Pods in alternative subnets with custom networking, Amazon EKS User Guide", keys=(_CONFIGURATION,))
def custom_networking_has_subnets(environment: Environment) -> Iterator[Problem]:
    """Without an ENIConfig for its zone, a node gets no addresses for pods, and does not become ready."""
    for path, add_on, configuration in () if environment.pod_prefix_lengths else _configurations(environment):
        variables, eni_config = (
            each if isinstance(each, Mapping) else {}
            for each in (configuration.get("env"), configuration.get("eniConfig"))
        )
        if add_on != "vpc-cni" or not is_on(variables.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG")):
            continue
        subnets = eni_config.get("subnets")
        by_zone = variables.get("ENI_CONFIG_LABEL_DEF") == "topology.kubernetes.io/zone"
        missing = [
            each for each in environment.availability_zones if isinstance(subnets, Mapping) and each not in subnets
        ]
        reason = "eniConfig.create is false" if eni_config else "there is no eniConfig"
        if not eni_config or eni_config.get("create") is False:
            yield Problem(
                path=(*path, "env", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
                finding=f"custom networking is on, but {reason}",
                fix="add eniConfig, or acknowledge that each zone has an ENIConfig before its nodes start",
            )
        elif by_zone and missing:
            yield Problem(
                path=(*path, "eniConfig", "subnets"),
                finding=f"there is no subnet for {listed(missing, 'or')}",
                fix="add one for each zone, or acknowledge that each has an ENIConfig before its nodes start",
            )


def _configurations(environment: Environment) -> Iterator[tuple[KeyPath, str, Mapping[str, object]]]:
    for name, options in ((environment.eks and environment.eks.add_ons) or {}).items():
        yield ("eks", "add_ons", name, "configuration"), name, options.configuration


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
    # What is not in the catalog has a rule of its own (add_on_names.py).
    installed = ({row.name for row in eks.installed_add_ons(eks.nodes.values())} - stated) & CATALOG.keys()
    unpinned = installed - set(PINNED_VERSIONS.get(eks.kubernetes_version, ()))
    if unpinned:
        complete = [f'"{version}"' for version, pins in PINNED_VERSIONS.items() if installed <= set(pins)]
        yield Problem(
            path=("eks", "kubernetes_version"),
            finding=f"no version of {listed(sorted(unpinned), 'or')} is pinned for Kubernetes {eks.kubernetes_version}",
            allowed=listed(complete, "or") if complete else "",
            fix="state eks.add_ons.<name>.version for each, or set eks.add_on_versions to default",
        )
