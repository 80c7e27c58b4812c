"""Rules of the addresses of Kubernetes services."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule

_SERVICE_CIDR = ("eks", "service_cidr")


@rule("KubernetesNetworkConfigRequest, Amazon EKS API Reference", keys=(".".join(_SERVICE_CIDR), "network.cidr"))
def service_cidr_is_apart_from_the_vpc(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a CIDR block of services that overlaps the VPC: some of its hosts could not be reached."""
    cidr = environment.eks.service_cidr if environment.eks else None
    if cidr is not None and cidr.overlaps(environment.network.cidr):
        yield Problem(
            path=_SERVICE_CIDR,
            finding=f"{cidr} overlaps {environment.network.cidr}, the CIDR block of the VPC",
            fix="use a CIDR block of private addresses that no connected network has, such as "
            f"{'172.20.0.0/16' if str(environment.network.cidr).startswith('10.') else '10.100.0.0/16'}",
        )
