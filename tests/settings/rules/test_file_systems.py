"""Rules of file systems: sizes, throughput, and storage classes that go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, MANAGED, RulePair, file_system, storage

UNPROTECTED = HEAD + "protected: false\n"

PAIRS = (
    RulePair(
        rule="provisioned_throughput_has_its_mode",
        rejected=storage(file_system("kind: efs, throughput_mode: provisioned")),
        accepted=storage(
            file_system("kind: efs, throughput_mode: provisioned, provisioned_throughput_mib_per_second: 10")
        ),
        message=(
            "storage.file_systems.data.throughput_mode: there is no provisioned_throughput_mib_per_second\n"
            "fix: add it, or use throughput_mode: elastic\n"
            "why: Amazon EFS refuses the throughput mode provisioned without a throughput, and a throughput in "
            "another mode."
        ),
    ),
    RulePair(
        rule="provisioned_throughput_has_its_mode: another mode",
        rejected=storage(file_system("kind: efs, provisioned_throughput_mib_per_second: 10")),
        accepted=storage(file_system("kind: efs, throughput_mode: bursting")),
        message=(
            "storage.file_systems.data.provisioned_throughput_mib_per_second: the throughput mode is elastic\n"
            "fix: remove it, or use throughput_mode: provisioned\n"
            "why: Amazon EFS refuses the throughput mode provisioned without a throughput, and a throughput in "
            "another mode."
        ),
    ),
    RulePair(
        rule="archive_comes_after_infrequent_access",
        rejected=storage(file_system("kind: efs, transition_to_archive_days: 30")),
        accepted=storage(file_system("kind: efs, transition_to_archive_days: 60")),
        message=(
            "storage.file_systems.data.transition_to_archive_days: 30 is not allowed\n"
            "allowed: more than transition_to_ia_days, which is 30\n"
            "why: Amazon EFS has the Archive storage class with elastic throughput only, and moves files to it last."
        ),
    ),
    RulePair(
        rule="archive_comes_after_infrequent_access: another throughput mode",
        rejected=storage(file_system("kind: efs, throughput_mode: bursting, transition_to_archive_days: 90")),
        accepted=storage(file_system("kind: efs, transition_to_ia_days: null, transition_to_archive_days: 7")),
        message=(
            "storage.file_systems.data.transition_to_archive_days: the throughput mode is bursting\n"
            "fix: use throughput_mode: elastic, or remove it\n"
            "why: Amazon EFS has the Archive storage class with elastic throughput only, and moves files to it last."
        ),
    ),
    RulePair(
        rule="lustre_has_a_capacity_of_its_type",
        rejected=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a, storage_capacity_gib: 3600")),
        accepted=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a, storage_capacity_gib: 4800")),
        message=(
            "storage.file_systems.data.storage_capacity_gib: 3600 is not allowed\n"
            "allowed: 2400 or 4800\n"
            "why: Amazon FSx refuses a storage capacity between its steps."
        ),
    ),
    RulePair(
        rule="lustre_has_a_capacity_of_its_type: the least",
        rejected=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a, storage_capacity_gib: 1300")),
        accepted=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a, storage_capacity_gib: 1200")),
        message=(
            "storage.file_systems.data.storage_capacity_gib: 1300 is not allowed\n"
            "allowed: 1200 or 2400\n"
            "why: Amazon FSx refuses a storage capacity between its steps."
        ),
    ),
    RulePair(
        rule="lustre_type_has_what_is_stated",
        rejected=storage(
            file_system(
                "kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: scratch_2, throughput_per_tib: 250"
            ),
            head=UNPROTECTED,
        ),
        accepted=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: scratch_2"), head=UNPROTECTED
        ),
        message=(
            "storage.file_systems.data.throughput_per_tib: a file system of the type scratch_2 has 200 MB per "
            "second of each TiB\n"
            "fix: remove it, or use deployment_type: persistent_2\n"
            "why: Amazon FSx refuses a throughput for scratch file systems, and backups of these and of linked ones."
        ),
    ),
    RulePair(
        rule="lustre_type_has_what_is_stated: backups",
        rejected=storage(
            file_system(
                "kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: scratch_2, backup_retention_days: 3"
            ),
            head=UNPROTECTED,
        ),
        accepted=storage(
            file_system(
                "kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: scratch_2, backup_retention_days: 0"
            ),
            head=UNPROTECTED,
        ),
        message=(
            "storage.file_systems.data.backup_retention_days: the file system is of the type scratch_2, so it "
            "can have no backups\n"
            "fix: remove it\n"
            "why: Amazon FSx refuses a throughput for scratch file systems, and backups of these and of linked ones."
        ),
    ),
    RulePair(
        rule="file_system_is_in_a_zone_of_the_environment",
        rejected=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1c")),
        accepted=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1b")),
        message=(
            "storage.file_systems.data.availability_zone: 'eu-west-1c' is not allowed\n"
            "allowed: eu-west-1a or eu-west-1b\n"
            "why: There is no subnet for the file system."
        ),
    ),
    RulePair(
        rule="data_repository_is_a_bucket",
        rejected=storage(
            "file_systems: {fast: {kind: fsx_lustre, availability_zone: eu-west-1a, data_repository: {bucket: "
            "model}, claims: {aa: {namespace: shop}}}, models: {kind: s3_bucket, claims: {bb: {namespace: shop}}}}",
            eks_lines=(MANAGED, "add_ons: {aws-fsx-csi-driver: {}, aws-mountpoint-s3-csi-driver: {}}"),
        ),
        accepted=storage(
            "file_systems: {fast: {kind: fsx_lustre, availability_zone: eu-west-1a, data_repository: {bucket: "
            "models}, claims: {aa: {namespace: shop}}}, models: {kind: s3_bucket}}"
        ),
        message=(
            "storage.file_systems.fast.data_repository.bucket: 'model' is not allowed\n"
            "allowed: models\n"
            "fix: did you mean models?\n"
            "why: There is no bucket to link the file system to."
        ),
    ),
    RulePair(
        rule="data_repository_is_a_bucket: without any",
        rejected=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a, data_repository: {bucket: models}")
        ),
        accepted=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a")),
        message=(
            "storage.file_systems.data.data_repository.bucket: 'models' is not allowed\n"
            "fix: add it to storage.file_systems: models: {kind: s3_bucket}\n"
            "why: There is no bucket to link the file system to."
        ),
    ),
    RulePair(
        rule="ontap_has_the_throughput_of_its_type",
        rejected=storage(file_system("kind: fsx_ontap, availability_zone: eu-west-1a, throughput_mb_per_second: 384")),
        accepted=storage(
            file_system(
                "kind: fsx_ontap, availability_zone: eu-west-1a, deployment_type: single_az_2, "
                "throughput_mb_per_second: 384"
            )
        ),
        message=(
            "storage.file_systems.data.throughput_mb_per_second: 384 is not allowed\n"
            "allowed: 128, 256, 512, 1024, 2048, or 4096 for single_az_1\n"
            "why: Amazon FSx refuses a throughput or a capacity that the generation of the file system does not have."
        ),
    ),
    RulePair(
        rule="ontap_has_the_throughput_of_its_type: capacity",
        rejected=storage(file_system("kind: fsx_ontap, availability_zone: eu-west-1a, storage_capacity_gib: 200000")),
        accepted=storage(
            file_system(
                "kind: fsx_ontap, availability_zone: eu-west-1a, deployment_type: single_az_2, "
                "throughput_mb_per_second: 384, storage_capacity_gib: 200000"
            )
        ),
        message=(
            "storage.file_systems.data.storage_capacity_gib: 200000 is not allowed\n"
            "allowed: at most 196608 for single_az_1\n"
            "why: Amazon FSx refuses a throughput or a capacity that the generation of the file system does not have."
        ),
    ),
    RulePair(
        rule="protected_data_is_not_scratch",
        rejected=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: scratch_2")),
        accepted=storage(file_system("kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: persistent_2")),
        message=(
            "storage.file_systems.data.deployment_type: the environment is protected, and scratch_2 is for "
            "temporary data\n"
            "fix: use persistent_2, or acknowledge that the data can be made again\n"
            "why: A scratch file system loses data when one of its servers fails, and its stack keeps it nevertheless."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_two_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
