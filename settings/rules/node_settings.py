"""Rules of the settings that kubelet, nodeadm, and Bottlerocket read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from facts.bottlerocket_settings import BOTTLEROCKET_SETTINGS
from reference_constructs.eks.nodes.kubelet_settings import seconds_of
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes

_NODE: Final = "eks.nodes.<name>"
# Of the kubelet itself.
_IMAGE_AGE_SECONDS: Final = 120.0
_GC_PERCENT: Final = {"imageGCHighThresholdPercent": 85, "imageGCLowThresholdPercent": 80}
_DISK_STRATEGIES: Final = ("RAID0", "RAID10", "Mount")
_DISABLED_MOUNTS: Final = ("Containerd", "PodLogs", "SOCI")
_NODE_CONFIG: Final = {
    "containerd": ("baseRuntimeSpec", "config"),
    "featureGates": ("FastImagePull", "InstanceIdNodeName"),
    "instance": ("environment", "localStorage", "network"),
    "instance.localStorage": ("disabledMounts", "mountPath", "strategy"),
    "instance.network": ("domains", "nameservers"),
}
_LOCKDOWN: Final = ("none", "integrity", "confidentiality")


@rule(
    "KubeletConfiguration, Kubernetes: evictionSoftGracePeriod, imageGCLowThresholdPercent, imageMaximumGCAge, "
    "maxParallelImagePulls, reservedMemory, shutdownGracePeriodCriticalPods; kubernetes/kubernetes, pkg/kubelet: "
    "apis/config/validation/validation.go, cm/cpumanager/policy_none.go",
    keys=(f"{_NODE}.kubelet.<name>",),
)
def kubelet_fields_fit_each_other(environment: Environment) -> Iterator[Problem]:
    """The kubelet does not start with such a configuration, so that no node joins the cluster."""
    for path, node in instance_nodes(environment):
        for key, finding, fix in _misfits(node):
            yield Problem(path=(*path, "kubelet", key), finding=finding, fix=fix)


def _misfits(node: InstanceNodeOptions) -> Iterator[tuple[str, str, str]]:
    """Field, what is wrong, and what to do."""
    fields = node.kubelet
    if fields.get("serializeImagePulls") is True and _number(fields.get("maxParallelImagePulls")) > 1:
        yield "maxParallelImagePulls", "serializeImagePulls is true", "set serializeImagePulls to false"
    high, low = (_number(fields.get(name, default)) for name, default in _GC_PERCENT.items())
    if _GC_PERCENT.keys() & fields.keys() and low >= high:
        key = next(name for name in reversed(_GC_PERCENT) if name in fields)
        yield (
            key,
            f"image garbage collection begins at {high:g} percent and ends at {low:g}",
            "set the low below the high",
        )
    soft, grace = (fields.get(f"evictionSoft{of}") for of in ("", "GracePeriod"))
    stated = grace if isinstance(grace, Mapping) else {}
    without = [name for name in soft if name not in stated] if isinstance(soft, Mapping) else []
    if without:
        yield "evictionSoft", f"{listed(without)} has no evictionSoftGracePeriod", "state it, such as 90s"
    youngest, oldest = (seconds_of(fields.get(f"image{which}GCAge")) for which in ("Minimum", "Maximum"))
    if 0 < oldest <= (youngest or _IMAGE_AGE_SECONDS):
        default = "" if youngest else ", which is 2m"
        finding = f"it is not greater than imageMinimumGCAge{default}"
        yield "imageMaximumGCAge", finding, "raise it, or lower the other"
    if fields.get("cpuManagerPolicyOptions") and fields.get("cpuManagerPolicy") != "static":
        yield "cpuManagerPolicyOptions", "cpuManagerPolicy is not static", "set it to static, or remove the options"
    whole, part = (seconds_of(fields.get(f"shutdownGracePeriod{of}")) for of in ("", "CriticalPods"))
    if part > whole:
        finding = "it is longer than shutdownGracePeriod, of which it is the last part"
        yield "shutdownGracePeriodCriticalPods", finding, "raise shutdownGracePeriod, or lower this"
    if fields.get("memoryManagerPolicy") == "Static" and node.operating_system != "bottlerocket":
        finding = "Static needs reservedMemory, which depends on the instance type and is no key here"
        yield "memoryManagerPolicy", finding, "remove it, or use bottlerocket with memory-manager-reserved-memory"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


@warning("Node-pressure Eviction, Kubernetes: eviction signals", keys=(f"{_NODE}.kubelet.<name>",))
def eviction_signal_has_an_effect(environment: Environment) -> Iterator[Problem]:
    """The kubelet gives those of containerfs the thresholds of nodefs or imagefs, whatever is stated."""
    for path, node in instance_nodes(environment):
        for name in ("evictionHard", "evictionSoft"):
            stated = node.kubelet.get(name)
            ignored = [key for key in stated if key.startswith("containerfs.")] if isinstance(stated, Mapping) else []
            if ignored and node.operating_system == "al2023":
                yield Problem(
                    path=(*path, "kubelet", name),
                    finding=f"{listed(ignored)} has no effect",
                    fix="remove it, and state nodefs and imagefs",
                )


@rule("nodeadm API reference: LocalStorageOptions", keys=(f"{_NODE}.node_config",))
def local_storage_has_a_strategy(environment: Environment) -> Iterator[Problem]:
    """With another strategy, nodeadm fails, so that no node joins the cluster."""
    for path, node in instance_nodes(environment):
        strategy = _at(node.node_config, "instance", "localStorage", "strategy")
        # nodeadm does not distinguish upper and lower case.
        if strategy is not None and str(strategy).lower() not in map(str.lower, _DISK_STRATEGIES):
            yield Problem(
                path=(*path, "node_config"),
                finding=f"the strategy of instance.localStorage is {strategy}",
                allowed=listed(_DISK_STRATEGIES, "or"),
            )


@rule("nodeadm API reference: ContainerdOptions, FeatureGates", keys=(f"{_NODE}.node_config",))
def node_config_has_the_types(environment: Environment) -> Iterator[Problem]:
    """With a value of another type, nodeadm fails, so that no node joins the cluster."""
    for path, node in instance_nodes(environment):
        config = _at(node.node_config, "containerd", "config")
        gates = _at(node.node_config, "featureGates")
        if config is not None and not isinstance(config, str):
            yield Problem(path=(*path, "node_config"), finding="containerd.config is no text", fix="write TOML as text")
        for name, value in gates.items() if isinstance(gates, Mapping) else ():
            if not isinstance(value, bool):
                yield Problem(
                    path=(*path, "node_config"),
                    finding=f"featureGates.{name} is {value!r}",
                    allowed="true or false, without quotes",
                )


@warning(
    "nodeadm API reference: ContainerdOptions, InstanceOptions, LocalStorageOptions, NetworkOptions",
    keys=(f"{_NODE}.node_config",),
)
def node_config_key_is_known(environment: Environment) -> Iterator[Problem]:
    """What nodeadm does not know does nothing."""
    for path, node in instance_nodes(environment):
        for part, known in _NODE_CONFIG.items():
            yield from _unknown((*path, "node_config"), _at(node.node_config, *part.split(".")), known, part)
        mounts = _at(node.node_config, "instance", "localStorage", "disabledMounts")
        stated = dict.fromkeys(map(str, mounts)) if isinstance(mounts, list | tuple) else {}
        yield from _unknown((*path, "node_config"), stated, _DISABLED_MOUNTS, "instance.localStorage.disabledMounts")


@rule("settings.kernel, Bottlerocket settings reference", keys=(f"{_NODE}.bottlerocket_settings",))
def kernel_lockdown_is_known(environment: Environment) -> Iterator[Problem]:
    """Bottlerocket refuses settings with another value, and does not boot."""
    for path, node in instance_nodes(environment):
        value = _at(node.bottlerocket_settings, "kernel", "lockdown")
        if value is not None and value not in _LOCKDOWN:
            yield Problem(
                path=(*path, "bottlerocket_settings"),
                finding=f"kernel.lockdown is {value}",
                allowed=listed(_LOCKDOWN, "or"),
            )


@warning(
    "Bottlerocket settings reference; facts/bottlerocket_settings.py",
    keys=(f"{_NODE}.bottlerocket_settings",),
)
def bottlerocket_setting_is_known(environment: Environment) -> Iterator[Problem]:
    """Bottlerocket refuses settings that it does not know, and does not boot."""
    for path, node in instance_nodes(environment):
        for part, known in BOTTLEROCKET_SETTINGS.items():
            values = _at(node.bottlerocket_settings, part) if part else node.bottlerocket_settings
            what = f"settings.{part} of Bottlerocket" if part else "Bottlerocket"
            yield from _unknown((*path, "bottlerocket_settings"), values, known, what)


def _unknown(path: KeyPath, values: object, known: tuple[str, ...], what: str) -> Iterator[Problem]:
    for key in values if isinstance(values, Mapping) else ():
        if key not in known:
            hint = did_you_mean(str(key), known) or f"use one of {listed(known)}."
            yield Problem(
                path=path,
                finding=f"{what} is not known to have {key}",
                fix=f"{hint} If the version has it, acknowledge this",
            )


def _at(values: object, *keys: str) -> object:
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values
