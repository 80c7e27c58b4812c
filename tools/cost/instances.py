"""Amazon EC2 instances of Auto Scaling groups and managed node groups, and their volumes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from facts import instance_types
from facts.prices import instance_price
from facts.trunk_interfaces import interfaces_for_tasks
from tools.cost.context import Context
from tools.cost.lines import HOURS, Line, Quantity
from tools.cost.tasks import placed, share_of_week, size
from tools.cost.week import share_on

# What the operating system leaves to tasks; Amazon ECS registers what the instance itself sees of its memory.
MEMORY_FOR_TASKS: Final = 0.95
# "Manage detailed monitoring for your EC2 instances": metrics that are then billed as custom ones (infracost: 7).
METRICS_OF_DETAILED_MONITORING: Final = 7
INCLUDED_IOPS, INCLUDED_THROUGHPUT = 3000, 125
DEFAULT_NODE_VOLUME_GIB: Final = 20
_ELSEWHERE: Final = "subnets that are not in the templates: in Local Zones and on Outposts, prices differ"
_AT_MOST: Final = "at most: the On-Demand price, since no Spot discount is stated (SPOT_DISCOUNT)"


def auto_scaling_group(context: Context, group: Resource) -> Iterator[Line]:
    """Instances On-Demand and Spot, and volumes of those in its warm pool."""
    templates = launch_templates(context.graph, group)
    template = templates[0] if templates else None
    types, by_attributes = _types(group, template)
    number = _number(context.graph, group, types)
    on_demand, spot = _purchase_options(group, number)
    if by_attributes:
        yield Line("Instances", None, number * HOURS, note="instance types with attributes: Amazon EC2 chooses")
    else:
        yield from _instances(context, group, types, on_demand, is_spot=False)
        yield from _instances(context, group, types, spot, is_spot=True)
    yield from _per_instance(context, group, template, number)
    for pool in context.graph.of_type("AWS::AutoScaling::WarmPool"):
        if pool.get("AutoScalingGroupName") == group.reference and template:
            prepared = float(pool.get("MinSize", 0))
            most = float(pool.get("MaxGroupPreparedCapacity") or group.get("MaxSize"))
            for line in _volumes(context, template, Quantity(prepared, prepared, most)):
                yield Line(f"Warm pool: {line.name}", line.price, line.quantity, note=line.note)


def node_group(context: Context, group: Resource) -> Iterator[Line]:
    """Instances of a managed node group of Amazon EKS."""
    scaling = {key: float(group.get(f"ScalingConfig.{key}", 1)) for key in ("MinSize", "DesiredSize", "MaxSize")}
    number = Quantity(scaling["MinSize"], scaling["DesiredSize"], scaling["MaxSize"])
    template = context.graph.find(group.get("LaunchTemplate.Id"))
    named = template.get("LaunchTemplateData.InstanceType") if template else None
    types = [*map(str, group.list("InstanceTypes"))] or [str(named or "t3.medium")]
    yield from _instances(context, group, types, number, is_spot=group.get("CapacityType") == "SPOT")
    if str(group.get("AmiType", "")).startswith("WINDOWS"):
        yield _windows(number)
    if template and template.list("LaunchTemplateData.BlockDeviceMappings"):
        yield from _volumes(context, template, number)
    else:
        gib = float(group.get("DiskSize", DEFAULT_NODE_VOLUME_GIB))
        found = context.price(group, "gp3_gb_month")
        yield Line(found.about, found, number * gib)
    yield from _monitoring(context, group, template, number)


def _types(group: Resource, template: Resource | None) -> tuple[list[str], bool]:
    """Instance types in the order of preference, and whether attributes stand in their place."""
    overrides: list[Mapping[str, Any]] = group.list("MixedInstancesPolicy.LaunchTemplate.Overrides")
    data = template.get("LaunchTemplateData", {}) if template else {}
    if any("InstanceRequirements" in each for each in [*overrides, data]):
        return [], True
    return [str(each["InstanceType"]) for each in overrides if "InstanceType" in each] or [
        str(data.get("InstanceType", ""))
    ], False


def _purchase_options(group: Resource, number: Quantity) -> tuple[Quantity, Quantity]:
    distribution = group.get("MixedInstancesPolicy.InstancesDistribution", {})
    base = float(distribution.get("OnDemandBaseCapacity", 0))
    percent = float(distribution.get("OnDemandPercentageAboveBaseCapacity", 100))
    above = number.beyond(base)
    return number.at_most(base) + above * (percent / 100), above * (1 - percent / 100)


def _number(graph: Graph, group: Resource, types: Sequence[str]) -> Quantity:
    """Between the sizes of the group, as many as the tasks need that Amazon ECS places there; fewer at night."""
    least, most = float(group.get("MinSize", 0)), float(group.get("MaxSize", 0))
    desired = float(group.get("DesiredCapacity") or least)
    needed = _needed_by_tasks(graph, group, types)
    working = Quantity(
        min(max(least, needed.least), most), min(max(desired, needed.expected), most), max(most, desired)
    )
    share = _share_on(graph, group)
    if share is not None:
        return working * share
    # Amazon ECS stops what is above the minimum when the tasks stop.
    share = max((share_of_week(graph, each) for each in _services_on(graph, group)), default=1.0)
    return working * share + Quantity.of(least) * (1 - share)


def _share_on(graph: Graph, group: Resource) -> float | None:
    """Share of the week in which scheduled actions let it have instances; None if it has none of them."""
    actions = [
        each
        for each in graph.of_type("AWS::AutoScaling::ScheduledAction")
        if each.get("AutoScalingGroupName") == group.reference
    ]
    if not actions:
        return None
    keys = ("MaxSize", "DesiredCapacity", "MinSize")
    sizes = [next(int(each.get(key)) for key in keys if each.get(key) is not None) for each in actions]
    share = share_on((str(each.get("Recurrence")), number > 0) for each, number in zip(actions, sizes, strict=True))
    return share or 1


def _needed_by_tasks(graph: Graph, group: Resource, types: Sequence[str]) -> Quantity:
    facts = instance_types().get(types[0]) if types else None
    total = {"vcpus": Quantity.of(0), "gib": Quantity.of(0), "interfaces": Quantity.of(0)}
    for service in graph.of_type("AWS::ECS::Service"):
        task = size(graph, service)
        for _, provider, number in placed(graph, service):
            if task is None or provider is None or graph.find(_group_of(provider)) != group:
                continue
            total["vcpus"] += number * task.vcpus
            total["gib"] += number * task.gib
            total["interfaces"] += number * task.has_interface
    if facts is None:
        return total["interfaces"].each(lambda number: float(number > 0))
    room = {
        "vcpus": facts.vcpus,
        "gib": facts.memory_mib / 1024 * MEMORY_FOR_TASKS,
        "interfaces": interfaces_for_tasks(types[0], trunking=False) or 1,
    }
    ratios = [total[key] * (1 / room[key]) for key in total]
    return Quantity(
        math.ceil(max(each.least for each in ratios)),
        math.ceil(max(each.expected for each in ratios)),
        math.ceil(max(each.most for each in ratios)),
    )


def _services_on(graph: Graph, group: Resource) -> Iterator[Resource]:
    for service in graph.of_type("AWS::ECS::Service"):
        providers = [provider for _, provider, _ in placed(graph, service) if provider]
        if any(graph.find(_group_of(each)) == group for each in providers):
            yield service


def _group_of(provider: Resource) -> object:
    return provider.get("AutoScalingGroupProvider.AutoScalingGroupArn")


def _instances(
    context: Context, group: Resource, types: Sequence[str], number: Quantity, *, is_spot: bool
) -> Iterator[Line]:
    if not number.most:
        return
    price = instance_price(types[0], context.region(group))
    option = "Spot" if is_spot else "On-Demand"
    name, hours = f"Instances (Linux, {option}, {types[0]})", number * HOURS
    elsewhere = _ELSEWHERE if _is_elsewhere(context.graph, group) else ""
    discount = context.usage.spot_discount
    if price is None:
        yield Line(name, None, hours, note="no price of this instance type on file")
    elif not is_spot:
        yield Line(name, price, hours, note=elsewhere)
    elif discount is None:
        yield Line(name, price, hours, note=_AT_MOST)
    else:
        yield Line(name, price.times(1 - discount, f"{types[0]} Spot"), hours, is_assumed=True, note=elsewhere)


def _is_elsewhere(graph: Graph, group: Resource) -> bool:
    """Whether its subnets are others than those of the VPC in the templates."""
    subnets = [*group.list("VPCZoneIdentifier"), *group.list("Subnets")]
    return bool(graph.of_type("AWS::EC2::Subnet")) and any(graph.find(each) is None for each in subnets)


def _per_instance(context: Context, group: Resource, template: Resource | None, number: Quantity) -> Iterator[Line]:
    if template is None:
        return
    if "windows" in str(template.get("LaunchTemplateData.ImageId", "")).lower():
        yield _windows(number)
    yield from _volumes(context, template, number)
    yield from _monitoring(context, group, template, number)


def _windows(number: Quantity) -> Line:
    return Line("License of Windows Server", None, number * HOURS, note="sources of its price disagree")


def _monitoring(context: Context, group: Resource, template: Resource | None, number: Quantity) -> Iterator[Line]:
    if template and template.get("LaunchTemplateData.Monitoring.Enabled") is True:
        found = context.price(group, "custom_metric_month")
        yield Line("Detailed monitoring", found, number * METRICS_OF_DETAILED_MONITORING)


def _volumes(context: Context, template: Resource, number: Quantity) -> Iterator[Line]:
    for mapping in template.list("LaunchTemplateData.BlockDeviceMappings"):
        if "Ebs" in mapping:
            yield from volume(context, template, mapping["Ebs"], number, size_key="VolumeSize")


def volume(
    context: Context, resource: Resource, described: Mapping[str, Any], number: Quantity, *, size_key: str
) -> Iterator[Line]:
    """Storage of an Amazon EBS volume, and what is provisioned above what is included.

    Args:
        context: Prices.
        resource: Resource in whose Region it is.
        described: Its properties.
        number: How many there are.
        size_key: Which property is its size in GiB.
    """
    kind, gib = str(described.get("VolumeType", "gp3")), float(described.get(size_key, 0))
    if kind not in ("gp2", "gp3"):
        yield Line(f"Storage ({kind})", None, number * gib, note="no sourced price")
        return
    found = context.price(resource, f"{kind}_gb_month")
    yield Line(found.about, found, number * gib)
    provisioned = {
        "gp3_iops_month": float(described.get("Iops", INCLUDED_IOPS)) - INCLUDED_IOPS,
        "gp3_mibps_month": float(described.get("Throughput", INCLUDED_THROUGHPUT)) - INCLUDED_THROUGHPUT,
    }
    for name, amount in provisioned.items():
        if kind == "gp3" and amount > 0:
            found = context.price(resource, name)
            yield Line(found.about, found, number * amount)
