"""Rules of the AMI of nodes, and of the settings that it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks


def managed(text: str, *lines: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}", *lines)


def bottlerocket(settings: str, more: str = "", *lines: str) -> str:
    return managed(f"operating_system: bottlerocket, bottlerocket_settings: {settings}{more}", *lines)


def windows(text: str) -> str:
    options = (
        "operating_system: windows_2022_core, architecture: x86_64, instance_types: [m7i.large], taints: [{key: a}]"
    )
    return eks(f"nodes: {{main: {{kind: managed}}, win: {{kind: managed, {options}, {text}}}}}")


OWN_AMI = "image_id: ami-0123456789abcdef0"
SERVICES = "service_cidr: 172.20.0.0/16"


PAIRS = (
    RulePair(
        rule="settings_are_of_the_operating_system",
        rejected=managed("bottlerocket_settings: {motd: hello}"),
        accepted=bottlerocket("{motd: hello}"),
        message=(
            "eks.nodes.main.bottlerocket_settings: bottlerocket_settings is for bottlerocket, but "
            "operating_system is al2023\n"
            "fix: remove it, or set operating_system to bottlerocket\n"
            "why: Another operating system does not read them."
        ),
    ),
    RulePair(
        rule="settings_are_of_the_operating_system: both ways",
        rejected=managed("operating_system: bottlerocket, node_config: {instance: {}}"),
        accepted=managed("operating_system: al2023, node_config: {instance: {}}"),
        message=(
            "eks.nodes.main.node_config: node_config is for al2023, but operating_system is bottlerocket\n"
            "fix: remove it, or set operating_system to al2023\n"
            "why: Another operating system does not read them."
        ),
    ),
    RulePair(
        rule="settings_are_of_the_operating_system: which lacks a field",
        rejected=managed("operating_system: bottlerocket, kubelet: {podsPerCore: 8}"),
        accepted=managed("operating_system: bottlerocket, kubelet: {podPidsLimit: 8}"),
        message=(
            "eks.nodes.main.kubelet.podsPerCore: Bottlerocket has no setting for podsPerCore\n"
            "allowed: allowedUnsafeSysctls, containerLogMaxFiles, containerLogMaxSize, "
            "containerLogMaxWorkers, containerLogMonitorInterval, cpuCFSQuota, cpuManagerPolicy, "
            "cpuManagerReconcilePeriod, eventBurst, eventRecordQPS, evictionHard, "
            "evictionMaxPodGracePeriod, evictionSoft, evictionSoftGracePeriod, imageGCHighThresholdPercent, "
            "imageGCLowThresholdPercent, imageMaximumGCAge, imageMinimumGCAge, kubeAPIBurst, kubeAPIQPS, kubeReserved, "
            "maxParallelImagePulls, memoryManagerPolicy, "
            "podPidsLimit, registryBurst, registryPullQPS, reservedSystemCPUs, seccompDefault, "
            "shutdownGracePeriod, shutdownGracePeriodCriticalPods, singleProcessOOMKill, systemReserved, "
            "topologyManagerPolicy, and topologyManagerScope\n"
            "why: Another operating system does not read them."
        ),
    ),
    RulePair(
        rule="settings_are_of_the_operating_system: which lacks a key of a field",
        rejected=managed("operating_system: bottlerocket, kubelet: {evictionHard: {containerfs.available: 5%}}"),
        accepted=managed("operating_system: bottlerocket, kubelet: {evictionHard: {imagefs.available: 5%}}"),
        message=(
            "eks.nodes.main.kubelet.evictionHard: Bottlerocket does not take containerfs.available\n"
            "allowed: imagefs.available, imagefs.inodesFree, memory.available, nodefs.available, nodefs.inodesFree, or "
            "pid.available\n"
            "why: Another operating system does not read them."
        ),
    ),
    RulePair(
        rule="settings_are_of_the_operating_system: which takes less of a percentage",
        rejected=managed("operating_system: bottlerocket, kubelet: {evictionHard: {pid.available: 100%}}"),
        accepted=managed("operating_system: bottlerocket, kubelet: {evictionHard: {pid.available: 99%}}"),
        message=(
            "eks.nodes.main.kubelet.evictionHard: Bottlerocket does not take 100%\n"
            "allowed: less than 100%\n"
            "why: Another operating system does not read them."
        ),
    ),
    RulePair(
        rule="settings_are_of_the_operating_system: which takes other durations",
        rejected=managed("operating_system: bottlerocket, kubelet: {cpuManagerReconcilePeriod: 30s1m}"),
        accepted=managed("operating_system: bottlerocket, kubelet: {cpuManagerReconcilePeriod: 1m30s}"),
        message=(
            "eks.nodes.main.kubelet.cpuManagerReconcilePeriod: Bottlerocket does not take 30s1m\n"
            "allowed: hours, minutes, seconds, and milliseconds in this order, such as 1h30m\n"
            "why: Another operating system does not read them."
        ),
    ),
    RulePair(
        rule="bottlerocket_setting_has_no_key_of_its_own",
        rejected=bottlerocket("{kubernetes: {max-pods: 30}}"),
        accepted=bottlerocket("{kubernetes: {log-level: 3}}", ", max_pods: 20"),
        message=(
            "eks.nodes.main.bottlerocket_settings.kubernetes.max-pods: max-pods is set already\n"
            "fix: use max_pods instead\n"
            "why: Amazon EKS, or another key of the nodes, sets it already."
        ),
    ),
    RulePair(
        rule="bottlerocket_setting_has_no_key_of_its_own: or is a field of the kubelet",
        rejected=bottlerocket("{kubernetes: {pod-pids-limit: 30}}", ", kubelet: {podPidsLimit: 40}"),
        accepted=bottlerocket("{kubernetes: {registry-qps: 30}}", ", kubelet: {podPidsLimit: 40}"),
        message=(
            "eks.nodes.main.bottlerocket_settings.kubernetes.pod-pids-limit: pod-pids-limit is set already\n"
            "fix: use kubelet.podPidsLimit instead\n"
            "why: Amazon EKS, or another key of the nodes, sets it already."
        ),
    ),
    RulePair(
        rule="bottlerocket_setting_has_no_key_of_its_own: or the cluster's",
        rejected=bottlerocket("{kubernetes: {cluster-name: blue}}"),
        accepted=bottlerocket("{kubernetes: {}}"),
        message=(
            "eks.nodes.main.bottlerocket_settings.kubernetes.cluster-name: cluster-name is set already\n"
            "fix: remove it\n"
            "why: Amazon EKS, or another key of the nodes, sets it already."
        ),
    ),
    RulePair(
        rule="bottlerocket_settings_can_be_merged",
        rejected=bottlerocket("{host-containers: {my.admin: {enabled: true}}}"),
        accepted=bottlerocket("{host-containers: {my-admin: {enabled: true}}}"),
        message=(
            "eks.nodes.main.bottlerocket_settings: Amazon EKS cannot merge settings.host-containers.my.admin\n"
            "fix: avoid quotes and backslashes in texts, lists of several types, and names of tables with "
            "other characters than letters, digits, hyphens, and underscores\n"
            "why: Amazon EKS merges the settings with its own, and does not support all of TOML."
        ),
    ),
    RulePair(
        rule="bottlerocket_settings_can_be_merged: which an AMI of your own need not be",
        rejected=bottlerocket("{motd: 'a \"b\"'}"),
        accepted=bottlerocket("{motd: 'a \"b\"'}", f", {OWN_AMI}", SERVICES),
        message=(
            "eks.nodes.main.bottlerocket_settings: Amazon EKS cannot merge settings.motd\n"
            "fix: avoid quotes and backslashes in texts, lists of several types, and names of tables with "
            "other characters than letters, digits, hyphens, and underscores\n"
            "why: Amazon EKS merges the settings with its own, and does not support all of TOML."
        ),
    ),
    RulePair(
        rule="own_ami_knows_the_service_cidr",
        rejected=managed(OWN_AMI),
        accepted=managed(OWN_AMI, SERVICES),
        message=(
            "eks.nodes.main.image_id: there is an AMI of your own, but eks.service_cidr is not stated\n"
            "fix: state eks.service_cidr; for a cluster that exists, the one it has: aws eks "
            "describe-cluster --query cluster.kubernetesNetworkConfig.serviceIpv4Cidr\n"
            "why: A node with an AMI of your own must know the addresses of services, which no template can "
            "read."
        ),
    ),
    RulePair(
        rule="own_ami_has_no_version_of_eks",
        rejected=managed(f"{OWN_AMI}, release_version: 1.36.0-20261106", SERVICES),
        accepted=managed("release_version: 1.36.0-20261106", SERVICES),
        message=(
            "eks.nodes.main.release_version: there is an AMI of your own, and release_version\n"
            "fix: remove one of the two\n"
            "why: Amazon EKS refuses a release version, and a warm pool, with an AMI of your own."
        ),
    ),
    RulePair(
        rule="own_ami_has_no_version_of_eks: nor a warm pool",
        rejected=managed(f"{OWN_AMI}, warm_pool: {{}}", SERVICES),
        accepted=managed("warm_pool: {}", SERVICES),
        message=(
            "eks.nodes.main.warm_pool: there is an AMI of your own, and warm_pool\n"
            "fix: remove one of the two\n"
            "why: Amazon EKS refuses a release version, and a warm pool, with an AMI of your own."
        ),
    ),
    RulePair(
        rule="release_version_is_of_the_nodes",
        rejected=managed("release_version: 1.35.4-20261106"),
        accepted=managed("release_version: 1.36.4-20261106"),
        message=(
            "eks.nodes.main.release_version: '1.35.4-20261106' is not allowed\n"
            "allowed: a release for Kubernetes 1.36\n"
            "why: Amazon EKS refuses a release of another operating system, or of another Kubernetes version."
        ),
    ),
    RulePair(
        rule="release_version_is_of_the_nodes: of their operating system",
        rejected=managed("release_version: 1.50.0-0a1b2c3d"),
        accepted=managed("operating_system: bottlerocket, release_version: 1.50.0-0a1b2c3d"),
        message=(
            "eks.nodes.main.release_version: '1.50.0-0a1b2c3d' is not allowed\n"
            "allowed: a release for al2023, such as 1.36.0-20261106\n"
            "why: Amazon EKS refuses a release of another operating system, or of another Kubernetes version."
        ),
    ),
    RulePair(
        rule="release_version_is_of_the_nodes: on Windows too",
        rejected=windows("release_version: 1.36.0-20261106"),
        accepted=windows("release_version: 1.36-2026.11.10"),
        message=(
            "eks.nodes.win.release_version: '1.36.0-20261106' is not allowed\n"
            "allowed: a release for windows_2022_core, such as 1.36-2026.11.10\n"
            "why: Amazon EKS refuses a release of another operating system, or of another Kubernetes version."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
