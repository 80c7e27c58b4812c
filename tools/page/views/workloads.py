"""Workloads, and the capacity that they run on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from tools.page.html import NONE, Content, Html, table, tag
from tools.page.names import kind_of, name_of, readable, short_stack
from tools.page.sources import Sources

_Row = Sequence[Content]


def workloads(sources: Sources) -> Html:
    """The section."""
    graph = sources.graph
    tasks = [*_services(graph), *_other_tasks(graph)]
    capacity = [*_instances(graph), *_nodes(graph)]
    headings = ("Workload", "Runs on", "CPU units", "MiB", "Tasks", "Containers")
    kinds = ("Capacity", "Kind", "Instances", "Least", "Desired", "Most")
    pods = [
        (
            f"{each.get('Namespace')}/{each.get('ServiceAccount')}",
            readable(graph, each.get("ClusterName")),
            readable(graph, each.get("RoleArn")),
        )
        for each in graph.of_type("AWS::EKS::PodIdentityAssociation")
    ]
    add_ons = [
        (str(each.get("AddonName")), str(each.get("AddonVersion", "default")), readable(graph, each.get("ClusterName")))
        for each in graph.of_type("AWS::EKS::Addon")
    ]
    numbers = frozenset({2, 3})
    return tag(
        "div",
        table("Tasks", headings, tasks, numbers=numbers) if tasks else tag("p", "No tasks of Amazon ECS."),
        table("Capacity", kinds, capacity, numbers=frozenset({3, 4, 5})) if capacity else None,
        table("Service accounts with a role", ("Service account", "Cluster", "Role"), pods, numbers=NONE)
        if pods
        else None,
        table("Add-ons", ("Add-on", "Version", "Cluster"), add_ons, numbers=NONE) if add_ons else None,
    )


def _services(graph: Graph) -> Iterator[_Row]:
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        name, *facts = _task(graph, service, definition)
        notes = [tag("span", [tag("br"), each], class_="quiet") for each in _notes(service)]
        yield ([name, notes], *facts, _count(graph, service), _containers(graph, definition))


def _notes(service: Resource) -> Iterator[str]:
    """How it is released, and by which names other services find it."""
    strategy = str(service.get("DeploymentConfiguration.Strategy", "ROLLING"))
    if strategy != "ROLLING":
        yield f"released {strategy.lower().replace('_', '/')}"
    names = [
        f"{alias.get('DnsName', each.get('DiscoveryName', each.get('PortName')))}:{alias.get('Port')}"
        for each in service.list("ServiceConnectConfiguration.Services")
        for alias in each.get("ClientAliases", ())
    ]
    if names:
        yield f"Service Connect {', '.join(names)}"
    if service.get("ServiceRegistries"):
        yield "in AWS Cloud Map"


def _task(graph: Graph, owner: Resource, definition: Resource | None) -> tuple[Content, ...]:
    strategies = [str(each.get("CapacityProvider")) for each in owner.list("CapacityProviderStrategy")]
    runs = [readable(graph, each) for each in strategies] or [str(owner.get("LaunchType", "the cluster's default"))]
    cpu, memory = (definition.get("Cpu", ""), definition.get("Memory", "")) if definition else ("", "")
    return (_name(graph, owner), ", ".join(runs), cpu, memory)


def _name(graph: Graph, resource: Resource) -> str:
    """A service that has a stack of its own is called as that."""
    stack, name = short_stack(graph, resource.stack), name_of(resource)
    return stack if name == "Service" else f"{stack}: {name}"


def _count(graph: Graph, service: Resource) -> str:
    name = service.logical_id
    for target in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if any(f"{service.stack}/{name}." in text for text in target.texts):
            return f"{target.get('MinCapacity')} to {target.get('MaxCapacity')}"
    return (
        "one on each instance" if service.get("SchedulingStrategy") == "DAEMON" else str(service.get("DesiredCount", 1))
    )


def _containers(graph: Graph, definition: Resource | None) -> Content:
    if definition is None:
        return ""
    return [
        [
            tag("strong", each.get("Name")),
            " ",
            tag("code", _image(graph, each.get("Image"))),
            [f" :{port.get('ContainerPort')}" for port in each.get("PortMappings", ())],
            tag("br"),
        ]
        for each in definition.list("ContainerDefinitions")
    ]


def _image(graph: Graph, image: object) -> str:
    """Without the registry of the account, which is that of every other image here."""
    return re.sub(r"^(\d{12}|<AccountId>)\.dkr\.ecr\.[^/]+/", "", readable(graph, image))


def _other_tasks(graph: Graph) -> Iterator[_Row]:
    """Task definitions that no service runs: schedules and tasks that somebody starts."""
    used = {graph.find(each.get("TaskDefinition")) for each in graph.of_type("AWS::ECS::Service")}
    schedules = graph.of_type("AWS::Scheduler::Schedule", "AWS::Events::Rule")
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        if definition in used:
            continue
        starts = [each for each in schedules if each.refers_to(definition)]
        when = ", ".join(str(each.get("ScheduleExpression", "an event")) for each in starts) or "when it is started"
        yield (
            f"{short_stack(graph, definition.stack)}: {name_of(definition)}",
            " ".join(map(str, definition.list("RequiresCompatibilities"))),
            definition.get("Cpu", ""),
            definition.get("Memory", ""),
            when,
            _containers(graph, definition),
        )


def _instances(graph: Graph) -> Iterator[_Row]:
    for group in graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
        overrides = group.list("MixedInstancesPolicy.LaunchTemplate.Overrides")
        types = [str(each.get("InstanceType", "by requirements")) for each in overrides]
        types += [str(each.get("LaunchTemplateData.InstanceType", "")) for each in launch_templates(graph, group)]
        yield (
            f"{short_stack(graph, group.stack)}: {name_of(group)}",
            "Auto Scaling group",
            ", ".join(dict.fromkeys(filter(None, types))),
            group.get("MinSize", ""),
            group.get("DesiredCapacity", "managed"),
            group.get("MaxSize", ""),
        )


def _nodes(graph: Graph) -> Iterator[_Row]:
    for nodes in graph.of_type("AWS::EKS::Nodegroup"):
        sizes = nodes.get("ScalingConfig", {})
        yield (
            f"{short_stack(graph, nodes.stack)}: {name_of(nodes)}",
            f"Managed nodes, {nodes.get('CapacityType', 'ON_DEMAND').lower().replace('_', ' ')}",
            ", ".join(map(str, nodes.list("InstanceTypes"))) or "of the launch template",
            *(sizes.get(key, "") for key in ("MinSize", "DesiredSize", "MaxSize")),
        )
    for profile in graph.of_type("AWS::EKS::FargateProfile"):
        selectors = [str(each.get("Namespace")) for each in profile.list("Selectors")]
        name = f"{short_stack(graph, profile.stack)}: {name_of(profile)}"
        yield name, f"{kind_of(profile)}: {', '.join(selectors)}", "one for each pod", "", "", ""
