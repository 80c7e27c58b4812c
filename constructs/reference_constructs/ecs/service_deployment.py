"""The deployment configuration of a service: what the L2 has no words for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.ecs.deployment_options import (
    CanaryOptions,
    CircuitBreakerOptions,
    DeploymentOptions,
    LifecycleHookOptions,
    LinearOptions,
)


def strategy_arguments(options: DeploymentOptions) -> dict[str, Any]:
    """Keyword arguments of the L2 that say how requests are shifted; none for a rolling deployment.

    Args:
        options: The strategy.
    """
    arguments: dict[str, Any] = {}
    if options.shifts_traffic:
        arguments["deployment_strategy"] = ecs.DeploymentStrategy[options.strategy]
    if options.bake_minutes is not None:
        arguments["bake_time"] = cdk.Duration.minutes(options.bake_minutes)
    if options.strategy == "LINEAR":
        linear = options.linear or LinearOptions()
        arguments["linear_configuration"] = ecs.TrafficShiftConfig(
            step_percent=linear.step_percent, step_bake_time=cdk.Duration.minutes(linear.step_bake_time_minutes)
        )
    if options.strategy == "CANARY":
        canary = options.canary or CanaryOptions()
        arguments["canary_configuration"] = ecs.TrafficShiftConfig(
            step_percent=canary.percent, step_bake_time=cdk.Duration.minutes(canary.bake_time_minutes)
        )
    return arguments


def state_deployment_details(
    service: ecs.BaseService, options: DeploymentOptions, *, alarm_names: Sequence[str] = ()
) -> None:
    """Escape hatch: thresholds, early success, pauses and timeouts of hooks have no L2 yet.

    Alarms have one, which tells of each at every synthesis, by a name that is not known then.

    Args:
        service: The service, whose circuit breaker the L2 has turned on.
        options: What is stated of its deployments.
        alarm_names: Alarms that roll a deployment back.
    """
    resource = cast(ecs.CfnService, service.node.default_child)
    if alarm_names:
        resource.add_property_override(
            "DeploymentConfiguration.Alarms", {"AlarmNames": list(alarm_names), "Enable": True, "Rollback": True}
        )
    breaker = options.circuit_breaker
    if breaker != CircuitBreakerOptions():
        resource.add_property_override(
            "DeploymentConfiguration.DeploymentCircuitBreaker.ThresholdConfiguration",
            {"Type": breaker.threshold_type, "Value": breaker.threshold},
        )
        resource.add_property_override(
            "DeploymentConfiguration.DeploymentCircuitBreaker.ResetOnHealthyTask", breaker.reset_on_healthy_task
        )
    if (early := options.early_success) is not None:
        resource.add_property_override(
            "DeploymentConfiguration.EarlySuccessCriteria",
            {
                "Enable": True,
                "HealthyPercent": early.healthy_percent,
                "SourceServiceRevisionCleanup": early.source_service_revision_cleanup,
            },
        )
    if options.lifecycle_hooks:
        role = _hook_role(service, options.lifecycle_hooks)
        resource.add_property_override(
            "DeploymentConfiguration.LifecycleHooks",
            [_hook(each, role) for each in options.lifecycle_hooks.values()],
        )


def _hook(options: LifecycleHookOptions, role: iam.Role | None) -> dict[str, Any]:
    timeout = {"TimeoutInMinutes": options.timeout_minutes, "Action": options.timeout_action}
    stages = {"LifecycleStages": list(options.stages), "TimeoutConfiguration": timeout}
    if options.function_arn is None or role is None:
        return {"TargetType": "PAUSE", **stages}
    details = {"HookDetails": json.dumps(dict(options.details))} if options.details else {}
    return {
        "TargetType": "AWS_LAMBDA",
        "HookTargetArn": options.function_arn,
        "RoleArn": role.role_arn,
        **details,
        **stages,
    }


def _hook_role(service: ecs.BaseService, hooks: Mapping[str, LifecycleHookOptions]) -> iam.Role | None:
    """What Amazon ECS invokes the functions with, and no others.

    Source: "Permissions required for Lambda functions in Amazon ECS blue/green deployments".
    """
    functions = list(dict.fromkeys(each.function_arn for each in hooks.values() if each.function_arn is not None))
    if not functions:
        return None
    scope = cast(Construct, service.node.scope)
    stack = cdk.Stack.of(scope)
    policy = iam.ManagedPolicy(
        scope,
        "LifecycleHookPolicy",
        statements=[iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=functions)],
    )
    return iam.Role(
        scope,
        "LifecycleHookRole",
        assumed_by=iam.ServicePrincipal(
            "ecs.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
        ),
        managed_policies=[policy],
    )
