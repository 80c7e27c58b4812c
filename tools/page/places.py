"""Everything that has an address in a VPC: where it stands, which security groups it has, and which ports it opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from tools.page.names import name_of, short_stack

_LB: Final = "AWS::ElasticLoadBalancingV2"


@dataclass(frozen=True)
class Place:
    """One thing, or several alike, with network interfaces."""

    resource: Resource
    kind: str
    """Such as `Tasks`."""

    name: str
    groups: tuple[str, ...]
    """Resolved references to its security groups; empty where it has none, so that everything passes."""

    subnets: tuple[str, ...]
    has_public_address: bool = False
    ports: tuple[tuple[str, int], ...] | None = None
    """(protocol, port) that it opens at all, such as those of listeners; None where only its groups say."""

    allow_list: tuple[str, ...] = ()
    """CIDR blocks of a public endpoint beside its interfaces, as that of an Amazon EKS cluster."""

    opens_connections: bool = True
    has_ipv6: bool = True
    """Where its subnets have IPv6."""


def places(graph: Graph) -> list[Place]:
    """Every place, in the order of the templates; security groups that nothing has come last, as places themselves."""
    found = [place for resource in graph.resources for place in _of(graph, resource)]
    used = {group for each in found for group in each.groups}
    spare = [
        Place(each, "Whatever is given this security group", _name(graph, each), (each.attribute("GroupId"),), ())
        for each in graph.of_type("AWS::EC2::SecurityGroup")
        if each.attribute("GroupId") not in used
    ]
    return found + spare


def _of(graph: Graph, resource: Resource) -> Iterator[Place]:
    if reader := _READERS.get(resource.type):
        yield from reader(graph, resource)


def _name(graph: Graph, resource: Resource) -> str:
    """A service that has a stack of its own is called as that."""
    stack, name = short_stack(graph, resource.stack), name_of(resource)
    return stack if name == "Service" else f"{stack}: {name}"


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()


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
        _name(graph, resource),
        _texts(lists.get("securitygroups")),
        _texts(lists.get("subnets")),
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
    subnets = _texts(group.list("VPCZoneIdentifier"))
    public = public or _addressed(graph, subnets)
    yield Place(group, "Instances", _name(graph, group), groups, subnets, has_public_address=public)


def _instance(graph: Graph, instance: Resource) -> Iterator[Place]:
    interfaces = instance.list("NetworkInterfaces")
    groups = [*instance.list("SecurityGroupIds"), *(group for each in interfaces for group in each.get("GroupSet", ()))]
    subnets = [instance.get("SubnetId"), *(each.get("SubnetId") for each in interfaces)]
    stands = tuple(str(each) for each in subnets if each)
    public = any(each.get("AssociatePublicIpAddress") is True for each in interfaces) or _addressed(graph, stands)
    yield Place(instance, "Instance", _name(graph, instance), _texts(groups), stands, has_public_address=public)


def _cluster_group(graph: Graph, name: object) -> tuple[str, ...]:
    """The security group that Amazon EKS makes for a cluster, given its name or a reference to it."""
    cluster = graph.find(name) or next(
        (each for each in graph.of_type("AWS::EKS::Cluster") if each.get("Name") == name), None
    )
    return (cluster.attribute("ClusterSecurityGroupId"),) if cluster else ()


def _node_group(graph: Graph, nodes: Resource) -> Iterator[Place]:
    template = graph.find(nodes.get("LaunchTemplate.Id"))
    groups, _ = _launched_groups([template] if template else [])
    subnets = _texts(nodes.list("Subnets"))
    yield Place(
        nodes,
        "Nodes",
        _name(graph, nodes),
        groups or _cluster_group(graph, nodes.get("ClusterName")),
        subnets,
        has_public_address=_addressed(graph, subnets),
    )


def _fargate_profile(graph: Graph, profile: Resource) -> Iterator[Place]:
    groups = _cluster_group(graph, profile.get("ClusterName"))
    yield Place(profile, "Pods on Fargate", _name(graph, profile), groups, _texts(profile.list("Subnets")))


def _cluster(graph: Graph, cluster: Resource) -> Iterator[Place]:
    network = cluster.get("ResourcesVpcConfig", {})
    own = (cluster.attribute("ClusterSecurityGroupId"),)
    subnets = _texts(network.get("SubnetIds"))
    public = network.get("EndpointPublicAccess", True) is True
    yield Place(
        cluster,
        "Kubernetes API",
        _name(graph, cluster),
        (*_texts(network.get("SecurityGroupIds")), *own),
        subnets,
        ports=(("tcp", 443),),
        allow_list=(_texts(network.get("PublicAccessCidrs")) or ("0.0.0.0/0",)) if public else (),
    )
    if cluster.get("ComputeConfig.Enabled") is True:
        yield Place(cluster, "Nodes of EKS Auto Mode", f"{_name(graph, cluster)} nodes", own, subnets)


def _load_balancer(graph: Graph, balancer: Resource) -> Iterator[Place]:
    mapped = [each.get("SubnetId") for each in balancer.list("SubnetMappings")]
    listeners = [
        each for each in graph.of_type(f"{_LB}::Listener") if graph.find(each.get("LoadBalancerArn")) == balancer
    ]
    yield Place(
        balancer,
        "Load balancer",
        _name(graph, balancer),
        _texts(balancer.list("SecurityGroups")),
        _texts([*balancer.list("Subnets"), *filter(None, mapped)]),
        has_public_address=balancer.get("Scheme", "internet-facing") == "internet-facing",
        ports=tuple(port for each in listeners for port in listened(each)),
        has_ipv6=str(balancer.get("IpAddressType", "ipv4")).startswith("dualstack"),
    )


_UDP: Final = {"UDP": ("udp",), "QUIC": ("udp",), "TCP_UDP": ("tcp", "udp"), "TCP_QUIC": ("tcp", "udp")}


def listened(listener: Resource) -> Iterator[tuple[str, int]]:
    """(protocol, port) of a listener."""
    for protocol in _UDP.get(str(listener.get("Protocol", "HTTP")), ("tcp",)):
        yield protocol, int(listener.get("Port", 0))


def _endpoint(graph: Graph, endpoint: Resource) -> Iterator[Place]:
    if endpoint.get("VpcEndpointType") != "Interface":
        return
    name = str(endpoint.get("ServiceName")).rpartition(f"{graph.region(endpoint.stack)}.")[2]
    yield Place(
        endpoint,
        "Endpoint",
        f"{short_stack(graph, endpoint.stack)}: endpoint {name}",
        _texts(endpoint.list("SecurityGroupIds")),
        _texts(endpoint.list("SubnetIds")),
        ports=(("tcp", 443),),
        opens_connections=False,
    )


def _mount_target(graph: Graph, target: Resource) -> Iterator[Place]:
    yield Place(
        target,
        "Mount target",
        _name(graph, target),
        _texts(target.list("SecurityGroups")),
        (str(target.get("SubnetId")),),
        ports=(("tcp", 2049),),
        opens_connections=False,
    )


def _file_system(graph: Graph, system: Resource) -> Iterator[Place]:
    yield Place(
        system,
        "File system",
        _name(graph, system),
        _texts(system.list("SecurityGroupIds")),
        _texts(system.list("SubnetIds")),
    )


def _service_network(graph: Graph, association: Resource) -> Iterator[Place]:
    """A service network in a VPC: it has no interfaces there, and its security groups say who calls its services."""
    listeners = graph.of_type("AWS::VpcLattice::Listener")
    yield Place(
        association,
        "VPC Lattice",
        _name(graph, association),
        _texts(association.list("SecurityGroupIds")),
        (),
        ports=tuple(sorted({("tcp", int(each.get("Port", 443))) for each in listeners})),
        opens_connections=False,
    )


_READERS: Final[Mapping[str, Callable[[Graph, Resource], Iterator[Place]]]] = {
    "AWS::ECS::Service": _service,
    "AWS::Events::Rule": _started_tasks,
    "AWS::Scheduler::Schedule": _started_tasks,
    "AWS::StepFunctions::StateMachine": _started_tasks,
    "AWS::AutoScaling::AutoScalingGroup": _instances,
    "AWS::EC2::Instance": _instance,
    "AWS::EKS::Nodegroup": _node_group,
    "AWS::EKS::FargateProfile": _fargate_profile,
    "AWS::EKS::Cluster": _cluster,
    f"{_LB}::LoadBalancer": _load_balancer,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EFS::MountTarget": _mount_target,
    "AWS::FSx::FileSystem": _file_system,
    "AWS::VpcLattice::ServiceNetworkVpcAssociation": _service_network,
}
