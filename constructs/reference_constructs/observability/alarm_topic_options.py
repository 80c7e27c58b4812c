"""Options of the SNS topic for alarms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options, in_words

EmailAddress = Annotated[
    str, Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["team@example.com"], json_schema_extra=in_words("email address"))
]


class AlarmTopicOptions(Options):
    """Amazon SNS topic for CloudWatch alarms."""

    email_addresses: tuple[EmailAddress, ...] = ()
    """Email addresses to subscribe to the topic. Each recipient must confirm the subscription. Without any subscriber,
    alarms change their state and nobody is told."""
