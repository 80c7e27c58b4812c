"""Rules of the Auto Scaling groups of the ECS cluster: AMIs, attributes, reservations, and warm pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from reference_constructs.compute.instance_options import Architecture
from reference_constructs.compute.instance_requirements_options import InstanceRequirementsOptions
from reference_constructs.ecs.instance_images import has_image
from settings.environment import Environment
from settings.matching_types import matching_types, types_of
from settings.problems import KeyPath, Problem
from settings.rules.capacity_subjects import capacity
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups

_GROUP: Final = "ecs.capacity.<name>"
_REQUIREMENTS: Final = f"{_GROUP}.instance_requirements"
_WARM_POOL: Final = "Configuring pre-initialized instances for your Amazon ECS Auto Scaling group"
# What AWS's Windows Server AMIs with containers have: "Amazon ECS-optimized Windows AMIs".
_WINDOWS_GIB: Final = 50


@rule(
    "Amazon ECS-optimized Linux AMIs; Amazon ECS-optimized Windows AMIs; Bottlerocket AMIs for Amazon ECS",
    keys=(f"{_GROUP}.operating_system", f"{_GROUP}.architecture", f"{_GROUP}.accelerator"),
)
def capacity_has_an_ami(environment: Environment) -> Iterator[Problem]:
    """Instances of another AMI have no agent that joins the cluster, or no drivers."""
    for path, group in capacity_groups(environment):
        if has_image(group.operating_system, group.architecture, group.accelerator):
            continue
        drivers = f" with drivers for {group.accelerator}" if group.accelerator else ""
        key = "accelerator" if group.accelerator else "architecture"
        yield Problem(
            path=(*path, key),
            finding=f"there is no AMI of Amazon ECS for {group.operating_system} on {group.architecture}{drivers}",
            fix="use al2023 on x86_64, or bottlerocket for nvidia on arm64"
            if group.accelerator
            else "set architecture to x86_64",
        )


@rule("Amazon ECS-optimized Windows AMIs", keys=(f"{_GROUP}.volume_gib", f"{_GROUP}.operating_system"))
def windows_capacity_has_room_for_its_ami(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 refuses a volume that is smaller than the snapshot of its AMI."""
    for path, group in capacity_groups(environment):
        if group.is_windows and group.volume_gib < _WINDOWS_GIB:
            yield Problem(
                path=(*path, "volume_gib"),
                finding=f"volume_gib is {group.volume_gib}, and operating_system is {group.operating_system}",
                allowed=f"at least {_WINDOWS_GIB}",
            )


