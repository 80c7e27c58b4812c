"""What Amazon ECS shifts requests with: two target groups that are alike, and rules that name both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_OF_THE_RESOURCE = ("Name", "Tags")


class Shift(NamedTuple):
    """An entry of `LoadBalancers` of a service, with what a deployment of it shifts."""

    service: Resource
    primary: Resource | None
    alternate: Resource | None
    production: Resource | None
    test: Resource | None


def shifts(graph: Graph) -> Iterator[Shift]:
    """Every target group that has an alternate one."""
    for service in graph.of_type("AWS::ECS::Service"):
        for entry in service.list("LoadBalancers"):
            if advanced := entry.get("AdvancedConfiguration"):
                yield Shift(
                    service,
                    graph.find(entry.get("TargetGroupArn")),
                    graph.find(advanced.get("AlternateTargetGroupArn")),
                    graph.find(advanced.get("ProductionListenerRule")),
                    graph.find(advanced.get("TestListenerRule")),
                )


@relation("Application Load Balancer resources for blue/green, linear, and canary deployments")
def shifted_rule_names_both_target_groups(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS shifts requests between the target groups of a rule; without both, the first deployment fails."""
    for shift in shifts(graph):
        for rule in filter(None, (shift.production, shift.test)):
            weights = _weights(graph, rule)
            missing = [each for each in (shift.primary, shift.alternate) if each is not None and each not in weights]
            if missing:
                yield Misfit(
                    resource=rule,
                    finding=f"the rule does not forward to {' and '.join(each.logical_id for each in missing)}",
                    fix="forward to both target groups, all requests to one of them",
                )


@relation("Application Load Balancer resources for blue/green, linear, and canary deployments; aws-cdk issue 36649")
def shifted_rule_forwards_to_one_target_group(graph: Graph) -> Iterator[Misfit]:
    """Between two deployments one of the target groups has no tasks: requests that go there get 503."""
    for shift in shifts(graph):
        for rule in filter(None, (shift.production, shift.test)):
            used = [each.logical_id for each, weight in _weights(graph, rule).items() if weight > 0]
            if len(used) != 1:
                yield Misfit(
                    resource=rule,
                    finding=f"the rule forwards to {' and '.join(used) or 'no target group'}",
                    fix="give one target group the weight 100, and the other 0",
                )


@relation("Application Load Balancer resources for blue/green, linear, and canary deployments: target groups")
def target_groups_of_a_shift_are_alike(graph: Graph) -> Iterator[Misfit]:
    """After every other deployment the tasks are in the other target group, with its health check and its delays."""
    for shift in shifts(graph):
        if shift.primary is None or shift.alternate is None:
            continue
        stated = [
            {key: value for key, value in each.properties.items() if key not in _OF_THE_RESOURCE}
            for each in (shift.primary, shift.alternate)
        ]
        different = sorted(key for key in {*stated[0], *stated[1]} if stated[0].get(key) != stated[1].get(key))
        if different:
            yield Misfit(
                resource=shift.alternate,
                finding=f"it differs from {shift.primary.logical_id} in {', '.join(different)}",
                fix="give both the same properties",
            )


@relation("Listener rules for your Application Load Balancer: rule priority")
def test_requests_come_before_all_requests(graph: Graph) -> Iterator[Misfit]:
    """The rule for all requests takes the test requests too, and nothing is ever tested."""
    for shift in shifts(graph):
        if shift.test is None or shift.production is None:
            continue
        test, production = (int(each.get("Priority", 0)) for each in (shift.test, shift.production))
        if shift.test.get("ListenerArn") == shift.production.get("ListenerArn") and test >= production:
            yield Misfit(
                resource=shift.test,
                finding=f"test requests have the priority {test}, all requests {production}",
                fix=f"use a priority below {production}",
            )


@relation("Required resources for Amazon ECS linear deployments; Required resources for Amazon ECS canary deployments")
def steps_shift_requests(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses steps of a service whose requests it cannot shift."""
    for service in graph.of_type("AWS::ECS::Service"):
        strategy = service.get("DeploymentConfiguration.Strategy")
        ways = (*service.list("LoadBalancers"), *service.list("VpcLatticeConfigurations"))
        shifted = any(entry.get("AdvancedConfiguration") for entry in ways)
        connected = bool(service.list("ServiceConnectConfiguration.Services"))
        if strategy in ("LINEAR", "CANARY") and not shifted and not connected:
            yield Misfit(
                resource=service,
                finding=f"the strategy is {strategy}, and no load balancer has an AdvancedConfiguration",
                fix="add one, or use ROLLING",
            )


def _weights(graph: Graph, rule: Resource) -> dict[Resource, int]:
    found: dict[Resource, int] = {}
    # A listener of a Network Load Balancer has no rules.
    for action in (*rule.list("Actions"), *rule.list("DefaultActions")):
        groups = [*action.get("ForwardConfig", {}).get("TargetGroups", [])]
        groups += [{"TargetGroupArn": action["TargetGroupArn"]}] if action.get("TargetGroupArn") else []
        for each in groups:
            if (group := graph.find(each.get("TargetGroupArn"))) is not None:
                found[group] = int(each.get("Weight", 1))
    return found
