"""Options of EC2 capacity for an ECS cluster."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.compute.instance_options import (
    Accelerator,
    CapacityReservationId,
    InstanceOptions,
    OperatingSystem,
)
from reference_constructs.compute.instance_requirements_options import InstanceRequirementsOptions
from reference_constructs.network.egress_options import EgressRuleOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, Percent

ReservationGroupArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:resource-groups:[a-z0-9-]+:[0-9]{12}:group/[A-Za-z0-9_.-]+$",
        examples=["arn:aws:resource-groups:eu-west-1:111122223333:group/reserved"],
        json_schema_extra=in_words("ARN of a resource group of Capacity Reservations"),
    ),
    Arn(region=True),
]


class Ec2WarmPoolOptions(Options):
    """Warm pool: instances that have booted already and join the cluster when tasks need them."""

    state: Literal["stopped", "running"] = "stopped"
    """State of the instances in the pool. Stopped ones cost only their volumes; running ones are ready first."""

    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Minimum number of instances in the pool."""

    max_prepared: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Maximum number of instances in the pool and in the group together (`MaxGroupPreparedCapacity`). With `null`, it
    is `max_size` of the group."""


class Ec2CapacityOptions(InstanceOptions):
    """Auto Scaling group that managed scaling adjusts to the tasks, and its capacity provider."""

    kind: Literal["auto_scaling_group"] = "auto_scaling_group"
    """Kind of capacity: an Auto Scaling group of EC2 instances. A file need not state it."""

    operating_system: OperatingSystem = "al2023"
    """Operating system: Amazon Linux 2023, Bottlerocket, or Windows Server. Bottlerocket has no shell and a read-only
    root file system. The default is Amazon Linux 2023, because more software supports it. Windows Server requires
    `architecture: x86_64` and a `volume_gib` of 50 or more, and runs tasks with the same `operating_system` only."""

    accelerator: Accelerator | None = None
    """Drivers of the AMI: `nvidia` for instance types with NVIDIA GPUs, of which a container reserves `gpus`, or
    `neuron` for AWS Inferentia and AWS Trainium, whose `devices` a container states."""

    instance_requirements: InstanceRequirementsOptions | None = None
    """Attributes of the instance types, instead of `instance_types`. New instance types that have them are used as soon
    as AWS offers them. On-Demand Instances are then of the type with the lowest price."""

    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Minimum number of instances. With `0`, no instance runs, and none is charged, while no task requires one."""

    max_size: Annotated[int, Field(ge=1, le=1000)] = 6
    """Maximum number of instances."""

    on_demand_base: Annotated[int, Field(ge=0, le=1000)] = 1
    """Minimum number of On-Demand Instances (`OnDemandBaseCapacity`). Savings Plans or Reserved Instances can cover
    this number."""

    on_demand_percent_above_base: Annotated[int, Field(ge=0, le=100)] = 100
    """Percentage of On-Demand Instances above the base. The other instances are Spot Instances."""

    capacity_reservation_id: CapacityReservationId | None = None
    """ID of an On-Demand Capacity Reservation that the instances are started in, and nowhere else."""

    capacity_reservation_group_arn: ReservationGroupArn | None = None
    """ARN of a resource group of Capacity Reservations, in any of which the instances are started. Use a group for
    reservations in several Availability Zones or of several instance types."""

    warm_pool: Ec2WarmPoolOptions | None = None
    """Warm pool of the group. With `null`, there is none, and each instance boots when tasks need it."""

    target_capacity_percent: Percent = 100
    """Target utilization of the instances for managed scaling, in percent. With a value below 100, spare capacity
    remains, so that tasks start without waiting for an instance."""

    volume_gib: Annotated[int, Field(ge=30, le=16384)] = 30
    """Size, in GiB, of the encrypted gp3 volume that holds images and containers. The ECS-optimized AMI requires at
    least 30 GiB, and one of Windows Server at least 50 GiB."""

    egress: Annotated[tuple[EgressRuleOptions, ...], Field(max_length=50)] = ()
    """Egress rules of the security group of the instances, in addition to HTTPS (TCP port 443) to any IPv4 address.
    Instances need a rule for a registry on another port."""

    @property
    def uses_spot(self) -> bool:
        """Whether instances above the base can be Spot Instances."""
        return self.on_demand_percent_above_base < 100

    @property
    def uses_reservations(self) -> bool:
        """Whether instances start in Capacity Reservations that the options name."""
        return bool(self.capacity_reservation_id or self.capacity_reservation_group_arn)
