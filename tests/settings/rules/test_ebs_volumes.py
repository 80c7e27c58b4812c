"""Rules of the Amazon EBS volumes of tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service


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


def ebs(text: str) -> str:
    """A file with an Amazon EBS volume."""
    return _task(f"{{data: {{kind: ebs, {text}}}}}", "mounts: {data: {path: /data}}")


NO_IOPS = "why: Amazon EBS refuses more than 0.25 MiB per second for each provisioned IOPS of gp3, so no task starts."

PAIRS = (
    RulePair(
        rule="ebs_volume_is_mounted",
        rejected=task("{data: {kind: ebs, size_gib: 1}}", "{}"),
        accepted=task("{data: {kind: ebs, size_gib: 1}}", "{data: {path: /data}}"),
        message=(
            "ecs.services.web.volumes.data: no container mounts the volume\n"
            "fix: add it to mounts, or remove it\n"
            "why: Amazon ECS would make it for each task, and charge for it; the AWS CDK refuses a volume that nothing "
            "mounts."
        ),
    ),
    RulePair(
        rule="task_has_one_ebs_volume",
        rejected=task("{a: {kind: ebs, size_gib: 1}, b: {kind: ebs, size_gib: 1}}", "{a: {path: /a}, b: {path: /b}}"),
        accepted=task("{a: {kind: ebs, size_gib: 1}, b: {kind: shared}}", "{a: {path: /a}, b: {path: /b}}"),
        message=(
            "ecs.services.web.volumes.b: the task has the Amazon EBS volume a already\n"
            "fix: use one volume with a directory for each purpose, or a volume of another kind\n"
            "why: Amazon ECS attaches at most one Amazon EBS volume to a task."
        ),
    ),
    RulePair(
        rule="ebs_volume_has_a_size_of_its_type",
        rejected=ebs("size_gib: 124, volume_type: st1"),
        accepted=ebs("size_gib: 125, volume_type: st1"),
        message=(
            "ecs.services.web.volumes.data.size_gib: 124 is not allowed\n"
            "allowed: from 125 to 16384 for st1\n"
            "why: Amazon EBS refuses to create a volume of another size, so no task starts."
        ),
    ),
    RulePair(
        rule="ebs_volume_has_the_performance_of_its_type",
        rejected=ebs("size_gib: 7, iops: 3501"),
        accepted=ebs("size_gib: 7, iops: 3500, throughput_mib_per_second: 125"),
        message=(
            "ecs.services.web.volumes.data.iops: 3501 is not allowed\n"
            "allowed: from 3000 to 3500 for 7 GiB of gp3\n"
            "why: Amazon EBS refuses performance that the type of the volume does not have, so no task starts."
        ),
    ),
    RulePair(
        rule="ebs_volume_has_the_performance_of_its_type: required",
        rejected=ebs("size_gib: 4, volume_type: io2"),
        accepted=ebs("size_gib: 4, volume_type: io2, iops: 4000"),
        message=(
            "ecs.services.web.volumes.data.iops: a volume of the type io2 needs iops\n"
            "fix: add it\n"
            "why: Amazon EBS refuses performance that the type of the volume does not have, so no task starts."
        ),
    ),
    RulePair(
        rule="ebs_volume_has_the_performance_of_its_type: of another type",
        rejected=ebs("size_gib: 4, volume_type: gp2, iops: 3000"),
        accepted=ebs("size_gib: 4, volume_type: gp2"),
        message=(
            "ecs.services.web.volumes.data.iops: a volume of the type gp2 has no provisioned IOPS\n"
            "fix: use volume_type: gp3, or remove it\n"
            "why: Amazon EBS refuses performance that the type of the volume does not have, so no task starts."
        ),
    ),
    RulePair(
        rule="ebs_volume_has_the_performance_of_its_type: throughput",
        rejected=ebs("size_gib: 4, volume_type: io1, iops: 200, throughput_mib_per_second: 200"),
        accepted=ebs("size_gib: 4, volume_type: io1, iops: 200"),
        message=(
            "ecs.services.web.volumes.data.throughput_mib_per_second: a volume of the type io1 has no provisioned "
            "throughput\n"
            "fix: use volume_type: gp3, or remove it\n"
            "why: Amazon EBS refuses performance that the type of the volume does not have, so no task starts."
        ),
    ),
    RulePair(
        rule="ebs_volume_has_the_iops_of_its_throughput",
        rejected=ebs("size_gib: 100, throughput_mib_per_second: 751"),
        accepted=ebs("size_gib: 100, throughput_mib_per_second: 750"),
        message=(
            "ecs.services.web.volumes.data.throughput_mib_per_second: 751 is not allowed\n"
            f"allowed: at most 750 with 3000 IOPS\nfix: raise iops to 3004\n{NO_IOPS}"
        ),
    ),
    RulePair(
        rule="ebs_volume_has_the_iops_of_its_throughput: that are stated",
        rejected=ebs("size_gib: 100, iops: 7999, throughput_mib_per_second: 2000"),
        accepted=ebs("size_gib: 100, iops: 8000, throughput_mib_per_second: 2000"),
        message=(
            "ecs.services.web.volumes.data.throughput_mib_per_second: 2000 is not allowed\n"
            f"allowed: at most 1999 with 7999 IOPS\nfix: raise iops to 8000\n{NO_IOPS}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_pair(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
