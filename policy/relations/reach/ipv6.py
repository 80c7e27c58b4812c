"""Subnets with IPv6 addresses lead to where those of IPv4 do, and no further."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation


@relation("Enable outbound IPv6 traffic using an egress-only internet gateway, Amazon VPC User Guide")
def ipv6_addresses_have_a_way_out(graph: Graph) -> Iterator[Misfit]:
    """Programs try the IPv6 address of a name first, and in an IPv6 cluster pods have no other: each call times out."""
    for reference, subnet in graph.subnets.all.items():
        if subnet.get("Ipv6CidrBlock") is None or graph.subnets.way_out(reference) is None:
            continue
        if not graph.subnets.routes(reference).get("::/0"):
            yield Misfit(
                resource=subnet,
                finding="the subnet has IPv6 addresses and a default route for IPv4 only",
                fix="add a route for ::/0 to an egress-only internet gateway, or to an internet gateway if public",
            )


@relation("Enable outbound IPv6 traffic using an egress-only internet gateway, Amazon VPC User Guide")
def ipv6_addresses_are_reached_no_further_than_those_of_ipv4(graph: Graph) -> Iterator[Misfit]:
    """Every IPv6 address is public: an internet gateway lets the internet in where a NAT gateway does not."""
    for reference, subnet in graph.subnets.all.items():
        way, way_of_ipv4 = graph.subnets.way_out_of_ipv6(reference), graph.subnets.way_out(reference)
        if way is None or way.type != "AWS::EC2::InternetGateway":
            continue
        if way_of_ipv4 is None or way_of_ipv4.type != "AWS::EC2::InternetGateway":
            yield Misfit(
                resource=subnet,
                finding=f"the subnet is private by IPv4, and its default route for IPv6 leads to {way.logical_id}",
                fix="route ::/0 to an egress-only internet gateway",
            )


@relation("Learn about IPv6 addresses to clusters, Pods, and services, Amazon EKS User Guide: considerations")
def ipv6_cluster_is_in_subnets_with_ipv6(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a cluster of the IPv6 family, and its nodes, in subnets that have no IPv6 addresses."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        if cluster.get("KubernetesNetworkConfig.IpFamily") != "ipv6":
            continue
        groups = [
            each
            for each in graph.of_type("AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile")
            if graph.find(each.get("ClusterName")) == cluster
        ]
        for resource, path in ((cluster, "ResourcesVpcConfig.SubnetIds"), *((each, "Subnets") for each in groups)):
            without = [each for each in map(graph.find, resource.list(path)) if each and not each.get("Ipv6CidrBlock")]
            if without:
                yield Misfit(
                    resource=resource,
                    finding=f"the cluster is of the IPv6 family, and {without[0].logical_id} has no IPv6 addresses",
                    fix="give the subnets IPv6 addresses",
                )


@relation(
    "Learn about IPv6 addresses to clusters, Pods, and services, Amazon EKS User Guide: auto-assign IPv6 addresses"
)
def subnets_of_an_ipv6_cluster_assign_addresses(graph: Graph) -> Iterator[Misfit]:
    """An instance in the subnet starts without an IPv6 address, and never becomes a node."""
    subnets = {
        subnet
        for cluster in graph.of_type("AWS::EKS::Cluster")
        if cluster.get("KubernetesNetworkConfig.IpFamily") == "ipv6"
        for subnet in map(graph.find, cluster.list("ResourcesVpcConfig.SubnetIds"))
        if subnet is not None and subnet.get("Ipv6CidrBlock")
    }
    for subnet in sorted(subnets, key=lambda each: each.logical_id):
        if subnet.get("AssignIpv6AddressOnCreation") is not True:
            finding = "a cluster of the IPv6 family is in the subnet, which assigns no IPv6 addresses"
            yield Misfit(resource=subnet, finding=finding, fix="set AssignIpv6AddressOnCreation to true")
