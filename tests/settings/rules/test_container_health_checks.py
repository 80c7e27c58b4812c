"""Rules of container health checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers


def check(text: str) -> str:
    return containers(f"web: {{image: 'app:1', health_check: {{{text}}}}}")


PAIRS = (
    RulePair(
        rule="health_check_command_starts_with_cmd",
        rejected=check("command: [curl, localhost]"),
        accepted=check("command: [CMD, curl, localhost]"),
        message=(
            "ecs.services.web.containers.web.health_check.command[0]: 'curl' is not allowed\n"
            "allowed: CMD or CMD-SHELL\n"
            "fix: put CMD in front of the command\n"
            "why: The first item tells Amazon ECS how to run the others; with any other one, every check "
            "fails."
        ),
    ),
    RulePair(
        rule="health_check_ends_before_the_next",
        rejected=check("command: [CMD, x], interval_seconds: 5, timeout_seconds: 6"),
        accepted=check("command: [CMD, x], interval_seconds: 5, timeout_seconds: 5"),
        message=(
            "ecs.services.web.containers.web.health_check.timeout_seconds: 6 is not allowed\n"
            "allowed: at most interval_seconds, which is 5\n"
            "why: With a timeout that is longer than the interval, a failure is noticed later than the "
            "interval promises."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
