"""Rules of secrets and environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from settings.arns import has_random_suffix
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import container_commands, containers, tasks
from settings.secret_texts import CREDENTIAL_NAMES, is_a_secret, is_named_like_a_secret, secrets_by_name


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


_FIX = "store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets"


@rule(
    "Security Hub control ECS.8; Pass sensitive data to an Amazon ECS container",
    keys=container_keys("environment.<name>", "command", "entry_point", "health_check.command"),
)
def secret_is_not_in_plain_text(environment: Environment) -> Iterator[Problem]:
    """Everyone who can describe the task definition can read it, and so can everyone who has a copy of this file."""
    for path, container, _ in containers(environment):
        for name, value in container.environment.items():
            if is_a_secret(name, value):
                yield Problem(
                    path=(*path, "environment", name),
                    finding=f"{name} is for credentials, which must not be in plain text"
                    if name in CREDENTIAL_NAMES
                    else "this is a secret in plain text (value not shown)",
                    fix=_FIX,
                )
        for place, text in container_commands(container):
            if is_a_secret("", text):
                yield Problem(
                    path=(*path, *place),
                    finding="this has a secret in plain text (value not shown)",
                    fix=f"{_FIX}; a shell reads the variable: [sh, -c, 'exec server --token $TOKEN']",
                )


@warning(
    "Pass sensitive data to an Amazon ECS container",
    keys=container_keys("environment.<name>", "command", "entry_point", "health_check.command"),
)
def variable_named_like_a_secret_is_none(environment: Environment) -> Iterator[Problem]:
    """Everyone who can describe the task definition can read a plain value; only its name says that it is secret."""
    for path, container, _ in containers(environment):
        for name, value in container.environment.items():
            if is_named_like_a_secret(name, value) and not is_a_secret(name, value):
                yield Problem(
                    path=(*path, "environment", name),
                    finding="by its name, this is a secret in plain text (value not shown)",
                    fix=f"{_FIX}, or acknowledge that it is none",
                )
        commands = list(container_commands(container))
        for index, name in secrets_by_name([text for _, text in commands]):
            place, text = commands[index]
            if not is_a_secret("", text):
                yield Problem(
                    path=(*path, *place),
                    finding=f"by its name, {name} is a secret in plain text (value not shown)",
                    fix=f"{_FIX}, or acknowledge that it is none",
                )


@warning(
    "Working with shared parameters in Parameter Store; Pass Systems Manager parameters through environment variables",
    keys=(*container_keys("secrets.<name>"), "account"),
)
def parameter_of_another_account_is_shared(environment: Environment) -> Iterator[Problem]:
    """A task reads parameters of its own account, and of others only what AWS RAM shares, of the advanced tier."""
    for path, container, _ in containers(environment):
        for name, arn in container.secrets.items():
            service, _, owner = arn.split(":")[2:5]
            if service == "ssm" and environment.account not in (None, owner):
                yield Problem(
                    path=(*path, "secrets", name),
                    finding=f"the parameter is in the account {owner}",
                    fix="use a parameter of this account or a secret, or acknowledge that it is shared by AWS RAM",
                )


@rule(
    "Access AWS Secrets Manager secrets from a different account",
    keys=(*container_keys("secrets.<name>"), *task_keys("secrets_kms_key_arns"), "account"),
)
def secret_of_another_account_has_a_key(environment: Environment) -> Iterator[Problem]:
    """Other accounts can read only secrets under a customer managed key, and the task must be able to use the key."""
    for path, container, task in containers(environment):
        for name, arn in container.secrets.items():
            service, _, owner = arn.split(":")[2:5]
            is_elsewhere = service == "secretsmanager" and environment.account not in (None, owner)
            if is_elsewhere and not any(key.split(":")[4] == owner for key in task.secrets_kms_key_arns):
                yield Problem(
                    path=(*path, "secrets", name),
                    finding=f"the secret is in the account {owner}, and no key of that account is in "
                    "secrets_kms_key_arns",
                    fix="add the key that encrypts the secret to secrets_kms_key_arns",
                )


@warning(
    "Secret, Amazon ECS API Reference; containers-roadmap issue 1566",
    keys=(
        *container_keys("secrets.<name>", "repository_credentials_arn"),
        *task_keys("sidecars.collector.configuration_parameter_arn"),
        "region",
    ),
)
def secret_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """Each start of a task then needs another Region too, and a route there that VPC endpoints are not."""
    for path, arn in _read_at_the_start(environment):
        if (elsewhere := arn.split(":")[3]) != environment.region:
            what = "parameter" if path[-1] == "configuration_parameter_arn" else "secret"
            yield Problem(
                path=path,
                finding=f"the {what} is in {elsewhere}, and the environment is in {environment.region}",
                fix=f"replicate it to {environment.region}, or acknowledge that tasks read it from {elsewhere}",
            )


def _read_at_the_start(environment: Environment) -> Iterator[tuple[KeyPath, str]]:
    """The place and the ARN of every secret and parameter without which a task does not start."""
    for path, container, _ in containers(environment):
        yield from (((*path, "secrets", name), arn) for name, arn in container.secrets.items())
        if container.repository_credentials_arn is not None:
            yield (*path, "repository_credentials_arn"), container.repository_credentials_arn
    for path, task in tasks(environment):
        collector = task.sidecars.collector
        if collector is not None and collector.configuration_parameter_arn is not None:
            yield (*path, "sidecars", "collector", "configuration_parameter_arn"), collector.configuration_parameter_arn


@rule(
    "Pass Secrets Manager secrets through environment variables; Multi-Region keys in AWS KMS",
    keys=(*task_keys("secrets_kms_key_arns[]"), *container_keys("secrets.<name>"), "region"),
)
def key_is_in_the_region_of_secrets(environment: Environment) -> Iterator[Problem]:
    """A secret is encrypted with a key of its own Region; with a key of another Region, the task does not start."""
    for path, task in tasks(environment):
        arns = [arn for container in task.containers.values() for arn in container.secrets.values()]
        regions = sorted({arn.split(":")[3] for arn in arns}) or [environment.region]
        for index, key in enumerate(task.secrets_kms_key_arns):
            if key.split(":")[3] not in regions:
                yield Problem(
                    path=(*path, "secrets_kms_key_arns", index),
                    value=key,
                    allowed=f"an ARN in the Region {listed(regions, 'or')}",
                )


@warning(
    "Secret, Amazon ECS API Reference; GetSecretValue, AWS Secrets Manager API Reference: SecretId",
    keys=container_keys("secrets.<name>"),
)
def secret_has_its_random_suffix(environment: Environment) -> Iterator[Problem]:
    """The role names exactly this ARN; without the suffix, it is that of no secret, and the task does not start."""
    for path, container, _ in containers(environment):
        for name, arn in container.secrets.items():
            secret = ":".join(arn.split(":")[:7])
            if ":secretsmanager:" in arn and not has_random_suffix(secret):
                yield Problem(
                    path=(*path, "secrets", name),
                    finding=f"{secret[-7:]} looks like a part of the name of the secret, not like its random suffix",
                    fix="append the hyphen and the six characters that Secrets Manager shows, or acknowledge that "
                    "these are they",
                )
