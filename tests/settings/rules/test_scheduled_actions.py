"""Rules of scheduled actions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

EXPRESSION = "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression"


def _action(when: str, *keys: str) -> str:
    stated = ", ".join([f"schedule_expression: {when}", "min_capacity: 3", *keys])
    return service(f"scaling: {{scheduled_actions: {{peak: {{{stated}}}}}}}")


PAIRS = (
    RulePair(
        rule="scheduled_action_changes_a_limit",
        rejected=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour)}}}"),
        accepted=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), max_capacity: 3}}}"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak: the action sets no capacity\n"
            "fix: state min_capacity or max_capacity, or both\n"
            "why: A scheduled action sets the minimum capacity, the maximum capacity, or both."
        ),
    ),
    RulePair(
        rule="scheduled_capacities_ascend",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 4, "
            "max_capacity: 3}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "max_capacity: 3}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.min_capacity: 4 is not allowed\n"
            "allowed: at most 3, the maximum of the action\n"
            "why: A scheduled action fails if the minimum capacity is then greater than the maximum capacity."
        ),
    ),
    RulePair(
        rule="scheduled_capacities_ascend: with the maximum of the service",
        rejected=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 11}}}"),
        accepted=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 10}}}"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.min_capacity: 11 is not allowed\n"
            "allowed: at most 10, the maximum of the service\n"
            "why: A scheduled action fails if the minimum capacity is then greater than the maximum capacity."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_schedule",
        rejected=_action("cron(0 24 * * ? *)"),
        accepted=_action("cron(0 23 * * ? *)"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression: '24' is no value for the hours\n"
            "allowed: 0 to 23, with `,` `-` `*` `/`\n"
            "why: Application Auto Scaling refuses an expression with a value that a field cannot have, or that "
            "no calendar has."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_schedule: of days",
        rejected=_action("cron(0 3 * * * *)"),
        accepted=_action("cron(0 3 * * ? *)"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression: the day of the month is '*' "
            "and the day of the week is '*'\n"
            "fix: write ? for one of the two, and * for the other if every day is meant\n"
            "why: Application Auto Scaling refuses an expression with a value that a field cannot have, or that "
            "no calendar has."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_schedule: of a day",
        rejected=_action("at(2199-02-30T00:00:00)"),
        accepted=_action("at(2199-02-28T00:00:00)"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression: 'at(2199-02-30T00:00:00)' is "
            "not allowed\n"
            "allowed: a day and a time of day that exist\n"
            "why: Application Auto Scaling refuses an expression with a value that a field cannot have, or that "
            "no calendar has."
        ),
    ),
    RulePair(
        rule="scheduled_action_is_in_a_time_zone",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, timezone: "
            "Europe/Berlim}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, timezone: "
            "Europe/Berlin}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.timezone: 'Europe/Berlim' is not allowed\n"
            "allowed: a name in the IANA time zone database, such as UTC or Europe/Berlin\n"
            "fix: did you mean Europe/Berlin?\n"
            "why: Application Auto Scaling refuses a time zone that it does not know."
        ),
    ),
    RulePair(
        rule="scheduled_action_ends_after_it_starts",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-01T00:00:00Z, end_time: 2199-02-01T00:00:00Z}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-01T00:00:00Z, end_time: 2199-02-01T00:00:01Z}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.end_time: '2199-02-01T00:00:00Z' is not allowed\n"
            "allowed: a time after start_time, which is 2199-02-01T00:00:00Z\n"
            "why: Application Auto Scaling refuses a time that no calendar has, and an end that is not after the "
            "start."
        ),
    ),
    RulePair(
        rule="scheduled_action_ends_after_it_starts: at a time",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-30T00:00:00Z}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-28T00:00:00Z}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.start_time: '2199-02-30T00:00:00Z' is not allowed\n"
            "allowed: a day and a time of day that exist\n"
            "why: Application Auto Scaling refuses a time that no calendar has, and an end that is not after the "
            "start."
        ),
    ),
    RulePair(
        rule="scheduled_capacities_ascend: with the minimum of the service",
        rejected=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), max_capacity: 1}}}"),
        accepted=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), max_capacity: 2}}}"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.max_capacity: 1 is not allowed\n"
            "allowed: at least 2, the minimum of the service\n"
            "why: A scheduled action fails if the minimum capacity is then greater than the maximum capacity."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_time_to_come",
        rejected=_action("at(2001-01-01T00:00:00)"),
        accepted=_action("at(2199-01-01T00:00:00)"),
        message=(
            f"{EXPRESSION}: at(2001-01-01T00:00:00) has no time to come\n"
            "fix: state a time to come, or remove the action\n"
            "why: The time of the action is over, or no calendar has it, so the limits never change."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_time_to_come: of a day",
        rejected=_action("cron(0 3 31 11 ? *)"),
        accepted=_action("cron(0 3 30 11 ? *)"),
        message=(
            f"{EXPRESSION}: cron(0 3 31 11 ? *) has no time to come\n"
            "fix: state a time to come, or remove the action\n"
            "why: The time of the action is over, or no calendar has it, so the limits never change."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_time_to_come: before its end",
        rejected=_action("rate(1 hour)", "end_time: 2001-01-01T00:00:00Z"),
        accepted=_action("rate(1 hour)", "end_time: 2199-01-01T00:00:00Z"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.end_time: 2001-01-01T00:00:00Z is over\n"
            "fix: remove the action, or state a time to come\n"
            "why: The time of the action is over, or no calendar has it, so the limits never change."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
