"""What is made elsewhere is reached, and left as it is: it stands in the templates by its id or ARN."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.reach.load_balancers import ports_of
from policy.relations.relation import Misfit, relation

_GROUP_RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")


@relation("Security groups for your Application Load Balancer: recommended rules")
def target_lets_in_the_load_balancer_of_others(graph: Graph) -> Iterator[Misfit]:
    """No health check succeeds, so tasks are replaced again and again until the deployment fails."""
    for target in graph.load_balancing.targets:
        if target.load_balancers or not any(_is_elsewhere(each.get("ListenerArn")) for each in target.forwards):
            continue
        rules = [rule for group in target.security_groups for rule in graph.security_groups.rules(group, "Ingress")]
        for port, protocol, what in ports_of(target):
            if not any(rule.admits(port, protocol) and rule.peer.startswith("sg-") for rule in rules):
                yield Misfit(
                    resource=target.service,
                    finding=f"no rule lets {what} of a load balancer that is made elsewhere to port {port}",
                    fix=f"open {protocol.upper()} port {port} to the security group of the load balancer",
                )


@relation("Security group rules, Amazon VPC User Guide; docs/adr/0029")
def security_groups_of_others_stay_as_they_are(graph: Graph) -> Iterator[Misfit]:
    """Its owner finds a rule that nobody told of, and removes it, or misses it when this stack is gone."""
    for resource_type in _GROUP_RULES:
        for rule in graph.of_type(resource_type):
            group = str(rule.get("GroupId"))
            if group.startswith("sg-"):
                yield Misfit(
                    resource=rule,
                    finding=f"a rule is added to {group}, which is made elsewhere",
                    fix="have its owner add the rule, or add it to a group of the templates",
                )


@relation("PutClusterCapacityProviders, Amazon ECS API Reference")
def capacity_providers_of_others_stay_in_their_cluster(graph: Graph) -> Iterator[Misfit]:
    """The list takes the place of the one that is there: services of others lose what they run on."""
    for association in graph.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
        if graph.find(association.get("Cluster")) is None:
            yield Misfit(
                resource=association,
                finding=f"the list of capacity providers is of {association.get('Cluster')}, a cluster made elsewhere",
                fix="have its owner associate them",
            )


def _is_elsewhere(arn: object) -> bool:
    return str(arn).startswith("arn:")
