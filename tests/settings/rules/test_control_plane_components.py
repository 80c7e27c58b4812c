"""Rules of the components, the egress, and the rollback of the EKS control plane."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, PRIVATE_ACCESS, RulePair, eks, network

PERIOD = "kube_controller_manager: {horizontal_pod_autoscaler_sync_period_seconds: 10}"
PORTS = "kube_api_server: {service_node_port_range: {min_port: %s, max_port: 30000}}"
AUTO_MODE = "nodes: {auto: {kind: auto_mode}}"
ISSUER = "identity_provider: {issuer_url: 'https://login.example.com', client_id: kubernetes}"
ROUTED = "control_plane_egress_mode: CUSTOMER_ROUTED"
WITHOUT_NAT = network("nat_gateways: none", "interface_endpoints: derived")

PAIRS = (
    RulePair(
        rule="sync_period_is_of_a_provisioned_control_plane",
        rejected=eks(MANAGED, PERIOD),
        accepted=eks(MANAGED, PERIOD, "control_plane_scaling_tier: tier-xl"),
        message=(
            "eks.kube_controller_manager.horizontal_pod_autoscaler_sync_period_seconds: control_plane_scaling_tier is "
            "standard, and the period is stated\n"
            "fix: remove the period, or set control_plane_scaling_tier to tier-xl or more\n"
            "why: Amazon EKS accepts the period only for a control plane whose capacity is provided in advance."
        ),
    ),
    RulePair(
        rule="service_node_ports_ascend",
        rejected=eks(MANAGED, PORTS % 30001),
        accepted=eks(MANAGED, PORTS % 30000),
        message=(
            "eks.kube_api_server.service_node_port_range.min_port: 30001 is not allowed\n"
            "allowed: at most max_port, which is 30000\n"
            "why: Amazon EKS refuses a range whose lowest port is greater than its highest."
        ),
    ),
    RulePair(
        rule="routed_egress_leads_to_the_identity_provider",
        rejected=eks(MANAGED, ISSUER, ROUTED, head=WITHOUT_NAT),
        accepted=eks(MANAGED, ISSUER, head=WITHOUT_NAT),
        message=(
            "eks.control_plane_egress_mode: the control plane sends through the VPC, there is an identity_provider, "
            "and network.nat_gateways is none\n"
            "fix: set nat_gateways to one or one_per_zone, or acknowledge that the VPC leads to the issuer\n"
            "why: The API server asks the identity provider for its keys, and without them nobody of it can use the "
            "API."
        ),
    ),
    RulePair(
        rule="routed_egress_leads_to_the_identity_provider: by a NAT gateway",
        rejected=eks(MANAGED, ISSUER, ROUTED, head=WITHOUT_NAT),
        accepted=eks(MANAGED, ISSUER, ROUTED),
        message=(
            "eks.control_plane_egress_mode: the control plane sends through the VPC, there is an identity_provider, "
            "and network.nat_gateways is none\n"
            "fix: set nat_gateways to one or one_per_zone, or acknowledge that the VPC leads to the issuer\n"
            "why: The API server asks the identity provider for its keys, and without them nobody of it can use the "
            "API."
        ),
    ),
    RulePair(
        rule="rollback_timeout_is_of_auto_mode",
        rejected=eks(MANAGED, "rollback_timeout_minutes: 720"),
        accepted=eks(AUTO_MODE, PRIVATE_ACCESS, "rollback_timeout_minutes: 720"),
        message=(
            "eks.rollback_timeout_minutes: there are no nodes of EKS Auto Mode that it is a timeout of\n"
            "fix: remove rollback_timeout_minutes\n"
            "why: Amazon EKS waits for the nodes of EKS Auto Mode only; all others are rolled back before the control "
            "plane."
        ),
    ),
    RulePair(
        rule="rollback_ends_before_cloudformation_does",
        rejected=eks(AUTO_MODE, PRIVATE_ACCESS, "rollback_timeout_minutes: 2161"),
        accepted=eks(AUTO_MODE, PRIVATE_ACCESS, "rollback_timeout_minutes: 2160"),
        message=(
            "eks.rollback_timeout_minutes: 2161 minutes are more than the 2160 that CloudFormation waits\n"
            "fix: set 2160 or less, or acknowledge that rollbacks are started by hand\n"
            "why: CloudFormation waits 36 hours for a resource, and then goes on while Amazon EKS still replaces nodes."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
