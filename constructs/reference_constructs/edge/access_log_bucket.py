"""A bucket for the access logs of load balancers."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention import removal_policy

_ARN: Final = cdk.ArnFormat.NO_RESOURCE_NAME


class AccessLogBucket(s3.Bucket):
    """An S3 bucket in which only load balancers of this account write, by TLS, and in which nothing stays forever.

    S3 deletes no bucket with objects, so somebody must empty it before its stack can be deleted: there is no
    Lambda function that would (docs/adr/0004).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retention_days: int,
        protected: bool,
        of_network_load_balancer: bool = False,
    ) -> None:
        """Define the bucket.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            retention_days: How long logs are kept.
            protected: Keep it when its stack is deleted.
            of_network_load_balancer: Whether Network Load Balancers write there, and not Application Load Balancers.
        """
        super().__init__(
            scope,
            construct_id,
            # The only encryption that a load balancer can write with.
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(retention_days),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            removal_policy=removal_policy(protected=protected),
        )
        if of_network_load_balancer:
            self._allow_delivery_of_network_logs()
        else:
            self._allow_log_delivery()
        self._acknowledge_findings()

    def _allow_log_delivery(self) -> None:
        """The policy that AWS asks for now ("Enable access logs for your Application Load Balancer").

        The L2's `log_access_logs` still writes the legacy one, which names an AWS account for each Region. The
        path is the account's, so no other load balancer writes here; AWS documents no condition.
        """
        account = cdk.Stack.of(self).account
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LoadBalancerLogDelivery",
                principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.arn_for_objects(f"AWSLogs/{account}/*")],
            )
        )

    def _allow_delivery_of_network_logs(self) -> None:
        """The policy of "Access logs for your Network Load Balancer": log delivery, for this account and Region."""
        stack = cdk.Stack.of(self)
        source = {
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": stack.format_arn(service="logs", resource="*", arn_format=_ARN)},
        }
        principals = [iam.ServicePrincipal("delivery.logs.amazonaws.com")]
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogDeliveryAclCheck",
                principals=principals,
                actions=["s3:GetBucketAcl"],
                resources=[self.bucket_arn],
                conditions=source,
            )
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogDelivery",
                principals=principals,
                actions=["s3:PutObject"],
                resources=[self.arn_for_objects(f"AWSLogs/{stack.account}/*")],
                conditions={
                    **source,
                    "StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"},
                },
            )
        )

    def _acknowledge_findings(self) -> None:
        acknowledge(
            self,
            "S3DefaultEncryptionKMS",
            reason="A load balancer writes access logs with SSE-S3 only ('Enable access logs for your Application "
            "Load Balancer'); with a KMS key it delivers none.",
        )
        acknowledge(
            self,
            "S3BucketReplicationEnabled",
            reason="Access logs are a record that expires, not data to restore; a second copy in another Region "
            "doubles what an intruder could read.",
        )
        logging_reason = (
            "This is the log bucket. Logging access to it into itself would loop, and into another bucket would ask "
            "the same of that one; CloudTrail data events are the account's choice."
        )
        acknowledge(self, "S1", packs=("AwsSolutions",), reason=logging_reason)
        acknowledge(self, "S3BucketLoggingEnabled", reason=logging_reason)
