"""Rules of the storage classes of Amazon EBS volumes that manifests have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.ecs.volume_options import IOPS, MIB_FOR_EACH_IOPS
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.node_needs import why_not
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes

_CLASSES: Final = "storage.volume_classes"
_CLASS: Final = f"{_CLASSES}.<name>"
_PATH: Final[KeyPath] = ("storage", "volume_classes")
_PARAMETERS: Final = "aws-ebs-csi-driver, docs/parameters.md; Amazon EBS volume types"


@rule("docs/node-capabilities.md, with the page of each answer", keys=(_CLASSES, "eks", "eks.nodes"))
def volume_class_has_nodes(environment: Environment) -> Iterator[Problem]:
    """No pod could claim a volume of the class."""
    if not environment.storage.volume_classes:
        return
    found = [node for _, node in nodes(environment)]
    if environment.eks is None:
        yield Problem(path=_PATH, finding="the environment has no EKS cluster", fix="remove it, or add eks")
    elif found and "" not in (reasons := dict.fromkeys(why_not(environment, node, "ebs") for node in found)):
        yield Problem(
            path=_PATH,
            finding=f"no nodes can mount Amazon EBS volumes: {listed(reasons)}",
            fix="add nodes that can: make node-capabilities NEEDS=ebs",
        )


@rule(_PARAMETERS, keys=(f"{_CLASS}.iops", f"{_CLASS}.throughput_mib_per_second", f"{_CLASS}.volume_type"))
def volume_class_has_the_performance_of_its_type(environment: Environment) -> Iterator[Problem]:
    """Amazon EBS refuses performance that the type of a volume does not have, so that claims stay pending."""
    for name, options in environment.storage.volume_classes.items():
        limits = IOPS.get(options.volume_type)
        if options.iops is None and options.volume_type == "io2":
            yield Problem(path=(*_PATH, name, "iops"), finding="a volume of the type io2 needs iops", fix="add it")
        elif options.iops is not None and (limits is None or not limits[0] <= options.iops <= limits[1]):
            allowed = f"from {limits[0]} to {limits[1]}" if limits else "no iops"
            yield Problem(
                path=(*_PATH, name, "iops"), value=options.iops, allowed=f"{allowed} for {options.volume_type}"
            )
        throughput = options.throughput_mib_per_second
        most = (options.iops or IOPS["gp3"][0]) * MIB_FOR_EACH_IOPS
        if throughput is not None and (options.volume_type != "gp3" or throughput > most):
            allowed = f"at most {int(most)} with these iops" if options.volume_type == "gp3" else "no throughput"
            yield Problem(
                path=(*_PATH, name, "throughput_mib_per_second"),
                value=throughput,
                allowed=f"{allowed} for {options.volume_type}",
            )


@rule("Create Amazon Linux nodes on AWS Outposts, Amazon EKS User Guide", keys=(f"{_CLASS}.volume_type",))
def volume_class_is_of_a_type_on_the_outpost(environment: Environment) -> Iterator[Problem]:
    """An AWS Outpost has gp2 volumes only."""
    found = [node for _, node in nodes(environment)]
    if not found or not all(isinstance(node, InstanceNodeOptions) and node.location == "outpost" for node in found):
        return
    for name, options in environment.storage.volume_classes.items():
        if options.volume_type != "gp2":
            yield Problem(
                path=(*_PATH, name, "volume_type"),
                value=options.volume_type,
                allowed="gp2, because all nodes are on an Outpost",
            )


@rule("Storage Classes, Kubernetes documentation: default StorageClass", keys=(f"{_CLASS}.default",))
def one_volume_class_is_the_default(environment: Environment) -> Iterator[Problem]:
    """Of several default classes, Kubernetes takes the one that was created last."""
    defaults = [name for name, options in environment.storage.volume_classes.items() if options.default]
    for name in defaults[1:]:
        yield Problem(
            path=(*_PATH, name, "default"), value=True, allowed=f"false, because {defaults[0]} is the default"
        )


@warning(
    "Enable snapshot functionality for CSI volumes; Learn how EKS Auto Mode works: storage",
    keys=(f"{_CLASS}.snapshots", "eks.add_ons"),
)
def volume_snapshots_have_their_controller(environment: Environment) -> Iterator[Problem]:
    """Without the snapshot controller there is no VolumeSnapshotClass, and EKS Auto Mode does not bring it."""
    eks = environment.eks
    if eks is None or any(row.name == "snapshot-controller" for row in eks.installed_add_ons(eks.nodes.values())):
        return
    for name, options in environment.storage.volume_classes.items():
        if options.snapshots:
            yield Problem(
                path=(*_PATH, name, "snapshots"),
                finding="eks.add_ons does not have snapshot-controller",
                fix="add snapshot-controller: {}, or acknowledge that it is installed by Helm",
            )


@warning("Use Kubernetes volume storage with Amazon EBS", keys=(_CLASSES, "eks.add_ons"))
def volume_class_has_its_driver(environment: Environment) -> Iterator[Problem]:
    """Without the CSI driver, pods that claim a volume wait forever."""
    eks = environment.eks
    if eks is None or not environment.storage.volume_classes or not eks.nodes:
        return
    built_in = any("aws-ebs-csi-driver" in node.built_in_add_ons for node in eks.nodes.values())
    if not built_in and all(row.name != "aws-ebs-csi-driver" for row in eks.installed_add_ons(eks.nodes.values())):
        yield Problem(
            path=_PATH,
            finding="eks.add_ons does not have aws-ebs-csi-driver",
            fix="add aws-ebs-csi-driver: {}, or acknowledge that it is installed by Helm",
        )
