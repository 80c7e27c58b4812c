"""Rules of the settings that kubelet, nodeadm, and Bottlerocket read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks


def al2023(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}")


def bottlerocket(settings: str) -> str:
    return al2023(f"operating_system: bottlerocket, bottlerocket_settings: {settings}")


PAIRS = (
    RulePair(
        rule="kubelet_fields_fit_each_other",
        rejected=al2023("kubelet: {serializeImagePulls: true, maxParallelImagePulls: 4}"),
        accepted=al2023("kubelet: {serializeImagePulls: false, maxParallelImagePulls: 4}"),
        message=(
            "eks.nodes.main.kubelet.maxParallelImagePulls: serializeImagePulls is true\n"
            "fix: set serializeImagePulls to false\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: garbage collection of images",
        rejected=al2023("kubelet: {imageGCHighThresholdPercent: 70}"),
        accepted=al2023("kubelet: {imageGCHighThresholdPercent: 70, imageGCLowThresholdPercent: 60}"),
        message=(
            "eks.nodes.main.kubelet.imageGCHighThresholdPercent: image garbage collection begins at 70 "
            "percent and ends at 80\n"
            "fix: set the low below the high\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: soft eviction",
        rejected=al2023("kubelet: {evictionSoft: {memory.available: 10%}}"),
        accepted=al2023(
            "kubelet: {evictionSoft: {memory.available: 10%}, evictionSoftGracePeriod: {memory.available: 90s}}"
        ),
        message=(
            "eks.nodes.main.kubelet.evictionSoft: memory.available has no evictionSoftGracePeriod\n"
            "fix: state it, such as 90s\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: shutdown",
        rejected=al2023("kubelet: {shutdownGracePeriod: 30s, shutdownGracePeriodCriticalPods: 1m}"),
        accepted=al2023("kubelet: {shutdownGracePeriod: 1m, shutdownGracePeriodCriticalPods: 60s}"),
        message=(
            "eks.nodes.main.kubelet.shutdownGracePeriodCriticalPods: it is longer than "
            "shutdownGracePeriod, of which it is the last part\n"
            "fix: raise shutdownGracePeriod, or lower this\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: memory manager",
        rejected=al2023("kubelet: {memoryManagerPolicy: Static}"),
        accepted=al2023("kubelet: {memoryManagerPolicy: None}"),
        message=(
            "eks.nodes.main.kubelet.memoryManagerPolicy: Static needs reservedMemory, which depends on "
            "the instance type and is no key here\n"
            "fix: remove it, or use bottlerocket with memory-manager-reserved-memory\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="local_storage_has_a_strategy",
        rejected=al2023("node_config: {instance: {localStorage: {strategy: raid5}}}"),
        accepted=al2023("node_config: {instance: {localStorage: {strategy: raid0}}}"),
        message=(
            "eks.nodes.main.node_config: the strategy of instance.localStorage is raid5\n"
            "allowed: RAID0, RAID10, or Mount\n"
            "why: With another strategy, nodeadm fails, so that no node joins the cluster."
        ),
    ),
    RulePair(
        rule="node_config_key_is_known",
        rejected=al2023("node_config: {instance: {localStorages: {}}}"),
        accepted=al2023("node_config: {instance: {localStorage: {}}}"),
        message=(
            "eks.nodes.main.node_config: instance is not known to have localStorages\n"
            "fix: did you mean localStorage? If the version has it, acknowledge this\n"
            "why: What nodeadm does not know does nothing."
        ),
    ),
    RulePair(
        rule="kernel_lockdown_is_known",
        rejected=bottlerocket("{kernel: {lockdown: strict}}"),
        accepted=bottlerocket("{kernel: {lockdown: integrity}}"),
        message=(
            "eks.nodes.main.bottlerocket_settings: kernel.lockdown is strict\n"
            "allowed: none, integrity, or confidentiality\n"
            "why: Bottlerocket refuses settings with another value, and does not boot."
        ),
    ),
    RulePair(
        rule="bottlerocket_setting_is_known",
        rejected=bottlerocket("{host_containers: {admin: {enabled: true}}}"),
        accepted=bottlerocket("{host-containers: {admin: {enabled: true}}}"),
        message=(
            "eks.nodes.main.bottlerocket_settings: Bottlerocket is not known to have host_containers\n"
            "fix: did you mean host-containers? If the version has it, acknowledge this\n"
            "why: Bottlerocket refuses settings that it does not know, and does not boot."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: age of images",
        rejected=al2023("kubelet: {imageMinimumGCAge: 48h, imageMaximumGCAge: 24h}"),
        accepted=al2023("kubelet: {imageMinimumGCAge: 24h, imageMaximumGCAge: 48h}"),
        message=(
            "eks.nodes.main.kubelet.imageMaximumGCAge: it is not greater than imageMinimumGCAge\n"
            "fix: raise it, or lower the other\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: age of images, of which one is the default",
        rejected=al2023("kubelet: {imageMaximumGCAge: 2m}"),
        accepted=al2023("kubelet: {imageMaximumGCAge: 121s}"),
        message=(
            "eks.nodes.main.kubelet.imageMaximumGCAge: it is not greater than imageMinimumGCAge, which is 2m\n"
            "fix: raise it, or lower the other\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="eviction_signal_has_an_effect",
        rejected=al2023("kubelet: {evictionHard: {containerfs.available: 10%, nodefs.available: 10%}}"),
        accepted=al2023("kubelet: {evictionHard: {nodefs.available: 10%}}"),
        message=(
            "eks.nodes.main.kubelet.evictionHard: containerfs.available has no effect\n"
            "fix: remove it, and state nodefs and imagefs\n"
            "why: The kubelet gives those of containerfs the thresholds of nodefs or imagefs, whatever is stated."
        ),
    ),
    RulePair(
        rule="node_config_key_is_known: of local storage",
        rejected=al2023("node_config: {instance: {localStorage: {strategy: Mount, mountpath: /data}}}"),
        accepted=al2023("node_config: {instance: {localStorage: {strategy: Mount, mountPath: /data}}}"),
        message=(
            "eks.nodes.main.node_config: instance.localStorage is not known to have mountpath\n"
            "fix: did you mean mountPath? If the version has it, acknowledge this\n"
            "why: What nodeadm does not know does nothing."
        ),
    ),
    RulePair(
        rule="node_config_key_is_known: mounts",
        rejected=al2023("node_config: {instance: {localStorage: {strategy: RAID0, disabledMounts: [podLogs]}}}"),
        accepted=al2023("node_config: {instance: {localStorage: {strategy: RAID0, disabledMounts: [PodLogs]}}}"),
        message=(
            "eks.nodes.main.node_config: instance.localStorage.disabledMounts is not known to have podLogs\n"
            "fix: did you mean PodLogs? If the version has it, acknowledge this\n"
            "why: What nodeadm does not know does nothing."
        ),
    ),
    RulePair(
        rule="bottlerocket_setting_is_known: of Kubernetes",
        rejected=bottlerocket("{kubernetes: {static-pod: {}}}"),
        accepted=bottlerocket("{kubernetes: {static-pods: {}, ids-per-pod: 65536}, kernel: {hugepages: {}}}"),
        message=(
            "eks.nodes.main.bottlerocket_settings: settings.kubernetes of Bottlerocket is not known to have "
            "static-pod\n"
            "fix: did you mean static-pods? If the version has it, acknowledge this\n"
            "why: Bottlerocket refuses settings that it does not know, and does not boot."
        ),
    ),
    RulePair(
        rule="bottlerocket_setting_is_known: of newer versions",
        rejected=bottlerocket("{image-verifier-plugin: {}}"),
        accepted=bottlerocket("{image-verifier-plugins: {}}"),
        message=(
            "eks.nodes.main.bottlerocket_settings: Bottlerocket is not known to have image-verifier-plugin\n"
            "fix: did you mean image-verifier-plugins? If the version has it, acknowledge this\n"
            "why: Bottlerocket refuses settings that it does not know, and does not boot."
        ),
    ),
    RulePair(
        rule="kubelet_fields_fit_each_other: options of the CPU manager",
        rejected=al2023("kubelet: {cpuManagerPolicyOptions: {full-pcpus-only: 'true'}}"),
        accepted=al2023("kubelet: {cpuManagerPolicy: static, cpuManagerPolicyOptions: {full-pcpus-only: 'true'}}"),
        message=(
            "eks.nodes.main.kubelet.cpuManagerPolicyOptions: cpuManagerPolicy is not static\n"
            "fix: set it to static, or remove the options\n"
            "why: The kubelet does not start with such a configuration, so that no node joins the "
            "cluster."
        ),
    ),
    RulePair(
        rule="node_config_has_the_types",
        rejected=al2023("node_config: {featureGates: {InstanceIdNodeName: 'true'}}"),
        accepted=al2023("node_config: {featureGates: {InstanceIdNodeName: true}}"),
        message=(
            "eks.nodes.main.node_config: featureGates.InstanceIdNodeName is 'true'\n"
            "allowed: true or false, without quotes\n"
            "why: With a value of another type, nodeadm fails, so that no node joins the cluster."
        ),
    ),
    RulePair(
        rule="node_config_has_the_types: of containerd",
        rejected=al2023("node_config: {containerd: {config: {version: 2}}}"),
        accepted=al2023("node_config: {containerd: {config: version = 2}}"),
        message=(
            "eks.nodes.main.node_config: containerd.config is no text\n"
            "fix: write TOML as text\n"
            "why: With a value of another type, nodeadm fails, so that no node joins the cluster."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
