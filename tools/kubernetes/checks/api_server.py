"""What the API server refuses, and schemas do not say: names, words, and fields that belong together.

The tables are those of the validation in Kubernetes ("API reference": allowed values stand in the descriptions alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from zoneinfo import available_timezones

from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.findings import ObjectPath
from tools.kubernetes.objects import Container, Pods, is_quantity

_LABEL_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_LABEL_VALUE: Final = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
_PORT_NAME: Final = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
# Their names are any segment of a path.
_OF_ACCESS: Final = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc")
_PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
_RESTARTS: Final = {
    "Job": ("Never", "OnFailure"),
    "CronJob": ("Never", "OnFailure"),
    "Pod": ("Always", "Never", "OnFailure"),
}
_FIELDS: Final = re.compile(
    r"metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['[^']+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?)"
)
# Words that a key may have.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "concurrencyPolicy": ("Allow", "Forbid", "Replace"),
    "podManagementPolicy": ("OrderedReady", "Parallel"),
    "unhealthyPodEvictionPolicy": ("AlwaysAllow", "IfHealthyBudget"),
    "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    "persistentVolumeReclaimPolicy": ("Delete", "Retain", "Recycle"),
    "reclaimPolicy": ("Delete", "Retain"),
    "pathType": ("Exact", "ImplementationSpecific", "Prefix"),
    "sessionAffinity": ("ClientIP", "None"),
    "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
}
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "accessModes": ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"),
    "policyTypes": ("Egress", "Ingress"),
}
# "Windows container security contexts": fields that a pod with `os: windows` may not have.
_OF_LINUX: Final = (
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "supplementalGroups",
    "seccompProfile",
    "seLinuxOptions",
    "sysctls",
)
_OF_LINUX_CONTAINERS: Final = (
    *_OF_LINUX,
    "capabilities",
    "allowPrivilegeEscalation",
    "readOnlyRootFilesystem",
    "privileged",
)
_CRON: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@check
def name_is_one_that_kubernetes_takes(cluster: Cluster) -> Iterator[Complaint]:
    """Names of objects and containers are lower case, those of ports have 15 characters at most."""
    for each in cluster.objects:
        if each.kind not in _OF_ACCESS and not _SUBDOMAIN.fullmatch(each.name):
            reason = f"{each.name} is no name"
            yield Complaint(each, ("metadata", "name"), reason, "use lower case letters, digits, - and .")
        for key, value in each.labels.items():
            if not _LABEL_VALUE.fullmatch(str(value)):
                reason = f"{value!r} is no value of a label"
                yield Complaint(
                    each, ("metadata", "labels", key), reason, "use letters, digits, -, _ and ., 63 at most"
                )
    for pods in cluster.pods:
        for container in pods.containers:
            if not _LABEL_NAME.fullmatch(container.name):
                fix = "use lower case letters, digits and -"
                yield Complaint(pods.owner, (*container.path, "name"), f"{container.name} is no name", fix)
            for index, port in enumerate(container.content.get("ports") or ()):
                if "name" in port and not _PORT_NAME.fullmatch(str(port["name"])):
                    path = (*container.path, "ports", index, "name")
                    fix = "use 15 lower case letters, digits and - at most"
                    yield Complaint(pods.owner, path, f"{port['name']} is no name of a port", fix)


@check
def names_in_a_pod_differ(cluster: Cluster) -> Iterator[Complaint]:
    """Containers of a pod have different names, and mounts of a container different paths."""
    for pods in cluster.pods:
        seen: set[str] = set()
        for each in pods.containers:
            if each.name in seen:
                reason = f"there are two containers {each.name}"
                yield Complaint(pods.owner, (*each.path, "name"), reason, "give it another name")
            seen.add(each.name)
            paths: set[str] = set()
            for index, mount in enumerate(each.content.get("volumeMounts") or ()):
                if (path := str(mount.get("mountPath")).rstrip("/")) in paths:
                    place = (*each.path, "volumeMounts", index, "mountPath")
                    yield Complaint(pods.owner, place, f"{each.name} has two mounts at {path}", "use another path")
                paths.add(path)


@check
def word_is_one_that_is_known(cluster: Cluster) -> Iterator[Complaint]:
    """Schemas of Kubernetes have no lists of allowed values."""
    for each in cluster.objects:
        if "." in each.api_version and not each.api_version.partition("/")[0].endswith((".k8s.io", "policy")):
            continue
        for path, value in _strings(each.document, ()):
            key = path[-1] if isinstance(path[-1], str) else path[-2]
            allowed = (_WORDS if isinstance(path[-1], str) else _LISTS).get(str(key))
            if allowed is not None and value not in allowed and path[0] not in ("data", "metadata"):
                yield Complaint(each, path, f"{value} is no {key}", f"use one of {', '.join(allowed)}")
    for pods in cluster.pods:
        allowed, value = _RESTARTS.get(pods.owner.kind, ("Always",)), pods.spec.get("restartPolicy", "Always")
        if value not in allowed:
            reason = f"pods of a {pods.owner.kind} cannot have the restart policy {value}"
            yield Complaint(pods.owner, (*pods.path, "restartPolicy"), reason, f"use {' or '.join(allowed)}")


@check
def amount_is_a_quantity(cluster: Cluster) -> Iterator[Complaint]:
    """`128MB` is none, and `128m` of memory is an eighth of a byte: no container starts."""
    for pods in cluster.pods:
        for each in pods.containers:
            for kind, amounts in (each.content.get("resources") or {}).items():
                for name, value in amounts.items() if isinstance(amounts, Mapping) else ():
                    path = (*each.path, "resources", kind, name)
                    if not is_quantity(value):
                        fix = "use a unit such as m, Ki, Mi or Gi"
                        yield Complaint(pods.owner, path, f"{value} is no quantity", fix)
                    elif name in ("memory", "ephemeral-storage") and str(value).endswith("m"):
                        reason = f"{value} is less than a byte for each unit of m"
                        yield Complaint(pods.owner, path, reason, f"write {str(value)[:-1]}Mi")
                    elif (
                        "/" in str(name)
                        and kind == "requests"
                        and each.amount("limits", name) != each.amount(kind, name)
                    ):
                        yield Complaint(
                            pods.owner, path, f"{name} is asked for beside another limit", "state the limit alone"
                        )


@check
def probe_is_one_that_kubernetes_takes(cluster: Cluster) -> Iterator[Complaint]:
    """One way to ask; a container that ends before the others is not probed."""
    for pods in cluster.pods:
        for each in pods.containers:
            for name in _PROBES:
                probe, path = each.content.get(name), (*each.path, name)
                if not probe:
                    continue
                if sum(way in probe for way in _HANDLERS) != 1:
                    yield Complaint(pods.owner, path, f"{name} asks in no way, or in several", "keep one of them")
                if name != "readinessProbe" and probe.get("successThreshold", 1) != 1:
                    reason = f"a {name} succeeds at once"
                    yield Complaint(pods.owner, (*path, "successThreshold"), reason, "remove successThreshold")
                if each.is_init and not each.is_sidecar:
                    reason = f"{each.name} ends before the pod starts"
                    yield Complaint(pods.owner, path, reason, "remove it, or set restartPolicy: Always for a sidecar")


@check
def fields_of_a_pod_fit_together(cluster: Cluster) -> Iterator[Complaint]:
    """Tolerations that ask for a value of any, fields of Linux in pods of Windows, values of fields that are none."""
    for pods in cluster.pods:
        for index, toleration in enumerate(pods.spec.get("tolerations") or ()):
            if toleration.get("operator") == "Exists" and toleration.get("value"):
                path = (*pods.path, "tolerations", index, "value")
                yield Complaint(pods.owner, path, "Exists takes every value", "remove value, or use Equal")
        for path, name in _of_linux(pods):
            yield Complaint(pods.owner, path, f"pods of Windows have no {name}", f"remove {name}")
        for each in pods.containers:
            yield from _references(pods, each)


@check
def rollout_can_go_on(cluster: Cluster) -> Iterator[Complaint]:
    """With neither one more nor one less, no pod is replaced."""
    for each in cluster.of_kind("Deployment"):
        update = (each.spec.get("strategy") or {}).get("rollingUpdate") or {}
        if all(update.get(key) in (0, "0%") for key in ("maxSurge", "maxUnavailable")):
            path = ("spec", "strategy", "rollingUpdate")
            yield Complaint(each, path, "maxSurge and maxUnavailable are both 0", "set maxSurge: 1")


@check
def schedule_is_one_of_cron(cluster: Cluster) -> Iterator[Complaint]:
    """Five fields, in their bounds, in a time zone that there is."""
    for each in cluster.of_kind("CronJob"):
        text, zone = str(each.spec.get("schedule", "")), each.spec.get("timeZone")
        if not text.startswith("@") and not _is_schedule(text):
            yield Complaint(each, ("spec", "schedule"), f"{text} is no schedule", "state minute hour day month weekday")
        if zone is not None and zone not in available_timezones():
            yield Complaint(each, ("spec", "timeZone"), f"there is no time zone {zone}", "use a name such as Etc/UTC")


def _strings(value: object, path: ObjectPath) -> Iterator[tuple[ObjectPath, str]]:
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, str):
            yield (*path, key), item
        else:
            yield from _strings(item, (*path, key))


def _of_linux(pods: Pods) -> Iterator[tuple[ObjectPath, str]]:
    if (pods.spec.get("os") or {}).get("name") == "windows":
        yield from (((*pods.path, "securityContext", name), name) for name in _OF_LINUX if name in pods.security)
        for each in pods.containers:
            path = (*each.path, "securityContext")
            yield from (((*path, name), name) for name in _OF_LINUX_CONTAINERS if name in each.security)


def _references(pods: Pods, each: Container) -> Iterator[Complaint]:
    for index, variable in enumerate(each.content.get("env") or ()):
        field = ((variable.get("valueFrom") or {}).get("fieldRef") or {}).get("fieldPath")
        if field is not None and not _FIELDS.fullmatch(str(field)):
            path = (*each.path, "env", index, "valueFrom", "fieldRef", "fieldPath")
            yield Complaint(pods.owner, path, f"a pod has no field {field}", "see `kubectl explain pod`")


def _is_schedule(text: str) -> bool:
    fields = text.split()
    return len(fields) == len(_CRON) and all(
        _is_in(part, *bounds) for field, bounds in zip(fields, _CRON, strict=True) for part in field.split(",")
    )


def _is_in(part: str, least: int, most: int) -> bool:
    values, _, step = part.partition("/")
    if step and (not step.isdigit() or int(step) == 0):
        return False
    return values in ("*", "?") or all(
        re.fullmatch(r"[A-Za-z]{3}", value) or (value.isdigit() and least <= int(value) <= most)
        for value in values.split("-", 1)
    )
