"""Rules of who can connect to a service."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, LOAD_BALANCER, RulePair, other, service

NAMESPACE = CAPACITY + "  namespace: {name: shop.internal}\n"
PRIVATE = CAPACITY + "  namespace: {name: shop.internal, kind: private_dns}\n"
HTTP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http, port_app_protocol: http}}\n"
BALANCED = NAMESPACE + LOAD_BALANCER
ROUTED = "routing: {priority: 10, path_patterns: [/*]}"
GROUPS = [f"sg-0000000{number}" for number in range(3)]
SERVES = "service_connect: {serves: {web: {port_name: http}}}"
WORKER = "  queue_workers:\n    mail:\n      containers: {web: {image: 'app:1'}}\n"
SEED = "  standalone_tasks:\n    seed:\n      containers: {web: {image: 'app:1'}}\n"
WINDOWS = "".join(
    f"      {line}\n"
    for line in (
        "operating_system: windows_server_2022_core",
        "architecture: x86_64",
        "cpu_units: 1024",
        "memory_mib: 2048",
    )
)
SHIFTED = "deployment: {strategy: BLUE_GREEN, rollback_alarms: {alarm_names: [x]}}"


def _web(*lines: str, before: str = NAMESPACE, container: str = HTTP) -> str:
    return service(*lines, before=before, container=container)


PAIRS = (
    RulePair(
        rule="reachable_service_listens",
        rejected=_web("reachable_from: [web]", container="      containers: {web: {image: 'app:1'}}\n"),
        accepted=_web("reachable_from: [web]"),
        message=(
            "ecs.services.web.reachable_from: there is reachable_from, but no container has a port\n"
            "fix: set port of a container, or remove reachable_from\n"
            "why: There is no port to open."
        ),
    ),
    RulePair(
        rule="service_connect_is_for_linux",
        rejected=_web(
            "service_connect: {}",
            "operating_system: windows_server_2022_core",
            "architecture: x86_64",
            "cpu_units: 1024",
            "memory_mib: 2048",
        ),
        accepted=_web(
            "operating_system: windows_server_2022_core",
            "architecture: x86_64",
            "cpu_units: 1024",
            "memory_mib: 2048",
        ),
        message=(
            "ecs.services.web.service_connect: there is service_connect, and operating_system is "
            "windows_server_2022_core\n"
            "fix: use service_discovery\n"
            "why: The proxy of Service Connect is a Linux container."
        ),
    ),
    RulePair(
        rule="shift_has_no_service_discovery",
        rejected=_web(SHIFTED, "service_discovery: {}", before=PRIVATE),
        accepted=_web("service_discovery: {}", before=PRIVATE),
        message=(
            "ecs.services.web.service_discovery: there is service_discovery, and strategy is BLUE_GREEN\n"
            "fix: use service_connect, or ROLLING\n"
            "why: Records have the addresses of old tasks and of new ones: Amazon ECS cannot shift who "
            "connects to which."
        ),
    ),
    RulePair(
        rule="admitted_service_comes_once",
        rejected=_web("reachable_from: [web, web]"),
        accepted=_web("reachable_from: [web]"),
        message=(
            "ecs.services.web.reachable_from[1]: 'web' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A security group has each rule once, and a network interface each security group."
        ),
    ),
    RulePair(
        rule="served_port_is_reachable",
        rejected=_web(SERVES),
        accepted=_web(SERVES, "reachable_from: [web]"),
        message=(
            "ecs.services.web.service_connect.serves: a port is served, and there is no reachable_from\n"
            "fix: name the services that may connect in reachable_from\n"
            "why: The proxies of other services know the name, and their connections are dropped."
        ),
    ),
    RulePair(
        rule="caller_knows_the_names",
        rejected=_web(SERVES, "reachable_from: [other]") + other(),
        accepted=_web(SERVES, "reachable_from: [other]") + other("service_connect: {}"),
        message=(
            "ecs.services.web.reachable_from[0]: the service other has no service_connect\n"
            "fix: add service_connect: {} to other\n"
            "why: A name of Service Connect is known to tasks with its proxy only, which tasks without a service "
            "cannot have."
        ),
    ),
    RulePair(
        rule="caller_knows_the_names: of a queue worker",
        rejected=_web(SERVES, "reachable_from: [mail]") + WORKER,
        accepted=_web(SERVES, "reachable_from: [mail]") + WORKER + "      service_connect: {}\n",
        message=(
            "ecs.services.web.reachable_from[0]: the queue worker mail has no service_connect\n"
            "fix: add service_connect: {} to mail\n"
            "why: A name of Service Connect is known to tasks with its proxy only, which tasks without a service "
            "cannot have."
        ),
    ),
    RulePair(
        rule="caller_knows_the_names: of a task without a service",
        rejected=_web(SERVES, "reachable_from: [seed]", before=PRIVATE) + SEED,
        accepted=_web(SERVES, "reachable_from: [seed]", "service_discovery: {name: web2}", before=PRIVATE) + SEED,
        message=(
            "ecs.services.web.reachable_from[0]: the standalone task seed has no service_connect\n"
            "fix: add service_discovery\n"
            "why: A name of Service Connect is known to tasks with its proxy only, which tasks without a service "
            "cannot have."
        ),
    ),
    RulePair(
        rule="service_connect_is_for_linux: of a queue worker",
        rejected=_web() + WORKER + WINDOWS + "      service_connect: {}\n",
        accepted=_web() + WORKER + WINDOWS,
        message=(
            "ecs.queue_workers.mail.service_connect: there is service_connect, and operating_system is "
            "windows_server_2022_core\n"
            "fix: use service_discovery\n"
            "why: The proxy of Service Connect is a Linux container."
        ),
    ),
    RulePair(
        rule="interface_has_few_security_groups",
        rejected=_web(ROUTED, "reachable_from: [web]", f"security_group_ids: [{', '.join(GROUPS)}]", before=BALANCED),
        accepted=_web(
            ROUTED, "reachable_from: [web]", f"security_group_ids: [{', '.join(GROUPS[1:])}]", before=BALANCED
        ),
        message=(
            "ecs.services.web.security_group_ids: the tasks have 6 security groups, those that are made here "
            "among them\n"
            "fix: remove 1, or acknowledge that the quota of the account is higher\n"
            "why: A network interface has five security groups, unless the quota of the account is raised."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
