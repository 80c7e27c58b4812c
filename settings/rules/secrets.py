"""Rules of secrets and environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import are_in_the_region
from settings.rules.rule import rule
from settings.rules.subjects import container_keys, containers, task_keys, tasks

SECRET_NAMES = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
# Amazon ECS and the SDKs give these a meaning whatever their value: Security Hub control ECS.8.
CREDENTIAL_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA")
SECRET_VALUES = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{36}|://[^/\s:]+:[^/\s@]+@"
)


@rule("Task definition parameters, secrets", keys=container_keys("secrets", "environment"))
def variable_is_plain_or_secret(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a variable that is in both."""
    for path, container, _ in containers(environment):
        for name in container.secrets:
            if name in container.environment:
                yield Problem(
                    path=(*path, "secrets", name),
                    finding="the variable is also in environment",
                    fix="remove it from environment",
                )


@rule(
    "Security Hub control ECS.8; Pass sensitive data to an Amazon ECS container",
    keys=container_keys("environment.<name>"),
)
def secret_is_not_in_plain_text(environment: Environment) -> Iterator[Problem]:
    """Everyone who can describe the task definition can read it, and so can everyone who has a copy of this file."""
    for path, container, _ in containers(environment):
        for name, value in container.environment.items():
            if name in CREDENTIAL_NAMES or SECRET_VALUES.search(value) or (SECRET_NAMES.search(name) and value):
                yield Problem(
                    path=(*path, "environment", name),
                    finding="this looks like a secret in plain text (value not shown)",
                    fix="store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets",
                )


@rule("Pass Secrets Manager secrets through environment variables", keys=(*container_keys("secrets.<name>"), "region"))
def secret_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """A secret is read in the Region of the task; from another Region, the task does not start."""
    for path, container, _ in containers(environment):
        arns = (((*path, "secrets", name), arn) for name, arn in container.secrets.items())
        yield from are_in_the_region(environment.region, arns)


@rule(
    "Pass Secrets Manager secrets through environment variables",
    keys=(*task_keys("secrets_kms_key_arns[]"), "region"),
)
def key_of_secrets_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """A KMS key decrypts secrets of its own Region; with a key of another Region, the task does not start."""
    for path, task in tasks(environment):
        arns = (((*path, "secrets_kms_key_arns", index), arn) for index, arn in enumerate(task.secrets_kms_key_arns))
        yield from are_in_the_region(environment.region, arns)
