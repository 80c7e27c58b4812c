"""Rules of Windows nodes of the EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes

_SOURCE: Final = "Deploy Windows nodes on EKS clusters, Amazon EKS User Guide"
_NODE: Final = "eks.nodes.<name>"
# "Amazon EKS API Reference", CreateNodegroup, diskSize.
_IMAGE_GIB: Final = 50


@rule(f"AMITypes, Amazon EKS API Reference; {_SOURCE}", keys=(f"{_NODE}.architecture",))
def windows_node_is_x86(environment: Environment) -> Iterator[Problem]:
    """There is no Windows Server for Arm."""
    for path, node in instance_nodes(environment):
        if node.is_windows and node.architecture == "arm64":
            stated = "" if "architecture" in node.model_fields_set else ", the default"
            yield Problem(
                path=(*path, "architecture"),
                finding=f"operating_system is {node.operating_system}, but architecture is arm64{stated}",
                fix="set architecture to x86_64, and use instance_types of that architecture",
            )


@rule(_SOURCE, keys=("eks.add_ons.<name>.configuration",))
def windows_ipam_is_on(environment: Environment) -> Iterator[Problem]:
    """Without it no Windows pod gets an address; where the key is not stated, it is added."""
    stated = ((environment.eks and environment.eks.add_ons) or {}).get("vpc-cni")
    if stated is None or not any(node.is_windows for _, node in instance_nodes(environment)):
        return
    if stated.configuration.get("enableWindowsIpam", "true") != "true":
        yield Problem(
            path=("eks", "add_ons", "vpc-cni", "configuration", "enableWindowsIpam"),
            value=stated.configuration["enableWindowsIpam"],
            allowed='"true", in quotes, because there are Windows nodes',
        )


@rule(
    "Customize managed nodes with launch templates, Windows user data; Create nodes with optimized Windows AMIs",
    keys=(f"{_NODE}.max_pods", f"{_NODE}.kubelet"),
)
def windows_node_takes_the_settings(environment: Environment) -> Iterator[Problem]:
    """Only the bootstrap script of the AMI configures the kubelet, which Amazon EKS calls with arguments of its own."""
    for path, node in instance_nodes(environment):
        if node.is_windows and node.kubelet:
            yield Problem(
                path=(*path, "kubelet"),
                finding=f"operating_system is {node.operating_system}, whose kubelet takes no such configuration",
                fix="remove kubelet",
            )
        if node.is_windows and node.max_pods and isinstance(node, ManagedNodeGroupOptions) and not node.image_id:
            yield Problem(
                path=(*path, "max_pods"),
                finding=f"Amazon EKS configures the nodes, and operating_system is {node.operating_system}",
                fix="remove max_pods, or use an AMI of your own: image_id",
            )


@warning(_SOURCE, keys=(f"{_NODE}.taints",))
def windows_node_has_a_taint(environment: Environment) -> Iterator[Problem]:
    """Linux pods without a node selector are scheduled on Windows nodes too, and never start there."""
    for path, node in instance_nodes(environment):
        if node.is_windows and not any(taint.keeps_off(()) for taint in node.taints):
            yield Problem(
                path=(*path, "taints"),
                finding="Windows nodes have no taint that keeps Linux pods off",
                fix="add one, such as {key: os, value: windows}, or acknowledge that Linux pods have a nodeSelector",
            )


@warning("Elastic Fabric Adapter, EFA limitations, Amazon EC2 User Guide", keys=(f"{_NODE}.efa_interfaces",))
def windows_node_has_no_efa(environment: Environment) -> Iterator[Problem]:
    """On Windows, an Elastic Fabric Adapter works as an ordinary network interface, and applications gain nothing."""
    for path, node in instance_nodes(environment):
        if node.is_windows and node.efa_interfaces:
            yield Problem(
                path=(*path, "efa_interfaces"),
                finding=f"there are Elastic Fabric Adapters, and operating_system is {node.operating_system}",
                fix="remove efa_interfaces, or use Linux",
            )


@warning("CreateNodegroup, Amazon EKS API Reference, diskSize", keys=(f"{_NODE}.volume_gib",))
def windows_volume_holds_the_image(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 refuses a volume that is smaller than the snapshot of the AMI, which has 50 GiB."""
    for path, node in instance_nodes(environment):
        if node.is_windows and node.volume_gib < _IMAGE_GIB:
            yield Problem(
                path=(*path, "volume_gib"),
                finding=f"operating_system is {node.operating_system}, and volume_gib is {node.volume_gib}",
                fix=f"set {_IMAGE_GIB} or more",
            )
