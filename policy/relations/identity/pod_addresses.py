"""The VPC CNI plugin may assign the addresses that pods of the cluster have."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation

_ASSIGN = {"ipv4": "ec2:AssignPrivateIpAddresses", "ipv6": "ec2:AssignIpv6Addresses"}
_POLICY_OF_IPV4 = "AmazonEKS_CNI_Policy"


@relation("Configure Amazon VPC CNI plugin to use IRSA, Amazon EKS User Guide: IPv4 and IPv6 policies")
def plugin_may_assign_addresses_of_the_family(graph: Graph) -> Iterator[Misfit]:
    """No pod gets an address, and no node becomes ready: the managed policy is for clusters of the IPv4 family only."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        cluster = graph.find(add_on.get("ClusterName"))
        if add_on.get("AddonName") != "vpc-cni" or cluster is None:
            continue
        family = str(cluster.get("KubernetesNetworkConfig.IpFamily", "ipv4"))
        for association in add_on.list("PodIdentityAssociations"):
            role = graph.find(association.get("RoleArn"))
            if role is None or (family == "ipv4" and _POLICY_OF_IPV4 in graph.role_policies.aws_managed(role)):
                continue
            own = graph.role_policies.statements(role)
            if not any(each.effect == "Allow" and each.is_about(_ASSIGN[family]) for each in own):
                finding = f"the cluster is of the family {family}, and the VPC CNI plugin may not {_ASSIGN[family]}"
                yield Misfit(resource=role, finding=finding, fix=f"allow {_ASSIGN[family]}")
