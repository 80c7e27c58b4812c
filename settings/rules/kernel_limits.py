"""Rules of the resource limits and the kernel parameters of containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, tasks

_ON_PLATFORM = task_keys("capacity_provider_strategy")
# fs.nr_open of the kernel; Amazon Linux 2023 raises it on instances.
_MOST_OPEN_FILES: Final = 1_048_576
_PARAMETERS_OF_THE_HOST: Final = frozenset(
    (
        *("net.core.rmem_default", "net.core.rmem_max", "net.core.wmem_default", "net.core.wmem_max"),
        *("net.core.netdev_max_backlog", "net.ipv4.tcp_mem", "net.ipv4.udp_mem"),
    )
)


@rule("Ulimit, Amazon ECS API Reference; setrlimit(2), Linux manual", keys=container_keys("ulimits.<name>.soft_limit"))
def soft_limit_is_within_the_hard_limit(environment: Environment) -> Iterator[Problem]:
    """The kernel refuses a soft limit above the hard limit, so the container does not start."""
    for path, container, _ in containers(environment):
        for name, limit in container.ulimits.items():
            is_above = limit.soft_limit > limit.hard_limit or limit.soft_limit == -1
            if limit.hard_limit != -1 and is_above:
                yield Problem(
                    path=(*path, "ulimits", name, "soft_limit"),
                    value=limit.soft_limit,
                    allowed=f"at most hard_limit, which is {limit.hard_limit}",
                )


@warning("Ulimit, Amazon ECS API Reference", keys=(*container_keys("ulimits.<name>"), *_ON_PLATFORM))
def ulimit_takes_effect_on_fargate(environment: Environment) -> Iterator[Problem]:
    """Tasks on Fargate have the limits of its operating system, and only that of open files is said to change."""
    for path, container, task in containers(environment):
        for name in container.ulimits:
            if task.launch_type == "FARGATE" and name != "nofile":
                yield Problem(
                    path=(*path, "ulimits", name),
                    finding=f"the tasks run on Fargate, and {name} is not nofile",
                    fix="remove it, run the tasks on instances, or acknowledge that you have seen it take effect",
                )


@rule(
    "Ulimit, Amazon ECS API Reference; setrlimit(2), Linux manual: RLIMIT_NOFILE, /proc/sys/fs/nr_open",
    keys=container_keys("ulimits.<name>.hard_limit"),
)
def open_files_have_a_limit(environment: Environment) -> Iterator[Problem]:
    """The kernel refuses open files without a limit, so the container does not start."""
    for path, container, _ in containers(environment):
        limit = container.ulimits.get("nofile")
        if limit is not None and limit.hard_limit == -1:
            yield Problem(
                path=(*path, "ulimits", "nofile", "hard_limit"),
                value=limit.hard_limit,
                allowed=f"a number, such as {_MOST_OPEN_FILES}",
            )


@warning(
    "setrlimit(2), Linux manual: RLIMIT_NOFILE, /proc/sys/fs/nr_open; reown-com/blockchain-api pull request 1183",
    keys=(*container_keys("ulimits.<name>.hard_limit"), *_ON_PLATFORM),
)
def open_files_are_within_the_limit_of_fargate(environment: Environment) -> Iterator[Problem]:
    """The kernel refuses a limit above its own, so the container does not start."""
    for path, container, task in containers(environment):
        limit = container.ulimits.get("nofile")
        if limit is not None and limit.hard_limit > _MOST_OPEN_FILES and task.launch_type == "FARGATE":
            yield Problem(
                path=(*path, "ulimits", "nofile", "hard_limit"),
                finding=f"it is {limit.hard_limit}, and Fargate allows {_MOST_OPEN_FILES}",
                fix=f"lower it to {_MOST_OPEN_FILES}, or acknowledge that you have seen a task start",
            )


@warning("moby issue 30778", keys=container_keys("system_controls.<name>"))
def kernel_parameter_is_of_a_container(environment: Environment) -> Iterator[Problem]:
    """A container has no kernel parameter that applies to the whole host, so it does not start."""
    for path, container, _ in containers(environment):
        for name in container.system_controls:
            if name.replace("/", ".") in _PARAMETERS_OF_THE_HOST:
                yield Problem(
                    path=(*path, "system_controls", name),
                    finding="the parameter is one of the host",
                    fix="remove it, or acknowledge that the kernel of the host has it for each network namespace",
                )


@warning("SystemControl, Amazon ECS API Reference", keys=container_keys("system_controls.<name>"))
def kernel_parameter_of_the_network_has_one_value(environment: Environment) -> Iterator[Problem]:
    """Containers of a task share the network, so the value of the container that starts last applies to all."""
    for path, task in tasks(environment):
        owners: dict[str, tuple[str, str]] = {}
        for name, container in task.containers.items():
            for key, value in container.system_controls.items():
                owner, first = owners.setdefault(key, (name, value))
                if key.startswith("net.") and first != value:
                    yield Problem(
                        path=(*path, "containers", name, "system_controls", key),
                        finding=f"it is {value} here and {first} in container {owner}",
                        fix="state it in one container only",
                    )
