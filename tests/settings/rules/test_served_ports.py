"""Rules of the names and ports that Service Connect serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, RulePair, service

NAMESPACE = CAPACITY + "  namespace: {name: shop.internal}\n"
HTTP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http, port_app_protocol: http}}\n"
TCP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http}}\n"
SERVES = "service_connect: {serves: {web: {port_name: http}}}"
TESTED = "service_connect: {serves: {web: {port_name: http, test_traffic: {header_name: x-test}}}}"
TWO_PORTS = (
    "service_connect: {serves: {web: {port_name: http, client_port: 80}, "
    "admin: {port_name: admin, client_name: web, client_port: %d}}}"
)
TWO_NAMES = HTTP.replace("port: 8080", "port: 8080, additional_ports: {admin: {port: 9000}}")
DNS = "      containers: {web: {image: 'app:1', additional_ports: {http: {port: 5353, protocol: %s}}}}\n"
SHIFTED = "deployment: {strategy: BLUE_GREEN, rollback_alarms: {alarm_names: [x]}}"


def _web(*lines: str, before: str = NAMESPACE, container: str = HTTP) -> str:
    return service(*lines, before=before, container=container)


PAIRS = (
    RulePair(
        rule="client_name_leads_to_one_port",
        rejected=_web(TWO_PORTS % 80, "reachable_from: [web]", container=TWO_NAMES),
        accepted=_web(TWO_PORTS % 81, "reachable_from: [web]", container=TWO_NAMES),
        message=(
            "ecs.services.web.service_connect.serves.admin: clients connect to web:80, which is also that of "
            "ecs.services.web.service_connect.serves.web\n"
            "fix: use another client_name or client_port\n"
            "why: A client that uses the name and the port reaches one of them, and which one is not documented."
        ),
    ),
    RulePair(
        rule="served_port_is_of_tcp",
        rejected=_web(SERVES, "reachable_from: [web]", container=DNS % "udp"),
        accepted=_web(SERVES, "reachable_from: [web]", container=DNS % "tcp"),
        message=(
            "ecs.services.web.service_connect.serves.web.port_name: the protocol of http is udp\n"
            "fix: use service_discovery or a Network Load Balancer\n"
            "why: The proxy of Service Connect listens for TCP, so clients reach nothing by UDP."
        ),
    ),
    RulePair(
        rule="test_requests_have_tasks_to_reach",
        rejected=_web(TESTED, "reachable_from: [web]"),
        accepted=_web(TESTED, "reachable_from: [web]", SHIFTED),
        message=(
            "ecs.services.web.service_connect.serves.web.test_traffic: there is test_traffic, and strategy is ROLLING\n"
            "fix: remove test_traffic, or use BLUE_GREEN, LINEAR, or CANARY\n"
            "why: The header marks nothing: there are no new tasks to test, or the proxy sees TCP connections only."
        ),
    ),
    RulePair(
        rule="test_requests_have_tasks_to_reach: of TCP",
        rejected=_web(TESTED, "reachable_from: [web]", SHIFTED, container=TCP),
        accepted=_web(TESTED, "reachable_from: [web]", SHIFTED),
        message=(
            "ecs.services.web.service_connect.serves.web.test_traffic: the port http of web has no application "
            "protocol\n"
            "fix: set port_app_protocol, or app_protocol in additional_ports, or remove test_traffic\n"
            "why: The header marks nothing: there are no new tasks to test, or the proxy sees TCP connections only."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
