"""Rules of the Auto Scaling groups of the ECS cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, capacity

ELSEWHERE = HEAD.replace("eu-west-1", "us-east-1")
SPOT = "on_demand_percent_above_base: 50, instance_types: [m7g.large, m6g.large]"
RESERVATION = "capacity_reservation_id: cr-0123456789abcdef0"
RESERVATIONS = "capacity_reservation_group_arn: 'arn:aws:resource-groups:eu-west-1:111122223333:group/reserved'"

PAIRS = (
    RulePair(
        rule="capacity_has_an_ami",
        rejected=capacity("default: {operating_system: windows_2022_core, volume_gib: 50}"),
        accepted=capacity(
            "default: {operating_system: windows_2022_core, volume_gib: 50, architecture: x86_64, "
            "instance_types: [m7i.large]}"
        ),
        message=(
            "ecs.capacity.default.architecture: there is no AMI of Amazon ECS for windows_2022_core on arm64\n"
            "fix: set architecture to x86_64\n"
            "why: Instances of another AMI have no agent that joins the cluster, or no drivers."
        ),
    ),
    RulePair(
        rule="capacity_has_an_ami: with drivers",
        rejected=capacity("default: {instance_types: [g5g.xlarge], accelerator: nvidia}", head=ELSEWHERE),
        accepted=capacity(
            "default: {instance_types: [g5g.xlarge], accelerator: nvidia, operating_system: bottlerocket}",
            head=ELSEWHERE,
        ),
        message=(
            "ecs.capacity.default.accelerator: there is no AMI of Amazon ECS for al2023 on arm64 with "
            "drivers for nvidia\n"
            "fix: use al2023 on x86_64, or bottlerocket for nvidia on arm64\n"
            "why: Instances of another AMI have no agent that joins the cluster, or no drivers."
        ),
    ),
    RulePair(
        rule="capacity_has_an_ami: with drivers for Neuron",
        rejected=capacity(
            "default: {architecture: x86_64, instance_types: [inf2.xlarge], accelerator: neuron, "
            "operating_system: bottlerocket}"
        ),
        accepted=capacity("default: {architecture: x86_64, instance_types: [inf2.xlarge], accelerator: neuron}"),
        message=(
            "ecs.capacity.default.accelerator: there is no AMI of Amazon ECS for bottlerocket on x86_64 "
            "with drivers for neuron\n"
            "fix: use al2023 on x86_64, or bottlerocket for nvidia on arm64\n"
            "why: Instances of another AMI have no agent that joins the cluster, or no drivers."
        ),
    ),
    RulePair(
        rule="windows_capacity_has_room_for_its_ami",
        rejected=capacity(
            "default: {operating_system: windows_2025_full, volume_gib: 49, architecture: x86_64, "
            "instance_types: [m7i.large]}"
        ),
        accepted=capacity(
            "default: {operating_system: windows_2025_full, volume_gib: 50, architecture: x86_64, "
            "instance_types: [m7i.large]}"
        ),
        message=(
            "ecs.capacity.default.volume_gib: volume_gib is 49, and operating_system is windows_2025_full\n"
            "allowed: at least 50\n"
            "why: Amazon EC2 refuses a volume that is smaller than the snapshot of its AMI."
        ),
    ),
    RulePair(
        rule="types_are_listed_or_required",
        rejected=capacity("default: {instance_requirements: {vcpus_max: 8}, instance_types: [m7g.large]}"),
        accepted=capacity("default: {instance_requirements: {vcpus_max: 8}}"),
        message=(
            "ecs.capacity.default.instance_requirements: there are instance_types, too\n"
            "fix: remove one of the two\n"
            "why: Amazon EC2 Auto Scaling takes instance types or their attributes, not both."
        ),
    ),
    RulePair(
        rule="requirements_ascend",
        rejected=capacity("default: {instance_requirements: {vcpus_min: 4, vcpus_max: 3}}"),
        accepted=capacity("default: {instance_requirements: {vcpus_min: 4, vcpus_max: 4}}"),
        message=(
            "ecs.capacity.default.instance_requirements.vcpus_max: 3 is not allowed\n"
            "allowed: at least vcpus_min, which is 4\n"
            "why: Amazon EC2 refuses a maximum that is less than the minimum."
        ),
    ),
    RulePair(
        rule="requirements_ascend: of Managed Instances",
        rejected=capacity("default: {kind: managed_instances, instance_requirements: {gpus_min: 1}}"),
        accepted=capacity("default: {kind: managed_instances, instance_requirements: {gpus_min: 1, gpus_max: 1}}"),
        message=(
            "ecs.capacity.default.instance_requirements.gpus_max: 0, the default, is not allowed\n"
            "allowed: at least gpus_min, which is 1\n"
            "why: Amazon EC2 refuses a maximum that is less than the minimum."
        ),
    ),
    RulePair(
        rule="requirements_allow_or_exclude",
        rejected=capacity(
            "default: {instance_requirements: {allowed_instance_types: ['m7*'], excluded_instance_types: ['m7gd*']}}"
        ),
        accepted=capacity("default: {instance_requirements: {excluded_instance_types: ['m7gd*']}}"),
        message=(
            "ecs.capacity.default.instance_requirements.excluded_instance_types: there are "
            "allowed_instance_types, too\n"
            "fix: remove one of the two\n"
            "why: Amazon EC2 refuses a list of allowed instance types beside one of excluded instance types."
        ),
    ),
    RulePair(
        rule="requirements_select_a_type",
        rejected=capacity("default: {instance_requirements: {cpu_manufacturers: [intel]}}"),
        accepted=capacity("default: {instance_requirements: {cpu_manufacturers: [amazon-web-services]}}"),
        message=(
            "ecs.capacity.default.instance_requirements: no instance type in the data here has all of these "
            "attributes\n"
            "fix: widen them, or acknowledge this if AWS offers such a type since\n"
            "why: No instance starts if no instance type has all the attributes."
        ),
    ),
    RulePair(
        rule="requirements_select_a_type: of Managed Instances, which have every architecture",
        rejected=capacity(
            "default: {kind: managed_instances, instance_requirements: {memory_mib_max: 4096, vcpus_min: 64}}"
        ),
        accepted=capacity("default: {kind: managed_instances, instance_requirements: {cpu_manufacturers: [intel]}}"),
        message=(
            "ecs.capacity.default.instance_requirements: no instance type in the data here has all of these "
            "attributes\n"
            "fix: widen them, or acknowledge this if AWS offers such a type since\n"
            "why: No instance starts if no instance type has all the attributes."
        ),
    ),
    RulePair(
        rule="capacity_in_reservations_is_on_demand",
        rejected=capacity(f"default: {{{SPOT}, {RESERVATION}}}"),
        accepted=capacity(f"default: {{{RESERVATION}}}"),
        message=(
            "ecs.capacity.default.capacity_reservation_id: instances can be Spot: on_demand_percent_above_base is 50\n"
            "fix: set on_demand_percent_above_base to 100, or remove capacity_reservation_id\n"
            "why: Spot Instances never start in a Capacity Reservation."
        ),
    ),
    RulePair(
        rule="capacity_in_reservations_is_on_demand: of a group",
        rejected=capacity(f"default: {{{SPOT}, {RESERVATIONS}}}"),
        accepted=capacity(f"default: {{{RESERVATIONS}}}"),
        message=(
            "ecs.capacity.default.capacity_reservation_group_arn: instances can be Spot: "
            "on_demand_percent_above_base is 50\n"
            "fix: set on_demand_percent_above_base to 100, or remove capacity_reservation_group_arn\n"
            "why: Spot Instances never start in a Capacity Reservation."
        ),
    ),
    RulePair(
        rule="capacity_has_one_reservation",
        rejected=capacity(f"default: {{{RESERVATION}, {RESERVATIONS}}}"),
        accepted=capacity(f"default: {{{RESERVATIONS}}}"),
        message=(
            "ecs.capacity.default.capacity_reservation_id: there is a capacity_reservation_group_arn, too\n"
            "fix: remove one of the two\n"
            "why: Amazon EC2 takes one Capacity Reservation or one group of them."
        ),
    ),
    RulePair(
        rule="capacity_with_a_warm_pool_is_on_demand",
        rejected=capacity(f"default: {{{SPOT}, warm_pool: {{}}}}"),
        accepted=capacity("default: {instance_types: [m7g.large, m6g.large], warm_pool: {}}"),
        message=(
            "ecs.capacity.default.warm_pool: instances can be Spot: on_demand_percent_above_base is 50\n"
            "fix: set on_demand_percent_above_base to 100, or remove warm_pool\n"
            "why: An Auto Scaling group that starts Spot Instances cannot have a warm pool."
        ),
    ),
    RulePair(
        rule="agent_waits_in_the_warm_pool",
        rejected=capacity("default: {operating_system: bottlerocket, warm_pool: {}}"),
        accepted=capacity("default: {operating_system: al2023, warm_pool: {}}"),
        message=(
            "ecs.capacity.default.warm_pool: the agent of bottlerocket does not wait in a warm pool\n"
            "fix: remove warm_pool, or set operating_system to al2023\n"
            "why: Without ECS_WARM_POOLS_CHECK an instance joins the cluster in the pool, and is stopped "
            "with tasks on it."
        ),
    ),
    RulePair(
        rule="warm_pool_of_capacity_ascends",
        rejected=capacity("default: {warm_pool: {min_size: 3, max_prepared: 2}}"),
        accepted=capacity("default: {warm_pool: {min_size: 2, max_prepared: 2}}"),
        message=(
            "ecs.capacity.default.warm_pool.min_size: 3 is not allowed\n"
            "allowed: at most max_prepared, which is 2\n"
            "why: Amazon EC2 Auto Scaling refuses a pool whose minimum is more than what may be prepared."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
