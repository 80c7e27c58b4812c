"""The samples of file systems, with what `make manifests` writes for these."""

from __future__ import annotations

import shutil
from pathlib import Path

from ruamel.yaml import YAML

from settings import load_environment
from tests.support.synthesis import ROOT
from tools.kubernetes.checking import check_all
from tools.kubernetes.checks.check import CHECKS, Cluster
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.outputs import ExampleOutputs
from tools.kubernetes.rendering import render

WRITTEN = """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: efs-shared}
provisioner: efs.csi.aws.com
parameters: {provisioningMode: efs-ap, fileSystemId: fs-0123456789abcdef0, directoryPerms: "700"}
mountOptions: [iam]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: research-training}
spec:
  capacity: {storage: 1200Gi}
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: ""
  claimRef: {namespace: research, name: training}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [eu-west-1a]}]
  csi: {driver: fsx.csi.aws.com, volumeHandle: fs-0123456789abcdef1}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: training, namespace: research}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: ""
  volumeName: research-training
  resources: {requests: {storage: 1200Gi}}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: gp3}
driver: ebs.csi.aws.com
deletionPolicy: Retain
"""
ADD_ONS = "  add_ons:\n    aws-efs-csi-driver: {}\n    aws-fsx-csi-driver: {}\n"


def cluster(folder: Path, written: str = WRITTEN) -> Cluster:
    """The example with workloads, with drivers and samples of file systems."""
    file = folder / "eks-workloads.yaml"
    text = (ROOT / "examples" / "eks-workloads.yaml").read_text()
    file.write_text(text.replace("  add_ons:\n", ADD_ONS, 1))
    environment = load_environment(str(file))
    copy = Path(shutil.copytree(ROOT / "kubernetes", folder / "kubernetes"))
    overlay = copy / "overlays" / "eks-workloads" / "kustomization.yaml"
    overlay.write_text(
        overlay.read_text().replace("../../samples/ebs", "../../samples/ebs, ../../samples/efs, ../../samples/lustre")
    )
    rendering = render(environment, ExampleOutputs(environment), folder=copy)
    manifests = [KubernetesObject(each) for each in YAML(typ="safe").load_all(written)]
    return Cluster(environment, rendering.objects, manifests)


def test_samples_have_no_findings(tmp_path: Path) -> None:
    assert [str(each) for each in check_all([cluster(tmp_path)])] == []


def test_class_that_is_not_written_is_missed(tmp_path: Path) -> None:
    made = cluster(tmp_path, WRITTEN.replace("efs-shared", "efs-other"))

    (complaint,) = CHECKS["storage_class_is_there"](made)

    assert complaint.reason == "there is no StorageClass efs-shared"


def test_snapshot_class_has_a_policy_of_deletion(tmp_path: Path) -> None:
    found = check_all([cluster(tmp_path, WRITTEN.replace("deletionPolicy: Retain", "deletionPolicy: Keep"))])

    assert [each.reason for each in found] == ["'Keep' is not one of ['Delete', 'Retain']"]
