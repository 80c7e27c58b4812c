"""Rules of texts that the file hands on: to containers, to IAM, and to add-ons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import warning
from settings.rules.subjects import container_commands, containers, statements

_TOKEN = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - a name
# A profile of a file, a token as pods of Amazon EKS have it, and what Amazon ECS sets by itself.
_OTHER_CREDENTIALS = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", _TOKEN),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
)
_TEXTS = ("environment.<name>", "command", "entry_point", "health_check.command")
_PSEUDO_PARAMETER: Final = re.compile(r"\$\{AWS::\w+\}")


@warning(
    "AWS SDKs and Tools Reference Guide: shared config and credentials files; container credential provider",
    keys=container_keys("environment.<name>"),
)
def sdk_uses_the_task_role(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS tells the SDKs where the credentials of the task role are; another place is only in some images."""
    for path, container, _ in containers(environment):
        for name, value in container.environment.items():
            # SDKs use a token only together with a role.
            is_used = name != _TOKEN or "AWS_ROLE_ARN" in container.environment
            if name in _OTHER_CREDENTIALS and is_used and value not in ("", "default"):
                yield Problem(
                    path=(*path, "environment", name),
                    finding=f"{name} is {value}, which keeps an SDK from using the task role",
                    fix=f"remove {name}, or acknowledge that the image has what it names",
                )


@warning(
    "Pseudo parameters; Fn::Sub, AWS CloudFormation User Guide",
    keys=(
        *container_keys(*_TEXTS),
        *task_keys("task_role_statements[].resources[]", "task_role_statements[].conditions"),
        "eks.add_ons.<name>.configuration",
    ),
)
def text_is_used_as_written(environment: Environment) -> Iterator[Problem]:
    """CloudFormation replaces nothing in these texts; they arrive as they are in the file."""
    for path, container, _ in containers(environment):
        texts = [(("environment", name), value) for name, value in container.environment.items()]
        for place, text in (*texts, *container_commands(container)):
            yield from _used_as_written(
                (*path, *place), text, fix="state the value; Amazon ECS sets AWS_REGION for the SDKs by itself"
            )
    for path, statement in statements(environment):
        for index, arn in enumerate(statement.resources):
            yield from _used_as_written((*path, "resources", index), arn)
        for operator, keys in statement.conditions.items():
            for key, values in keys.items():
                for index, value in enumerate(values):
                    yield from _used_as_written((*path, "conditions", operator, key, index), value)
    for name, add_on in ((environment.eks.add_ons if environment.eks else None) or {}).items():
        for place, text in _texts_within(("eks", "add_ons", name, "configuration"), add_on.configuration):
            yield from _used_as_written(place, text)


def _used_as_written(path: KeyPath, text: str, *, fix: str = "state the value") -> Iterator[Problem]:
    if (found := _PSEUDO_PARAMETER.search(text)) is not None:
        yield Problem(path=path, finding=f"{found[0]} is not replaced", fix=fix)


def _texts_within(path: KeyPath, value: object) -> Iterator[tuple[KeyPath, str]]:
    """Every text in configuration values, however deep."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts_within((*path, str(key)), each)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _texts_within((*path, index), each)


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
