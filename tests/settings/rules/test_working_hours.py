"""Rules of working hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, PRIVATE_ACCESS, RulePair, eks, service


def hours(hours: str, rest: str = "ecs: {}\n", *, protected: str = "false") -> str:
    """A file with working hours."""
    return f"{HEAD}protected: {protected}\nworking_hours: {hours}\n{rest}"


PAIRS = (
    RulePair(
        rule="working_hours_have_a_length",
        rejected=hours("{start: '07:00', stop: '07:00'}"),
        accepted=hours("{start: '07:00', stop: '07:01'}"),
        message=(
            "working_hours.stop: '07:00' is not allowed\n"
            "allowed: another time than start\n"
            "why: Two actions at the same time leave it open whether the environment runs."
        ),
    ),
    RulePair(
        rule="working_hours_are_in_a_time_zone",
        rejected=hours("{start: '07:00', stop: '20:00', timezone: Europe/Berlim}"),
        accepted=hours("{start: '07:00', stop: '20:00', timezone: Europe/Berlin}"),
        message=(
            "working_hours.timezone: 'Europe/Berlim' is not allowed\n"
            "allowed: a name in the IANA time zone database, such as UTC or Europe/Berlin\n"
            "fix: did you mean Europe/Berlin?\n"
            "why: AWS refuses a schedule in a time zone that it does not know."
        ),
    ),
    RulePair(
        rule="protected_environment_is_always_on",
        rejected=hours("{start: '07:00', stop: '20:00'}", protected="true"),
        accepted=hours("{start: '07:00', stop: '20:00'}"),
        message=(
            "working_hours: the environment is protected, and does not run outside of working hours\n"
            "fix: remove working_hours, set protected to false, or acknowledge this\n"
            "why: An environment whose data is protected often has users who do not know its working hours."
        ),
    ),
    RulePair(
        rule="pods_are_stopped_with_their_nodes",
        rejected=hours(
            "{start: '07:00', stop: '20:00'}", eks("nodes: {auto: {kind: auto_mode}}", PRIVATE_ACCESS, head="")
        ),
        accepted=hours(
            "{start: '07:00', stop: '20:00'}", eks("nodes: {main: {kind: managed}}", PRIVATE_ACCESS, head="")
        ),
        message=(
            "eks.nodes.auto.kind: nodes of kind auto_mode stay as long as there are pods\n"
            "fix: scale the Deployments to zero at night by a CronJob or KEDA, and acknowledge this\n"
            "why: Nodes of Karpenter and of EKS Auto Mode follow the pods, and working hours stop no pod."
        ),
    ),
    RulePair(
        rule="limits_are_set_by_one_schedule",
        rejected=hours(
            "{start: '07:00', stop: '20:00'}",
            service(
                "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3}}}"
            ).removeprefix(HEAD),
        ),
        accepted=hours("{start: '07:00', stop: '20:00'}", service("scaling: {}").removeprefix(HEAD)),
        message=(
            "ecs.services.web.scaling.scheduled_actions: there are scheduled_actions, and working_hours of the "
            "environment\n"
            "fix: remove one of them, or acknowledge this if all actions are within working hours\n"
            "why: A scheduled action outside of working hours starts tasks, and the start of work takes back an "
            "earlier action."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
