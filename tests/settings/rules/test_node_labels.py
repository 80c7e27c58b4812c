"""Rules of node labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks

TAINT = "{key: a, value: b}"


def labelled(key: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, labels: {{{key}: a}}}}}}")


def tainted(*taints: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed}}, spare: {{kind: managed, taints: [{', '.join(taints)}]}}}}")


LONG = "a" * 54
STARTUP = (
    "nodes: {main: {kind: managed}, spare: {kind: managed, "
    "taints: [{key: ebs.csi.aws.com/agent-not-ready, effect: NO_EXECUTE}]}}"
)

PAIRS = (
    RulePair(
        rule="label_is_not_reserved",
        rejected=labelled("node-role.kubernetes.io/team"),
        accepted=labelled("node.kubernetes.io/team"),
        message=(
            "eks.nodes.main.labels.node-role.kubernetes.io/team: 'node-role.kubernetes.io/team' is not "
            "allowed\n"
            "allowed: a label outside kubernetes.io, k8s.io, and eks.amazonaws.com, or one within "
            "node.kubernetes.io or kubelet.kubernetes.io\n"
            "why: Amazon EKS refuses the label, or the kubelet cannot set it and no node joins, which takes "
            "25 minutes to fail."
        ),
    ),
    RulePair(
        rule="label_is_not_reserved: open to the kubelet",
        rejected=labelled("k8s.io/team"),
        accepted=labelled("kubelet.kubernetes.io/team"),
        message=(
            "eks.nodes.main.labels.k8s.io/team: 'k8s.io/team' is not allowed\n"
            "allowed: a label outside kubernetes.io, k8s.io, and eks.amazonaws.com, or one within "
            "node.kubernetes.io or kubelet.kubernetes.io\n"
            "why: Amazon EKS refuses the label, or the kubelet cannot set it and no node joins, which takes "
            "25 minutes to fail."
        ),
    ),
    RulePair(
        rule="label_is_not_reserved: of Amazon EKS",
        rejected=labelled("eks.amazonaws.com/team"),
        accepted=labelled("aws.example.com/team"),
        message=(
            "eks.nodes.main.labels.eks.amazonaws.com/team: 'eks.amazonaws.com/team' is not allowed\n"
            "allowed: a label outside kubernetes.io, k8s.io, and eks.amazonaws.com, or one within "
            "node.kubernetes.io or kubelet.kubernetes.io\n"
            "why: Amazon EKS refuses the label, or the kubelet cannot set it and no node joins, which takes "
            "25 minutes to fail."
        ),
    ),
    RulePair(
        rule="taint_comes_once",
        rejected=tainted(TAINT, TAINT),
        accepted=tainted(TAINT),
        message=(
            "eks.nodes.spare.taints[1]: 'a:NO_SCHEDULE' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Kubernetes refuses two taints with the same key and effect."
        ),
    ),
    RulePair(
        rule="keys_of_labels_and_taints_fit",
        rejected=labelled(f"{LONG}e.com/team"),
        accepted=labelled(f"{LONG}.com/team"),
        message=(
            f"eks.nodes.main.labels.{LONG}e.com/team: '{LONG}e.com/team' has 64 characters\n"
            "allowed: at most 63\n"
            "why: Amazon EKS takes 63 characters for a key, its DNS prefix among them; Kubernetes would take more."
        ),
    ),
    RulePair(
        rule="keys_of_labels_and_taints_fit: of taints",
        rejected=tainted(f"{{key: {LONG}e.com/team}}"),
        accepted=tainted(f"{{key: {LONG}.com/team}}"),
        message=(
            f"eks.nodes.spare.taints[0].key: '{LONG}e.com/team' has 64 characters\n"
            "allowed: at most 63\n"
            "why: Amazon EKS takes 63 characters for a key, its DNS prefix among them; Kubernetes would take more."
        ),
    ),
    RulePair(
        rule="label_has_a_value",
        rejected=eks("nodes: {main: {kind: managed, labels: {team: ''}}}"),
        accepted=eks("nodes: {main: {kind: managed, labels: {team: a}}}"),
        message=(
            "eks.nodes.main.labels.team: '' is not allowed\n"
            "allowed: 1 to 63 characters\n"
            "why: Amazon EKS refuses a label without a value; Kubernetes would take it."
        ),
    ),
    RulePair(
        rule="startup_taint_has_an_agent",
        rejected=eks(STARTUP, "add_ons: {}"),
        accepted=eks(STARTUP, "add_ons: {aws-ebs-csi-driver: {}}"),
        message=(
            "eks.nodes.spare.taints[0].key: there is the taint ebs.csi.aws.com/agent-not-ready, but not the add-on "
            "aws-ebs-csi-driver, which removes it\n"
            "fix: add aws-ebs-csi-driver to eks.add_ons, or remove the taint\n"
            "why: Nothing removes the taint, so no pod without a toleration is ever scheduled on the nodes."
        ),
    ),
    RulePair(
        rule="taint_is_not_reserved",
        rejected=tainted("{key: kubernetes.io/team}"),
        accepted=tainted("{key: node.kubernetes.io/team}"),
        message=(
            "eks.nodes.spare.taints[0].key: 'kubernetes.io/team' is not allowed\n"
            "allowed: a key outside kubernetes.io, such as example.com/team\n"
            "why: Amazon EKS refuses a taint whose key is in the domain of Kubernetes itself."
        ),
    ),
    RulePair(
        rule="label_is_not_reserved: which is said once",
        rejected=eks("nodes: {main: {kind: managed, labels: {kubernetes.io/a: ''}}}"),
        accepted=eks("nodes: {main: {kind: managed, labels: {example.com/a: b}}}"),
        message=(
            "eks.nodes.main.labels.kubernetes.io/a: 'kubernetes.io/a' is not allowed\n"
            "allowed: a label outside kubernetes.io, k8s.io, and eks.amazonaws.com, or one within "
            "node.kubernetes.io or kubelet.kubernetes.io\n"
            "why: Amazon EKS refuses the label, or the kubelet cannot set it and no node joins, which takes "
            "25 minutes to fail."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
