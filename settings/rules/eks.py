"""Rules of the EKS cluster, its nodes, its Fargate profiles and who may use it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.rules.compute import (
    accelerated_types,
    several_types_on_spot,
    types_are_known,
    types_are_of_the_architecture,
)
from settings.rules.rule import rule
from settings.rules.values import values_ascend, values_come_once
from settings.eks import PINNED_KUBERNETES_VERSIONS, NodeGroupSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem

RESERVED_LABEL_DOMAINS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")
# What the kubelet may say of its own node all the same.
OPEN_LABEL_DOMAINS = ("node.kubernetes.io", "kubelet.kubernetes.io")

# `InstanceType` of aws-cdk-lib, which node groups ask for the architecture.
READABLE_TYPE = re.compile(r"[a-z]+\d{1,2}[a-z-]*\.[a-z0-9-]+")


def _node_groups(environment: Environment) -> Iterator[tuple[KeyPath, NodeGroupSettings]]:
    for name, group in (environment.eks.node_groups if environment.eks else {}).items():
        yield ("eks", "node_groups", name), group


@rule("Amazon EKS User Guide, Compute")
def cluster_has_some_compute(environment: Environment) -> Iterator[Problem]:
    """CoreDNS has nowhere to run; EKS waits 20 minutes for it and fails the deployment."""
    if environment.eks is not None and not environment.eks.node_groups and not environment.eks.fargate_profiles:
        yield Problem(path=("eks",), value=None, allowed="node_groups, fargate_profiles, or both")


@rule("Manage CoreDNS for DNS in Amazon EKS clusters")
def core_dns_has_somewhere_to_run(environment: Environment) -> Iterator[Problem]:
    """CoreDNS tolerates no taint of ours; EKS waits 20 minutes for it and fails the deployment."""
    if environment.eks is None or not environment.eks.node_groups:
        return
    if not any(
        group.desired_size > 0 and all(taint.effect == "PREFER_NO_SCHEDULE" for taint in group.taints)
        for _, group in _node_groups(environment)
    ):
        yield Problem(
            path=("eks", "node_groups"),
            value=list(environment.eks.node_groups),
            allowed="at least one group with a desired_size above 0 and no taint, for CoreDNS to run on",
        )


@rule("Cluster API server endpoint, Amazon EKS User Guide")
def private_endpoint_has_no_public_list(environment: Environment) -> Iterator[Problem]:
    """EKS would ignore the list, and whoever wrote it expects to get in."""
    if environment.eks is None:
        return
    endpoint = environment.eks.endpoint
    public = [str(cidr) for cidr in endpoint.public_access_cidrs]
    if endpoint.access == "private" and public:
        yield Problem(
            path=("eks", "endpoint", "public_access_cidrs"), value=public, allowed="none, because access is private"
        )


@rule("Cluster API server endpoint, Amazon EKS User Guide; Security Hub control EKS.1")
def public_endpoint_says_for_whom(environment: Environment) -> Iterator[Problem]:
    """Without a list, EKS admits the whole internet."""
    if environment.eks is None:
        return
    endpoint = environment.eks.endpoint
    if endpoint.access != "private" and not endpoint.public_access_cidrs:
        yield Problem(
            path=("eks", "endpoint", "public_access_cidrs"),
            value=[],
            allowed=f"at least one range, because access is {endpoint.access}: 0.0.0.0/0 for everyone",
        )


@rule("Cluster API server endpoint, Amazon EKS User Guide")
def public_endpoint_has_no_private_list(environment: Environment) -> Iterator[Problem]:
    """There is no private endpoint that the list could be for."""
    if environment.eks is None:
        return
    endpoint = environment.eks.endpoint
    private = [str(cidr) for cidr in endpoint.private_access_cidrs]
    if endpoint.access == "public" and private:
        yield Problem(
            path=("eks", "endpoint", "private_access_cidrs"), value=private, allowed="none, because access is public"
        )


@rule("Cluster API server endpoint, Amazon EKS User Guide")
def private_endpoint_has_a_way_in(environment: Environment) -> Iterator[Problem]:
    """Nobody could use the cluster: there is no node to go through, and the endpoint admits nothing else."""
    if environment.eks is None:
        return
    endpoint = environment.eks.endpoint
    fargate_alone = environment.eks.fargate_profiles and not environment.eks.node_groups
    if fargate_alone and endpoint.access == "private" and not endpoint.private_access_cidrs:
        yield Problem(
            path=("eks", "endpoint", "private_access_cidrs"),
            value=[],
            allowed="at least one range, such as that of the VPC or of a VPN, because there are no node_groups",
        )


@rule("Update existing cluster to new Kubernetes version, Amazon EKS User Guide")
def upgrade_goes_one_minor_up(environment: Environment) -> Iterator[Problem]:
    """EKS upgrades one minor version at a time, and does not go back."""
    if environment.eks is None or environment.eks.deployed_kubernetes_version is None:
        return
    deployed = int(environment.eks.deployed_kubernetes_version.partition(".")[2])
    wanted = int(environment.eks.kubernetes_version.partition(".")[2])
    if wanted not in (deployed, deployed + 1):
        yield Problem(
            path=("eks", "kubernetes_version"),
            value=environment.eks.kubernetes_version,
            allowed=f"1.{deployed} or 1.{deployed + 1}, because deployed_kubernetes_version is 1.{deployed}",
        )


@rule("Amazon EKS add-ons; constructs/reference_constructs/eks/add_on_versions.py")
def add_on_versions_are_pinned_for_the_version(environment: Environment) -> Iterator[Problem]:
    """EKS refuses an add-on version that is not for the Kubernetes version."""
    if environment.eks is None:
        return
    eks = environment.eks
    if eks.add_on_versions == "pinned" and eks.kubernetes_version not in PINNED_KUBERNETES_VERSIONS:
        yield Problem(
            path=("eks", "kubernetes_version"),
            value=eks.kubernetes_version,
            allowed=f"{' or '.join(PINNED_KUBERNETES_VERSIONS)}, for which add-on versions are pinned, or "
            "add_on_versions: default",
        )


@rule("Amazon EKS add-ons")
def add_on_runs_on_the_compute(environment: Environment) -> Iterator[Problem]:
    """It runs on nodes only, would stay degraded without any, and fail the deployment."""
    if environment.eks is None or environment.eks.node_groups:
        return
    for index, name in enumerate(environment.eks.add_ons or ()):
        if name != "metrics-server":
            yield Problem(path=("eks", "add_ons", index), value=name, allowed="metrics-server, without node_groups")


@rule("CreateAddon, Amazon EKS API Reference")
def add_on_comes_once(environment: Environment) -> Iterator[Problem]:
    """EKS has one add-on of a name for each cluster."""
    add_ons = (environment.eks.add_ons if environment.eks else None) or ()
    yield from values_come_once(("eks", "add_ons"), add_ons, called="add-on")


@rule("CreateAccessEntry, Amazon EKS API Reference")
def principal_has_one_entry(environment: Environment) -> Iterator[Problem]:
    """EKS has one access entry for each principal; the second fails because it is in use."""
    principals: dict[str, str] = {}
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        if entry.principal_arn in principals:
            yield Problem(
                path=("eks", "access_entries", name, "principal_arn"),
                value=entry.principal_arn,
                allowed=f"a principal that entry {principals[entry.principal_arn]} does not have",
            )
        principals[entry.principal_arn] = name


@rule("AccessScope, Amazon EKS API Reference")
def namespace_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a scope that has one namespace twice."""
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        path = ("eks", "access_entries", name, "namespaces")
        yield from values_come_once(path, entry.namespaces, called="namespace")


