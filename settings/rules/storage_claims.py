"""Rules of the claims of pods: which nodes can mount what, and what claims refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeNeed
from reference_constructs.storage.drivers import DRIVERS
from reference_constructs.storage.efs_options import EfsClaimOptions, EfsOptions
from reference_constructs.storage.file_system_options import FileSystemOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.node_needs import why_not
from settings.rules.rule import rule, warning
from settings.rules.storage_subjects import CLAIM, FILE_SYSTEM, NEEDS, claims, file_systems, is_mounted_by_pods
from settings.rules.subjects import nodes

_SOURCE: Final = "docs/node-capabilities.md, with the page of each answer"
_DYNAMIC: Final = f"{FILE_SYSTEM}.dynamic_provisioning"


@rule("docs/storage.md", keys=(f"{FILE_SYSTEM}.claims", _DYNAMIC, "eks"))
def claim_has_a_cluster(environment: Environment) -> Iterator[Problem]:
    """Claims are of pods, and there is no cluster with pods."""
    if environment.eks is not None:
        return
    for path, _, options in file_systems(environment, FileSystemOptions):
        if is_mounted_by_pods(options):
            key = "claims" if options.claims else "dynamic_provisioning"
            yield Problem(path=(*path, key), finding="the environment has no EKS cluster", fix="remove it, or add eks")


@rule(_SOURCE, keys=(f"{FILE_SYSTEM}.claims", _DYNAMIC, "eks.nodes"))
def some_nodes_can_mount_the_file_system(environment: Environment) -> Iterator[Problem]:
    """Pods that claim it stay pending, or fail, on nodes that cannot mount it."""
    found = [node for _, node in nodes(environment)]
    for path, _, options in file_systems(environment, FileSystemOptions):
        stated: dict[str, NodeNeed] = {"claims": NEEDS[options.kind]} if options.claims else {}
        if isinstance(options, EfsOptions) and options.dynamic_provisioning is not None:
            stated["dynamic_provisioning"] = "efs_dynamic"
        for key, need in stated.items() if found else ():
            reasons = dict.fromkeys(_why_not(environment, node, need) for node in found)
            if "" not in reasons:
                yield Problem(
                    path=(*path, key),
                    finding=f"no nodes can mount it: {listed(reasons)}",
                    fix=f"add nodes that can: make node-capabilities NEEDS={need}",
                )


@rule(_SOURCE, keys=(f"{CLAIM}.namespace", "eks.nodes.<name>.selectors[]"))
def claim_is_not_in_a_namespace_of_fargate(environment: Environment) -> Iterator[Problem]:
    """A Fargate profile takes every pod of the namespace, and pods on Fargate mount Amazon EFS only."""
    for path, _, claim, options in claims(environment):
        for node_path, node in nodes(environment):
            if options.kind != "efs" and node.takes(claim.namespace, {}):
                yield Problem(
                    path=(*path, "namespace"),
                    value=claim.namespace,
                    allowed=f"a namespace whose pods {node_path[-1]} does not take",
                    fix=f"use another namespace, or add labels to the selectors of {node_path[-1]}",
                )


@warning(
    "Consider running AWS Fargate with Amazon EFS CSI Driver; Using IAM to control access to file systems",
    keys=(f"{CLAIM}.namespace", "eks.nodes.<name>.selectors[]"),
)
def pods_on_fargate_mount_with_a_role(environment: Environment) -> Iterator[Problem]:
    """The file system admits IAM roles only, and AWS does not document with which role Fargate mounts one."""
    for path, _, claim, options in claims(environment):
        if options.kind == "efs" and any(node.takes(claim.namespace, {}) for _, node in nodes(environment)):
            yield Problem(
                path=(*path, "namespace"),
                finding=f"pods of the namespace {claim.namespace} run on AWS Fargate",
                fix="run them on other nodes, or acknowledge that you have seen Fargate mount it",
            )


@rule(
    "Availability Zones, FSx for Lustre User Guide: Accessing file systems; Amazon EKS best practices: storage",
    keys=(f"{FILE_SYSTEM}.availability_zone", "eks.nodes.<name>.availability_zones"),
)
def file_system_has_nodes_in_its_zone(environment: Environment) -> Iterator[Problem]:
    """Pods with the volume are scheduled in the zone of the file system, and there are no nodes."""
    for path, _, options in file_systems(environment, FileSystemOptions):
        zone = getattr(options, "availability_zone", None)
        if zone not in environment.availability_zones or not options.claims:
            continue
        able = [node for _, node in nodes(environment) if not _why_not(environment, node, NEEDS[options.kind])]
        if able and not any(_may_be_in(node, zone) for node in able):
            yield Problem(
                path=(*path, "availability_zone"),
                finding=f"no nodes that can mount it are in {zone}",
                fix="add the zone to availability_zones of nodes, or use a zone of theirs",
            )


@warning(
    "AWS add-ons, Amazon EKS User Guide; docs/storage.md",
    keys=(f"{FILE_SYSTEM}.claims", _DYNAMIC, f"{FILE_SYSTEM}.trident", "eks.add_ons"),
)
def file_system_has_its_driver(environment: Environment) -> Iterator[Problem]:
    """Without the CSI driver, pods that claim it wait forever; pods on AWS Fargate have one built in for Amazon EFS."""
    eks = environment.eks
    found = [node for _, node in nodes(environment)]
    if eks is None or not found or all(isinstance(node, FargateProfileOptions) for node in found):
        return
    names = {row.name for row in eks.installed_add_ons(found)}
    for path, _, options in file_systems(environment, FileSystemOptions):
        driver = DRIVERS.get(options.kind)
        if driver is not None and driver not in names and is_mounted_by_pods(options):
            key = "claims" if options.claims else "dynamic_provisioning"
            yield _without(path, key, driver)
        if getattr(options, "trident", False) and "netapp_trident-operator" not in names:
            yield _without(path, "trident", "netapp_trident-operator")


def _without(path: KeyPath, key: str, add_on: str) -> Problem:
    return Problem(
        path=(*path, key),
        finding=f"eks.add_ons does not have {add_on}",
        fix=f"add {add_on}: {{}}, or acknowledge that it is installed by Helm",
    )


@rule("Working with access points, Amazon EFS User Guide", keys=(f"{CLAIM}.access_point",))
def claim_has_an_access_point_of_its_file_system(environment: Environment) -> Iterator[Problem]:
    """There is no such access point to mount."""
    for path, _, claim, options in claims(environment):
        if isinstance(options, EfsOptions) and isinstance(claim, EfsClaimOptions) and claim.access_point is not None:
            yield from unknown_access_point((*path, "access_point"), claim.access_point, options)


def unknown_access_point(path: KeyPath, name: str, options: EfsOptions) -> Iterator[Problem]:
    """The problem of a name that no access point of the file system has."""
    if name not in options.access_points:
        yield Problem(
            path=path,
            value=name,
            allowed=listed(options.access_points, "or") if options.access_points else "",
            fix=did_you_mean(name, options.access_points) or "add it to access_points of the file system",
        )


@rule("Persistent Volumes, Kubernetes documentation: names are unique", keys=(CLAIM,))
def claim_comes_once_in_its_namespace(environment: Environment) -> Iterator[Problem]:
    """Two claims of one name in a namespace are one object, and its volume is that of the last one."""
    owners: dict[tuple[str, str], str] = {}
    for path, name, claim, _ in claims(environment):
        owner = owners.setdefault((claim.namespace, name), str(path[2]))
        if owner != path[2]:
            yield Problem(
                path=path,
                finding=f"{owner} has a claim {name} in the namespace {claim.namespace} too",
                fix="use another name or another namespace",
            )


def _why_not(environment: Environment, node: AnyNodeOptions, need: NodeNeed) -> str:
    """Why pods on these nodes cannot mount it; empty if they can, Windows pods among those that cannot."""
    if "windows_pods" in node.capabilities:
        return "Windows nodes"
    return why_not(environment, node, need)


def _may_be_in(node: AnyNodeOptions, zone: str) -> bool:
    """Whether nodes can be in a zone; those of subnets that exist, and of node pools, can be in any."""
    if not isinstance(node, InstanceNodeOptions) or node.subnet_ids:
        return True
    return node.availability_zones is None or zone in node.availability_zones
