"""Log groups: encrypted, and not for ever."""

from __future__ import annotations

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import DELETED, KEPT, all_of, fate, only, only_id, properties
from tests.support.synthesis import new_stack

# API reference of CloudWatch Logs, PutRetentionPolicy.
ALLOWED = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)  # fmt: skip


def _synthesize(*, retention: RetentionOptions = PROTECTED, log_group_name: str | None = None) -> Template:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    EncryptedLogGroup(stack, "LogGroup", encryption_key=key, log_group_name=log_group_name, retention=retention)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


def test_logs_are_encrypted_with_the_given_key(template: Template) -> None:
    key_arn = {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}

    assert properties(template, "AWS::Logs::LogGroup")["KmsKeyId"] == key_arn


def test_logs_are_kept_for_a_year_by_default(template: Template) -> None:
    assert properties(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 365


def test_every_retention_that_cloudwatch_knows_is_the_one_that_it_gets() -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    for days in ALLOWED:
        retention = RetentionOptions(log_retention_days=days)
        EncryptedLogGroup(stack, f"LogGroup{days}", encryption_key=key, retention=retention)

    groups = all_of(Template.from_stack(stack), "AWS::Logs::LogGroup")
    got = {
        logical_id[: -len("12345678")]: group["Properties"]["RetentionInDays"] for logical_id, group in groups.items()
    }
    assert got == {f"LogGroup{days}": days for days in ALLOWED}


@pytest.mark.parametrize("days", [0, 2, 364, 366, 3654])
def test_retention_that_cloudwatch_does_not_know_is_refused_with_those_it_does(days: int) -> None:
    with pytest.raises(ValueError, match=r"log_retention_days\n.*one of 1, 3, 5, .*, 365, 400, .*, 3653, which"):
        RetentionOptions(log_retention_days=days)


@pytest.mark.parametrize(("protected", "expected"), [(True, KEPT), (False, DELETED)])
def test_logs_outlive_their_stack_only_where_protected(*, protected: bool, expected: tuple[str, str]) -> None:
    group = only(_synthesize(retention=RetentionOptions(protected=protected)), "AWS::Logs::LogGroup")

    assert fate(group) == expected


def test_log_group_has_a_name_only_where_a_service_insists(template: Template) -> None:
    named = _synthesize(log_group_name="aws-waf-logs-sandbox")

    assert "LogGroupName" not in properties(template, "AWS::Logs::LogGroup")
    assert properties(named, "AWS::Logs::LogGroup")["LogGroupName"] == "aws-waf-logs-sandbox"
