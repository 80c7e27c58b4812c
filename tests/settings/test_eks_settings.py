"""EKS clusters that an environment file can describe. What it cannot is in the pairs of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, eks, problems

OFFICE = "public_access_cidrs: [192.31.196.0/24]"


@pytest.mark.parametrize(
    "keys",
    [
        [MANAGED],
        [FARGATE, PRIVATE_ACCESS],
        ["nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: [{namespace: a}]}}"],
        [MANAGED, "endpoint: {access: public, public_access_cidrs: [0.0.0.0/0]}"],
        [MANAGED, f"endpoint: {{access: public_and_private, {OFFICE}}}"],
        [MANAGED, "endpoint: {access: public_and_private, public_access_cidrs: [0.0.0.0/0]}"],
        [MANAGED, PRIVATE_ACCESS],
        [MANAGED, "kubernetes_version: '1.35'"],
        [MANAGED, "kubernetes_version: '1.37'", "add_on_versions: default"],
        [MANAGED, "add_ons: {}"],
        [MANAGED, "add_ons: {aws-ebs-csi-driver: {}}"],
        [MANAGED, "add_ons: {vpc-cni: {configuration: {env: {WARM_IP_TARGET: '2'}}}}"],
        [FARGATE, PRIVATE_ACCESS, "add_ons: {metrics-server: {}, coredns: {version: v1.14.3-eksbuild.23}}"],
        ["nodes: {idle: {kind: managed, min_size: 0, desired_size: 0}, main: {kind: managed}}"],
        ["nodes: {main: {kind: managed, taints: [{key: spot, effect: PREFER_NO_SCHEDULE}]}}"],
    ],
)
def test_a_cluster_is_accepted(tmp_path: Path, keys: list[str]) -> None:
    assert problems(tmp_path, eks(*keys)) == []
