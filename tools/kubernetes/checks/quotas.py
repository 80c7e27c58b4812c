"""What a namespace may use, and what its containers may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.checks.storage import claims_with_places
from tools.kubernetes.objects import Pods, quantity


@check
def quota_holds_what_is_asked_for(cluster: Cluster) -> Iterator[Complaint]:
    """The pods above the quota are refused, and the roll-out never ends."""
    for quota in cluster.of_kind("ResourceQuota"):
        hard = quota.spec.get("hard") or {}
        pods = [each for each in cluster.pods if each.namespace == quota.namespace]
        for key, most in hard.items():
            # One more of each Deployment while it rolls out.
            asked = sum(_asked(each, key) * _at_most(cluster, each) for each in pods)
            if key == "requests.storage":
                asked = _storage(cluster, quota.namespace)
            if asked > quantity(most):
                path = ("spec", "hard", key)
                reason = f"the workloads of the namespace ask for up to {_written(key, asked)} of {most}"
                yield Complaint(quota, path, reason, "raise it, or lower maxReplicas or requests")


@check
def limit_range_allows_its_containers(cluster: Cluster) -> Iterator[Complaint]:
    """The API server refuses the pods, and the roll-out never ends."""
    for limits in cluster.of_kind("LimitRange"):
        for bounds in limits.spec.get("limits") or ():
            for pods in cluster.pods if bounds.get("type") == "Container" else ():
                for each in pods.containers if pods.namespace == limits.namespace else ():
                    for name, most in (bounds.get("max") or {}).items():
                        if (each.amount("limits", name) or 0.0) > quantity(most):
                            path = (*each.path, "resources", "limits", name)
                            reason = f"{limits} allows {most}"
                            yield Complaint(pods.owner, path, reason, "lower the limit, or raise max there")
                    for name, least in (bounds.get("min") or {}).items():
                        asked = each.amount("requests", name)
                        if asked is not None and asked < quantity(least):
                            path = (*each.path, "resources", "requests", name)
                            yield Complaint(pods.owner, path, f"{limits} asks for {least}", "raise the request")


@check
def directory_in_memory_is_within_the_limit(cluster: Cluster) -> Iterator[Complaint]:
    """What is written there counts as memory of the containers: they are killed before the directory is full."""
    for pods in cluster.pods:
        most = sum(each.amount("limits", "memory") or 0.0 for each in pods.containers)
        for index, volume in enumerate(pods.volumes):
            content = volume.get("emptyDir") or {}
            if content.get("medium") == "Memory" and quantity(content.get("sizeLimit", "0")) > most > 0:
                path = (*pods.path, "volumes", index, "emptyDir", "sizeLimit")
                reason = f"{content['sizeLimit']} exceed the memory limits of all containers"
                yield Complaint(pods.owner, path, reason, "lower sizeLimit, raise the limits, or remove medium")


def _storage(cluster: Cluster, namespace: str) -> float:
    total = 0.0
    for claim, owner, _ in claims_with_places(cluster):
        size = quantity((((claim.get("spec") or {}).get("resources") or {}).get("requests") or {}).get("storage", "0"))
        if owner.namespace == namespace:
            total += size * (cluster.replicas(owner)[1] if owner.kind == "StatefulSet" else 1)
    return total


def _written(key: str, amount: float) -> str:
    return f"{amount / 2**30:.1f}Gi" if key.endswith(("memory", "storage")) else f"{amount:g}"


def _at_most(cluster: Cluster, pods: Pods) -> int:
    return cluster.replicas(pods.owner)[1] + (1 if pods.owner.kind == "Deployment" else 0)


def _asked(pods: Pods, key: str) -> float:
    if key == "pods":
        return 1.0
    kind, _, resource = key.partition(".")
    if kind == "limits" and resource in ("cpu", "memory"):
        return pods.limit(resource)
    return pods.request(resource) if kind == "requests" and resource in ("cpu", "memory") else 0.0
