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
    RulePair(
        rule="capability_exists_on_fargate",
        rejected=containers("web: {image: 'app:1', capabilities: [NET_ADMIN]}"),
        accepted=containers("web: {image: 'app:1', capabilities: [NET_RAW, SYS_PTRACE]}"),
        message=(
            "ecs.services.web.containers.web.capabilities[0]: 'NET_ADMIN' is not allowed\n"
            "allowed: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, "
            "SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT, or SYS_PTRACE on Fargate\n"
            "why: On Fargate, Amazon ECS refuses to add a Linux capability to those that Docker gives, except "
            "SYS_PTRACE."
        ),
    ),
    RulePair(
        rule="capability_exists_on_fargate: all of them on instances",
        rejected=service(container="      containers: {web: {image: 'app:1', capabilities: [SYS_ADMIN]}}\n"),
        accepted=service(
            "capacity_provider_strategy: [{capacity_provider: default}]",
            container="      containers: {web: {image: 'app:1', capabilities: [SYS_ADMIN]}}\n",
        ),
        message=(
            "ecs.services.web.containers.web.capabilities[0]: 'SYS_ADMIN' is not allowed\n"
            "allowed: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, NET_RAW, "
            "SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT, or SYS_PTRACE on Fargate\n"
            "why: On Fargate, Amazon ECS refuses to add a Linux capability to those that Docker gives, except "
            "SYS_PTRACE."
        ),
    ),
    RulePair(
        rule="capability_comes_once",
        rejected=containers("web: {image: 'app:1', capabilities: [CHOWN, CHOWN]}"),
        accepted=containers("web: {image: 'app:1', capabilities: [CHOWN, SETUID]}"),
        message=(
            "ecs.services.web.containers.web.capabilities[1]: 'CHOWN' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has one capability twice."
        ),
    ),
    RulePair(
        rule="root_has_the_capabilities_that_it_uses",
        rejected=containers("web: {image: 'app:1', user: '0:0'}"),
        accepted=containers("web: {image: 'app:1', user: '0:0', capabilities: [CHOWN, SETGID, SETUID]}"),
        message=(
            "ecs.services.web.containers.web.user: the user is 0:0, and all Linux capabilities are dropped\n"
            "fix: add those that the image uses to capabilities, such as CHOWN, SETGID, and SETUID; or acknowledge "
            "that it uses none\n"
            "why: Without capabilities, root cannot change the owner of a file or its own user, as many images do at "
            "the start."
        ),
    ),
    RulePair(
        rule="writable_path_can_be_mounted",
        rejected=containers("web: {image: 'app:1', writable_paths: [/proc/app]}"),
        accepted=containers("web: {image: 'app:1', writable_paths: [/process/app]}"),
        message=(
            "ecs.services.web.containers.web.writable_paths[0]: '/proc/app' is not allowed\n"
            "allowed: a path that is neither / nor inside /proc\n"
            "why: Nothing can be mounted inside /proc or over the root, so the container does not start."
        ),
    ),
    RulePair(
        rule="writable_path_can_be_mounted: however it is written",
        rejected=containers("web: {image: 'app:1', writable_paths: [/tmp/../]}"),
        accepted=containers("web: {image: 'app:1', writable_paths: [/tmp/../run]}"),
        message=(
            "ecs.services.web.containers.web.writable_paths[0]: '/tmp/../' is not allowed\n"
            "allowed: a path that is neither / nor inside /proc\n"
            "why: Nothing can be mounted inside /proc or over the root, so the container does not start."
        ),
    ),
    RulePair(
        rule="privileged_port_can_be_bound",
        rejected=containers("web: {image: 'app:1', port: 1023}"),
        accepted=containers("web: {image: 'app:1', port: 1024}"),
        message=(
            "ecs.services.web.containers.web.port: the user 65534:65534 cannot listen on port 1023\n"
            "fix: listen on a port from 1024 on, such as 8080; set user to '0:0' and add NET_BIND_SERVICE to "
            "capabilities; or acknowledge that the program can by a capability of its file\n"
            "why: In a task, only root with NET_BIND_SERVICE can listen on a port below 1024; another program"
            " ends at once."
        ),
    ),
    RulePair(
        rule="privileged_port_can_be_bound: by root with the capability",
        rejected=containers("web: {image: 'app:1', port: 80, user: '0:0', capabilities: [CHOWN]}"),
        accepted=containers("web: {image: 'app:1', port: 80, user: '0:0', capabilities: [NET_BIND_SERVICE]}"),
        message=(
            "ecs.services.web.containers.web.port: the user 0:0 cannot listen on port 80\n"
            "fix: listen on a port from 1024 on, such as 8080; set user to '0:0' and add NET_BIND_SERVICE to "
            "capabilities; or acknowledge that the program can by a capability of its file\n"
            "why: In a task, only root with NET_BIND_SERVICE can listen on a port below 1024; another program"
            " ends at once."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
