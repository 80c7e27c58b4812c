"""Rules of the containers of a task."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from reference_constructs.ecs.container_options import CAPABILITIES_ON_FARGATE
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, tasks

FIRST_UNPRIVILEGED_PORT = 1024


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


@rule(
    "Monitor Amazon ECS containers with ECS Exec",
    keys=(*container_keys("read_only_root_filesystem"), *task_keys("execute_command")),
)
def exec_can_write_to_the_container(environment: Environment) -> Iterator[Problem]:
    """The SSM agent of ECS Exec writes to the root file system of the container; without that, no session opens."""
    for path, container, task in containers(environment):
        if task.execute_command and container.read_only_root_filesystem and not task.is_windows:
            yield Problem(
                path=(*path, "read_only_root_filesystem"),
                finding="the root file system is read-only, but execute_command is true",
                fix="set read_only_root_filesystem to false, or execute_command to false",
            )


@rule("Bind mounts, Amazon ECS Developer Guide", keys=container_keys("writable_paths[]"))
def writable_path_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses two mounts at one path of a container."""
    for path, container, _ in containers(environment):
        paths = [each.path.rstrip("/") for each in container.temporary_file_systems]
        yield from come_once((*path, "writable_paths"), paths)


@rule(
    "runc, libcontainer/rootfs_linux.go: checkProcMount", keys=container_keys("writable_paths[]", "mounts.<name>.path")
)
def writable_path_can_be_mounted(environment: Environment) -> Iterator[Problem]:
    """Nothing can be mounted inside /proc or over the root, so the container does not start."""
    for path, container, _ in containers(environment):
        places: dict[KeyPath, str] = {
            ("writable_paths", index): each.path for index, each in enumerate(container.temporary_file_systems)
        }
        places |= {("mounts", name, "path"): each.path for name, each in container.mounts.items()}
        for place, each in places.items():
            if posixpath.normpath(each).split("/")[1:2] in ([""], ["proc"]):
                yield Problem(path=(*path, *place), value=each, allowed="a path that is neither / nor inside /proc")


@rule(
    "KernelCapabilities, Amazon ECS API Reference",
    keys=(*container_keys("capabilities[]"), *task_keys("capacity_provider_strategy")),
)
def capability_exists_on_fargate(environment: Environment) -> Iterator[Problem]:
    """On Fargate, Amazon ECS refuses to add a Linux capability to those that Docker gives, except SYS_PTRACE."""
    for path, container, task in containers(environment):
        for index, capability in enumerate(container.capabilities):
            if task.launch_type == "FARGATE" and capability not in CAPABILITIES_ON_FARGATE:
                yield Problem(
                    path=(*path, "capabilities", index),
                    value=capability,
                    allowed=f"{listed(CAPABILITIES_ON_FARGATE, 'or')} on Fargate",
                )


@rule("KernelCapabilities, Amazon ECS API Reference", keys=container_keys("capabilities[]"))
def capability_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a list that has one capability twice."""
    for path, container, _ in containers(environment):
        yield from come_once((*path, "capabilities"), container.capabilities)


@warning(
    "Runtime privilege and Linux capabilities, Docker; docker-nginx-unprivileged issue 23",
    keys=container_keys("user", "capabilities"),
)
def root_has_the_capabilities_that_it_uses(environment: Environment) -> Iterator[Problem]:
    """Without capabilities, root cannot change the owner of a file or its own user, as many images do at the start."""
    for path, container, _ in containers(environment):
        if container.is_root and not container.capabilities:
            yield Problem(
                path=(*path, "user"),
                finding=f"the user is {container.user}, and all Linux capabilities are dropped",
                fix="add those that the image uses to capabilities, such as CHOWN, SETGID, and SETUID; or acknowledge "
                "that it uses none",
            )


@warning(
    "containers-roadmap issue 1721; capabilities(7), Linux manual",
    keys=container_keys("port", "additional_ports.<name>.port", "port_ranges[].first_port", "user", "capabilities"),
)
def privileged_port_can_be_bound(environment: Environment) -> Iterator[Problem]:
    """In a task, only root with NET_BIND_SERVICE can listen on a port below 1024; another program ends at once."""
    for path, container, _ in containers(environment):
        if container.is_root and "NET_BIND_SERVICE" in container.capabilities:
            continue
        for place, ports in container.port_mappings:
            if ports.first_port < FIRST_UNPRIVILEGED_PORT:
                yield Problem(
                    path=(*path, *place, *(["first_port"] if place[0] == "port_ranges" else [])),
                    finding=f"the user {container.user} cannot listen on port {ports.first_port}",
                    fix="listen on a port from 1024 on, such as 8080; set user to '0:0' and add NET_BIND_SERVICE to "
                    "capabilities; or acknowledge that the program can by a capability of its file",
                )
