"""Options of Amazon ECS Managed Instances."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.compute.instance_options import Accelerator
from reference_constructs.compute.instance_requirements_options import InstanceRequirementsOptions
from reference_constructs.ecs.capacity_options import ReservationGroupArn
from reference_constructs.network.egress_options import EgressRuleOptions
from reference_constructs.options import Options


class ManagedInstancesOptions(Options):
    """Amazon ECS Managed Instances: EC2 instances that Amazon ECS starts, patches, and replaces.

    There is no Auto Scaling group, no AMI to choose, and no maximum: Amazon ECS starts what the tasks need, of the
    architecture that they state. They run Linux.
    """

    kind: Literal["managed_instances"] = "managed_instances"
    """Kind of capacity: Amazon ECS Managed Instances."""

    capacity_option: Literal["on_demand", "spot", "reserved"] = "on_demand"
    """On-Demand Instances, Spot Instances, or On-Demand Instances in the Capacity Reservations of
    `capacity_reservation_group_arn` (`CapacityOptionType`)."""

    capacity_reservation_group_arn: ReservationGroupArn | None = None
    """ARN of a resource group of Capacity Reservations, for `capacity_option: reserved`."""

    capacity_reservation_preference: Literal["only", "first"] = "only"
    """With `only`, instances start in the reservations and nowhere else. With `first`, Amazon ECS starts On-Demand
    Instances once the reservations are used up. It requires `capacity_option: reserved`."""

    instance_requirements: InstanceRequirementsOptions | None = None
    """Attributes of the instance types. With `null`, Amazon ECS selects general purpose instance types by the CPU and
    the memory of the tasks."""

    accelerator: Accelerator = "nvidia"
    """What `gpus_min` and `gpus_max` of `instance_requirements` count: NVIDIA GPUs, of which a container reserves
    `gpus`, or with `neuron`, devices of AWS Inferentia and AWS Trainium, for a container with
    `neuron_devices: all`."""

    storage_gib: Annotated[int, Field(ge=30, le=16384)] = 80
    """Size, in GiB, of the encrypted volume of each instance that holds images and containers."""

    detailed_monitoring: bool = True
    """Whether Amazon EC2 sends metrics every minute (`DETAILED`), which are charged, or every five minutes."""

    scale_in_after_seconds: Annotated[int, Field(ge=-1, le=3600)] | None = None
    """Time, in seconds, after which Amazon ECS ends idle instances and moves tasks of instances that are little used.
    With `-1`, it never does; with `null`, Amazon ECS decides."""

    auto_repair: bool = True
    """Whether Amazon ECS replaces instances that it finds impaired."""

    egress: Annotated[tuple[EgressRuleOptions, ...], Field(max_length=50)] = ()
    """Egress rules of the security group of the instances, in addition to HTTPS (TCP port 443) to any IPv4 address.
    Instances need a rule for a registry on another port."""
