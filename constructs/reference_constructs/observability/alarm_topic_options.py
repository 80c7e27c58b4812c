"""Options of the SNS topic for alarms."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options, in_words

EmailAddress = Annotated[
    str, Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["team@example.com"], json_schema_extra=in_words("email address"))
]


class AlarmTopicOptions(Options):
    """Who is notified when an alarm changes state."""

    email_addresses: tuple[EmailAddress, ...] = ()
    """Email addresses to subscribe to the topic. Each subscription must be confirmed by its recipient."""
