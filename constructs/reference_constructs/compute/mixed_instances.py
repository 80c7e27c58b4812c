"""Auto Scaling groups of On-Demand and Spot Instances together, of several types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2

from reference_constructs.security.acknowledgements import acknowledge


def mixed_instances_policy(
    launch_template: ec2.ILaunchTemplate,
    *,
    instance_types: Sequence[str],
    on_demand_base: int,
    on_demand_percent_above_base: int,
    requirements: Mapping[str, Any] | None = None,
    spot_allocation_strategy: str = "price_capacity_optimized",
    spot_instance_pools: int | None = None,
    spot_max_price: str | None = None,
) -> autoscaling.MixedInstancesPolicy:
    """Instances of the first type that has capacity; Spot Instances of the cheapest that are not soon taken away.

    Source: "Allocation strategies for multiple instance types", Amazon EC2 Auto Scaling User Guide, which recommends
    both.

    Args:
        launch_template: What every instance is started from.
        instance_types: Their types, the preferred one first.
        on_demand_base: Number of instances that are On-Demand Instances before any is a Spot Instance.
        on_demand_percent_above_base: Percentage of On-Demand Instances above the base.
        requirements: What types must have (`instance_requirements`), instead of `instance_types`. There is then no
            order of preference, and Amazon EC2 Auto Scaling takes the lowest price alone for On-Demand Instances.
        spot_allocation_strategy: How Spot Instances are chosen.
        spot_instance_pools: Number of the cheapest types among which `lowest_price` chooses.
        spot_max_price: The most that an hour of a Spot Instance may cost, in US dollars; None for the On-Demand price.
    """
    strategies = autoscaling.OnDemandAllocationStrategy
    return autoscaling.MixedInstancesPolicy(
        launch_template=launch_template,
        launch_template_overrides=[_required(requirements)]
        if requirements
        else [autoscaling.LaunchTemplateOverrides(instance_type=ec2.InstanceType(name)) for name in instance_types],
        instances_distribution=autoscaling.InstancesDistribution(
            on_demand_allocation_strategy=strategies.LOWEST_PRICE if requirements else strategies.PRIORITIZED,
            on_demand_base_capacity=on_demand_base,
            on_demand_percentage_above_base_capacity=on_demand_percent_above_base,
            spot_allocation_strategy=autoscaling.SpotAllocationStrategy[spot_allocation_strategy.upper()],
            spot_instance_pools=spot_instance_pools,
            spot_max_price=spot_max_price,
        ),
    )


def _required(requirements: Mapping[str, Any]) -> autoscaling.LaunchTemplateOverrides:
    return autoscaling.LaunchTemplateOverrides(
        instance_requirements=autoscaling.CfnAutoScalingGroup.InstanceRequirementsProperty(**requirements)
    )


def acknowledge_unread_launch_template(group: autoscaling.AutoScalingGroup) -> None:
    """Accept what cdk-nag says of the launch template of a group with a mixed instances policy, unread.

    Args:
        group: Its instances start from a `HardenedLaunchTemplate`.
    """
    blind = (
        "cdk-nag 3.0.2 reads the launch template of a group only where no MixedInstancesPolicy stands in between. "
        "The launch template beside it encrypts every volume and requires IMDSv2; the tests assert both."
    )
    acknowledge(group, "EC26", packs=("AwsSolutions",), reason=blind)
    acknowledge(group, "EC2IMDSv2Enabled", packs=("NIST.800.53.R5", "HIPAA.Security"), reason=blind)
