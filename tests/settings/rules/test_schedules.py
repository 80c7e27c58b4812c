"""Rules of when scheduled tasks run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from settings import schedule_expressions
from settings.rules import schedules
from tests.support.rule_pairs import RulePair, problems, scheduled

TASK = "ecs.scheduled_tasks.report"
EXPRESSION = f"{TASK}.schedule_expression"
NO_VALUE = "why: EventBridge Scheduler refuses a cron expression with a value that a field cannot have."
DAYS = (
    "fix: write ? for one of the two, and * for the other if every day is meant\n"
    "why: EventBridge Scheduler takes days from one of the two fields, and the other must be a question mark."
)
NO_TIME = "allowed: a day and a time of day that exist\nwhy: EventBridge Scheduler refuses a time that no calendar has."
OVER = (
    "why: The schedule does not run any more, or is refused when it next changes: a start can be at most 5 minutes ago."
)
NO_DAY = (
    "has no day to come\n"
    "fix: state a day that one of its months has, and a year to come; or remove the task\n"
    "why: No calendar has such a day from now on, so the task never runs."
)

PAIRS = (
    RulePair(
        rule="cron_fields_have_values",
        rejected=scheduled(when="cron(0 24 * * ? *)"),
        accepted=scheduled(when="cron(0 23 * * ? *)"),
        message=f"{EXPRESSION}: '24' is no value for the hours\nallowed: 0 to 23, with `,` `-` `*` `/`\n{NO_VALUE}",
    ),
    RulePair(
        rule="cron_fields_have_values: names of days",
        rejected=scheduled(when="cron(0 3 ? * MON-FRY *)"),
        accepted=scheduled(when="cron(0 3 ? * MON-FRI *)"),
        message=(
            f"{EXPRESSION}: 'MON-FRY' is no value for the day of the week\n"
            f"allowed: 1 to 7 or SUN to SAT, with `,` `-` `*` `/` `?` `L` `#`\n{NO_VALUE}"
        ),
    ),
    RulePair(
        rule="cron_names_days_once",
        rejected=scheduled(when="cron(0 3 * * * *)"),
        accepted=scheduled(when="cron(0 3 * * ? *)"),
        message=(f"{EXPRESSION}: the day of the month is '*' and the day of the week is '*': neither is ?\n{DAYS}"),
    ),
    RulePair(
        rule="cron_names_days_once: at all",
        rejected=scheduled(when="cron(0 3 ? * ? *)"),
        accepted=scheduled(when="cron(0 3 ? * * *)"),
        message=f"{EXPRESSION}: the day of the month is '?' and the day of the week is '?': both are ?\n{DAYS}",
    ),
    RulePair(
        rule="schedule_times_exist",
        rejected=scheduled(when="at(2199-02-29T03:00:00)"),
        accepted=scheduled(when="at(2196-02-29T03:00:00)"),
        message=f"{EXPRESSION}: 'at(2199-02-29T03:00:00)' is not allowed\n{NO_TIME}",
    ),
    RulePair(
        rule="schedule_times_exist: of the end",
        rejected=scheduled("end_date: 2199-01-01T24:00:00Z"),
        accepted=scheduled("end_date: 2199-01-01T23:00:00Z"),
        message=f"{TASK}.end_date: '2199-01-01T24:00:00Z' is not allowed\n{NO_TIME}",
    ),
    RulePair(
        rule="schedule_time_zone_exists",
        rejected=scheduled("schedule_expression_timezone: Europe/Berln"),
        accepted=scheduled("schedule_expression_timezone: Europe/Berlin"),
        message=(
            f"{TASK}.schedule_expression_timezone: 'Europe/Berln' is not allowed\n"
            "allowed: a name in the IANA time zone database, such as UTC or Europe/Berlin\n"
            "fix: did you mean Europe/Berlin?\n"
            "why: EventBridge Scheduler refuses a time zone that the IANA database does not have."
        ),
    ),
    RulePair(
        rule="schedule_ends_after_it_starts",
        rejected=scheduled("start_date: 2199-01-01T00:00:00Z", "end_date: 2199-01-01T00:00:00Z"),
        accepted=scheduled("start_date: 2199-01-01T00:00:00Z", "end_date: 2199-01-01T00:00:01Z"),
        message=(
            f"{TASK}.end_date: '2199-01-01T00:00:00Z' is not allowed\n"
            "allowed: a time after start_date, which is 2199-01-01T00:00:00Z\n"
            "why: EventBridge Scheduler refuses a schedule whose end is not after its start."
        ),
    ),
    RulePair(
        rule="one_time_schedule_has_no_dates",
        rejected=scheduled("end_date: 2199-02-01T00:00:00Z", when="at(2199-01-01T03:00:00)"),
        accepted=scheduled("end_date: 2199-02-01T00:00:00Z", when="rate(1 day)"),
        message=(
            f"{TASK}.end_date: the schedule runs once\nfix: remove end_date\n"
            "why: EventBridge Scheduler ignores start and end of a one-time schedule."
        ),
    ),
    RulePair(
        rule="schedule_times_are_ahead",
        rejected=scheduled(when="at(2001-01-01T03:00:00)"),
        accepted=scheduled(when="at(2199-01-01T03:00:00)"),
        message=(f"{EXPRESSION}: 2001-01-01T03:00:00 is over\nfix: remove {TASK}, or state a time to come\n{OVER}"),
    ),
    RulePair(
        rule="schedule_times_are_ahead: of the start",
        rejected=scheduled("start_date: 2001-01-01T00:00:00Z"),
        accepted=scheduled("start_date: 2199-01-01T00:00:00Z"),
        message=f"{TASK}.start_date: 2001-01-01T00:00:00Z is over\nfix: remove start_date\n{OVER}",
    ),
    RulePair(
        rule="schedule_has_a_day_to_come",
        rejected=scheduled(when="cron(0 3 30 2 ? *)"),
        accepted=scheduled(when="cron(0 3 29 2 ? *)"),
        message=f"{EXPRESSION}: cron(0 3 30 2 ? *) {NO_DAY}",
    ),
    RulePair(
        rule="schedule_has_a_day_to_come: in a year",
        rejected=scheduled(when="cron(0 3 1 JAN ? 2001-2009/2,2024)"),
        accepted=scheduled(when="cron(0 3 1 JAN ? 2001-2009/2,2199)"),
        message=f"{EXPRESSION}: cron(0 3 1 JAN ? 2001-2009/2,2024) {NO_DAY}",
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    "when",
    [
        # Examples of "Schedule types in EventBridge Scheduler" and of the wildcards that it lists.
        *("cron(15 10 * * ? *)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(0 9 ? * 2#1 *)", "cron(0 0 L * ? *)"),
        *("cron(0 18 LW * ? *)", "cron(0 18 3W 1,4,JUL,oct ? 2026-2199)", "cron(0 3 ? * 6L *)", "cron(0 3 ? * friL *)"),
        *("cron(*/10 * ? JAN-MAR * *)", "cron(1/10 * 1-15/2 * ? *)", "cron(0 22-4 * * ? *)", "cron(0 3 L-3 * ? *)"),
        *("rate(1 minute)", "rate(1 minutes)", "rate(5 hours)", "rate(12 day)", "at(2199-12-31T23:59:59)"),
    ],
)
def test_what_the_scheduler_takes_is_taken(tmp_path: Path, when: str) -> None:
    assert problems(tmp_path, scheduled(when=when)) == []


@pytest.mark.parametrize(
    "when",
    [
        *("cron(60 3 * * ? *)", "cron(0 3 0 * ? *)", "cron(0 3 32 * ? *)", "cron(0 3 * 13 ? *)", "cron(0 3 ? * 0 *)"),
        *("cron(0 3 ? * 8 *)", "cron(0 3 * * ? 1969)", "cron(0 3 * * ? 2200)", "cron(0 3 ? * 2#6 *)"),
        *("cron(? 3 * * ? *)", "cron(0/0 3 * * ? *)", "cron(0/ 3 * * ? *)", "cron(0- 3 * * ? *)", "cron(0, 3 * * ? *)"),
        *("cron(0 3 W * ? *)", "cron(0 3 ? * L#2 *)", "cron(0 3 * FEBRUARY ? *)", "cron(0 L * * ? *)"),
        *("cron(0 3 * * *)", "0 3 * * ? *", "rate(0 hours)", "rate(5 weeks)", "rate(5 Hours)", "at(2199-12-31)"),
    ],
)
def test_what_the_scheduler_refuses_is_refused(tmp_path: Path, when: str) -> None:
    assert [problem.key for problem in problems(tmp_path, scheduled(when=when))] == [EXPRESSION]


def test_a_machine_without_time_zones_refuses_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (schedules, schedule_expressions):
        monkeypatch.setattr(module, "time_zones", frozenset)

    assert problems(tmp_path, scheduled("schedule_expression_timezone: Europe/Berlin")) == []


@pytest.mark.parametrize(
    ("days", "comes"),
    [
        *(("31 4", False), ("31 APR,JUN", False), ("31 4-5", True), ("30-31 FEB", False), ("28/3 FEB", True)),
        *(("29/2 2", True), ("L 2", True), ("L-3 FEB", True), ("30W 2", False), ("30W 11-2", True), ("31-1 2", True)),
        ("*/30 2", True),
    ],
)
def test_a_day_comes_if_a_month_has_it(days: str, comes: bool) -> None:
    assert schedule_expressions.comes_again(f"cron(0 3 {days} ? *)", date(2026, 1, 1)) is comes


@pytest.mark.parametrize(
    ("expression", "comes"),
    [
        *(("cron(0 3 29 2 ? 2099)", False), ("cron(0 3 29 2 ? 2096-2099)", True), ("cron(0 3 ? * FRI#5 2026)", True)),
        *(("cron(0 3 9 6 ? 2026)", False), ("cron(0 3 10 6 ? 2026)", True), ("cron(0 3 ? 1-5 * 2026)", False)),
        *(("rate(1 day)", True), ("cron(0 3 ? * 9 2001)", True)),
    ],
)
def test_a_day_comes_if_its_year_does(expression: str, comes: bool) -> None:
    assert schedule_expressions.comes_again(expression, date(2026, 6, 10)) is comes
