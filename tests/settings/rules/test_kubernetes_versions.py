"""Rules of kubernetes versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def versions(version: str, *, deployed: str) -> str:
    return eks(
        MANAGED,
        "add_on_versions: default",
        f"kubernetes_version: '{version}'",
        f"deployed_kubernetes_version: '{deployed}'",
    )


PAIRS = (
    RulePair(
        rule="upgrade_is_one_minor_version",
        rejected=versions("1.37", deployed="1.35"),
        accepted=versions("1.36", deployed="1.35"),
        message=(
            "eks.kubernetes_version: '1.37' is not allowed\n"
            'allowed: "1.35" or "1.36", because deployed_kubernetes_version is "1.35"\n'
            "why: Amazon EKS upgrades a cluster by one minor version at a time, and does not downgrade it."
        ),
    ),
    RulePair(
        rule="upgrade_is_one_minor_version: and not down",
        rejected=versions("1.36", deployed="1.37"),
        accepted=versions("1.36", deployed="1.36"),
        message=(
            "eks.kubernetes_version: '1.36' is not allowed\n"
            'allowed: "1.37" or "1.38", because deployed_kubernetes_version is "1.37"\n'
            "why: Amazon EKS upgrades a cluster by one minor version at a time, and does not downgrade it."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