@rule("CreateNodegroup, Amazon EKS API Reference")
def node_group_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """EKS refuses sizes in the wrong order."""
    for path, group in _node_groups(environment):
        yield from values_ascend(
            path, min_size=group.min_size, desired_size=group.desired_size, max_size=group.max_size
        )


@rule("Amazon EC2 instance types; environments/aws_facts.json")
def node_types_are_known(environment: Environment) -> Iterator[Problem]:
    """EKS refuses a node group of a type that EC2 does not have."""
    for path, group in _node_groups(environment):
        yield from types_are_known(path, group.instance_types)


@rule("Amazon EC2 instance types; environments/aws_facts.json")
def node_types_are_of_the_architecture(environment: Environment) -> Iterator[Problem]:
    """EKS refuses types that cannot run the group's image."""
    for path, group in _node_groups(environment):
        yield from types_are_of_the_architecture(path, group.architecture, group.instance_types)


@rule("Use EKS-optimized accelerated AMIs, Amazon EKS User Guide")
def node_types_have_no_accelerator(environment: Environment) -> Iterator[Problem]:
    """The image has no drivers for GPUs or Neuron devices, which would be paid for and not used."""
    for path, group in _node_groups(environment):
        yield from accelerated_types(path, group.instance_types)


@rule("aws-cdk-lib, aws_ec2.InstanceType")
def node_types_are_readable(environment: Environment) -> Iterator[Problem]:
    """The CDK cannot read the architecture from names such as u7in-16tb.224xlarge, and stops."""
    for path, group in _node_groups(environment):
        for index, name in enumerate(group.instance_types):
            if not READABLE_TYPE.fullmatch(name):
                yield Problem(path=(*path, "instance_types", index), value=name, allowed="a type of another family")


