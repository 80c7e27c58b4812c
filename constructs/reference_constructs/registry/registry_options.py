"""Options of the private registry as a whole: of one account and Region, whatever makes its repositories."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.observability.alarm_topic_options import AlarmTopicOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import AccountId, Arn

Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"]
RegionCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$",
        examples=["eu-central-1"],
        json_schema_extra=in_words("code of an AWS Region"),
    ),
]
SigningProfileArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:signer:[a-z0-9-]+:[0-9]{12}:/signing-profiles/[A-Za-z0-9_]{2,64}(/[A-Za-z0-9]+)?$",
        examples=["arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images"],
        json_schema_extra=in_words("ARN of a signing profile in AWS Signer"),
    ),
    Arn(region=True),
]


class EnhancedScanningOptions(AlarmTopicOptions):
    """Scans of Amazon Inspector, and the Amazon SNS topic that is told of what they find."""

    frequency: Literal["SCAN_ON_PUSH", "CONTINUOUS_SCAN"] = "CONTINUOUS_SCAN"
    """When images are scanned: once when they are pushed, or again whenever a vulnerability becomes known."""

    severities: Annotated[tuple[Severity, ...], Field(min_length=1)] = ("CRITICAL", "HIGH")
    """Severities of findings that the topic is told of."""


class ReplicationDestinationOptions(Options):
    """Where images are copied to when they are pushed."""

    region: RegionCode
    """Region to copy to."""

    account_id: AccountId | None = None
    """ID of the AWS account to copy to, whose registry policy must allow it. With `null`, it is the same account."""
