"""Rules of how many tasks instances can hold at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CONTAINER, RulePair, other, problems, service

ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
REST = (
    "fix: raise max_size to {}, use larger instance types, or run fewer tasks; or acknowledge this if the account has "
    "awsvpcTrunking on (ecs.awsvpc_trunking), or fewer tasks will do\n"
    "why: A task for which no instance has room is never placed, and a deployment starts a new task before it stops "
    "one."
)


def on(group: str, *lines: str, before: str = "", container: str = CONTAINER) -> str:
    """A service on the group `default`, beside which there is a group `spare` of two m7g.large."""
    groups = f"  capacity: {{default: {group}, spare: {{instance_types: [m7g.large], max_size: 2}}}}\n"
    return service(*(lines or (ON_DEFAULT,)), before=before + groups, container=container)


TRUNKING = "  awsvpc_trunking: true\n"
OTHER_REST = REST.replace("the account has awsvpcTrunking on (ecs.awsvpc_trunking), or ", "")
GPU = "{architecture: x86_64, instance_types: [g5.xlarge], accelerator: nvidia, max_size: 2}"
X86 = "architecture: x86_64"
ONE_GPU = "      containers: {web: {image: 'app:1', gpus: 1}}\n"
NEURON = "{architecture: x86_64, instance_types: [inf2.xlarge], accelerator: neuron, max_size: 2}"
ONE_DEVICE = "      containers: {web: {image: 'app:1', devices: [/dev/neuron0]}}\n"
DISTINCT = "placement_constraints: [{type: distinctInstance}]"
SELECTED = "{{instance_requirements: {{{}: 4, allowed_instance_types: ['m7g.*']}}, max_size: 1}}"
MIXED = "{instance_types: [m7g.2xlarge, m7g.large], max_size: 2}"
ONE_SMALL = "{instance_types: [t4g.small], max_size: 1}"
SIX_SMALL = "{instance_types: [t4g.small], max_size: 6}"
THREE_LARGE = "{instance_types: [m7g.large], max_size: 3}"
LARGE = "{instance_types: [m7g.large], max_size: 2}"
SMALL = "{instance_types: [t4g.small], max_size: 2}"
BOTH = "capacity_provider_strategy: [{capacity_provider: default}, {capacity_provider: spare}]"
WEIGHTED = "capacity_provider_strategy: [{capacity_provider: default, base: 4, weight: 2}, {capacity_provider: spare}]"
PAIRS = (
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment",
        rejected=on(LARGE, ON_DEFAULT, "desired_count: 12"),
        accepted=on(LARGE, ON_DEFAULT, "desired_count: 3"),
        message=(
            "ecs.capacity.default.max_size: 12 tasks and one of a deployment take 7 instances of type m7g.large, "
            "for 13 network interfaces, of which each has 2, and max_size is 2\n"
            f"{REST.format(7)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: an old and a new task on one host",
        rejected=on(ONE_SMALL, ON_DEFAULT, "cpu_units: 1025"),
        accepted=on(ONE_SMALL, ON_DEFAULT, "cpu_units: 1024"),
        message=(
            "ecs.capacity.default.max_size: 1 task and one of a deployment take 2 instances of type t4g.small, "
            "for 2050 CPU units, of which each has 2048, and max_size is 1\n"
            f"{OTHER_REST.format(2)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: one task on each host",
        rejected=on(THREE_LARGE, ON_DEFAULT, "memory_mib: 4000", "desired_count: 3"),
        accepted=on(THREE_LARGE, ON_DEFAULT, "memory_mib: 4000", "desired_count: 2"),
        message=(
            "ecs.capacity.default.max_size: 3 tasks and one of a deployment take 4 instances of type m7g.large, "
            "because what is left on each is too small for one task more, and max_size is 3\n"
            f"{OTHER_REST.format(4)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: of several groups",
        rejected=on(SIX_SMALL, BOTH, "desired_count: 8"),
        accepted=on(SIX_SMALL, BOTH, "desired_count: 6"),
        message=(
            "ecs.capacity.spare.max_size: 4 tasks and one of a deployment take 3 instances of type m7g.large, "
            "for 5 network interfaces, of which each has 2, and max_size is 2\n"
            f"{REST.format(3)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: by the weights of a strategy",
        rejected=on(SIX_SMALL, WEIGHTED, "desired_count: 14"),
        accepted=on(SIX_SMALL, WEIGHTED, "desired_count: 13"),
        message=(
            "ecs.capacity.spare.max_size: 4 tasks and one of a deployment take 3 instances of type m7g.large, "
            "for 5 network interfaces, of which each has 2, and max_size is 2\n"
            f"{REST.format(3)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: with trunking",
        rejected=on(LARGE, ON_DEFAULT, "desired_count: 20", "cpu_units: 128", before=TRUNKING),
        accepted=on(LARGE, ON_DEFAULT, "desired_count: 19", "cpu_units: 128", before=TRUNKING),
        message=(
            "ecs.capacity.default.max_size: 20 tasks and one of a deployment take 3 instances of type m7g.large, "
            "for 21 network interfaces, of which each has 10, and max_size is 2\n"
            f"{OTHER_REST.format(3)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: GPUs",
        rejected=on(GPU, ON_DEFAULT, X86, "desired_count: 2", container=ONE_GPU),
        accepted=on(GPU, ON_DEFAULT, X86, "desired_count: 1", container=ONE_GPU),
        message=(
            "ecs.capacity.default.max_size: 2 tasks and one of a deployment take 3 instances of type g5.xlarge, "
            "for 3 GPUs, of which each has 1, and max_size is 2\n"
            f"{OTHER_REST.format(3)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: Neuron devices",
        rejected=on(NEURON, ON_DEFAULT, X86, "desired_count: 2", container=ONE_DEVICE),
        accepted=on(NEURON, ON_DEFAULT, X86, "desired_count: 1", container=ONE_DEVICE),
        message=(
            "ecs.capacity.default.max_size: 2 tasks and one of a deployment take 3 instances of type inf2.xlarge, "
            "because no two of some tasks can be on one instance, and max_size is 2\n"
            f"{OTHER_REST.format(3)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: each on another instance",
        rejected=on(LARGE, ON_DEFAULT, DISTINCT, "desired_count: 2"),
        accepted=on(LARGE, ON_DEFAULT, DISTINCT, "desired_count: 1"),
        message=(
            "ecs.capacity.default.max_size: 2 tasks and one of a deployment take 3 instances of type m7g.large, "
            "because no two of some tasks can be on one instance, and max_size is 2\n"
            f"{OTHER_REST.format(3)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: of the smallest type that attributes select",
        rejected=on(SELECTED.format("vcpus_max"), ON_DEFAULT, "cpu_units: 2048"),
        accepted=on(SELECTED.format("vcpus_min"), ON_DEFAULT, "cpu_units: 2048"),
        message=(
            "ecs.capacity.default.max_size: 1 task and one of a deployment take 2 instances of type m7g.large, "
            "for 4096 CPU units, of which each has 2048, and max_size is 1\n"
            f"{OTHER_REST.format(2)}"
        ),
    ),
    RulePair(
        rule="instances_hold_their_tasks_and_a_deployment: of the smallest type of a list",
        rejected=on(MIXED, ON_DEFAULT, "desired_count: 4"),
        accepted=on(MIXED, ON_DEFAULT, "desired_count: 3"),
        message=(
            "ecs.capacity.default.max_size: 4 tasks and one of a deployment take 3 instances of type m7g.large, "
            "for 5 network interfaces, of which each has 2, and max_size is 2\n"
            f"{REST.format(3)}"
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
