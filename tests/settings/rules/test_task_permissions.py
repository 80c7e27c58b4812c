"""Rules of task permissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, problems, service


def statement(action: str, resource: str = "arn:aws:s3:::orders/*", more: str = "") -> str:
    return service(f"task_role_statements: [{{actions: ['{action}'], resources: ['{resource}']{more}}}]")


EXISTS = "why: IAM accepts an action that no service has, and it grants nothing."

NAMED = "{actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:*:*:orders']}"

PAIRS = (
    RulePair(
        rule="statement_does_not_allow_all_actions_of_a_service",
        rejected=statement("s3:*"),
        accepted=statement("s3:Get*"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: 's3:*' is not allowed\n"
            "fix: list the actions that the application needs; s3:Get* is allowed too\n"
            "why: With all actions of a service, the application could also delete resources and change who "
            "can access them."
        ),
    ),
    RulePair(
        rule="action_exists",
        rejected=statement("s3:GetObjct"),
        accepted=statement("s3:getobject"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: s3 has no action GetObjct\n"
            f"fix: did you mean s3:GetObject?\n{EXISTS}"
        ),
    ),
    RulePair(
        rule="action_exists: nor does the service",
        rejected=statement("dynamdb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
        accepted=statement("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: no service has the prefix dynamdb\n"
            f"fix: did you mean dynamodb:GetItem?\n{EXISTS}"
        ),
    ),
    RulePair(
        rule="action_exists: unlike any",
        rejected=statement("s3:Frobnicate*"),
        accepted=statement("s3:Get*"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: s3 has no action Frobnicate*\n"
            f"fix: use an action of the Service Authorization Reference\n{EXISTS}"
        ),
    ),
    RulePair(
        rule="action_without_resources_has_a_wildcard",
        rejected=statement("xray:PutTraceSegments", "arn:aws:xray:eu-west-1:111122223333:group/a"),
        accepted=statement("xray:PutTraceSegments", "*"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: xray:PutTraceSegments has no resource-level "
            "permissions, so these resources grant nothing\n"
            "fix: put it into a statement of its own with resources: ['*']\n"
            "why: A statement that names resources grants an action that has no resource-level permissions to nobody."
        ),
    ),
    RulePair(
        rule="statement_names_its_resources",
        rejected=statement("sqs:SendMessage", "*"),
        accepted=statement("sqs:SendMessage", "arn:aws:sqs:*:*:orders"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: sqs:SendMessage is allowed on every resource\n"
            "fix: name the resources, or add conditions\n"
            "why: On every resource of the account, the application can do more than it needs."
        ),
    ),
    RulePair(
        rule="statement_names_its_resources: or has conditions",
        rejected=statement("kms:Decrypt", "*"),
        accepted=statement("kms:Decrypt", "*", ", conditions: {StringEquals: {'kms:ViaService': s3.x.amazonaws.com}}"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: kms:Decrypt is allowed on every resource\n"
            "fix: name the resources, or add conditions\n"
            "why: On every resource of the account, the application can do more than it needs."
        ),
    ),
    RulePair(
        rule="role_can_be_passed",
        rejected=statement("ecs:RunTask", "arn:aws:ecs:*:*:task-definition/a:*"),
        accepted=statement(
            "ecs:RunTask', 'iam:PassRole", "arn:aws:ecs:*:*:task-definition/a:*', 'arn:aws:iam::*:role/a"
        ),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: ecs:RunTask is allowed, and iam:PassRole is"
            " not\n"
            "fix: add a statement with iam:PassRole on the roles that are given, such as the task role and "
            "the task execution role\n"
            "why: These actions give a role to a service, which takes iam:PassRole on that role; without it, "
            "each call fails."
        ),
    ),
    RulePair(
        rule="statement_names_its_resources: whatever others do",
        rejected=service(f"task_role_statements: [{NAMED}, {{actions: ['sqs:ReceiveMessage'], resources: ['*']}}]"),
        accepted=service(f"task_role_statements: [{NAMED}, {{actions: ['sqs:ListQueues'], resources: ['*']}}]"),
        message=(
            "ecs.services.web.task_role_statements[1].resources[0]: sqs:ReceiveMessage is allowed on every "
            "resource\n"
            "fix: name the resources, or add conditions\n"
            "why: On every resource of the account, the application can do more than it needs."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    "action",
    ["xray:PutTraceSegments", "cloudwatch:PutMetricData", "ecr:GetAuthorizationToken", "ssmmessages:OpenDataChannel"],
)
def test_every_resource_is_said_where_no_other_can_be(tmp_path: Path, action: str) -> None:
    assert problems(tmp_path, statement(action, "*")) == []


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sqs:*:111122223333:orders",
        "arn:aws:sqs:eu-west-1:*:orders",
        "arn:*:sqs:eu-*:111122223333:orders-?",
    ],
)
def test_an_arn_can_have_wildcards_wherever_iam_takes_them(tmp_path: Path, arn: str) -> None:
    assert problems(tmp_path, statement("sqs:SendMessage", arn)) == []


@pytest.mark.parametrize(
    ("operator", "accepted"),
    [
        ("StringEquals", True),
        ("ForAllValues:StringLike", True),
        ("NotIpAddress", True),
        ("DateGreaterThanEquals", True),
        ("ArnLikeIfExists", True),
        ("StringEqual", False),
        ("Stringequals", False),
    ],
)
def test_a_condition_has_an_operator_of_iam(tmp_path: Path, operator: str, *, accepted: bool) -> None:
    key, values = {
        "NotIpAddress": ("aws:SourceIp", "192.0.2.0/24"),
        "DateGreaterThanEquals": ("aws:CurrentTime", "2026-11-25"),
        "ArnLikeIfExists": ("aws:PrincipalArn", "'arn:aws:iam::*:role/a'"),
    }.get(operator, ("aws:PrincipalTag/team", "a, b"))
    text = statement("sqs:SendMessage", "*", f", conditions: {{'{operator}': {{'{key}': [{values}]}}}}")
    assert (problems(tmp_path, text) == []) is accepted
