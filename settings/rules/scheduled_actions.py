"""Rules of scheduled actions, which change the limits of service auto scaling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from reference_constructs.ecs.scaling_options import ScalingOptions, ScheduledActionOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean
from settings.rules.rule import rule, warning
from settings.rules.subjects import services
from settings.schedule_expressions import comes_again, cron_fields, one_time, time_of, time_zones, wrong_fields

_SCALING = "ecs.services.<name>.scaling"
_ACTION = f"{_SCALING}.scheduled_actions.<name>"
_EXPRESSION = "schedule_expression"


def _actions(environment: Environment) -> Iterator[tuple[KeyPath, ScheduledActionOptions, ScalingOptions]]:
    for path, service in services(environment):
        if (scaling := service.scaling) is not None:
            for name, action in scaling.scheduled_actions.items():
                yield (*path, "scaling", "scheduled_actions", name), action, scaling


@rule(
    "PutScheduledAction, Application Auto Scaling API Reference: ScalableTargetAction",
    keys=(_ACTION, f"{_ACTION}.min_capacity", f"{_ACTION}.max_capacity"),
)
def scheduled_action_changes_a_limit(environment: Environment) -> Iterator[Problem]:
    """A scheduled action sets the minimum capacity, the maximum capacity, or both."""
    for path, action, _ in _actions(environment):
        if action.min_capacity is None and action.max_capacity is None:
            yield Problem(
                path=path, finding="the action sets no capacity", fix="state min_capacity or max_capacity, or both"
            )


@rule(
    "RegisterScalableTarget, Application Auto Scaling API Reference",
    keys=(
        *(f"{_ACTION}.{key}" for key in ("min_capacity", "max_capacity")),
        *(f"{_SCALING}.{key}" for key in ("min_capacity", "max_capacity")),
    ),
)
def scheduled_capacities_ascend(environment: Environment) -> Iterator[Problem]:
    """A scheduled action fails if the minimum capacity is then greater than the maximum capacity."""
    for path, action, scaling in _actions(environment):
        if action.min_capacity is None and action.max_capacity is not None and action.max_capacity < scaling.least:
            yield Problem(
                path=(*path, "max_capacity"),
                value=action.max_capacity,
                allowed=f"at least {scaling.least}, the minimum of the service",
            )
        most = scaling.most if action.max_capacity is None else action.max_capacity
        if action.min_capacity is not None and action.min_capacity > most:
            of = "of the service" if action.max_capacity is None else "of the action"
            yield Problem(
                path=(*path, "min_capacity"), value=action.min_capacity, allowed=f"at most {most}, the maximum {of}"
            )


@rule(
    "Schedule recurring scaling actions using cron expressions, Application Auto Scaling",
    keys=(f"{_ACTION}.{_EXPRESSION}",),
)
def scheduled_action_has_a_schedule(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses an expression with a value that a field cannot have, or that no calendar has."""
    for path, action, _ in _actions(environment):
        place, text = (*path, _EXPRESSION), action.schedule_expression
        for found, name, allowed in wrong_fields(text):
            yield Problem(path=place, finding=f"{found!r} is no value for the {name}", allowed=allowed)
        fields = cron_fields(text)
        of_month, of_week = fields[2:5:2] if fields else ("?", "*")
        if (of_month == "?") == (of_week == "?"):
            yield Problem(
                path=place,
                finding=f"the day of the month is {of_month!r} and the day of the week is {of_week!r}",
                fix="write ? for one of the two, and * for the other if every day is meant",
            )
        if (time := one_time(text)) and time_of(time) is None:
            yield Problem(path=place, value=text, allowed="a day and a time of day that exist")


@rule("Scheduled scaling, Application Auto Scaling; IANA time zone database", keys=(f"{_ACTION}.timezone",))
def scheduled_action_is_in_a_time_zone(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a time zone that it does not know."""
    for path, action, _ in _actions(environment):
        # A machine without the database knows of none.
        if time_zones() and action.timezone not in time_zones():
            yield Problem(
                path=(*path, "timezone"),
                value=action.timezone,
                allowed="a name in the IANA time zone database, such as UTC or Europe/Berlin",
                fix=did_you_mean(action.timezone, time_zones()),
            )


@rule(
    "PutScheduledAction, Application Auto Scaling API Reference: StartTime, EndTime",
    keys=(f"{_ACTION}.start_time", f"{_ACTION}.end_time"),
)
def scheduled_action_ends_after_it_starts(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a time that no calendar has, and an end that is not after the start."""
    for path, action, _ in _actions(environment):
        times = {key: text for key in ("start_time", "end_time") if (text := getattr(action, key)) is not None}
        found = {key: time_of(text) for key, text in times.items()}
        for key, time in found.items():
            if time is None:
                yield Problem(path=(*path, key), value=times[key], allowed="a day and a time of day that exist")
        start, end = found.get("start_time"), found.get("end_time")
        if start is not None and end is not None and end <= start:
            yield Problem(
                path=(*path, "end_time"),
                value=action.end_time,
                allowed=f"a time after start_time, which is {action.start_time}",
            )


@warning(
    "Schedule recurring scaling actions using cron expressions, Application Auto Scaling",
    keys=(f"{_ACTION}.{_EXPRESSION}", f"{_ACTION}.end_time"),
)
def scheduled_action_has_a_time_to_come(environment: Environment) -> Iterator[Problem]:
    """The time of the action is over, or no calendar has it, so the limits never change."""
    now = datetime.now(UTC)
    for path, action, _ in _actions(environment):
        text = action.schedule_expression
        once = time_of(one_time(text), time_zone=action.timezone)
        end = time_of(action.end_time or "")
        if (once is not None and once < now) or not comes_again(text, now.date()):
            yield Problem(
                path=(*path, _EXPRESSION),
                finding=f"{text} has no time to come",
                fix="state a time to come, or remove the action",
            )
        elif end is not None and end < now:
            yield Problem(
                path=(*path, "end_time"),
                finding=f"{action.end_time} is over",
                fix="remove the action, or state a time to come",
            )
