"""Names and selectors by which objects refer to each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tools.kubernetes.checks.check import Cluster, Complaint, check, matches
from tools.kubernetes.objects import KubernetesObject, Pods

_OWNERS: Final = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
# What every cluster has.
_NAMESPACES: Final = ("kube-system", "kube-public", "default", "kube-node-lease")
_CONFIG_MAPS: Final = ("kube-root-ca.crt",)


@check
def selector_selects_the_pods_of_its_template(cluster: Cluster) -> Iterator[Complaint]:
    """The API server refuses a workload that does not select its own pods."""
    for pods in cluster.pods:
        if pods.owner.kind in _OWNERS and not matches(pods.owner.spec.get("selector"), pods.labels):
            reason = "the selector does not select the labels of the template"
            yield Complaint(pods.owner, ("spec", "selector"), reason, "make matchLabels some of the labels of the pods")


@check
def selector_is_of_one_workload(cluster: Cluster) -> Iterator[Complaint]:
    """Two workloads that select the same pods fight over them."""
    owners = [pods for pods in cluster.pods if pods.owner.kind in _OWNERS]
    for pods in owners:
        for other in owners:
            if (
                other.owner is not pods.owner
                and other.namespace == pods.namespace
                and matches(pods.owner.spec.get("selector"), other.labels)
            ):
                reason = f"the selector also selects the pods of {other.owner}"
                yield Complaint(pods.owner, ("spec", "selector"), reason, "give each workload a label of its own")


@check
def service_selects_pods(cluster: Cluster) -> Iterator[Complaint]:
    """Requests to a Service without pods hang or are refused."""
    for each in cluster.of_kind("Service"):
        if each.spec.get("selector") and not _selected(cluster, each):
            reason = "the selector selects no pods of the namespace"
            yield Complaint(each, ("spec", "selector"), reason, "state labels of the pods")


@check
def service_port_is_one_of_the_pods(cluster: Cluster) -> Iterator[Complaint]:
    """A target port by a name that no container has is a Service without endpoints."""
    for each in cluster.of_kind("Service"):
        pods = _selected(cluster, each)
        ports = [port for one in pods for container in one.containers for port in container.content.get("ports") or ()]
        known = {port.get("name") for port in ports} | {port.get("containerPort") for port in ports}
        for index, port in enumerate(each.spec.get("ports") or () if pods else ()):
            target = port.get("targetPort", port.get("port"))
            if target not in known:
                path = ("spec", "ports", index, "targetPort")
                yield Complaint(each, path, f"no container has the port {target}", "state a port of a container")


@check
def ingress_leads_to_a_service(cluster: Cluster) -> Iterator[Complaint]:
    """The load balancer answers 503."""
    for each in cluster.of_kind("Ingress"):
        for index, rule in enumerate(each.spec.get("rules") or ()):
            for number, way in enumerate((rule.get("http") or {}).get("paths") or ()):
                backend = (way.get("backend") or {}).get("service") or {}
                path = ("spec", "rules", index, "http", "paths", number, "backend", "service")
                service = cluster.find("Service", each.namespace, str(backend.get("name")))
                if service is None:
                    reason = f"there is no Service {backend.get('name')}"
                    yield Complaint(each, (*path, "name"), reason, "name a Service of the namespace")
                    continue
                port = backend.get("port") or {}
                ports = service.spec.get("ports") or ()
                if not any(port.get("name") == one.get("name") or port.get("number") == one["port"] for one in ports):
                    reason = f"the Service {service.name} has no such port"
                    yield Complaint(each, (*path, "port"), reason, "name a port of the Service")


@check
def config_map_or_secret_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """The pod waits in ContainerCreating, or with CreateContainerConfigError."""
    for pods in cluster.pods:
        for path, kind, name, is_optional in _references(pods):
            if not is_optional and name not in _CONFIG_MAPS and cluster.find(kind, pods.namespace, name) is None:
                reason = f"there is no {kind} {name} in {pods.namespace}"
                yield Complaint(pods.owner, path, reason, f"add it, or correct the name of the {kind}")


@check
def claim_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """The pod stays pending."""
    for pods in cluster.pods:
        for index, volume in enumerate(pods.volumes):
            name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if name and cluster.find("PersistentVolumeClaim", pods.namespace, name) is None:
                path = (*pods.path, "volumes", index, "persistentVolumeClaim", "claimName")
                yield Complaint(pods.owner, path, f"there is no claim {name}", "add a PersistentVolumeClaim")


@check
def service_account_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """No pod is created without its service account."""
    for pods in cluster.pods:
        name = pods.service_account
        if name != "default" and cluster.find("ServiceAccount", pods.namespace, name) is None:
            path = (*pods.path, "serviceAccountName")
            yield Complaint(pods.owner, path, f"there is no ServiceAccount {name}", "add it, or correct the name")


@check
def mount_names_a_volume(cluster: Cluster) -> Iterator[Complaint]:
    """The API server refuses a mount without a volume; a volume without a mount is left over."""
    for pods in cluster.pods:
        known = {str(volume.get("name")) for volume in pods.volumes}
        known |= {str((each.get("metadata") or {}).get("name")) for each in _claim_templates(pods)}
        mounted = set()
        for each in pods.containers:
            for index, mount in enumerate(each.content.get("volumeMounts") or ()):
                mounted.add(mount.get("name"))
                if mount.get("name") not in known:
                    path = (*each.path, "volumeMounts", index, "name")
                    reason = f"there is no volume {mount.get('name')}"
                    yield Complaint(pods.owner, path, reason, "name a volume of the pod")
        for index, volume in enumerate(pods.volumes):
            if volume.get("name") not in mounted:
                path = (*pods.path, "volumes", index)
                yield Complaint(pods.owner, path, f"no container mounts {volume.get('name')}", "remove the volume")


@check
def autoscaler_scales_a_workload(cluster: Cluster) -> Iterator[Complaint]:
    """It reports FailedGetScale, and scales nothing."""
    for each in cluster.of_kind("HorizontalPodAutoscaler"):
        target = each.spec.get("scaleTargetRef") or {}
        if cluster.find(str(target.get("kind")), each.namespace, str(target.get("name"))) is None:
            reason = f"there is no {target.get('kind')} {target.get('name')}"
            yield Complaint(each, ("spec", "scaleTargetRef", "name"), reason, "name a workload of the namespace")


@check
def disruption_budget_selects_pods(cluster: Cluster) -> Iterator[Complaint]:
    """It protects nothing."""
    for each in cluster.of_kind("PodDisruptionBudget"):
        if not _matched(cluster, each, "selector"):
            reason = "the selector selects no pods of the namespace"
            yield Complaint(each, ("spec", "selector"), reason, "state labels of the pods")


@check
def network_policy_selects_pods(cluster: Cluster) -> Iterator[Complaint]:
    """It allows and forbids nothing."""
    for each in cluster.of_kind("NetworkPolicy"):
        if each.spec.get("podSelector") and not _matched(cluster, each, "podSelector"):
            reason = "the selector selects no pods of the namespace"
            yield Complaint(each, ("spec", "podSelector"), reason, "state labels of the pods, or {} for all")


@check
def role_binding_names_a_role(cluster: Cluster) -> Iterator[Complaint]:
    """Whoever it is for may do nothing."""
    for each in cluster.of_kind("RoleBinding"):
        ref = each.document.get("roleRef") or {}
        if ref.get("kind") == "Role" and cluster.find("Role", each.namespace, str(ref.get("name"))) is None:
            yield Complaint(each, ("roleRef", "name"), f"there is no Role {ref.get('name')}", "name a Role")


@check
def namespace_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """The API server refuses objects of a namespace that does not exist."""
    argo_cd = cluster.environment.eks.capabilities.argocd if cluster.environment.eks else None
    known = (*_NAMESPACES, argo_cd.namespace) if argo_cd else _NAMESPACES
    for each in cluster.objects:
        if each.is_of_cluster:
            continue
        if not each.namespace:
            yield Complaint(each, ("metadata",), "it is in whatever namespace is current", "state metadata.namespace")
        elif each.namespace not in known and cluster.find("Namespace", "", each.namespace) is None:
            path = ("metadata", "namespace")
            yield Complaint(
                each, path, f"there is no namespace {each.namespace}", "add a Namespace, or correct the name"
            )
        elif each.namespace == "default":
            yield Complaint(each, ("metadata", "namespace"), "it is in default", "give it a namespace of its own")


def _selected(cluster: Cluster, service: KubernetesObject) -> list[Pods]:
    selector = {"matchLabels": service.spec.get("selector") or {}}
    return [each for each in cluster.pods if each.namespace == service.namespace and matches(selector, each.labels)]


def _matched(cluster: Cluster, each: KubernetesObject, key: str) -> bool:
    return any(one.namespace == each.namespace and matches(each.spec.get(key), one.labels) for one in cluster.pods)


def _claim_templates(pods: Pods) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pods.owner.spec.get("volumeClaimTemplates") or []
    return found if pods.owner.kind == "StatefulSet" else []


def _references(pods: Pods) -> Iterator[tuple[tuple[str | int, ...], str, str, bool]]:
    """Path, kind, name, and whether the pod starts without it."""
    for index, volume in enumerate(pods.volumes):
        path = (*pods.path, "volumes", index)
        for key, kind, name in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
            if content := volume.get(key):
                yield (*path, key), kind, str(content.get(name)), bool(content.get("optional"))
    for each in pods.containers:
        for index, source in enumerate(each.content.get("envFrom") or ()):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if content := source.get(key):
                    path = (*each.path, "envFrom", index, key)
                    yield path, kind, str(content.get("name")), bool(content.get("optional"))
        for index, variable in enumerate(each.content.get("env") or ()):
            for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                if content := (variable.get("valueFrom") or {}).get(key):
                    path = (*each.path, "env", index, "valueFrom", key)
                    yield path, kind, str(content.get("name")), bool(content.get("optional"))
