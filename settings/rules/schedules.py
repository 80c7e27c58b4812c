"""Rules of when scheduled tasks run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from settings.ecs import ScheduledTaskSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean
from settings.rules.rule import rule, warning
from settings.rules.subjects import scheduled_tasks
from settings.schedule_expressions import comes_again, cron_fields, one_time, time_of, time_zones, wrong_fields

_TASK = "ecs.scheduled_tasks.<name>"
_EXPRESSION = "schedule_expression"
_DATES = ("start_date", "end_date")
_KEYS_OF_DATES = tuple(f"{_TASK}.{key}" for key in _DATES)


@rule("Schedule types in EventBridge Scheduler: cron-based schedules", keys=(f"{_TASK}.{_EXPRESSION}",))
def cron_fields_have_values(environment: Environment) -> Iterator[Problem]:
    """EventBridge Scheduler refuses a cron expression with a value that a field cannot have."""
    for path, task in scheduled_tasks(environment):
        for text, name, allowed in wrong_fields(task.schedule_expression):
            yield Problem(path=(*path, _EXPRESSION), finding=f"{text!r} is no value for the {name}", allowed=allowed)


@rule("Schedule types in EventBridge Scheduler: cron-based schedules, wildcards", keys=(f"{_TASK}.{_EXPRESSION}",))
def cron_names_days_once(environment: Environment) -> Iterator[Problem]:
    """EventBridge Scheduler takes days from one of the two fields, and the other must be a question mark."""
    for path, task in scheduled_tasks(environment):
        fields = cron_fields(task.schedule_expression)
        of_month, of_week = fields[2:5:2] if fields else ("?", "*")
        if (of_month == "?") == (of_week == "?"):
            both = "both are ?" if of_month == "?" else "neither is ?"
            yield Problem(
                path=(*path, _EXPRESSION),
                finding=f"the day of the month is {of_month!r} and the day of the week is {of_week!r}: {both}",
                fix="write ? for one of the two, and * for the other if every day is meant",
            )


@rule(
    "CreateSchedule, EventBridge Scheduler API Reference",
    keys=(f"{_TASK}.{_EXPRESSION}", *_KEYS_OF_DATES),
)
def schedule_times_exist(environment: Environment) -> Iterator[Problem]:
    """EventBridge Scheduler refuses a time that no calendar has."""
    for path, task in scheduled_tasks(environment):
        for key, text in _times(task):
            if time_of(text) is None:
                yield Problem(path=(*path, key), value=getattr(task, key), allowed="a day and a time of day that exist")


@rule("Time zones on EventBridge Scheduler; IANA time zone database", keys=(f"{_TASK}.schedule_expression_timezone",))
def schedule_time_zone_exists(environment: Environment) -> Iterator[Problem]:
    """EventBridge Scheduler refuses a time zone that the IANA database does not have."""
    for path, task in scheduled_tasks(environment):
        zone = task.schedule_expression_timezone
        # A machine without the database knows of none.
        if time_zones() and zone not in time_zones():
            yield Problem(
                path=(*path, "schedule_expression_timezone"),
                value=zone,
                allowed="a name in the IANA time zone database, such as UTC or Europe/Berlin",
                fix=did_you_mean(zone, time_zones()),
            )


@rule(
    "CreateSchedule, EventBridge Scheduler API Reference: StartDate, EndDate",
    keys=_KEYS_OF_DATES,
)
def schedule_ends_after_it_starts(environment: Environment) -> Iterator[Problem]:
    """EventBridge Scheduler refuses a schedule whose end is not after its start."""
    for path, task in scheduled_tasks(environment):
        start, end = (time_of(text) if text else None for text in (task.start_date, task.end_date))
        if start is not None and end is not None and end <= start:
            yield Problem(
                path=(*path, "end_date"),
                value=task.end_date,
                allowed=f"a time after start_date, which is {task.start_date}",
            )


@warning(
    "CreateSchedule, EventBridge Scheduler API Reference: StartDate, EndDate",
    keys=_KEYS_OF_DATES,
)
def one_time_schedule_has_no_dates(environment: Environment) -> Iterator[Problem]:
    """EventBridge Scheduler ignores start and end of a one-time schedule."""
    for path, task in scheduled_tasks(environment):
        for key in _DATES if task.is_one_time else ():
            if getattr(task, key) is not None:
                yield Problem(path=(*path, key), finding="the schedule runs once", fix=f"remove {key}")


@warning(
    "CreateSchedule, EventBridge Scheduler API Reference; moto pull request 8172",
    keys=(f"{_TASK}.{_EXPRESSION}", *_KEYS_OF_DATES),
)
def schedule_times_are_ahead(environment: Environment) -> Iterator[Problem]:
    """The schedule does not run any more, or is refused when it next changes: a start can be at most 5 minutes ago."""
    for path, task in scheduled_tasks(environment):
        for key, text in _times(task):
            time = time_of(text, time_zone=task.schedule_expression_timezone)
            if time is not None and time < datetime.now(UTC):
                yield Problem(path=(*path, key), finding=f"{text} is over", fix=_remedy(path, key))


@warning("Schedule types in EventBridge Scheduler: cron-based schedules", keys=(f"{_TASK}.{_EXPRESSION}",))
def schedule_has_a_day_to_come(environment: Environment) -> Iterator[Problem]:
    """No calendar has such a day from now on, so the task never runs."""
    for path, task in scheduled_tasks(environment):
        if not comes_again(task.schedule_expression, datetime.now(UTC).date()):
            yield Problem(
                path=(*path, _EXPRESSION),
                finding=f"{task.schedule_expression} has no day to come",
                fix="state a day that one of its months has, and a year to come; or remove the task",
            )


def _remedy(path: KeyPath, key: str) -> str:
    name = path[-1]
    return "remove start_date" if key == "start_date" else f"remove ecs.scheduled_tasks.{name}, or state a time to come"


def _times(task: ScheduledTaskSettings) -> Iterator[tuple[str, str]]:
    """The times that a file states, each with its key."""
    if text := one_time(task.schedule_expression):
        yield _EXPRESSION, text
    for key in _DATES:
        if text := getattr(task, key):
            yield key, text
