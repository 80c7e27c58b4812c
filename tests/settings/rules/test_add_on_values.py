"""Rules of values in the configuration of add-ons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def core_dns(configuration: str) -> str:
    return eks(MANAGED, f"add_ons: {{coredns: {{configuration: {configuration}}}}}")


PAIRS = (
    RulePair(
        rule="add_on_values_fit_each_other",
        rejected=core_dns("{podDisruptionBudget: {minAvailable: 1, maxUnavailable: 1}}"),
        accepted=core_dns("{podDisruptionBudget: {maxUnavailable: 1}}"),
        message=(
            "eks.add_ons.coredns.configuration.podDisruptionBudget.maxUnavailable: there are minAvailable "
            "and maxUnavailable\n"
            "fix: remove one of the two\n"
            "why: Kubernetes refuses the objects of the add-on, which becomes degraded and fails the "
            "deployment."
        ),
    ),
    RulePair(
        rule="add_on_values_fit_each_other: replicas",
        rejected=core_dns("{autoScaling: {enabled: true, minReplicas: 8, maxReplicas: 2}}"),
        accepted=core_dns("{autoScaling: {enabled: true, minReplicas: 2, maxReplicas: 8}}"),
        message=(
            "eks.add_ons.coredns.configuration.autoScaling.minReplicas: 8 is not allowed\n"
            "allowed: at most maxReplicas, which is 2\n"
            "why: Kubernetes refuses the objects of the add-on, which becomes degraded and fails the "
            "deployment."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
