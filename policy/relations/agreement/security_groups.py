"""A security group is there for something."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


@relation("Control traffic to your AWS resources using security groups, Amazon VPC User Guide")
def security_group_is_of_somebody(graph: Graph) -> Iterator[Misfit]:
    """What its rules let in is let in nowhere: whoever it is for has another group, or that of the VPC's default."""
    for group in graph.of_type("AWS::EC2::SecurityGroup"):
        used = any(_uses(each, group) for each in graph.resources if each != group)
        stated = any(group in graph.references(value) for value in graph.outputs(group.stack).values())
        if not used and not stated:
            yield Misfit(
                resource=group,
                finding="nothing has this security group, and no rule names it",
                fix="give it to whatever its rules are for, or remove it",
            )


def _uses(resource: Resource, group: Resource) -> bool:
    """A rule of the group is no use of it, unless the group is its own peer."""
    if not resource.refers_to(group):
        return False
    if resource.type not in _RULES:
        return True
    peers = (resource.get("SourceSecurityGroupId"), resource.get("DestinationSecurityGroupId"))
    return any(str(peer).startswith(f"${{{group.stack}/{group.logical_id}") for peer in peers)
