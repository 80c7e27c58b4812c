"""Rules of the claims of pods: which nodes can mount what, and what claims refer to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import DRIVERS, MANAGED, PRIVATE_ACCESS, S3_DRIVER, RulePair, file_system, storage

ON_FARGATE = "nodes: {batch: {kind: fargate, selectors: [{namespace: jobs}]}}"
BESIDE_FARGATE = "nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: [{namespace: jobs}]}}"
IN_TWO_ZONES = "nodes: {main: {kind: managed, availability_zones: [eu-west-1a, eu-west-1b]}}"

PAIRS = (
    RulePair(
        rule="claim_has_a_cluster",
        rejected=storage(file_system("kind: efs"), eks_lines=()),
        accepted=storage(file_system("kind: efs")),
        message=(
            "storage.file_systems.data.claims: the environment has no EKS cluster\n"
            "fix: remove it, or add eks\n"
            "why: Claims are of pods, and there is no cluster with pods."
        ),
    ),
    RulePair(
        rule="some_nodes_can_mount_the_file_system",
        rejected=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a", "namespace: shop"),
            eks_lines=(ON_FARGATE, PRIVATE_ACCESS),
        ),
        accepted=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a", "namespace: shop"),
            eks_lines=(BESIDE_FARGATE, DRIVERS),
        ),
        message=(
            "storage.file_systems.data.claims: no nodes can mount it: AWS Fargate: Fargate does not support the "
            "driver\n"
            "fix: add nodes that can: make node-capabilities NEEDS=fsx_lustre\n"
            "why: Pods that claim it stay pending, or fail, on nodes that cannot mount it."
        ),
    ),
    RulePair(
        rule="some_nodes_can_mount_the_file_system: dynamically",
        rejected=storage(
            "file_systems: {data: {kind: efs, dynamic_provisioning: {}}}", eks_lines=(ON_FARGATE, PRIVATE_ACCESS)
        ),
        accepted=storage("file_systems: {data: {kind: efs, dynamic_provisioning: {}}}"),
        message=(
            "storage.file_systems.data.dynamic_provisioning: no nodes can mount it: AWS Fargate: Fargate nodes "
            "do not support dynamic provisioning\n"
            "fix: add nodes that can: make node-capabilities NEEDS=efs_dynamic\n"
            "why: Pods that claim it stay pending, or fail, on nodes that cannot mount it."
        ),
    ),
    RulePair(
        rule="claim_is_not_in_a_namespace_of_fargate",
        rejected=storage(file_system("kind: s3_bucket", "namespace: jobs"), eks_lines=(BESIDE_FARGATE, S3_DRIVER)),
        accepted=storage(file_system("kind: s3_bucket", "namespace: shop"), eks_lines=(BESIDE_FARGATE, S3_DRIVER)),
        message=(
            "storage.file_systems.data.claims.data.namespace: 'jobs' is not allowed\n"
            "allowed: a namespace whose pods batch does not take\n"
            "fix: use another namespace, or add labels to the selectors of batch\n"
            "why: A Fargate profile takes every pod of the namespace, and pods on Fargate mount Amazon EFS only."
        ),
    ),
    RulePair(
        rule="pods_on_fargate_mount_with_a_role",
        rejected=storage(file_system("kind: efs", "namespace: jobs"), eks_lines=(BESIDE_FARGATE, DRIVERS)),
        accepted=storage(file_system("kind: efs", "namespace: shop"), eks_lines=(BESIDE_FARGATE, DRIVERS)),
        message=(
            "storage.file_systems.data.claims.data.namespace: pods of the namespace jobs run on AWS Fargate\n"
            "fix: run them on other nodes, or acknowledge that you have seen Fargate mount it\n"
            "why: The file system admits IAM roles only, and AWS does not document with which role Fargate mounts one."
        ),
    ),
    RulePair(
        rule="file_system_has_nodes_in_its_zone",
        rejected=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a", "namespace: shop"),
            eks_lines=(IN_TWO_ZONES.replace("1a, eu-west-1b", "1b"), DRIVERS),
        ),
        accepted=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a", "namespace: shop"),
            eks_lines=(IN_TWO_ZONES, DRIVERS),
        ),
        message=(
            "storage.file_systems.data.availability_zone: no nodes that can mount it are in eu-west-1a\n"
            "fix: add the zone to availability_zones of nodes, or use a zone of theirs\n"
            "why: Pods with the volume are scheduled in the zone of the file system, and there are no nodes."
        ),
    ),
    RulePair(
        rule="file_system_has_its_driver",
        rejected=storage(file_system("kind: efs", "namespace: shop"), eks_lines=(MANAGED,)),
        accepted=storage(
            file_system("kind: efs", "namespace: shop"), eks_lines=(MANAGED, "add_ons: {aws-efs-csi-driver: {}}")
        ),
        message=(
            "storage.file_systems.data.claims: eks.add_ons does not have aws-efs-csi-driver\n"
            "fix: add aws-efs-csi-driver: {}, or acknowledge that it is installed by Helm\n"
            "why: Without the CSI driver, pods that claim it wait forever; pods on AWS Fargate have one built "
            "in for Amazon EFS."
        ),
    ),
    RulePair(
        rule="file_system_has_its_driver: Trident",
        rejected=storage(
            file_system("kind: fsx_ontap, availability_zone: eu-west-1a, trident: true", "namespace: shop"),
            eks_lines=(MANAGED,),
        ),
        accepted=storage(
            file_system("kind: fsx_ontap, availability_zone: eu-west-1a", "namespace: shop"), eks_lines=(MANAGED,)
        ),
        message=(
            "storage.file_systems.data.trident: eks.add_ons does not have netapp_trident-operator\n"
            "fix: add netapp_trident-operator: {}, or acknowledge that it is installed by Helm\n"
            "why: Without the CSI driver, pods that claim it wait forever; pods on AWS Fargate have one built "
            "in for Amazon EFS."
        ),
    ),
    RulePair(
        rule="claim_has_an_access_point_of_its_file_system",
        rejected=storage(
            file_system("kind: efs, access_points: {files: {path: /a}}", "namespace: shop, access_point: file")
        ),
        accepted=storage(
            file_system("kind: efs, access_points: {files: {path: /a}}", "namespace: shop, access_point: files")
        ),
        message=(
            "storage.file_systems.data.claims.data.access_point: 'file' is not allowed\n"
            "allowed: files\n"
            "fix: did you mean files?\n"
            "why: There is no such access point to mount."
        ),
    ),
    RulePair(
        rule="claim_has_an_access_point_of_its_file_system: without any",
        rejected=storage(file_system("kind: efs", "namespace: shop, access_point: files")),
        accepted=storage(file_system("kind: efs")),
        message=(
            "storage.file_systems.data.claims.data.access_point: 'files' is not allowed\n"
            "fix: add it to access_points of the file system\n"
            "why: There is no such access point to mount."
        ),
    ),
    RulePair(
        rule="claim_comes_once_in_its_namespace",
        rejected=storage(
            "file_systems: {aa: {kind: efs, claims: {files: {namespace: shop}}}, bb: {kind: efs, claims: "
            "{files: {namespace: shop}}}}"
        ),
        accepted=storage(
            "file_systems: {aa: {kind: efs, claims: {files: {namespace: shop}}}, bb: {kind: efs, claims: "
            "{files: {namespace: jobs}}}}"
        ),
        message=(
            "storage.file_systems.bb.claims.files: aa has a claim files in the namespace shop too\n"
            "fix: use another name or another namespace\n"
            "why: Two claims of one name in a namespace are one object, and its volume is that of the last one."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_two_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
