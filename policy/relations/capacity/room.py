"""What is to run has interfaces and addresses. Lower bounds: what is named cannot work, whatever else is there."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_network

import facts
from assembly import Graph, Resource
from policy.relations.agreement.architectures import instance_types
from policy.relations.agreement.ecs_services import providers
from policy.relations.capacity.changes import tasks
from policy.relations.relation import Misfit, relation

# "Increasing Amazon ECS Linux container instance network interfaces": burstable types have no trunk interface.
_WITHOUT_TRUNKING = "t"
# "Subnet CIDR blocks": the first four addresses and the last one.
_RESERVED_ADDRESSES = 5
# "Amazon EKS networking requirements for VPC and subnets": the least, of which 16 are recommended.
_ADDRESSES_OF_A_CONTROL_PLANE = 6


@relation("Increasing Amazon ECS Linux container instance network interfaces; Amazon EC2 instance types: interfaces")
def instances_have_interfaces_for_their_tasks(graph: Graph) -> Iterator[Misfit]:
    """Each task takes an interface of its instance, which keeps one itself; a task without one is never placed."""
    fewest: Counter[Resource] = Counter()
    for service in graph.of_type("AWS::ECS::Service"):
        found = [provider for each in providers(service) if (provider := graph.find(each)) is not None]
        if len(found) == 1 and service.get("NetworkConfiguration") is not None:
            fewest[found[0]] += tasks(graph, service)[0]
    for provider, number in fewest.items():
        group = graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))
        names = instance_types(group) if group else []
        known = [facts.instance_types().get(name) for name in names]
        sizes = [each for each in known if each is not None]
        if group is None or len(sizes) < len(names) or not all(name.startswith(_WITHOUT_TRUNKING) for name in names):
            continue
        room = int(group.get("MaxSize", 0)) * max((each.network_interfaces - 1 for each in sizes), default=0)
        if sizes and number > room:
            yield Misfit(
                resource=provider,
                finding=f"{number} tasks run at least, and the instances have interfaces for {room}",
                fix="allow more instances, use larger instance types, or run fewer tasks",
            )


@relation(
    "Subnet CIDR blocks, Amazon VPC User Guide; Amazon EKS networking requirements; amazon-vpc-cni-k8s, warm pools"
)
def subnets_have_addresses_for_what_runs_in_them(graph: Graph) -> Iterator[Misfit]:
    """Each task, pod, endpoint, and control plane interface takes an address; without one it does not start."""
    needed: Counter[str] = Counter()
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        needed.update(map(str, endpoint.list("SubnetIds")))
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        for subnet in map(str, cluster.list("ResourcesVpcConfig.SubnetIds")):
            needed[subnet] += _ADDRESSES_OF_A_CONTROL_PLANE
    settings = [str(each.get("ConfigurationValues", "")) for each in graph.of_type("AWS::EKS::Addon")]
    keeps_few_warm = any("WARM_" in each or "MINIMUM_IP_TARGET" in each for each in settings)
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        known = [facts.instance_types().get(str(name)) for name in group.list("InstanceTypes")]
        warm = min((each.addresses_for(pods=2) for each in known if each is not None), default=1)
        addresses = 1 if keeps_few_warm else warm
        _share(needed, group.list("Subnets"), int(group.get("ScalingConfig.DesiredSize", 0)) * addresses)
    for group in graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
        _share(needed, group.list("VPCZoneIdentifier"), int(group.get("MinSize", 0)))
    for service in graph.of_type("AWS::ECS::Service"):
        subnets = service.list("NetworkConfiguration.AwsvpcConfiguration.Subnets")
        _share(needed, subnets, tasks(graph, service)[0])
    for name, number in needed.items():
        found = graph.subnets.all.get(name)
        block = found.get("CidrBlock") if found else None
        if found is None or not isinstance(block, str):
            continue
        have = ip_network(block).num_addresses - _RESERVED_ADDRESSES
        if number > have:
            yield Misfit(
                resource=found,
                finding=f"{block} has {have} addresses, and what is there from the beginning takes {number}",
                fix="use a larger subnet",
            )


def _share(needed: Counter[str], subnets: list[object], number: int) -> None:
    """What is spread over subnets, at least the smallest share in each."""
    for subnet in map(str, subnets):
        needed[subnet] += math.floor(number / len(subnets))
