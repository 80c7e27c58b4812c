"""Every place of the templates: tasks, instances, nodes, and clusters here, the rest in managed_places."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from tools.page.managed_places import MANAGED
from tools.page.place import Place, place_name, texts


def places(graph: Graph) -> list[Place]:
    """Every place, in the order of the templates; security groups that nothing has come last, as places themselves."""
    found = [place for resource in graph.resources for place in _of(graph, resource)]
    used = {group for each in found for group in each.groups}
    spare = [
        Place(each, "Whatever is given this security group", place_name(graph, each), (each.attribute("GroupId"),), ())
        for each in graph.of_type("AWS::EC2::SecurityGroup")
        if each.attribute("GroupId") not in used
    ]
    return found + spare


Reader = Callable[[Graph, Resource], Iterator[Place]]


def _of(graph: Graph, resource: Resource) -> Iterator[Place]:
    if reader := _READERS.get(resource.type):
        yield from reader(graph, resource)


def _addressed(graph: Graph, subnets: tuple[str, ...]) -> bool:
    """Whether instances get public addresses where they stand."""
    return any(subnet.get("MapPublicIpOnLaunch") is True for each in subnets if (subnet := graph.subnets.all.get(each)))


def _service(graph: Graph, service: Resource) -> Iterator[Place]:
    configuration = service.get("NetworkConfiguration.AwsvpcConfiguration")
    if not configuration:
        return  # its tasks have the addresses of the instances that they run on
    yield _tasks(graph, service, configuration, "Tasks of a service")


def _tasks(graph: Graph, resource: Resource, configuration: Mapping[str, Any], kind: str) -> Place:
    lists = {key.lower(): value for key, value in configuration.items()}
    return Place(
        resource,
        kind,
        place_name(graph, resource),
        texts(lists.get("securitygroups")),
        texts(lists.get("subnets")),
        has_public_address=lists.get("assignpublicip") == "ENABLED",
    )


def _started_tasks(graph: Graph, resource: Resource) -> Iterator[Place]:
    """Of a schedule, a rule, or a state machine, wherever it states the network of a task."""
    definition = resource.get("DefinitionString")
    source = resource.properties
    if isinstance(definition, str):
        try:
            source = json.loads(definition)
        except ValueError:
            return
    seen = []
    for each in _configurations(source):
        if each not in seen:
            seen.append(each)
            yield _tasks(graph, resource, each, "Tasks that are started")


def _configurations(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if str(key).lower() == "awsvpcconfiguration" and isinstance(child, Mapping):
                yield child
            else:
                yield from _configurations(child)
    elif isinstance(value, list):
        for child in value:
            yield from _configurations(child)


def _launched_groups(templates: list[Resource]) -> tuple[tuple[str, ...], bool]:
    """Security groups of launch templates, and whether they ask for a public address."""
    groups: list[str] = []
    public = False
    for template in templates:
        groups += map(str, template.list("LaunchTemplateData.SecurityGroupIds"))
        for interface in template.list("LaunchTemplateData.NetworkInterfaces"):
            groups += map(str, interface.get("Groups", ()))
            public = public or interface.get("AssociatePublicIpAddress") is True
    return tuple(dict.fromkeys(groups)), public


def _instances(graph: Graph, group: Resource) -> Iterator[Place]:
    groups, public = _launched_groups(launch_templates(graph, group))
    subnets = texts(group.list("VPCZoneIdentifier"))
    public = public or _addressed(graph, subnets)
    yield Place(group, "Instances", place_name(graph, group), groups, subnets, has_public_address=public)


def _instance(graph: Graph, instance: Resource) -> Iterator[Place]:
    interfaces = instance.list("NetworkInterfaces")
    groups = [*instance.list("SecurityGroupIds"), *(group for each in interfaces for group in each.get("GroupSet", ()))]
    subnets = [instance.get("SubnetId"), *(each.get("SubnetId") for each in interfaces)]
    stands = tuple(str(each) for each in subnets if each)
    public = any(each.get("AssociatePublicIpAddress") is True for each in interfaces) or _addressed(graph, stands)
    yield Place(instance, "Instance", place_name(graph, instance), texts(groups), stands, has_public_address=public)


def _cluster_group(graph: Graph, name: object) -> tuple[str, ...]:
    """The security group that Amazon EKS makes for a cluster, given its name or a reference to it."""
    cluster = graph.find(name) or next(
        (each for each in graph.of_type("AWS::EKS::Cluster") if each.get("Name") == name), None
    )
    return (cluster.attribute("ClusterSecurityGroupId"),) if cluster else ()


def _node_group(graph: Graph, nodes: Resource) -> Iterator[Place]:
    template = graph.find(nodes.get("LaunchTemplate.Id"))
    groups, _ = _launched_groups([template] if template else [])
    subnets = texts(nodes.list("Subnets"))
    yield Place(
        nodes,
        "Nodes",
        place_name(graph, nodes),
        groups or _cluster_group(graph, nodes.get("ClusterName")),
        subnets,
        has_public_address=_addressed(graph, subnets),
    )


def _fargate_profile(graph: Graph, profile: Resource) -> Iterator[Place]:
    groups = _cluster_group(graph, profile.get("ClusterName"))
    yield Place(profile, "Pods on Fargate", place_name(graph, profile), groups, texts(profile.list("Subnets")))


def _cluster(graph: Graph, cluster: Resource) -> Iterator[Place]:
    network = cluster.get("ResourcesVpcConfig", {})
    own = (cluster.attribute("ClusterSecurityGroupId"),)
    subnets = texts(network.get("SubnetIds"))
    public = network.get("EndpointPublicAccess", True) is True
    yield Place(
        cluster,
        "Kubernetes API",
        place_name(graph, cluster),
        (*texts(network.get("SecurityGroupIds")), *own),
        subnets,
        ports=(("tcp", 443),),
        allow_list=(texts(network.get("PublicAccessCidrs")) or ("0.0.0.0/0",)) if public else (),
    )
    if cluster.get("ComputeConfig.Enabled") is True:
        yield Place(cluster, "Nodes of EKS Auto Mode", f"{place_name(graph, cluster)} nodes", own, subnets)


_READERS: Final[Mapping[str, Reader]] = {
    **MANAGED,
    "AWS::ECS::Service": _service,
    "AWS::Events::Rule": _started_tasks,
    "AWS::Scheduler::Schedule": _started_tasks,
    "AWS::StepFunctions::StateMachine": _started_tasks,
    "AWS::AutoScaling::AutoScalingGroup": _instances,
    "AWS::EC2::Instance": _instance,
    "AWS::EKS::Nodegroup": _node_group,
    "AWS::EKS::FargateProfile": _fargate_profile,
    "AWS::EKS::Cluster": _cluster,
}
