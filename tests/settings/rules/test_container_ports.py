"""Rules of the ports of containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, LOAD_BALANCER, RulePair, containers, service

CONFIGURATION = "'arn:aws:ssm:eu-west-1:111122223333:parameter/shop/collector'"
AGENT = "sidecars: {cloudwatch_agent: {namespace: Shop}}"
RANGE = "{first_port: 9000, last_port: 9099}"
STATSD = "{statsd: {port: 8125, protocol: udp}}"
ROUTER = "log_router: {destination: {kind: s3, bucket_arn: 'arn:aws:s3:::logs', prefix: web}}"


def _with_sidecars(container: str, sidecars: str) -> str:
    return service(
        sidecars, "memory_mib: 1024", container=f"      containers: {{web: {{image: 'app:1', {container}}}}}\n"
    )


def _taken(key: str, port: int, by: str) -> str:
    return (
        f"ecs.services.web.containers.web.{key}: {port} is not allowed\n"
        f"allowed: a port other than that of {by}\n"
        "why: The containers of a task share a network interface, on which one process can listen on a port."
    )


def _overlap(container: str, ports: str, other: str) -> str:
    return (
        f"ecs.services.web.containers.{container}.port_ranges[0]: '{ports}' is not allowed\n"
        f"allowed: ports other than {other}\n"
        "why: A port is in one mapping of a container, whatever the protocol, and of one container of a task."
    )


def _routed(port: str) -> str:
    return HEAD + (
        f"ecs:\n{LOAD_BALANCER}  services:\n    web:\n      routing: {{path_patterns: ['/*']}}\n"
        "      containers: {web: {image: 'app:1', port: 8080, additional_ports: "
        f"{{quic: {{port: {port}, protocol: udp}}}}}}}}\n"
    )


PAIRS = (
    RulePair(
        rule="containers_listen_on_different_ports",
        rejected=containers("web: {image: 'app:1', port: 8080}", "log: {image: 'app:1', port: 8080}"),
        accepted=containers("web: {image: 'app:1', port: 8080}", "log: {image: 'app:1', port: 8081}"),
        message=(
            "ecs.services.web.containers.log.port: 8080 is not allowed\n"
            "allowed: a port other than that of container web\n"
            "why: The containers of a task share a network interface, on which one process can listen on a "
            "port."
        ),
    ),
    RulePair(
        rule="containers_listen_on_different_ports: than a sidecar",
        rejected=_with_sidecars("port: 4317", "sidecars: {collector: {}}"),
        accepted=_with_sidecars("port: 4316", "sidecars: {collector: {}}"),
        message=_taken("port", 4317, "sidecars.collector"),
    ),
    RulePair(
        rule="containers_listen_on_different_ports: with its own configuration",
        rejected=_with_sidecars("port: 4318", "sidecars: {collector: {}}"),
        accepted=_with_sidecars(
            "port: 4318", f"sidecars: {{collector: {{configuration_parameter_arn: {CONFIGURATION}}}}}"
        ),
        message=_taken("port", 4318, "sidecars.collector"),
    ),
    RulePair(
        rule="containers_listen_on_different_ports: than the agent",
        rejected=_with_sidecars(f"additional_ports: {STATSD}", AGENT),
        accepted=_with_sidecars(f"additional_ports: {STATSD}".replace("udp", "tcp"), AGENT),
        message=_taken("additional_ports.statsd.port", 8125, "sidecars.cloudwatch_agent"),
    ),
    RulePair(
        rule="containers_listen_on_different_ports: than the log router",
        rejected=_with_sidecars("port: 24224", ROUTER),
        accepted=_with_sidecars("port: 24225", ROUTER),
        message=_taken("port", 24224, "log_router"),
    ),
    RulePair(
        rule="port_range_ascends",
        rejected=containers("web: {image: 'app:1', port_ranges: [{first_port: 9001, last_port: 9000}]}"),
        accepted=containers("web: {image: 'app:1', port_ranges: [{first_port: 9000, last_port: 9001}]}"),
        message=(
            "ecs.services.web.containers.web.port_ranges[0].last_port: 9000 is not allowed\n"
            "allowed: a port greater than first_port, which is 9001\n"
            "why: Amazon ECS refuses a range whose first port is not less than its last port."
        ),
    ),
    RulePair(
        rule="port_range_ascends: one port",
        rejected=containers("web: {image: 'app:1', port_ranges: [{first_port: 9000, last_port: 9000}]}"),
        accepted=containers("web: {image: 'app:1', port: 9000}"),
        message=(
            "ecs.services.web.containers.web.port_ranges[0].last_port: 9000 is not allowed\n"
            "allowed: a port greater than first_port, which is 9000\n"
            "fix: for one port, use port or additional_ports\n"
            "why: Amazon ECS refuses a range whose first port is not less than its last port."
        ),
    ),
    RulePair(
        rule="port_ranges_overlap_nothing",
        rejected=containers(f"web: {{image: 'app:1', port: 9099, port_ranges: [{RANGE}]}}"),
        accepted=containers(f"web: {{image: 'app:1', port: 9100, port_ranges: [{RANGE}]}}"),
        message=_overlap("web", "9000-9099", "9099 of port"),
    ),
    RulePair(
        rule="port_ranges_overlap_nothing: of another protocol",
        rejected=containers(
            f"web: {{image: 'app:1', additional_ports: {{a: {{port: 9000, protocol: udp}}}}, port_ranges: [{RANGE}]}}"
        ),
        accepted=containers(
            f"web: {{image: 'app:1', port_ranges: [{RANGE}]}}",
            "log: {image: 'app:1', additional_ports: {a: {port: 9000, protocol: udp}}}",
        ),
        message=_overlap("web", "9000-9099", "9000 of additional_ports.a"),
    ),
    RulePair(
        rule="port_ranges_overlap_nothing: of another container",
        rejected=containers(
            f"web: {{image: 'app:1', port_ranges: [{RANGE}]}}",
            "log: {image: 'app:1', port_ranges: [{first_port: 8000, last_port: 9000}]}",
        ),
        accepted=containers(
            f"web: {{image: 'app:1', port_ranges: [{RANGE}]}}",
            "log: {image: 'app:1', port_ranges: [{first_port: 8000, last_port: 8999}]}",
        ),
        message=_overlap("log", "8000-9000", "9000-9099 of container web"),
    ),
    RulePair(
        rule="port_ranges_overlap_nothing: of a sidecar",
        rejected=_with_sidecars("port_ranges: [{first_port: 8100, last_port: 8199, protocol: udp}]", AGENT),
        accepted=_with_sidecars("port_ranges: [{first_port: 8100, last_port: 8199}]", AGENT),
        message=_overlap("web", "8100-8199", "8125 of sidecars.cloudwatch_agent"),
    ),
    RulePair(
        rule="routed_port_has_one_protocol",
        rejected=_routed("8080"),
        accepted=_routed("8081"),
        message=(
            "ecs.services.web.containers.web.additional_ports.quic.port: 8080 is not allowed\n"
            "allowed: a port other than the one that the load balancer forwards to\n"
            "why: Amazon ECS refuses a service whose load balancer uses a port that is in two mappings of its "
            "container."
        ),
    ),
    RulePair(
        rule="port_name_comes_once",
        rejected=containers(
            "web: {image: 'app:1', additional_ports: {metrics: {port: 9090}}}",
            "log: {image: 'app:1', additional_ports: {metrics: {port: 9091}}}",
        ),
        accepted=containers(
            "web: {image: 'app:1', additional_ports: {metrics: {port: 9090}}}",
            "log: {image: 'app:1', additional_ports: {log-metrics: {port: 9091}}}",
        ),
        message=(
            "ecs.services.web.containers.log.additional_ports.metrics: container web has a port of this name\n"
            "fix: choose another name\n"
            "why: A service names a port of its task by this name alone, and the AWS CDK refuses two containers with "
            "one."
        ),
    ),
    RulePair(
        rule="application_protocol_is_over_tcp",
        rejected=containers(
            "web: {image: 'app:1', additional_ports: {a: {port: 9, protocol: udp, app_protocol: grpc}}}"
        ).replace("port: 9,", "port: 9000,"),
        accepted=containers(
            "web: {image: 'app:1', additional_ports: {a: {port: 9000, protocol: tcp, app_protocol: grpc}}}"
        ),
        message=(
            "ecs.services.web.containers.web.additional_ports.a.app_protocol: it is grpc, and the protocol is udp\n"
            "fix: remove app_protocol, or set protocol to tcp\n"
            "why: HTTP, HTTP/2, and gRPC are over TCP, and so is what Service Connect forwards."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
