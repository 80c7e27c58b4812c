"""Rules of the network interfaces of the EKS control plane."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def zones(*letters: str) -> str:
    return eks(MANAGED, f"control_plane_availability_zones: [{', '.join(f'eu-west-1{each}' for each in letters)}]")


PAIRS = (
    RulePair(
        rule="control_plane_zone_is_one_of_the_environment",
        rejected=zones("a", "c"),
        accepted=zones("b", "a"),
        message=(
            "eks.control_plane_availability_zones[1]: 'eu-west-1c' is not allowed\n"
            "allowed: eu-west-1a or eu-west-1b, the availability_zones of the environment\n"
            "why: Amazon EKS needs a subnet in each zone that the cluster was created with, also after any change."
        ),
    ),
    RulePair(
        rule="control_plane_zone_comes_once",
        rejected=zones("a", "a", "b"),
        accepted=zones("a", "b"),
        message=(
            "eks.control_plane_availability_zones[1]: 'eu-west-1a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: The subnets of the control plane must be in two different zones or more."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
