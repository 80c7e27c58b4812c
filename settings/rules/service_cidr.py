"""Rules of the addresses of Kubernetes services."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule, warning

_SERVICE_CIDR = ("eks", "service_cidr")
_CANDIDATES = tuple(map(IPv4Network, ("172.20.0.0/16", "10.100.0.0/16", "192.168.128.0/17", "172.31.0.0/16")))


@rule(
    "KubernetesNetworkConfigRequest, Amazon EKS API Reference",
    keys=(".".join(_SERVICE_CIDR), "network.cidr", "network.pod_cidr", "network.existing.cidrs"),
)
def service_cidr_is_apart_from_the_vpc(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a CIDR block of services that overlaps the VPC: some of its hosts could not be reached."""
    cidr = environment.eks.service_cidr if environment.eks else None
    for block in environment.network.cidrs:
        if cidr is not None and cidr.overlaps(block):
            yield _overlap(environment, f"{cidr} overlaps {block}, {environment.network.says_of(block)}")


@warning(
    "KubernetesNetworkConfigRequest, Amazon EKS API Reference: serviceIpv4Cidr",
    keys=(".".join(_SERVICE_CIDR), "network.routes.<name>.cidrs"),
)
def service_cidr_is_apart_from_routes(environment: Environment) -> Iterator[Problem]:
    """Nodes and pods take addresses of the other network for services, and do not reach its hosts."""
    cidr = environment.eks.service_cidr if environment.eks else None
    for name, route in environment.network.routes.items():
        for block in route.cidrs:
            # A default route leads to whatever is not nearer.
            if cidr is not None and block.prefixlen and cidr.overlaps(block):
                yield _overlap(environment, f"{cidr} overlaps {block} of network.routes.{name}")


def _overlap(environment: Environment, finding: str) -> Problem:
    network = environment.network
    taken = [*network.cidrs, *(block for route in network.routes.values() for block in route.cidrs if block.prefixlen)]
    free = [each for each in _CANDIDATES if not any(each.overlaps(block) for block in taken)]
    example = f", such as {free[0]}" if free else ""
    return Problem(
        path=_SERVICE_CIDR,
        finding=finding,
        fix=f"use a CIDR block of private addresses that no connected network has{example}",
    )
