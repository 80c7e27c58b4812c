"""Rules of the containers of a task."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule
from settings.rules.subjects import container_keys, containers, task_keys, tasks


@rule("Task definition parameters, essential", keys=task_keys("containers", "containers.<name>.essential"))
def task_has_an_essential_container(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition without an essential container."""
    for path, task in tasks(environment):
        if not any(container.essential for container in task.containers.values()):
            yield Problem(
                path=(*path, "containers"),
                finding="no container is essential",
                fix="leave essential out of the main container, or set it to true",
            )


@rule("Task networking with the awsvpc network mode", keys=container_keys("port"))
def containers_listen_on_different_ports(environment: Environment) -> Iterator[Problem]:
    """The containers of a task share a network interface, on which one process can listen on a port."""
    for path, task in tasks(environment):
        owners: dict[int, str] = {}
        for name, container in task.containers.items():
            if container.port is None:
                continue
            owner = owners.setdefault(container.port, name)
            if owner != name:
                yield Problem(
                    path=(*path, "containers", name, "port"),
                    value=container.port,
                    allowed=f"a port other than that of container {owner}",
                )


@rule(
    "Monitor Amazon ECS containers with ECS Exec",
    keys=(*container_keys("read_only_root_filesystem"), *task_keys("execute_command")),
)
def exec_can_write_to_the_container(environment: Environment) -> Iterator[Problem]:
    """The SSM agent of ECS Exec writes to the root file system of the container; without that, no session opens."""
    for path, container, task in containers(environment):
        if task.execute_command and container.read_only_root_filesystem:
            yield Problem(
                path=(*path, "read_only_root_filesystem"),
                finding="the root file system is read-only, but execute_command is true",
                fix="set read_only_root_filesystem to false, or execute_command to false",
            )


@rule("Bind mounts, Amazon ECS Developer Guide", keys=container_keys("writable_paths[]"))
def writable_path_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses two mounts at one path of a container."""
    for path, container, _ in containers(environment):
        yield from come_once((*path, "writable_paths"), [each.rstrip("/") for each in container.writable_paths])