@rule("Best practices for Amazon EC2 Spot")
def node_type_comes_once(environment: Environment) -> Iterator[Problem]:
    """A type that is there twice is one choice less than it seems."""
    for path, group in _node_groups(environment):
        yield from values_come_once((*path, "instance_types"), group.instance_types, called="type")


@rule("Managed node group capacity types, Amazon EKS User Guide")
def nodes_on_spot_have_several_types(environment: Environment) -> Iterator[Problem]:
    """Spot capacity of one type runs out, and then no node starts."""
    for path, group in _node_groups(environment):
        if group.capacity_type == "spot":
            yield from several_types_on_spot(path, group.instance_types)


@rule("NodeRestriction, Kubernetes admission controllers; terraform-aws-eks issue 3346")
def label_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """A node may not give itself such a label: it would not join, and the group fails after 25 minutes."""
    for path, group in _node_groups(environment):
        for key in group.labels:
            reserved, free = ", ".join(RESERVED_LABEL_DOMAINS), " or ".join(OPEN_LABEL_DOMAINS)
            domain = "." + key.rpartition("/")[0]
            if _within(domain, RESERVED_LABEL_DOMAINS) and not _within(domain, OPEN_LABEL_DOMAINS):
                yield Problem(
                    path=(*path, "labels", key),
                    value=key,
                    allowed=f"a label outside {reserved}, or within {free}",
                )


def _within(domain: str, domains: tuple[str, ...]) -> bool:
    return any(domain.endswith(f".{each}") for each in domains)


@rule("Taint, Amazon EKS API Reference")
def taint_comes_once(environment: Environment) -> Iterator[Problem]:
    """Kubernetes refuses two taints of one key and effect."""
    for path, group in _node_groups(environment):
        taints = [f"{taint.key}:{taint.effect}" for taint in group.taints]
        yield from values_come_once((*path, "taints"), taints, called="key and effect")


@rule("CreateFargateProfile, Amazon EKS API Reference")
def fargate_profile_name_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """EKS keeps names that begin with eks- for itself."""
    for name in environment.eks.fargate_profiles if environment.eks else {}:
        if name.startswith("eks-"):
            yield Problem(
                path=("eks", "fargate_profiles", name), value=name, allowed="a name that does not begin with eks-"
            )


@rule("Define which Pods use AWS Fargate when launched, Amazon EKS User Guide")
def fargate_profile_does_not_take_everything(environment: Environment) -> Iterator[Problem]:
    """It would take kube-system too, where pods expect nodes: privileged ones and daemon sets never start."""
    if environment.eks is None or not environment.eks.node_groups:
        return
    for name, profile in environment.eks.fargate_profiles.items():
        for index, selector in enumerate(profile.selectors):
            if set(selector.namespace) == {"*"} and not selector.labels:
                yield Problem(
                    path=("eks", "fargate_profiles", name, "selectors", index, "namespace"),
                    value=selector.namespace,
                    allowed="a namespace, a pattern that leaves out kube-system, or labels beside it",
                )
