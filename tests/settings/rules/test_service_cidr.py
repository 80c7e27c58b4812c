"""Rules of the addresses of Kubernetes services."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks, message


def services(cidr: str, *, vpc: str = "10.0.0.0/16") -> str:
    return eks(MANAGED, f"service_cidr: {cidr}") + f"network: {{cidr: {vpc}}}\n"


EXISTING = (
    "network: {existing: {vpc_id: vpc-0a1b2c3d, cidrs: [10.7.0.0/16, 172.20.0.0/16], private_subnets: "
    "{eu-west-1a: {subnet_id: subnet-0000000a, cidr: 10.7.0.0/20}, "
    "eu-west-1b: {subnet_id: subnet-0000000b, cidr: 10.7.16.0/20}}}}\n"
)
ROUTED = "10.0.0.0/16, routes: {office: {cidrs: [%s], target: tgw-0a1b2c3d4e5f60718}}"

PAIRS = (
    RulePair(
        rule="service_cidr_is_apart_from_the_vpc",
        rejected=services("10.0.192.0/20"),
        accepted=services("10.1.0.0/16"),
        message=(
            "eks.service_cidr: 10.0.192.0/20 overlaps 10.0.0.0/16, the CIDR block of the VPC\n"
            "fix: use a CIDR block of private addresses that no connected network has, such as 172.20.0.0/16\n"
            "why: Amazon EKS refuses a CIDR block of services that overlaps the VPC: some of its hosts could not be "
            "reached."
        ),
    ),
    RulePair(
        rule="service_cidr_is_apart_from_the_vpc: in a VPC that exists",
        rejected=eks(MANAGED, "service_cidr: 172.20.0.0/20") + EXISTING,
        accepted=eks(MANAGED, "service_cidr: 172.21.0.0/20") + EXISTING,
        message=(
            "eks.service_cidr: 172.20.0.0/20 overlaps 172.20.0.0/16, one of network.existing.cidrs\n"
            "fix: use a CIDR block of private addresses that no connected network has, such as "
            "10.100.0.0/16\n"
            "why: Amazon EKS refuses a CIDR block of services that overlaps the VPC: some of its hosts "
            "could not be reached."
        ),
    ),
    RulePair(
        rule="service_cidr_is_apart_from_the_vpc: of pods",
        rejected=services("10.99.0.0/20", vpc="10.20.0.0/16, pod_cidr: 10.99.0.0/16").replace(
            "managed}", "managed, max_pods: 20}"
        ),
        accepted=services("10.98.0.0/20", vpc="10.20.0.0/16, pod_cidr: 10.99.0.0/16").replace(
            "managed}", "managed, max_pods: 20}"
        ),
        message=(
            "eks.service_cidr: 10.99.0.0/20 overlaps 10.99.0.0/16, network.pod_cidr\n"
            "fix: use a CIDR block of private addresses that no connected network has, such as "
            "172.20.0.0/16\n"
            "why: Amazon EKS refuses a CIDR block of services that overlaps the VPC: some of its hosts "
            "could not be reached."
        ),
    ),
    RulePair(
        rule="service_cidr_is_apart_from_routes",
        rejected=services("172.20.0.0/16", vpc=ROUTED % "172.20.0.0/14"),
        accepted=services("172.20.0.0/16", vpc=ROUTED % "172.28.0.0/14"),
        message=(
            "eks.service_cidr: 172.20.0.0/16 overlaps 172.20.0.0/14 of network.routes.office\n"
            "fix: use a CIDR block of private addresses that no connected network has, such as "
            "10.100.0.0/16\n"
            "why: Nodes and pods take addresses of the other network for services, and do not reach its "
            "hosts."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_a_vpc_outside_of_10_is_told_of_another_block(tmp_path: Path) -> None:
    assert "such as 10.100.0.0/16" in message(tmp_path, services("172.20.0.0/16", vpc="172.20.0.0/16"))


@pytest.mark.parametrize("cidr", ["10.16.0.0/12", "172.20.0.0/16", "192.168.1.0/24"])
def test_private_blocks_that_kubernetes_can_have_are_accepted(tmp_path: Path, cidr: str) -> None:
    assert message(tmp_path, services(cidr)) == ""


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.1.0.0/25", "100.64.0.0/16", "198.51.100.0/24", "172.32.0.0/16"])
def test_other_blocks_are_refused(tmp_path: Path, cidr: str) -> None:
    assert message(tmp_path, services(cidr)).startswith(
        f"eks.service_cidr: '{cidr}' is not allowed\n"
        "allowed: IPv4 CIDR block from /12 to /24 within 10.0.0.0/8, 172.16.0.0/12, or 192.168.0.0/16\n"
    )
