"""Rules of fargate profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, PRIVATE_ACCESS, RulePair, eks

BOTH = "nodes: {main: {kind: managed}, all: {kind: fargate, selectors: [{namespace: %s}]}}"

PAIRS = (
    RulePair(
        rule="fargate_profile_name_is_not_reserved",
        rejected=eks(FARGATE.replace("batch", "eks-a"), PRIVATE_ACCESS),
        accepted=eks(FARGATE.replace("batch", "a-eks"), PRIVATE_ACCESS),
        message=(
            "eks.nodes.eks-a: 'eks-a' is not allowed\n"
            "allowed: a name that does not begin with eks-\n"
            "why: Amazon EKS reserves names of Fargate profiles that begin with eks-."
        ),
    ),
    RulePair(
        rule="fargate_profile_leaves_kube_system_to_nodes",
        rejected=eks(BOTH % "'*'"),
        accepted=eks(BOTH % "'a*'"),
        message=(
            "eks.nodes.all.selectors[0].namespace: '*' is not allowed\n"
            "allowed: a namespace, or a pattern that does not match kube-system\n"
            "fix: name the namespaces, or add labels to the selector\n"
            "why: The profile would match kube-system too, and privileged pods and DaemonSets of that "
            "namespace would not start."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
