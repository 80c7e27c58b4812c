"""The SNS topic that CloudWatch alarms notify."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from reference_constructs.observability.alarm_topic_options import AlarmTopicOptions


class AlarmTopic(sns.Topic):
    """An encrypted SNS topic for CloudWatch alarms; publishing takes TLS."""

    def __init__(
        self, scope: Construct, construct_id: str, *, encryption_key: kms.IKey, options: AlarmTopicOptions
    ) -> None:
        """Define the topic.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            encryption_key: Its policy must admit CloudWatch alarms (`EncryptionKey.allow_cloudwatch_alarms`), or
                they fire and nobody hears.
            options: The subscribers.
        """
        super().__init__(scope, construct_id, master_key=encryption_key, enforce_ssl=True)
        self._allow_alarms()
        for address in options.email_addresses:
            self.add_subscription(subscriptions.EmailSubscription(address))

    def _allow_alarms(self) -> None:
        """Let alarms of this account publish.

        A topic without a policy lets its whole account publish. The policy that demands TLS takes the place of
        that default, and alarms would fire unheard ("Alarm actions", Amazon SNS access policy).
        """
        stack = cdk.Stack.of(self)
        alarms = stack.format_arn(
            service="cloudwatch", resource="alarm", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchAlarms",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )
