"""Rules of quotas: an error where AWS does not raise a quota, a warning where it does on request."""

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
from settings.rules.rule import rule, warning
from settings.rules.subjects import load_balancers, routed_services, tasks

# "Quotas for your Application Load Balancers": the first cannot be raised, the second can.
TARGET_GROUPS_OF_A_LOAD_BALANCER: Final = 100
TARGETS_OF_A_LOAD_BALANCER: Final = 1000
# "Amazon VPC quotas": for inbound and outbound rules, and for IPv4 and IPv6, each; it can be raised.
RULES_OF_A_SECURITY_GROUP: Final = 60
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


@rule("Quotas for your Application Load Balancers", keys=("ecs.services.<name>.routing",))
def load_balancer_has_a_target_group_for_each_service(environment: Environment) -> Iterator[Problem]:
    """A load balancer can have 100 target groups, and the quota cannot be raised."""
    routed = list(routed_services(environment))
    for path, _, _ in routed[TARGET_GROUPS_OF_A_LOAD_BALANCER : TARGET_GROUPS_OF_A_LOAD_BALANCER + 1]:
        yield Problem(
            path=(*path, "routing"),
            finding=f"there are {len(routed)} services with routing",
            allowed=f"at most {TARGET_GROUPS_OF_A_LOAD_BALANCER}",
            fix="move services to another environment, which has a load balancer of its own",
        )


@warning(
    "Quotas for your Application Load Balancers",
    keys=("ecs.services.<name>.desired_count", "ecs.services.<name>.scaling.max_capacity"),
)
def targets_fit_the_load_balancer(environment: Environment) -> Iterator[Problem]:
    """A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register more tasks."""
    counts = {path: service.most_tasks for path, service, _ in routed_services(environment)}
    total = sum(counts.values()) + max(counts.values(), default=0)
    if total > TARGETS_OF_A_LOAD_BALANCER:
        largest = max(counts, key=lambda path: counts[path])
        (scaling,) = [service.scaling for path, service, _ in routed_services(environment) if path == largest]
        yield Problem(
            path=(*largest, *(("scaling", "max_capacity") if scaling else ("desired_count",))),
            finding=f"tasks behind the load balancer are up to {total}, if the largest service deploys",
            fix=f"run at most {TARGETS_OF_A_LOAD_BALANCER}, or have the quota raised and acknowledge this",
        )


@warning("Amazon VPC quotas, security groups", keys=("ecs.load_balancer.allowed_cidrs",))
def clients_fit_the_security_group(environment: Environment) -> Iterator[Problem]:
    """A security group can have 60 inbound rules unless the quota is raised, one for each CIDR block and port."""
    for path, balancer in load_balancers(environment):
        count = len(balancer.allowed_cidrs) * (1 if balancer.plain_http else 2)
        if count > RULES_OF_A_SECURITY_GROUP:
            yield Problem(
                path=(*path, "allowed_cidrs"),
                finding=f"{len(balancer.allowed_cidrs)} CIDR blocks take {count} rules",
                fix="state fewer, larger CIDR blocks, or have the quota raised and acknowledge this",
            )


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
