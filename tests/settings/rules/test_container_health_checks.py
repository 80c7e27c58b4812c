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
    RulePair(
        rule="health_check_command_is_run_as_written",
        rejected=check("command: [CMD-SHELL, curl, -f, 'http://localhost']"),
        accepted=check("command: [CMD-SHELL, 'curl -f http://localhost']"),
        message=(
            "ecs.services.web.containers.web.health_check.command[2]: with CMD-SHELL, the shell runs 'curl' "
            "alone\n"
            "fix: write the whole command as one text, or use CMD\n"
            "why: CMD-SHELL gives its first text to a shell and drops the others; CMD runs a program of "
            "exactly that name."
        ),
    ),
    RulePair(
        rule="health_check_command_is_run_as_written: without a shell",
        rejected=check("command: [CMD, 'curl -f http://localhost || exit 1']"),
        accepted=check("command: [CMD, curl, -f, 'http://localhost']"),
        message=(
            "ecs.services.web.containers.web.health_check.command[1]: with CMD, 'curl -f http://localhost || "
            "exit 1' is the name of one program\n"
            "fix: use CMD-SHELL for a text that a shell reads, or make each word an item of its own\n"
            "why: CMD-SHELL gives its first text to a shell and drops the others; CMD runs a program of "
            "exactly that name."
        ),
    ),
    RulePair(
        rule="health_check_command_is_run_as_written: by a shell of the image",
        rejected=check("command: [CMD, /bin/sh, -c, curl, -f, 'http://localhost']"),
        accepted=check("command: [CMD, /bin/sh, -c, 'curl -f $0', 'http://localhost']"),
        message=(
            "ecs.services.web.containers.web.health_check.command[4]: with /bin/sh, the shell runs 'curl' alone\n"
            "fix: write it as one text\n"
            "why: CMD-SHELL gives its first text to a shell and drops the others; CMD runs a program of exactly that "
            "name."
        ),
    ),
    RulePair(
        rule="health_check_command_is_run_as_written: operators of a shell",
        rejected=check("command: [CMD, curl, -f, 'http://localhost', '||', exit, '1']"),
        accepted=check("command: [CMD, sh, -c, 'curl -f http://localhost || exit 1']"),
        message=(
            "ecs.services.web.containers.web.health_check.command[4]: with CMD, there is no shell for which || means "
            "anything\n"
            "fix: use CMD-SHELL, and write the whole command as one text\n"
            "why: CMD-SHELL gives its first text to a shell and drops the others; CMD runs a program of exactly that "
            "name."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
