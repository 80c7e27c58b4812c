"""Rules of commands and environment variables of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import warning
from settings.rules.subjects import container_commands, container_keys, containers

_TEXTS = ("environment.<name>", "command", "entry_point", "health_check.command")


@warning(
    "AWS SDKs and Tools Reference Guide: shared config and credentials files", keys=container_keys("environment.<name>")
)
def task_has_no_named_profile(environment: Environment) -> Iterator[Problem]:
    """A profile is in a file that a task has only if its image has it; without it, each call of an SDK fails."""
    for path, container, _ in containers(environment):
        for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            if container.environment.get(name, "default") != "default":
                yield Problem(
                    path=(*path, "environment", name),
                    finding=f"{name} is {container.environment[name]}, which keeps an SDK from using the task role",
                    fix=f"remove {name}, or acknowledge that the image has a file with that profile",
                )


@warning("Pseudo parameters; Fn::Sub, AWS CloudFormation User Guide", keys=container_keys(*_TEXTS))
def text_is_used_as_written(environment: Environment) -> Iterator[Problem]:
    """CloudFormation replaces nothing in these texts; the container gets them as they are in the file."""
    for path, container, _ in containers(environment):
        texts = [(("environment", name), value) for name, value in container.environment.items()]
        for place, text in (*texts, *container_commands(container)):
            if (found := re.search(r"\$\{AWS::\w+\}", text)) is not None:
                yield Problem(
                    path=(*path, *place),
                    finding=f"{found[0]} is not replaced",
                    fix="state the value; Amazon ECS sets AWS_REGION for the SDKs by itself",
                )


@warning("AWS SDKs and Tools Reference Guide: AWS Region", keys=(*container_keys("environment.<name>"), "region"))
def sdk_region_is_that_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """Calls of an SDK go to that Region, and not to what this environment has in its own."""
    for path, container, _ in containers(environment):
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            if container.environment.get(name, environment.region) != environment.region:
                yield Problem(
                    path=(*path, "environment", name),
                    finding=f"{name} is {container.environment[name]}, and the environment is in {environment.region}",
                    fix=f"remove {name}, which Amazon ECS sets by itself, or acknowledge that the calls go elsewhere",
                )
