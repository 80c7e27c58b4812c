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
SecurityGroupId = Annotated[
    str,
    Field(
        pattern=r"^sg-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["sg-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a security group"),
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


@dataclass(frozen=True, kw_only=True)
class KubeletField:
    """A field of `KubeletConfiguration`.

    Attributes:
        form: What a value of it is.
        bottlerocket: Name of the same setting in `settings.kubernetes` of Bottlerocket, where there is one.
    """

    form: Literal["integer", "boolean", "text", "list", "mapping", "switches"]
    bottlerocket: str = ""


def _fields() -> Iterator[tuple[str, KubeletField]]:
    """KubeletConfiguration v1beta1, Kubernetes; settings.kubernetes, Bottlerocket settings reference.

    Without what EKS and the other options of nodes set (`maxPods`, `clusterDNS`, taints), and without what would open
    the kubelet to others (`authentication`, `authorization`, `readOnlyPort`).
    """
    for name, bottlerocket in (
        ("containerLogMaxFiles", "container-log-max-files"),
        ("containerLogMaxWorkers", ""),
        ("eventBurst", "event-burst"),
        ("eventRecordQPS", "event-qps"),
        ("evictionMaxPodGracePeriod", "eviction-max-pod-grace-period"),
        ("imageGCHighThresholdPercent", "image-gc-high-threshold-percent"),
        ("imageGCLowThresholdPercent", "image-gc-low-threshold-percent"),
        ("kubeAPIBurst", "kube-api-burst"),
        ("kubeAPIQPS", "kube-api-qps"),
        ("maxOpenFiles", ""),
        ("maxParallelImagePulls", ""),
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
        ("containerLogMaxSize", "container-log-max-size"),
        ("cpuManagerPolicy", "cpu-manager-policy"),
        ("cpuManagerReconcilePeriod", "cpu-manager-reconcile-period"),
        ("imageMaximumGCAge", ""),
        ("imageMinimumGCAge", ""),
        ("memoryManagerPolicy", "memory-manager-policy"),
        ("reservedSystemCPUs", "reserved-cpus"),
        ("shutdownGracePeriod", "shutdown-grace-period"),
        ("shutdownGracePeriodCriticalPods", "shutdown-grace-period-for-critical-pods"),
        ("topologyManagerPolicy", "topology-manager-policy"),
        ("topologyManagerScope", "topology-manager-scope"),
    ):
        yield name, KubeletField(form="text", bottlerocket=bottlerocket)
    for name, bottlerocket in (
        ("cpuManagerPolicyOptions", ""),
        ("evictionHard", "eviction-hard"),
        ("evictionMinimumReclaim", ""),
        ("evictionSoft", "eviction-soft"),
        ("evictionSoftGracePeriod", "eviction-soft-grace-period"),
        ("kubeReserved", "kube-reserved"),
        ("memorySwap", ""),
        ("systemReserved", "system-reserved"),
    ):
        yield name, KubeletField(form="mapping", bottlerocket=bottlerocket)
    yield "allowedUnsafeSysctls", KubeletField(form="list", bottlerocket="allowed-unsafe-sysctls")
    yield "featureGates", KubeletField(form="switches")


KUBELET_FIELDS: Final[Mapping[str, KubeletField]] = MappingProxyType(dict(sorted(_fields())))
"""The fields that options of nodes can set, by name."""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


_FORMS: Final[Mapping[str, tuple[str, Callable[[object], bool]]]] = {
    "integer": (
        "an integer of 0 or more",
        lambda value: isinstance(value, int) and not _is_switch(value) and value >= 0,
    ),
    "boolean": ("true or false", _is_switch),
    "text": ("text", _is_text),
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
        words, is_form = _FORMS[KUBELET_FIELDS[name].form]
        if not is_form(value):
            raise ValueError(f"for {name}, {words}")
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
