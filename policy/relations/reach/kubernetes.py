"""Nodes and pods reach the control plane, and it reaches them."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.relation import Misfit, relation


@relation("Amazon EKS cluster endpoint; View Amazon EKS security group requirements for clusters")
def nodes_reach_the_control_plane(graph: Graph) -> Iterator[Misfit]:
    """Nodes that do not reach the API server never join, and the node group fails after 25 minutes."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        cluster = graph.find(group.get("ClusterName"))
        template = graph.find(group.get("LaunchTemplate.Id")) or graph.find(group.get("LaunchTemplate.Name"))
        data = template.get("LaunchTemplateData", {}) if template else {}
        stated = [*data.get("SecurityGroupIds", [])]
        stated += [each for interface in data.get("NetworkInterfaces", []) for each in interface.get("Groups", [])]
        if cluster is not None and stated and cluster.attribute("ClusterSecurityGroupId") not in stated:
            yield Misfit(
                resource=group,
                finding="the launch template has security groups, and that of the cluster is not among them",
                fix="add the ClusterSecurityGroupId of the cluster, or state no security group",
            )


@relation("Amazon EKS cluster endpoint: enabling endpoint private access")
def private_endpoint_is_found_by_name(graph: Graph) -> Iterator[Misfit]:
    """The name of a private endpoint is resolved in the VPC alone, and only with both DNS attributes."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        private = cluster.get("ResourcesVpcConfig.EndpointPrivateAccess") is True
        subnets = [graph.find(each) for each in cluster.list("ResourcesVpcConfig.SubnetIds")]
        for vpc in {graph.find(each.get("VpcId")) for each in subnets if each}:
            if private and vpc and not (vpc.get("EnableDnsSupport") is True and vpc.get("EnableDnsHostnames") is True):
                yield Misfit(
                    resource=vpc,
                    finding="a private endpoint of a cluster needs EnableDnsSupport and EnableDnsHostnames",
                    fix="set both to true",
                )


@relation("Define which Pods use AWS Fargate when launched; VPC and subnet requirements")
def fargate_pods_run_in_private_subnets(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a Fargate profile with a subnet that has a route to an internet gateway."""
    for profile in graph.of_type("AWS::EKS::FargateProfile"):
        for subnet in map(str, profile.list("Subnets")):
            way = graph.subnets.way_out(subnet)
            if way is not None and way.type == "AWS::EC2::InternetGateway":
                yield Misfit(
                    resource=profile,
                    finding=f"{graph.subnets.all[subnet].logical_id} is public",
                    fix="use private subnets",
                )


@relation("View Amazon EKS security group requirements for clusters")
def control_plane_opens_its_port_only(graph: Graph) -> Iterator[Misfit]:
    """The API server listens on port 443; whatever else is open is open for what listens there next."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        for group in map(str, cluster.list("ResourcesVpcConfig.SecurityGroupIds")):
            for rule in graph.security_groups.rules(group, "Ingress"):
                if not rule.is_only(443):
                    yield Misfit(
                        resource=rule.resource,
                        finding=f"{rule.peer} may connect to port {rule.port_range} of the control plane",
                        fix="open TCP port 443 to the ranges of those who use kubectl",
                    )


@relation("Cluster API server endpoint, Amazon EKS User Guide: public access with CIDR blocks")
def nodes_are_admitted_by_the_public_endpoint(graph: Graph) -> Iterator[Misfit]:
    """Without the private endpoint, nodes come from the addresses of the NAT gateways, which no list here can have."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        ranges = list(map(str, cluster.list("ResourcesVpcConfig.PublicAccessCidrs")))
        public = cluster.get("ResourcesVpcConfig.EndpointPublicAccess") is not False
        private = cluster.get("ResourcesVpcConfig.EndpointPrivateAccess") is True
        if public and not private and ranges and "0.0.0.0/0" not in ranges:
            yield Misfit(
                resource=cluster,
                finding=f"the only endpoint is public and admits {', '.join(ranges)}",
                fix="turn the private endpoint on",
            )


@relation("View Amazon EKS security group requirements for clusters; Create self-managed Amazon Linux nodes")
def self_managed_nodes_are_in_the_group_of_their_cluster(graph: Graph) -> Iterator[Misfit]:
    """The control plane and other nodes admit the security group of the cluster only, so the nodes never join."""
    for nodes in self_managed_nodes(graph):
        cluster, data = nodes.cluster(graph), nodes.template.get("LaunchTemplateData", {})
        firsts = data.get("NetworkInterfaces", ())[:1]
        stated = [*data.get("SecurityGroupIds", ()), *(each for first in firsts for each in first.get("Groups", ()))]
        groups = list(map(str, stated))
        if cluster is not None and cluster.attribute("ClusterSecurityGroupId") not in groups:
            finding = f"the nodes do not have the security group of {nodes.cluster_name}"
            yield Misfit(resource=nodes.template, finding=finding, fix="add ClusterSecurityGroupId of the cluster")
