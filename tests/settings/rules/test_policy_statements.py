"""Rules of what a statement of a task role is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service


def statement(action: str, resource: str = "arn:aws:s3:::orders/*", more: str = "") -> str:
    return service(f"task_role_statements: [{{actions: ['{action}'], resources: ['{resource}']{more}}}]")


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
