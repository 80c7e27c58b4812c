"""Rules of Network Load Balancers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

GAME = "      containers: {web: {image: 'app:1', port: 8080, additional_ports: {game: {port: 7777, protocol: udp}}}}\n"
TWO = GAME.replace("game:", "chat: {port: 7778, protocol: udp}, game:")
CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/0123"


def network(listener: str, routing: str = "", *, balancer: str = "", further: str = "", container: str = GAME) -> str:
    """A service behind a Network Load Balancer with a listener `game`."""
    stated = balancer or f"allowed_cidrs: [10.0.0.0/8], listeners: {{game: {{{listener}}}}}"
    return service(
        f"network_routings: {{game: {{load_balancer: edge, listener: game{routing}}}{further}}}",
        container=container,
        before=f"  network_load_balancers: {{edge: {{{stated}}}}}\n",
    )


PAIRS = (
    RulePair(
        rule="network_routing_has_a_listener",
        rejected=network("port: 80", further=", more: {load_balancer: edges, listener: game}"),
        accepted=network("port: 80"),
        message=(
            "ecs.services.web.network_routings.more.load_balancer: there is no ecs.network_load_balancers.edges\n"
            "fix: did you mean edge?\n"
            "why: Connections reach a service through a listener, whose port the load balancer opens to clients."
        ),
    ),
    RulePair(
        rule="network_routing_has_a_listener: of that name",
        rejected=network("port: 80", further=", more: {load_balancer: edge, listener: games}"),
        accepted=network("port: 80"),
        message=(
            "ecs.services.web.network_routings.more.listener: ecs.network_load_balancers.edge.listeners has no "
            "games\n"
            "fix: did you mean game?\n"
            "why: Connections reach a service through a listener, whose port the load balancer opens to clients."
        ),
    ),
    RulePair(
        rule="network_listener_is_used",
        rejected=network("", balancer="allowed_cidrs: [10.0.0.0/8], listeners: {game: {port: 80}, spare: {port: 81}}"),
        accepted=network("port: 80"),
        message=(
            "ecs.network_load_balancers.edge.listeners.spare: no network_routings of a service names this "
            "listener\n"
            "fix: add one, or remove the listener\n"
            "why: A service creates the listener; without one, the port is open and nothing listens on it."
        ),
    ),
    RulePair(
        rule="network_listeners_have_different_ports",
        rejected=network(
            "",
            balancer="allowed_cidrs: [10.0.0.0/8], listeners: {game: {port: 80}, more: {port: 80, protocol: UDP}}",
            further=", more: {load_balancer: edge, listener: more, health_check_port: 8080}",
        ),
        accepted=network(
            "",
            balancer="allowed_cidrs: [10.0.0.0/8], listeners: {game: {port: 80}, more: {port: 81, protocol: UDP}}",
            further=", more: {load_balancer: edge, listener: more, health_check_port: 8080}",
        ),
        message=(
            "ecs.network_load_balancers.edge.listeners.more.port: 80 is not allowed\n"
            "allowed: a port other than that of game\n"
            "why: A load balancer listens once on a port; for TCP and UDP on one port, there is the protocol "
            "TCP_UDP."
        ),
    ),
    RulePair(
        rule="network_listener_for_tls_has_a_certificate",
        rejected=network("port: 443, protocol: TLS"),
        accepted=network(f"port: 443, protocol: TLS, certificate_arn: '{CERTIFICATE}'"),
        message=(
            "ecs.network_load_balancers.edge.listeners.game: protocol is TLS, but there is no certificate_arn\n"
            "fix: add certificate_arn\n"
            "why: The load balancer decrypts TLS with the certificate, and no other protocol."
        ),
    ),
    RulePair(
        rule="network_listener_for_tls_has_a_certificate: and no other",
        rejected=network(f"port: 443, certificate_arn: '{CERTIFICATE}'"),
        accepted=network("port: 443"),
        message=(
            "ecs.network_load_balancers.edge.listeners.game.certificate_arn: there is a certificate_arn, but "
            "protocol is TCP\n"
            "fix: remove certificate_arn, or set protocol to TLS\n"
            "why: The load balancer decrypts TLS with the certificate, and no other protocol."
        ),
    ),
    RulePair(
        rule="network_routing_has_one_container_port: for both",
        rejected=network("port: 80, protocol: TCP_UDP"),
        accepted=network("port: 80, protocol: TCP_UDP", container=GAME.replace("7777", "8080")),
        message=(
            "ecs.services.web.network_routings.game: no container has such a port for TCP and UDP\n"
            "fix: add port or additional_ports with TCP and UDP to a container\n"
            "why: A target is one port of one container, which serves the protocol of the listener on it."
        ),
    ),
    RulePair(
        rule="network_routing_has_one_container_port: not two",
        rejected=network("port: 80, protocol: UDP", ", health_check_port: 8080", container=TWO),
        accepted=network("port: 80, protocol: UDP", ", health_check_port: 8080, container_port: 7777", container=TWO),
        message=(
            "ecs.services.web.network_routings.game: ports 7778 of web and 7777 of web are for UDP\n"
            "fix: name one in container and container_port\n"
            "why: A target is one port of one container, which serves the protocol of the listener on it."
        ),
    ),
    RulePair(
        rule="network_health_check_has_a_path",
        rejected=network("port: 80", ", health_check_protocol: HTTP"),
        accepted=network("port: 80", ", health_check_protocol: HTTP, health_check_path: /health"),
        message=(
            "ecs.services.web.network_routings.game.health_check_path: health_check_protocol is HTTP, but there "
            "is no health_check_path\n"
            "fix: add health_check_path\n"
            "why: A health check by HTTP asks for a path, and one by TCP only connects."
        ),
    ),
    RulePair(
        rule="network_health_check_has_a_path: and TCP none",
        rejected=network("port: 80", ", health_check_path: /health"),
        accepted=network("port: 80"),
        message=(
            "ecs.services.web.network_routings.game.health_check_path: health_check_protocol is TCP, which has "
            "no path\n"
            "fix: remove health_check_path, or use HTTP\n"
            "why: A health check by HTTP asks for a path, and one by TCP only connects."
        ),
    ),
    RulePair(
        rule="network_target_fits_its_listener",
        rejected=network("port: 80", ", protocol: TLS"),
        accepted=network(f"port: 80, protocol: TLS, certificate_arn: '{CERTIFICATE}'", ", protocol: TLS"),
        message=(
            "ecs.services.web.network_routings.game.protocol: the protocol of the listener is TCP, which "
            "forwards connections as they are\n"
            "fix: remove protocol\n"
            "why: What a target group can do depends on the protocol of its listener."
        ),
    ),
    RulePair(
        rule="network_target_fits_its_listener: UDP is UDP",
        rejected=network("port: 80, protocol: UDP", ", health_check_port: 8080, protocol: TCP"),
        accepted=network("port: 80", ", health_check_port: 8080, protocol: TCP"),
        message=(
            "ecs.services.web.network_routings.game.protocol: the protocol of the listener is UDP, which "
            "forwards connections as they are\n"
            "fix: remove protocol\n"
            "why: What a target group can do depends on the protocol of its listener."
        ),
    ),
    RulePair(
        rule="network_target_fits_its_listener: client addresses",
        rejected=network("port: 80, protocol: UDP", ", health_check_port: 8080, preserve_client_ip: false"),
        accepted=network("port: 80", ", health_check_port: 8080, preserve_client_ip: false"),
        message=(
            "ecs.services.web.network_routings.game.preserve_client_ip: the protocol of the listener is UDP, "
            "which always preserves it\n"
            "fix: remove preserve_client_ip\n"
            "why: What a target group can do depends on the protocol of its listener."
        ),
    ),
    RulePair(
        rule="network_target_fits_its_listener: sticky sessions",
        rejected=network(f"port: 80, protocol: TLS, certificate_arn: '{CERTIFICATE}'", ", stickiness: true"),
        accepted=network("port: 80", ", stickiness: true"),
        message=(
            "ecs.services.web.network_routings.game.stickiness: the protocol of the listener is TLS, which has "
            "no sticky sessions\n"
            "fix: remove stickiness, or use TCP\n"
            "why: What a target group can do depends on the protocol of its listener."
        ),
    ),
    RulePair(
        rule="udp_target_has_a_port_for_health_checks",
        rejected=network("port: 80, protocol: UDP"),
        accepted=network("port: 80, protocol: UDP", ", health_check_port: 8080"),
        message=(
            "ecs.services.web.network_routings.game.health_check_port: the listener is for UDP, and no container "
            "has the TCP port 7777, which health checks connect to\n"
            "fix: name a TCP port of a container here\n"
            "why: There is no health check by UDP: it connects by TCP, and without an answer the target is never "
            "healthy."
        ),
    ),
    RulePair(
        rule="udp_target_has_a_port_for_health_checks: of a container",
        rejected=network("port: 80, protocol: UDP", ", health_check_port: 8081"),
        accepted=network("port: 80, protocol: UDP", ", health_check_port: 8080"),
        message=(
            "ecs.services.web.network_routings.game.health_check_port: the listener is for UDP, and no container "
            "has the TCP port 8081, which health checks connect to\n"
            "fix: name a TCP port of a container here\n"
            "why: There is no health check by UDP: it connects by TCP, and without an answer the target is never "
            "healthy."
        ),
    ),
    RulePair(
        rule="network_clients_can_connect",
        rejected=network("", balancer="listeners: {game: {port: 80}}"),
        accepted=network("port: 80"),
        message=(
            "ecs.network_load_balancers.edge.allowed_cidrs: scheme is internal, and no client of it is allowed\n"
            "fix: add the CIDR blocks of the clients\n"
            "why: Nobody reaches the services behind the load balancer."
        ),
    ),
    RulePair(
        rule="network_clients_can_connect: on the internet",
        rejected=network(
            "", balancer="scheme: internet-facing, allowed_cidrs: [10.0.0.0/8], listeners: {game: {port: 80}}"
        ),
        accepted=network(
            "", balancer="scheme: internet-facing, allowed_cidrs: [198.41.128.0/24], listeners: {game: {port: 80}}"
        ),
        message=(
            "ecs.network_load_balancers.edge.allowed_cidrs: scheme is internet-facing, and no client of it is "
            "allowed\n"
            "fix: add the CIDR blocks of the clients\n"
            "why: Nobody reaches the services behind the load balancer."
        ),
    ),
    RulePair(
        rule="network_listener_has_one_service",
        rejected=network("port: 80", further=", more: {load_balancer: edge, listener: game}"),
        accepted=network("port: 80"),
        message=(
            "ecs.services.web.network_routings.more.listener: game is also the listener of "
            "ecs.services.web.network_routings.game\n"
            "fix: add another one to ecs.network_load_balancers.edge.listeners\n"
            "why: A listener of a Network Load Balancer forwards to one target group."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
