"""What Amazon ECS shifts requests with: a second target group, weighted listener rules, and a role."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.deployment_options import DeploymentOptions, ShiftTestTrafficOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.edge.listener_rule import ListenerRule
from reference_constructs.security.acknowledgements import acknowledge

# What Amazon ECS leaves in a rule whose requests it has shifted (cdk-real-drift issue 1730).
_ALL: Final = 100
_NONE: Final = 0
_POLICY: Final = "AmazonECSInfrastructureRolePolicyForLoadBalancers"


class TrafficShift(Construct):
    """The rule that Amazon ECS moves between two target groups, and what it may do that with.

    The rule states both target groups from the beginning, in the form in which Amazon ECS leaves it, and nothing in it
    depends on the task definition, the image, or anything else that a release changes. CloudFormation compares
    templates with templates, so a release leaves the weights alone, wherever Amazon ECS has put them (docs/adr/0040).

    Attributes:
        listener_rule: Forwards the requests of everybody.
        test_listener_rule: Forwards test requests; None without any.
        role: What Amazon ECS changes rules and target groups with.
        alternate_target: For `load_balancer_target` of the service.
    """

    listener_rule: elbv2.ApplicationListenerRule
    test_listener_rule: elbv2.ApplicationListenerRule | None
    role: iam.Role
    alternate_target: ecs.AlternateTarget

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: DeploymentOptions,
        routing: RoutingOptions,
        rule_id: str,
        listener: elbv2.IApplicationListener,
        priority: int,
        primary: elbv2.ApplicationTargetGroup,
        alternate: elbv2.ApplicationTargetGroup,
    ) -> None:
        """Define the rules and the role.

        Args:
            scope: The construct of the service; the rule keeps the ID that it has without a shift, so that another
                strategy changes it in place.
            construct_id: ID in the parent.
            options: The strategy, test requests, and the target group that serves.
            routing: Which requests are forwarded, and what is rewritten in them.
            rule_id: ID of the listener rule in the parent.
            listener: Where the rules are.
            priority: Priority of the listener rule.
            primary: Target group that serves first.
            alternate: Target group of the next revision.

        Raises:
            ValueError: If the routing authenticates users, or has further rules, which Amazon ECS would not shift.
        """
        super().__init__(scope, construct_id)
        self._check(routing)
        self._listener = listener
        self._routing = routing
        self._action = _forward(options, routing, primary, alternate)
        self.listener_rule = ListenerRule(
            scope, rule_id, listener=listener, options=routing, priority=priority, action=self._action
        )
        self.test_listener_rule = None
        if options.test_traffic is not None:
            self.test_listener_rule = self._define_test_rule(options.test_traffic, priority)
        self.role = shift_role(self, "Role")
        rule = ecs.ListenerRuleConfiguration.application_listener_rule
        self.alternate_target = ecs.AlternateTarget(
            "Alternate",
            alternate_target_group=alternate,
            production_listener=rule(self.listener_rule),
            test_listener=rule(self.test_listener_rule) if self.test_listener_rule is not None else None,
            role=self.role,
        )

    def _check(self, routing: RoutingOptions) -> None:
        if routing.authentication is not None or routing.further_rules:
            raise ValueError("a deployment that shifts requests takes no authentication and no further_rules")

    def _define_test_rule(self, options: ShiftTestTrafficOptions, priority: int) -> elbv2.ApplicationListenerRule:
        headers = {**self._routing.http_headers, options.header_name: (options.header_value,)}
        return ListenerRule(
            self,
            "TestListenerRule",
            listener=self._listener,
            options=self._routing.model_copy(update={"http_headers": headers, "priority": options.priority}),
            priority=priority - 1,
            action=self._action,
        )


def shift_role(scope: Construct, construct_id: str) -> iam.Role:
    """What Amazon ECS changes rules, listeners, and target groups with.

    Args:
        scope: Parent.
        construct_id: ID in the parent.
    """
    role = infrastructure_role(scope, construct_id, policy=_POLICY)
    acknowledge(
        role,
        f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",
        packs=("AwsSolutions",),
        reason="What Amazon ECS needs to shift requests between target groups, and changes with Amazon ECS. Nobody "
        "else assumes the role.",
    )
    return role


def weights(options: DeploymentOptions) -> tuple[int, int]:
    """Of the primary target group and of the alternate one, while no deployment is in progress.

    Args:
        options: Which of them serves.
    """
    return (_ALL, _NONE) if options.production_target_group == "primary" else (_NONE, _ALL)


def infrastructure_role(scope: Construct, construct_id: str, *, policy: str) -> iam.Role:
    """A role with an AWS managed policy, which Amazon ECS alone assumes, for services of this account and Region.

    Args:
        scope: Parent.
        construct_id: ID in the parent.
        policy: Name of the managed policy, with the folder that is part of it.
    """
    stack = cdk.Stack.of(scope)
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal(
            "ecs.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {
                    "aws:SourceArn": stack.format_arn(
                        service="ecs", resource="*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
                    )
                },
            },
        ),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
    )


def _forward(
    options: DeploymentOptions,
    routing: RoutingOptions,
    primary: elbv2.ApplicationTargetGroup,
    alternate: elbv2.ApplicationTargetGroup,
) -> elbv2.ListenerAction:
    sticky = routing.stickiness
    return elbv2.ListenerAction.weighted_forward(
        [
            elbv2.WeightedTargetGroup(target_group=group, weight=weight)
            for group, weight in zip((primary, alternate), weights(options), strict=True)
        ],
        # Required of a rule with several target groups if one of them has sticky sessions ("Sticky sessions for your
        # Application Load Balancer").
        stickiness_duration=None if sticky is None else seconds(sticky.duration_seconds),
    )
