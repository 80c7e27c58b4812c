"""Nodes without a way to the internet, and what starts them, reach what they call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph, Resource
from assembly.self_managed_nodes import node_roles
from facts.vpc_endpoints import INTERFACE_ENDPOINTS, is_called_at_an_endpoint
from policy.relations.relation import Misfit, relation

_ENDPOINTS: Final = {**INTERFACE_ENDPOINTS, "eks-auth": "eks-auth"}
_CONTROLLER: Final = "karpenter"


@relation("Deploy private clusters with limited internet access, Amazon EKS User Guide")
def nodes_without_nat_reach_what_they_may_call(graph: Graph) -> Iterator[Misfit]:
    """Calls time out: nodes do not join, pods get no credentials, and Karpenter hears of no interruption."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        subnets = [each for each in map(str, cluster.list("ResourcesVpcConfig.SubnetIds")) if each in graph.subnets.all]
        if not subnets or any(graph.subnets.routes(each).get("0.0.0.0/0") for each in subnets):
            continue
        have = graph.endpoint_services(graph.subnets.all[subnets[0]].get("VpcId"))
        called = {
            action.partition(":")[0]: role
            for role in _roles(graph, cluster)
            for statement in graph.role_policies.statements(role)
            for action in (statement.actions if statement.effect == "Allow" else ())
            if is_called_at_an_endpoint(action, list(_conditions(statement.conditions)))
        }
        for prefix, role in sorted(called.items()):
            endpoint = _ENDPOINTS.get(prefix)
            if endpoint is not None and endpoint not in have:
                yield Misfit(
                    resource=role,
                    finding=f"it may call {prefix}, and its subnets lead to no endpoint {endpoint}",
                    fix=f"add a VPC endpoint for {endpoint}, or a NAT gateway",
                )


def _roles(graph: Graph, cluster: Resource) -> Iterator[Resource]:
    """Roles of nodes, and of the controller that starts them; what applications may call is theirs to say."""
    yield from (role for _, role, _ in node_roles(graph))
    for association in graph.of_type("AWS::EKS::PodIdentityAssociation"):
        role = graph.find(association.get("RoleArn"))
        if role is not None and role.stack == cluster.stack and association.get("ServiceAccount") == _CONTROLLER:
            yield role


def _conditions(conditions: object) -> Iterator[str]:
    for pairs in conditions.values() if isinstance(conditions, dict) else ():
        yield from pairs
