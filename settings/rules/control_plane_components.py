"""Rules of what can be configured of a control plane that Amazon EKS runs: its components, its egress, its rollback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import ascend
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes

_COMPONENTS: Final = "Advanced Kubernetes control plane configuration, Amazon EKS User Guide"
_ROLLBACK: Final = "Rollback Auto Mode nodes, Amazon EKS User Guide"
_PERIOD: Final = ("eks", "kube_controller_manager", "horizontal_pod_autoscaler_sync_period_seconds")
_PORTS: Final = ("eks", "kube_api_server", "service_node_port_range")
_TIMEOUT: Final = ("eks", "rollback_timeout_minutes")
_EGRESS: Final = ("eks", "control_plane_egress_mode")
# What CloudFormation waits for one resource, by the same page.
_MOST_OF_CLOUDFORMATION_MINUTES: Final = 36 * 60


@rule(f"{_COMPONENTS}: considerations", keys=(".".join(_PERIOD), "eks.control_plane_scaling_tier"))
def sync_period_is_of_a_provisioned_control_plane(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS accepts the period only for a control plane whose capacity is provided in advance."""
    eks = environment.eks
    if eks is None or eks.kube_controller_manager is None or eks.control_plane_scaling_tier != "standard":
        return
    # On an Outpost there is neither, which another rule says.
    if eks.outpost is None and eks.kube_controller_manager.horizontal_pod_autoscaler_sync_period_seconds is not None:
        yield Problem(
            path=_PERIOD,
            finding="control_plane_scaling_tier is standard, and the period is stated",
            fix="remove the period, or set control_plane_scaling_tier to tier-xl or more",
        )


@rule(f"{_COMPONENTS}: service node port range", keys=(f"{'.'.join(_PORTS)}.min_port",))
def service_node_ports_ascend(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a range whose lowest port is greater than its highest."""
    eks = environment.eks
    if eks is not None and eks.kube_api_server is not None and eks.kube_api_server.service_node_port_range is not None:
        yield from ascend(_PORTS, eks.kube_api_server.service_node_port_range, "min_port", "max_port")


@warning(
    "Configure control plane egress routing, Amazon EKS User Guide: prerequisites",
    keys=(".".join(_EGRESS), "eks.identity_provider", "network.nat_gateways", "network.existing.internet_access"),
)
def routed_egress_leads_to_the_identity_provider(environment: Environment) -> Iterator[Problem]:
    """The API server asks the identity provider for its keys, and without them nobody of it can use the API."""
    eks, without_internet = environment.eks, environment.network.without_internet
    if eks is None or eks.identity_provider is None or eks.control_plane_egress_mode == "AWS_MANAGED":
        return
    if without_internet:
        yield Problem(
            path=_EGRESS,
            finding=f"the control plane sends through the VPC, there is an identity_provider, and network."
            f"{without_internet}",
            fix=f"{environment.network.way_to_the_internet}, or acknowledge that the VPC leads to the issuer",
        )


@warning(f"{_ROLLBACK}: rollback timeout", keys=(".".join(_TIMEOUT), "eks.nodes.<name>.kind"))
def rollback_timeout_is_of_auto_mode(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS waits for the nodes of EKS Auto Mode only; all others are rolled back before the control plane."""
    eks = environment.eks
    if eks is None or eks.rollback_timeout_minutes is None:
        return
    if not any(node.kind == "auto_mode" for _, node in nodes(environment)):
        yield Problem(
            path=_TIMEOUT,
            finding="there are no nodes of EKS Auto Mode that it is a timeout of",
            fix="remove rollback_timeout_minutes",
        )


@warning(f"{_ROLLBACK}: timeout conflicts of infrastructure as code", keys=(".".join(_TIMEOUT),))
def rollback_ends_before_cloudformation_does(environment: Environment) -> Iterator[Problem]:
    """CloudFormation waits 36 hours for a resource, and then goes on while Amazon EKS still replaces nodes."""
    minutes = environment.eks.rollback_timeout_minutes if environment.eks is not None else None
    if minutes is not None and minutes > _MOST_OF_CLOUDFORMATION_MINUTES:
        yield Problem(
            path=_TIMEOUT,
            finding=f"{minutes} minutes are more than the {_MOST_OF_CLOUDFORMATION_MINUTES} that CloudFormation waits",
            fix=f"set {_MOST_OF_CLOUDFORMATION_MINUTES} or less, or acknowledge that rollbacks are started by hand",
        )
