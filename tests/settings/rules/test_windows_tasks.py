"""Rules of Windows containers of ECS tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import LOAD_BALANCER, RulePair, service

ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
WINDOWS = (
    "{default: {architecture: x86_64, instance_types: [m7i.large], operating_system: "
    "windows_2022_core, volume_gib: 50}}"
)
SERVER = "operating_system: windows_server_2022_core"
X86 = "architecture: x86_64"
SIZE = "cpu_units: 1024"
MEMORY = "memory_mib: 2048"


def on(groups: str, *lines: str, container: str = "{web: {image: 'app:1', port: 8080}}") -> str:
    """A service in a cluster with this capacity."""
    return service(
        *lines, container=f"      containers: {container}\n", before=f"  capacity: {groups}\n{LOAD_BALANCER}"
    )


PAIRS = (
    RulePair(
        rule="windows_task_is_x86",
        rejected=service(SERVER, SIZE, MEMORY),
        accepted=service(SERVER, SIZE, MEMORY, X86),
        message=(
            "ecs.services.web.architecture: architecture is arm64, the default, and operating_system "
            "windows_server_2022_core\n"
            "fix: set architecture to x86_64\n"
            "why: There are no Windows containers for Arm."
        ),
    ),
    RulePair(
        rule="task_has_the_operating_system_of_its_capacity",
        rejected=on(WINDOWS, ON_DEFAULT, X86),
        accepted=on(WINDOWS, ON_DEFAULT, X86, SERVER),
        message=(
            "ecs.services.web.operating_system: operating_system is linux by default, and instances of "
            "ecs.capacity.default have windows_2022_core\n"
            "allowed: windows_server_2022_core\n"
            "why: Amazon ECS places a task on instances of its operating system only."
        ),
    ),
    RulePair(
        rule="task_has_the_operating_system_of_its_capacity: Windows on Linux",
        rejected=on("{default: {architecture: x86_64, instance_types: [m7i.large]}}", ON_DEFAULT, X86, SERVER),
        accepted=on("{default: {architecture: x86_64, instance_types: [m7i.large]}}", ON_DEFAULT, X86),
        message=(
            "ecs.services.web.operating_system: operating_system is windows_server_2022_core, and instances "
            "of ecs.capacity.default have al2023\n"
            "allowed: linux\n"
            "why: Amazon ECS places a task on instances of its operating system only."
        ),
    ),
    RulePair(
        rule="task_has_the_operating_system_of_its_capacity: of the same Windows Server",
        rejected=on(WINDOWS, ON_DEFAULT, X86, "operating_system: windows_server_2022_full"),
        accepted=on(WINDOWS, ON_DEFAULT, X86, SERVER),
        message=(
            "ecs.services.web.operating_system: operating_system is windows_server_2022_full, and instances "
            "of ecs.capacity.default have windows_2022_core\n"
            "allowed: windows_server_2022_core\n"
            "why: Amazon ECS places a task on instances of its operating system only."
        ),
    ),
    RulePair(
        rule="task_has_the_operating_system_of_its_capacity: not on Managed Instances",
        rejected=on("{default: {kind: managed_instances}}", ON_DEFAULT, X86, SERVER),
        accepted=on("{default: {kind: managed_instances}}", ON_DEFAULT, X86),
        message=(
            "ecs.services.web.operating_system: ecs.capacity.default is of Managed Instances, which run Linux\n"
            "fix: set operating_system to linux, or use Fargate or an Auto Scaling group with Windows\n"
            "why: Amazon ECS places a task on instances of its operating system only."
        ),
    ),
    RulePair(
        rule="windows_containers_state_nothing_of_linux",
        rejected=service(
            SERVER,
            SIZE,
            MEMORY,
            X86,
            container="      containers: {web: {image: 'app:1', read_only_root_filesystem: true}}\n",
        ),
        accepted=service(
            SERVER,
            SIZE,
            MEMORY,
            X86,
            container="      containers: {web: {image: 'app:1', read_only_root_filesystem: false}}\n",
        ),
        message=(
            "ecs.services.web.containers.web.read_only_root_filesystem: read_only_root_filesystem is for "
            "Linux, and operating_system is windows_server_2022_core\n"
            "fix: remove read_only_root_filesystem\n"
            "why: Windows containers do not have it, and Amazon ECS refuses it."
        ),
    ),
    RulePair(
        rule="windows_containers_state_nothing_of_linux: the user",
        rejected=service(
            SERVER, SIZE, MEMORY, X86, container="      containers: {web: {image: 'app:1', user: '1000'}}\n"
        ),
        accepted=service(
            SERVER, SIZE, MEMORY, X86, container="      containers: {web: {image: 'app:1', user: ContainerUser}}\n"
        ),
        message=(
            "ecs.services.web.containers.web.user: user is for Linux, and operating_system is "
            "windows_server_2022_core\n"
            "fix: set user to ContainerUser, or remove it\n"
            "why: Windows containers do not have it, and Amazon ECS refuses it."
        ),
    ),
    RulePair(
        rule="windows_containers_state_nothing_of_linux: and Linux no user of Windows",
        rejected=service(container="      containers: {web: {image: 'app:1', user: ContainerUser}}\n"),
        accepted=service(container="      containers: {web: {image: 'app:1', user: '1000'}}\n"),
        message=(
            "ecs.services.web.containers.web.user: ContainerUser is a user of Windows, and operating_system is linux\n"
            "fix: name a user of Linux\n"
            "why: Windows containers do not have it, and Amazon ECS refuses it."
        ),
    ),
    RulePair(
        rule="windows_containers_state_nothing_of_linux: writable_paths",
        rejected=service(
            SERVER, SIZE, MEMORY, X86, container="      containers: {web: {image: 'app:1', writable_paths: [/tmp]}}\n"
        ),
        accepted=service(
            SIZE, MEMORY, X86, container="      containers: {web: {image: 'app:1', writable_paths: [/tmp]}}\n"
        ),
        message=(
            "ecs.services.web.containers.web.writable_paths: writable_paths is for Linux, and "
            "operating_system is windows_server_2022_core\n"
            "fix: remove writable_paths\n"
            "why: Windows containers do not have it, and Amazon ECS refuses it."
        ),
    ),
    RulePair(
        rule="windows_containers_on_instances_have_memory",
        rejected=on(
            WINDOWS,
            ON_DEFAULT,
            X86,
            SERVER,
            SIZE,
            MEMORY,
            container="{web: {image: 'app:1', memory_mib: 1024}, log: {image: 'app:1'}}",
        ),
        accepted=on(
            WINDOWS,
            ON_DEFAULT,
            X86,
            SERVER,
            SIZE,
            MEMORY,
            container="{web: {image: 'app:1', memory_mib: 1024}, log: {image: 'app:1', memory_mib: 512}}",
        ),
        message=(
            "ecs.services.web.containers.log.memory_mib: the task has several Windows containers on "
            "instances, and this one has no memory_mib\n"
            "fix: state memory_mib for each container\n"
            "why: Amazon ECS ignores the size of a Windows task on instances, so each of several containers "
            "needs its own."
        ),
    ),
    RulePair(
        rule="windows_task_is_not_on_fargate_spot",
        rejected=service(SERVER, SIZE, MEMORY, X86, "capacity_provider_strategy: [{capacity_provider: FARGATE_SPOT}]"),
        accepted=service(SERVER, SIZE, MEMORY, X86, "capacity_provider_strategy: [{capacity_provider: FARGATE}]"),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: 'FARGATE_SPOT' is not allowed\n"
            "allowed: FARGATE, or a group with windows_server_2022_core\n"
            "why: Fargate Spot does not run Windows containers."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
