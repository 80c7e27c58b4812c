"""Rules of task size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, service

X86 = "architecture: x86_64"
PAIRS = (
    RulePair(
        rule="task_has_a_size_that_fargate_supports",
        rejected=service("cpu_units: 384"),
        accepted=service("cpu_units: 512", "memory_mib: 1024"),
        message=(
            "ecs.services.web.cpu_units: 384 is not allowed\n"
            "allowed: 256, 512, 1024, 2048, 4096, 8192, 16384, or 32768 on Fargate\n"
            "why: Amazon ECS refuses a Fargate task definition with any other combination of CPU and memory."
        ),
    ),
    RulePair(
        rule="task_has_a_size_that_fargate_supports: memory",
        rejected=service("memory_mib: 4096"),
        accepted=service("memory_mib: 2048"),
        message=(
            "ecs.services.web.memory_mib: 4096 is not allowed\n"
            "allowed: 512, 1024, or 2048 on Fargate with 256 cpu_units\n"
            "why: Amazon ECS refuses a Fargate task definition with any other combination of CPU and memory."
        ),
    ),
    RulePair(
        rule="task_has_a_size_that_fargate_supports: sizes are free on EC2",
        rejected=service("cpu_units: 384"),
        accepted=service("cpu_units: 384", "capacity_provider_strategy: [{capacity_provider: default}]"),
        message=(
            "ecs.services.web.cpu_units: 384 is not allowed\n"
            "allowed: 256, 512, 1024, 2048, 4096, 8192, 16384, or 32768 on Fargate\n"
            "why: Amazon ECS refuses a Fargate task definition with any other combination of CPU and memory."
        ),
    ),
    RulePair(
        rule="task_has_a_size_that_fargate_supports: with Windows",
        rejected=service("operating_system: windows_server_2025_core", X86, "cpu_units: 8192", "memory_mib: 16384"),
        accepted=service("operating_system: windows_server_2025_core", X86, "cpu_units: 4096", "memory_mib: 16384"),
        message=(
            "ecs.services.web.cpu_units: 8192 is not allowed\n"
            "allowed: 1024, 2048, or 4096 on Fargate with Windows\n"
            "why: Amazon ECS refuses a Fargate task definition with any other combination of CPU and memory."
        ),
    ),
    RulePair(
        rule="containers_fit_their_task",
        rejected=containers("web: {image: 'app:1', memory_mib: 513}"),
        accepted=containers("web: {image: 'app:1', memory_mib: 512}"),
        message=(
            "ecs.services.web.containers.web.memory_mib: 513 is not allowed\n"
            "allowed: at most 512: the task has 512\n"
            "fix: lower the memory_mib of containers, or raise that of the task\n"
            "why: Amazon ECS refuses a task definition whose containers together have more memory than the "
            "task."
        ),
    ),
    RulePair(
        rule="containers_fit_their_task: together",
        rejected=containers("web: {image: 'app:1', memory_mib: 300}", "log: {image: 'app:1', memory_mib: 213}"),
        accepted=containers("web: {image: 'app:1', memory_mib: 300}", "log: {image: 'app:1', memory_mib: 212}"),
        message=(
            "ecs.services.web.containers.web.memory_mib: 300 is not allowed\n"
            "allowed: at most 299: the task has 512, and its other containers have 213\n"
            "fix: lower the memory_mib of containers, or raise that of the task\n"
            "why: Amazon ECS refuses a task definition whose containers together have more memory than the "
            "task."
        ),
    ),
    RulePair(
        rule="containers_fit_their_task: where the others leave none",
        rejected=containers("web: {image: 'app:1', memory_mib: 512}", "log: {image: 'app:1', memory_mib: 512}"),
        accepted=containers("web: {image: 'app:1', memory_mib: 256}", "log: {image: 'app:1', memory_mib: 256}"),
        message=(
            "ecs.services.web.containers.web.memory_mib: the task has 512, and its other containers have 512,"
            " which leaves none\n"
            "fix: lower the memory_mib of containers, or raise that of the task\n"
            "why: Amazon ECS refuses a task definition whose containers together have more memory than the "
            "task."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
