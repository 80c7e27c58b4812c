"""What Amazon ECS shifts requests with: a second target group, weighted listener rules, and a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.ecs.deployment_options import DeploymentOptions, ShiftTestTrafficOptions
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
        listener: elbv2.IApplicationListener,
        priority: int,
        conditions: Sequence[elbv2.ListenerCondition],
        primary: elbv2.ApplicationTargetGroup,
        alternate: elbv2.ApplicationTargetGroup,
    ) -> None:
        """Define the rules and the role.

        Args:
            scope: The construct of the service; the rule keeps the ID that it has without a shift, so that another
                strategy changes it in place.
            construct_id: ID in the parent.
            options: The strategy, test requests, and the target group that serves.
            listener: Where the rules are.
            priority: Priority of the listener rule.
            conditions: Which requests are forwarded.
            primary: Target group that serves first.
            alternate: Target group of the next revision.
        """
        super().__init__(scope, construct_id)
        self._listener = listener
        self._conditions = conditions
        self._action = _forward(options, primary, alternate)
        self.listener_rule = elbv2.ApplicationListenerRule(
            scope,
            "ListenerRule",
            listener=listener,
            priority=priority,
            conditions=list(conditions),
            action=self._action,
        )
        self.test_listener_rule = None
        if options.test_traffic is not None:
            self.test_listener_rule = self._define_test_rule(options.test_traffic, priority)
        self.role = self._define_role()
        rule = ecs.ListenerRuleConfiguration.application_listener_rule
        self.alternate_target = ecs.AlternateTarget(
            "Alternate",
            alternate_target_group=alternate,
            production_listener=rule(self.listener_rule),
            test_listener=rule(self.test_listener_rule) if self.test_listener_rule is not None else None,
            role=self.role,
        )

    def _define_test_rule(self, options: ShiftTestTrafficOptions, priority: int) -> elbv2.ApplicationListenerRule:
        header = elbv2.ListenerCondition.http_header(options.header_name, [options.header_value])
        return elbv2.ApplicationListenerRule(
            self,
            "TestListenerRule",
            listener=self._listener,
            priority=options.priority or priority - 1,
            conditions=[*self._conditions, header],
            action=self._action,
        )

    def _define_role(self) -> iam.Role:
        role = infrastructure_role(self, "Role", policy=_POLICY)
        acknowledge(
            role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",
            packs=("AwsSolutions",),
            reason="What Amazon ECS needs to shift requests between target groups, and changes with Amazon ECS. Nobody "
            "else assumes the role.",
        )
        return role


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
    options: DeploymentOptions, primary: elbv2.ApplicationTargetGroup, alternate: elbv2.ApplicationTargetGroup
) -> elbv2.ListenerAction:
    on_primary = options.production_target_group == "primary"
    return elbv2.ListenerAction.weighted_forward(
        [
            elbv2.WeightedTargetGroup(target_group=primary, weight=_ALL if on_primary else _NONE),
            elbv2.WeightedTargetGroup(target_group=alternate, weight=_NONE if on_primary else _ALL),
        ]
    )
