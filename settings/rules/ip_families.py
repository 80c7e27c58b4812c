"""Rules of clusters whose pods have IPv6 addresses."""

from __future__ import annotations

from collections.abc import Iterator

from facts.node_capabilities import needs
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import is_on
from settings.rules.pods import XEN
from settings.rules.rule import rule
from settings.rules.subjects import instance_nodes, nodes

_SOURCE = "Learn about IPv6 addresses to clusters, Pods, and services, Amazon EKS User Guide"
_FAMILY = "eks.ip_family"


@rule(_SOURCE, keys=(_FAMILY, "network.ip_family", "network.existing.ip_family"))
def ipv6_cluster_is_in_a_dual_stack_vpc(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a cluster of the IPv6 family in subnets without IPv6 addresses."""
    network = environment.network
    if environment.eks is not None and environment.eks.ip_family == "ipv6" and not network.is_dual_stack:
        path = ("network", "ip_family") if network.existing is None else ("network", "existing", "ip_family")
        yield Problem(path=path, value="ipv4", allowed="dual_stack, which eks.ip_family: ipv6 requires")


@rule(f"{_SOURCE}; Deploy pods in alternate subnets with custom networking", keys=(_FAMILY, "eks.add_ons.<name>"))
def ipv6_cluster_has_no_custom_networking(environment: Environment) -> Iterator[Problem]:
    """Custom networking gives pods IPv4 addresses of other subnets, and an IPv6 cluster gives pods no IPv4 address."""
    if environment.eks is None or environment.eks.ip_family == "ipv4":
        return
    if is_on(environment.eks.network_settings.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG")):
        yield Problem(
            path=("eks", "add_ons", "vpc-cni", "configuration", "env", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
            finding="there is custom networking, but ip_family is ipv6",
            fix="remove AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, or set ip_family to ipv4",
        )


@rule(f"{_SOURCE}: Nitro-based nodes", keys=(_FAMILY, "eks.nodes.<name>.instance_types[]"))
def ipv6_nodes_are_on_nitro(environment: Environment) -> Iterator[Problem]:
    """Pods get IPv6 addresses as a prefix of a network interface, which only instances on the Nitro System have."""
    if environment.eks is None or environment.eks.ip_family == "ipv4":
        return
    for path, node in instance_nodes(environment):
        for index, name in enumerate(node.instance_types):
            if name.startswith(XEN):
                yield Problem(
                    path=(*path, "instance_types", index),
                    value=name,
                    allowed="a type on the Nitro System, which ip_family: ipv6 requires",
                )


@rule(
    f"{_SOURCE}; Deploy Windows nodes on EKS clusters; Prepare networking for hybrid nodes",
    keys=(_FAMILY, "eks.nodes.<name>.kind"),
)
def ipv6_cluster_has_nodes_of_ipv6(environment: Environment) -> Iterator[Problem]:
    """Pods of an IPv6 cluster have IPv6 addresses only, wherever they run."""
    if environment.eks is None or environment.eks.ip_family == "ipv4":
        return
    for path, node in nodes(environment):
        answer = needs()["ipv6"].answers[node.kind]
        if reason := answer.detail if answer.verdict == "no" else node.lacks("ipv6"):
            yield Problem(
                path=(*path, "kind"),
                finding=f"ip_family is ipv6, but these nodes cannot have IPv6 pods: {reason}",
                fix="use nodes of Amazon Linux 2023 or Bottlerocket in the Region, EKS Auto Mode, Karpenter, or AWS "
                "Fargate, or set ip_family to ipv4",
            )


@rule("Prepare networking for hybrid nodes, Amazon EKS User Guide", keys=(_FAMILY, "eks.remote_networks"))
def remote_networks_are_of_an_ipv4_cluster(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS takes remote networks for a cluster of the IPv4 family only."""
    eks = environment.eks
    hybrid = any(node.kind == "hybrid" for _, node in nodes(environment))  # of which another rule speaks
    if eks is not None and eks.ip_family == "ipv6" and eks.remote_networks is not None and not hybrid:
        yield Problem(
            path=("eks", "remote_networks"),
            finding="there are remote_networks, but ip_family is ipv6",
            fix="remove remote_networks, or set ip_family to ipv4",
        )


@rule(f"{_SOURCE}; amazon-vpc-cni-k8s, README: ENABLE_IPv6", keys=(_FAMILY, "eks.add_ons.<name>.configuration"))
def ipv6_cluster_has_prefixes(environment: Environment) -> Iterator[Problem]:
    """The VPC CNI plugin gives pods IPv6 addresses of prefixes only, and does not start without them."""
    if environment.eks is None or environment.eks.ip_family == "ipv4":
        return
    for name, needed in (("ENABLE_PREFIX_DELEGATION", True), ("ENABLE_IPv6", True), ("ENABLE_IPv4", False)):
        stated = environment.eks.network_settings.get(name)
        if stated is not None and is_on(stated) is not needed:
            yield Problem(
                path=("eks", "add_ons", "vpc-cni", "configuration", "env", name),
                value=stated,
                allowed=f'no value, or "{str(needed).lower()}", because ip_family is ipv6',
            )


@rule("KubernetesNetworkConfigRequest, Amazon EKS API Reference", keys=(_FAMILY, "eks.service_cidr"))
def service_cidr_is_of_an_ipv4_cluster(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS chooses the addresses of services of an IPv6 cluster, and refuses an IPv4 CIDR block for them."""
    if environment.eks is not None and environment.eks.ip_family == "ipv6" and environment.eks.service_cidr is not None:
        yield Problem(
            path=("eks", "service_cidr"),
            value=str(environment.eks.service_cidr),
            allowed="no CIDR block where ip_family is ipv6",
        )
