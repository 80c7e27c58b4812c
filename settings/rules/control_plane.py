"""Rules of the network interfaces of the EKS control plane."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule

_SOURCE = "View Amazon EKS networking requirements for VPC and subnets; containers-roadmap issues 2258 and 2330"
_ZONES = ("eks", "control_plane_availability_zones")


@rule(_SOURCE, keys=(".".join(_ZONES), "availability_zones"))
def control_plane_zone_is_one_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS needs a subnet in each zone that the cluster was created with, also after any change."""
    for index, zone in enumerate(_zones(environment)):
        if zone not in environment.availability_zones:
            yield Problem(
                path=(*_ZONES, index),
                value=zone,
                allowed=f"{listed(environment.availability_zones, 'or')}, the availability_zones of the environment",
            )


@rule(_SOURCE, keys=(f"{'.'.join(_ZONES)}[]",))
def control_plane_zone_comes_once(environment: Environment) -> Iterator[Problem]:
    """The subnets of the control plane must be in two different zones or more."""
    yield from come_once(_ZONES, _zones(environment))


def _zones(environment: Environment) -> tuple[str, ...]:
    return (environment.eks.control_plane_availability_zones or ()) if environment.eks else ()
