"""Rules of the resource limits and the kernel parameters of containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, service


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
        rule="soft_limit_is_within_the_hard_limit",
        rejected=on_fargate("ulimits: {nofile: {soft_limit: 9, hard_limit: 8}}"),
        accepted=on_fargate("ulimits: {nofile: {soft_limit: 9, hard_limit: 9}}"),
        message=(
            "ecs.services.web.containers.web.ulimits.nofile.soft_limit: 9 is not allowed\n"
            "allowed: at most hard_limit, which is 8\n"
            "why: The kernel refuses a soft limit above the hard limit, so the container does not start."
        ),
    ),
    RulePair(
        rule="soft_limit_is_within_the_hard_limit: without one",
        rejected=on_instances("ulimits: {memlock: {soft_limit: -1, hard_limit: 8}}"),
        accepted=on_instances("ulimits: {memlock: {soft_limit: -1, hard_limit: -1}}"),
        message=(
            "ecs.services.web.containers.web.ulimits.memlock.soft_limit: -1 is not allowed\n"
            "allowed: at most hard_limit, which is 8\n"
            "why: The kernel refuses a soft limit above the hard limit, so the container does not start."
        ),
    ),
    RulePair(
        rule="ulimit_takes_effect_on_fargate",
        rejected=on_fargate("ulimits: {core: {soft_limit: 0, hard_limit: 0}}"),
        accepted=on_instances("ulimits: {core: {soft_limit: 0, hard_limit: 0}}"),
        message=(
            "ecs.services.web.containers.web.ulimits.core: the tasks run on Fargate, and core is not nofile\n"
            "fix: remove it, run the tasks on instances, or acknowledge that you have seen it take effect\n"
            "why: Tasks on Fargate have the limits of its operating system, and only that of open files is said to "
            "change."
        ),
    ),
    RulePair(
        rule="kernel_parameter_of_the_network_has_one_value",
        rejected=containers(
            "web: {image: 'app:1', system_controls: {net.core.somaxconn: '1024', kernel.msgmax: '1'}}",
            "log: {image: 'app:1', system_controls: {net.core.somaxconn: '4096', kernel.msgmax: '2'}}",
        ),
        accepted=containers(
            "web: {image: 'app:1', system_controls: {net.core.somaxconn: '1024', kernel.msgmax: '1'}}",
            "log: {image: 'app:1', system_controls: {net.core.somaxconn: '1024', kernel.msgmax: '2'}}",
        ),
        message=(
            "ecs.services.web.containers.log.system_controls.net.core.somaxconn: it is 4096 here and 1024 in container "
            "web\n"
            "fix: state it in one container only\n"
            "why: Containers of a task share the network, so the value of the container that starts last applies to "
            "all."
        ),
    ),
    RulePair(
        rule="open_files_have_a_limit",
        rejected=on_instances("ulimits: {nofile: {soft_limit: 1024, hard_limit: -1}}"),
        accepted=on_instances("ulimits: {nofile: {soft_limit: 1024, hard_limit: 2147483647}}"),
        message=(
            "ecs.services.web.containers.web.ulimits.nofile.hard_limit: -1 is not allowed\n"
            "allowed: a number, such as 1048576\n"
            "why: The kernel refuses open files without a limit, so the container does not start."
        ),
    ),
    RulePair(
        rule="open_files_are_within_the_limit_of_fargate",
        rejected=on_fargate("ulimits: {nofile: {soft_limit: 1024, hard_limit: 1048577}}"),
        accepted=on_fargate("ulimits: {nofile: {soft_limit: 1024, hard_limit: 1048576}}"),
        message=(
            "ecs.services.web.containers.web.ulimits.nofile.hard_limit: it is 1048577, and Fargate allows 1048576\n"
            "fix: lower it to 1048576, or acknowledge that you have seen a task start\n"
            "why: The kernel refuses a limit above its own, so the container does not start."
        ),
    ),
    RulePair(
        rule="open_files_are_within_the_limit_of_fargate: not on instances",
        rejected=on_fargate("ulimits: {nofile: {soft_limit: 1024, hard_limit: 2000000}}"),
        accepted=on_instances("ulimits: {nofile: {soft_limit: 1024, hard_limit: 2000000}}"),
        message=(
            "ecs.services.web.containers.web.ulimits.nofile.hard_limit: it is 2000000, and Fargate allows 1048576\n"
            "fix: lower it to 1048576, or acknowledge that you have seen a task start\n"
            "why: The kernel refuses a limit above its own, so the container does not start."
        ),
    ),
    RulePair(
        rule="kernel_parameter_is_of_a_container",
        rejected=on_fargate("system_controls: {net.core.rmem_max: '26214400'}"),
        accepted=on_fargate("system_controls: {net.ipv4.tcp_rmem: '4096 131072 26214400'}"),
        message=(
            "ecs.services.web.containers.web.system_controls.net.core.rmem_max: the parameter is one of the host\n"
            "fix: remove it, or acknowledge that the kernel of the host has it for each network namespace\n"
            "why: A container has no kernel parameter that applies to the whole host, so it does not start."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
