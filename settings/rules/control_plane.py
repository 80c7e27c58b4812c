"""Rules of the EKS control plane: its network interfaces, its logs, and its support."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.control_plane_options import ALL_LOG_TYPES
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule, warning

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


@rule(
    "AWS::EKS::Cluster ResourcesVpcConfig, AWS CloudFormation User Guide",
    keys=("eks.control_plane_security_group_ids[]",),
)
def control_plane_security_group_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a list that has one security group twice."""
    if environment.eks is not None:
        groups = environment.eks.control_plane_security_group_ids
        yield from come_once(("eks", "control_plane_security_group_ids"), groups)


@rule("EnabledTypes of AWS::EKS::Cluster ClusterLogging", keys=("eks.log_types[]",))
def log_type_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a list that has one log type twice."""
    if environment.eks is not None:
        yield from come_once(("eks", "log_types"), environment.eks.log_types)


@warning("Send control plane logs to CloudWatch Logs; Security Hub control EKS.8", keys=("eks.log_types",))
def control_plane_logs_are_complete(environment: Environment) -> Iterator[Problem]:
    """What a log does not have cannot be looked up after an incident: who changed what, and who was refused."""
    if environment.eks is not None:
        missing = [each for each in ALL_LOG_TYPES if each not in environment.eks.log_types]
        if missing:
            yield Problem(
                path=("eks", "log_types"),
                finding=f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} not logged",
                fix=f"add {listed(missing)}, or acknowledge that nobody will look for it",
            )


@warning(
    "Understand the Kubernetes version lifecycle on EKS; Amazon EKS pricing; View current cluster upgrade policy",
    keys=("eks.support_type",),
)
def extended_support_costs_more(environment: Environment) -> Iterator[Problem]:
    """Once standard support of the version ends, each hour of the cluster costs six times as much."""
    if environment.eks is not None and environment.eks.support_type == "EXTENDED":
        yield Problem(
            path=("eks", "support_type"),
            finding="extended support of a Kubernetes version is charged",
            fix="use STANDARD and upgrade in time, or acknowledge the cost",
        )


def _zones(environment: Environment) -> tuple[str, ...]:
    return (environment.eks.control_plane_availability_zones or ()) if environment.eks else ()
