"""Rules of the health checks of containers."""

from __future__ import annotations

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
