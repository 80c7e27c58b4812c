"""Rules of the health checks of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.command_words import dropped_word, shell_operator, text_of_a_shell
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys
from settings.rules.rule import rule
from settings.rules.subjects import containers

_SOURCE = "HealthCheck, Amazon ECS API Reference"


@rule(_SOURCE, keys=container_keys("health_check.command"))
def health_check_command_starts_with_cmd(environment: Environment) -> Iterator[Problem]:
    """The first item tells Amazon ECS how to run the others; with any other one, every check fails."""
    for path, container, _ in containers(environment):
        check = container.health_check
        if check is not None and check.command[0] not in ("CMD", "CMD-SHELL"):
            yield Problem(
                path=(*path, "health_check", "command", 0),
                value=check.command[0],
                allowed="CMD or CMD-SHELL",
                fix="put CMD in front of the command",
            )


@rule(
    f"{_SOURCE}; Dockerfile reference, HEALTHCHECK; moby, daemon/health.go",
    keys=container_keys("health_check.command[]"),
)
def health_check_command_is_run_as_written(environment: Environment) -> Iterator[Problem]:
    """CMD-SHELL gives its first text to a shell and drops the others; CMD runs a program of exactly that name."""
    for path, container, _ in containers(environment):
        words = container.health_check.command if container.health_check is not None else ()
        place = (*path, "health_check", "command")
        # The first word stands for the shell, so that what is in the file keeps its place.
        text = 1 if words[:1] == ("CMD-SHELL",) else text_of_a_shell(words)
        if text is not None and (dropped := dropped_word(words, text)) is not None:
            yield Problem(
                path=(*place, dropped),
                finding=f"with {words[0] if text == 1 else words[text - 2]}, the shell runs {words[text]!r} alone",
                fix="write the whole command as one text, or use CMD" if text == 1 else "write it as one text",
            )
        if words[:1] == ("CMD",) and re.search(r"\S\s+\S", words[1]):
            yield Problem(
                path=(*place, 1),
                finding=f"with CMD, {words[1]!r} is the name of one program",
                fix="use CMD-SHELL for a text that a shell reads, or make each word an item of its own",
            )
        if text is None and (operator := shell_operator(words)) is not None:
            yield Problem(
                path=(*place, operator),
                finding=f"with CMD, there is no shell for which {words[operator]} means anything",
                fix="use CMD-SHELL, and write the whole command as one text",
            )


@rule(_SOURCE, keys=container_keys("health_check.timeout_seconds", "health_check.interval_seconds"))
def health_check_ends_before_the_next(environment: Environment) -> Iterator[Problem]:
    """With a timeout that is longer than the interval, a failure is noticed later than the interval promises."""
    for path, container, _ in containers(environment):
        check = container.health_check
        if check is not None and check.timeout_seconds > check.interval_seconds:
            yield Problem(
                path=(*path, "health_check", "timeout_seconds"),
                value=check.timeout_seconds,
                allowed=f"at most interval_seconds, which is {check.interval_seconds}",
            )
