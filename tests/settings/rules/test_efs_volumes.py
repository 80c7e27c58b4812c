"""Rules of the Amazon EFS file systems that volumes of tasks name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

STORAGE = "storage: {file_systems: {shared: {kind: efs, access_points: {files: {path: /files}}}}}\n"


def volume(keys: str, before: str = STORAGE) -> str:
    """A file with a service that has a volume of Amazon EFS, below the storage."""
    container = "      containers: {web: {image: 'app:1', mounts: {files: {path: /files}}}}\n"
    text = service(f"volumes: {{files: {{kind: efs, {keys}}}}}", container=container, before="")
    return text.replace("ecs:\n", f"{before}ecs:\n")


PAIRS = (
    RulePair(
        rule="efs_volume_is_of_one_file_system",
        rejected=volume("file_system: shared, file_system_id: fs-0000000a"),
        accepted=volume("file_system: shared"),
        message=(
            "ecs.services.web.volumes.files: there are both file_system and file_system_id\n"
            "fix: remove one of the two\n"
            "why: A volume is one file system: one of the environment by its name, or one that exists by its ID."
        ),
    ),
    RulePair(
        rule="efs_volume_is_of_one_file_system: neither",
        rejected=volume("root_access: true", before=""),
        accepted=volume("root_access: true, file_system: shared"),
        message=(
            "ecs.services.web.volumes.files: there is neither file_system nor file_system_id\n"
            "fix: add file_system, the name of one in storage.file_systems\n"
            "why: A volume is one file system: one of the environment by its name, or one that exists by its ID."
        ),
    ),
    RulePair(
        rule="efs_volume_is_of_one_file_system: access point by its name",
        rejected=volume("file_system_id: fs-0000000a, access_point: files", before=""),
        accepted=volume("file_system_id: fs-0000000a, access_point_id: fsap-0000000a", before=""),
        message=(
            "ecs.services.web.volumes.files.access_point: the file system is named by its ID\n"
            "fix: use access_point_id\n"
            "why: A volume is one file system: one of the environment by its name, or one that exists by its ID."
        ),
    ),
    RulePair(
        rule="efs_volume_is_of_one_file_system: access point by its ID",
        rejected=volume("file_system: shared, access_point_id: fsap-0000000a"),
        accepted=volume("file_system: shared, access_point: files"),
        message=(
            "ecs.services.web.volumes.files.access_point_id: the file system is one of the environment\n"
            "fix: use access_point, the name of one of its access_points\n"
            "why: A volume is one file system: one of the environment by its name, or one that exists by its ID."
        ),
    ),
    RulePair(
        rule="efs_volume_names_a_file_system",
        rejected=volume("file_system: share", before=""),
        accepted=volume("file_system: shared"),
        message=(
            "ecs.services.web.volumes.files.file_system: 'share' is not allowed\n"
            "fix: add it to storage.file_systems: share: {kind: efs}\n"
            "why: There is no such file system to mount."
        ),
    ),
    RulePair(
        rule="efs_volume_names_a_file_system: access point",
        rejected=volume("file_system: shared, access_point: file"),
        accepted=volume("file_system: shared, access_point: files"),
        message=(
            "ecs.services.web.volumes.files.access_point: 'file' is not allowed\n"
            "allowed: files\n"
            "fix: did you mean files?\n"
            "why: There is no such file system to mount."
        ),
    ),
    RulePair(
        rule="file_system_is_mounted",
        rejected=volume("file_system_id: fs-0000000a"),
        accepted=volume("file_system: shared"),
        message=(
            "storage.file_systems.shared: no volume of a task names it, and it has no claims\n"
            "fix: add claims, or acknowledge that manifests of your own mount it\n"
            "why: It costs money, and neither a task nor a pod of the file mounts it."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_two_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
