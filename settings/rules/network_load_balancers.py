"""Rules of Network Load Balancers, and of services behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from reference_constructs.ecs.service_ports import listening_ports
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, is_private, listed
from settings.rules.routing_subjects import (
    listened_routings,
    network_load_balancers,
    network_routings,
    new_network_load_balancers,
)
from settings.rules.rule import rule, warning

_BALANCER: Final = "ecs.network_load_balancers.<name>"
_LISTENER: Final = f"{_BALANCER}.listeners.<name>"
_ROUTING: Final = "ecs.services.<name>.network_routings.<name>"
_PROTOCOLS: Final[Mapping[str, tuple[str, ...]]] = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}
_TCP: Final = ("tcp",)


@rule(
    "Listeners for your Network Load Balancers",
    keys=(f"{_ROUTING}.load_balancer", f"{_ROUTING}.listener", _BALANCER),
)
def network_routing_has_a_listener(environment: Environment) -> Iterator[Problem]:
    """Connections reach a service through a listener, whose port the load balancer opens to clients."""
    balancers = {name: balancer for _, name, balancer in network_load_balancers(environment)}
    for path, _, routing in network_routings(environment):
        name = routing.load_balancer
        if name not in balancers:
            yield Problem(
                path=(*path, "load_balancer"),
                finding=f"there is no ecs.network_load_balancers.{name}",
                fix=did_you_mean(name, balancers) or "add it, or name another one",
            )
        elif routing.listener not in balancers[name].listeners:
            known = balancers[name].listeners
            yield Problem(
                path=(*path, "listener"),
                finding=f"ecs.network_load_balancers.{name}.listeners has no {routing.listener}",
                fix=did_you_mean(routing.listener, known) or "add it, or name another one",
            )


@rule("docs/adr/0038: ways in", keys=(_LISTENER,))
def network_listener_is_used(environment: Environment) -> Iterator[Problem]:
    """A service creates the listener; without one, the port is open and nothing listens on it."""
    used = {(routing.load_balancer, routing.listener) for _, _, routing in network_routings(environment)}
    for path, name, balancer in network_load_balancers(environment):
        for listener in balancer.listeners:
            if (name, listener) not in used:
                yield Problem(
                    path=(*path, "listeners", listener),
                    finding="no network_routings of a service names this listener",
                    fix="add one, or remove the listener",
                )


@rule("Listeners for your Network Load Balancers", keys=(f"{_LISTENER}.port",))
def network_listeners_have_different_ports(environment: Environment) -> Iterator[Problem]:
    """A load balancer listens once on a port; for TCP and UDP on one port, there is the protocol TCP_UDP."""
    for path, _, balancer in network_load_balancers(environment):
        owners: dict[int, str] = {}
        for name, listener in balancer.listeners.items():
            owner = owners.setdefault(listener.port, name)
            if owner != name:
                yield Problem(
                    path=(*path, "listeners", name, "port"),
                    value=listener.port,
                    allowed=f"a port other than that of {owner}",
                )


@rule(
    "TLS listeners for your Network Load Balancer; Listeners for your Network Load Balancers",
    keys=(_LISTENER, f"{_LISTENER}.protocol", f"{_LISTENER}.certificate_arn"),
)
def network_listener_for_tls_has_a_certificate(environment: Environment) -> Iterator[Problem]:
    """The load balancer decrypts TLS with the certificate, and no other protocol."""
    for path, _, balancer in network_load_balancers(environment):
        for name, listener in balancer.listeners.items():
            if (listener.protocol == "TLS") != (listener.certificate_arn is not None):
                is_tls = listener.protocol == "TLS"
                yield Problem(
                    path=(*path, "listeners", name, *(() if is_tls else ("certificate_arn",))),
                    finding="protocol is TLS, but there is no certificate_arn"
                    if is_tls
                    else f"there is a certificate_arn, but protocol is {listener.protocol}",
                    fix="add certificate_arn" if is_tls else "remove certificate_arn, or set protocol to TLS",
                )


@rule(
    "Target groups for your Network Load Balancers: protocols",
    keys=(
        *(_ROUTING, f"{_ROUTING}.container", f"{_ROUTING}.container_port"),
        "ecs.services.<name>.containers.<name>.port",
        "ecs.services.<name>.containers.<name>.additional_ports",
    ),
)
def network_routing_has_one_container_port(environment: Environment) -> Iterator[Problem]:
    """A target is one port of one container, which serves the protocol of the listener on it."""
    for path, service, routing, listener in listened_routings(environment):
        protocols = _PROTOCOLS.get(listener.protocol, _TCP)
        found = listening_ports(service.containers, routing.container, routing.container_port, protocols)
        if len(found) != 1:
            many = listed([f"{port} of {name}" for name, port in found]) if found else ""
            wanted = listed([each.upper() for each in protocols])
            yield Problem(
                path=path,
                finding=f"ports {many} are for {wanted}" if found else f"no container has such a port for {wanted}",
                fix="name one in container and container_port"
                if found
                else f"add port or additional_ports with {wanted} to a container",
            )


@rule(
    "Health checks for Network Load Balancer target groups",
    keys=(f"{_ROUTING}.health_check_protocol", f"{_ROUTING}.health_check_path"),
)
def network_health_check_has_a_path(environment: Environment) -> Iterator[Problem]:
    """A health check by HTTP asks for a path, and one by TCP only connects."""
    for path, _, routing in network_routings(environment):
        is_http, has_path = routing.health_check_protocol != "TCP", routing.health_check_path is not None
        if is_http != has_path:
            yield Problem(
                path=(*path, "health_check_path"),
                finding=f"health_check_protocol is {routing.health_check_protocol}, "
                + ("but there is no health_check_path" if is_http else "which has no path"),
                fix="add health_check_path" if is_http else "remove health_check_path, or use HTTP",
            )


@rule(
    "Target groups for your Network Load Balancers: attributes, client IP preservation, sticky sessions",
    keys=(f"{_ROUTING}.protocol", f"{_ROUTING}.preserve_client_ip", f"{_ROUTING}.stickiness", f"{_LISTENER}.protocol"),
)
def network_target_fits_its_listener(environment: Environment) -> Iterator[Problem]:
    """What a target group can do depends on the protocol of its listener."""
    for path, _, routing, listener in listened_routings(environment):
        protocol = listener.protocol
        if routing.protocol == "TLS" and protocol != "TLS":
            yield _misfit(path, "protocol", protocol, "forwards connections as they are", "remove protocol")
        if routing.protocol == "TCP" and protocol in _PROTOCOLS:
            yield _misfit(path, "protocol", protocol, "forwards connections as they are", "remove protocol")
        if routing.preserve_client_ip is False and protocol in _PROTOCOLS:
            yield _misfit(path, "preserve_client_ip", protocol, "always preserves it", "remove preserve_client_ip")
        if routing.stickiness and protocol == "TLS":
            yield _misfit(path, "stickiness", protocol, "has no sticky sessions", "remove stickiness, or use TCP")


def _misfit(path: KeyPath, key: str, protocol: str, why: str, fix: str) -> Problem:
    return Problem(path=(*path, key), finding=f"the protocol of the listener is {protocol}, which {why}", fix=fix)


@warning(
    "Health checks for Network Load Balancer target groups",
    keys=(f"{_ROUTING}.health_check_port", f"{_LISTENER}.protocol"),
)
def udp_target_has_a_port_for_health_checks(environment: Environment) -> Iterator[Problem]:
    """There is no health check by UDP: it connects by TCP, and without an answer the target is never healthy."""
    for path, service, routing, listener in listened_routings(environment):
        tcp = {number for each in service.containers.values() for _, number, kind in each.ports if kind == "tcp"}
        served = listening_ports(service.containers, routing.container, routing.container_port, ("udp",))
        checked = {routing.health_check_port} if routing.health_check_port else {port for _, port in served}
        if listener.protocol == "UDP" and checked and not checked & tcp:
            yield Problem(
                path=(*path, "health_check_port"),
                finding=f"the listener is for UDP, and no container has the TCP port {listed(sorted(checked))}, which "
                "health checks connect to",
                fix="name a TCP port of a container here",
            )


@warning("Network Load Balancers: security groups", keys=(f"{_BALANCER}.allowed_cidrs", f"{_BALANCER}.scheme"))
def network_clients_can_connect(environment: Environment) -> Iterator[Problem]:
    """Nobody reaches the services behind the load balancer."""
    for path, _, balancer in new_network_load_balancers(environment):
        blocks = balancer.allowed_cidrs
        if not blocks or (balancer.scheme == "internet-facing" and all(map(is_private, blocks))):
            yield Problem(
                path=(*path, "allowed_cidrs"),
                finding=f"scheme is {balancer.scheme}, and no client of it is allowed",
                fix="add the CIDR blocks of the clients",
            )
