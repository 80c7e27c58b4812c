"""Rules of task permissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, problems, service


def statement(action: str, resource: str = "arn:aws:s3:::orders/*", more: str = "") -> str:
    return service(f"task_role_statements: [{{actions: ['{action}'], resources: ['{resource}']{more}}}]")


EXISTS = "why: IAM accepts an action that no service has, and it grants nothing."


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
        rule="action_fits_a_resource",
        rejected=statement("s3:GetObject", "arn:aws:s3:::orders"),
        accepted=statement("s3:GetObject", "arn:aws:s3:::orders*"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: s3:GetObject is not on any of these "
            "resources\n"
            "allowed: resources such as arn:*:s3:*:*:accesspoint/*/object/* or arn:*:s3:::*/*\n"
            "why: IAM accepts an action beside resources of another type, and it grants nothing."
        ),
    ),
    RulePair(
        rule="action_fits_a_resource: nor one of a wildcard",
        rejected=statement("sqs:Get*", "arn:aws:sns:eu-west-1:111122223333:a"),
        accepted=statement("sqs:Get*", "arn:aws:sqs:eu-west-1:111122223333:a"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: no action that sqs:Get* stands for is on "
            "any of these resources\n"
            "fix: name the resources that the actions are on\n"
            "why: IAM accepts an action beside resources of another type, and it grants nothing."
        ),
    ),
    RulePair(
        rule="action_fits_a_resource: a bucket has no slash",
        rejected=statement("s3:ListBucket", "arn:aws:s3:::orders/*"),
        accepted=statement("s3:ListBucket", "arn:aws:s3:::orders"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: s3:ListBucket is not on any of these "
            "resources\n"
            "allowed: resources such as arn:*:s3:*:*:accesspoint/* or arn:*:s3:::*\n"
            "why: IAM accepts an action beside resources of another type, and it grants nothing."
        ),
    ),
    RulePair(
        rule="statement_is_well_formed",
        rejected=statement("iam:GetRole", "arn:aws:iam:eu-west-1:111122223333:role/a"),
        accepted=statement("iam:GetRole", "arn:aws:iam::111122223333:role/a"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: "
            "'arn:aws:iam:eu-west-1:111122223333:role/a' is not allowed\n"
            "allowed: an ARN without a Region: IAM has none\n"
            "why: IAM refuses the policy (MalformedPolicyDocument), and the stack fails."
        ),
    ),
    RulePair(
        rule="statement_is_well_formed: in the partition",
        rejected=statement("s3:GetObject", "arn:aws-cn:s3:::orders/*"),
        accepted=statement("s3:GetObject", "arn:*:s3:::orders/*"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: 'arn:aws-cn:s3:::orders/*' is not allowed\n"
            "allowed: an ARN that begins with arn:aws:, as those of eu-west-1 do\n"
            "why: IAM refuses the policy (MalformedPolicyDocument), and the stack fails."
        ),
    ),
    RulePair(
        rule="statement_is_well_formed: addresses",
        rejected=statement("s3:GetObject", more=", conditions: {NotIpAddress: {aws:SourceIp: 10.0.0.300/16}}"),
        accepted=statement("s3:GetObject", more=", conditions: {NotIpAddress: {aws:SourceIp: 10.0.0.30/16}}"),
        message=(
            "ecs.services.web.task_role_statements[0].conditions.NotIpAddress.aws:SourceIp: '10.0.0.300/16' "
            "is not allowed\n"
            "allowed: IP addresses or CIDR ranges, such as 203.0.113.0/24\n"
            "why: IAM refuses the policy (MalformedPolicyDocument), and the stack fails."
        ),
    ),
    RulePair(
        rule="wildcard_in_a_condition_is_compared_as_one",
        rejected=statement("s3:GetObject", more=", conditions: {StringEquals: {aws:PrincipalTag/team: shop*}}"),
        accepted=statement("s3:GetObject", more=", conditions: {StringLike: {aws:PrincipalTag/team: shop*}}"),
        message=(
            "ecs.services.web.task_role_statements[0].conditions.StringEquals.aws:PrincipalTag/team: "
            "StringEquals compares shop* as written\n"
            "fix: use StringLike\n"
            "why: StringEquals takes an asterisk for a character, so such a condition is hardly ever met."
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
    values = "192.0.2.0/24" if "IpAddress" in operator else "a, b"
    text = statement("sqs:SendMessage", "*", f", conditions: {{'{operator}': {{'aws:PrincipalTag/team': [{values}]}}}}")
    assert (problems(tmp_path, text) == []) is accepted