@rule(
    "Create a mixed instances group using attribute-based instance type selection",
    keys=(_REQUIREMENTS, f"{_GROUP}.instance_types"),
)
def types_are_listed_or_required(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 Auto Scaling takes instance types or their attributes, not both."""
    for path, group in capacity_groups(environment):
        if group.instance_requirements is not None and "instance_types" in group.model_fields_set:
            yield Problem(
                path=(*path, "instance_requirements"),
                finding="there are instance_types, too",
                fix="remove one of the two",
            )


@rule(
    "InstanceRequirementsRequest, Amazon EC2 API Reference",
    keys=tuple(f"{_REQUIREMENTS}.{key}" for key in ("vcpus_max", "memory_mib_max", "gpus_max")),
)
def requirements_ascend(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 refuses a maximum that is less than the minimum."""
    for path, required in _requirements(environment):
        for name in ("vcpus", "memory_mib", "gpus"):
            least, most = getattr(required, f"{name}_min"), getattr(required, f"{name}_max")
            if most is not None and most < least:
                default = "" if f"{name}_max" in required.model_fields_set else ", the default,"
                yield Problem(
                    path=(*path, f"{name}_max"),
                    finding=f"{most}{default} is not allowed",
                    allowed=f"at least {name}_min, which is {least}",
                )


@rule(
    "InstanceRequirementsRequest, Amazon EC2 API Reference",
    keys=(f"{_REQUIREMENTS}.allowed_instance_types", f"{_REQUIREMENTS}.excluded_instance_types"),
)
def requirements_allow_or_exclude(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 refuses a list of allowed instance types beside one of excluded instance types."""
    for path, required in _requirements(environment):
        if required.allowed_instance_types and required.excluded_instance_types:
            yield Problem(
                path=(*path, "excluded_instance_types"),
                finding="there are allowed_instance_types, too",
                fix="remove one of the two",
            )


@warning("Amazon EC2 instance types; facts/aws_facts.json", keys=(_REQUIREMENTS,))
def requirements_select_a_type(environment: Environment) -> Iterator[Problem]:
    """No instance starts if no instance type has all the attributes."""
    groups = {path: types_of(group) for path, group in capacity_groups(environment)}
    for path, required in _requirements(environment):
        of_any = [name for each in get_args(Architecture) for name in matching_types(required, each)]
        found = groups.get(path[:-1], of_any)
        if not found:
            yield Problem(
                path=path,
                finding="no instance type in the data here has all of these attributes",
                fix="widen them, or acknowledge this if AWS offers such a type since",
            )


@rule(
    "Capacity Reservations, Amazon EC2 User Guide",
    keys=(
        f"{_GROUP}.capacity_reservation_id",
        f"{_GROUP}.capacity_reservation_group_arn",
        f"{_GROUP}.on_demand_percent_above_base",
    ),
)
def capacity_in_reservations_is_on_demand(environment: Environment) -> Iterator[Problem]:
    """Spot Instances never start in a Capacity Reservation."""
    for path, group in capacity_groups(environment):
        if group.uses_reservations and group.uses_spot:
            key = "capacity_reservation_id" if group.capacity_reservation_id else "capacity_reservation_group_arn"
            yield Problem(
                path=(*path, key),
                finding=f"instances can be Spot: on_demand_percent_above_base is {group.on_demand_percent_above_base}",
                fix=f"set on_demand_percent_above_base to 100, or remove {key}",
            )


@rule(
    "CapacityReservationTarget, Amazon EC2 API Reference",
    keys=(f"{_GROUP}.capacity_reservation_id", f"{_GROUP}.capacity_reservation_group_arn"),
)
def capacity_has_one_reservation(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 takes one Capacity Reservation or one group of them."""
    for path, group in capacity_groups(environment):
        if group.capacity_reservation_id and group.capacity_reservation_group_arn:
            yield Problem(
                path=(*path, "capacity_reservation_id"),
                finding="there is a capacity_reservation_group_arn, too",
                fix="remove one of the two",
            )


@rule(
    "PutWarmPool, Amazon EC2 Auto Scaling API Reference",
    keys=(f"{_GROUP}.warm_pool", f"{_GROUP}.on_demand_percent_above_base"),
)
def capacity_with_a_warm_pool_is_on_demand(environment: Environment) -> Iterator[Problem]:
    """An Auto Scaling group that starts Spot Instances cannot have a warm pool."""
    for path, group in capacity_groups(environment):
        if group.warm_pool is not None and group.uses_spot:
            yield Problem(
                path=(*path, "warm_pool"),
                finding=f"instances can be Spot: on_demand_percent_above_base is {group.on_demand_percent_above_base}",
                fix="set on_demand_percent_above_base to 100, or remove warm_pool",
            )


@rule(_WARM_POOL, keys=(f"{_GROUP}.warm_pool", f"{_GROUP}.operating_system"))
def agent_waits_in_the_warm_pool(environment: Environment) -> Iterator[Problem]:
    """Without ECS_WARM_POOLS_CHECK an instance joins the cluster in the pool, and is stopped with tasks on it."""
    for path, group in capacity_groups(environment):
        if group.warm_pool is not None and group.operating_system != "al2023":
            yield Problem(
                path=(*path, "warm_pool"),
                finding=f"the agent of {group.operating_system} does not wait in a warm pool",
                fix="remove warm_pool, or set operating_system to al2023",
            )


@rule("PutWarmPool, Amazon EC2 Auto Scaling API Reference", keys=(f"{_GROUP}.warm_pool",))
def warm_pool_of_capacity_ascends(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 Auto Scaling refuses a pool whose minimum is more than what may be prepared."""
    for path, group in capacity_groups(environment):
        pool = group.warm_pool
        if pool is not None and pool.max_prepared is not None and pool.min_size > pool.max_prepared:
            yield Problem(
                path=(*path, "warm_pool", "min_size"),
                value=pool.min_size,
                allowed=f"at most max_prepared, which is {pool.max_prepared}",
            )


def _requirements(environment: Environment) -> Iterator[tuple[KeyPath, InstanceRequirementsOptions]]:
    for path, each in capacity(environment):
        if each.instance_requirements is not None:
            yield (*path, "instance_requirements"), each.instance_requirements
