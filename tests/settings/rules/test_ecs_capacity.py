"""Rules of ECS capacity."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, capacity, service

ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
BY_ATTRIBUTES = "  capacity: {default: {instance_requirements: {vcpus_min: 2}}}\n"
TWO_GROUPS = "  capacity: {default: {}, intel: {architecture: x86_64, instance_types: [m7i.large]}}\n"

RESERVATION = "capacity_reservation_id: cr-0123456789abcdef0"
PAIRS = (
    RulePair(
        rule="capacity_sizes_ascend",
        rejected=capacity("default: {min_size: 3, max_size: 2}"),
        accepted=capacity("default: {min_size: 2, max_size: 2}"),
        message=(
            "ecs.capacity.default.min_size: 3 is not allowed\n"
            "allowed: at most max_size, which is 2\n"
            "why: Amazon EC2 Auto Scaling refuses a group whose minimum size is greater than its maximum "
            "size."
        ),
    ),
    RulePair(
        rule="capacity_sizes_ascend: of every group",
        rejected=capacity("default: {}", "batch: {min_size: 7}"),
        accepted=capacity("default: {}", "batch: {min_size: 6}"),
        message=(
            "ecs.capacity.batch.min_size: 7 is not allowed\n"
            "allowed: at most max_size, which is 6 by default\n"
            "why: Amazon EC2 Auto Scaling refuses a group whose minimum size is greater than its maximum "
            "size."
        ),
    ),
    RulePair(
        rule="task_has_the_architecture_of_its_capacity",
        rejected=service(ON_DEFAULT, "architecture: x86_64"),
        accepted=service(ON_DEFAULT, "architecture: arm64"),
        message=(
            "ecs.services.web.architecture: 'x86_64' is not allowed\n"
            "allowed: arm64, the architecture of ecs.capacity.default\n"
            "why: Amazon ECS does not place a task on an instance of another architecture."
        ),
    ),
    RulePair(
        rule="task_has_the_architecture_of_its_capacity: of the groups that it names",
        rejected=service(ON_DEFAULT, "architecture: x86_64", before=TWO_GROUPS),
        accepted=service(
            "capacity_provider_strategy: [{capacity_provider: intel}]", "architecture: x86_64", before=TWO_GROUPS
        ),
        message=(
            "ecs.services.web.architecture: 'x86_64' is not allowed\n"
            "allowed: arm64, the architecture of ecs.capacity.default\n"
            "why: Amazon ECS does not place a task on an instance of another architecture."
        ),
    ),
    RulePair(
        rule="task_fits_the_instances_of_its_capacity",
        rejected=service(ON_DEFAULT, "memory_mib: 7373"),
        accepted=service(ON_DEFAULT, "memory_mib: 7372"),
        message=(
            "ecs.services.web.memory_mib: 7373 is not allowed\n"
            "allowed: at most 7372, which a m7g.large has for tasks\n"
            "fix: lower memory_mib, or use larger types in ecs.capacity.default.instance_types\n"
            "why: Managed scaling would start instance after instance, none of which can hold the task."
        ),
    ),
    RulePair(
        rule="task_fits_the_instances_of_its_capacity: CPU",
        rejected=service(ON_DEFAULT, "cpu_units: 2049"),
        accepted=service(ON_DEFAULT, "cpu_units: 2048"),
        message=(
            "ecs.services.web.cpu_units: 2049 is not allowed\n"
            "allowed: at most 2048, which a m7g.large has for tasks\n"
            "fix: lower cpu_units, or use larger types in ecs.capacity.default.instance_types\n"
            "why: Managed scaling would start instance after instance, none of which can hold the task."
        ),
    ),
    RulePair(
        rule="task_fits_the_smallest_instances_of_its_capacity",
        rejected=service(ON_DEFAULT, "cpu_units: 2049", before=BY_ATTRIBUTES),
        accepted=service(ON_DEFAULT, "cpu_units: 2048", before=BY_ATTRIBUTES),
        message=(
            "ecs.services.web.cpu_units: 2049 is not allowed\n"
            "allowed: at most 2048, which an instance with the vcpus_min of ecs.capacity.default has\n"
            "fix: lower cpu_units, or raise vcpus_min\n"
            "why: Amazon EC2 Auto Scaling chooses by price, and knows nothing of the task that the instance is for."
        ),
    ),
    RulePair(
        rule="capacity_in_one_reservation_is_of_its_type",
        rejected=capacity(f"default: {{{RESERVATION}, instance_types: [m7g.large, m6g.large]}}"),
        accepted=capacity(f"default: {{{RESERVATION}, instance_types: [m7g.large]}}"),
        message=(
            "ecs.capacity.default.capacity_reservation_id: the instances are of 2 types\n"
            "fix: name the type of the reservation alone, or use a capacity_reservation_group_arn\n"
            "why: An instance of another type than that of the Capacity Reservation does not start."
        ),
    ),
    RulePair(
        rule="capacity_in_one_reservation_is_of_its_type: attributes",
        rejected=capacity(f"default: {{{RESERVATION}, instance_requirements: {{}}}}"),
        accepted=capacity("default: {instance_requirements: {}}"),
        message=(
            "ecs.capacity.default.capacity_reservation_id: the instances are selected by attributes\n"
            "fix: name the type of the reservation alone, or use a capacity_reservation_group_arn\n"
            "why: An instance of another type than that of the Capacity Reservation does not start."
        ),
    ),
    RulePair(
        rule="spot_is_above_the_base",
        rejected=capacity(
            "default: {on_demand_percent_above_base: 0, on_demand_base: 6, instance_types: [m7g.large, m6g.large]}"
        ),
        accepted=capacity(
            "default: {on_demand_percent_above_base: 0, on_demand_base: 5, instance_types: [m7g.large, m6g.large]}"
        ),
        message=(
            "ecs.capacity.default.on_demand_base: on_demand_base is 6, and max_size is 6\n"
            "fix: lower on_demand_base, or set on_demand_percent_above_base to 100\n"
            "why: The base is filled with On-Demand Instances first, so there is never a Spot Instance."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
