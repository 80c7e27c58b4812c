"""Rules of the names of add-ons, and of what add-ons need besides nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks

BUCKET = 'statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"]}]'


def add_ons(text: str, nodes: str = MANAGED, *others: str) -> str:
    """A file with these add-ons."""
    return eks(nodes, *others, f"add_ons: {{{text}}}")


PAIRS = (
    RulePair(
        rule="add_on_is_in_the_catalog_or_has_a_version",
        rejected=add_ons("core-dns: {}"),
        accepted=add_ons("coredns: {}"),
        message=(
            "eks.add_ons.core-dns: core-dns is not in the catalog of add-ons, and no version is stated\n"
            "fix: did you mean coredns?\n"
            "why: Nothing is known of an add-on that is not in the catalog, so its version is not either."
        ),
    ),
    RulePair(
        rule="add_on_is_in_the_catalog_or_has_a_version: one of AWS Marketplace",
        rejected=add_ons("datadog_operator: {}"),
        accepted=add_ons("datadog_operator: {version: v0.1.9-eksbuild.1}"),
        message=(
            "eks.add_ons.datadog_operator: datadog_operator is not in the catalog of add-ons, and no version is "
            "stated\n"
            "fix: state its version, which `aws eks describe-addon-versions` lists, or use an add-on of the "
            "catalog: docs/configuration.md\n"
            "why: Nothing is known of an add-on that is not in the catalog, so its version is not either."
        ),
    ),
    RulePair(
        rule="add_on_name_is_not_misspelled",
        rejected=add_ons("core-dns: {version: v1.14.3-eksbuild.23}"),
        accepted=add_ons("coredns: {version: v1.14.3-eksbuild.23}"),
        message=(
            "eks.add_ons.core-dns: core-dns is not in the catalog of add-ons\n"
            "fix: did you mean coredns?\n"
            "why: Amazon EKS refuses an add-on that it does not have, and nothing here knows its names."
        ),
    ),
    RulePair(
        rule="add_on_has_the_service_account_of_its_pods",
        rejected=add_ons("aws-efs-csi-driver: {service_account: efs}"),
        accepted=add_ons(
            "aws-efs-csi-driver: {service_account: efs, configuration: {controller: {serviceAccount: {name: efs}}}}"
        ),
        message=(
            "eks.add_ons.aws-efs-csi-driver.service_account: 'efs' is not allowed\n"
            "allowed: efs-csi-controller-sa, which the pods of aws-efs-csi-driver have, or a name that its "
            "configuration states\n"
            "why: A role that is associated with another service account reaches no pod of the add-on."
        ),
    ),
    RulePair(
        rule="add_on_has_the_namespace_of_its_pods",
        rejected=add_ons("external-dns: {namespace: kube-system}"),
        accepted=add_ons("external-dns: {namespace: external-dns}"),
        message=(
            "eks.add_ons.external-dns.namespace: 'kube-system' is not allowed\n"
            "allowed: external-dns, or no namespace\n"
            "why: A role for a service account of another namespace reaches no pod of the add-on."
        ),
    ),
    RulePair(
        rule="add_on_permissions_are_for_a_service_account",
        rejected=add_ons(f"kube-state-metrics: {{{BUCKET}}}"),
        accepted=add_ons(f"kube-state-metrics: {{service_account: kube-state-metrics, {BUCKET}}}"),
        message=(
            "eks.add_ons.kube-state-metrics.statements: kube-state-metrics has statements, but no service account\n"
            "fix: state the service_account of its pods\n"
            "why: A role is for one service account, and without one, or without permissions, there is no role."
        ),
    ),
    RulePair(
        rule="add_on_permissions_are_for_a_service_account: and the reverse",
        rejected=add_ons("kube-state-metrics: {service_account: a}"),
        accepted=add_ons(f"kube-state-metrics: {{service_account: a, {BUCKET}}}"),
        message=(
            "eks.add_ons.kube-state-metrics.service_account: kube-state-metrics has a service account, but no "
            "permissions\n"
            "fix: state policy_arns or statements, or remove service_account\n"
            "why: A role is for one service account, and without one, or without permissions, there is no role."
        ),
    ),
    RulePair(
        rule="add_on_may_do_something",
        rejected=add_ons("aws-mountpoint-s3-csi-driver: {}"),
        accepted=add_ons(f"aws-mountpoint-s3-csi-driver: {{{BUCKET}}}"),
        message=(
            "eks.add_ons.aws-mountpoint-s3-csi-driver: aws-mountpoint-s3-csi-driver has no permissions\n"
            "fix: state policy_arns or statements, such as s3:GetObject on the objects of a bucket, or a role of "
            "the pods in eks.pod_identities\n"
            "why: Nothing is allowed until the file says what, so each volume fails to mount."
        ),
    ),
    RulePair(
        rule="add_on_has_the_add_ons_that_it_needs",
        rejected=add_ons("adot: {}"),
        accepted=add_ons("adot: {}, cert-manager: {}"),
        message=(
            "eks.add_ons.adot: adot needs cert-manager\n"
            "fix: add cert-manager, or acknowledge that it is installed by other means\n"
            "why: Without it, the add-on stays degraded, and the deployment fails after 20 minutes."
        ),
    ),
    RulePair(
        rule="add_on_has_a_fargate_profile",
        rejected=add_ons("kube-state-metrics: {}", FARGATE, PRIVATE_ACCESS),
        accepted=add_ons("metrics-server: {}", FARGATE, PRIVATE_ACCESS),
        message=(
            "eks.add_ons.kube-state-metrics: no Fargate profile selects the pods of kube-state-metrics, which "
            "are in the namespace kube-state-metrics\n"
            "fix: add a selector with namespace: kube-state-metrics\n"
            "why: Without EC2 instances, a pod that no Fargate profile selects stays pending, and its add-on is "
            "degraded."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
