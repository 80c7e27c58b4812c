"""Rules of fargate profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, HEAD, PRIVATE_ACCESS, RulePair, eks

BOTH = "nodes: {main: {kind: managed}, all: {kind: fargate, selectors: [{namespace: %s}]}}"

LABELED = "nodes: {main: {kind: managed}, dns: {kind: fargate, selectors: [{namespace: kube-system, labels: {%s}}]}}"
TAKEN = (
    "eks.nodes.%s.selectors[0].namespace: the selector matches pods of %s in kube-system, which nodes must run\n"
    "allowed: a namespace, or a pattern, that does not match kube-system\n"
    "fix: name the namespaces, or add labels that these pods do not have, such as k8s-app: kube-dns to run only "
    "CoreDNS on Fargate\n"
    "why: Fargate has no EKS Pod Identity, so pods of these add-ons would get no credentials there."
)
UNDISTURBED = TAKEN.partition("why: ")[0] + (
    "why: Fargate runs no DaemonSets, so a profile that matches their pods does nothing good for them."
)

GOVCLOUD = HEAD.replace("eu-west-1", "us-gov-west-1")
WINDOWS = (
    "win: {kind: managed, operating_system: windows_2022_core, architecture: x86_64, instance_types: [m5.large], "
    "desired_size: 1, taints: [{key: os}]}"
)

PAIRS = (
    RulePair(
        rule="fargate_profile_is_offered_in_the_region",
        rejected=eks(FARGATE, PRIVATE_ACCESS, head=GOVCLOUD),
        accepted=eks(FARGATE, PRIVATE_ACCESS, head=HEAD.replace("eu-west-1", "cn-north-1")),
        message=(
            "eks.nodes.batch: there is a Fargate profile, but Amazon EKS has no Fargate in us-gov-west-1\n"
            "fix: run its pods on a managed node group\n"
            "why: Amazon EKS has no AWS Fargate in the AWS GovCloud (US) Regions."
        ),
    ),
    RulePair(
        rule="core_dns_needs_no_fargate_in_the_region",
        rejected=eks(f"nodes: {{{WINDOWS}}}", PRIVATE_ACCESS, head=GOVCLOUD),
        accepted=eks(f"nodes: {{main: {{kind: managed}}, {WINDOWS}}}", PRIVATE_ACCESS, head=GOVCLOUD),
        message=(
            "eks.nodes: CoreDNS has no Linux node to run on, and Amazon EKS has no Fargate in us-gov-west-1\n"
            "fix: add Linux nodes, such as general: {kind: managed}\n"
            "why: Without Linux nodes, CoreDNS runs on Fargate, which Amazon EKS does not have in the AWS GovCloud "
            "(US) Regions."
        ),
    ),
    RulePair(
        rule="core_dns_needs_no_fargate_in_the_region: where Fargate is not offered",
        rejected=eks(f"nodes: {{{WINDOWS}}}", PRIVATE_ACCESS, head=HEAD.replace("eu-west-1", "us-gov-east-1")),
        accepted=eks(f"nodes: {{{WINDOWS}}}", PRIVATE_ACCESS, head=HEAD.replace("eu-west-1", "us-east-2")),
        message=(
            "eks.nodes: CoreDNS has no Linux node to run on, and Amazon EKS has no Fargate in us-gov-east-1\n"
            "fix: add Linux nodes, such as general: {kind: managed}\n"
            "why: Without Linux nodes, CoreDNS runs on Fargate, which Amazon EKS does not have in the AWS GovCloud "
            "(US) Regions."
        ),
    ),
    RulePair(
        rule="fargate_profile_leaves_add_ons_to_nodes",
        rejected=eks(BOTH % "'*'"),
        accepted=eks(BOTH % "'a*'"),
        message=TAKEN % ("all", "aws-ebs-csi-driver"),
    ),
    RulePair(
        rule="fargate_profile_leaves_add_ons_to_nodes: by name",
        rejected=eks(BOTH % "kube-system"),
        accepted=eks(BOTH % "kube-public"),
        message=TAKEN % ("all", "aws-ebs-csi-driver"),
    ),
    RulePair(
        rule="fargate_profile_leaves_add_ons_to_nodes: by a pattern",
        rejected=eks(BOTH % "'kube-*'"),
        accepted=eks(BOTH % "'kube-?'"),
        message=TAKEN % ("all", "aws-ebs-csi-driver"),
    ),
    RulePair(
        rule="fargate_profile_leaves_add_ons_to_nodes: one character each",
        rejected=eks(BOTH % "kube?syste?"),
        accepted=eks(BOTH % "kube?syste"),
        message=TAKEN % ("all", "aws-ebs-csi-driver"),
    ),
    RulePair(
        rule="fargate_profile_leaves_add_ons_to_nodes: its controller by label",
        rejected=eks(LABELED % "app: ebs-csi-*"),
        accepted=eks(LABELED % "k8s-app: kube-dns"),
        message=TAKEN % ("dns", "aws-ebs-csi-driver"),
    ),
    RulePair(
        rule="fargate_profile_leaves_add_ons_to_nodes: not an add-on that is not installed",
        rejected=eks(LABELED % "app: ebs-csi-controller"),
        accepted=eks(LABELED % "app: ebs-csi-controller", "add_ons: {}"),
        message=TAKEN % ("dns", "aws-ebs-csi-driver"),
    ),
    RulePair(
        rule="fargate_pod_logs_have_a_profile",
        rejected=eks("nodes: {main: {kind: managed}}", "fargate_pod_logs: true"),
        accepted=eks(FARGATE, "fargate_pod_logs: true", PRIVATE_ACCESS),
        message=(
            "eks.fargate_pod_logs: fargate_pod_logs is true, but there is no Fargate profile\n"
            "fix: set it to false, or add a Fargate profile\n"
            "why: Only pods on AWS Fargate have the log router; without a Fargate profile, the log group stays "
            "empty."
        ),
    ),
    RulePair(
        rule="fargate_profile_leaves_daemon_sets_to_nodes",
        rejected=eks(LABELED % "'k8s-*': '*'"),
        accepted=eks(LABELED % "'k8s-*': 'kube-d*'"),
        message=UNDISTURBED % ("dns", "vpc-cni and kube-proxy"),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
