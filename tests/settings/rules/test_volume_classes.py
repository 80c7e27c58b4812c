"""Rules of the storage classes of Amazon EBS volumes that manifests have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, storage

ON_OUTPOST = (
    "service_cidr: 172.20.0.0/16",
    "nodes: {floor: {kind: self_managed, kubelet: {shutdownGracePeriod: 90s}, location: outpost, "
    "instance_types: [m5.large], architecture: x86_64, subnet_ids: [subnet-0123456789abcdef0]}}",
    "add_ons: {aws-ebs-csi-driver: {configuration: {node: {hostNetwork: true}}}}",
)

PAIRS = (
    RulePair(
        rule="volume_class_has_nodes",
        rejected=storage("volume_classes: {gp3: {}}", eks_lines=()),
        accepted=storage("volume_classes: {gp3: {}}"),
        message=(
            "storage.volume_classes: the environment has no EKS cluster\n"
            "fix: remove it, or add eks\n"
            "why: No pod could claim a volume of the class."
        ),
    ),
    RulePair(
        rule="volume_class_has_nodes: on Fargate",
        rejected=storage("volume_classes: {gp3: {}}", eks_lines=(FARGATE, PRIVATE_ACCESS)),
        accepted=storage("volume_classes: {gp3: {}}", eks_lines=("nodes: {auto: {kind: auto_mode}}", PRIVATE_ACCESS)),
        message=(
            "storage.volume_classes: no nodes can mount Amazon EBS volumes: AWS Fargate: a pod on Fargate "
            "cannot mount one, though the controller of the driver can run there\n"
            "fix: add nodes that can: make node-capabilities NEEDS=ebs\n"
            "why: No pod could claim a volume of the class."
        ),
    ),
    RulePair(
        rule="volume_class_has_the_performance_of_its_type",
        rejected=storage("volume_classes: {fast: {volume_type: io2}}"),
        accepted=storage("volume_classes: {fast: {volume_type: io2, iops: 100}}"),
        message=(
            "storage.volume_classes.fast.iops: a volume of the type io2 needs iops\n"
            "fix: add it\n"
            "why: Amazon EBS refuses performance that the type of a volume does not have, so that claims stay pending."
        ),
    ),
    RulePair(
        rule="volume_class_has_the_performance_of_its_type: iops",
        rejected=storage("volume_classes: {fast: {iops: 2999}, old: {volume_type: gp2}}"),
        accepted=storage("volume_classes: {fast: {iops: 3000}, old: {volume_type: gp2}}"),
        message=(
            "storage.volume_classes.fast.iops: 2999 is not allowed\n"
            "allowed: from 3000 to 80000 for gp3\n"
            "why: Amazon EBS refuses performance that the type of a volume does not have, so that claims stay pending."
        ),
    ),
    RulePair(
        rule="volume_class_has_the_performance_of_its_type: throughput",
        rejected=storage("volume_classes: {old: {volume_type: gp2, throughput_mib_per_second: 125}}"),
        accepted=storage("volume_classes: {fast: {throughput_mib_per_second: 750}}"),
        message=(
            "storage.volume_classes.old.throughput_mib_per_second: 125 is not allowed\n"
            "allowed: no throughput for gp2\n"
            "why: Amazon EBS refuses performance that the type of a volume does not have, so that claims stay pending."
        ),
    ),
    RulePair(
        rule="volume_class_is_of_a_type_on_the_outpost",
        rejected=storage("volume_classes: {fast: {}}", eks_lines=ON_OUTPOST),
        accepted=storage("volume_classes: {fast: {volume_type: gp2}}", eks_lines=ON_OUTPOST),
        message=(
            "storage.volume_classes.fast.volume_type: 'gp3', the default, is not allowed\n"
            "allowed: gp2, because all nodes are on an Outpost\n"
            "why: An AWS Outpost has gp2 volumes only."
        ),
    ),
    RulePair(
        rule="one_volume_class_is_the_default",
        rejected=storage("volume_classes: {slow: {default: true}, fast: {default: true}}"),
        accepted=storage("volume_classes: {slow: {default: true}, fast: {}}"),
        message=(
            "storage.volume_classes.fast.default: true is not allowed\n"
            "allowed: false, because slow is the default\n"
            "why: Of several default classes, Kubernetes takes the one that was created last."
        ),
    ),
    RulePair(
        rule="volume_snapshots_have_their_controller",
        rejected=storage("volume_classes: {gp3: {snapshots: true}}", eks_lines=(MANAGED,)),
        accepted=storage("volume_classes: {gp3: {snapshots: true}}"),
        message=(
            "storage.volume_classes.gp3.snapshots: eks.add_ons does not have snapshot-controller\n"
            "fix: add snapshot-controller: {}, or acknowledge that it is installed by Helm\n"
            "why: Without the snapshot controller there is no VolumeSnapshotClass, and EKS Auto Mode does not bring it."
        ),
    ),
    RulePair(
        rule="volume_class_has_its_driver",
        rejected=storage("volume_classes: {gp3: {}}", eks_lines=(MANAGED, "add_ons: {metrics-server: {}}")),
        accepted=storage("volume_classes: {gp3: {}}", eks_lines=(MANAGED,)),
        message=(
            "storage.volume_classes: eks.add_ons does not have aws-ebs-csi-driver\n"
            "fix: add aws-ebs-csi-driver: {}, or acknowledge that it is installed by Helm\n"
            "why: Without the CSI driver, pods that claim a volume wait forever."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_two_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
