"""Options of an AWS Backup plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options, in_words


class BackupPlanOptions(Options):
    """AWS Backup plan with a vault of its own, for all file systems and buckets that can be backed up."""

    schedule_expression: Annotated[
        str,
        Field(
            pattern=r"^cron\([^()]+\)$",
            examples=["cron(0 3 * * ? *)"],
            json_schema_extra=in_words("cron expression of AWS in UTC, such as `cron(0 3 * * ? *)`"),
        ),
    ] = "cron(0 3 * * ? *)"
    """When backups start, in UTC."""

    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 35
    """Days that a backup is kept."""
