"""User data of nodes, compared with golden files, and what each operating system would read of it."""

from __future__ import annotations

import tomllib
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from facts.bottlerocket_settings import BOTTLEROCKET_SETTINGS
from reference_constructs.eks.cluster_details import ClusterDetails
from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.kubelet_settings import KUBELET_FIELDS
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.eks.nodes.node_values import what_eks_cannot_merge
from reference_constructs.eks.nodes.user_data import node_user_data

GOLDEN = Path(__file__).parent / "user_data"
CLUSTER = ClusterDetails(
    name="blue",
    endpoint="https://EXAMPLE.gr7.eu-west-1.eks.amazonaws.com",
    certificate_authority="Y2VydGlmaWNhdGU=",
    service_cidr="172.20.0.0/16",
    dns_address="172.20.0.10",
)
POOL: dict[str, Any] = {
    "labels": {"example.com/team": "shop", "pool": "batch"},
    "taints": [TaintOptions(key="batch", value="yes"), TaintOptions(key="batch", effect="NO_EXECUTE")],
    "max_pods": 30,
}
KUBELET: dict[str, Any] = {
    "evictionHard": {"memory.available": "5%"},
    "podPidsLimit": 4096,
    "seccompDefault": True,
    "allowedUnsafeSysctls": ["net.core.somaxconn"],
}
AL2023: dict[str, Any] = {
    **POOL,
    "kubelet": KUBELET,
    "node_config": {
        "instance": {"localStorage": {"strategy": "RAID0"}},
        "containerd": {"config": '[plugins."io.containerd.grpc.v1.cri".containerd]\ndiscard_unpacked_layers = false\n'},
    },
}
BOTTLEROCKET: dict[str, Any] = {
    **POOL,
    "operating_system": "bottlerocket",
    "kubelet": KUBELET,
    "bottlerocket_settings": {
        "kernel": {"lockdown": "integrity", "sysctl": {"net.core.somaxconn": "4096"}},
        "kubernetes": {"log-level": 3},
    },
}
WINDOWS: dict[str, Any] = {**POOL, "operating_system": "windows_2022_core", "architecture": "x86_64"}


def _user_data(cluster: ClusterDetails | None, **options: Any) -> str:  # noqa: ANN401 - of any option
    return node_user_data(InstanceNodeOptions(**options), cluster)


