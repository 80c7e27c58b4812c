"""Rules of the AMI of nodes, and of the settings that its operating system takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from reference_constructs.eks.nodes.kubelet_settings import KUBELET_FIELDS
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.node_values import what_eks_cannot_merge
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule
from settings.rules.subjects import instance_nodes

_NODE: Final = "eks.nodes.<name>"
_TEMPLATES: Final = "Customize managed nodes with launch templates, Amazon EKS User Guide"
# What EKS and other options of nodes set in `settings.kubernetes`.
_OTHER_KEYS: Final = {
    "api-server": "",
    "cluster-certificate": "",
    "cluster-dns-ip": "eks.service_cidr",
    "cluster-name": "",
    "max-pods": "max_pods",
    "node-labels": "labels",
    "node-taints": "taints",
}
_RELEASES: Final = {
    "al2023": (r"1\.\d+\.\d+-\d{8}", "1.36.0-20261106"),
    "bottlerocket": (r"\d+\.\d+\.\d+-[0-9a-f]{8}", "1.50.0-0a1b2c3d"),
    "windows": (r"1\.\d+-\d{4}\.\d{2}\.\d{2}", "1.36-2026.11.10"),
}


@rule(
    "nodeadm API reference; settings.kubernetes, Bottlerocket settings reference; bottlerocket-settings-sdk, "
    "modeled-types/src/kubernetes.rs",
    keys=(f"{_NODE}.kubelet.<name>", f"{_NODE}.node_config", f"{_NODE}.bottlerocket_settings"),
)
def settings_are_of_the_operating_system(environment: Environment) -> Iterator[Problem]:
    """Another operating system does not read them."""
    for path, node in instance_nodes(environment):
        for key, system in (("node_config", "al2023"), ("bottlerocket_settings", "bottlerocket")):
            if getattr(node, key) and node.operating_system != system:
                yield Problem(
                    path=(*path, key),
                    finding=f"{key} is for {system}, but operating_system is {node.operating_system}",
                    fix=f"remove it, or set operating_system to {system}",
                )
        for name, value in node.kubelet.items() if node.operating_system == "bottlerocket" else ():
            field = KUBELET_FIELDS[name]
            if not field.bottlerocket:
                known = listed(key for key, field in KUBELET_FIELDS.items() if field.bottlerocket)
                yield Problem(
                    path=(*path, "kubelet", name), finding=f"Bottlerocket has no setting for {name}", allowed=known
                )
            elif misfit := field.misfit_of_bottlerocket(value):
                words = "hours, minutes, seconds, and milliseconds in this order, such as 1h30m"
                yield Problem(
                    path=(*path, "kubelet", name),
                    finding=f"Bottlerocket does not take {misfit}",
                    allowed=listed(field.bottlerocket_values, "or")
                    if misfit in field.values
                    else "less than 100%"
                    if misfit.endswith("%")
                    else words,
                )


@rule("settings.kubernetes, Bottlerocket settings reference", keys=(f"{_NODE}.bottlerocket_settings",))
def bottlerocket_setting_has_no_key_of_its_own(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS, or another key of the nodes, sets it already."""
    for path, node in instance_nodes(environment):
        kubernetes = node.bottlerocket_settings.get("kubernetes")
        others = _OTHER_KEYS | {KUBELET_FIELDS[name].bottlerocket: f"kubelet.{name}" for name in node.kubelet}
        for key in kubernetes if isinstance(kubernetes, Mapping) else ():
            if key in others:
                yield Problem(
                    path=(*path, "bottlerocket_settings", "kubernetes", key),
                    finding=f"{key} is set already",
                    fix=f"use {others[key]} instead" if others[key] else "remove it",
                )


@rule(f"{_TEMPLATES}, Bottlerocket user data", keys=(f"{_NODE}.bottlerocket_settings",))
def bottlerocket_settings_can_be_merged(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS merges the settings with its own, and does not support all of TOML."""
    for path, node in instance_nodes(environment):
        is_merged = isinstance(node, ManagedNodeGroupOptions) and not node.image_id
        if is_merged and (key := what_eks_cannot_merge(node.bottlerocket_settings)):
            yield Problem(
                path=(*path, "bottlerocket_settings"),
                finding=f"Amazon EKS cannot merge {key}",
                fix="avoid quotes and backslashes in texts, lists of several types, and names of tables with other "
                "characters than letters, digits, hyphens, and underscores",
            )


@rule(f"{_TEMPLATES}, Specifying an AMI; nodeadm API reference", keys=(f"{_NODE}.image_id",))
def own_ami_knows_the_service_cidr(environment: Environment) -> Iterator[Problem]:
    """A node with an AMI of your own must know the addresses of services, which no template can read."""
    if environment.eks is None or environment.eks.service_cidr is not None or environment.eks.ip_family == "ipv6":
        return
    for path, node in instance_nodes(environment):
        if node.image_id:
            yield Problem(
                path=(*path, "image_id"),
                finding="there is an AMI of your own, but eks.service_cidr is not stated",
                fix="state eks.service_cidr; for a cluster that exists, the one it has: "
                "aws eks describe-cluster --query cluster.kubernetesNetworkConfig.serviceIpv4Cidr",
            )


@rule(
    f"{_TEMPLATES}, Limits and conditions when specifying an AMI ID; Use warm pools with managed node groups",
    keys=(f"{_NODE}.release_version", f"{_NODE}.warm_pool"),
)
def own_ami_has_no_version_of_eks(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a release version, and a warm pool, with an AMI of your own."""
    for path, node in instance_nodes(environment):
        for key in ("release_version", "warm_pool"):
            if node.image_id and getattr(node, key, None) is not None:
                yield Problem(
                    path=(*path, key), finding=f"there is an AMI of your own, and {key}", fix="remove one of the two"
                )


@rule(
    "Amazon EKS optimized Amazon Linux AMI versions; Amazon EKS optimized Windows AMI versions; Bottlerocket releases",
    keys=(f"{_NODE}.release_version", "eks.kubernetes_version"),
)
def release_version_is_of_the_nodes(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a release of another operating system, or of another Kubernetes version."""
    for path, node in instance_nodes(environment):
        if not isinstance(node, ManagedNodeGroupOptions) or node.release_version is None or environment.eks is None:
            continue
        form, example = _RELEASES["windows" if node.is_windows else node.operating_system]
        version = environment.eks.kubernetes_version
        if not re.fullmatch(form, node.release_version):
            yield Problem(
                path=(*path, "release_version"),
                value=node.release_version,
                allowed=f"a release for {node.operating_system}, such as {example}",
            )
        elif node.operating_system != "bottlerocket" and not re.match(
            rf"{re.escape(version)}[.-]", node.release_version
        ):
            yield Problem(
                path=(*path, "release_version"),
                value=node.release_version,
                allowed=f"a release for Kubernetes {version}",
            )
