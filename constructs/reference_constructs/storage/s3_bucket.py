"""An Amazon S3 bucket for data that pods mount."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.file_system import Mounting
from reference_constructs.storage.s3_bucket_options import S3BucketOptions


class DataBucket(s3.Bucket):
    """A bucket without public access, by TLS only, that keeps what was overwritten for a while.

    S3 deletes no bucket with objects, so somebody must empty it before its stack can be deleted: there is no Lambda
    function that would (docs/adr/0004).

    Attributes:
        mounting: What clients need to know.
    """

    mounting: Mounting

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: S3BucketOptions,
        encryption_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the bucket.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: How long replaced versions are kept.
            encryption_key: Encrypts the objects. Without one, the AWS managed key of Amazon S3 does.
            retention: Whether the bucket outlives its stack.
        """
        super().__init__(
            scope,
            construct_id,
            encryption=s3.BucketEncryption.KMS_MANAGED if encryption_key is None else s3.BucketEncryption.KMS,
            encryption_key=encryption_key,
            # One request to the key for many objects.
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=cdk.Duration.days(options.noncurrent_version_days),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            removal_policy=removal_policy(protected=retention.protected),
        )
        self._acknowledge_findings()
        self.mounting = Mounting(values={("BucketName", ""): self.bucket_name}, backup_arn=self.bucket_arn)

    def _acknowledge_findings(self) -> None:
        logging = (
            "Each access is in the CloudTrail data events of the account, where they are turned on; server access logs "
            "would be a second, unreliable record of the same, which takes a bucket of its own."
        )
        acknowledge(self, "S1", packs=("AwsSolutions",), reason=logging)
        acknowledge(self, "S3BucketLoggingEnabled", reason=logging)
        acknowledge(
            self,
            "S3BucketReplicationEnabled",
            reason="A second copy in another Region is the choice of who owns the data; versions keep what was "
            "overwritten, and storage.backup_plan copies all of it into a vault.",
        )
