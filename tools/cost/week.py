"""How much of a week something is on that is stopped and started by schedules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MINUTES_OF_WEEK: Final = 7 * 24 * 60
_DAYS: Final = {name: day for day, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
_UNIX_FIELDS: Final = 5


def share_on(schedules: Iterable[tuple[str, bool]]) -> float | None:
    """Share of a week in which something is on; None where a schedule is not a weekly one.

    Args:
        schedules: Each schedule, and whether it starts: `cron(0 7 ? * MON-FRI *)` of AWS, or `0 7 * * 1-5`.
    """
    events = list[tuple[int, bool]]()
    for text, starts in schedules:
        minutes = _minutes(text)
        if minutes is None:
            return None
        events += [(minute, starts) for minute in minutes]
    if not events:
        return 1.0
    events.sort()
    on = 0
    for index, (minute, starts) in enumerate(events):
        after = events[(index + 1) % len(events)][0]
        on += ((after - minute) % _MINUTES_OF_WEEK or (_MINUTES_OF_WEEK if len(events) == 1 else 0)) * starts
    return on / _MINUTES_OF_WEEK


def _minutes(text: str) -> list[int] | None:
    is_aws = text.startswith("cron(")
    fields = text.removeprefix("cron(").removesuffix(")").split()
    if len(fields) < _UNIX_FIELDS:
        return None
    minute, hour, day_of_month, month, day_of_week = fields[:5]
    if {day_of_month, month} - {"*", "?"} or not (minute.isdigit() and hour.isdigit()):
        return None
    days = _days(day_of_week, first=1 if is_aws else 0)
    return None if days is None else [(day * 24 + int(hour)) * 60 + int(minute) for day in days]


def _days(field: str, *, first: int) -> list[int] | None:
    """Days from Sunday on. AWS numbers them from 1, Amazon EC2 Auto Scaling from 0, with 7 for Sunday too."""
    if field in ("*", "?"):
        return list(range(7))
    days = list[int]()
    for part in field.split(","):
        ends = [_day(each, first) for each in part.split("-")]
        if None in ends:
            return None
        start, end = ends[0] or 0, ends[-1] or 0
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def _day(text: str, first: int) -> int | None:
    if text.upper() in _DAYS:
        return _DAYS[text.upper()]
    return (int(text) - first) % 7 if text.isdigit() else None
