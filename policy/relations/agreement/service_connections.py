"""Services find each other by names that exist, and admit tasks, not addresses."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.agreement.ecs_services import containers
from policy.relations.relation import Misfit, relation


@relation("Amazon ECS Service Connect components: port names")
def served_port_is_of_the_task(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a service that serves a port name which its task definition does not have."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        if definition is None:
            continue
        mappings = [each.get("PortMappings") for each in containers(definition).values()]
        names = {port.get("Name") for each in mappings if isinstance(each, list) for port in each}
        for served in service.list("ServiceConnectConfiguration.Services"):
            if served.get("PortName") not in names:
                yield Misfit(
                    resource=service,
                    finding=f"Service Connect serves the port {served.get('PortName')}, which no container has",
                    fix="name a port mapping of the task definition",
                )


@relation("CreateService, AWS Cloud Map API Reference; ServiceConnectService, Amazon ECS API Reference")
def names_in_a_namespace_differ(graph: Graph) -> Iterator[Misfit]:
    """AWS Cloud Map refuses a second service of a name in a namespace, whoever makes it."""
    seen: dict[tuple[str, str], str] = {}
    for service in graph.of_type("AWS::ECS::Service"):
        namespace = str(service.get("ServiceConnectConfiguration.Namespace"))
        for served in service.list("ServiceConnectConfiguration.Services"):
            place = (namespace, str(served.get("DiscoveryName") or served.get("PortName")))
            if place in seen:
                yield Misfit(
                    resource=service,
                    finding=f"the name {place[1]} is also that of {seen[place]}",
                    fix="use another DiscoveryName",
                )
            seen.setdefault(place, f"{service.stack}/{service.logical_id}")


@relation("Security group rules, Amazon VPC User Guide; Amazon ECS task networking")
def tasks_admit_security_groups_only(graph: Graph) -> Iterator[Misfit]:
    """Whatever has an address in the range reaches the tasks, although the file names who may."""
    for service in graph.of_type("AWS::ECS::Service"):
        groups = [graph.find(each) for each in service.list("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups")]
        own = [each for each in groups if each is not None]
        rules = [(group, rule) for group in own for rule in group.list("SecurityGroupIngress")]
        rules += [
            (each, each.properties)
            for each in graph.of_type("AWS::EC2::SecurityGroupIngress")
            if graph.find(each.get("GroupId")) in own
        ]
        for resource, rule in rules:
            cidr = rule.get("CidrIp") or rule.get("CidrIpv6")
            if cidr:
                yield Misfit(
                    resource=resource,
                    finding=f"{cidr} is admitted to the tasks of {service.logical_id}",
                    fix="admit the security group of who may connect",
                )
