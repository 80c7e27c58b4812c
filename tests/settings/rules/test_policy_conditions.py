"""Rules of the conditions of a statement of a task role."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts.iam_condition_keys import has_key, is_known_global, type_of
from tests.support.rule_pairs import RulePair, problems, service

PLACE = "ecs.services.web.task_role_statements[0].conditions"


def condition(operator: str, key: str, value: str, actions: str = "s3:ListBucket", bucket: str = "orders") -> str:
    return service(
        f"task_role_statements: [{{actions: ['{actions}'], resources: ['arn:aws:s3:::{bucket}'], conditions: "
        f"{{'{operator}': {{'{key}': '{value}'}}}}}}]"
    )


PAIRS = (
    RulePair(
        rule="condition_value_can_be_compared",
        rejected=condition("NotIpAddress", "aws:SourceIp", "10.0.0.300/16"),
        accepted=condition("NotIpAddress", "aws:SourceIp", "10.0.0.30/16"),
        message=(
            f"{PLACE}.NotIpAddress.aws:SourceIp: '10.0.0.300/16' is not allowed\n"
            "allowed: IP addresses or CIDR ranges, such as 203.0.113.0/24\n"
            "why: IAM refuses a value that the operator cannot read, or never meets the condition."
        ),
    ),
    RulePair(
        rule="wildcard_in_a_condition_is_compared_as_one",
        rejected=condition("StringEquals", "aws:PrincipalTag/team", "shop*"),
        accepted=condition("StringLike", "aws:PrincipalTag/team", "shop*"),
        message=(
            f"{PLACE}.StringEquals.aws:PrincipalTag/team: StringEquals compares shop* as written\n"
            "fix: use StringLike\n"
            "why: StringEquals takes an asterisk for a character, so such a condition is hardly ever met."
        ),
    ),
    RulePair(
        rule="request_has_the_condition_key",
        rejected=condition("StringLike", "s3:prefix", "in/*", "s3:ListBucket', 's3:GetBucketLocation"),
        accepted=condition("StringLike", "s3:prefix", "in/*", "s3:ListBucket', 's3:ListBucketVersions"),
        message=(
            f"{PLACE}.StringLike.s3:prefix: s3:GetBucketLocation has no condition key s3:prefix\n"
            "fix: remove the condition, or give s3:GetBucketLocation a statement without it\n"
            "why: Without the key in the request, a condition is never met; with a negated operator, it is always met."
        ),
    ),
    RulePair(
        rule="request_has_the_condition_key: for several actions",
        rejected=condition("StringLike", "s3:prefx", "in/*", "s3:ListBucket', 's3:ListBucketVersions"),
        accepted=condition("StringLike", "S3:PREFIX", "in/*", "s3:ListBucket', 's3:ListBucketVersions"),
        message=(
            f"{PLACE}.StringLike.s3:prefx: s3:ListBucket and s3:ListBucketVersions have no condition key s3:prefx\n"
            "fix: did you mean s3:prefix?\n"
            "why: Without the key in the request, a condition is never met; with a negated operator, it is always met."
        ),
    ),
    RulePair(
        rule="request_has_the_condition_key: a global one",
        rejected=condition("StringEquals", "aws:SourcVpc", "vpc-1"),
        accepted=condition("StringEquals", "aws:sourcevpc", "vpc-1"),
        message=(
            f"{PLACE}.StringEquals.aws:SourcVpc: there is no global condition key aws:SourcVpc\n"
            "fix: did you mean aws:SourceVpc?\n"
            "why: Without the key in the request, a condition is never met; with a negated operator, it is always met."
        ),
    ),
    RulePair(
        rule="operator_is_of_the_type_of_the_key",
        rejected=condition("StringEquals", "aws:SourceIp", "198.51.100.0/24"),
        accepted=condition("IpAddress", "aws:SourceIp", "198.51.100.0/24"),
        message=(
            f"{PLACE}.StringEquals.aws:SourceIp: StringEquals does not compare values of type IPAddress, which "
            "aws:SourceIp has\n"
            "fix: use IpAddress\n"
            "why: An operator of another type than the key compares what is never equal: an address is not in a range "
            "as text."
        ),
    ),
    RulePair(
        rule="operator_is_of_the_type_of_the_key: text",
        rejected=condition("NumericEquals", "s3:prefix", "1"),
        accepted=condition("NumericEquals", "s3:max-keys", "1"),
        message=(
            f"{PLACE}.NumericEquals.s3:prefix: NumericEquals does not compare values of type String, which "
            "s3:prefix has\n"
            "fix: use StringEquals or StringLike\n"
            "why: An operator of another type than the key compares what is never equal: an address is not in a range "
            "as text."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("operator", "key", "value", "accepted"),
    [
        ("Bool", "aws:SecureTransport", "yes", False),
        ("BoolIfExists", "aws:SecureTransport", "True", True),
        ("Null", "aws:TokenIssueTime", "none", False),
        ("Null", "s3:no-such-key", "true", True),
        ("NumericLessThan", "s3:max-keys", "ten", False),
        ("NumericLessThan", "s3:max-keys", "-10.5", True),
        ("DateGreaterThan", "aws:CurrentTime", "2026-13-01", False),
        ("DateGreaterThan", "aws:CurrentTime", "2026-12-01T24:00:00Z", False),
        ("DateGreaterThan", "aws:CurrentTime", "2026-12-01T23:59:59Z", True),
        ("DateLessThan", "aws:CurrentTime", "1796083200", True),
        ("ArnLike", "aws:PrincipalArn", "role/shop", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/shop", True),
        ("ArnEquals", "aws:PrincipalTag/a", "arn:aws:iam::*:role/shop", False),
        ("ArnEquals", "s3:DataAccessPointArn", "arn:aws:s3:*:*:accesspoint/a", True),
        ("IpAddress", "aws:SourceIp", "${aws:PrincipalTag/network}", True),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", True),
        ("StringEquals", "aws:SecureTransport", "true", True),
        ("StringEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/shop", True),
        ("StringNotEquals", "aws:PrincipalTag/team", "shop*", False),
        ("StringNotEquals", "s3:VersionId", "1", False),
        ("StringLikeIfExists", "s3:VersionId", "1", True),
        ("ForAllValues:StringEquals", "aws:TagKeys", "team", True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", "team", False),
        ("StringEquals", "s3:RequestObjectTag/team", "shop", False),
        ("StringEquals", "aws:ResourceTag/team", "shop", True),
        ("StringEquals", "aws:ResourceAccount", "111122223333", True),
    ],
)
def test_conditions_are_those_of_the_reference(
    tmp_path: Path, operator: str, key: str, value: str, *, accepted: bool
) -> None:
    assert (problems(tmp_path, condition(operator, key, value)) == []) is accepted


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("kms:Decrypt", "kms:ViaService"),
        ("kms:Decrypt", "kms:EncryptionContext:SecretARN"),
        ("dynamodb:Query", "dynamodb:LeadingKeys"),
        ("iam:PassRole", "iam:PassedToService"),
        ("ecs:RunTask", "ecs:cluster"),
        ("secretsmanager:GetSecretValue", "secretsmanager:ResourceTag/team"),
        ("ssm:GetParameter", "ssm:resourceTag/team"),
        ("cloudwatch:PutMetricData", "cloudwatch:namespace"),
        ("ses:SendEmail", "ses:FromAddress"),
        ("sts:AssumeRole", "sts:ExternalId"),
        ("s3:GetObject", "s3:ExistingObjectTag/team"),
        ("ec2:CreateTags", "aws:RequestTag/team"),
        ("elasticfilesystem:ClientMount", "elasticfilesystem:AccessPointArn"),
    ],
)
def test_keys_of_well_known_policies_are_known(action: str, key: str) -> None:
    assert has_key(action, key)


def test_names_of_keys_have_no_case() -> None:
    assert type_of("AWS:sourceip") == "IPAddress"
    assert type_of("s3:Max-Keys") == "Numeric"
    assert is_known_global("aws:principaltag/Team")
    assert not has_key("s3:NoSuchAction", "s3:prefix")
