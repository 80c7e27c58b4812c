"""Rules of the addresses of Kubernetes services."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks, message


def services(cidr: str, *, vpc: str = "10.0.0.0/16") -> str:
    return eks(MANAGED, f"service_cidr: {cidr}") + f"network: {{cidr: {vpc}}}\n"


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
