"""A CloudWatch log group that is encrypted and does not grow for ever."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from reference_constructs.security.protection import removal_policy

_RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    545: logs.RetentionDays.EIGHTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
    1096: logs.RetentionDays.THREE_YEARS,
    1827: logs.RetentionDays.FIVE_YEARS,
    2192: logs.RetentionDays.SIX_YEARS,
    2557: logs.RetentionDays.SEVEN_YEARS,
    2922: logs.RetentionDays.EIGHT_YEARS,
    3288: logs.RetentionDays.NINE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}


class EncryptedLogGroup(logs.LogGroup):
    """A log group with a KMS key and a retention, which CloudWatch has neither of by default."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey,
        retention_days: int = 365,
        log_group_name: str | None = None,
        protected: bool = True,
    ) -> None:
        """Define the log group.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            encryption_key: Its policy must admit CloudWatch Logs: `EncryptionKey.allow_cloudwatch_logs`.
            retention_days: One of the values that CloudWatch Logs knows ("PutRetentionPolicy"); a year by
                default, as CIS and Security Hub CloudWatch.16 ask.
            log_group_name: Only where an AWS service insists on a name.
            protected: Keep the logs when the stack is deleted.

        Raises:
            ValueError: If CloudWatch Logs does not know the retention.
        """
        if retention_days not in _RETENTION:
            raise ValueError(f"retention_days is {retention_days}; allowed: {', '.join(map(str, _RETENTION))}")
        super().__init__(
            scope,
            construct_id,
            log_group_name=log_group_name,
            encryption_key=encryption_key,
            retention=_RETENTION[retention_days],
            removal_policy=removal_policy(protected=protected),
        )
