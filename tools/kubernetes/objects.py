"""Objects of a rendering, and the pods that they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from tools.kubernetes.findings import ObjectPath
from tools.kubernetes.sources import Source, place_of

_TEMPLATES: Final[Mapping[str, ObjectPath]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
_CLUSTER_SCOPED: Final = frozenset(
    {
        *("Namespace", "StorageClass", "IngressClass", "IngressClassParams", "PersistentVolume", "ClusterRole"),
        *("ClusterRoleBinding", "PriorityClass", "NodePool", "NodeClass", "EC2NodeClass", "VolumeSnapshotClass"),
        *("CustomResourceDefinition", "ClusterIssuer", "RuntimeClass", "CSIDriver"),
    }
)


@dataclass(frozen=True, eq=False)
class KubernetesObject:
    """One object, and the files that it is written in."""

    document: Mapping[str, Any]
    sources: Sequence[Source] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.document.get("kind", ""))

    @property
    def api_version(self) -> str:
        """Group and version."""
        return str(self.document.get("apiVersion", ""))

    @property
    def name(self) -> str:
        """Its name."""
        return str((self.document.get("metadata") or {}).get("name", ""))

    @property
    def namespace(self) -> str:
        """Its namespace; empty for an object of the cluster."""
        return str((self.document.get("metadata") or {}).get("namespace", ""))

    @property
    def is_of_cluster(self) -> bool:
        """Whether objects of the kind are in no namespace."""
        return self.kind in _CLUSTER_SCOPED

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return (self.document.get("metadata") or {}).get("labels") or {}

    @property
    def annotations(self) -> Mapping[str, str]:
        """Its annotations."""
        return (self.document.get("metadata") or {}).get("annotations") or {}

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its spec."""
        return self.document.get("spec") or {}

    def __str__(self) -> str:
        """Kind, namespace, and name."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    def place(self, path: ObjectPath) -> tuple[str, int]:
        """File and line of a path.

        Args:
            path: What in the object.
        """
        return place_of(self.sources, self.document, path)

    @cached_property
    def pods(self) -> Pods | None:
        """The pods that it makes; None for an object that makes none."""
        if self.kind not in _TEMPLATES:
            return None
        template: Mapping[str, Any] = self.document
        for part in _TEMPLATES[self.kind]:
            template = template.get(str(part)) or {}
        return Pods(self, _TEMPLATES[self.kind], template)


@dataclass(frozen=True)
class Container:
    """A container of a pod."""

    path: ObjectPath
    content: Mapping[str, Any]
    is_init: bool

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.content.get("name", ""))

    @property
    def is_sidecar(self) -> bool:
        """Whether it is an init container that goes on beside the others."""
        return self.is_init and self.content.get("restartPolicy") == "Always"

    @property
    def security(self) -> Mapping[str, Any]:
        """Its security context."""
        return self.content.get("securityContext") or {}

    def amount(self, kind: str, resource: str) -> float | None:
        """A request or a limit: cores, bytes, or a number of devices.

        Args:
            kind: `requests` or `limits`.
            resource: Such as `cpu`.
        """
        value = ((self.content.get("resources") or {}).get(kind) or {}).get(resource)
        return None if value is None else quantity(value)

    def request(self, resource: str) -> float:
        """What is reserved for it: what has a limit only has a request of the same amount.

        Args:
            resource: Such as `cpu`.
        """
        asked = self.amount("requests", resource)
        return asked if asked is not None else self.amount("limits", resource) or 0.0


@dataclass(frozen=True)
class Pods:
    """The pods of one object."""

    owner: KubernetesObject
    template_path: ObjectPath
    template: Mapping[str, Any]

    @property
    def path(self) -> ObjectPath:
        """Where their spec is."""
        return (*self.template_path, "spec")

    @property
    def spec(self) -> Mapping[str, Any]:
        """Their spec."""
        return self.template.get("spec") or {}

    @property
    def labels(self) -> Mapping[str, str]:
        """Their labels."""
        return (self.template.get("metadata") or {}).get("labels") or {}

    @property
    def namespace(self) -> str:
        """Their namespace."""
        return self.owner.namespace

    @property
    def security(self) -> Mapping[str, Any]:
        """The security context of all containers."""
        return self.spec.get("securityContext") or {}

    @property
    def is_windows(self) -> bool:
        """Whether they are of Windows."""
        selector = self.spec.get("nodeSelector") or {}
        return (self.spec.get("os") or {}).get("name") == "windows" or selector.get("kubernetes.io/os") == "windows"

    @property
    def service_account(self) -> str:
        """Name of their service account."""
        return str(self.spec.get("serviceAccountName") or "default")

    @cached_property
    def containers(self) -> list[Container]:
        """Init containers, sidecars among them, and the others."""
        return [
            Container((*self.path, key, index), each, is_init=key == "initContainers")
            for key in ("initContainers", "containers")
            for index, each in enumerate(self.spec.get(key) or ())
        ]

    @property
    def volumes(self) -> Sequence[Mapping[str, Any]]:
        """Their volumes."""
        return self.spec.get("volumes") or ()

    def request(self, resource: str) -> float:
        """What the scheduler reserves for a pod: that of all that run together, or of an init container before them.

        "Sidecar Containers", Kubernetes: resource sharing within containers.

        Args:
            resource: Such as `cpu`.
        """
        return self._together(lambda each: each.request(resource))

    def limit(self, resource: str) -> float:
        """What a pod uses at most, and a quota of limits counts.

        Args:
            resource: Such as `cpu`.
        """
        return self._together(lambda each: each.amount("limits", resource) or 0.0)

    def _together(self, amount_of: Callable[[Container], float]) -> float:
        sidecars, most = 0.0, 0.0
        for each in self.containers:
            amount = amount_of(each)
            if each.is_sidecar:
                sidecars += amount
                most = max(most, sidecars)
            elif each.is_init:
                most = max(most, sidecars + amount)
        together = sum(amount_of(each) for each in self.containers if not each.is_init or each.is_sidecar)
        return max(most, together)

    def required_labels(self) -> dict[str, Any]:
        """Labels that their nodes must have: of the selector, and of an affinity that allows one value only."""
        affinity = (self.spec.get("affinity") or {}).get("nodeAffinity") or {}
        terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or []
        of_affinity = {
            each["key"]: each["values"][0]
            for each in (terms[0].get("matchExpressions") or () if len(terms) == 1 else ())
            if each.get("operator") == "In" and len(each.get("values") or ()) == 1
        }
        return {**(self.spec.get("nodeSelector") or {}), **of_affinity}

    def extended_resources(self) -> set[str]:
        """Names of devices that they ask for, such as `nvidia.com/gpu`."""
        return {
            name
            for each in self.containers
            for amounts in (each.content.get("resources") or {}).values()
            if isinstance(amounts, Mapping)
            for name in amounts
            if "/" in name
        }


_QUANTITY: Final = re.compile(r"([0-9.]+)([a-zA-Z]*)")
_UNITS: Final = {
    "": 1.0,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
}


def quantity(value: object) -> float:
    """A quantity of Kubernetes as a number; 0 for what is none, which its schema finds.

    Args:
        value: Such as `250m` or `64Mi`.
    """
    found = _QUANTITY.fullmatch(str(value))
    return float(found[1]) * _UNITS[found[2]] if found and found[2] in _UNITS else 0.0


def is_quantity(value: object) -> bool:
    """Whether it is a quantity of Kubernetes.

    Args:
        value: Such as `250m` or `64Mi`.
    """
    found = _QUANTITY.fullmatch(str(value))
    return bool(found and (found[2] in _UNITS or re.fullmatch(r"[eE][0-9]+|Ei?|[nu]", found[2])))


def pods_of(objects: Sequence[KubernetesObject]) -> Iterator[Pods]:
    """The pods of every object that makes some.

    Args:
        objects: All objects.
    """
    yield from (each.pods for each in objects if each.pods is not None)
