"""How a service deploys where it is no usual one, and what scales it."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task import EcsTask
from tests.support.assertions import only
from tests.support.synthesis import ZONES, new_stack

SERVICE, TARGET = "AWS::ECS::Service", "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY, ALARM = "AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::CloudWatch::Alarm"
ON_DEFAULT = [{"capacity_provider": "default"}]
HOURS = WorkingHoursOptions(start="07:00", stop="20:00")
JOBS = {"namespace": "Shop", "metric_name": "Jobs"}


def synthesize(*, hours: WorkingHoursOptions | None = None, **options: Any) -> Template:  # noqa: ANN401 - any options
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    checked = ServiceOptions.model_validate({"containers": {"web": {"image": "ghcr.io/owner/app:1.0"}}, **options})
    EcsService(
        stack,
        "Service",
        options=checked,
        cluster=ecs.Cluster.from_cluster_attributes(stack, "Cluster", cluster_name="shop", vpc=vpc),
        task=EcsTask(stack, "Task", options=checked, encryption_key=kms.Key(stack, "Key")),
        subnets=vpc.private_subnets,
        capacity_providers={"default": "shop-default"},
        working_hours=hours,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def scaled() -> Template:
    return synthesize(
        scaling={
            "high_resolution_metrics": True,
            "scale_out_cooldown_seconds": 30,
            "tracked_metrics": {"jobs": {**JOBS, "target_value": 5}},
            "step_scaling": {
                "more": {**JOBS, "steps": [{"metric_value": 50, "change": 1}, {"metric_value": 90, "change": 4}]},
                "less": {
                    **JOBS,
                    "when": "below",
                    "steps": [{"metric_value": 9, "change": -1}, {"metric_value": 2, "change": -4}],
                },
            },
            "scheduled_actions": {"peak": {"schedule_expression": "rate(1 day)", "min_capacity": 4}},
            "predictive_scaling": {"target_value": 50, "max_capacity_buffer_percent": 0},
        }
    )


def policy(template: Template, part: str) -> dict[str, Any]:
    (found,) = [each for key, each in template.find_resources(POLICY).items() if part in key]
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_a_daemon_is_on_every_instance() -> None:
    service = only(synthesize(scheduling_strategy="DAEMON", capacity_provider_strategy=ON_DEFAULT), SERVICE)
    properties = service["Properties"]
    assert (properties["SchedulingStrategy"], properties["LaunchType"]) == ("DAEMON", "EC2")
    assert not {"DesiredCount", "CapacityProviderStrategy", "PlacementStrategies"} & set(properties)
    assert properties["DeploymentConfiguration"]["MaximumPercent"] == 100


def test_what_must_run_once_stops_before_it_starts() -> None:
    properties = only(synthesize(minimum_healthy_percent=0, maximum_percent=100), SERVICE)["Properties"]
    percents = properties["DeploymentConfiguration"]
    assert (percents["MinimumHealthyPercent"], percents["MaximumPercent"]) == (0, 100)
    assert properties["AvailabilityZoneRebalancing"] == "DISABLED"


def test_high_resolution_is_published_and_tracked(scaled: Template) -> None:
    (metrics,) = only(scaled, SERVICE)["Properties"]["Monitoring"]["MetricConfigurations"]
    assert metrics == {"MetricNames": ["CPUUtilization", "MemoryUtilization"], "ResolutionSeconds": 20}
    tracking = policy(scaled, "Cpu")["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"
    }
    assert tracking["ScaleOutCooldown"] == 30


def test_any_metric_is_tracked(scaled: Template) -> None:
    tracking = policy(scaled, "Metricjobs")["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["CustomizedMetricSpecification"]["MetricName"] == "Jobs"
    assert tracking["TargetValue"] == 5


def test_steps_reach_from_the_threshold_to_the_next_step(scaled: Template) -> None:
    assert policy(scaled, "Stepsmore")["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 40, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 40, "ScalingAdjustment": 4},
    ]
    assert policy(scaled, "Stepsless")["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": -7, "MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
        {"MetricIntervalUpperBound": -7, "ScalingAdjustment": -4},
    ]
    alarms = {key: each["Properties"] for key, each in scaled.find_resources(ALARM).items() if "StepsAlarm" in key}
    assert {each["ComparisonOperator"]: each["Threshold"] for each in alarms.values()} == {
        "GreaterThanOrEqualToThreshold": 50,
        "LessThanOrEqualToThreshold": 9,
    }


def test_the_forecast_may_go_above_the_maximum_only_if_it_is_said_by_how_much(scaled: Template) -> None:
    forecast = policy(scaled, "Predictive")["PredictiveScalingPolicyConfiguration"]
    assert (forecast["Mode"], forecast["MaxCapacityBreachBehavior"]) == ("ForecastOnly", "IncreaseMaxCapacity")


def test_a_fixed_number_of_tasks_is_scaled_by_working_hours() -> None:
    template = synthesize(hours=HOURS, desired_count=3)
    assert "DesiredCount" not in only(template, SERVICE)["Properties"]
    target = only(template, TARGET)["Properties"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 3)
    actions = {each["ScheduledActionName"]: each["ScalableTargetAction"] for each in target["ScheduledActions"]}
    assert actions == {
        "WorkingHoursStop": {"MinCapacity": 0, "MaxCapacity": 0},
        "WorkingHoursStart": {"MinCapacity": 3, "MaxCapacity": 3},
    }
