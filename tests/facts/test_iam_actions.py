"""The data of IAM actions says what the Service Authorization Reference says."""

from __future__ import annotations

import pytest

from facts.iam_actions import matching, prefixes


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("xray:PutTraceSegments", "none"),
        ("ecr:GetAuthorizationToken", "none"),
        ("logs:DescribeLogGroups", "none"),
        ("cloudwatch:PutMetricData", "optional"),
        ("s3:GetObject", "required"),
        ("translate:TranslateText", "optional"),
        ("sqs:SendMessage", "required"),
    ],
)
def test_an_action_has_the_level_that_aws_states(name: str, level: str) -> None:
    assert [(each.name, each.level) for each in matching(name)] == [(name, level)]


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("xray:PutTraceSegments", ()),
        ("kms:Decrypt", ("arn:*:kms:*:*:key/*",)),
        ("s3:ListBucket", ("arn:*:s3:*:*:accesspoint/*", "arn:*:s3:::*")),
    ],
)
def test_an_action_has_the_resources_that_aws_states(name: str, resources: tuple[str, ...]) -> None:
    assert [each.resources for each in matching(name)] == [resources]


def test_a_wildcard_means_several_actions() -> None:
    assert {"s3:GetObject", "s3:GetBucketPolicy"} <= {each.name for each in matching("s3:get*")}
    assert matching("s3:Nothing") == matching("nothing:Get*") == []


def test_every_service_that_an_application_may_use_is_known() -> None:
    assert {"s3", "sqs", "sns", "dynamodb", "bedrock", "events", "kms", "ssm", "states"} <= set(prefixes())
