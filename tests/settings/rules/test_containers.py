"""Rules of containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, service

WRITABLE = "      containers: {web: {image: 'app:1', read_only_root_filesystem: false}}\n"

PAIRS = (
    RulePair(
        rule="task_has_an_essential_container",
        rejected=containers("web: {image: 'app:1', essential: false}"),
        accepted=containers("web: {image: 'app:1', essential: true}"),
        message=(
            "ecs.services.web.containers: no container is essential\n"
            "fix: leave essential out of the main container, or set it to true\n"
            "why: Amazon ECS refuses a task definition without an essential container."
        ),
    ),
    RulePair(
        rule="containers_listen_on_different_ports",
        rejected=containers("web: {image: 'app:1', port: 80}", "log: {image: 'app:1', port: 80}"),
        accepted=containers("web: {image: 'app:1', port: 80}", "log: {image: 'app:1', port: 81}"),
        message=(
            "ecs.services.web.containers.log.port: 80 is not allowed\n"
            "allowed: a port other than that of container web\n"
            "why: The containers of a task share a network interface, on which one process can listen on a "
            "port."
        ),
    ),
    RulePair(
        rule="exec_can_write_to_the_container",
        rejected=service("execute_command: true"),
        accepted=service("execute_command: true", container=WRITABLE),
        message=(
            "ecs.services.web.containers.web.read_only_root_filesystem: the root file system is read-only, "
            "but execute_command is true\n"
            "fix: set read_only_root_filesystem to false, or execute_command to false\n"
            "why: The SSM agent of ECS Exec writes to the root file system of the container; without that, "
            "no session opens."
        ),
    ),
    RulePair(
        rule="writable_path_comes_once",
        rejected=containers("web: {image: 'app:1', writable_paths: [/tmp, /tmp/]}"),
        accepted=containers("web: {image: 'app:1', writable_paths: [/tmp, /run]}"),
        message=(
            "ecs.services.web.containers.web.writable_paths[1]: '/tmp' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Amazon ECS refuses two mounts at one path of a container."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
