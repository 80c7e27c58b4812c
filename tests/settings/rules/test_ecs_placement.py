"""Rules of how many tasks instances can hold at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CONTAINER, RulePair, other, problems, service

ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
REST = (
    "fix: raise max_size, use larger instance types, or run fewer tasks; or acknowledge this if the account has "
    "awsvpcTrunking on (ecs.awsvpc_trunking), or fewer tasks will do\n"
    "why: A task for which no instance has room is never placed, and a deployment starts a new task before it stops "
    "one."
)


def on(group: str, *lines: str, before: str = "", container: str = CONTAINER) -> str:
    """A service on the group `default`, beside which there is a group `spare` of two m7g.large."""
    groups = f"  capacity: {{default: {group}, spare: {{instance_types: [m7g.large], max_size: 2}}}}\n"
    return service(*(lines or (ON_DEFAULT,)), before=before + groups, container=container)


TRUNKING = "the account has awsvpcTrunking on (ecs.awsvpc_trunking), or "
GPU = "{architecture: x86_64, instance_types: [g5.xlarge], accelerator: nvidia, max_size: 2}"
X86 = "architecture: x86_64"
ONE_GPU = "      containers: {web: {image: 'app:1', gpus: 1}}\n"
LARGE = "{instance_types: [m7g.large], max_size: 2}"
SMALL = "{instance_types: [t4g.small], max_size: 2}"
BOTH = "capacity_provider_strategy: [{capacity_provider: default}, {capacity_provider: spare}]"
PAIRS = (
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment",
        rejected=on(LARGE, ON_DEFAULT, "desired_count: 12"),
        accepted=on(LARGE, ON_DEFAULT, "desired_count: 3"),
        message=(
            "ecs.capacity.default.max_size: 13 network interfaces, one of them for a deployment, at 2 on each instance "
            f"take 7 instances, but max_size is 2\n{REST}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: an old and a new task on one host",
        rejected=on("{instance_types: [t4g.small], max_size: 1}", ON_DEFAULT, "cpu_units: 1025"),
        accepted=on("{instance_types: [t4g.small], max_size: 1}", ON_DEFAULT, "cpu_units: 1024"),
        message=(
            "ecs.capacity.default.max_size: 2050 cpu_units, one task of a deployment among them, at 2048 on each "
            f"instance take 2 instances, but max_size is 1\n{REST}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: one task on each host",
        rejected=on("{instance_types: [m7g.large], max_size: 3}", ON_DEFAULT, "memory_mib: 4000", "desired_count: 3"),
        accepted=on("{instance_types: [m7g.large], max_size: 4}", ON_DEFAULT, "memory_mib: 4000", "desired_count: 3"),
        message=(
            "ecs.capacity.default.max_size: 4 tasks, one of them of a deployment, at 1 on each instance take 4 "
            f"instances, but max_size is 3\n{REST}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: of several groups",
        rejected=on(SMALL, BOTH, "desired_count: 8"),
        accepted=on(SMALL, BOTH, "desired_count: 7"),
        message=(
            "ecs.capacity.default.max_size: 9 network interfaces, one of them for a deployment, at 2 on each instance "
            f"take 5 instances, but ecs.capacity.default and ecs.capacity.spare together have at most 4\n{REST}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: with trunking",
        rejected=on(LARGE, ON_DEFAULT, "desired_count: 20", before="  awsvpc_trunking: true\n"),
        accepted=on(LARGE, ON_DEFAULT, "desired_count: 15", before="  awsvpc_trunking: true\n"),
        message=(
            "ecs.capacity.default.max_size: 21 network interfaces, one of them for a deployment, at 10 on each "
            f"instance take 3 instances, but max_size is 2\n{REST.replace(TRUNKING, '')}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: GPUs",
        rejected=on(GPU, ON_DEFAULT, X86, "desired_count: 2", container=ONE_GPU),
        accepted=on(GPU, ON_DEFAULT, X86, "desired_count: 1", container=ONE_GPU),
        message=(
            "ecs.capacity.default.max_size: 3 gpus, one task of a deployment among them, at 1 on each instance take 3 "
            f"instances, but max_size is 2\n{REST}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: of the largest type that attributes select",
        rejected=on("{instance_requirements: {vcpus_max: 2}, max_size: 1}", ON_DEFAULT, "cpu_units: 2048"),
        accepted=on("{instance_requirements: {vcpus_max: 4}, max_size: 1}", ON_DEFAULT, "cpu_units: 2048"),
        message=(
            "ecs.capacity.default.max_size: 4096 cpu_units, one task of a deployment among them, at 2048 on each "
            f"instance take 2 instances, but max_size is 1\n{REST}"
        ),
    ),
    RulePair(
        rule="burstable_instances_have_interfaces",
        rejected=on(SMALL, ON_DEFAULT, "desired_count: 5"),
        accepted=on(SMALL, ON_DEFAULT, "desired_count: 3"),
        message=(
            "ecs.capacity.default.max_size: 5 tasks run at least, and 2 instances have interfaces for 4\n"
            "fix: raise max_size to 3, which has room for a deployment too; use larger instance types; or run"
            " fewer tasks\n"
            "why: Each task takes a network interface, and burstable instances have no trunk interface that "
            "would give more."
        ),
    ),
    RulePair(
        rule="burstable_instances_have_interfaces: for the fewest tasks of scaling",
        rejected=on(SMALL, ON_DEFAULT, "scaling: {min_capacity: 5, max_capacity: 5}"),
        accepted=on(SMALL, ON_DEFAULT, "scaling: {min_capacity: 2, max_capacity: 3}"),
        message=(
            "ecs.capacity.default.max_size: 5 tasks run at least, and 2 instances have interfaces for 4\n"
            "fix: raise max_size to 3, which has room for a deployment too; use larger instance types; or run"
            " fewer tasks\n"
            "why: Each task takes a network interface, and burstable instances have no trunk interface that "
            "would give more."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(("scaling", "fits"), [("{min_capacity: 1, max_capacity: 3}", True), ("{}", False)])
def test_tasks_that_scaling_starts_need_room_too(tmp_path: Path, scaling: str, *, fits: bool) -> None:
    assert (problems(tmp_path, on(SMALL, ON_DEFAULT, f"scaling: {scaling}")) == []) is fits


def test_services_of_a_group_need_room_together(tmp_path: Path) -> None:
    two = on(SMALL, ON_DEFAULT, "desired_count: 2") + other(ON_DEFAULT, "desired_count: 2")
    assert [problem.key for problem in problems(tmp_path, two)] == ["ecs.capacity.default.max_size"]


@pytest.mark.parametrize("lines", [("desired_count: 100",), (ON_DEFAULT, "desired_count: 0")])
def test_tasks_elsewhere_and_none_need_no_room(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert problems(tmp_path, on(SMALL, *lines)) == []
