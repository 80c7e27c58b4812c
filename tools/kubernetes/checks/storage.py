"""Storage classes, volumes, and claims."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.checks.scheduling import claims_of
from tools.kubernetes.objects import KubernetesObject

_EBS: Final = ("ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com")
_ADD_ONS: Final = {
    "ebs.csi.aws.com": "aws-ebs-csi-driver",
    "efs.csi.aws.com": "aws-efs-csi-driver",
    "fsx.csi.aws.com": "aws-fsx-csi-driver",
    "s3.csi.aws.com": "aws-mountpoint-s3-csi-driver",
}
# Kubernetes translates these to CSI, with none of what the class says of encryption.
_IN_TREE: Final = "kubernetes.io/"
# "Amazon EBS volume types"; EBS CSI driver, parameters of a StorageClass.
_VOLUME_TYPES: Final = ("gp2", "gp3", "io1", "io2", "sc1", "st1", "standard", "sbp1", "sbg1")
_DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"
_ZONE: Final = "topology.kubernetes.io/zone"


@check
def storage_class_encrypts(cluster: Cluster) -> Iterator[Complaint]:
    """Volumes of Amazon EBS are not encrypted unless the class, or the account, says so."""
    for each in _classes(cluster):
        encrypted = (each.document.get("parameters") or {}).get("encrypted")
        if each.document.get("provisioner") in _EBS and encrypted != "true":
            yield Complaint(each, ("parameters", "encrypted"), "its volumes are not encrypted", 'set encrypted: "true"')


@check
def storage_class_waits_for_the_pod(cluster: Cluster) -> Iterator[Complaint]:
    """The volume is made in a zone where the pod may not be able to run."""
    for each in _classes(cluster):
        mode = each.document.get("volumeBindingMode")
        if each.document.get("provisioner") in _EBS and mode != "WaitForFirstConsumer":
            fix = "set volumeBindingMode: WaitForFirstConsumer"
            yield Complaint(each, ("volumeBindingMode",), "volumes are made before their pods have a zone", fix)


@check
def storage_class_is_one_of_a_driver(cluster: Cluster) -> Iterator[Complaint]:
    """In-tree plugins are no part of Kubernetes any more, and Amazon EBS refuses a type that is none."""
    for each in _classes(cluster):
        provisioner = str(each.document.get("provisioner"))
        kind = (each.document.get("parameters") or {}).get("type")
        if provisioner.startswith(_IN_TREE) and provisioner != "kubernetes.io/no-provisioner":
            reason = f"{provisioner} is not a CSI driver"
            yield Complaint(each, ("provisioner",), reason, 'use ebs.csi.aws.com, and encrypted: "true"')
        if provisioner in _EBS and kind is not None and kind not in _VOLUME_TYPES:
            yield Complaint(each, ("parameters", "type"), f"Amazon EBS has no type {kind}", "use gp3")


@check
def default_class_is_one(cluster: Cluster) -> Iterator[Complaint]:
    """A claim without a class gets the newest of them."""
    found = [each for each in _classes(cluster) if each.annotations.get(_DEFAULT) == "true"]
    for each in found[1:]:
        reason = f"{found[0]} is the default too"
        yield Complaint(each, ("metadata", "annotations", _DEFAULT), reason, "keep one default")


@check
def driver_is_installed(cluster: Cluster) -> Iterator[Complaint]:
    """The claim stays pending: nobody makes the volume."""
    eks = cluster.environment.eks
    if eks is None:
        return
    installed = {row.name for row in eks.installed_add_ons(eks.nodes.values())}
    volumes = [each for each in cluster.objects if each.kind == "PersistentVolume"]
    named: list[tuple[KubernetesObject, object, tuple[str, ...]]] = [
        (each, each.document.get("provisioner"), ("provisioner",)) for each in _classes(cluster)
    ]
    named += [(each, (each.spec.get("csi") or {}).get("driver"), ("spec", "csi")) for each in volumes]
    for each, driver, path in named:
        needed = _ADD_ONS.get(str(driver))
        if needed is not None and needed not in installed:
            yield Complaint(each, path, f"the cluster has no {needed}", f"add {needed} to eks.add_ons of the file")
        if driver == "ebs.csi.eks.amazonaws.com" and not any(
            place.options.kind == "auto_mode" for place in cluster.places
        ):
            yield Complaint(each, path, "the driver is part of EKS Auto Mode", "use ebs.csi.aws.com")


@check
def storage_class_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """The claim stays pending."""
    known = {each.name for each in (*cluster.objects, *cluster.manifests) if each.kind == "StorageClass"}
    for each, owner, path in claims_with_places(cluster):
        name = (each.get("spec") or {}).get("storageClassName")
        if name is None:
            reason = "it depends on which class the cluster has as its default"
            yield Complaint(owner, path, reason, "state storageClassName")
        elif name and name not in known:
            yield Complaint(
                owner, (*path, "storageClassName"), f"there is no StorageClass {name}", "name one that is here"
            )


@check
def claim_is_of_one_pod(cluster: Cluster) -> Iterator[Complaint]:
    """A volume of Amazon EBS is attached to one node: the second pod waits in ContainerCreating."""
    for pods in cluster.pods:
        for claim, path in claims_of(cluster, pods):
            modes = (claim.get("spec") or {}).get("accessModes") or ()
            if pods.owner.kind == "Deployment" and cluster.replicas(pods.owner)[1] > 1 and "ReadWriteMany" not in modes:
                reason = "several pods share a claim that one node can mount"
                fix = "use a StatefulSet with volumeClaimTemplates, or a class with ReadWriteMany"
                yield Complaint(pods.owner, path, reason, fix)


@check
def access_mode_is_one_of_the_driver(cluster: Cluster) -> Iterator[Complaint]:
    """Amazon EBS has no volumes with a file system for several nodes."""
    for each, owner, path in claims_with_places(cluster):
        spec = each.get("spec") or {}
        found = cluster.find("StorageClass", "", str(spec.get("storageClassName")))
        is_ebs = found is not None and found.document.get("provisioner") in _EBS
        if is_ebs and "ReadWriteMany" in (spec.get("accessModes") or ()) and spec.get("volumeMode") != "Block":
            fix = "use ReadWriteOncePod, or a class of Amazon EFS"
            yield Complaint(owner, (*path, "accessModes"), "Amazon EBS cannot share the volume", fix)


@check
def pods_are_in_the_zone_of_their_file_system(cluster: Cluster) -> Iterator[Complaint]:
    """Each byte from another zone is charged, and late ("Storage", Amazon EKS Best Practices)."""
    for pods in cluster.pods:
        wanted = pods.required_labels().get(_ZONE)
        for claim, path in claims_of(cluster, pods):
            name = (claim.get("spec") or {}).get("volumeName")
            volume = cluster.find("PersistentVolume", "", str(name))
            affinity = str(volume.spec.get("nodeAffinity")) if volume else ""
            driver = (volume.spec.get("csi") or {}).get("driver") if volume else None
            states_zone = _ZONE in str(pods.spec.get("affinity")) or _ZONE in (pods.spec.get("nodeSelector") or {})
            if driver == "fsx.csi.aws.com" and not states_zone and _ZONE not in affinity:
                fix = f"state {_ZONE} in nodeSelector, or in a preferred node affinity"
                yield Complaint(pods.owner, path, "the file system is in one zone, and its pods in any", fix)
            if wanted is not None and _ZONE in affinity and f"'{wanted}'" not in affinity:
                reason = f"its pods must be in {wanted}, and the volume {name} is in another zone"
                yield Complaint(pods.owner, path, reason, "remove the zone of the pods: that of the volume is enough")


def _classes(cluster: Cluster) -> list[KubernetesObject]:
    return [each for each in (*cluster.objects, *cluster.manifests) if each.kind == "StorageClass"]


def claims_with_places(
    cluster: Cluster,
) -> Iterator[tuple[dict[str, Any], KubernetesObject, tuple[str | int, ...]]]:
    """Every claim of the overlay, what makes it, and where its spec is.

    Args:
        cluster: Everything.
    """
    for each in cluster.of_kind("PersistentVolumeClaim"):
        yield dict(each.document), each, ("spec",)
    for each in cluster.of_kind("StatefulSet"):
        for index, template in enumerate(each.spec.get("volumeClaimTemplates") or ()):
            yield template, each, ("spec", "volumeClaimTemplates", index, "spec")
