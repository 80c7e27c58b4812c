"""Types of values that only EC2 nodes of EKS have: IDs, ARNs, tags, and settings of their operating systems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, JsonValue

from reference_constructs.options import in_words

ImageId = Annotated[
    str,
    Field(
        pattern=r"^ami-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["ami-0123456789abcdef0"],
        json_schema_extra=in_words("ID of an AMI"),
    ),
]
SubnetId = Annotated[
    str,
    Field(
        pattern=r"^subnet-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["subnet-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a subnet"),
    ),
]


def _not_of_aws(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise ValueError("a key that does not begin with aws:, which AWS reserves")
    return key


TagKey = Annotated[
    str,
    AfterValidator(_not_of_aws),
    Field(
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,128}$",
        examples=["team"],
        json_schema_extra=in_words("1 to 128 letters, digits, spaces, and the characters `_.:/=+@-`"),
    ),
]
TagValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{0,256}$",
        examples=["shop"],
        json_schema_extra=in_words("up to 256 letters, digits, spaces, and the characters `_.:/=+@-`"),
    ),
]


KubeletForm = Literal[
    "integer",
    "boolean",
    "text",
    "duration",
    "quantity",
    "list",
    "mapping",
    "switches",
    "quantities",
    "thresholds",
    "durations",
]


@dataclass(frozen=True, kw_only=True)
class KubeletField:
    """A field of `KubeletConfiguration`.

    Attributes:
        form: What a value of it is.
        bottlerocket: Name of the same setting in `settings.kubernetes` of Bottlerocket, where there is one.
        values: The values that a text can have, or the keys that a mapping can have, where there are few.
        least: The smallest number.
        most: The largest number, where there is one.
    """

    form: KubeletForm
    bottlerocket: str = ""
    values: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None


EVICTION_SIGNALS: Final = (
    *("allocatableMemory.available", "containerfs.available", "containerfs.inodesFree", "imagefs.available"),
    *("imagefs.inodesFree", "memory.available", "nodefs.available", "nodefs.inodesFree", "pid.available"),
)
"""Node-pressure Eviction, Kubernetes: eviction signals."""


def _fields() -> Iterator[tuple[str, KubeletField]]:
    """KubeletConfiguration v1beta1, Kubernetes; settings.kubernetes, Bottlerocket settings reference.

    Without what EKS and the other options of nodes set (`maxPods`, `clusterDNS`, taints), and without what would open
    the kubelet to others (`authentication`, `authorization`, `readOnlyPort`).
    """
    yield "containerLogMaxFiles", KubeletField(form="integer", bottlerocket="container-log-max-files", least=2)
    for name in ("containerLogMaxWorkers", "maxParallelImagePulls"):
        yield name, KubeletField(form="integer", least=1)
    for name, bottlerocket in (
        ("imageGCHighThresholdPercent", "image-gc-high-threshold-percent"),
        ("imageGCLowThresholdPercent", "image-gc-low-threshold-percent"),
    ):
        yield name, KubeletField(form="integer", bottlerocket=bottlerocket, most=100)
    for name, bottlerocket in (
        ("eventBurst", "event-burst"),
        ("eventRecordQPS", "event-qps"),
        ("evictionMaxPodGracePeriod", "eviction-max-pod-grace-period"),
        ("kubeAPIBurst", "kube-api-burst"),
        ("kubeAPIQPS", "kube-api-qps"),
        ("maxOpenFiles", ""),
        ("podPidsLimit", "pod-pids-limit"),
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
        ("imageMaximumGCAge", ""),
        ("imageMinimumGCAge", ""),
        ("shutdownGracePeriod", "shutdown-grace-period"),
        ("shutdownGracePeriodCriticalPods", "shutdown-grace-period-for-critical-pods"),
    ):
        yield name, KubeletField(form="duration", bottlerocket=bottlerocket)
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
    yield "reservedSystemCPUs", KubeletField(form="text", bottlerocket="reserved-cpus")
    forms: tuple[tuple[str, str, KubeletForm], ...] = (
        ("cpuManagerPolicyOptions", "", "mapping"),
        ("evictionHard", "eviction-hard", "thresholds"),
        ("evictionMinimumReclaim", "", "thresholds"),
        ("evictionSoft", "eviction-soft", "thresholds"),
        ("evictionSoftGracePeriod", "eviction-soft-grace-period", "durations"),
        ("kubeReserved", "kube-reserved", "quantities"),
        ("memorySwap", "", "mapping"),
        ("systemReserved", "system-reserved", "quantities"),
    )
    for name, bottlerocket, form in forms:
        signals = EVICTION_SIGNALS if name.startswith("eviction") else ()
        yield name, KubeletField(form=form, bottlerocket=bottlerocket, values=signals)
    yield "allowedUnsafeSysctls", KubeletField(form="list", bottlerocket="allowed-unsafe-sysctls")
    yield "featureGates", KubeletField(form="switches")


KUBELET_FIELDS: Final[Mapping[str, KubeletField]] = MappingProxyType(dict(sorted(_fields())))
"""The fields that options of nodes can set, by name."""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


# Quantity, Kubernetes API: `m`, and powers of 1000 and 1024; `MB` is none. Durations are those of Go.
_QUANTITY: Final = re.compile(r"[0-9]+(\.[0-9]+)?([mkMGTPE]|[KMGTPE]i)?")
_PERCENTAGE: Final = re.compile(r"[0-9]+(\.[0-9]+)?%")
_DURATION: Final = re.compile(r"0|([0-9]+(\.[0-9]+)?(ms|s|m|h))+")


def _all(value: object, *patterns: re.Pattern[str]) -> bool:
    """Whether it is a mapping of texts, each of one of the forms."""
    return isinstance(value, Mapping) and all(_is_any(each, *patterns) for each in value.values())


def _is_any(value: object, *patterns: re.Pattern[str]) -> bool:
    return isinstance(value, str) and any(pattern.fullmatch(value) for pattern in patterns)


_FORMS: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "integer": (
        "an integer of 0 or more",
        lambda value: isinstance(value, int) and not _is_switch(value) and value >= 0,
    ),
    "boolean": ("true or false", _is_switch),
    "text": ("text", _is_text),
    "duration": ("a duration with its unit, such as 90s", lambda value: _is_any(value, _DURATION)),
    "quantity": ("a quantity of Kubernetes, such as 50Mi", lambda value: _is_any(value, _QUANTITY)),
    "quantities": ("quantities of Kubernetes, such as 500Mi or 200m", lambda value: _all(value, _QUANTITY)),
    "thresholds": (
        "percentages, or quantities of Kubernetes, such as 5% or 200Mi",
        lambda value: _all(value, _QUANTITY, _PERCENTAGE),
    ),
    "durations": ("durations with their unit, such as 90s", lambda value: _all(value, _DURATION)),
    "list": ("a list of texts", lambda value: isinstance(value, list | tuple) and all(map(_is_text, value))),
    "mapping": ("a mapping of texts", lambda value: isinstance(value, Mapping) and all(map(_is_text, value.values()))),
    "switches": (
        "a mapping of true and false",
        lambda value: isinstance(value, Mapping) and all(map(_is_switch, value.values())),
    ),
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
        stated = list(value) if isinstance(value, dict) else [value]
        if field.values and not set(stated) <= set(field.values):
            raise ValueError(f"for {name}, one of {', '.join(field.values)}")
        if isinstance(value, int) and not field.least <= value <= (value if field.most is None else field.most):
            raise ValueError(
                f"for {name}, {field.least} or more{'' if field.most is None else f', up to {field.most}'}"
            )
    return settings


KubeletFieldName = Annotated[str, AfterValidator(_known_field), Field(json_schema_extra={"enum": list(KUBELET_FIELDS)})]
KubeletSettings = Annotated[dict[KubeletFieldName, JsonValue], AfterValidator(_of_the_form)]


def _without_null(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if any(value is None for value in _values(settings)):
        raise ValueError("values without null, which TOML does not have")
    return settings


def _values(value: JsonValue) -> Iterator[JsonValue]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _values(each)


BottlerocketSettings = Annotated[dict[str, JsonValue], AfterValidator(_without_null)]
# The parts of NodeConfigSpec beside those that EKS and other options set: `cluster` and `kubelet`.
NodeConfigPart = Literal["containerd", "featureGates", "instance"]


def what_eks_cannot_merge(settings: Mapping[str, object], table: str = "settings") -> str:
    """The first key of Bottlerocket settings whose TOML Amazon EKS cannot merge with its own; empty if there is none.

    "Customize managed nodes with launch templates", Bottlerocket user data: escaped quotes in values, headers with
    quoted keys, mixed types in arrays.

    Args:
        settings: What is in the table.
        table: Name of the table, for the answer.
    """
    for key, value in settings.items():
        place = f"{table}.{key}"
        items = value if isinstance(value, list | tuple) else [value]
        texts = [key, *(item for item in items if isinstance(item, str))]
        if any('"' in text or "\\" in text for text in texts) or len({type(item) for item in items}) > 1:
            return place
        for item in items:
            if isinstance(item, Mapping):
                if not re.fullmatch(r"[A-Za-z0-9_-]+", key):
                    return place
                if found := what_eks_cannot_merge(item, place):
                    return found
    return ""
