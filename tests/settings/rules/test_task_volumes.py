"""Rules of the volumes of tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

BOTTLEROCKET = "  capacity: {default: {operating_system: bottlerocket}}\n"
ON_INSTANCES = "capacity_provider_strategy: [{capacity_provider: default}]"


def task(volumes: str, mounts: str, *more: str, user: str = "'0:0'") -> str:
    """A file with a service that has volumes, and a container that mounts them."""
    return _task(volumes, f"mounts: {mounts}, user: {user}, capabilities: [CHOWN]", *more)


def _task(volumes: str, container: str, *more: str, before: str = "  capacity: {default: {}}\n") -> str:
    return service(
        f"volumes: {volumes}",
        *more,
        container=f"      containers: {{web: {{image: 'app:1', {container}}}}}\n",
        before=before,
    )


EFS = "{data: {kind: efs, file_system_id: fs-0123456789abcdef0}}"

PAIRS = (
    RulePair(
        rule="mount_is_of_a_volume_of_the_task",
        rejected=task("{files: {kind: shared}}", "{files: {path: /a}, file: {path: /b}}"),
        accepted=task("{files: {kind: shared}}", "{files: {path: /a}}"),
        message=(
            "ecs.services.web.containers.web.mounts.file: the task has no volume 'file'\n"
            "allowed: files\n"
            "fix: did you mean files?\n"
            "why: Amazon ECS refuses a task definition with a mount of a volume that the task does not have."
        ),
    ),
    RulePair(
        rule="mount_is_of_a_volume_of_the_task: without any",
        rejected=task("{}", "{files: {path: /a}}"),
        accepted=task("{files: {kind: shared}}", "{files: {path: /a}}"),
        message=(
            "ecs.services.web.containers.web.mounts.files: the task has no volume 'files'\n"
            "fix: add it to volumes: files: {kind: shared}\n"
            "why: Amazon ECS refuses a task definition with a mount of a volume that the task does not have."
        ),
    ),
    RulePair(
        rule="volume_is_mounted",
        rejected=task("{files: {kind: shared}, more: {kind: shared}}", "{files: {path: /a}}"),
        accepted=task("{files: {kind: shared}, more: {kind: shared}}", "{files: {path: /a}, more: {path: /b}}"),
        message=(
            "ecs.services.web.volumes.more: no container mounts the volume\n"
            "fix: add it to mounts, or remove it\n"
            "why: Nothing reads or writes it."
        ),
    ),
    RulePair(
        rule="mount_path_comes_once",
        rejected=task("{a: {kind: shared}, b: {kind: shared}}", "{a: {path: /data}, b: {path: /data/}}"),
        accepted=task("{a: {kind: shared}, b: {kind: shared}}", "{a: {path: /data}, b: {path: /data/b}}"),
        message=(
            "ecs.services.web.containers.web.mounts.b.path: '/data/' is not allowed\n"
            "allowed: a path other than in mounts.a\n"
            "why: Amazon ECS refuses two mounts at one path of a container."
        ),
    ),
    RulePair(
        rule="mount_path_comes_once: beside a tmpfs",
        rejected=_task(EFS, "mounts: {data: {path: /data}}, writable_paths: [/data]"),
        accepted=_task(EFS, "mounts: {data: {path: /data}}, writable_paths: [/data/cache]"),
        message=(
            "ecs.services.web.containers.web.mounts.data.path: '/data' is not allowed\n"
            "allowed: a path other than in writable_paths\n"
            "why: Amazon ECS refuses two mounts at one path of a container."
        ),
    ),
    RulePair(
        rule="writable_path_can_be_mounted: volumes too",
        rejected=_task(EFS, "mounts: {data: {path: /proc/data}}"),
        accepted=_task(EFS, "mounts: {data: {path: /process/data}}"),
        message=(
            "ecs.services.web.containers.web.mounts.data.path: '/proc/data' is not allowed\n"
            "allowed: a path that is neither / nor inside /proc\n"
            "why: Nothing can be mounted inside /proc or over the root, so the container does not start."
        ),
    ),
    RulePair(
        rule="shared_volume_is_writable",
        rejected=task("{files: {kind: shared}}", "{files: {path: /a}}", user="'1000'"),
        accepted=task("{files: {kind: shared}}", "{files: {path: /a, read_only: true}}", user="'1000'"),
        message=(
            "ecs.services.web.containers.web.mounts.files: container web writes to it as the user 1000\n"
            "fix: give /a to that user in the Dockerfile of the image, and declare it there with VOLUME; then "
            "acknowledge this\n"
            "why: The directory of a shared volume belongs to root unless an image says otherwise, and other users "
            "cannot write."
        ),
    ),
    RulePair(
        rule="access_point_has_the_root_directory",
        rejected=_task(
            "{data: {kind: efs, file_system_id: fs-0000000a, access_point_id: fsap-0000000a, root_directory: /a}}",
            "mounts: {data: {path: /data}}",
        ),
        accepted=_task(
            "{data: {kind: efs, file_system_id: fs-0000000a, root_directory: /a}}", "mounts: {data: {path: /data}}"
        ),
        message=(
            "ecs.services.web.volumes.data.root_directory: the access point has a root directory of its own\n"
            "fix: remove root_directory, or access_point_id\n"
            "why: An access point has a root directory of its own, and Amazon ECS refuses another beside it."
        ),
    ),
    RulePair(
        rule="volume_can_be_mounted_on_bottlerocket",
        rejected=_task(EFS, "mounts: {data: {path: /data}}", ON_INSTANCES, before=BOTTLEROCKET),
        accepted=_task(EFS, "mounts: {data: {path: /data}}", ON_INSTANCES),
        message=(
            "ecs.services.web.volumes.data: the tasks run on default, whose operating system is bottlerocket\n"
            "fix: run them on al2023 or on Fargate, or acknowledge that the variant has it by now\n"
            "why: Bottlerocket mounts neither encrypted Amazon EFS nor Amazon EBS volumes for tasks, which then do "
            "not start."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_pair(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
