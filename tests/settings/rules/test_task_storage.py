"""Rules of what a task writes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, service


def _shared_memory(mib: int) -> str:
    container = f"{{image: 'app:1', memory_mib: 256, shared_memory_mib: {mib}}}"
    return service(
        "capacity_provider_strategy: [{capacity_provider: default}]",
        container=f"      containers: {{web: {container}}}\n",
    )


PAIRS = (
    RulePair(
        rule="ephemeral_storage_is_on_fargate",
        rejected=service("ephemeral_storage_gib: 50", "capacity_provider_strategy: [{capacity_provider: default}]"),
        accepted=service("ephemeral_storage_gib: 50"),
        message=(
            "ecs.services.web.ephemeral_storage_gib: the tasks run on instances\n"
            "fix: raise volume_gib of ecs.capacity, or run the tasks on Fargate\n"
            "why: On instances, Amazon ECS refuses a task definition that states the ephemeral storage."
        ),
    ),
    RulePair(
        rule="writable_paths_fit_the_memory",
        rejected=containers("web: {image: 'app:1', writable_paths: [/tmp, {path: /run, size_mib: 448}]}"),
        accepted=containers("web: {image: 'app:1', writable_paths: [/tmp, {path: /run, size_mib: 447}]}"),
        message=(
            "ecs.services.web.containers.web.writable_paths: they have 512 MiB together, and the container has 512 "
            "MiB of memory\n"
            "fix: make them smaller, use a volume, or raise memory_mib\n"
            "why: What is written to a tmpfs is in memory, and the container is stopped when it takes more than it "
            "has."
        ),
    ),
    RulePair(
        rule="shared_memory_fits_the_memory",
        rejected=_shared_memory(256),
        accepted=_shared_memory(255),
        message=(
            "ecs.services.web.containers.web.shared_memory_mib: it is 256, and the container has 256 MiB of memory\n"
            "fix: make it smaller, or raise memory_mib\n"
            "why: What is written to /dev/shm is in memory, and the container is stopped when it takes more than it "
            "has."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_pair(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
