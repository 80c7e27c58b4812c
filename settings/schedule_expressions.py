"""Schedule expressions of AWS: cron expressions with six fields, and times.

Source: "Schedule types in EventBridge Scheduler"; Application Auto Scaling takes the same cron expressions.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    """Names of the values, the first of which is `low`."""

    special: str = ""
    """What else a value can be, as a pattern."""

    in_words: str = ""

    @property
    def allowed(self) -> str:
        """For people."""
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.low} to {self.high}{names}, with {self.in_words}"


_USUAL: Final = "`,` `-` `*` `/`"
_FIELDS: Final = (
    _Field("minutes", 0, 59, in_words=_USUAL),
    _Field("hours", 0, 23, in_words=_USUAL),
    _Field(
        "day of the month", 1, 31, special=r"L(-[0-9]{1,2})?|LW|([1-9]|[12][0-9]|3[01])W",
        in_words=f"{_USUAL} `?` `L` `W`",
    ),
    _Field("month", 1, 12, _MONTHS, in_words=_USUAL),
    _Field(
        "day of the week", 1, 7, _DAYS, special=rf"([1-7]|{'|'.join(_DAYS)})?L|([1-7]|{'|'.join(_DAYS)})#[1-5]",
        in_words=f"{_USUAL} `?` `L` `#`",
    ),
    _Field("year", 1970, 2199, in_words=_USUAL),
)  # fmt: skip


class WrongField(NamedTuple):
    """A field of a cron expression that is none."""

    text: str
    name: str
    allowed: str


def cron_fields(expression: str) -> tuple[str, ...]:
    """The fields of a cron expression; none of another expression."""
    return tuple(expression[len("cron(") : -1].split(" ")) if expression.startswith("cron(") else ()


def wrong_fields(expression: str) -> Iterator[WrongField]:
    """The fields of a cron expression that have a value that they cannot have."""
    for text, field in zip(cron_fields(expression), _FIELDS, strict=False):
        if text == "?" and "?" in field.in_words:
            continue
        if not all(_is_value(part, field) for part in text.upper().split(",")):
            yield WrongField(text, field.name, field.allowed)


def _is_value(text: str, field: _Field) -> bool:
    """Whether it is one item of a list: a value, a range, either with a step, or something special."""
    if field.special and re.fullmatch(field.special, text):
        return True
    values, slash, step = text.partition("/")
    if slash and not (step.isdecimal() and int(step) >= 1):
        return False
    low, dash, high = values.partition("-")
    return values == "*" or (_is_one(low, field) and (not dash or _is_one(high, field)))


def _is_one(text: str, field: _Field) -> bool:
    return text in field.names or (text.isdecimal() and field.low <= int(text) <= field.high)


def comes_again(expression: str, today: date) -> bool:
    """Whether an expression names a day from `today` on. What is no cron expression, or has a wrong field, does."""
    fields = cron_fields(expression)
    if not fields or any(wrong_fields(expression)):
        return True
    days, months, years = (_numbers(fields[index], _FIELDS[index]) for index in (2, 3, 5))
    return any(
        day <= monthrange(year, month)[1] and date(year, month, day) >= today
        for year in sorted(years)
        if year >= today.year
        for month in months
        for day in days
    )


def _numbers(text: str, field: _Field) -> set[int]:
    """The values that a field stands for, if it is one of numbers; every value for what a calendar decides."""
    every, found = range(field.low, field.high + 1), set[int]()
    for part in text.upper().split(","):
        values, _, step = part.removesuffix("W").partition("/")
        low, _, high = (_number(value, field) for value in values.partition("-"))
        if low is None:
            found.update(every[:: int(step or 1)])
        else:
            last = high if high is not None else field.high if step else low
            span = range(low, last + 1) if low <= last else (*range(low, field.high + 1), *range(field.low, last + 1))
            found.update(span[:: int(step or 1)])
    return found


def _number(text: str, field: _Field) -> int | None:
    """The number that a value is, or that its name stands for."""
    if text in field.names:
        return field.low + field.names.index(text)
    return int(text) if text.isdecimal() else None


@cache
def time_zones() -> frozenset[str]:
    """The names of the IANA database; none on a machine that does not have it."""
    return frozenset(available_timezones())


def time_of(text: str, *, time_zone: str = "UTC") -> datetime | None:
    """The time that a text is, such as `2026-12-31T03:00:00`, with or without a `Z`; None if there is no such time.

    Args:
        text: The text.
        time_zone: Where it is, if it has no `Z`. One that is not known counts as UTC.
    """
    zone: tzinfo = ZoneInfo(time_zone) if time_zone in time_zones() else UTC
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC if text.endswith("Z") else zone)
    except ValueError:
        return None


def one_time(expression: str) -> str:
    """The time of a one-time expression, as it stands there; empty for another expression."""
    return expression[len("at(") : -1] if expression.startswith("at(") else ""
