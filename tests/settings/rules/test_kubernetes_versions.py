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
        rule="version_is_reached_in_one_step",
        rejected=versions("1.37", deployed="1.35"),
        accepted=versions("1.36", deployed="1.35"),
        message=(
            "eks.kubernetes_version: '1.37' is not allowed\n"
            'allowed: "1.35" or "1.36", because deployed_kubernetes_version is "1.35"\n'
            "why: Amazon EKS upgrades a cluster by one minor version at a time, and rolls it back by one."
        ),
    ),
    RulePair(
        rule="version_is_reached_in_one_step: from a version that is no longer offered",
        rejected=versions("1.36", deployed="1.34"),
        accepted=versions("1.35", deployed="1.34"),
        message=(
            "eks.kubernetes_version: '1.36' is not allowed\n"
            'allowed: "1.35", because deployed_kubernetes_version is "1.34"\n'
            "why: Amazon EKS upgrades a cluster by one minor version at a time, and rolls it back by one."
        ),
    ),
    RulePair(
        rule="version_rollback_is_in_time",
        rejected=versions("1.35", deployed="1.36"),
        accepted=versions("1.36", deployed="1.36"),
        message=(
            "eks.kubernetes_version: the cluster runs 1.36 and would be rolled back to 1.35\n"
            'fix: roll back by hand within 7 days, node groups first, and set deployed_kubernetes_version to "1.35" '
            "then: docs/operations.md#eks-cluster\n"
            "why: Amazon EKS rolls back within 7 days of an upgrade, nodes first, and not because a template says so."
        ),
    ),
    RulePair(
        rule="version_is_reached_in_one_step: from one that is not known",
        rejected=versions("1.35", deployed="1.33"),
        accepted=versions("1.35", deployed="1.34"),
        message=(
            "eks.kubernetes_version: '1.35' is not allowed\n"
            'allowed: no version that is known here, because deployed_kubernetes_version is "1.33"\n'
            "fix: upgrade the cluster by other means first, one minor version at a time\n"
            "why: Amazon EKS upgrades a cluster by one minor version at a time, and rolls it back by one."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
