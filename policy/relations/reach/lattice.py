"""Amazon VPC Lattice reaches the tasks that it forwards to, and is told where they are."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation


def _target_groups(graph: Graph) -> Iterator[tuple[Resource, Resource]]:
    """Every ECS service with each of its target groups in Amazon VPC Lattice."""
    for service in graph.of_type("AWS::ECS::Service"):
        for entry in service.list("VpcLatticeConfigurations"):
            shifted = entry.get("AdvancedConfiguration", {})
            for arn in (entry.get("TargetGroupArn"), shifted.get("AlternateTargetGroupArn")):
                if (group := graph.find(arn)) is not None:
                    yield service, group


@relation("Control traffic in VPC Lattice using security groups")
def lattice_reaches_its_targets(graph: Graph) -> Iterator[Misfit]:
    """No task becomes healthy: the requests come from addresses of the managed prefix list, and so do health checks."""
    for service, target_group in _target_groups(graph):
        found = [graph.find(each) for each in service.list("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups")]
        groups = [each for each in found if each is not None]
        rules = [rule for group in groups for rule in group.list("SecurityGroupIngress")]
        rules += [
            each.properties
            for each in graph.of_type("AWS::EC2::SecurityGroupIngress")
            if graph.find(each.get("GroupId")) in groups
        ]
        port = int(target_group.get("Config.Port") or 0)
        if not any(
            rule.get("SourcePrefixListId") and int(rule.get("FromPort", -1)) <= port <= int(rule.get("ToPort", -1))
            for rule in rules
        ):
            yield Misfit(
                resource=service,
                finding=f"port {port} is not open to a prefix list, and {target_group.logical_id} has the tasks",
                fix="admit the managed prefix list of Amazon VPC Lattice",
            )


@relation("Listeners for your VPC Lattice service; Target groups in VPC Lattice")
def lattice_target_group_is_forwarded_to(graph: Graph) -> Iterator[Misfit]:
    """A target group that no listener forwards to checks no health, and its tasks serve nobody."""
    forwarded = set()
    for listener in graph.of_type("AWS::VpcLattice::Listener"):
        for each in listener.list("DefaultAction.Forward.TargetGroups"):
            forwarded.add(graph.find(each.get("TargetGroupIdentifier")))
    for service, target_group in _target_groups(graph):
        if target_group not in forwarded:
            yield Misfit(
                resource=target_group,
                finding=f"no listener forwards to it, and {service.logical_id} is registered with it",
                fix="name it in the default action of a listener",
            )
