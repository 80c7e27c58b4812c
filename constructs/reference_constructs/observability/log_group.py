"""A CloudWatch log group that is encrypted and does not grow forever."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import LOG_RETENTION_DAYS, PROTECTED, RetentionOptions


class EncryptedLogGroup(logs.LogGroup):
    """A log group with a KMS key and a retention, which CloudWatch has neither of by default."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey,
        log_group_name: str | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the log group.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            encryption_key: Its policy must admit CloudWatch Logs: `EncryptionKey.allow_cloudwatch_logs`.
            log_group_name: Only where an AWS service requires a name.
            retention: How long logs are kept, and whether they outlive the stack.
        """
        super().__init__(
            scope,
            construct_id,
            log_group_name=log_group_name,
            encryption_key=encryption_key,
            retention=logs.RetentionDays[LOG_RETENTION_DAYS[retention.log_retention_days]],
            removal_policy=removal_policy(protected=retention.protected),
        )
