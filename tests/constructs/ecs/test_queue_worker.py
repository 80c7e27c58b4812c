"""A queue worker: its queue, what its task may do, how it scales to and from zero, and who hears of old messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.ecs.queue_worker import QueueWorker
from reference_constructs.ecs.queue_worker_options import QueueWorkerOptions
from reference_constructs.ecs.task import EcsTask
from reference_constructs.security.retention_options import RetentionOptions
from tests.support.assertions import all_of
from tests.support.synthesis import ZONES, new_stack

QUEUE, POLICY, ALARM = "AWS::SQS::Queue", "AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::CloudWatch::Alarm"
QUEUE_ARN, KEY_ARN = "arn:aws:sqs:eu-west-1:111122223333:orders", "arn:aws:kms:eu-west-1:111122223333:key/0123"
HOURS = WorkingHoursOptions(start="07:00", stop="20:00")


def synthesize(
    *,
    hours: WorkingHoursOptions | None = None,
    with_key: bool = False,
    **options: Any,  # noqa: ANN401 - any options
) -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    containers = {"work": {"image": "ghcr.io/owner/app:1.0"}, "log": {"image": "ghcr.io/owner/log:1.0"}}
    checked = QueueWorkerOptions.model_validate({"containers": containers, **options})
    QueueWorker(
        stack,
        "Worker",
        options=checked,
        cluster=ecs.Cluster.from_cluster_attributes(stack, "Cluster", cluster_name="shop", vpc=vpc),
        task=EcsTask(stack, "Task", options=checked, encryption_key=kms.Key(stack, "Key")),
        subnets=vpc.private_subnets,
        alarm_topic=sns.Topic(stack, "Topic"),
        retention=RetentionOptions(protected=False),
        queue_key=kms.Key(stack, "QueueKey") if with_key else None,
        working_hours=hours,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def usual() -> Template:
    return synthesize()


@pytest.fixture(scope="module")
def other() -> Template:
    return synthesize(
        hours=HOURS,
        queue={"fifo": True},
        scaling={"min_capacity": 1},
        task_scale_in_protection=False,
    )


@pytest.fixture(scope="module")
def encrypted() -> Template:
    return synthesize(with_key=True)


@pytest.fixture(scope="module")
def existing() -> Template:
    return synthesize(queue={"existing": {"queue_arn": QUEUE_ARN, "queue_key_arn": KEY_ARN}})


def queues(template: Template) -> dict[str, dict[str, Any]]:
    found = {key: resource["Properties"] for key, resource in template.find_resources(QUEUE).items()}
    return {"dead" if "DeadLetter" in key else "queue": value for key, value in found.items()}


def having(template: Template, resource_type: str, part: str) -> dict[str, Any]:
    (found,) = [each for key, each in template.find_resources(resource_type).items() if part in key]
    properties: dict[str, Any] = found["Properties"]
    return properties


def expression(alarm: dict[str, Any]) -> str:
    return next(str(query["Expression"]) for query in alarm["Metrics"] if "Expression" in query)


def test_messages_that_fail_too_often_move_to_the_dead_letter_queue(usual: Template) -> None:
    found = queues(usual)
    assert found["queue"]["RedrivePolicy"]["maxReceiveCount"] == 5
    assert "DeadLetterQueue" in json.dumps(found["queue"]["RedrivePolicy"]["deadLetterTargetArn"])
    assert found["dead"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_both_queues_are_encrypted_and_take_tls(usual: Template) -> None:
    assert [each["SqsManagedSseEnabled"] for each in queues(usual).values()] == [True, True]
    assert [
        statement["Condition"]
        for policy in all_of(usual, "AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ] == [{"Bool": {"aws:SecureTransport": "false"}}] * 2


def test_the_dead_letter_queue_of_a_fifo_queue_is_one(other: Template) -> None:
    assert [each["FifoQueue"] for each in queues(other).values()] == [True, True]


def test_every_container_is_told_the_url(usual: Template) -> None:
    (definition,) = all_of(usual, "AWS::ECS::TaskDefinition").values()
    for container in definition["Properties"]["ContainerDefinitions"]:
        assert [each["Name"] for each in container["Environment"]] == ["QUEUE_URL"]


def test_the_task_may_work_on_its_queue_only(usual: Template) -> None:
    statements = having(usual, "AWS::IAM::ManagedPolicy", "QueuePolicy")["PolicyDocument"]["Statement"]
    (of_queue,) = [each for each in statements if "sqs:ReceiveMessage" in each["Action"]]
    assert of_queue["Resource"]["Fn::GetAtt"][1] == "Arn"
    assert "DeadLetter" not in of_queue["Resource"]["Fn::GetAtt"][0]
    assert "sqs:SendMessage" not in json.dumps(statements)


def test_the_task_may_protect_itself_unless_it_is_not_to(usual: Template, other: Template) -> None:
    protects = [
        "ecs:UpdateTaskProtection" in json.dumps(having(each, "AWS::IAM::ManagedPolicy", "QueuePolicy"))
        for each in (usual, other)
    ]
    assert protects == [True, False]


def test_the_backlog_counts_messages_in_flight_for_each_running_task(usual: Template) -> None:
    tracking = having(usual, POLICY, "Backlog")["TargetTrackingScalingPolicyConfiguration"]
    queries = tracking["CustomizedMetricSpecification"]["Metrics"]
    assert queries[-1]["Expression"] == "(visible + inflight) / running"
    assert [each["Id"] for each in queries if each["ReturnData"]] == ["backlog"]
    assert tracking["TargetValue"] == 10


def test_it_starts_from_zero_by_messages_that_nobody_has(usual: Template) -> None:
    alarm = having(usual, ALARM, "FromZeroAlarm")
    assert expression(alarm) == "IF(inflight < 1, visible, 0)"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
    step = having(usual, POLICY, "TargetFromZero")["StepScalingPolicyConfiguration"]
    assert (step["AdjustmentType"], step["StepAdjustments"][0]["ScalingAdjustment"]) == ("ChangeInCapacity", 1)


def test_it_stops_only_when_nothing_is_left(usual: Template) -> None:
    alarm = having(usual, ALARM, "ToZeroAlarm")
    assert expression(alarm) == "visible + delayed + inflight"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 5)
    step = having(usual, POLICY, "TargetToZero")["StepScalingPolicyConfiguration"]
    assert (step["AdjustmentType"], step["StepAdjustments"][0]["ScalingAdjustment"]) == ("ExactCapacity", 0)


def test_without_zero_it_neither_starts_nor_stops(other: Template) -> None:
    assert len(all_of(other, POLICY)) == 1


def test_age_counts_only_while_tasks_are_wanted(usual: Template, other: Template) -> None:
    assert having(usual, ALARM, "OldMessage")["Threshold"] == 3600
    assert expression(having(other, ALARM, "OldMessage")) == "IF(wanted > 0, age, 0)"


def test_outside_of_working_hours_no_task_can_run(other: Template) -> None:
    (target,) = all_of(other, "AWS::ApplicationAutoScaling::ScalableTarget").values()
    actions = {each["ScheduledActionName"]: each for each in target["Properties"]["ScheduledActions"]}
    assert actions["WorkingHoursStop"]["ScalableTargetAction"] == {"MinCapacity": 0, "MaxCapacity": 0}
    assert actions["WorkingHoursStart"]["ScalableTargetAction"] == {"MinCapacity": 1, "MaxCapacity": 10}


def decrypts_with(template: Template) -> list[Any]:
    statements = having(template, "AWS::IAM::ManagedPolicy", "QueuePolicy")["PolicyDocument"]["Statement"]
    return [
        (each["Resource"], each["Condition"])
        for each in statements
        if each["Action"] == "kms:Decrypt" and each["Effect"] == "Allow"
    ]


def test_a_key_encrypts_both_queues_and_the_task_may_decrypt(usual: Template, encrypted: Template) -> None:
    (key,) = {json.dumps(each["KmsMasterKeyId"]) for each in queues(encrypted).values()}
    assert "QueueKey" in key
    ((resource, condition),) = decrypts_with(encrypted)
    assert json.dumps(resource) == key
    assert condition == {"StringLike": {"kms:ViaService": "sqs.*"}}
    assert decrypts_with(usual) == []


def test_of_a_queue_that_exists_nothing_is_made(existing: Template) -> None:
    assert all_of(existing, QUEUE) == all_of(existing, "AWS::SQS::QueuePolicy") == {}
    alarms = all_of(existing, ALARM)
    assert any("OldMessage" in each for each in alarms)
    assert not any("DeadLetters" in each for each in alarms)


def test_the_task_may_work_on_the_queue_that_exists_and_decrypt_with_its_key(existing: Template) -> None:
    statements = having(existing, "AWS::IAM::ManagedPolicy", "QueuePolicy")["PolicyDocument"]["Statement"]
    assert [each["Resource"] for each in statements if "sqs:ReceiveMessage" in each["Action"]] == [QUEUE_ARN]
    assert [resource for resource, _ in decrypts_with(existing)] == [KEY_ARN]
    (definition,) = all_of(existing, "AWS::ECS::TaskDefinition").values()
    for container in definition["Properties"]["ContainerDefinitions"]:
        assert "111122223333/orders" in json.dumps(container["Environment"])


def test_the_queue_that_exists_scales_the_tasks(existing: Template) -> None:
    for resource_type, name in ((POLICY, "Backlog"), (ALARM, "FromZeroAlarm"), (ALARM, "ToZeroAlarm")):
        assert '"Name": "QueueName", "Value": "orders"' in json.dumps(having(existing, resource_type, name))
