"""Rules of what a statement of a task role is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, problems, service


def statement(action: str, resource: str = "arn:aws:s3:::orders/*", more: str = "") -> str:
    return service(f"task_role_statements: [{{actions: ['{action}'], resources: ['{resource}']{more}}}]")


DATABASE = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"


PAIRS = (
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
        rule="action_fits_a_resource: nor one of a wildcard",
        rejected=statement("sqs:Get*", "arn:aws:sns:eu-west-1:111122223333:a"),
        accepted=statement("sqs:Get*", "arn:aws:sqs:eu-west-1:111122223333:a"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: of the 2 actions that sqs:Get* stands for, none can "
            "be on any of these resources\n"
            "fix: name the actions, and for each the resources that it is on\n"
            "why: IAM accepts an action beside resources of another type, and it grants nothing."
        ),
    ),
    RulePair(
        rule="action_fits_a_resource: nor most of a wildcard",
        rejected=statement("ec2:Describe*", "arn:aws:ec2:eu-west-1:111122223333:instance/*"),
        accepted=statement("ec2:Describe*", "*"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: of the 194 actions that ec2:Describe* stands for, "
            "only DescribeInstanceAttribute can be on any of these resources\n"
            "fix: name the actions, and for each the resources that it is on\n"
            "why: IAM accepts an action beside resources of another type, and it grants nothing."
        ),
    ),
    RulePair(
        rule="resource_has_an_action",
        rejected=statement("sqs:SendMessage", "arn:aws:sqs:*:*:a', 'arn:aws:sns:*:*:a"),
        accepted=statement("sqs:SendMessage', 'sns:Publish", "arn:aws:sqs:*:*:a', 'arn:aws:sns:*:*:a"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[1]: no action of the statement is on resources of sns\n"
            "fix: remove it, or add an action on it\n"
            "why: IAM accepts a resource of another service than the actions, and nothing is granted on it."
        ),
    ),
    RulePair(
        rule="resource_can_exist",
        rejected=statement("secretsmanager:GetSecretValue", f"{DATABASE}-master"),
        accepted=statement("secretsmanager:GetSecretValue", f"{DATABASE}-??????"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: secret:db-master lacks the six random characters "
            "of the ARN of a secret\n"
            f"fix: write {DATABASE}-master-??????, or the whole ARN\n"
            "why: No resource has such an ARN, so the statement grants nothing."
        ),
    ),
    RulePair(
        rule="resource_can_exist: with one slash",
        rejected=statement("ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter//shop/a"),
        accepted=statement("ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/a"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: parameter//shop/a has two slashes after parameter\n"
            "fix: write arn:aws:ssm:eu-west-1:111122223333:parameter/shop/a\n"
            "why: No resource has such an ARN, so the statement grants nothing."
        ),
    ),
    RulePair(
        rule="resource_can_exist: without a key",
        rejected=statement("secretsmanager:GetSecretValue", f"{DATABASE}-AbCdEf:password::"),
        accepted=statement("secretsmanager:GetSecretValue", f"{DATABASE}-AbCdEf"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: secret:db-AbCdEf:password:: has the key or the "
            "version of a secret, which no ARN has\n"
            f"fix: write {DATABASE}-AbCdEf\n"
            "why: No resource has such an ARN, so the statement grants nothing."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("action", "resource", "fits"),
    [
        ("s3:GetObject", "arn:aws:s3:::orders/", False),
        ("sqs:SendMessage", "arn:aws:sqs::111122223333:orders", False),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1::orders", False),
        ("ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/ecs/a", True),
        ("execute-api:Invoke", "arn:aws:execute-api:eu-west-1:111122223333:abc/prod/GET/", True),
        ("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.a", True),
        ("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/a/index/*", True),
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/a/index/b", False),
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/a*", True),
        ("kinesis:GetRecords", "arn:aws:kinesis:eu-west-1:111122223333:stream/a/consumer/b:1", False),
        ("logs:PutLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:a:*", True),
        ("s3:Get*", "arn:aws:s3:::orders/*", True),
        ("s3:List*", "arn:aws:s3:::orders", True),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", True),
        ("sts:AssumeRole", "arn:aws:iam::1111*:role/a", True),
    ],
)
def test_parts_of_an_arn_are_those_of_the_reference(tmp_path: Path, action: str, resource: str, *, fits: bool) -> None:
    assert (problems(tmp_path, statement(action, resource)) == []) is fits


@pytest.mark.parametrize("account", ["1111", "11112222333", "1111222233334", "shop"])
def test_an_account_has_twelve_digits(tmp_path: Path, account: str) -> None:
    (problem,) = problems(tmp_path, statement("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{account}:orders"))
    assert problem.key == "ecs.services.web.task_role_statements[0].resources[0]"


def test_a_secret_that_is_created_has_no_random_characters_yet(tmp_path: Path) -> None:
    assert problems(tmp_path, statement("secretsmanager:CreateSecret", DATABASE)) == []
