"""Rules of the volumes of Windows tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

WINDOWS = (
    "  capacity: {default: {architecture: x86_64, instance_types: [m7i.large], operating_system: windows_2022_core, "
    "volume_gib: 50}}\n"
)
SERVER = (
    "operating_system: windows_server_2022_core",
    "architecture: x86_64",
    "cpu_units: 1024",
    "memory_mib: 2048",
)
ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
FSX = (
    "volumes: {files: {kind: fsx_windows, file_system_id: fs-0000000a, domain: corp.example.com, "
    "credentials_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:r-AbCdEf'}}"
)
WHY = "why: Amazon ECS mounts Amazon FSx for Windows File Server on Windows EC2 instances only, and not on Fargate."


def mounting(path: str, *lines: str, before: str = WINDOWS) -> str:
    """A service that mounts a volume `files`."""
    container = f"      containers: {{web: {{image: 'app:1', mounts: {{files: {{path: '{path}'}}}}}}}}\n"
    return service(*lines, container=container, before=before)


PAIRS = (
    RulePair(
        rule="fsx_volume_is_of_windows_on_instances",
        rejected=mounting("/files", FSX, before=""),
        accepted=mounting("C:\\files", FSX, ON_DEFAULT, *SERVER),
        message=(
            "ecs.services.web.volumes.files: the volume is of kind fsx_windows, and operating_system is linux\n"
            f"fix: set operating_system to a Windows Server, or use a volume of kind efs\n{WHY}"
        ),
    ),
    RulePair(
        rule="fsx_volume_is_of_windows_on_instances: not on Fargate",
        rejected=mounting("C:\\files", FSX, *SERVER),
        accepted=mounting("C:\\files", FSX, ON_DEFAULT, *SERVER),
        message=(
            "ecs.services.web.volumes.files: the volume is of kind fsx_windows, and the task runs on Fargate\n"
            f"fix: name capacity with EC2 instances in capacity_provider_strategy\n{WHY}"
        ),
    ),
    RulePair(
        rule="mount_path_is_of_the_operating_system",
        rejected=mounting("/files", FSX, ON_DEFAULT, *SERVER),
        accepted=mounting("C:\\files", FSX, ON_DEFAULT, *SERVER),
        message=(
            "ecs.services.web.containers.web.mounts.files.path: '/files' is not allowed\n"
            "allowed: a path such as C:\\uploads, since operating_system is windows_server_2022_core\n"
            "why: Windows containers have paths with drives, and Linux containers have none; the task does not start."
        ),
    ),
    RulePair(
        rule="mount_path_is_of_the_operating_system: Linux",
        rejected=mounting("C:\\files", "volumes: {files: {kind: efs, file_system_id: fs-0000000a}}", before=""),
        accepted=mounting("/files", "volumes: {files: {kind: efs, file_system_id: fs-0000000a}}", before=""),
        message=(
            "ecs.services.web.containers.web.mounts.files.path: 'C:\\\\files' is not allowed\n"
            "allowed: a path such as /uploads, since operating_system is linux\n"
            "why: Windows containers have paths with drives, and Linux containers have none; the task does not start."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
