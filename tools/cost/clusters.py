"""Control planes, and capacity that is not in the templates, since AWS starts it when it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Resource
from facts.prices import instance_price, share
from tools.cost.context import Context
from tools.cost.lines import HOURS, Line, Quantity

_TIERS = {"tier-xl": "eks_tier_xl_hour", "tier-2xl": "eks_tier_2xl_hour", "tier-4xl": "eks_tier_4xl_hour"}


def eks_cluster(context: Context, resource: Resource) -> Iterator[Line]:
    """The control plane, its scaling tier, and instances of EKS Auto Mode."""
    if resource.get("OutpostConfig") is not None:
        yield Line("Local cluster on an Outpost", None, Quantity.of(HOURS), note="no sourced price")
    else:
        yield context.hourly(resource, "eks_cluster_hour")
    tier = resource.get("ControlPlaneScalingConfig.Tier", "standard")
    if tier in _TIERS:
        yield context.hourly(resource, _TIERS[tier])
    elif tier != "standard":
        yield Line(f"Provisioned Control Plane, {tier}", None, Quantity.of(HOURS), note="no sourced price")
    if resource.get("RemoteNetworkConfig.RemoteNodeNetworks"):
        yield Line("Hybrid nodes", None, note="billed by vCPU-hours; no sourced price")
    if resource.get("ComputeConfig.Enabled") is True:
        yield from _dynamic(context, resource, "auto_mode", share("eks_auto_mode_fee"))
    elif _has_an_autoscaler(context, resource):
        yield from _dynamic(context, resource, "karpenter", 0)


def _has_an_autoscaler(context: Context, cluster: Resource) -> bool:
    """Whether a role beside the cluster may start instances, as that of Karpenter may."""
    policies = context.graph.role_policies
    return any(
        statement.effect == "Allow" and statement.is_about("ec2:RunInstances")
        for role in context.graph.of_type("AWS::IAM::Role")
        if role.stack == cluster.stack
        for statement in policies.statements(role)
    )


def ecs_cluster(context: Context, resource: Resource) -> Iterator[Line]:
    """Container Insights."""
    del context
    insights = resource.pairs("ClusterSettings", key="Name").get("containerInsights")
    if insights in ("enabled", "enhanced"):
        yield Line(f"Container Insights ({insights})", None, note="billed by observations; no sourced price")


def capacity_provider(context: Context, resource: Resource) -> Iterator[Line]:
    """Amazon ECS Managed Instances; other capacity providers are free."""
    if resource.get("ManagedInstancesProvider") is not None:
        yield from _dynamic(context, resource, "managed", share("ecs_managed_instances_fee"))


def addon(context: Context, resource: Resource) -> Iterator[Line]:
    """Add-ons run on nodes; one of them sends metrics that are billed."""
    del context
    if resource.get("AddonName") == "amazon-cloudwatch-observability":
        yield Line("Container Insights", None, note="billed by observations; no sourced price")


def _dynamic(context: Context, resource: Resource, prefix: str, fee: float) -> Iterator[Line]:
    """Instances that AWS starts: as many of a type as the usage file says.

    Args:
        context: Prices and usage.
        resource: What starts them.
        prefix: How their keys in a usage file begin.
        fee: Management fee, as a share of the On-Demand price.
    """
    number = context.usage.amount(resource, f"{prefix}_instances")
    instance_type = context.usage.text(resource, f"{prefix}_instance_type")
    if number is None or instance_type is None:
        fees = f" and a fee of {fee:.0%} of it" if fee else ""
        name = f"Instances ({prefix.replace('_', ' ').capitalize()})"
        yield Line(name, None, note=f"not in the templates: On-Demand price{fees}")
        return
    found = instance_price(instance_type, context.region(resource))
    if found is None:
        yield Line(f"Instances ({instance_type})", None, note="no price of this instance type on file")
        return
    hours = Quantity.of(number * HOURS)
    yield Line(f"Instances (On-Demand, {instance_type})", found, hours, is_assumed=True)
    if fee:
        yield Line(f"Management fee ({fee:.0%})", found.times(fee, "Management fee"), hours, is_assumed=True)
