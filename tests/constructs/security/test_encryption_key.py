"""The key of a stack, and which services may use it for what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk.assertions import Template

from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import DELETED, KEPT, Resource, fate, flat, listed, only, properties
from tests.support.synthesis import new_stack

READ_AND_WRITE = {"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"}
ACCOUNT = {"Ref": "AWS::AccountId"}


def _synthesize(*allow: Callable[[EncryptionKey], None], retention: RetentionOptions = PROTECTED) -> Template:
    stack = new_stack()
    key = EncryptionKey(stack, "Key", description="logs", retention=retention)
    for admit in allow:
        admit(key)
    return Template.from_stack(stack)


def _services(template: Template) -> list[Resource]:
    """The statements after the first, which gives the key to the account."""
    found: list[Resource] = properties(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    owner, *services = found
    assert flat(owner["Principal"]["AWS"]).endswith(":root")
    return services


def test_key_material_is_replaced_every_year() -> None:
    assert properties(_synthesize(), "AWS::KMS::Key")["EnableKeyRotation"] is True


def test_key_is_named_for_what_it_protects() -> None:
    assert properties(_synthesize(), "AWS::KMS::Key")["Description"] == "logs"


def test_protected_key_outlives_its_stack() -> None:
    key = only(_synthesize(), "AWS::KMS::Key")

    assert fate(key) == KEPT
    assert "PendingWindowInDays" not in key["Properties"]


def test_disposable_key_goes_with_its_stack_after_the_shortest_wait() -> None:
    key = only(_synthesize(retention=RetentionOptions(protected=False)), "AWS::KMS::Key")

    assert fate(key) == DELETED
    assert key["Properties"]["PendingWindowInDays"] == 7


def test_no_service_may_use_the_key_unasked() -> None:
    assert _services(_synthesize()) == []


def test_cloudwatch_logs_may_use_the_key_for_log_groups_of_this_account_and_region() -> None:
    (statement,) = _services(_synthesize(EncryptionKey.allow_cloudwatch_logs))

    assert flat(statement["Principal"]["Service"]) == "logs.eu-west-1.<AWS::URLSuffix>"
    assert set(statement["Action"]) == READ_AND_WRITE
    ((operator, condition),) = statement["Condition"].items()
    assert operator == "ArnLike"
    assert {name: flat(arn) for name, arn in condition.items()} == {
        "kms:EncryptionContext:aws:logs:arn": "arn:<AWS::Partition>:logs:eu-west-1:<AWS::AccountId>:log-group:*"
    }


def test_alarms_of_this_account_may_publish_to_an_encrypted_topic() -> None:
    (statement,) = _services(_synthesize(EncryptionKey.allow_cloudwatch_alarms))

    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_volumes_may_be_encrypted_by_whoever_of_this_account_acts_through_ec2() -> None:
    use, grants = _services(_synthesize(EncryptionKey.allow_ebs_volumes))

    assert use["Principal"] == grants["Principal"] == {"AWS": "*"}
    assert set(use["Action"]) == READ_AND_WRITE
    assert use["Condition"].keys() == {"StringEquals"}
    condition = use["Condition"]["StringEquals"]
    assert condition == grants["Condition"]["StringEquals"]
    assert condition.keys() == {"kms:CallerAccount", "kms:ViaService"}
    assert condition["kms:CallerAccount"] == ACCOUNT
    assert flat(condition["kms:ViaService"]) == "ec2.eu-west-1.<AWS::URLSuffix>"


def test_grants_for_volumes_are_created_by_aws_services_only() -> None:
    _, grants = _services(_synthesize(EncryptionKey.allow_ebs_volumes))

    assert grants["Action"] == "kms:CreateGrant"
    assert grants["Condition"].keys() == {"StringEquals", "Bool"}
    assert grants["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_nobody_but_aws_services_creates_grants_where_that_is_denied() -> None:
    (statement,) = _services(_synthesize(EncryptionKey.deny_grants_to_others))

    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        {"AWS": "*"},
        "kms:CreateGrant",
    )
    assert statement["Condition"] == {
        "BoolIfExists": {"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"}
    }


@pytest.fixture(scope="module")
def for_everything() -> Template:
    return _synthesize(
        EncryptionKey.allow_cloudwatch_logs, EncryptionKey.allow_cloudwatch_alarms, EncryptionKey.allow_ebs_volumes
    )


def test_permissions_add_up(for_everything: Template) -> None:
    sids = [statement["Sid"] for statement in _services(for_everything)]

    assert sids == ["CloudWatchLogs", "CloudWatchAlarms", "EbsVolumes", "EbsVolumesGrants"]


def test_no_service_may_administer_the_key(for_everything: Template) -> None:
    actions = {action for statement in _services(for_everything) for action in listed(statement["Action"])}

    assert actions == READ_AND_WRITE | {"kms:CreateGrant"}
