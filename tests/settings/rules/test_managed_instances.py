"""Rules of Amazon ECS Managed Instances."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import LOAD_BALANCER, RulePair, capacity, service

ARN = "capacity_reservation_group_arn: 'arn:aws:resource-groups:eu-west-1:111122223333:group/reserved'"
ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"


def on(groups: str, *lines: str, container: str = "{web: {image: 'app:1', port: 8080}}") -> str:
    """A service in a cluster with this capacity."""
    return service(
        *lines, container=f"      containers: {container}\n", before=f"  capacity: {groups}\n{LOAD_BALANCER}"
    )


PAIRS = (
    RulePair(
        rule="reserved_managed_instances_have_reservations",
        rejected=capacity("default: {kind: managed_instances, capacity_option: reserved}"),
        accepted=capacity(f"default: {{kind: managed_instances, capacity_option: reserved, {ARN}}}"),
        message=(
            "ecs.capacity.default.capacity_option: capacity_option is reserved, and there is no "
            "capacity_reservation_group_arn\n"
            "fix: add capacity_reservation_group_arn, or set capacity_option to on_demand\n"
            "why: Amazon ECS uses Capacity Reservations with the option reserved alone, and that option needs them."
        ),
    ),
    RulePair(
        rule="reserved_managed_instances_have_reservations: and no others have",
        rejected=capacity(f"default: {{kind: managed_instances, capacity_option: spot, {ARN}}}"),
        accepted=capacity("default: {kind: managed_instances, capacity_option: spot}"),
        message=(
            "ecs.capacity.default.capacity_reservation_group_arn: capacity_option is spot\n"
            "fix: set capacity_option to reserved, or remove capacity_reservation_group_arn\n"
            "why: Amazon ECS uses Capacity Reservations with the option reserved alone, and that option needs them."
        ),
    ),
    RulePair(
        rule="strategy_is_of_one_kind_of_instances",
        rejected=on(
            "{default: {}, managed: {kind: managed_instances}}",
            "capacity_provider_strategy: [{capacity_provider: default}, {capacity_provider: managed}]",
        ),
        accepted=on(
            "{default: {}, managed: {kind: managed_instances}}",
            "capacity_provider_strategy: [{capacity_provider: managed}]",
        ),
        message=(
            "ecs.services.web.capacity_provider_strategy: default starts instances by Auto Scaling, managed "
            "by Amazon ECS\n"
            "fix: name capacity of one kind\n"
            "why: Amazon ECS refuses a strategy with Auto Scaling groups and Managed Instances."
        ),
    ),
    RulePair(
        rule="managed_instances_have_no_tmpfs",
        rejected=on(
            "{default: {kind: managed_instances}}",
            ON_DEFAULT,
            container="{web: {image: 'app:1', writable_paths: [/tmp]}}",
        ),
        accepted=on("{default: {}}", ON_DEFAULT, container="{web: {image: 'app:1', writable_paths: [/tmp]}}"),
        message=(
            "ecs.services.web.containers.web.writable_paths: the task runs on Managed Instances, which have no tmpfs\n"
            "fix: remove writable_paths, and set read_only_root_filesystem to false if the program needs them\n"
            "why: Amazon ECS refuses a tmpfs in a task definition for Managed Instances."
        ),
    ),
    RulePair(
        rule="some_managed_instance_holds_the_task",
        rejected=on(
            "{default: {kind: managed_instances, instance_requirements: {vcpus_max: 4}}}", ON_DEFAULT, "cpu_units: 4097"
        ),
        accepted=on(
            "{default: {kind: managed_instances, instance_requirements: {vcpus_max: 4}}}", ON_DEFAULT, "cpu_units: 4096"
        ),
        message=(
            "ecs.services.web.cpu_units: 4097 is not allowed\n"
            "allowed: at most 4096, which an instance type of ecs.capacity.default has for tasks\n"
            "fix: lower cpu_units, or widen the instance_requirements\n"
            "why: Amazon ECS starts an instance only of a type that has the attributes and room for the task."
        ),
    ),
    RulePair(
        rule="some_managed_instance_holds_the_task: of its architecture",
        rejected=on(
            "{default: {kind: managed_instances, instance_requirements: {cpu_manufacturers: [amd]}}}", ON_DEFAULT
        ),
        accepted=on(
            "{default: {kind: managed_instances, instance_requirements: {cpu_manufacturers: [amd]}}}",
            ON_DEFAULT,
            "architecture: x86_64",
        ),
        message=(
            "ecs.services.web.architecture: ecs.capacity.default.instance_requirements selects no instance "
            "type of arm64\n"
            "fix: use another architecture, or widen the instance_requirements\n"
            "why: Amazon ECS starts an instance only of a type that has the attributes and room for the task."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
