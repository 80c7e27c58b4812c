"""Rules of the EC2 capacity of the ECS cluster, and of the tasks that it has to hold."""

from __future__ import annotations

from collections.abc import Iterator

from facts import instance_types
from settings.environment import Environment
from settings.instance_needs import CPU_UNITS_OF_A_VCPU, SHARE_OF_MEMORY_FOR_TASKS
from settings.problems import Problem
from settings.rules.comparisons import ascend
from settings.rules.keys import task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups, groups_of, tasks


@rule(
    "CreateAutoScalingGroup, Amazon EC2 Auto Scaling API Reference",
    keys=("ecs.capacity.<name>.min_size", "ecs.capacity.<name>.max_size"),
)
def capacity_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 Auto Scaling refuses a group whose minimum size is greater than its maximum size."""
    for path, group in capacity_groups(environment):
        yield from ascend(path, group, "min_size", "max_size")


@warning(
    "InstancesDistribution, Amazon EC2 Auto Scaling API Reference",
    keys=(
        "ecs.capacity.<name>.on_demand_base",
        "ecs.capacity.<name>.on_demand_percent_above_base",
        "ecs.capacity.<name>.max_size",
    ),
)
def spot_is_above_the_base(environment: Environment) -> Iterator[Problem]:
    """The base is filled with On-Demand Instances first, so there is never a Spot Instance."""
    for path, group in capacity_groups(environment):
        if group.uses_spot and group.on_demand_base >= group.max_size:
            yield Problem(
                path=(*path, "on_demand_base"),
                finding=f"on_demand_base is {group.on_demand_base}, and max_size is {group.max_size}",
                fix="lower on_demand_base, or set on_demand_percent_above_base to 100",
            )


@rule(
    "Amazon ECS-optimized Linux AMIs",
    keys=(*task_keys("architecture", "capacity_provider_strategy"), "ecs.capacity.<name>.architecture"),
)
def task_has_the_architecture_of_its_capacity(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS does not place a task on an instance of another architecture."""
    for path, task in tasks(environment):
        for name, group in groups_of(environment, task).items():
            if task.architecture != group.architecture:
                yield Problem(
                    path=(*path, "architecture"),
                    value=task.architecture,
                    allowed=f"{group.architecture}, the architecture of ecs.capacity.{name}",
                )


@rule(
    "Reserving Amazon ECS Linux container instance memory",
    keys=(
        *task_keys("cpu_units", "memory_mib", "capacity_provider_strategy"),
        "ecs.capacity.<name>.instance_types",
    ),
)
def task_fits_the_instances_of_its_capacity(environment: Environment) -> Iterator[Problem]:
    """Managed scaling would start instance after instance, none of which can hold the task."""
    known = instance_types()
    for path, task in tasks(environment):
        for name, group in groups_of(environment, task).items():
            if group.instance_requirements is not None:
                continue
            for type_name in group.instance_types:
                if type_name not in known:
                    continue
                facts = known[type_name]
                for key, value, room in (
                    ("cpu_units", task.cpu_units, facts.vcpus * CPU_UNITS_OF_A_VCPU),
                    ("memory_mib", task.memory_mib, int(facts.memory_mib * SHARE_OF_MEMORY_FOR_TASKS)),
                ):
                    if value > room:
                        yield Problem(
                            path=(*path, key),
                            value=value,
                            allowed=f"at most {room}, which a {type_name} has for tasks",
                            fix=f"lower {key}, or use larger types in ecs.capacity.{name}.instance_types",
                        )


@rule(
    "Create a mixed instances group using attribute-based instance type selection",
    keys=(
        *task_keys("cpu_units", "memory_mib", "capacity_provider_strategy"),
        "ecs.capacity.<name>.instance_requirements",
    ),
)
def task_fits_the_smallest_instances_of_its_capacity(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 Auto Scaling chooses by price, and knows nothing of the task that the instance is for."""
    for path, task in tasks(environment):
        for name, group in groups_of(environment, task).items():
            required = group.instance_requirements
            if required is None:
                continue
            memory_mib = int(required.memory_mib_min * SHARE_OF_MEMORY_FOR_TASKS)
            for key, value, minimum, room in (
                ("cpu_units", task.cpu_units, "vcpus_min", required.vcpus_min * CPU_UNITS_OF_A_VCPU),
                ("memory_mib", task.memory_mib, "memory_mib_min", memory_mib),
            ):
                if value > room:
                    yield Problem(
                        path=(*path, key),
                        value=value,
                        allowed=f"at most {room}, which an instance with the {minimum} of ecs.capacity.{name} has",
                        fix=f"lower {key}, or raise {minimum}",
                    )


@warning(
    "Capacity Reservations, Amazon EC2 User Guide: a reservation is of one instance type in one Availability Zone",
    keys=(
        "ecs.capacity.<name>.capacity_reservation_id",
        "ecs.capacity.<name>.instance_types",
        "ecs.capacity.<name>.instance_requirements",
    ),
)
def capacity_in_one_reservation_is_of_its_type(environment: Environment) -> Iterator[Problem]:
    """An instance of another type than that of the Capacity Reservation does not start."""
    for path, group in capacity_groups(environment):
        several = group.instance_requirements is not None or len(group.instance_types) > 1
        if group.capacity_reservation_id is not None and several:
            types = "selected by attributes" if group.instance_requirements else f"of {len(group.instance_types)} types"
            yield Problem(
                path=(*path, "capacity_reservation_id"),
                finding=f"the instances are {types}",
                fix="name the type of the reservation alone, or use a capacity_reservation_group_arn",
            )
