"""Machines on premises are admitted to their cluster, and may do no more than join it."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.policies import trusted
from policy.relations.relation import Misfit, relation

_TYPE = "HYBRID_LINUX"
_TRUSTED = ("ssm.amazonaws.com", "rolesanywhere.amazonaws.com")
_END = "ssm:DeregisterManagedInstance"
_OWN = ("ssm:resourceTag/EKSClusterARN", "aws:ResourceTag/EKSClusterARN")


def _roles(graph: Graph) -> Iterator[Resource]:
    """Roles of hybrid nodes: of their access entries, and those that Systems Manager gives to machines of clusters."""
    entries = [each for each in graph.of_type("AWS::EKS::AccessEntry") if each.get("Type") == _TYPE]
    found = [graph.find(each.get("PrincipalArn")) for each in entries]
    for role in graph.of_type("AWS::IAM::Role"):
        is_given = any(kind == "Service" and name in _TRUSTED for kind, name, _ in trusted(role))
        own = graph.role_policies.statements(role)
        joins = any(each.effect == "Allow" and each.is_about("eks:DescribeCluster") for each in own)
        if role in found or (is_given and joins):
            yield role


@relation("Prepare credentials for hybrid nodes; Prepare cluster access for hybrid nodes, Amazon EKS User Guide")
def hybrid_nodes_can_join(graph: Graph) -> Iterator[Misfit]:
    """A machine gets no credentials, does not find its cluster, or is not admitted to it."""
    entries = {graph.find(each.get("PrincipalArn")): each for each in graph.of_type("AWS::EKS::AccessEntry")}
    for role in _roles(graph):
        if not any(kind == "Service" and name in _TRUSTED for kind, name, _ in trusted(role)):
            finding = "it is the role of hybrid nodes, and trusts neither AWS Systems Manager nor IAM Roles Anywhere"
            yield Misfit(resource=role, finding=finding, fix=f"let {_TRUSTED[0]} assume the role")
        own = graph.role_policies.statements(role)
        if not any(each.effect == "Allow" and each.is_about("eks:DescribeCluster") for each in own):
            finding = "it is the role of hybrid nodes, and may not eks:DescribeCluster"
            yield Misfit(resource=role, finding=finding, fix="allow eks:DescribeCluster for the cluster")
        found = entries[role].get("Type", "STANDARD") if role in entries else "none"
        if found != _TYPE:
            finding = f"it is the role of hybrid nodes, and the type of its access entry is {found}"
            yield Misfit(resource=role, finding=finding, fix=f"add an access entry of type {_TYPE}")


@relation("Prepare networking for hybrid nodes, Amazon EKS User Guide; RemoteNetworkConfigRequest")
def hybrid_nodes_have_remote_networks(graph: Graph) -> Iterator[Misfit]:
    """The control plane does not reach the kubelet of a machine whose network the cluster does not know."""
    for entry in graph.of_type("AWS::EKS::AccessEntry"):
        cluster = graph.find(entry.get("ClusterName"))
        if entry.get("Type") == _TYPE and cluster and not cluster.list("RemoteNetworkConfig.RemoteNodeNetworks"):
            finding = f"{entry.logical_id} admits hybrid nodes, and the cluster has no remote node networks"
            yield Misfit(resource=cluster, finding=finding, fix="state RemoteNetworkConfig.RemoteNodeNetworks")


@relation("Prepare credentials for hybrid nodes, Amazon EKS User Guide: Hybrid Nodes IAM role")
def hybrid_nodes_end_registrations_of_their_cluster_only(graph: Graph) -> Iterator[Misfit]:
    """Whoever takes over one machine could take every other managed node of the account out of Systems Manager."""
    for role in _roles(graph):
        for statement in graph.role_policies.statements(role):
            if statement.effect != "Allow" or not statement.is_about(_END):
                continue
            if not any(statement.condition(key) for key in _OWN):
                finding = f"it may {_END} for machines of other clusters"
                yield Misfit(resource=role, finding=finding, fix=f"add a condition on {_OWN[0]}")