@pytest.mark.parametrize(
    ("file", "cluster", "options"),
    [
        ("al2023_in_part.mime", None, AL2023),
        ("al2023_complete.mime", CLUSTER, AL2023),
        ("al2023_defaults_complete.mime", CLUSTER, {}),
        ("bottlerocket_in_part.toml", None, BOTTLEROCKET),
        ("bottlerocket_complete.toml", CLUSTER, BOTTLEROCKET),
        ("windows_complete.ps1", CLUSTER, WINDOWS),
        ("windows_defaults_complete.ps1", CLUSTER, {"operating_system": "windows_2025_full"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_user_data_is_that_of_the_golden_file(
    file: str, cluster: ClusterDetails | None, options: dict[str, Any]
) -> None:
    assert _user_data(cluster, **options) == (GOLDEN / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("operating_system", ["al2023", "bottlerocket", "windows_2022_core"])
def test_nodes_that_eks_configures_alone_have_none(operating_system: str) -> None:
    labels_and_taints = {name: POOL[name] for name in ("labels", "taints")}

    assert _user_data(None, operating_system=operating_system, **labels_and_taints) == ""


def test_al2023_reads_one_node_config() -> None:
    (part,) = [each for each in message_from_string(_user_data(CLUSTER, **AL2023)).walk() if not each.is_multipart()]
    config = YAML(typ="safe").load(part.get_payload())

    assert part.get_content_type() == "application/node.eks.aws"
    assert (config["apiVersion"], config["kind"]) == ("node.eks.aws/v1alpha1", "NodeConfig")
    assert config["spec"]["cluster"] == {
        "name": "blue",
        "apiServerEndpoint": CLUSTER.endpoint,
        "certificateAuthority": CLUSTER.certificate_authority,
        "cidr": "172.20.0.0/16",
    }
    assert config["spec"]["kubelet"]["config"] == {"maxPods": 30, **KUBELET}
    assert config["spec"]["kubelet"]["flags"] == [
        "--node-labels=example.com/team=shop,pool=batch",
        "--register-with-taints=batch=yes:NoSchedule,batch=:NoExecute",
    ]
    assert config["spec"]["containerd"] == AL2023["node_config"]["containerd"]


def test_bottlerocket_reads_the_settings_under_its_own_names() -> None:
    settings = tomllib.loads(_user_data(CLUSTER, **BOTTLEROCKET))["settings"]

    assert settings["kernel"]["sysctl"] == {"net.core.somaxconn": "4096"}
    assert settings["kubernetes"] == {
        "cluster-name": "blue",
        "api-server": CLUSTER.endpoint,
        "cluster-certificate": CLUSTER.certificate_authority,
        "cluster-dns-ip": "172.20.0.10",
        "node-labels": POOL["labels"],
        "node-taints": {"batch": ["yes:NoSchedule", ":NoExecute"]},
        "max-pods": 30,
        "eviction-hard": {"memory.available": "5%"},
        "pod-pids-limit": 4096,
        "seccomp-default": True,
        "allowed-unsafe-sysctls": ["net.core.somaxconn"],
        "log-level": 3,
    }


def test_every_bottlerocket_name_is_another() -> None:
    names = [field.bottlerocket for field in KUBELET_FIELDS.values() if field.bottlerocket]

    assert len(names) == len(set(names)) > 20


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"motd": "welcome", "kernel": {"sysctl": {"net.core.somaxconn": "4096"}}}, ""),
        ({"motd": 'say "welcome"'}, "settings.motd"),
        ({"network": {"no-proxy": ["localhost", 8080]}}, "settings.network.no-proxy"),
        ({"host-containers": {"my.admin": {"enabled": True}}}, "settings.host-containers.my.admin"),
        ({"registry": {"mirrors": [{"registry": 'a"b'}]}}, "settings.registry.mirrors.registry"),
    ],
)
def test_settings_that_eks_cannot_merge_are_found(settings: dict[str, Any], place: str) -> None:
    assert what_eks_cannot_merge(settings) == place


@pytest.mark.parametrize(
    "kubelet",
    [
        {"podPidsLimit": -1, "nodeStatusMaxImages": -1},
        {"evictionHard": {"memory.available": "100%", "nodefs.available": "0%", "pid.available": "1e3"}},
        {"evictionMinimumReclaim": {"memory.available": "0"}},
        {"systemReserved": {"cpu": ".5", "memory": "500Mi", "ephemeral-storage": "1Gi", "pid": "100"}},
        {"memorySwap": {"swapBehavior": "LimitedSwap"}},
        {"reservedSystemCPUs": "0-1,4"},
        {"shutdownGracePeriod": "0s", "shutdownGracePeriodCriticalPods": "0"},
        {"containerLogMonitorInterval": "3000ms", "cpuManagerReconcilePeriod": "1.5s500us"},
    ],
)
def test_values_that_the_kubelet_takes_are_accepted(kubelet: dict[str, Any]) -> None:
    assert InstanceNodeOptions(kubelet=kubelet).kubelet == kubelet


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kubelet": {"maxPods": 30}}, "one of allowedUnsafeSysctls, "),
        ({"kubelet": {"podPidsLimit": "4096"}}, "for podPidsLimit, an integer"),
        ({"kubelet": {"podPidsLimit": True}}, "for podPidsLimit, an integer"),
        ({"kubelet": {"cpuManagerPolicyOptions": {"full-pcpus-only": True}}}, "for cpuManagerPolicyOptions, a mapping"),
        ({"kubelet": {"systemReserved": {"cpu": 1}}}, "for systemReserved, quantities of Kubernetes, such as 500Mi"),
        ({"kubelet": {"systemReserved": {"memory": "500MB"}}}, "for systemReserved, quantities of Kubernetes"),
        ({"kubelet": {"containerLogMaxSize": "50MB"}}, "for containerLogMaxSize, a quantity of Kubernetes"),
        ({"kubelet": {"evictionHard": {"memory.available": "5 %"}}}, "for evictionHard, percentages up to 100%, or"),
        (
            {"kubelet": {"evictionSoftGracePeriod": {"memory.available": "90"}}},
            "for evictionSoftGracePeriod, durations",
        ),
        ({"kubelet": {"shutdownGracePeriod": "90"}}, "for shutdownGracePeriod, a duration with its unit, such as 90s"),
        ({"kubelet": {"evictionHard": {"memory.free": "5%"}}}, "for evictionHard, one of allocatableMemory.available"),
        ({"kubelet": {"imageGCHighThresholdPercent": 120}}, "for imageGCHighThresholdPercent, 0 or more, up to 100"),
        ({"kubelet": {"containerLogMaxFiles": 1}}, "for containerLogMaxFiles, 2 or more"),
        ({"kubelet": {"podPidsLimit": -2}}, "for podPidsLimit, -1 or more"),
        ({"kubelet": {"eventBurst": -1}}, "for eventBurst, 0 or more"),
        ({"kubelet": {"evictionHard": {"memory.available": "0"}}}, "for evictionHard, percentages up to 100%, or"),
        ({"kubelet": {"evictionSoft": {"memory.available": "101%"}}}, "for evictionSoft, percentages up to 100%, or"),
        ({"kubelet": {"evictionMinimumReclaim": {"memory.available": "0%"}}}, "percentages above 0%, or"),
        ({"kubelet": {"kubeReserved": {"ephemeral_storage": "1Gi"}}}, "for kubeReserved, one of cpu, ephemeral-st"),
        ({"kubelet": {"memorySwap": {"swapBehavior": "UnlimitedSwap"}}}, "for memorySwap.swapBehavior, one of Limited"),
        ({"kubelet": {"memorySwap": {"behavior": "NoSwap"}}}, "for memorySwap, one of swapBehavior"),
        ({"kubelet": {"reservedSystemCPUs": "0,"}}, "for reservedSystemCPUs, a list of CPUs, such as 0-1,4"),
        ({"kubelet": {"shutdownGracePeriod": "500ms"}}, "for shutdownGracePeriod, 1s or more, or 0s"),
        ({"kubelet": {"containerLogMonitorInterval": "0s"}}, "for containerLogMonitorInterval, 3s or more"),
        ({"kubelet": {"topologyManagerPolicy": "single-numa"}}, "for topologyManagerPolicy, one of none, best-effort"),
        ({"kubelet": {"featureGates": {"One": "true"}}}, "for featureGates, a mapping of true and false"),
        ({"kubelet": {"allowedUnsafeSysctls": "kernel.msg*"}}, "for allowedUnsafeSysctls, a list of texts"),
        ({"bottlerocket_settings": {"motd": None}}, "values without null, which TOML does not have"),
        ({"tags": {"aws:team": "shop"}}, "a key that does not begin with aws:, which AWS reserves"),
        ({"image_id": "ami-1"}, "String should match pattern"),
        ({"policy_arns": ["AmazonS3ReadOnlyAccess"]}, "String should match pattern"),
    ],
)
def test_settings_that_no_node_reads_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        InstanceNodeOptions(**options)


