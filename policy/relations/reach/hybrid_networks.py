"""Machines on premises reach the control plane, and CoreDNS on other nodes."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation


@relation("Prepare networking for hybrid nodes, Amazon EKS User Guide: cluster security group configuration")
def remote_networks_are_admitted(graph: Graph) -> Iterator[Misfit]:
    """Hybrid nodes never join, or their pods resolve no name: both calls time out."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        own = cluster.attribute("ClusterSecurityGroupId")
        groups = [own, *map(str, cluster.list("ResourcesVpcConfig.SecurityGroupIds"))]
        has_other_nodes = any(
            graph.find(each.get("ClusterName")) == cluster
            for each in graph.of_type("AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile")
        )
        ways = [(groups, 443, "tcp", "the endpoint")]
        ways += [([own], 53, protocol, "CoreDNS") for protocol in ("tcp", "udp")] if has_other_nodes else []
        remote = [
            str(cidr)
            for kind in ("RemoteNodeNetworks", "RemotePodNetworks")
            for network in cluster.list(f"RemoteNetworkConfig.{kind}")
            for cidr in network.get("Cidrs", ())
        ]
        for cidr in remote:
            for at, port, protocol, what in ways:
                rules = [rule for group in at for rule in graph.security_groups.rules(group, "Ingress")]
                if not any(rule.admits(port, protocol) and rule.contains(cidr) for rule in rules):
                    yield Misfit(
                        resource=cluster,
                        finding=f"no security group admits {cidr}, a remote network, to {what}: {protocol} {port}",
                        fix=f"admit {cidr} to {protocol} {port}",
                    )
