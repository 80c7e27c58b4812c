"""Rules of the IAM roles that pods have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, HEAD, MANAGED, PRIVATE_ACCESS, RulePair, eks

BUCKET = 'statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"]}]'
TAKEN = "nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: [{namespace: shop}]}}"
LABELED = TAKEN.replace("namespace: shop", "namespace: shop, labels: {size: small}")


def identities(text: str, nodes: str = MANAGED, *others: str) -> str:
    """A file with these roles of pods."""
    return eks(nodes, *others, f"pod_identities: {{{text}}}")


def add_ons(text: str, nodes: str, *others: str) -> str:
    """A file with these add-ons."""
    return eks(nodes, *others, f"add_ons: {{{text}}}")


WITH_KARPENTER = (
    HEAD
    + "protected: false\n"
    + identities(
        "one: {namespace: kube-system, service_account: %s}",
        "nodes: {main: {kind: managed}, karpenter: {kind: karpenter, node_pools: {arm: {}}}}",
    )[len(HEAD) :]
)

PAIRS = (
    RulePair(
        rule="service_account_has_one_role",
        rejected=identities("one: {namespace: shop, service_account: a}, two: {namespace: shop, service_account: a}"),
        accepted=identities("one: {namespace: shop, service_account: a}, two: {namespace: web, service_account: a}"),
        message=(
            "eks.pod_identities.two.service_account: 'a' is not allowed\n"
            "allowed: a service account of shop other than that of one\n"
            "why: Amazon EKS refuses a second association of a service account, and a pod has one role."
        ),
    ),
    RulePair(
        rule="service_account_has_one_role: an add-on has it",
        rejected=identities("one: {namespace: kube-system, service_account: ebs-csi-controller-sa}"),
        accepted=identities("one: {namespace: kube-system, service_account: ebs-csi-node-sa}"),
        message=(
            "eks.pod_identities.one.service_account: 'ebs-csi-controller-sa' is not allowed\n"
            "allowed: a service account of kube-system other than that of add-on aws-ebs-csi-driver\n"
            "fix: state policy_arns or statements of the add-on aws-ebs-csi-driver\n"
            "why: Amazon EKS refuses a second association of a service account, and a pod has one role."
        ),
    ),
    RulePair(
        rule="pods_on_fargate_have_irsa",
        rejected=identities("one: {namespace: shop, service_account: a, credentials: pod_identity}", TAKEN),
        accepted=identities("one: {namespace: shop, service_account: a}", TAKEN),
        message=(
            "eks.pod_identities.one.credentials: Fargate profile batch takes every pod of shop\n"
            "fix: use irsa\n"
            "why: Fargate has no EKS Pod Identity, so its pods get no credentials that way."
        ),
    ),
    RulePair(
        rule="pods_on_fargate_have_irsa: without instances",
        rejected=identities(
            "one: {namespace: b, service_account: a, credentials: pod_identity}", FARGATE, PRIVATE_ACCESS
        ),
        accepted=identities("one: {namespace: b, service_account: a, credentials: irsa}", FARGATE, PRIVATE_ACCESS),
        message=(
            "eks.pod_identities.one.credentials: there are no nodes that support EKS Pod Identity\n"
            "fix: use irsa\n"
            "why: Fargate has no EKS Pod Identity, so its pods get no credentials that way."
        ),
    ),
    RulePair(
        rule="pods_with_labels_on_fargate_have_irsa",
        rejected=identities("one: {namespace: shop, service_account: a}", LABELED),
        accepted=identities("one: {namespace: shop, service_account: a, credentials: irsa}", LABELED),
        message=(
            "eks.pod_identities.one.namespace: Fargate profile batch takes some pods of shop\n"
            "fix: set credentials to irsa, or to pod_identity if the pods have none of its labels\n"
            "why: Fargate has no EKS Pod Identity: pods that its profile selects by their labels get no "
            "credentials there."
        ),
    ),
    RulePair(
        rule="add_on_with_a_role_runs_on_nodes",
        rejected=add_ons(f"metrics-server: {{service_account: metrics-server, {BUCKET}}}", FARGATE, PRIVATE_ACCESS),
        accepted=add_ons("metrics-server: {}", FARGATE, PRIVATE_ACCESS),
        message=(
            "eks.add_ons.metrics-server.service_account: there are no nodes that support EKS Pod Identity\n"
            "fix: add nodes that are EC2 instances, or leave out what the role is for\n"
            "why: The role of an add-on comes by EKS Pod Identity, which Fargate does not have."
        ),
    ),
    RulePair(
        rule="service_account_has_one_role: or Karpenter has it",
        rejected=WITH_KARPENTER % "karpenter",
        accepted=WITH_KARPENTER % "other",
        message=(
            "eks.pod_identities.one.service_account: 'karpenter' is not allowed\n"
            "allowed: a service account of kube-system other than that of Karpenter\n"
            "why: Amazon EKS refuses a second association of a service account, and a pod has one role."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
