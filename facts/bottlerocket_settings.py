"""Names of the settings of Bottlerocket for Amazon EKS.

From the settings reference of Bottlerocket 1.57 (bottlerocket-project-website, data/settings), and from
bottlerocket-settings-sdk, settings-models/src/lib.rs, settings-extensions/kubernetes/src/lib.rs, and the changelog of
version 0.28.0 of the models, 2026-09-11. Older versions of Bottlerocket lack some of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_KUBERNETES: Final = (
    *("allowed-unsafe-sysctls", "api-server", "authentication-mode", "bootstrap-token", "cloud-provider"),
    *("cluster-certificate", "cluster-dns-ip", "cluster-domain", "cluster-name", "container-log-max-files"),
    *("container-log-max-size", "container-log-max-workers", "container-log-monitor-interval"),
    *("container-runtime-endpoint", "cpu-cfs-quota-enforced", "cpu-manager-policy", "cpu-manager-policy-options"),
    *("cpu-manager-reconcile-period", "credential-providers", "device-ownership-from-security-context"),
    *("event-burst", "event-qps", "eviction-hard", "eviction-max-pod-grace-period", "eviction-soft"),
    *("eviction-soft-grace-period", "hostname-override", "hostname-override-source", "ids-per-pod"),
    *("image-gc-high-threshold-percent", "image-gc-low-threshold-percent", "image-maximum-gc-age"),
    *(
        "image-minimum-gc-age",
        "kube-api-burst",
        "kube-api-qps",
        "kube-reserved",
        "log-level",
        "max-parallel-image-pulls",
    ),
    *("max-pods", "memory-manager-policy", "memory-manager-reserved-memory", "memory-reservation-policy"),
    *("memory-swap-behavior", "memory-throttling-factor", "node-ip", "node-labels", "node-taints"),
    *("pod-infra-container-image", "pod-pids-limit", "provider-id", "registry-burst", "registry-qps", "reserved-cpus"),
    *("seccomp-default", "server-certificate", "server-key", "server-tls-bootstrap", "shutdown-grace-period"),
    *("shutdown-grace-period-for-critical-pods", "single-process-oom-kill", "standalone-mode", "static-pods"),
    *("static-pods-enabled", "system-reserved", "topology-manager-policy", "topology-manager-policy-options"),
    "topology-manager-scope",
)
BOTTLEROCKET_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        *("autoscaling", "aws", "boot", "bootstrap-commands", "bootstrap-containers", "cloudformation"),
        *("container-registry", "container-runtime", "container-runtime-plugins", "dns", "host-containers"),
        *("image-verifier-plugins", "kernel", "kubelet-device-plugins", "kubelet-dra-drivers", "kubernetes", "metrics"),
        *("motd", "network", "ntp", "nvidia-container-runtime", "oci-defaults", "oci-hooks", "pki", "updates"),
    ),
    "kernel": ("drivers", "hugepages", "lockdown", "modules", "sysctl"),
    "kubernetes": _KUBERNETES,
}
"""Names of the settings below `settings`, and below those tables of it whose keys are not chosen freely."""
