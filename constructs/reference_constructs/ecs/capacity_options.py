"""Options of EC2 capacity for an ECS cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.compute.instance_options import InstanceOptions, LinuxOperatingSystem
from reference_constructs.network.egress_options import EgressRuleOptions
from reference_constructs.value_types import Percent


class Ec2CapacityOptions(InstanceOptions):
    """Auto Scaling group that managed scaling adjusts to the tasks, and its capacity provider."""

    operating_system: LinuxOperatingSystem = "al2023"
    """Operating system: Amazon Linux 2023 or Bottlerocket. Bottlerocket has no shell and a read-only root file system.
    The default is Amazon Linux 2023, because more software supports it."""

    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Minimum number of instances. With `0`, no instance runs, and none is charged, while no task requires one."""

    max_size: Annotated[int, Field(ge=1, le=1000)] = 6
    """Maximum number of instances."""

    on_demand_base: Annotated[int, Field(ge=0, le=1000)] = 1
    """Minimum number of On-Demand Instances (`OnDemandBaseCapacity`). Savings Plans or Reserved Instances can cover
    this number."""

    on_demand_percent_above_base: Annotated[int, Field(ge=0, le=100)] = 100
    """Percentage of On-Demand Instances above the base. The other instances are Spot Instances."""

    target_capacity_percent: Percent = 100
    """Target utilization of the instances for managed scaling, in percent. With a value below 100, spare capacity
    remains, so that tasks start without waiting for an instance."""

    volume_gib: Annotated[int, Field(ge=30, le=16384)] = 30
    """Size, in GiB, of the encrypted gp3 volume that holds images and containers. The ECS-optimized AMI requires at
    least 30 GiB."""

    egress: Annotated[tuple[EgressRuleOptions, ...], Field(max_length=50)] = ()
    """Egress rules of the security group of the instances, in addition to HTTPS (TCP port 443) to any IPv4 address.
    Instances need a rule for a registry on another port."""

    @property
    def uses_spot(self) -> bool:
        """Whether instances above the base can be Spot Instances."""
        return self.on_demand_percent_above_base < 100