def test_every_bottlerocket_name_is_a_setting() -> None:
    names = {field.bottlerocket for field in KUBELET_FIELDS.values() if field.bottlerocket}

    assert names <= set(BOTTLEROCKET_SETTINGS["kubernetes"])


COMMANDS: dict[str, Any] = {"pre_bootstrap_commands": ("sysctl -w vm.max_map_count=262144", "echo ${HOSTNAME}")}


@pytest.mark.parametrize("cluster", [None, CLUSTER], ids=["in part", "complete"])
def test_commands_are_a_script_beside_what_nodeadm_reads(cluster: ClusterDetails | None) -> None:
    parts = message_from_string(_user_data(cluster, **COMMANDS, max_pods=30)).get_payload()

    assert isinstance(parts, list)
    script, config = (part for part in parts if not isinstance(part, str))
    assert (script.get_content_type(), config.get_content_type()) == ("text/x-shellscript", "application/node.eks.aws")
    assert str(script.get_payload()).strip().splitlines() == ["#!/bin/bash", "set -e", *COMMANDS[next(iter(COMMANDS))]]


def test_commands_alone_are_user_data_too() -> None:
    parts = message_from_string(_user_data(None, **COMMANDS)).get_payload()

    assert isinstance(parts, list)
    [script] = [part for part in parts if not isinstance(part, str)]
    assert script.get_content_type() == "text/x-shellscript"


def test_commands_come_before_the_script_of_windows() -> None:
    lines = _user_data(CLUSTER, **WINDOWS, pre_bootstrap_commands=("Set-TimeZone UTC",)).splitlines()

    assert lines[:2] == ["<powershell>", "Set-TimeZone UTC"]
    assert "Start-EKSBootstrap.ps1" in lines[2]
