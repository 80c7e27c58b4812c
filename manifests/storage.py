"""Storage classes, and volumes of file systems with the claims that are bound to them (docs/storage.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, assert_never

from manifests.manifest import Manifest, ManifestFile, Values
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.output_names import storage_output
from reference_constructs.registry.ecr_image import domain
from reference_constructs.storage.any_file_system_options import AnyFileSystemOptions
from reference_constructs.storage.efs_options import EfsClaimOptions, EfsOptions
from reference_constructs.storage.file_system_options import ClaimOptions
from reference_constructs.storage.fsx_lustre_options import FsxLustreOptions
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions
from reference_constructs.storage.s3_bucket_options import BucketClaimOptions, S3BucketOptions
from reference_constructs.storage.volume_class_options import VolumeClassOptions
from settings import Environment

_STORAGE: Final = "storage.k8s.io/v1"
_TRIDENT: Final = "csi.trident.netapp.io"
# The size of a file system that grows by itself, or that the claim does not decide: Kubernetes requires one.
_ANY_SIZE: Final = "1Gi"
_ONTAP_VOLUME_PATH: Final = "/data"


class _Volume(NamedTuple):
    """What a PersistentVolume says of its file system."""

    source: Manifest
    size: str = _ANY_SIZE
    mount_options: tuple[str, ...] = ()
    zone: str = ""
    """Where pods with it must be scheduled; empty for anywhere."""


def storage_files(environment: Environment, values: Values) -> Iterator[ManifestFile]:
    """Storage classes, then volumes with their claims, then the backends of Trident."""
    if environment.eks is None:
        return
    classes = [*_volume_classes(environment, values), *_efs_classes(environment, values)]
    if classes:
        about = [
            "Storage classes of Amazon EBS volumes and of Amazon EFS access points.",
            "kubectl apply --filename ...",
        ]
        yield ManifestFile(path="storage-classes.yaml", about=about, documents=classes)
    volumes = [
        document
        for name, file_system in environment.storage.file_systems.items()
        for claim, options in file_system.claims.items()
        for document in _claim(claim, options, _volume(name, file_system, claim, options, environment, values))
    ]
    if volumes:
        about = [
            "Volumes of the file systems of the environment, and the claims that pods mount them by.",
            "The namespaces of the claims must exist.",
            "kubectl apply --filename ...",
        ]
        yield ManifestFile(path="volumes.yaml", about=about, documents=volumes)
    backends = list(_trident_backends(environment, values))
    if backends:
        about = [
            "Backends and storage classes of Trident. Apply them after Trident is installed:",
            "kubectl apply --filename ...",
        ]
        yield ManifestFile(path="trident/trident.yaml", about=about, documents=backends)


def _volume_classes(environment: Environment, values: Values) -> Iterator[Manifest]:
    for name, options in environment.storage.volume_classes.items():
        for suffix, provisioner in _provisioners(environment).items():
            yield _volume_class(f"{name}{suffix}", options, provisioner, environment, values)
        if options.snapshots:
            yield {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": {"name": name},
                "driver": next(iter(_provisioners(environment).values())),
                "deletionPolicy": "Retain" if _retains(environment, options) else "Delete",
            }


def _provisioners(environment: Environment) -> Mapping[str, str]:
    """The driver of the add-on, that of EKS Auto Mode, or both: neither attaches volumes of the other."""
    nodes = environment.eks.nodes.values() if environment.eks is not None else ()
    auto_mode = [each for each in nodes if isinstance(each, AutoModeOptions)]
    if not auto_mode:
        return {"": "ebs.csi.aws.com"}
    if len(auto_mode) == len(nodes):
        return {"": "ebs.csi.eks.amazonaws.com"}
    return {"": "ebs.csi.aws.com", "-auto-mode": "ebs.csi.eks.amazonaws.com"}


def _retains(environment: Environment, options: VolumeClassOptions) -> bool:
    return environment.protected if options.reclaim_policy is None else options.reclaim_policy == "retain"


def _volume_class(
    name: str, options: VolumeClassOptions, provisioner: str, environment: Environment, values: Values
) -> Manifest:
    parameters = {
        "type": options.volume_type,
        # Without it, volumes are encrypted only where the account encrypts by default.
        "encrypted": "true",
        "csi.storage.k8s.io/fstype": options.file_system,
    }
    if environment.customer_managed_keys:
        parameters["kmsKeyId"] = values["VolumeKey"]
    if options.iops is not None:
        parameters["iops"] = str(options.iops)
    if options.throughput_mib_per_second is not None:
        parameters["throughput"] = str(options.throughput_mib_per_second)
    is_default = options.default and not name.endswith("-auto-mode")
    return {
        "apiVersion": _STORAGE,
        "kind": "StorageClass",
        "metadata": {
            "name": name,
            **({"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}} if is_default else {}),
        },
        "provisioner": provisioner,
        "parameters": parameters,
        # A volume is in one zone: that of the pod, and not the reverse.
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
        "reclaimPolicy": "Retain" if _retains(environment, options) else "Delete",
    }


def _efs_classes(environment: Environment, values: Values) -> Iterator[Manifest]:
    for name, options in environment.storage.file_systems.items():
        if isinstance(options, EfsOptions) and options.dynamic_provisioning is not None:
            yield {
                "apiVersion": _STORAGE,
                "kind": "StorageClass",
                "metadata": {"name": f"efs-{name}"},
                "provisioner": "efs.csi.aws.com",
                "parameters": {
                    "provisioningMode": "efs-ap",
                    "fileSystemId": values[storage_output(name, "FileSystemId")],
                    "directoryPerms": options.dynamic_provisioning.permissions.removeprefix("0"),
                    "basePath": options.dynamic_provisioning.base_path,
                },
                "mountOptions": ["iam"],
                "reclaimPolicy": "Retain" if environment.protected else "Delete",
            }


def _volume(
    name: str,
    file_system: AnyFileSystemOptions,
    claim: str,
    options: ClaimOptions,
    environment: Environment,
    values: Values,
) -> _Volume:
    match file_system:
        case EfsOptions():
            return _efs_volume(name, options, values)
        case FsxLustreOptions():
            return _lustre_volume(name, file_system, values)
        case FsxOntapOptions():
            return _ontap_volume(name, file_system, environment, values)
        case S3BucketOptions():
            return _bucket_volume(name, claim, options, environment, values)
        case _:
            assert_never(file_system)


def _efs_volume(name: str, claim: ClaimOptions, values: Values) -> _Volume:
    handle = values[storage_output(name, "FileSystemId")]
    if isinstance(claim, EfsClaimOptions) and claim.access_point is not None:
        handle += f"::{values[storage_output(name, 'AccessPointId', claim.access_point)]}"
    # By the role of the driver: the policy of the file system admits nobody without one.
    return _Volume({"csi": {"driver": "efs.csi.aws.com", "volumeHandle": handle}}, mount_options=("iam",))


def _lustre_volume(name: str, options: FsxLustreOptions, values: Values) -> _Volume:
    csi = {
        "driver": "fsx.csi.aws.com",
        "volumeHandle": values[storage_output(name, "FileSystemId")],
        "volumeAttributes": {
            "dnsname": values[storage_output(name, "DnsName")],
            "mountname": values[storage_output(name, "MountName")],
        },
    }
    size = f"{options.storage_capacity_gib}Gi"
    return _Volume({"csi": csi}, size=size, mount_options=("flock",), zone=options.availability_zone)


def _ontap_volume(name: str, options: FsxOntapOptions, environment: Environment, values: Values) -> _Volume:
    """By the client of NFS that Linux has; no driver is needed."""
    machine = values[storage_output(name, "StorageVirtualMachineId")]
    file_system = values[storage_output(name, "FileSystemId")]
    server = f"{machine}.{file_system}.fsx.{environment.region}.{domain(environment.region)}"
    source = {"nfs": {"server": server, "path": _ONTAP_VOLUME_PATH}}
    return _Volume(
        source, size=f"{options.volume_gib}Gi", mount_options=("nfsvers=4.1",), zone=options.availability_zone
    )


def _bucket_volume(name: str, claim: str, options: ClaimOptions, environment: Environment, values: Values) -> _Volume:
    mount_options = [f"region {environment.region}"]
    if isinstance(options, BucketClaimOptions) and options.prefix is not None:
        mount_options.append(f"prefix {options.prefix}")
    if options.read_only:
        mount_options.append("read-only")
    else:
        mount_options += ["allow-delete", "allow-overwrite"]
    csi = {
        "driver": "s3.csi.aws.com",
        # Not a bucket, but a name that no other volume has.
        "volumeHandle": f"{name}-{options.namespace}-{claim}",
        "volumeAttributes": {"bucketName": values[storage_output(name, "BucketName")]},
    }
    return _Volume({"csi": csi}, mount_options=tuple(mount_options))


def _claim(name: str, options: ClaimOptions, volume: _Volume) -> Iterator[Manifest]:
    """A volume and the claim that is bound to it, and to no other by accident."""
    volume_name = f"{options.namespace}-{name}"
    access = ["ReadOnlyMany" if options.read_only else "ReadWriteMany"]
    size = {"storage": volume.size}
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": volume_name},
        "spec": {
            "capacity": size,
            "accessModes": access,
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": options.namespace, "name": name},
            **({"mountOptions": list(volume.mount_options)} if volume.mount_options else {}),
            **({"nodeAffinity": _in_zone(volume.zone)} if volume.zone else {}),
            **volume.source,
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": options.namespace},
        "spec": {
            "accessModes": access,
            "storageClassName": "",
            "volumeName": volume_name,
            "resources": {"requests": size},
        },
    }


def _in_zone(zone: str) -> dict[str, Any]:
    """Pods with the volume run in its zone: other zones are slower, and traffic between them is charged."""
    expression = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}


def _trident_backends(environment: Environment, values: Values) -> Iterator[Manifest]:
    for name, options in environment.storage.file_systems.items():
        if not isinstance(options, FsxOntapOptions) or not options.trident:
            continue
        yield {
            "apiVersion": "trident.netapp.io/v1",
            "kind": "TridentBackendConfig",
            "metadata": {"name": name, "namespace": "trident"},
            "spec": {
                "version": 1,
                "storageDriverName": "ontap-nas",
                "backendName": name,
                "svm": name,
                "aws": {"fsxFilesystemID": values[storage_output(name, "FileSystemId")]},
                "credentials": {"name": values[storage_output(name, "SecretArn")], "type": "awsarn"},
            },
        }
        yield {
            "apiVersion": _STORAGE,
            "kind": "StorageClass",
            "metadata": {"name": f"ontap-{name}"},
            "provisioner": _TRIDENT,
            "parameters": {"backendType": "ontap-nas", "storagePools": f"{name}:.*"},
            "mountOptions": ["nfsvers=4.1"],
            "allowVolumeExpansion": True,
            "reclaimPolicy": "Retain" if environment.protected else "Delete",
        }
