"""Rules of EKS add-ons."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_constructs.eks.add_ons.catalog import CATALOG
from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks

# From the catalog, so that an add-on more is a row more.
*FIRST, LAST = [row.name for row in CATALOG.values() if not row.requires]
ON_FARGATE = f"{', '.join(FIRST)}{',' * (len(FIRST) > 1)} or {LAST}"

PAIRS = (
    RulePair(
        rule="add_on_can_run_on_the_nodes",
        rejected=eks(FARGATE, PRIVATE_ACCESS, "add_ons: {aws-ebs-csi-driver: {}}"),
        accepted=eks(FARGATE, PRIVATE_ACCESS, "add_ons: {metrics-server: {}}"),
        message=(
            "eks.add_ons.aws-ebs-csi-driver: there are no nodes that support daemon sets and pod identity, "
            "which aws-ebs-csi-driver requires\n"
            f"allowed: {ON_FARGATE}\n"
            "fix: remove the add-on, or add nodes that are EC2 instances\n"
            "why: Without a node that its pods can run on, the add-on would stay degraded and fail the "
            "deployment."
        ),
    ),
    RulePair(
        rule="add_on_can_run_on_the_nodes: among nodes of several kinds",
        rejected=eks(FARGATE, PRIVATE_ACCESS, "add_ons: {kube-proxy: {}}"),
        accepted=eks(MANAGED, "add_ons: {kube-proxy: {}}"),
        message=(
            "eks.add_ons.kube-proxy: there are no nodes that support daemon sets, which kube-proxy requires\n"
            f"allowed: {ON_FARGATE}\n"
            "fix: remove the add-on, or add nodes that are EC2 instances\n"
            "why: Without a node that its pods can run on, the add-on would stay degraded and fail the "
            "deployment."
        ),
    ),
    RulePair(
        rule="add_on_versions_are_pinned",
        rejected=eks(MANAGED, "kubernetes_version: '1.37'"),
        accepted=eks(MANAGED, "kubernetes_version: '1.37'", "add_on_versions: default"),
        message=(
            "eks.kubernetes_version: no version of aws-ebs-csi-driver, coredns, eks-node-monitoring-agent, "
            "eks-pod-identity-agent, kube-proxy, metrics-server, or vpc-cni is pinned for Kubernetes 1.37\n"
            'allowed: "1.35" or "1.36"\n'
            "fix: state eks.add_ons.<name>.version for each, or set eks.add_on_versions to default\n"
            "why: Amazon EKS refuses an add-on version that is not for the Kubernetes version, so none is "
            "guessed."
        ),
    ),
    RulePair(
        rule="add_on_versions_are_pinned: or stated for each",
        rejected=eks(
            FARGATE,
            PRIVATE_ACCESS,
            "kubernetes_version: '1.37'",
            "add_ons: {metrics-server: {version: v1.0.0-eksbuild.1}}",
        ),
        accepted=eks(
            FARGATE,
            PRIVATE_ACCESS,
            "kubernetes_version: '1.37'",
            "add_ons: {metrics-server: {version: v1.0.0-eksbuild.1}, coredns: {version: v1.0.0-eksbuild.1}}",
        ),
        message=(
            "eks.kubernetes_version: no version of coredns is pinned for Kubernetes 1.37\n"
            'allowed: "1.35" or "1.36"\n'
            "fix: state eks.add_ons.<name>.version for each, or set eks.add_on_versions to default\n"
            "why: Amazon EKS refuses an add-on version that is not for the Kubernetes version, so none is "
            "guessed."
        ),
    ),
    RulePair(
        rule="environment_of_an_add_on_is_text",
        rejected=eks(MANAGED, "add_ons: {vpc-cni: {configuration: {env: {WARM_IP_TARGET: 5}}}}"),
        accepted=eks(MANAGED, "add_ons: {vpc-cni: {configuration: {env: {WARM_IP_TARGET: '5'}}}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.WARM_IP_TARGET: 5 is not allowed\n"
            'allowed: a string: "5", in quotes\n'
            "why: The schema of the add-on has strings here, and Amazon EKS refuses a number or a Boolean."
        ),
    ),
    RulePair(
        rule="configuration_key_is_known",
        rejected=eks(MANAGED, "add_ons: {coredns: {configuration: {replicas: 3}}}"),
        accepted=eks(MANAGED, "add_ons: {coredns: {configuration: {replicaCount: 3}}}"),
        message=(
            "eks.add_ons.coredns.configuration.replicas: coredns is not known to have replicas\n"
            "fix: use one of affinity, autoScaling, computeType, corefile, nodeSelector, podAnnotations, "
            "podDisruptionBudget, podLabels, priorityClassName, replicaCount, resources, tolerations, and "
            "topologySpreadConstraints, or acknowledge that the version has it\n"
            "why: Amazon EKS refuses a value that is not in the schema of the add-on, which each version has "
            "of its own."
        ),
    ),
    RulePair(
        rule="custom_networking_has_subnets",
        rejected=eks(
            MANAGED, "add_ons: {vpc-cni: {configuration: {env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'}}}}"
        ),
        accepted=eks(
            MANAGED,
            "add_ons: {vpc-cni: {configuration: "
            "{env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'}, eniConfig: {create: true}}}}",
        ),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: custom networking is "
            "on, but there is no eniConfig\n"
            "fix: add eniConfig, or acknowledge that each zone has an ENIConfig before its nodes start\n"
            "why: Without an ENIConfig for its zone, a node gets no addresses for pods, and does not become "
            "ready."
        ),
    ),
    RulePair(
        rule="kube_proxy_is_not_newer_than_the_cluster",
        rejected=eks(MANAGED, "kubernetes_version: '1.35'", "add_ons: {kube-proxy: {version: v1.36.0-eksbuild.25}}"),
        accepted=eks(MANAGED, "kubernetes_version: '1.35'", "add_ons: {kube-proxy: {version: v1.35.0-eksbuild.2}}"),
        message=(
            "eks.add_ons.kube-proxy.version: 'v1.36.0-eksbuild.25' is not allowed\n"
            "allowed: a version of kube-proxy for Kubernetes 1.35\n"
            "why: Amazon EKS offers versions of kube-proxy up to the minor version of the cluster."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
