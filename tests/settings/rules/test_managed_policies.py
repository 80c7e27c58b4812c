"""Rules of managed policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks

READER, WRITER = "arn:aws:iam::111122223333:policy/reader", "arn:aws:iam::111122223333:policy/writer"
ADD_ON = "add_ons: {aws-efs-csi-driver: {policy_arns: ['%s', '%s']}}"
PODS = "pod_identities: {web: {namespace: shop, service_account: web, policy_arns: ['%s', '%s']}}"
CAPABILITY = "capabilities: {ack: {policy_arns: ['%s', '%s']}}"
NODES = "nodes: {main: {kind: managed, policy_arns: ['%s']}}"
SAID = f"'{READER}' is listed twice\nfix: remove one of the two\nwhy: A policy that is listed twice is attached once."

PAIRS = (
    RulePair(
        rule="managed_policy_comes_once",
        rejected=eks(MANAGED, ADD_ON % (READER, READER)),
        accepted=eks(MANAGED, ADD_ON % (READER, WRITER)),
        message=f"eks.add_ons.aws-efs-csi-driver.policy_arns[1]: {SAID}",
    ),
    RulePair(
        rule="managed_policy_comes_once: of pods",
        rejected=eks(MANAGED, PODS % (READER, READER)),
        accepted=eks(MANAGED, PODS % (READER, WRITER)),
        message=f"eks.pod_identities.web.policy_arns[1]: {SAID}",
    ),
    RulePair(
        rule="managed_policy_comes_once: of a capability",
        rejected=eks(MANAGED, CAPABILITY % (READER, READER)),
        accepted=eks(MANAGED, CAPABILITY % (READER, WRITER)),
        message=f"eks.capabilities.ack.policy_arns[1]: {SAID}",
    ),
    RulePair(
        rule="add_on_has_a_policy",
        rejected=eks(MANAGED, "add_ons: {vpc-cni: {policy_arns: []}}"),
        accepted=eks(MANAGED, f"add_ons: {{vpc-cni: {{policy_arns: ['{READER}']}}}}"),
        message=(
            "eks.add_ons.vpc-cni.policy_arns: vpc-cni has no permissions\n"
            "fix: leave out policy_arns, so that it has AmazonEKS_CNI_Policy, or state a policy or "
            "statements\n"
            "why: Without permissions, pods of the add-on are denied: nodes get no addresses, or volumes are "
            "not attached."
        ),
    ),
    RulePair(
        rule="add_on_has_a_policy: or its nodes",
        rejected=eks(NODES % WRITER, "add_ons: {vpc-cni: {policy_arns: []}}"),
        accepted=eks(NODES % "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy", "add_ons: {vpc-cni: {policy_arns: []}}"),
        message=(
            "eks.add_ons.vpc-cni.policy_arns: vpc-cni has no permissions\n"
            "fix: leave out policy_arns, so that it has AmazonEKS_CNI_Policy, or state a policy or "
            "statements\n"
            "why: Without permissions, pods of the add-on are denied: nodes get no addresses, or volumes are "
            "not attached."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
