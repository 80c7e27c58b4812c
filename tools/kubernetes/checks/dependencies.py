"""What objects need from each other beyond their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.objects import Container

_VARIABLE: Final = re.compile(r"(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_]*)\)")
_PRIORITIES: Final = ("system-cluster-critical", "system-node-critical")
_SNAPSHOTS: Final = "snapshot-controller"
_SECRET_NAMES: Final = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE.?KEY|API.?KEY|ACCESS.?KEY", re.IGNORECASE)
_SECRET_VALUES: Final = re.compile(r"(AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY")


@check
def key_of_the_config_map_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """The container waits with CreateContainerConfigError, or a file is missing in its directory."""
    for pods in cluster.pods:
        for name, key, path in _keys(pods.containers):
            found = cluster.find("ConfigMap", pods.namespace, name)
            if found is not None and key not in _data(found.document):
                fix = f"use one of {', '.join(sorted(_data(found.document)))}"
                yield Complaint(pods.owner, path, f"the ConfigMap {name} has no key {key}", fix)
        for index, volume in enumerate(pods.volumes):
            content = volume.get("configMap") or {}
            found = cluster.find("ConfigMap", pods.namespace, str(content.get("name")))
            for number, item in enumerate(content.get("items") or ()):
                if found is not None and item.get("key") not in _data(found.document):
                    path = (*pods.path, "volumes", index, "configMap", "items", number, "key")
                    fix = f"use one of {', '.join(sorted(_data(found.document)))}"
                    yield Complaint(pods.owner, path, f"the ConfigMap has no key {item.get('key')}", fix)


@check
def variable_is_defined(cluster: Cluster) -> Iterator[Complaint]:
    """Kubernetes leaves `$(NAME)` as it is, and the program gets these letters."""
    for pods in cluster.pods:
        for each in pods.containers:
            if each.content.get("envFrom"):
                continue
            known = {str(variable.get("name")) for variable in each.content.get("env") or ()}
            for key in ("command", "args"):
                for index, text in enumerate(each.content.get(key) or ()):
                    for name in sorted(set(_VARIABLE.findall(str(text))) - known):
                        reason, fix = f"{each.name} has no variable {name}", "add it to env; $$(...) is for a shell"
                        yield Complaint(pods.owner, (*each.path, key, index), reason, fix)


@check
def stateful_set_has_its_service(cluster: Cluster) -> Iterator[Complaint]:
    """Its pods have no names in DNS."""
    for each in cluster.of_kind("StatefulSet"):
        name = str(each.spec.get("serviceName") or "")
        if name and cluster.find("Service", each.namespace, name) is None:
            yield Complaint(each, ("spec", "serviceName"), f"there is no Service {name}", "add it with clusterIP: None")


@check
def priority_class_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """The API server refuses the pods."""
    for pods in cluster.pods:
        name = pods.spec.get("priorityClassName")
        if name and name not in _PRIORITIES and cluster.find("PriorityClass", "", str(name)) is None:
            path = (*pods.path, "priorityClassName")
            yield Complaint(pods.owner, path, f"there is no PriorityClass {name}", "add it, or correct the name")


@check
def autoscaler_names_the_version_of_its_workload(cluster: Cluster) -> Iterator[Complaint]:
    """It reports FailedGetScale, and scales nothing."""
    for each in cluster.of_kind("HorizontalPodAutoscaler"):
        target = each.spec.get("scaleTargetRef") or {}
        found = cluster.find(str(target.get("kind")), each.namespace, str(target.get("name")))
        if found is not None and target.get("apiVersion") != found.api_version:
            path = ("spec", "scaleTargetRef", "apiVersion")
            reason = f"{found} is not of {target.get('apiVersion')}"
            yield Complaint(each, path, reason, f"set apiVersion: {found.api_version}")


@check
def snapshots_have_their_controller(cluster: Cluster) -> Iterator[Complaint]:
    """Nobody makes the snapshot, and without its definitions the API server does not know the kind."""
    eks = cluster.environment.eks
    installed = {row.name for row in eks.installed_add_ons(eks.nodes.values())} if eks else set()
    for each in cluster.of_kind("VolumeSnapshotClass", "VolumeSnapshot", "VolumeSnapshotContent"):
        if _SNAPSHOTS not in installed:
            reason = f"the cluster has no {_SNAPSHOTS}"
            yield Complaint(each, ("kind",), reason, f"add {_SNAPSHOTS} to eks.add_ons of the file")


@check
def config_map_has_no_secret(cluster: Cluster) -> Iterator[Complaint]:
    """Whoever reads the repository, or may read ConfigMaps, has it."""
    for each in cluster.of_kind("ConfigMap"):
        for key, value in (each.document.get("data") or {}).items():
            # A file may speak of secrets: only short values are one themselves.
            is_named = _SECRET_NAMES.search(key) and "\n" not in str(value).strip() and value
            if is_named or _SECRET_VALUES.search(str(value)):
                fix = "read it from AWS Secrets Manager with a role of the pod"
                yield Complaint(each, ("data", key), f"{key} has a secret", fix)


def _keys(containers: list[Container]) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    for each in containers:
        for index, variable in enumerate(each.content.get("env") or ()):
            content = (variable.get("valueFrom") or {}).get("configMapKeyRef")
            if content and not content.get("optional"):
                path = (*each.path, "env", index, "valueFrom", "configMapKeyRef", "key")
                yield str(content.get("name")), str(content.get("key")), path


def _data(document: Mapping[str, Any]) -> set[str]:
    return {*(document.get("data") or {}), *(document.get("binaryData") or {})}
