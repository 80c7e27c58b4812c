"""Rules of how services find and reach each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, CONTAINER, HEAD, RulePair, other, service

NAMESPACE = CAPACITY + "  namespace: {name: shop.internal}\n"
PRIVATE = CAPACITY + "  namespace: {name: shop.internal, kind: private_dns}\n"
HTTP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http, port_app_protocol: http}}\n"
TCP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http}}\n"
SERVES = "service_connect: {serves: {web: {port_name: http}}}"


def _web(*lines: str, before: str = NAMESPACE, container: str = HTTP) -> str:
    return service(*lines, before=before, container=container)


def _database(name: str) -> str:
    group = f"{{security_group_id: sg-0123456789abcdef0, port: 5432, reachable_from: [{name}]}}"
    return CAPACITY + f"  reachable_security_groups: {{database: {group}}}\n"


def _task(kind: str, name: str, *lines: str) -> str:
    """A task without a port, to append to a file with services."""
    stated = ["containers: {web: {image: 'app:1'}}", *lines]
    return f"  {kind}:\n    {name}:\n" + "".join(f"      {line}\n" for line in stated)


PAIRS = (
    RulePair(
        rule="caller_is_a_service: without any service",
        rejected=HEAD + "ecs:\n" + _database("web"),
        accepted=service(before=_database("web"), container=TCP),
        message=(
            "ecs.reachable_security_groups.database.reachable_from[0]: 'web' is not allowed\n"
            "allowed: the name of a service, a queue worker, or another task (none yet)\n"
            "why: Tasks are admitted by a security group that those of one name have, and one that is not in the "
            "file has none."
        ),
    ),
    RulePair(
        rule="caller_is_a_service",
        rejected=_web("reachable_from: [othr]") + other(),
        accepted=_web("reachable_from: [other]") + other(),
        message=(
            "ecs.services.web.reachable_from[0]: 'othr' is not allowed\n"
            "allowed: the name of a service, a queue worker, or another task (web and other)\n"
            "fix: did you mean other?\n"
            "why: Tasks are admitted by a security group that those of one name have, and one that is not in the "
            "file has none."
        ),
    ),
    RulePair(
        rule="caller_is_a_service: of a database",
        rejected=_web(before=_database("orders")),
        accepted=_web(before=_database("web")),
        message=(
            "ecs.reachable_security_groups.database.reachable_from[0]: 'orders' is not allowed\n"
            "allowed: the name of a service, a queue worker, or another task (web)\n"
            "why: Tasks are admitted by a security group that those of one name have, and one that is not in the "
            "file has none."
        ),
    ),
    RulePair(
        rule="caller_is_of_one_kind",
        rejected=_web("reachable_from: [mail]") + _task("queue_workers", "mail") + _task("standalone_tasks", "mail"),
        accepted=_web("reachable_from: [mail]") + _task("queue_workers", "mail") + _task("standalone_tasks", "mails"),
        message=(
            "ecs.services.web.reachable_from[0]: mail is the name of ecs.standalone_tasks.mail and "
            "ecs.queue_workers.mail\n"
            "fix: rename one of them\n"
            "why: It would be left open whose tasks are admitted."
        ),
    ),
    RulePair(
        rule="served_port_has_its_name",
        rejected=_web("service_connect: {serves: {web: {port_name: https}}}", "reachable_from: [web]"),
        accepted=_web(SERVES, "reachable_from: [web]"),
        message=(
            "ecs.services.web.service_connect.serves.web.port_name: 'https' is not allowed\n"
            "allowed: a port_name, or a name in additional_ports (http)\n"
            "why: Amazon ECS refuses a port name that no port mapping of the task definition has."
        ),
    ),
    RulePair(
        rule="served_port_has_its_name: without any port",
        rejected=_web(
            "service_connect: {serves: {web: {port_name: http}}}",
            "reachable_from: [web]",
            container="      containers: {web: {image: 'app:1', port: 8080}}\n",
        ),
        accepted=_web(SERVES, "reachable_from: [web]"),
        message=(
            "ecs.services.web.service_connect.serves.web.port_name: 'http' is not allowed\n"
            "allowed: a port_name, or a name in additional_ports (none yet)\n"
            "why: Amazon ECS refuses a port name that no port mapping of the task definition has."
        ),
    ),
    RulePair(
        rule="port_name_is_of_one_port",
        rejected=_web(container="      containers: {web: {image: 'app:1', port_name: http}}\n"),
        accepted=_web(),
        message=(
            "ecs.services.web.containers.web.port_name: there is port_name, but no port\n"
            "fix: add port\n"
            "why: A name and a protocol are those of a port, and Amazon ECS refuses two ports of one name in "
            "a task."
        ),
    ),
    RulePair(
        rule="port_name_is_of_one_port: one name",
        rejected=_web(
            container=CONTAINER.replace("8080", "8080, port_name: http, additional_ports: {http: {port: 9090}}")
        ),
        accepted=_web(
            container=CONTAINER.replace("8080", "8080, port_name: http, additional_ports: {https: {port: 9090}}")
        ),
        message=(
            "ecs.services.web.containers.web.port_name: 'http' is not allowed\n"
            "allowed: a name that no other port of the task has\n"
            "why: A name and a protocol are those of a port, and Amazon ECS refuses two ports of one name in "
            "a task."
        ),
    ),
    RulePair(
        rule="port_name_is_of_one_port: that has a protocol",
        rejected=_web(container=CONTAINER.replace("8080", "8080, port_app_protocol: grpc")),
        accepted=_web(container=CONTAINER.replace("8080", "8080, port_name: grpc, port_app_protocol: grpc")),
        message=(
            "ecs.services.web.containers.web.port_app_protocol: there is port_app_protocol, but no port_name\n"
            "fix: add port_name\n"
            "why: A name and a protocol are those of a port, and Amazon ECS refuses two ports of one name in "
            "a task."
        ),
    ),
    RulePair(
        rule="request_timeout_is_of_requests",
        rejected=_web(
            "service_connect: {serves: {web: {port_name: http, request_timeout_seconds: 5}}}",
            "reachable_from: [web]",
            container=TCP,
        ),
        accepted=_web(
            "service_connect: {serves: {web: {port_name: http, request_timeout_seconds: 5}}}",
            "reachable_from: [web]",
        ),
        message=(
            "ecs.services.web.service_connect.serves.web.request_timeout_seconds: the port http has no "
            "application protocol\n"
            "fix: set port_app_protocol, or app_protocol in additional_ports, or remove "
            "request_timeout_seconds\n"
            "why: Amazon ECS refuses a timeout of requests where the proxy sees TCP connections only."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
