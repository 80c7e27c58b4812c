"""A scheduled task: when it runs, as whom, and who hears that it failed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from reference_constructs.ecs.run_task import RunTask
from reference_constructs.ecs.scheduled_task import ScheduledTask
from reference_constructs.ecs.scheduled_task_options import ScheduledTaskOptions
from reference_constructs.ecs.task import EcsTask
from reference_constructs.security.retention_options import RetentionOptions
from tests.support.assertions import properties
from tests.support.synthesis import ZONES, new_stack

IMAGE = "ghcr.io/owner/app:1.0"
SCHEDULE, QUEUE, POLICY = "AWS::Scheduler::Schedule", "AWS::SQS::Queue", "AWS::IAM::ManagedPolicy"
ON_DEFAULT = [{"capacity_provider": "default"}]


def synthesize(*, topic: bool = False, **options: Any) -> Template:  # noqa: ANN401 - any options
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    stated = {"schedule_expression": "cron(0 3 * * ? *)", "containers": {"web": {"image": IMAGE}}, **options}
    checked = ScheduledTaskOptions.model_validate(stated)
    task = EcsTask(stack, "Task", options=checked, encryption_key=kms.Key(stack, "Key"))
    cluster = ecs.Cluster.from_cluster_attributes(stack, "Cluster", cluster_name="shop", vpc=vpc)
    run_task = RunTask(
        stack,
        "RunTask",
        cluster=cluster,
        task=task,
        subnets=vpc.private_subnets,
        capacity_providers={"default": "shop-default"},
    )
    ScheduledTask(
        stack,
        "ScheduledTask",
        options=checked,
        run_task=run_task,
        alarm_topic=sns.Topic(stack, "Topic") if topic else None,
        retention=RetentionOptions(protected=False),
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def usual() -> Template:
    return synthesize(topic=True)


@pytest.fixture(scope="module")
def single() -> Template:
    return synthesize(overlap="skip", task_count=2, alarms=False, enabled=False)


def schedule(template: Template) -> dict[str, Any]:
    return properties(template, SCHEDULE)


def statements(template: Template, part: str) -> list[dict[str, Any]]:
    found = [each for name, each in template.find_resources(POLICY).items() if part in name]
    (policy,) = found
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


def test_it_runs_the_task_in_private_subnets_behind_a_group_of_its_own(usual: Template) -> None:
    parameters = schedule(usual)["Target"]["EcsParameters"]
    network = parameters["NetworkConfiguration"]["AwsvpcConfiguration"]

    assert network["AssignPublicIp"] == "DISABLED"
    assert "Private" in json.dumps(network["Subnets"])
    assert "RunTaskSecurityGroup" in json.dumps(network["SecurityGroups"])
    assert parameters["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE", "Weight": 1}]
    assert (parameters["PropagateTags"], parameters["EnableECSManagedTags"]) == ("TASK_DEFINITION", True)
    assert (parameters["PlatformVersion"], parameters["TaskCount"]) == ("LATEST", 1)


def test_when_it_runs_is_what_the_options_say() -> None:
    stated = schedule(
        synthesize(
            schedule_expression="rate(2 days)",
            schedule_expression_timezone="Europe/Berlin",
            flexible_time_window_minutes=9,
            start_date="2199-01-01T00:00:00Z",
            end_date="2199-01-31T12:30:00Z",
            maximum_retry_attempts=0,
            maximum_event_age_seconds=60,
            capacity_provider_strategy=ON_DEFAULT,
        )
    )

    assert stated["ScheduleExpression"] == "rate(2 days)"
    assert stated["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert stated["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 9}
    assert (stated["StartDate"], stated["EndDate"]) == ("2199-01-01T00:00:00.000Z", "2199-01-31T12:30:00.000Z")
    assert stated["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
    parameters = stated["Target"]["EcsParameters"]
    assert parameters["CapacityProviderStrategy"] == [{"CapacityProvider": "shop-default", "Weight": 1}]
    assert "PlatformVersion" not in parameters


def test_the_schedule_is_on_and_in_time_by_default(usual: Template) -> None:
    assert schedule(usual)["State"] == "ENABLED"
    assert schedule(usual)["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule(usual)["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185}


def test_its_role_runs_one_family_in_one_cluster_and_passes_two_roles(usual: Template) -> None:
    run, tag, passing, queue = statements(usual, "SchedulerPolicy")

    assert run["Action"] == "ecs:RunTask"
    assert json.dumps(run["Resource"]).rstrip(']}"').endswith(":*")
    assert "ecs:cluster" in run["Condition"]["ArnEquals"]
    assert tag["Condition"] == {"StringEquals": {"ecs:CreateAction": "RunTask"}}
    assert len(passing["Resource"]) == 2
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert queue["Action"] == "sqs:SendMessage"
    assert usual.find_resources("AWS::IAM::Policy") == {}


def test_only_schedules_of_its_group_assume_the_role(usual: Template) -> None:
    role = next(each for name, each in usual.find_resources("AWS::IAM::Role").items() if "SchedulerRole" in name)
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert "ScheduledTaskGroup" in json.dumps(statement["Condition"]["StringEquals"]["aws:SourceArn"])


def test_failed_tasks_and_failed_starts_are_in_one_queue_with_an_alarm(usual: Template) -> None:
    (queue_id,) = usual.find_resources(QUEUE)
    arn = {"Fn::GetAtt": [queue_id, "Arn"]}
    rule = properties(usual, "AWS::Events::Rule")
    failed = rule["EventPattern"]["detail"]["$or"]
    alarm = properties(usual, "AWS::CloudWatch::Alarm")

    assert schedule(usual)["Target"]["DeadLetterConfig"] == {"Arn": arn}
    assert [each["Arn"] for each in rule["Targets"]] == [arn]
    assert {"name": ["web"], "exitCode": [{"anything-but": [0]}]} in [each.get("containers") for each in failed]
    assert [each["lastStatus"] for each in failed] == [["STOPPED"], ["STOPPED"]]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": [queue_id, "QueueName"]}
    assert len(alarm["AlarmActions"]) == len(alarm["OKActions"]) == 1
    assert properties(usual, QUEUE)["SqsManagedSseEnabled"] is True


def test_a_container_beside_the_essential_ones_does_not_fail_the_task() -> None:
    template = synthesize(containers={"web": {"image": IMAGE}, "log": {"image": IMAGE, "essential": False}})

    failed = properties(template, "AWS::Events::Rule")["EventPattern"]["detail"]["$or"]
    assert [each["containers"]["name"] for each in failed if "containers" in each] == [["web"]]


def test_a_public_address_is_assigned_on_request() -> None:
    target = schedule(synthesize(assign_public_ip=True))["Target"]

    assert target["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "ENABLED"


def test_nobody_connects_to_the_task(usual: Template) -> None:
    group = next(iter(usual.find_resources("AWS::EC2::SecurityGroup").values()))["Properties"]

    assert "SecurityGroupIngress" not in group
    assert usual.find_resources("AWS::EC2::SecurityGroupIngress") == {}


def test_a_single_run_asks_before_it_runs(single: Template) -> None:
    machine = properties(single, "AWS::StepFunctions::StateMachine")
    text = "".join(each if isinstance(each, str) else "x" for each in machine["DefinitionString"]["Fn::Join"][1])
    states = json.loads(text)["States"]

    assert states["IsRunning"]["Choices"] == [{"Variable": "$.count", "NumericGreaterThan": 0, "Next": "Skipped"}]
    assert states["Run"]["Parameters"]["Count"] == 2
    assert states["Run"]["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    assert states["NotAccepted"]["Type"] == "Fail"
    assert "EcsParameters" not in schedule(single)["Target"]
    assert [each["Action"] for each in statements(single, "SchedulerPolicy")] == [
        "states:StartExecution",
        "sqs:SendMessage",
    ]
    assert [each["Action"] for each in statements(single, "SingleRunPolicy")] == [
        *("ecs:RunTask", "ecs:TagResource", "iam:PassRole", "ecs:ListTasks")
    ]


def test_executions_that_fail_are_in_the_queue(single: Template) -> None:
    rules = single.find_resources("AWS::Events::Rule").values()
    patterns = [each["Properties"]["EventPattern"] for each in rules]

    assert ["FAILED", "TIMED_OUT", "ABORTED"] in [each["detail"].get("status") for each in patterns]


def test_it_can_be_paused_and_without_an_alarm(single: Template) -> None:
    assert schedule(single)["State"] == "DISABLED"
    assert single.find_resources("AWS::CloudWatch::Alarm") == {}
