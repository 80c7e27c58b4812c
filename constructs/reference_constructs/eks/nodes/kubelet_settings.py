"""Fields of the kubelet configuration that options of nodes can set, and the values that the kubelet takes.

Sources: KubeletConfiguration v1beta1, Kubernetes; `ValidateKubeletConfiguration` and `SetDefaults_KubeletConfiguration`
(kubernetes/kubernetes, pkg/kubelet/apis/config), `ParseThresholdConfig` (pkg/kubelet/eviction/helpers.go) and
`parseResourceList` (cmd/kubelet/app/server.go); for Bottlerocket, the settings reference of version 1.57 and the
types of its settings (bottlerocket-settings-sdk, modeled-types/src/kubernetes.rs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, JsonValue

KubeletForm = Literal[
    "integer",
    "boolean",
    "text",
    "cpus",
    "duration",
    "quantity",
    "list",
    "mapping",
    "switches",
    "quantities",
    "thresholds",
    "reclaims",
    "durations",
]


@dataclass(frozen=True, kw_only=True)
class KubeletField:
    """A field of `KubeletConfiguration`.

    Attributes:
        form: What a value of it is.
        bottlerocket: Name of the same setting in `settings.kubernetes` of Bottlerocket, where there is one.
        values: The values that a text can have, or the keys that a mapping can have, where there are few.
        items: The values that the keys of a mapping can have, where there are few.
        bottlerocket_values: The keys that Bottlerocket takes of them, where it does not take all.
        least: The smallest number, or the shortest duration in seconds.
        most: The largest number, where there is one.
        or_zero: Whether a duration can also be 0, which turns something off.
    """

    form: KubeletForm
    bottlerocket: str = ""
    values: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    bottlerocket_values: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    or_zero: bool = False

    def misfit_of_bottlerocket(self, value: object) -> str:
        """What of a value Bottlerocket does not take, though the kubelet does; empty if there is nothing.

        Args:
            value: The value of the field, in its form.
        """
        if isinstance(value, Mapping):
            keys = [key for key in value if self.bottlerocket_values and key not in self.bottlerocket_values]
            return str(keys[0]) if keys else next(filter(None, map(self._misfit, value.values())), "")
        return self._misfit(value)

    def _misfit(self, value: object) -> str:
        pattern = {"duration": _BOTTLEROCKET_DURATION, "durations": _BOTTLEROCKET_DURATION}.get(self.form)
        if pattern and isinstance(value, str) and not pattern.fullmatch(value):
            return value
        return value if self.form == "thresholds" and isinstance(value, str) and _percent(value) == 100 else ""


_EVICTION_SIGNALS: Final = (
    *("allocatableMemory.available", "containerfs.available", "containerfs.inodesFree", "imagefs.available"),
    *("imagefs.inodesFree", "memory.available", "nodefs.available", "nodefs.inodesFree", "pid.available"),
)
_BOTTLEROCKET_SIGNALS: Final = tuple(
    name for name in _EVICTION_SIGNALS if not name.startswith(("allocatableMemory", "containerfs"))
)
_RESERVED: Final = ("cpu", "ephemeral-storage", "memory", "pid")


def _fields() -> Iterator[tuple[str, KubeletField]]:
    """All fields, in any order.

    Without what EKS and the other options of nodes set (`maxPods`, `clusterDNS`, taints), and without what would open
    the kubelet to others (`authentication`, `authorization`, `readOnlyPort`).
    """
    yield "containerLogMaxFiles", KubeletField(form="integer", bottlerocket="container-log-max-files", least=2)
    for name, bottlerocket in (
        ("containerLogMaxWorkers", "container-log-max-workers"),
        ("maxParallelImagePulls", "max-parallel-image-pulls"),
    ):
        yield name, KubeletField(form="integer", bottlerocket=bottlerocket, least=1)
    for name, bottlerocket in (
        ("imageGCHighThresholdPercent", "image-gc-high-threshold-percent"),
        ("imageGCLowThresholdPercent", "image-gc-low-threshold-percent"),
    ):
        yield name, KubeletField(form="integer", bottlerocket=bottlerocket, most=100)
    # -1 is no limit.
    for name, bottlerocket in (("nodeStatusMaxImages", ""), ("podPidsLimit", "pod-pids-limit")):
        yield name, KubeletField(form="integer", bottlerocket=bottlerocket, least=-1)
    for name, bottlerocket in (
        ("eventBurst", "event-burst"),
        ("eventRecordQPS", "event-qps"),
        ("evictionMaxPodGracePeriod", "eviction-max-pod-grace-period"),
        ("kubeAPIBurst", "kube-api-burst"),
        ("kubeAPIQPS", "kube-api-qps"),
        ("maxOpenFiles", ""),
        ("podsPerCore", ""),
        ("registryBurst", "registry-burst"),
        ("registryPullQPS", "registry-qps"),
    ):
        yield name, KubeletField(form="integer", bottlerocket=bottlerocket)
    for name, bottlerocket in (
        ("cpuCFSQuota", "cpu-cfs-quota-enforced"),
        ("failSwapOn", ""),
        ("protectKernelDefaults", ""),
        ("seccompDefault", "seccomp-default"),
        ("serializeImagePulls", ""),
        ("singleProcessOOMKill", "single-process-oom-kill"),
    ):
        yield name, KubeletField(form="boolean", bottlerocket=bottlerocket)
    for name, bottlerocket in (
        ("cpuManagerReconcilePeriod", "cpu-manager-reconcile-period"),
        ("evictionPressureTransitionPeriod", ""),
        ("imageMaximumGCAge", "image-maximum-gc-age"),
        ("imageMinimumGCAge", "image-minimum-gc-age"),
    ):
        yield name, KubeletField(form="duration", bottlerocket=bottlerocket)
    for name, bottlerocket in (
        ("shutdownGracePeriod", "shutdown-grace-period"),
        ("shutdownGracePeriodCriticalPods", "shutdown-grace-period-for-critical-pods"),
    ):
        yield name, KubeletField(form="duration", bottlerocket=bottlerocket, least=1, or_zero=True)
    yield (
        "containerLogMonitorInterval",
        KubeletField(form="duration", bottlerocket="container-log-monitor-interval", least=3),
    )
    for name, bottlerocket, values in (
        ("cpuManagerPolicy", "cpu-manager-policy", ("none", "static")),
        ("memoryManagerPolicy", "memory-manager-policy", ("None", "Static")),
        (
            "topologyManagerPolicy",
            "topology-manager-policy",
            ("none", "best-effort", "restricted", "single-numa-node"),
        ),
        ("topologyManagerScope", "topology-manager-scope", ("container", "pod")),
    ):
        yield name, KubeletField(form="text", bottlerocket=bottlerocket, values=values)
    yield "containerLogMaxSize", KubeletField(form="quantity", bottlerocket="container-log-max-size")
    yield "reservedSystemCPUs", KubeletField(form="cpus", bottlerocket="reserved-cpus")
    signals: tuple[tuple[str, str, KubeletForm], ...] = (
        ("evictionHard", "eviction-hard", "thresholds"),
        ("evictionMinimumReclaim", "", "reclaims"),
        ("evictionSoft", "eviction-soft", "thresholds"),
        ("evictionSoftGracePeriod", "eviction-soft-grace-period", "durations"),
    )
    for name, bottlerocket, form in signals:
        yield (
            name,
            KubeletField(
                form=form,
                bottlerocket=bottlerocket,
                values=_EVICTION_SIGNALS,
                bottlerocket_values=_BOTTLEROCKET_SIGNALS,
            ),
        )
    for name, bottlerocket in (("kubeReserved", "kube-reserved"), ("systemReserved", "system-reserved")):
        yield name, KubeletField(form="quantities", bottlerocket=bottlerocket, values=_RESERVED)
    for name in ("cpuManagerPolicyOptions", "topologyManagerPolicyOptions"):
        yield name, KubeletField(form="mapping")
    yield "memorySwap", KubeletField(form="mapping", values=("swapBehavior",), items=("LimitedSwap", "NoSwap"))
    yield "allowedUnsafeSysctls", KubeletField(form="list", bottlerocket="allowed-unsafe-sysctls")
    yield "featureGates", KubeletField(form="switches")


# Quantity, Kubernetes API: decimal exponents, and powers of 1000 and 1024; `MB` is none. Durations are those of Go, and
# those of Bottlerocket are in this order.
_QUANTITY: Final = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?")
_PERCENTAGE: Final = re.compile(r"([0-9]+(\.[0-9]+)?)%")
_DURATION_PART: Final = r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|ms|s|m|h)"
_DURATION: Final = re.compile(rf"0|({_DURATION_PART})+")
_BOTTLEROCKET_DURATION: Final = re.compile(
    r"(?=.)" + "".join(rf"(([0-9]+\.)?[0-9]+{unit})?" for unit in ("h", "m", "s", "ms"))
)
_CPUS: Final = re.compile(r"[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*")
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}

KUBELET_FIELDS: Final[Mapping[str, KubeletField]] = MappingProxyType(dict(sorted(_fields())))
"""The fields that options of nodes can set, by name."""


def seconds_of(duration: object) -> float:
    """The seconds of a duration as Go writes it; 0 if it is none.

    Args:
        duration: Such as `1m30s`.
    """
    parts = re.findall(_DURATION_PART, duration) if isinstance(duration, str) else []
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _matches(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _percent(value: str) -> float | None:
    match = _PERCENTAGE.fullmatch(value)
    return float(match[1]) if match else None


def _number(quantity: str) -> float:
    match = _QUANTITY.fullmatch(quantity)
    return float(match[1]) if match else 0.0


def _is_threshold(value: object) -> bool:
    if not isinstance(value, str):
        return False
    percent = _percent(value)
    return percent <= 100 if percent is not None else _number(value) > 0


def _is_reclaim(value: object) -> bool:
    if not isinstance(value, str):
        return False
    percent = _percent(value)
    return percent > 0 if percent is not None else _matches(value, _QUANTITY)


def _all(value: object, is_item: Callable[[object], bool]) -> bool:
    return isinstance(value, Mapping) and all(map(is_item, value.values()))


_FORMS: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "integer": ("an integer", lambda value: isinstance(value, int) and not _is_switch(value)),
    "boolean": ("true or false", _is_switch),
    "text": ("text", _is_text),
    "cpus": ("a list of CPUs, such as 0-1,4", lambda value: _matches(value, _CPUS)),
    "duration": ("a duration with its unit, such as 90s", lambda value: _matches(value, _DURATION)),
    "quantity": ("a quantity of Kubernetes, such as 50Mi", lambda value: _matches(value, _QUANTITY)),
    "quantities": (
        "quantities of Kubernetes, such as 500Mi or 200m",
        lambda value: _all(value, lambda each: _matches(each, _QUANTITY)),
    ),
    "thresholds": (
        "percentages up to 100%, or quantities of Kubernetes above 0, such as 5% or 200Mi",
        lambda value: _all(value, _is_threshold),
    ),
    "reclaims": (
        "percentages above 0%, or quantities of Kubernetes, such as 5% or 200Mi",
        lambda value: _all(value, _is_reclaim),
    ),
    "durations": (
        "durations with their unit, such as 90s",
        lambda value: _all(value, lambda each: _matches(each, _DURATION)),
    ),
    "list": ("a list of texts", lambda value: isinstance(value, list | tuple) and all(map(_is_text, value))),
    "mapping": ("a mapping of texts", lambda value: _all(value, _is_text)),
    "switches": ("a mapping of true and false", lambda value: _all(value, _is_switch)),
}


def _known_field(name: str) -> str:
    if name not in KUBELET_FIELDS:
        raise ValueError(f"one of {', '.join(KUBELET_FIELDS)}")
    return name


def _of_the_form(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for name, value in settings.items():
        field = KUBELET_FIELDS[name]
        words, is_form = _FORMS[field.form]
        if not is_form(value):
            raise ValueError(f"for {name}, {words}")
        if field.values and not set(value if isinstance(value, dict) else [str(value)]) <= set(field.values):
            raise ValueError(f"for {name}, one of {', '.join(field.values)}")
        if field.items and isinstance(value, dict) and not set(map(str, value.values())) <= {*field.items, ""}:
            raise ValueError(f"for {name}.{next(iter(value))}, one of {', '.join(field.items)}")
        if out_of_bounds := _bounds(field, value):
            raise ValueError(f"for {name}, {out_of_bounds}")
    return settings


def _bounds(field: KubeletField, value: JsonValue) -> str:
    """The bounds that a number or a duration is out of; empty if it is in them."""
    if field.form == "integer" and isinstance(value, int):
        above = field.most is not None and value > field.most
        upper = "" if field.most is None else f", up to {field.most}"
        return f"{field.least} or more{upper}" if value < field.least or above else ""
    seconds = seconds_of(value)
    if field.form == "duration" and seconds < field.least and not (field.or_zero and not seconds):
        return f"{field.least}s or more{', or 0s' if field.or_zero else ''}"
    return ""


KubeletFieldName = Annotated[str, AfterValidator(_known_field), Field(json_schema_extra={"enum": list(KUBELET_FIELDS)})]
KubeletSettings = Annotated[dict[KubeletFieldName, JsonValue], AfterValidator(_of_the_form)]
