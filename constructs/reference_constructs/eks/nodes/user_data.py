"""User data of EC2 nodes: what a node reads at its first start, in the form of its operating system.

In part, where EKS merges it with its own (managed node groups without an AMI of one's own), or complete, where nothing
else tells the node which cluster to join. Sources: "Customize managed nodes with launch templates" and "Create nodes
with optimized Windows AMIs", Amazon EKS User Guide; nodeadm API reference; settings reference of Bottlerocket.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import tomli_w
from constructs import IConstruct

from reference_constructs.eks.cluster_details import ClusterDetails
from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.kubelet_settings import KUBELET_FIELDS
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.security.acknowledgements import acknowledge_literal_texts

# As the kubelet takes them.
_EFFECTS: Final = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
_BOUNDARY: Final = "BOUNDARY"


def node_user_data(options: InstanceNodeOptions, cluster: ClusterDetails | None = None) -> str:
    """The user data of nodes; empty where there is nothing to say.

    Args:
        options: Of the nodes.
        cluster: What the nodes join, for complete user data; None for what EKS merges with its own.
    """
    if options.is_windows:
        return _windows(options, cluster) if cluster else ""
    if options.operating_system == "bottlerocket":
        return _bottlerocket(options, cluster)
    return _al2023(options, cluster)


def acknowledge_commands(template: IConstruct, options: InstanceNodeOptions) -> None:
    """Accept variables of a shell in the user data of nodes, which look like parameters of the template.

    Args:
        template: Launch template of the nodes.
        options: Of the nodes.
    """
    acknowledge_literal_texts(
        template,
        options.pre_bootstrap_commands,
        reason="The commands were stated (pre_bootstrap_commands): what looks like a parameter is for a shell to read.",
    )


def _al2023(options: InstanceNodeOptions, cluster: ClusterDetails | None) -> str:
    """A MIME archive: commands for the shell, and a part for nodeadm, which merges all that it finds."""
    spec: dict[str, object] = {}
    kubelet: dict[str, object] = {}
    if cluster:
        spec["cluster"] = {
            "name": cluster.name,
            "apiServerEndpoint": cluster.endpoint,
            "certificateAuthority": cluster.certificate_authority,
            "cidr": cluster.service_cidr,
            # ClusterDetails, nodeadm API reference.
            **({"enableOutpost": True, "id": cluster.local_cluster_id} if cluster.local_cluster_id else {}),
        }
    if config := {**_max_pods(options, "maxPods"), **options.kubelet}:
        kubelet["config"] = config
    if cluster and (flags := _flags(options)):
        kubelet["flags"] = flags
    if kubelet:
        spec["kubelet"] = kubelet
    for part, value in options.node_config.items():
        spec[part] = value
    parts = [
        *([_shell_script(options.pre_bootstrap_commands)] if options.pre_bootstrap_commands else []),
        *([_node_config(spec)] if spec else []),
    ]
    if not parts:
        return ""
    return "\n".join(
        [
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
            "",
            *(line for part in parts for line in (f"--{_BOUNDARY}", *part, "")),
            f"--{_BOUNDARY}--",
            "",
        ]
    )


def _shell_script(commands: Sequence[str]) -> list[str]:
    """What cloud-init runs. nodeadm starts the kubelet after cloud-init (amazon-eks-ami, nodeadm-run.service)."""
    return ['Content-Type: text/x-shellscript; charset="utf-8"', "", "#!/bin/bash", "set -e", *commands]


def _node_config(spec: Mapping[str, object]) -> list[str]:
    return [
        "Content-Type: application/node.eks.aws",
        "",
        "---",
        "apiVersion: node.eks.aws/v1alpha1",
        "kind: NodeConfig",
        "spec:",
        *_yaml(spec, "  "),
    ]


def _bottlerocket(options: InstanceNodeOptions, cluster: ClusterDetails | None) -> str:
    """TOML; what the options state last wins, which are never two of the same setting."""
    kubernetes: dict[str, object] = {}
    if cluster:
        kubernetes |= {
            "cluster-name": cluster.name,
            "api-server": cluster.endpoint,
            "cluster-certificate": cluster.certificate_authority,
            "cluster-dns-ip": cluster.dns_address,
        }
        if options.labels:
            kubernetes["node-labels"] = dict(options.labels)
        if options.taints:
            kubernetes["node-taints"] = _taints_by_key(options.taints)
    kubernetes |= _max_pods(options, "max-pods")
    kubernetes |= {KUBELET_FIELDS[name].bottlerocket: value for name, value in options.kubelet.items()}
    settings = _merged({"kubernetes": kubernetes} if kubernetes else {}, options.bottlerocket_settings)
    return tomli_w.dumps({"settings": settings}) if settings else ""


def _windows(options: InstanceNodeOptions, cluster: ClusterDetails) -> str:
    """PowerShell that calls the script of the AMI; its streams go to the log of the first start."""
    arguments = {
        "EKSClusterName": cluster.name,
        "APIServerEndpoint": cluster.endpoint,
        "Base64ClusterCA": cluster.certificate_authority,
        "DNSClusterIP": cluster.dns_address,
        "ServiceCIDR": cluster.service_cidr,
    }
    flags = [*_flags(options), *([f"--max-pods={options.max_pods}"] if options.max_pods else [])]
    if flags:
        arguments["KubeletExtraArgs"] = " ".join(flags)
    stated = " ".join(f"-{name} '{value}'" for name, value in arguments.items())
    return "\n".join(
        [
            "<powershell>",
            *options.pre_bootstrap_commands,
            '[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1"',
            f"& $EKSBootstrapScriptFile {stated} 3>&1 4>&1 5>&1 6>&1",
            "</powershell>",
            "",
        ]
    )


def _max_pods(options: InstanceNodeOptions, key: str) -> dict[str, object]:
    return {key: options.max_pods} if options.max_pods else {}


def _flags(options: InstanceNodeOptions) -> list[str]:
    """Labels and taints as the kubelet registers them, before any pod can be scheduled on the node."""
    labels = ",".join(f"{key}={value}" for key, value in options.labels.items())
    taints = ",".join(f"{taint.key}={taint.value}:{_EFFECTS[taint.effect]}" for taint in options.taints)
    return [
        *([f"--node-labels={labels}"] if labels else []),
        *([f"--register-with-taints={taints}"] if taints else []),
    ]


def _taints_by_key(taints: tuple[TaintOptions, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for taint in taints:
        found.setdefault(taint.key, []).append(f"{taint.value}:{_EFFECTS[taint.effect]}")
    return found


def _merged(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, object]:
    """Two trees of settings; the second wins."""
    found = dict(first)
    for key, value in second.items():
        before = found.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            found[key] = _merged(before, value)
        else:
            found[key] = value
    return found


def _yaml(mapping: Mapping[str, object], indent: str) -> list[str]:
    """Lines of YAML: mappings as blocks, and everything else as JSON, which is YAML too."""
    lines = []
    for key, value in mapping.items():
        name = key if key.isalnum() else json.dumps(key)
        if isinstance(value, Mapping) and value:
            lines += [f"{indent}{name}:", *_yaml(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{name}: {json.dumps(value, ensure_ascii=False)}")
    return lines
