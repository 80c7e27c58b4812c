"""Manifests of storage: classes, volumes, claims, and backends of Trident."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from manifests.files import manifest_files
from manifests.manifest import Manifest
from settings import load_environment
from tests.support.any_output import AnyOutput
from tests.support.rule_pairs import DRIVERS, MANAGED, PRIVATE_ACCESS, file_system, storage

EXAMPLE = "examples/eks-storage.yaml"


def files(environment: str) -> dict[str, list[Manifest]]:
    """The documents of each file, as they are read again."""
    written = manifest_files(load_environment(environment), AnyOutput())
    return {file.path: list(YAML(typ="safe").load_all(file.text())) for file in written}


def of(folder: Path, *lines: str, eks_lines: tuple[str, ...] = (MANAGED, DRIVERS)) -> dict[str, list[Manifest]]:
    path = folder / "blue.yaml"
    path.write_text(storage(*lines, eks_lines=eks_lines))
    return files(str(path))


def specs(documents: list[Manifest], kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each["spec"] for each in documents if each["kind"] == kind}


def classes(documents: list[Manifest]) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in documents if each["kind"] == "StorageClass"}


def test_classes_are_encrypted_and_wait_for_the_zone_of_the_pod() -> None:
    found = classes(files(EXAMPLE)["storage-classes.yaml"])

    assert found["gp3"]["parameters"] == {
        "type": "gp3",
        "encrypted": "true",
        "csi.storage.k8s.io/fstype": "ext4",
        "kmsKeyId": "the-VolumeKey",
    }
    assert (found["gp3"]["provisioner"], found["gp3"]["volumeBindingMode"]) == (
        "ebs.csi.aws.com",
        "WaitForFirstConsumer",
    )
    assert found["gp3"]["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert (found["gp3"]["reclaimPolicy"], found["fast"]["reclaimPolicy"]) == ("Retain", "Delete")
    assert found["fast"]["parameters"]["iops"] == "8000"


def test_class_of_efs_makes_access_points() -> None:
    efs = classes(files(EXAMPLE)["storage-classes.yaml"])["efs-shared"]

    assert efs["parameters"] == {
        "provisioningMode": "efs-ap",
        "fileSystemId": "the-StorageSharedFileSystemId",
        "directoryPerms": "700",
        "basePath": "/dynamic",
    }
    assert efs["mountOptions"] == ["iam"]


def test_auto_mode_has_a_provisioner_of_its_own(tmp_path: Path) -> None:
    line = "volume_classes: {gp3: {}}"
    auto = "auto: {kind: auto_mode}"

    alone = of(tmp_path, line, eks_lines=(f"nodes: {{{auto}}}", PRIVATE_ACCESS))
    beside = of(tmp_path, line, eks_lines=(f"nodes: {{main: {{kind: managed}}, {auto}}}", DRIVERS))

    assert [each["provisioner"] for each in classes(alone["storage-classes.yaml"]).values()] == [
        "ebs.csi.eks.amazonaws.com"
    ]
    assert {name: each["provisioner"] for name, each in classes(beside["storage-classes.yaml"]).items()} == {
        "gp3": "ebs.csi.aws.com",
        "gp3-auto-mode": "ebs.csi.eks.amazonaws.com",
    }


def test_snapshots_have_a_class(tmp_path: Path) -> None:
    documents = of(tmp_path, "volume_classes: {gp3: {snapshots: true, reclaim_policy: delete}}")["storage-classes.yaml"]

    (snapshots,) = (each for each in documents if each["kind"] == "VolumeSnapshotClass")
    assert (snapshots["driver"], snapshots["deletionPolicy"]) == ("ebs.csi.aws.com", "Delete")


def test_each_claim_is_bound_to_its_own_volume() -> None:
    documents = files(EXAMPLE)["volumes.yaml"]

    volumes = specs(documents, "PersistentVolume")
    claims = specs(documents, "PersistentVolumeClaim")
    assert {each["volumeName"] for each in claims.values()} == volumes.keys()
    for name, claim in claims.items():
        volume = volumes[claim["volumeName"]]
        assert volume["claimRef"] == {"namespace": "research", "name": name}
        assert volume["accessModes"] == claim["accessModes"]
        assert (volume["storageClassName"], claim["storageClassName"]) == ("", "")
        assert volume["capacity"] == claim["resources"]["requests"]
        assert volume["persistentVolumeReclaimPolicy"] == "Retain"


def test_volumes_have_ids_from_outputs_only() -> None:
    volumes = specs(files(EXAMPLE)["volumes.yaml"], "PersistentVolume")

    assert volumes["research-uploads"]["csi"] == {
        "driver": "efs.csi.aws.com",
        "volumeHandle": "the-StorageSharedFileSystemId::the-StorageSharedAccessPointIdUploads",
    }
    assert volumes["research-uploads"]["mountOptions"] == ["iam"]
    assert volumes["research-training"]["csi"]["volumeAttributes"] == {
        "dnsname": "the-StorageTrainingDnsName",
        "mountname": "the-StorageTrainingMountName",
    }
    assert volumes["research-home"]["nfs"] == {
        "server": "the-StorageHomeStorageVirtualMachineId.the-StorageHomeFileSystemId.fsx.eu-west-1.amazonaws.com",
        "path": "/data",
    }
    assert volumes["research-models"]["csi"]["volumeAttributes"] == {"bucketName": "the-StorageModelsBucketName"}


def test_file_systems_of_one_zone_keep_their_pods_there() -> None:
    volumes = specs(files(EXAMPLE)["volumes.yaml"], "PersistentVolume")

    zones = {
        name: each["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]["values"]
        for name, each in volumes.items()
        if "nodeAffinity" in each
    }
    assert zones == {"research-training": ["eu-west-1a"], "research-home": ["eu-west-1b"]}


def test_bucket_is_mounted_as_the_claim_says(tmp_path: Path) -> None:
    driver = "add_ons: {aws-mountpoint-s3-csi-driver: {}}"

    read_only = specs(files(EXAMPLE)["volumes.yaml"], "PersistentVolume")["research-models"]
    writable = of(tmp_path, file_system("kind: s3_bucket"), eks_lines=(MANAGED, driver))["volumes.yaml"]

    assert read_only["mountOptions"] == ["region eu-west-1", "prefix released/", "read-only"]
    assert read_only["accessModes"] == ["ReadOnlyMany"]
    assert specs(writable, "PersistentVolume")["shop-data"]["mountOptions"] == [
        "region eu-west-1",
        "allow-delete",
        "allow-overwrite",
    ]


def test_trident_finds_file_system_and_secret() -> None:
    backend, storage_class = files(EXAMPLE)["trident/trident.yaml"]

    assert backend["spec"]["aws"] == {"fsxFilesystemID": "the-StorageHomeFileSystemId"}
    assert backend["spec"]["credentials"] == {"name": "the-StorageHomeSecretArn", "type": "awsarn"}
    assert storage_class["parameters"]["storagePools"] == "home:.*"


def test_every_output_that_manifests_read_is_one_of_the_stack() -> None:
    environment = load_environment(EXAMPLE)
    asked: set[str] = set()

    class Asked(AnyOutput):
        def __getitem__(self, name: str) -> str:
            asked.add(name)
            return super().__getitem__(name)

    manifest_files(environment, Asked())

    from tests.support.synthesis import synthesize

    assert asked <= synthesize(EXAMPLE).templates["eks-storage-eks-cluster"]["Outputs"].keys()
