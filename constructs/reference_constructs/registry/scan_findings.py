"""Who is told of vulnerabilities in images."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from reference_constructs.registry.registry_options import EnhancedScanningOptions


class ScanFindings(Construct):
    """A topic that is told of findings of Amazon Inspector in the images of one environment.

    EventBridge publishes with a role of its own. Neither the policy of the topic nor that of the key needs to admit
    EventBridge, whose condition on the account Amazon SNS does not take ("Using resource-based policies for Amazon
    EventBridge: Amazon SNS permissions").

    Attributes:
        topic: The topic.
        rule: New findings of the severities.
    """

    topic: sns.Topic
    rule: events.Rule

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        options: EnhancedScanningOptions,
        encryption_key: kms.IKey,
    ) -> None:
        """Define topic, rule and role.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            prefix: First part of the names of the repositories.
            options: Severities and subscribers.
            encryption_key: Encrypts what the topic holds.
        """
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", master_key=encryption_key, enforce_ssl=True)
        for address in options.email_addresses:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))
        self.rule = events.Rule(
            self,
            "Rule",
            description="Vulnerabilities in images",
            event_pattern=events.EventPattern(
                source=["aws.inspector2"],
                detail_type=["Inspector2 Finding"],
                detail={
                    "severity": list(options.severities),
                    "status": ["ACTIVE"],
                    "resources": {"details": {"awsEcrContainerImage": {"repositoryName": [{"prefix": f"{prefix}/"}]}}},
                },
            ),
        )
        self.rule.add_target(
            targets.SnsTopic(self.topic, role=self._define_role(encryption_key).without_policy_updates())
        )

    def _define_role(self, key: kms.IKey) -> iam.Role:
        policy = iam.ManagedPolicy(
            self,
            "PublishPolicy",
            statements=[
                iam.PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn]),
                iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key.key_arn]),
            ],
        )
        return iam.Role(
            self,
            "PublishRole",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.topic.stack.account}}
            ),
            managed_policies=[policy],
        )
