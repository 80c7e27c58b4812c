"""Rules of routes to other networks, and of the addresses of NAT gateways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, network, problems

TRANSIT = "routes: {hub: {cidrs: [%s], target: tgw-0000000a}}"
TWO = "routes: {hub: {cidrs: [10.8.0.0/16], target: tgw-0000000a}, peer: {cidrs: [%s], target: pcx-0000000a}}"
A, B = "eipalloc-0000000a", "eipalloc-0000000b"

PAIRS = (
    RulePair(
        rule="route_has_one_target",
        rejected=network(TWO % "10.8.0.0/16"),
        accepted=network(TWO % "10.9.0.0/16"),
        message=(
            "network.routes.peer.cidrs[0]: 10.8.0.0/16 leads to hub already\n"
            "fix: remove one of the two\n"
            "why: A route table has one route to a destination; a second one is refused."
        ),
    ),
    RulePair(
        rule="route_has_one_target: the internet too",
        rejected=network(TRANSIT % "0.0.0.0/0"),
        accepted=network("nat_gateways: none", TRANSIT % "0.0.0.0/0") + "ecs: {}\n",
        message=(
            "network.routes.hub.cidrs[0]: 0.0.0.0/0 leads to nat_gateways already\n"
            "fix: set nat_gateways to none, or remove the CIDR block\n"
            "why: A route table has one route to a destination; a second one is refused."
        ),
    ),
    RulePair(
        rule="route_leads_out_of_the_vpc",
        rejected=network("cidr: 10.0.0.0/16", TRANSIT % "10.0.0.0/20"),
        accepted=network("cidr: 10.0.0.0/16", TRANSIT % "10.0.0.0/8"),
        message=(
            "network.routes.hub.cidrs[0]: 10.0.0.0/20 is in 10.0.0.0/16, the VPC itself\n"
            "fix: state the CIDR block of the other network, which must not overlap that of the VPC\n"
            "why: Amazon VPC refuses a route to a part of the VPC through a transit gateway or a peering connection."
        ),
    ),
    RulePair(
        rule="nat_gateways_have_an_address_each",
        rejected=network("nat_gateways: one_per_zone", f"nat_allocation_ids: [{A}]"),
        accepted=network("nat_gateways: one", f"nat_allocation_ids: [{A}]"),
        message=(
            "network.nat_allocation_ids: there are 1 allocation IDs, and nat_gateways is one_per_zone\n"
            "allowed: 2 allocation IDs\n"
            "why: Each zonal NAT gateway has one Elastic IP address, which no other can have; a regional one has its "
            "own."
        ),
    ),
    RulePair(
        rule="nat_gateways_have_an_address_each: of which each is another",
        rejected=network(f"nat_allocation_ids: [{A}, {A}]"),
        accepted=network(f"nat_allocation_ids: [{A}, {B}]"),
        message=(
            f"network.nat_allocation_ids[1]: '{A}' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Each zonal NAT gateway has one Elastic IP address, which no other can have; a regional one has its "
            "own."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize("gateways", ["none", "regional"])
def test_gateways_that_have_no_address_of_ones_own_take_none(tmp_path: Path, gateways: str) -> None:
    (problem,) = problems(tmp_path, network(f"nat_gateways: {gateways}", f"nat_allocation_ids: [{A}]"))
    assert problem.allowed == "none"
