"""Whether data outlives its stack, and for how long logs are kept."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from reference_constructs.options import Options

# What CloudWatch Logs allows ("PutRetentionPolicy"), by the names that the CDK has for them.
LOG_RETENTION_DAYS: Final = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    5: "FIVE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    120: "FOUR_MONTHS",
    150: "FIVE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    400: "THIRTEEN_MONTHS",
    545: "EIGHTEEN_MONTHS",
    731: "TWO_YEARS",
    1096: "THREE_YEARS",
    1827: "FIVE_YEARS",
    2192: "SIX_YEARS",
    2557: "SEVEN_YEARS",
    2922: "EIGHT_YEARS",
    3288: "NINE_YEARS",
    3653: "TEN_YEARS",
}


def _allowed_retention(days: int) -> int:
    if days not in LOG_RETENTION_DAYS:
        raise ValueError(f"one of {', '.join(map(str, LOG_RETENTION_DAYS))}, which CloudWatch Logs accepts")
    return days


LogRetentionDays = Annotated[
    int, AfterValidator(_allowed_retention), Field(json_schema_extra={"enum": list(LOG_RETENTION_DAYS)})
]


class RetentionOptions(Options):
    """Retention of data and logs."""

    protected: bool = True
    """Whether data is retained when its stack is deleted, and deletion protection is on for stacks, load balancers, and
    EKS clusters. With `false`, data is deleted together with its stack."""

    log_retention_days: LogRetentionDays = 365
    """Number of days that Amazon CloudWatch Logs retains log events. The default of one year meets Security Hub control
    CloudWatch.16."""


PROTECTED: Final = RetentionOptions()
"""The default of every construct: one year of logs, and data that outlives its stack."""
