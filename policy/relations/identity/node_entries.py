"""Self-managed nodes are admitted to their cluster."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.relation import Misfit, relation


@relation("Create access entries; Create self-managed Amazon Linux nodes, Amazon EKS User Guide")
def self_managed_nodes_are_admitted(graph: Graph) -> Iterator[Misfit]:
    """Nodes whose role has no access entry, or one of another operating system, never join."""
    for nodes in self_managed_nodes(graph):
        cluster = nodes.cluster(graph)
        if cluster is not None and cluster.get("OutpostConfig"):
            # Its ConfigMap admits them, which no template has.
            continue
        entries = [
            each
            for each in graph.of_type("AWS::EKS::AccessEntry")
            if nodes.role is not None and graph.find(each.get("PrincipalArn")) == nodes.role
        ]
        if not entries:
            finding = f"no access entry of {nodes.cluster_name} is for its role"
            yield Misfit(resource=nodes.group, finding=finding, fix=f"add one of type {nodes.entry_type}")
        for entry in entries:
            if (found := entry.get("Type", "STANDARD")) != nodes.entry_type:
                finding = f"the type is {found}, and {nodes.group.logical_id} needs {nodes.entry_type}"
                yield Misfit(resource=entry, finding=finding, fix=f"set Type to {nodes.entry_type}")


@relation("Create access entries; CreateNodegroup, Amazon EKS API Reference")
def role_of_self_managed_nodes_is_theirs_alone(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS makes the access entry of a managed node group's role, so that ours is refused, or of another type."""
    managed = {graph.find(each.get("NodeRole")): each for each in graph.of_type("AWS::EKS::Nodegroup")}
    for nodes in self_managed_nodes(graph):
        if nodes.role is not None and nodes.role in managed:
            finding = f"its role is that of {managed[nodes.role].logical_id}, too"
            yield Misfit(resource=nodes.group, finding=finding, fix="give the self-managed nodes a role of their own")
