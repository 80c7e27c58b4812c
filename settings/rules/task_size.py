"""Rules of the CPU and the memory of tasks on Fargate, and of their containers."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.container_options import LEAST_MEMORY_MIB
from reference_constructs.ecs.task_options import FARGATE_MEMORY_MIB, FARGATE_WINDOWS_CPU_UNITS
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.keys import task_keys
from settings.rules.rule import rule
from settings.rules.subjects import tasks


@rule(
    "Fargate task definition differences, task CPU and memory; 32 vCPU: What's New 2026-06-05",
    keys=task_keys("cpu_units", "memory_mib", "operating_system"),
)
def task_has_a_size_that_fargate_supports(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a Fargate task definition with any other combination of CPU and memory."""
    for path, task in tasks(environment):
        if task.launch_type == "EC2":
            continue
        if task.is_windows and task.cpu_units not in FARGATE_WINDOWS_CPU_UNITS:
            yield Problem(
                path=(*path, "cpu_units"),
                value=task.cpu_units,
                allowed=f"{listed(FARGATE_WINDOWS_CPU_UNITS, 'or')} on Fargate with Windows",
            )
            continue
        sizes = FARGATE_MEMORY_MIB.get(task.cpu_units)
        if sizes is None:
            yield Problem(
                path=(*path, "cpu_units"),
                value=task.cpu_units,
                allowed=f"{listed(FARGATE_MEMORY_MIB, 'or')} on Fargate",
            )
        elif task.memory_mib not in sizes:
            yield Problem(
                path=(*path, "memory_mib"),
                value=task.memory_mib,
                allowed=f"{listed(sizes, 'or')} on Fargate with {task.cpu_units} cpu_units",
            )


@rule("Task definition parameters, memory", keys=task_keys("containers.<name>.memory_mib", "memory_mib"))
def containers_fit_their_task(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition whose containers together have more memory than the task."""
    for path, task in tasks(environment):
        limits = {name: each.memory_mib for name, each in task.containers.items() if each.memory_mib is not None}
        if sum(limits.values()) > task.memory_mib:
            largest = max(limits, key=lambda name: limits[name])
            others = sum(limits.values()) - limits[largest]
            room = task.memory_mib - others
            total = f"the task has {task.memory_mib}" + (f", and its other containers have {others}" if others else "")
            yield Problem(
                path=(*path, "containers", largest, "memory_mib"),
                finding=f"{limits[largest]} is not allowed"
                if room >= LEAST_MEMORY_MIB
                else f"{total}, which leaves none",
                allowed=f"at most {room}: {total}" if room >= LEAST_MEMORY_MIB else "",
                fix="lower the memory_mib of containers, or raise that of the task",
            )
