"""Rules of quotas that AWS does not raise; those of load balancers are in `routing_quotas.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from reference_constructs.ecs.task_options import FARGATE_PROVIDERS
from settings.environment import Environment
from settings.policies import policies
from settings.problems import Problem
from settings.rules.capacity_subjects import capacity
from settings.rules.keys import container_keys, policy_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import tasks

# "Amazon ECS service quotas": neither can be raised. FARGATE and FARGATE_SPOT are two of the capacity providers.
TASK_DEFINITION_BYTES: Final = 64 * 1024
CAPACITY_PROVIDERS_OF_A_CLUSTER: Final = 20
# "IAM and AWS STS quotas": without white space; it cannot be raised.
MANAGED_POLICY_CHARACTERS: Final = 6144
# "SetRepositoryPolicy", Amazon ECR API Reference: length of policyText.
REPOSITORY_POLICY_BYTES: Final = 10_240
# "Understand CloudFormation quotas".
OUTPUTS_OF_A_TEMPLATE: Final = 200
# The URI of each repository is an output; the key of the registry, and what constructs export, can be two more.
_OTHER_OUTPUTS_OF_THE_REGISTRY: Final = 2
# What the policy of the execution role has beside secrets: the log group, an image, the token, and its frame.
_OTHER_CHARACTERS_OF_THE_EXECUTION_POLICY: Final = 500
_STATEMENT: Final = {"Effect": "Allow"}


@rule("Amazon ECS service quotas, capacity providers per cluster", keys=("ecs.capacity",))
def capacity_fits_the_cluster(environment: Environment) -> Iterator[Problem]:
    """A cluster can have 20 capacity providers, FARGATE and FARGATE_SPOT among them, and the quota cannot be raised."""
    groups = sum(1 for _ in capacity(environment))
    most = CAPACITY_PROVIDERS_OF_A_CLUSTER - len(FARGATE_PROVIDERS)
    if groups > most:
        yield Problem(
            path=("ecs", "capacity"),
            finding=f"there are {groups} groups",
            allowed=f"at most {most}",
            fix="use fewer groups, each with several instance types, or another environment",
        )


@rule("Amazon ECS service quotas, task definition size", keys=task_keys("containers"))
def task_definition_fits(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition of more than 64 KiB, and the quota cannot be raised."""
    for path, task in tasks(environment):
        sizes = {
            name: _size(
                [container.image, container.command, container.entry_point]
                + [{"name": key, "value": value} for key, value in container.environment.items()]
                + [{"name": key, "valueFrom": value} for key, value in container.secrets.items()]
                + [{"containerPortRange": each.text, "protocol": each.protocol} for each in container.port_ranges]
            )
            for name, container in task.containers.items()
        }
        if sum(sizes.values()) > TASK_DEFINITION_BYTES:
            yield Problem(
                path=(*path, "containers"),
                finding=f"the task definition has more than {sum(sizes.values()) // 1024} KiB",
                allowed=f"at most {TASK_DEFINITION_BYTES // 1024} KiB",
                fix="move what is long in command and environment into the image, or to SSM Parameter Store",
            )


@rule(
    "IAM and AWS STS quotas, managed policy size",
    keys=policy_keys(),
)
def policy_of_the_task_role_fits(environment: Environment) -> Iterator[Problem]:
    """IAM refuses a managed policy of more than 6,144 characters, and the quota cannot be raised."""
    for path, stated in policies(environment):
        size = _size(
            {**_STATEMENT, "Action": each.actions, "Resource": each.resources, "Condition": each.conditions}
            for each in stated
        )
        if size > MANAGED_POLICY_CHARACTERS:
            yield Problem(
                path=path,
                finding=f"the statements have more than {size} characters",
                allowed=f"at most {MANAGED_POLICY_CHARACTERS}",
                fix="name resources by a common prefix and *, and actions by a wildcard such as s3:Get*",
            )


@rule("IAM and AWS STS quotas, managed policy size", keys=container_keys("secrets"))
def policy_of_the_execution_role_fits(environment: Environment) -> Iterator[Problem]:
    """IAM refuses a managed policy of more than 6,144 characters, and the task execution role names each secret."""
    for path, task in tasks(environment):
        used = {name: _without_json_keys(each.secrets.values()) for name, each in task.containers.items()}
        arns = {arn for of_container in used.values() for arn in of_container}
        size = _size(sorted(arns)) + _OTHER_CHARACTERS_OF_THE_EXECUTION_POLICY
        if size > MANAGED_POLICY_CHARACTERS:
            most = max(used, key=lambda name: len(used[name]))
            yield Problem(
                path=(*path, "containers", most, "secrets"),
                finding=f"the ARNs of {len(arns)} secrets make a policy of about {size} characters",
                allowed=f"at most {MANAGED_POLICY_CHARACTERS}",
                fix="store several values in one JSON secret, and use its keys: <ARN>:<key>::",
            )


@rule("Understand CloudFormation quotas, outputs", keys=("registry.repositories",))
def repositories_fit_a_template(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a template with more than 200 outputs, and each repository has one for its URI."""
    most = OUTPUTS_OF_A_TEMPLATE - _OTHER_OUTPUTS_OF_THE_REGISTRY
    if len(environment.registry.repositories) > most:
        yield Problem(
            path=("registry", "repositories"),
            finding=f"there are {len(environment.registry.repositories)} repositories",
            allowed=f"at most {most}",
            fix="move repositories to another environment",
        )


@rule("SetRepositoryPolicy, Amazon ECR API Reference", keys=("registry.repositories.<name>.pull_account_ids",))
def accounts_fit_the_repository_policy(environment: Environment) -> Iterator[Problem]:
    """Amazon ECR refuses a repository policy of more than 10,240 characters."""
    for name, repository in environment.registry.repositories.items():
        size = _size([f"arn:aws:iam::{account}:root" for account in repository.pull_account_ids])
        if size > REPOSITORY_POLICY_BYTES:
            yield Problem(
                path=("registry", "repositories", name, "pull_account_ids"),
                finding=f"{len(repository.pull_account_ids)} accounts make a policy of more than {size} characters",
                allowed=f"at most {REPOSITORY_POLICY_BYTES}",
                fix="state fewer accounts, and replicate the images to the registries of the others",
            )


def _size(items: Iterable[object]) -> int:
    """Bytes of the JSON without white space, which is the least that AWS counts."""
    return len(json.dumps(list(items), separators=(",", ":"), ensure_ascii=False).encode())


def _without_json_keys(arns: Iterable[str]) -> set[str]:
    return {":".join(arn.split(":")[:7]) for arn in arns}
