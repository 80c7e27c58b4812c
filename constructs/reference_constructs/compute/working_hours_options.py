"""Options of working hours: when an environment runs."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words

DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
Day = Literal["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
TimeOfDay = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples=["07:00"],
        json_schema_extra=in_words("time of day with 24 hours, in quotes, such as `07:00`"),
    ),
]


class WorkingHoursOptions(Options):
    """Hours in which an environment runs; outside of them, it is scaled to zero."""

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)] = ("MON", "TUE", "WED", "THU", "FRI")
    """Days on which the environment starts."""

    start: TimeOfDay
    """Time of day at which the environment starts."""

    stop: TimeOfDay
    """Time of day at which the environment stops. A time before `start` is one of the next day."""

    timezone: Annotated[
        str,
        Field(
            pattern=r"^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}$",
            max_length=50,
            examples=["Europe/Berlin"],
            json_schema_extra=in_words("name of a time zone in the IANA database, such as `UTC` or `Europe/Berlin`"),
        ),
    ] = "UTC"
    """Time zone of the times. Where it has daylight saving time, the times follow it."""

    @property
    def days_of_stop(self) -> tuple[str, ...]:
        """The days on which the environment stops: the next ones if it runs past midnight."""
        later = 1 if self.stop < self.start else 0
        return tuple(DAYS[(DAYS.index(day) + later) % len(DAYS)] for day in self.days)

    @property
    def start_expression(self) -> str:
        """The start, as Application Auto Scaling and EventBridge Scheduler take it."""
        return _expression(self.start, self.days)

    @property
    def stop_expression(self) -> str:
        """The end, as Application Auto Scaling and EventBridge Scheduler take it."""
        return _expression(self.stop, self.days_of_stop)

    @property
    def start_recurrence(self) -> str:
        """The start, as Amazon EC2 Auto Scaling takes it: a cron expression of Unix."""
        return _recurrence(self.start, self.days)

    @property
    def stop_recurrence(self) -> str:
        """The end, as Amazon EC2 Auto Scaling takes it."""
        return _recurrence(self.stop, self.days_of_stop)


def _ordered(days: tuple[str, ...]) -> list[str]:
    return sorted(set(days), key=DAYS.index)


def _expression(time: str, days: tuple[str, ...]) -> str:
    hour, minute = map(int, time.split(":"))
    return f"cron({minute} {hour} ? * {','.join(_ordered(days))} *)"


def _recurrence(time: str, days: tuple[str, ...]) -> str:
    hour, minute = map(int, time.split(":"))
    return f"{minute} {hour} * * {','.join(str(DAYS.index(day)) for day in _ordered(days))}"
