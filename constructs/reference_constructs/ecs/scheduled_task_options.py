"""Options of a scheduled task."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.run_task_options import RunTaskOptions
from reference_constructs.options import in_words

# "Schedule types in EventBridge Scheduler": the form. What the fields of a cron expression may be is a rule.
ScheduleExpression = Annotated[
    str,
    Field(
        pattern=r"^(cron\([0-9A-Za-z,*?/#-]+( [0-9A-Za-z,*?/#-]+){5}\)|rate\([1-9][0-9]{0,5} (minute|hour|day)s?\)"
        r"|at\([12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\))$",
        examples=["cron(0 3 * * ? *)"],
        json_schema_extra=in_words(
            "`cron(minutes hours day-of-month month day-of-week year)`, `rate(15 minutes)` with minutes, hours, or "
            "days, or `at(2026-12-31T03:00:00)`"
        ),
    ),
]
TimeZone = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}$",
        max_length=50,
        examples=["Europe/Berlin"],
        json_schema_extra=in_words("name of a time zone in the IANA database, such as `UTC` or `Europe/Berlin`"),
    ),
]
UtcTime = Annotated[
    str,
    Field(
        pattern=r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$",
        examples=["2027-01-31T00:00:00Z"],
        json_schema_extra=in_words("date and time in UTC, such as `2027-01-31T00:00:00Z`"),
    ),
]


def utc_time(text: str) -> datetime:
    """The time that a text of the type `UtcTime` is.

    Args:
        text: The text.

    Raises:
        ValueError: If there is no such day or hour.
    """
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class ScheduledTaskOptions(RunTaskOptions):
    """ECS task that Amazon EventBridge Scheduler runs. Each scheduled task is deployed as a separate stack."""

    schedule_expression: ScheduleExpression
    """When the task runs: a cron expression, a rate expression, or a one-time expression, evaluated in
    `schedule_expression_timezone`. In a cron expression, the day of the month or the day of the week must be `?`. A
    rate begins when the schedule is created, or at `start_date`. A one-time schedule stays in the stack after its
    time, and does nothing."""

    schedule_expression_timezone: TimeZone = "UTC"
    """Time zone of the schedule expression. In a time zone with daylight saving time, a cron expression follows it:
    what falls into the skipped hour does not run, and what falls into the repeated hour runs once."""

    flexible_time_window_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """Time, in minutes, within which the task starts after its scheduled time. It spreads schedules of the same time
    over the window. With `null`, the task starts within the minute."""

    start_date: UtcTime | None = None
    """Time after which a recurring schedule can run the task. With `null`, it is the time of the deployment.
    EventBridge Scheduler refuses a time in the past whenever the schedule changes, so remove it once it is over."""

    end_date: UtcTime | None = None
    """Time before which a recurring schedule can run the task. With `null`, it has no end."""

    enabled: bool = True
    """Whether the schedule runs the task. With `false`, the schedule is paused, and `make run-task` still runs it."""

    task_count: Annotated[int, Field(ge=1, le=10)] = 1
    """Number of tasks to start each time."""

    overlap: Literal["allow", "skip"] = "allow"
    """What happens when a task of an earlier time, or of `make run-task`, is still running: `allow` starts another one
    beside it, and `skip` starts none. With `skip`, an AWS Step Functions state machine lists the running tasks
    before it starts one."""

    maximum_retry_attempts: Annotated[int, Field(ge=0, le=185)] = 185
    """Maximum number of times to try again when the task could not be started, with exponential backoff. A task
    that has started and failed is not started again."""

    maximum_event_age_seconds: Annotated[int, Field(ge=60, le=86400)] = 3600
    """Time, in seconds, after which an attempt to start the task is given up and sent to the dead-letter queue. The
    default of EventBridge Scheduler is 86,400 (24 hours), after which many a task is no longer wanted."""

    alarms: bool = True
    """Whether to create a CloudWatch alarm for messages in the dead-letter queue: a task that could not be started, or
    that stopped with a nonzero exit code of an essential container, on a Spot interruption, or before it started. The
    alarm is over when the messages are deleted (docs/operations.md)."""

    @property
    def most_tasks(self) -> int:
        """Number of tasks that a run has. Runs that overlap have more, which nothing limits."""
        return self.task_count

    @property
    def is_one_time(self) -> bool:
        """Whether the schedule runs the task once."""
        return self.schedule_expression.startswith("at(")
