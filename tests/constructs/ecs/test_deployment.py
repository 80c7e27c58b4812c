"""How a service deploys: strategy, rules, alarms, hooks, thresholds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from reference_constructs.ecs.deployment_options import DeploymentOptions
from reference_constructs.ecs.service_options import ServiceOptions
from tests.constructs.ecs.test_service import _synthesize
from tests.support.assertions import Resource, all_of, properties

ALARMS = {"server_error_percent": 5, "alarm_names": ["conversion"]}
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:check"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"


def _deployed(**deployment: object) -> Template:
    return _synthesize(routing={"priority": 20}, deployment=deployment)


def _all_of(template: Template, resource_type: str) -> list[Resource]:
    return [each["Properties"] for each in all_of(template, resource_type).values()]


def _configuration(template: Template) -> Resource:
    found: Resource = properties(template, "AWS::ECS::Service")["DeploymentConfiguration"]
    return found


@pytest.fixture(scope="module")
def shifted() -> Template:
    return _deployed(
        strategy="BLUE_GREEN",
        test_traffic={"header_value": "preview"},
        lifecycle_hooks={
            "check": {"stages": ["POST_TEST_TRAFFIC_SHIFT"], "function_arn": FUNCTION, "details": {"path": "/"}},
            "ask": {"stages": ["POST_SCALE_UP"], "timeout_minutes": 5, "timeout_action": "CONTINUE"},
        },
        rollback_alarms=ALARMS,
    )


def test_by_default_nothing_is_said_of_a_strategy() -> None:
    configuration = _configuration(_synthesize(routing={}))
    assert set(configuration) == {"DeploymentCircuitBreaker", "MaximumPercent", "MinimumHealthyPercent"}
    assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"strategy": "BLUE_GREEN"}, {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 10}),
        (
            {"strategy": "LINEAR", "bake_time_minutes": 3},
            {
                "Strategy": "LINEAR",
                "BakeTimeInMinutes": 3,
                "LinearConfiguration": {"StepPercent": 10, "StepBakeTimeInMinutes": 6},
            },
        ),
        (
            {"strategy": "LINEAR", "linear": {"step_percent": 25, "step_bake_time_minutes": 1}},
            {"LinearConfiguration": {"StepPercent": 25, "StepBakeTimeInMinutes": 1}},
        ),
        ({"strategy": "CANARY"}, {"CanaryConfiguration": {"CanaryPercent": 5, "CanaryBakeTimeInMinutes": 10}}),
        (
            {"strategy": "CANARY", "canary": {"percent": 1, "bake_time_minutes": 60}},
            {"CanaryConfiguration": {"CanaryPercent": 1, "CanaryBakeTimeInMinutes": 60}},
        ),
        ({"bake_time_minutes": 7}, {"BakeTimeInMinutes": 7}),
        (
            {"early_success": {"healthy_percent": 100}},
            {
                "EarlySuccessCriteria": {
                    "Enable": True,
                    "HealthyPercent": 100,
                    "SourceServiceRevisionCleanup": "BLOCKING",
                }
            },
        ),
        (
            {"circuit_breaker": {"threshold_type": "COUNT", "threshold": 3}},
            {
                "DeploymentCircuitBreaker": {
                    "Enable": True,
                    "Rollback": True,
                    "ResetOnHealthyTask": True,
                    "ThresholdConfiguration": {"Type": "COUNT", "Value": 3},
                }
            },
        ),
    ],
)
def test_what_is_stated_is_in_the_configuration(stated: dict[str, Any], expected: Resource) -> None:
    configuration = _configuration(_deployed(**stated))
    assert {key: configuration.get(key) for key in expected} == expected


def test_both_rules_forward_to_two_target_groups_and_all_requests_to_the_first(shifted: Template) -> None:
    rules = _all_of(shifted, RULE)
    assert sorted(each["Priority"] for each in rules) == [19, 20]
    for rule in rules:
        (action,) = rule["Actions"]
        assert [each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]] == [100, 0]


def test_the_alternate_target_group_can_be_the_one_that_serves() -> None:
    (rule,) = _all_of(_deployed(strategy="CANARY", production_target_group="alternate"), RULE)
    groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert [each["Weight"] for each in groups] == [0, 100]


def test_test_requests_have_the_header_and_the_conditions_of_all(shifted: Template) -> None:
    (test,) = [each for each in _all_of(shifted, RULE) if each["Priority"] == 19]
    assert [each["Field"] for each in test["Conditions"]] == ["path-pattern", "http-header"]
    assert test["Conditions"][1]["HttpHeaderConfig"] == {"HttpHeaderName": "x-test-traffic", "Values": ["preview"]}


def test_the_service_names_everything_that_ecs_shifts_with(shifted: Template) -> None:
    (target,) = properties(shifted, "AWS::ECS::Service")["LoadBalancers"]
    assert set(target["AdvancedConfiguration"]) == {
        *("AlternateTargetGroupArn", "ProductionListenerRule", "TestListenerRule", "RoleArn")
    }
    assert "Alternate" in json.dumps(target["AdvancedConfiguration"]["AlternateTargetGroupArn"])


def test_a_function_is_invoked_by_a_role_for_it_alone_and_a_pause_by_none(shifted: Template) -> None:
    asked, paused = _configuration(shifted)["LifecycleHooks"]
    assert (asked["TargetType"], asked["HookTargetArn"], asked["HookDetails"]) == (
        *("AWS_LAMBDA", FUNCTION),
        '{"path": "/"}',
    )
    assert asked["TimeoutConfiguration"] == {"TimeoutInMinutes": 1440, "Action": "ROLLBACK"}
    assert paused == {
        "TargetType": "PAUSE",
        "LifecycleStages": ["POST_SCALE_UP"],
        "TimeoutConfiguration": {"TimeoutInMinutes": 5, "Action": "CONTINUE"},
    }
    statements = [
        statement
        for policy in _all_of(shifted, "AWS::IAM::ManagedPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    ]
    assert [each["Resource"] for each in statements] == [FUNCTION]


def test_alarms_of_both_target_groups_and_those_that_exist_roll_back(shifted: Template) -> None:
    alarms = _configuration(shifted)["Alarms"]
    assert (alarms["Enable"], alarms["Rollback"]) == (True, True)
    own, other = alarms["AlarmNames"]
    assert other == "conversion"
    alarm = shifted.to_json()["Resources"][own["Ref"]]["Properties"]
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["Threshold"]) == (3, 2, 5)
    assert {each["Id"] for each in alarm["Metrics"]} == {"expr_1", "errors0", "errors1", "requests0", "requests1"}


def test_a_rolling_deployment_goes_back_by_alarms_too() -> None:
    template = _deployed(rollback_alarms={"response_time_ms": 800})
    (name,) = _configuration(template)["Alarms"]["AlarmNames"]
    alarm = template.to_json()["Resources"][name["Ref"]]["Properties"]
    assert alarm["Metrics"][0]["Expression"] == "1000*MAX([time0])"
    assert alarm["Threshold"] == 800


def test_alarms_of_requests_need_routing() -> None:
    with pytest.raises(ValueError, match="rollback_alarms of requests need routing"):
        _synthesize(deployment={"rollback_alarms": {"server_error_percent": 5}})


@pytest.mark.parametrize(
    ("stated", "minutes"),
    [
        ({}, 0),
        ({"strategy": "BLUE_GREEN"}, 10),
        ({"strategy": "LINEAR", "linear": {"step_percent": 30, "step_bake_time_minutes": 5}}, 25),
        ({"strategy": "LINEAR", "linear": {"step_percent": 100}, "bake_time_minutes": 0}, 0),
        ({"strategy": "CANARY", "bake_time_minutes": 20}, 30),
    ],
)
def test_a_shift_takes_its_steps_and_the_bake_time(stated: dict[str, Any], minutes: int) -> None:
    assert DeploymentOptions.model_validate(stated).minutes_of_shift == minutes


@pytest.mark.parametrize(("strategy", "most"), [("ROLLING", 3), ("BLUE_GREEN", 4)])
def test_a_shift_runs_all_tasks_twice(strategy: str, most: int) -> None:
    options = ServiceOptions.model_validate(
        {
            "containers": {"web": {"image": "ghcr.io/owner/app:1.0"}},
            "desired_count": 2,
            "maximum_percent": 150,
            "deployment": {"strategy": strategy},
        }
    )
    assert options.most_tasks_in_deployment == most
