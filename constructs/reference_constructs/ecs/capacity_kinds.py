"""The kinds of capacity that a cluster can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.ecs.any_capacity_options import AnyCapacityOptions
from reference_constructs.ecs.capacity import Ec2Capacity
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.managed_instances import ManagedInstances
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

AnyCapacity: TypeAlias = Ec2Capacity | ManagedInstances


@dataclass(frozen=True, kw_only=True)
class CapacityScope:
    """What a cluster lends to its capacity.

    Attributes:
        parent: The construct below which capacity is defined, in the stack of the cluster.
        cluster: Cluster that the instances join.
        subnets: Private ones, one per zone.
        dual_stack: Whether the subnets have IPv6 addresses too.
        volume_key: Encrypts the volumes of kinds that can have a key; None leaves it to the AWS managed key.
        retention: Whether instances are protected from scale-in.
        working_hours: When minimum sizes hold; None for always.
    """

    parent: Construct
    cluster: ecs.Cluster
    subnets: Sequence[ec2.ISubnet]
    dual_stack: bool = False
    volume_key: EncryptionKey | None = None
    retention: RetentionOptions = PROTECTED
    working_hours: WorkingHoursOptions | None = None


def add_capacity(scope: CapacityScope, groups: Mapping[str, AnyCapacityOptions]) -> dict[str, AnyCapacity]:
    """Define all capacity of a cluster, and let EC2 use the key of its volumes if any of it has volumes of a key.

    Args:
        scope: What the cluster provides.
        groups: Options of any kind, by name.
    """
    # Amazon ECS encrypts the volumes of Managed Instances itself.
    if scope.volume_key is not None and any(isinstance(each, Ec2CapacityOptions) for each in groups.values()):
        scope.volume_key.allow_ebs_volumes()
    return {name: bind_capacity(scope, name, options) for name, options in groups.items()}


def bind_capacity(scope: CapacityScope, name: str, options: AnyCapacityOptions) -> AnyCapacity:
    """Define capacity of the kind that the options are for.

    Args:
        scope: What the cluster provides.
        name: Name of the capacity in the options of the cluster.
        options: Options of any kind.
    """
    # Construct IDs are a contract: `default` keeps those that a cluster with a single group had.
    construct_id = "Capacity" if name == "default" else f"Capacity-{name}"
    match options:
        case Ec2CapacityOptions():
            return Ec2Capacity(
                scope.parent,
                construct_id,
                cluster=scope.cluster,
                subnets=scope.subnets,
                options=options,
                dual_stack=scope.dual_stack,
                volume_key=scope.volume_key,
                retention=scope.retention,
                working_hours=scope.working_hours,
            )
        case ManagedInstancesOptions():
            return ManagedInstances(
                scope.parent,
                construct_id,
                cluster=scope.cluster,
                subnets=scope.subnets,
                options=options,
                dual_stack=scope.dual_stack,
            )
        case _:
            assert_never(options)
