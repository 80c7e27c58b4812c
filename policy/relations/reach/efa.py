"""Elastic Fabric Adapters of a group of instances reach each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph
from assembly.security_groups import Direction
from policy.relations.relation import Misfit, relation

_EFA = ("efa", "efa-only")
_DIRECTIONS: Final[tuple[Direction, ...]] = ("Ingress", "Egress")


@relation("Get started with EFA, Amazon EC2 User Guide: prepare an EFA-enabled security group")
def efa_interfaces_reach_each_other(graph: Graph) -> Iterator[Misfit]:
    """The traffic of EFA is admitted only by rules that name the group itself, in both directions."""
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        interfaces = template.list("LaunchTemplateData.NetworkInterfaces")
        adapters = [each for each in interfaces if each.get("InterfaceType") in _EFA]
        apart = [
            each for each in adapters if not any(_admits_itself(graph, str(group)) for group in each.get("Groups", ()))
        ]
        if apart:
            yield Misfit(
                resource=template,
                finding=f"{len(apart)} of {len(adapters)} Elastic Fabric Adapters have no security group that admits "
                "itself in both directions",
                fix="add rules for all traffic from and to the security group itself",
            )


def _admits_itself(graph: Graph, group: str) -> bool:
    return all(
        any(rule.protocol == "-1" and rule.peer == group for rule in graph.security_groups.rules(group, direction))
        for direction in _DIRECTIONS
    )
