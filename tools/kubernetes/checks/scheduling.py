"""Whether there are nodes for the pods, and whether these can do what the pods need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.node_capabilities import needs
from reference_constructs.eks.nodes.node_options import NodeNeed
from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.objects import Pods

_DEVICES: Final[Mapping[str, NodeNeed]] = {
    "nvidia.com/gpu": "gpu",
    "aws.amazon.com/neuron": "neuron",
    "aws.amazon.com/neuroncore": "neuron",
}
_DRIVERS: Final[Mapping[str, NodeNeed]] = {
    "ebs.csi.aws.com": "ebs",
    "ebs.csi.eks.amazonaws.com": "ebs",
    "fsx.csi.aws.com": "fsx_lustre",
    "csi.trident.netapp.io": "fsx_ontap",
    "s3.csi.aws.com": "s3_mountpoint",
}
_EFS: Final = "efs.csi.aws.com"
_ZONE: Final = "topology.kubernetes.io/zone"


@check
def pods_have_nodes(cluster: Cluster) -> Iterator[Complaint]:
    """They stay pending."""
    for pods in cluster.pods:
        if not cluster.places_for(pods):
            reasons = (
                "; ".join(f"{place.key}: {place.why_not(pods)}" for place in cluster.places) or "there are no nodes"
            )
            fix = "change nodeSelector, tolerations, or the namespace, or add nodes to the environment file"
            yield Complaint(pods.owner, pods.path, f"no nodes take its pods ({reasons})", fix)


@check
def zone_is_one_of_the_environment(cluster: Cluster) -> Iterator[Complaint]:
    """No node is in another zone, so the pod stays pending."""
    zones = cluster.environment.availability_zones
    for pods in cluster.pods:
        wanted = pods.required_labels().get(_ZONE)
        if wanted is not None and wanted not in zones:
            reason = f"its pods must be in {wanted}, and nodes are in {', '.join(zones)}"
            yield Complaint(pods.owner, pods.path, reason, "state one of these zones")


@check
def pods_fit_on_a_node(cluster: Cluster) -> Iterator[Complaint]:
    """A pod that asks for more than any node has stays pending, and no autoscaler helps it."""
    for pods in cluster.pods:
        able = cluster.places_for(pods)
        resources = ["cpu", "memory", *sorted(pods.extended_resources())]
        if not able or any(
            not place.rooms or any(room.holds(pods, resources) for room in place.rooms) for place in able
        ):
            continue
        rooms = [room for place in able for room in place.rooms]
        for name in resources:
            most = max(rooms, key=lambda room, name=name: room.amounts.get(name, 0.0))  # type: ignore[misc]
            asked, there = pods.request(name), most.amounts.get(name, 0.0)
            if asked > there:
                path = (*pods.path, "containers", 0, "resources", "requests", name)
                reason = f"it asks for {_amount(name, asked)}, and {most.of} has {_amount(name, there)} for pods"
                yield Complaint(pods.owner, path, reason, f"lower the requests, or add larger types to {able[0].key}")
                break
        else:
            reason = "no single instance type has all that it asks for"
            yield Complaint(pods.owner, pods.path, reason, f"lower the requests, or add larger types to {able[0].key}")


@check
def nodes_can_do_what_pods_need(cluster: Cluster) -> Iterator[Complaint]:
    """The pod is refused by the admission of Fargate, stays pending, or cannot mount its volume."""
    for pods in cluster.pods:
        able = cluster.places_for(pods)
        for need, path, what in _needs(cluster, pods):
            if able and all(place.cannot(need) for place in able):
                reason = f"{what} needs {needs()[need].about}, and {able[0].key} cannot: {able[0].cannot(need)}"
                fix = f"use other nodes: make node-capabilities NEEDS={need}"
                yield Complaint(pods.owner, path, reason, fix)


@check
def fargate_limits_are_requests(cluster: Cluster) -> Iterator[Complaint]:
    """Fargate sizes the machine by requests: what limits allow beyond them is not there."""
    for pods in cluster.pods:
        if any(place.is_fargate for place in cluster.places_for(pods)):
            for each in pods.containers:
                for name in ("cpu", "memory"):
                    asked, most = each.amount("requests", name), each.amount("limits", name)
                    if most is not None and asked is not None and most > asked:
                        path = (*each.path, "resources", "limits", name)
                        yield Complaint(
                            pods.owner, path, f"Fargate has no {name} beyond the request", "make them equal"
                        )


@check
def devices_are_asked_for_by_taint(cluster: Cluster) -> Iterator[Complaint]:
    """A pod without a request of a device that runs on such nodes blocks them for those that need it."""
    for pods in cluster.pods:
        tolerated = {each.get("key") for each in pods.spec.get("tolerations") or ()}
        for device in sorted(tolerated & set(_DEVICES)):
            if device not in pods.extended_resources():
                path = (*pods.path, "tolerations")
                reason = f"it tolerates nodes with {device}, and asks for none"
                yield Complaint(pods.owner, path, reason, f"state {device} in the limits of a container")


def _needs(cluster: Cluster, pods: Pods) -> Iterator[tuple[NodeNeed, tuple[str | int, ...], str]]:
    """What the pods need, where they say so, and in words."""
    if pods.owner.kind == "DaemonSet":
        yield "daemon_sets", ("kind",), "a DaemonSet"
    for key in ("hostNetwork",):
        if pods.spec.get(key):
            yield "host_network", (*pods.path, key), key
    for each in pods.containers:
        if each.security.get("privileged"):
            yield "privileged", (*each.path, "securityContext", "privileged"), each.name
        for name in (each.content.get("resources") or {}).get("limits") or {}:
            if name in _DEVICES:
                yield _DEVICES[name], (*each.path, "resources", "limits", name), each.name
    for claim, path in claims_of(cluster, pods):
        class_name = (claim.get("spec") or {}).get("storageClassName")
        storage_class = cluster.find("StorageClass", "", str(class_name))
        driver = storage_class.document.get("provisioner") if storage_class else _driver_of_volume(cluster, claim)
        if driver == _EFS:
            yield ("efs_dynamic" if storage_class else "efs"), path, "the claim"
        elif driver in _DRIVERS:
            yield _DRIVERS[str(driver)], path, "the claim"
    identities = cluster.environment.eks.pod_identities.values() if cluster.environment.eks else ()
    for identity in identities:
        is_theirs = (identity.namespace, identity.service_account) == (pods.namespace, pods.service_account)
        if is_theirs and identity.credentials == "pod_identity":
            yield "pod_identity", (*pods.path, "serviceAccountName"), "the role"


def claims_of(cluster: Cluster, pods: Pods) -> Iterator[tuple[Mapping[str, Any], tuple[str | int, ...]]]:
    """The claims of pods, and where they are named.

    Args:
        cluster: Everything.
        pods: The pods.
    """
    for index, volume in enumerate(pods.volumes):
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        claim = cluster.find("PersistentVolumeClaim", pods.namespace, str(name)) if name else None
        if claim is not None:
            yield claim.document, (*pods.path, "volumes", index, "persistentVolumeClaim")
        if template := (volume.get("ephemeral") or {}).get("volumeClaimTemplate"):
            yield template, (*pods.path, "volumes", index, "ephemeral")
    if pods.owner.kind == "StatefulSet":
        for index, template in enumerate(pods.owner.spec.get("volumeClaimTemplates") or ()):
            yield template, ("spec", "volumeClaimTemplates", index)


def _driver_of_volume(cluster: Cluster, claim: Mapping[str, Any]) -> str | None:
    volume = cluster.find("PersistentVolume", "", str((claim.get("spec") or {}).get("volumeName")))
    return (volume.spec.get("csi") or {}).get("driver") if volume else None


def _amount(name: str, value: float) -> str:
    return f"{value / 2**30:.2f} GiB" if name == "memory" else f"{value:g} {name}"
