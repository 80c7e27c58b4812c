"""Rules of the addresses in public subnets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

SMALL = "network: {public_prefix_length: 27}\n"

PAIRS = (
    RulePair(
        rule="public_subnets_have_an_address_for_every_task",
        rejected=service("assign_public_ip: true", "desired_count: 19") + SMALL,
        accepted=service("assign_public_ip: true", "desired_count: 18") + SMALL,
        message=(
            "network.public_prefix_length: 2 public subnets of size /27 have 36 addresses beside those of load "
            "balancers and NAT gateways, but tasks can take 38\n"
            "fix: use a smaller public_prefix_length, fewer tasks, or leave assign_public_ip out\n"
            "why: A task with a public address also takes one of a public subnet, beside load balancers and NAT "
            "gateways."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
