"""Accepted findings: on one resource, under the name that the validation report knows."""

from __future__ import annotations

import pytest
from aws_cdk import aws_s3 as s3

from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule, wildcard_resource
from tests.support.assertions import acknowledged
from tests.support.synthesis import new_stack


def test_finding_is_noted_on_the_one_cloudformation_resource_under_its_pack() -> None:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)

    acknowledge(bucket, "S1", packs=("AwsSolutions",), reason="It is the log bucket.")

    # Neither on the L2, whose other resources would inherit it, nor on the bucket policy beside it.
    assert acknowledged(stack) == {"Stack/Bucket/Resource": {"AwsSolutions::AwsSolutions-S1"}}


def test_finding_on_an_l1_resource_is_noted_on_itself() -> None:
    stack = new_stack()
    bucket = s3.CfnBucket(stack, "Bucket")

    acknowledge(bucket, "S1", packs=("AwsSolutions",), reason="It is the log bucket.")

    assert acknowledged(stack) == {"Stack/Bucket": {"AwsSolutions::AwsSolutions-S1"}}


def test_concern_of_the_compliance_packs_is_noted_once_for_each() -> None:
    stack = new_stack()
    bucket = s3.CfnBucket(stack, "Bucket")

    acknowledge(bucket, "S3BucketLoggingEnabled", reason="It is the log bucket.")

    assert acknowledged(stack) == {
        "Stack/Bucket": {
            "NIST.800.53.R5::NIST.800.53.R5-S3BucketLoggingEnabled",
            "PCI.DSS.321::PCI.DSS.321-S3BucketLoggingEnabled",
            "HIPAA.Security::HIPAA.Security-S3BucketLoggingEnabled",
        }
    }


def test_finding_of_a_guard_rule_is_noted_under_the_validator() -> None:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)

    acknowledge_guard_rule(bucket, "s3_bucket_is_ours", reason="It is the log bucket.")

    assert acknowledged(stack) == {"Stack/Bucket/Resource": {"CloudFormation-Validate::s3_bucket_is_ours"}}


def test_reason_is_kept() -> None:
    bucket = s3.CfnBucket(new_stack(), "Bucket")

    acknowledge(bucket, "S1", packs=("AwsSolutions",), reason="It is the log bucket.")

    assert {"AwsSolutions::AwsSolutions-S1": "It is the log bucket."} in [entry.data for entry in bucket.node.metadata]


@pytest.mark.parametrize(
    ("account", "spelled"),
    [
        (None, "arn:<AWS::Partition>:ecr:eu-west-1:<AWS::AccountId>:repository/a/*"),
        ("111122223333", "arn:<AWS::Partition>:ecr:eu-west-1:111122223333:repository/a/*"),
    ],
)
def test_wildcard_is_spelled_with_what_the_template_knows(account: str | None, spelled: str) -> None:
    stack = new_stack(account=account)
    arn = stack.format_arn(service="ecr", resource="repository", resource_name="a/*")

    assert wildcard_resource(stack, arn) == f"IAM5[Resource::{spelled}]"


def test_wildcard_without_any_reference_is_spelled_as_it_stands() -> None:
    assert wildcard_resource(new_stack(), "arn:aws:s3:::bucket/*") == "IAM5[Resource::arn:aws:s3:::bucket/*]"


def test_wildcard_beside_a_policy_variable_is_spelled_like_a_reference() -> None:
    arn = "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*"

    assert wildcard_resource(new_stack(), arn) == "IAM5[Resource::arn:aws:s3:::bucket/<aws:PrincipalTag/team>/*]"


def test_wildcard_after_an_attribute_names_the_attribute() -> None:
    stack = new_stack()
    bucket = s3.CfnBucket(stack, "Bucket")

    assert wildcard_resource(stack, f"{bucket.attr_arn}/*") == "IAM5[Resource::<Bucket.Arn>/*]"
