"""The topic of the alarms: who may speak, who listens."""

from __future__ import annotations

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.observability.alarm_topic import AlarmTopic
from reference_constructs.observability.alarm_topic_options import AlarmTopicOptions
from tests.support.assertions import all_of, only_id, properties
from tests.support.synthesis import new_stack


def _synthesize(*email_addresses: str) -> Template:
    stack = new_stack()
    options = AlarmTopicOptions(email_addresses=email_addresses)
    AlarmTopic(stack, "Topic", encryption_key=kms.Key(stack, "Key"), options=options)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


def test_messages_are_encrypted_with_the_given_key(template: Template) -> None:
    key_arn = {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}

    assert properties(template, "AWS::SNS::Topic")["KmsMasterKeyId"] == key_arn


def test_nobody_publishes_without_tls(template: Template) -> None:
    topic = {"Ref": only_id(template, "AWS::SNS::Topic")}
    policy = properties(template, "AWS::SNS::TopicPolicy")

    assert policy["Topics"] == [topic]
    (refused,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny")
    assert refused["Principal"] == "*"
    assert (refused["Action"], refused["Resource"]) == ("sns:Publish", topic)
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_nobody_is_subscribed_unasked(template: Template) -> None:
    template.resource_count_is("AWS::SNS::Subscription", 0)


def test_each_address_is_subscribed_by_mail() -> None:
    template = _synthesize("one@example.com", "two@example.com")

    subscriptions = [found["Properties"] for found in all_of(template, "AWS::SNS::Subscription").values()]
    assert {found["Endpoint"] for found in subscriptions} == {"one@example.com", "two@example.com"}
    for found in subscriptions:
        assert found["Protocol"] == "email"
        assert found["TopicArn"] == {"Ref": only_id(template, "AWS::SNS::Topic")}


def test_alarms_of_this_account_may_publish(template: Template) -> None:
    policy = properties(template, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]

    (allowed,) = (s for s in policy if s["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (allowed["Action"], allowed["Resource"]) == ("sns:Publish", {"Ref": only_id(template, "AWS::SNS::Topic")})
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert allowed["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1][-1] == ":alarm:*"
