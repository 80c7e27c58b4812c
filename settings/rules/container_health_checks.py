"""Rules of the health checks of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.subjects import container_keys, containers

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
        kind, *command = container.health_check.command if container.health_check is not None else ("", "")
        place = (*path, "health_check", "command")
        if kind == "CMD-SHELL" and len(command) > 1:
            yield Problem(
                path=(*place, 2),
                finding=f"with CMD-SHELL, the shell runs {command[0]!r} alone",
                fix="write the whole command as one text, or use CMD",
            )
        if kind == "CMD" and len(command) == 1 and re.search(r"\s", command[0].strip()):
            yield Problem(
                path=(*place, 1),
                finding=f"with CMD, {command[0]!r} is the name of one program",
                fix="use CMD-SHELL for a text that a shell reads, or make each word an item of its own",
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
