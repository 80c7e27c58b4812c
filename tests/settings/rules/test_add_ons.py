"""Rules of EKS add-ons."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_constructs.eks.add_ons.catalog import CATALOG
from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks

# From the catalog, so that an add-on more is a row more.
*FIRST, LAST = [row.name for row in CATALOG.values() if not row.requires]
ON_FARGATE = f"{', '.join(FIRST)}{',' * (len(FIRST) > 1)} or {LAST}"

_TYPES = "Amazon EKS refuses a configuration that has other types than the schema of the add-on, or lacks a key."
_KNOWN = "Amazon EKS refuses a value that is not in the schema of the add-on, which each version has of its own."
_ENI_CONFIG = "Without an ENIConfig for its zone, a node gets no addresses for pods, and does not become ready."
_BOTH_ZONES = (
    "eniConfig: {create: true, region: eu-west-1, subnets: {eu-west-1a: {id: subnet-1}, eu-west-1b: {id: subnet-2}}}"
)
_BY_ZONE = "env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: topology.kubernetes.io/zone}"


def configured(name: str, configuration: str) -> str:
    """A file with an add-on that has this configuration."""
    return eks(MANAGED, f"add_ons: {{{name}: {{configuration: {configuration}}}}}")


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
        rule="add_on_can_run_on_the_nodes: without any",
        rejected=eks("nodes: {}", "add_ons: {vpc-cni: {}}"),
        accepted=eks(MANAGED, "add_ons: {vpc-cni: {}}"),
        message=(
            "eks.add_ons.vpc-cni: there are no nodes\n"
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
        rule="configuration_has_the_types_of_the_schema",
        rejected=configured("vpc-cni", "{env: {WARM_IP_TARGET: 5}}"),
        accepted=configured("vpc-cni", "{env: {WARM_IP_TARGET: '5'}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.WARM_IP_TARGET: 5 is not allowed\n"
            'allowed: a string: "5", in quotes\n'
            f"why: {_TYPES}"
        ),
    ),
    RulePair(
        rule="configuration_has_the_types_of_the_schema: of a variable that is not known",
        rejected=configured("vpc-cni", "{init: {env: {DISABLE_TCP_EARLY_DEMUX: true}}}"),
        accepted=configured("vpc-cni", "{init: {env: {DISABLE_TCP_EARLY_DEMUX: 'true'}}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.init.env.DISABLE_TCP_EARLY_DEMUX: true is not allowed\n"
            'allowed: a string: "true", in quotes\n'
            f"why: {_TYPES}"
        ),
    ),
    RulePair(
        rule="configuration_has_the_types_of_the_schema: a number",
        rejected=configured("coredns", "{replicaCount: '3'}"),
        accepted=configured("coredns", "{replicaCount: 3}"),
        message=(
            "eks.add_ons.coredns.configuration.replicaCount: '3' is not allowed\n"
            "allowed: a whole number: 3, without quotes\n"
            f"why: {_TYPES}"
        ),
    ),
    RulePair(
        rule="configuration_has_the_types_of_the_schema: a list",
        rejected=configured("coredns", "{tolerations: {operator: Exists}}"),
        accepted=configured("coredns", "{tolerations: [{operator: Exists}]}"),
        message=(
            f"eks.add_ons.coredns.configuration.tolerations: a mapping is not allowed\nallowed: a list\nwhy: {_TYPES}"
        ),
    ),
    RulePair(
        rule="configuration_has_the_types_of_the_schema: null",
        rejected=configured("coredns", "{nodeSelector: null}"),
        accepted=configured("aws-ebs-csi-driver", "{controller: {nodeSelector: null}}"),
        message=(
            f"eks.add_ons.coredns.configuration.nodeSelector: null is not allowed\nallowed: a mapping\nwhy: {_TYPES}"
        ),
    ),
    RulePair(
        rule="configuration_has_the_types_of_the_schema: a required key",
        rejected=configured("coredns", "{autoScaling: {minReplicas: 2}}"),
        accepted=configured("coredns", "{autoScaling: {enabled: true, minReplicas: 2}}"),
        message=(
            f"eks.add_ons.coredns.configuration.autoScaling: there is no enabled\nfix: add enabled\nwhy: {_TYPES}"
        ),
    ),
    RulePair(
        rule="configuration_key_is_known",
        rejected=configured("kube-proxy", "{proxyMode: ipvs}"),
        accepted=configured("kube-proxy", "{mode: ipvs}"),
        message=(
            "eks.add_ons.kube-proxy.configuration.proxyMode: kube-proxy is not known to have proxyMode\n"
            "fix: use one of affinity, ipvs, mode, nodeSelector, podAnnotations, podLabels, resources, and "
            "tolerations, or acknowledge that the version has it\n"
            f"why: {_KNOWN}"
        ),
    ),
    RulePair(
        rule="configuration_key_is_known: misspelled",
        rejected=configured("vpc-cni", "{env: {WARM_IP_TARGETS: '5'}}"),
        accepted=configured("vpc-cni", "{env: {WARM_IP_TARGET: '5'}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.WARM_IP_TARGETS: vpc-cni.env is not known to have WARM_IP_TARGETS\n"
            "fix: did you mean WARM_IP_TARGET?\n"
            f"why: {_KNOWN}"
        ),
    ),
    RulePair(
        rule="configuration_key_is_known: at another place",
        rejected=configured("aws-ebs-csi-driver", "{replicaCount: 2}"),
        accepted=configured("aws-ebs-csi-driver", "{controller: {replicaCount: 2}}"),
        message=(
            "eks.add_ons.aws-ebs-csi-driver.configuration.replicaCount: aws-ebs-csi-driver is not known to have "
            "replicaCount\n"
            "fix: replicaCount is a key of controller\n"
            f"why: {_KNOWN}"
        ),
    ),
    RulePair(
        rule="configuration_key_is_known: of many",
        rejected=configured("vpc-cni", "{hostNetwork: true}"),
        accepted=configured("coredns", "{nodeSelector: {kubernetes.io/os: linux}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.hostNetwork: vpc-cni is not known to have hostNetwork\n"
            "fix: acknowledge this if the schema of the version has it: aws eks describe-addon-configuration "
            "--addon-name vpc-cni\n"
            f"why: {_KNOWN}"
        ),
    ),
    RulePair(
        rule="configuration_key_is_known: of a Helm chart, which gives no types",
        rejected=configured("metrics-server", "{replica: 3}"),
        accepted=configured("metrics-server", "{replicas: '3'}"),
        message=(
            "eks.add_ons.metrics-server.configuration.replica: metrics-server is not known to have replica\n"
            "fix: did you mean replicas?\n"
            f"why: {_KNOWN}"
        ),
    ),
    RulePair(
        rule="configuration_has_the_types_of_the_schema: of a published schema",
        rejected=configured("eks-node-monitoring-agent", "{nodeAgent: {probePort: '8002'}}"),
        accepted=configured("eks-node-monitoring-agent", "{nodeAgent: {probePort: 8002}}"),
        message=(
            "eks.add_ons.eks-node-monitoring-agent.configuration.nodeAgent.probePort: '8002' is not allowed\n"
            "allowed: a whole number: 8002, without quotes\n"
            f"why: {_TYPES}"
        ),
    ),
    RulePair(
        rule="custom_networking_has_subnets",
        rejected=configured("vpc-cni", "{env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'}}"),
        accepted=configured("vpc-cni", f"{{env: {{AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true'}}, {_BOTH_ZONES}}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: custom networking is "
            "on, but there is no eniConfig\n"
            "fix: add eniConfig, or acknowledge that each zone has an ENIConfig before its nodes start\n"
            f"why: {_ENI_CONFIG}"
        ),
    ),
    RulePair(
        rule="custom_networking_has_subnets: as Go reads a boolean",
        rejected=configured(
            "vpc-cni",
            f"{{env: {{AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'True'}}, {_BOTH_ZONES.replace('true', 'false')}}}",
        ),
        accepted=configured("vpc-cni", "{env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'False'}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: custom networking is "
            "on, but eniConfig.create is false\n"
            "fix: add eniConfig, or acknowledge that each zone has an ENIConfig before its nodes start\n"
            f"why: {_ENI_CONFIG}"
        ),
    ),
    RulePair(
        rule="custom_networking_has_subnets: in each zone",
        rejected=configured("vpc-cni", f"{{{_BY_ZONE}, {_BOTH_ZONES.replace(', eu-west-1b: {id: subnet-2}', '')}}}"),
        accepted=configured("vpc-cni", f"{{{_BY_ZONE}, {_BOTH_ZONES}}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.eniConfig.subnets: there is no subnet for eu-west-1b\n"
            "fix: add one for each zone, or acknowledge that each has an ENIConfig before its nodes start\n"
            f"why: {_ENI_CONFIG}"
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
