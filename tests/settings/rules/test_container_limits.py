"""Rules of the CPU, memory, limits, and kernel parameters of containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, service

CREDENTIALS = "repository_credentials_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCd1f'"


def on_instances(container: str) -> str:
    """A file with a service on EC2 instances that has this container."""
    return service(
        "capacity_provider_strategy: [{capacity_provider: default}]",
        container=f"      containers: {{web: {{image: 'app:1', {container}}}}}\n",
    )


def on_fargate(container: str) -> str:
    """A file with a service on Fargate that has this container."""
    return service(container=f"      containers: {{web: {{image: 'app:1', {container}}}}}\n")


PAIRS = (
    RulePair(
        rule="containers_have_the_cpu_of_their_task",
        rejected=containers("web: {image: 'app:1', cpu_units: 200}", "log: {image: 'app:1', cpu_units: 57}"),
        accepted=containers("web: {image: 'app:1', cpu_units: 200}", "log: {image: 'app:1', cpu_units: 56}"),
        message=(
            "ecs.services.web.containers.web.cpu_units: the containers reserve 257 CPU units, and the task has 256\n"
            "fix: lower the cpu_units of containers, or raise those of the task\n"
            "why: Amazon ECS refuses a task definition whose containers together reserve more CPU than the task has."
        ),
    ),
    RulePair(
        rule="memory_reservation_is_within_the_limit",
        rejected=containers("web: {image: 'app:1', memory_mib: 256, memory_reservation_mib: 257}"),
        accepted=containers("web: {image: 'app:1', memory_mib: 256, memory_reservation_mib: 256}"),
        message=(
            "ecs.services.web.containers.web.memory_reservation_mib: 257 is not allowed\n"
            "allowed: at most 256, the memory of the container\n"
            "why: Amazon ECS refuses a reservation above the limit of the container, or above the memory of the task."
        ),
    ),
    RulePair(
        rule="memory_reservation_is_within_the_limit: of the task",
        rejected=containers("web: {image: 'app:1', memory_reservation_mib: 513}"),
        accepted=containers("web: {image: 'app:1', memory_reservation_mib: 512}"),
        message=(
            "ecs.services.web.containers.web.memory_reservation_mib: 513 is not allowed\n"
            "allowed: at most 512, the memory of the task\n"
            "why: Amazon ECS refuses a reservation above the limit of the container, or above the memory of the task."
        ),
    ),
    RulePair(
        rule="memory_reservations_fit_their_task",
        rejected=containers(
            "web: {image: 'app:1', memory_reservation_mib: 257}", "log: {image: 'app:1', memory_mib: 256}"
        ),
        accepted=containers(
            "web: {image: 'app:1', memory_reservation_mib: 256}", "log: {image: 'app:1', memory_mib: 256}"
        ),
        message=(
            "ecs.services.web.containers.web.memory_reservation_mib: the containers reserve 513 MiB, and the task has "
            "512\n"
            "fix: lower the memory_reservation_mib of containers, or raise the memory_mib of the task\n"
            "why: Amazon ECS refuses a task definition whose containers together reserve more memory than the task "
            "has."
        ),
    ),
    RulePair(
        rule="shared_memory_is_on_instances",
        rejected=on_fargate("shared_memory_mib: 256"),
        accepted=on_instances("shared_memory_mib: 256"),
        message=(
            "ecs.services.web.containers.web.shared_memory_mib: the tasks run on Fargate, which has no "
            "shared_memory_mib\n"
            "fix: remove it and tell the program to use another directory, such as one of writable_paths; or run the "
            "tasks on instances\n"
            "why: Amazon ECS refuses sharedMemorySize on Fargate."
        ),
    ),
    RulePair(
        rule="start_timeout_is_allowed_on_fargate",
        rejected=on_fargate("start_timeout_seconds: 121"),
        accepted=on_instances("start_timeout_seconds: 121"),
        message=(
            "ecs.services.web.containers.web.start_timeout_seconds: 121 is not allowed\n"
            "allowed: at most 120 on Fargate\n"
            "why: On Fargate, Amazon ECS refuses a start time-out of more than two minutes."
        ),
    ),
    RulePair(
        rule="credentials_are_for_another_registry",
        rejected=containers(f"web: {{image: 'app:1', {CREDENTIALS}}}"),
        accepted=containers(f"web: {{image: 'registry.example.com/app:1', {CREDENTIALS}}}"),
        message=(
            "ecs.services.web.containers.web.repository_credentials_arn: app:1 is pulled from Amazon ECR\n"
            "fix: remove repository_credentials_arn, or take the registry out of registry.pull_through_cache\n"
            "why: Tasks log in to Amazon ECR, and to the pull-through cache in it, with their role, never with "
            "credentials."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_pair(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
