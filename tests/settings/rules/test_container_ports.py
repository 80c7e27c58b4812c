"""Rules of the ports of containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, service

CONFIGURATION = "'arn:aws:ssm:eu-west-1:111122223333:parameter/shop/collector'"
AGENT = "sidecars: {cloudwatch_agent: {namespace: Shop}}"
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
