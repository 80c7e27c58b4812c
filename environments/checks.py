"""Rules between keys: what each value allows alone, but not together with another.

A check is a small generator over a typed environment. It yields a `Problem` at the key that the reader should
change. New rules go here, with the source of the fact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from environments.ecs import FARGATE_MEMORY_MIB, ContainerSettings, EcsSettings, ServiceSettings
from environments.eks import PINNED_KUBERNETES_VERSIONS, EksSettings, EndpointSettings
from environments.environment import Environment
from environments.problems import KeyPath, Problem


def find_problems(environment: Environment) -> Iterator[Problem]:
    """Everything that is wrong between the keys of an environment."""
    yield from _zones(environment)
    yield from _addresses(environment)
    yield from _endpoints_without_nat(environment)
    if environment.ecs is not None:
        yield from _ecs(environment, environment.ecs)
    if environment.eks is not None:
        yield from _eks(environment, environment.eks)


def _zones(environment: Environment) -> Iterator[Problem]:
    for index, zone in enumerate(environment.availability_zones):
        path = ("availability_zones", index)
        if zone[:-1] != environment.region:
            yield Problem(path=path, value=zone, allowed=f"a zone of region {environment.region}")
        elif zone in environment.availability_zones[:index]:
            yield Problem(path=path, value=zone, allowed="every zone once")


def _addresses(environment: Environment) -> Iterator[Problem]:
    network = environment.network
    zones = len(environment.availability_zones)
    if network.zone_slots < zones:
        yield Problem(
            path=("network", "zone_slots"),
            value=network.zone_slots,
            allowed=f"at least the {zones} availability_zones",
        )
    if not 16 <= network.cidr.prefixlen <= 28:
        yield Problem(
            path=("network", "cidr"),
            value=str(network.cidr),
            allowed="a prefix length from 16 to 28 (VPC quota)",
        )
        return
    public, private = network.public_prefix_length, network.private_prefix_length
    wanted = network.zone_slots * (2 ** (32 - public) + 2 ** (32 - private))
    if wanted > network.cidr.num_addresses:
        yield Problem(
            path=("network", "cidr"),
            value=str(network.cidr),
            allowed=f"a range that holds {network.zone_slots} zones (zone_slots) of a /{public} and a /{private}: "
            f"{wanted} addresses, this has {network.cidr.num_addresses}",
        )


def _endpoints_without_nat(environment: Environment) -> Iterator[Problem]:
    network = environment.network
    if network.nat_gateways == "none":
        # "Amazon ECR interface VPC endpoints" and "Amazon ECS interface VPC endpoints".
        missing = {"ecr.api", "ecr.dkr", "logs"} - set(network.interface_endpoints)
        if missing:
            yield Problem(
                path=("network", "interface_endpoints"),
                value=list(network.interface_endpoints),
                allowed=f"also {', '.join(sorted(missing))}, because nat_gateways is none",
            )


def _ecs(environment: Environment, ecs: EcsSettings) -> Iterator[Problem]:
    path: KeyPath = ("ecs",)
    if ecs.capacity is not None:
        capacity = ecs.capacity
        yield from _ordered((*path, "capacity"), min_size=capacity.min_size, max_size=capacity.max_size)
        yield from _architecture((*path, "capacity"), capacity.architecture, capacity.instance_types)
    if ecs.load_balancer is not None:
        balancer = ecs.load_balancer
        ways = [name for name in ("certificate_arn", "hosted_zone", "plain_http") if getattr(balancer, name)]
        if len(ways) != 1:
            yield Problem(
                path=(*path, "load_balancer"),
                value=ways,
                allowed="exactly one of certificate_arn, hosted_zone, or plain_http: true",
            )
        zone = balancer.hosted_zone
        if zone is not None and not f".{zone.record_name}".endswith(f".{zone.zone_name}"):
            yield Problem(
                path=(*path, "load_balancer", "hosted_zone", "record_name"),
                value=zone.record_name,
                allowed=f"{zone.zone_name} or a name below it",
            )
    if ecs.alarms.email_addresses and ecs.alarms.topic != "create":
        yield Problem(
            path=(*path, "alarms", "email_addresses"),
            value=list(ecs.alarms.email_addresses),
            allowed="none, unless topic is create: only a topic that is made here gets subscribers",
        )
    priorities: dict[int, str] = {}
    for name, service in ecs.services.items():
        service_path = (*path, "services", name)
        yield from _strategy(service_path, service, has_instances=ecs.capacity is not None)
        yield from _task(service_path, service)
        for container_name, container in service.containers.items():
            yield from _image((*service_path, "containers", container_name), container, environment)
            yield from _container((*service_path, "containers", container_name), container_name, service)
        yield from _routing(service_path, service, has_balancer=ecs.load_balancer is not None)
        if service.routing is not None:
            priority = ecs.listener_rule_priority(name)
            if priority in priorities:
                yield Problem(
                    path=(*service_path, "routing", "priority"),
                    value=priority,
                    allowed=f"another number from 1 to 50000: service {priorities[priority]} has this one",
                )
            priorities[priority] = name


def _strategy(path: KeyPath, service: ServiceSettings, *, has_instances: bool) -> Iterator[Problem]:
    path = (*path, "capacity_provider_strategy")
    shares = service.capacity_provider_strategy
    names = [share.capacity_provider for share in shares]
    if "EC2" in names and len(set(names)) > 1:
        yield Problem(path=path, value=names, allowed="Fargate providers only, or EC2 only; they cannot mix")
    if "EC2" in names and not has_instances:
        yield Problem(path=path, value=names, allowed="FARGATE or FARGATE_SPOT, unless ecs.capacity is there")
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(path=path, value=name, allowed="every capacity provider once")
    if sum(share.base > 0 for share in shares) > 1:
        yield Problem(path=path, value=[share.base for share in shares], allowed="a base on one provider only")
    if not any(share.weight for share in shares):
        yield Problem(path=path, value=[share.weight for share in shares], allowed="at least one weight above 0")


def _task(path: KeyPath, service: ServiceSettings) -> Iterator[Problem]:
    if not service.on_ec2:
        sizes = FARGATE_MEMORY_MIB.get(service.cpu_units)
        if sizes is None:
            allowed = f"one of {', '.join(map(str, FARGATE_MEMORY_MIB))} on Fargate"
            yield Problem(path=(*path, "cpu_units"), value=service.cpu_units, allowed=allowed)
        elif service.memory_mib not in sizes:
            allowed = f"with {service.cpu_units} cpu_units on Fargate one of {', '.join(map(str, sizes))}"
            yield Problem(path=(*path, "memory_mib"), value=service.memory_mib, allowed=allowed)
    if not any(container.essential for container in service.containers.values()):
        yield Problem(path=(*path, "containers"), value=list(service.containers), allowed="one essential container")
    if service.scaling is not None:
        scaling = service.scaling
        yield from _ordered((*path, "scaling"), min_tasks=scaling.min_tasks, max_tasks=scaling.max_tasks)
        if not (scaling.cpu_percent or scaling.memory_percent or scaling.requests_per_target):
            yield Problem(
                path=(*path, "scaling"),
                value=None,
                allowed="at least one of cpu_percent, memory_percent, requests_per_target",
            )
        if scaling.requests_per_target is not None and service.routing is None:
            yield Problem(
                path=(*path, "scaling", "requests_per_target"),
                value=scaling.requests_per_target,
                allowed="null, unless the service has routing",
            )


def _container(path: KeyPath, name: str, service: ServiceSettings) -> Iterator[Problem]:
    container = service.containers[name]
    if container.memory_mib is not None and container.memory_mib > service.memory_mib:
        yield Problem(
            path=(*path, "memory_mib"),
            value=container.memory_mib,
            allowed=f"at most the task's {service.memory_mib}",
        )
    if service.execute_command and container.read_only_root_filesystem:
        # "Monitor Amazon ECS containers with ECS Exec": the SSM agent writes to the container's file system.
        yield Problem(
            path=(*path, "read_only_root_filesystem"),
            value=True,
            allowed="false, because execute_command is true: ECS Exec writes into the container",
        )
    if set(container.environment) & set(container.secrets):
        both = sorted(set(container.environment) & set(container.secrets))
        yield Problem(path=(*path, "secrets"), value=both, allowed="names that are not in environment too")
    if container.health_check is not None and container.health_check.command[0] not in ("CMD", "CMD-SHELL"):
        yield Problem(
            path=(*path, "health_check", "command", 0),
            value=container.health_check.command[0],
            allowed="CMD or CMD-SHELL first",
        )
    for index, dependency in enumerate(container.depends_on):
        dependency_path = (*path, "depends_on", index)
        other = service.containers.get(dependency.container)
        if other is None or dependency.container == name:
            others = [key for key in service.containers if key != name]
            yield Problem(
                path=(*dependency_path, "container"),
                value=dependency.container,
                allowed=f"another container of the task: {', '.join(others) or 'there is none'}",
            )
        elif dependency.condition == "HEALTHY" and other.health_check is None:
            yield Problem(
                path=(*dependency_path, "condition"),
                value="HEALTHY",
                allowed="a container with a health_check",
            )
        elif dependency.condition in ("COMPLETE", "SUCCESS") and other.essential:
            yield Problem(
                path=(*dependency_path, "condition"),
                value=dependency.condition,
                allowed="a container with essential: false; the task would stop when an essential one ends",
            )


def _image(path: KeyPath, container: ContainerSettings, environment: Environment) -> Iterator[Problem]:
    first, slash, _ = container.image.partition("/")
    is_hostname = bool(slash) and ("." in first or ":" in first)
    repository = re.split(r"[:@]", container.image)[0]
    if not is_hostname and repository not in environment.registry.repositories:
        names = ", ".join(environment.registry.repositories) or "none yet"
        yield Problem(
            path=(*path, "image"),
            value=container.image,
            allowed=f"an image with its registry's host name, or one of registry.repositories ({names})",
        )


def _routing(path: KeyPath, service: ServiceSettings, *, has_balancer: bool) -> Iterator[Problem]:
    routing = service.routing
    if routing is None:
        return
    if not has_balancer:
        yield Problem(path=(*path, "routing"), value=None, allowed="no routing, unless ecs.load_balancer is there")
    if not 1 <= len(routing.path_patterns) + len(routing.host_headers) <= 5:
        # "Quotas for your Application Load Balancers": five condition values for each rule.
        yield Problem(
            path=(*path, "routing"),
            value=[*routing.host_headers, *routing.path_patterns],
            allowed="1 to 5 path_patterns and host_headers together",
        )
    listening = [name for name, container in service.containers.items() if container.port is not None]
    if len(listening) != 1:
        yield Problem(
            path=(*path, "containers"),
            value=listening,
            allowed="exactly one container with a port, for the load balancer to talk to",
        )
    for name in listening:
        container = service.containers[name]
        if routing.deregistration_delay_seconds >= container.stop_timeout_seconds:
            # The target must be out of the load balancer before the container is killed.
            yield Problem(
                path=(*path, "routing", "deregistration_delay_seconds"),
                value=routing.deregistration_delay_seconds,
                allowed=f"less than the stop_timeout_seconds of container {name}, {container.stop_timeout_seconds}",
            )


def _eks(environment: Environment, eks: EksSettings) -> Iterator[Problem]:
    path: KeyPath = ("eks",)
    if not eks.node_groups and not eks.fargate_profiles:
        yield Problem(path=path, value=None, allowed="node_groups, fargate_profiles, or both")
    yield from _endpoint((*path, "endpoint"), eks.endpoint)
    yield from _add_ons(path, eks)
    for name, group in eks.node_groups.items():
        group_path = (*path, "node_groups", name)
        yield from _ordered(
            group_path, min_size=group.min_size, desired_size=group.desired_size, max_size=group.max_size
        )
        yield from _architecture(group_path, group.architecture, group.instance_types)
    if eks.node_groups and not any(
        group.desired_size > 0 and all(taint.effect == "PREFER_NO_SCHEDULE" for taint in group.taints)
        for group in eks.node_groups.values()
    ):
        # EKS waits 20 minutes for CoreDNS and then fails the deployment.
        yield Problem(
            path=(*path, "node_groups"),
            value=list(eks.node_groups),
            allowed="at least one group with a desired_size above 0 and no taint, for CoreDNS to run on",
        )
    if environment.network.nat_gateways == "none":
        yield from _eks_without_internet(environment, eks)


def _endpoint(path: KeyPath, endpoint: EndpointSettings) -> Iterator[Problem]:
    public = [str(cidr) for cidr in endpoint.public_access_cidrs]
    private = [str(cidr) for cidr in endpoint.private_access_cidrs]
    if endpoint.access == "private" and public:
        yield Problem(path=(*path, "public_access_cidrs"), value=public, allowed="none, because access is private")
    if endpoint.access != "private" and not public:
        yield Problem(
            path=(*path, "public_access_cidrs"),
            value=public,
            allowed=f"at least one range, because access is {endpoint.access}: 0.0.0.0/0 for everyone",
        )
    if endpoint.access == "public" and private:
        yield Problem(path=(*path, "private_access_cidrs"), value=private, allowed="none, because access is public")


def _add_ons(path: KeyPath, eks: EksSettings) -> Iterator[Problem]:
    if eks.add_on_versions == "pinned" and eks.kubernetes_version not in PINNED_KUBERNETES_VERSIONS:
        yield Problem(
            path=(*path, "kubernetes_version"),
            value=eks.kubernetes_version,
            allowed=f"{' or '.join(PINNED_KUBERNETES_VERSIONS)}, for which add-on versions are pinned, or "
            "add_on_versions: default",
        )
    for index, name in enumerate(eks.add_ons or ()):
        if name != "metrics-server" and not eks.node_groups:
            # "Amazon EKS add-ons": neither runs on Fargate.
            yield Problem(path=(*path, "add_ons", index), value=name, allowed="metrics-server, without node_groups")


def _eks_without_internet(environment: Environment, eks: EksSettings) -> Iterator[Problem]:
    # "Deploy private clusters with limited internet access"; eks-auth is what the Pod Identity agent calls.
    missing = {"ec2", "eks-auth"} - set(environment.network.interface_endpoints)
    if eks.node_groups and missing:
        yield Problem(
            path=("network", "interface_endpoints"),
            value=list(environment.network.interface_endpoints),
            allowed=f"also {', '.join(sorted(missing))}, because nat_gateways is none and EKS has nodes",
        )
    if eks.endpoint.access == "public":
        yield Problem(
            path=("eks", "endpoint", "access"),
            value="public",
            allowed="private or public_and_private, because nat_gateways is none: nodes could not reach it",
        )


def _ordered(path: KeyPath, **sizes: int) -> Iterator[Problem]:
    names = list(sizes)
    for smaller, larger in pairwise(names):
        if sizes[smaller] > sizes[larger]:
            yield Problem(
                path=(*path, smaller),
                value=sizes[smaller],
                allowed=f"at most {larger}, which is {sizes[larger]}",
            )


def _architecture(path: KeyPath, architecture: str, instance_types: tuple[str, ...]) -> Iterator[Problem]:
    for index, instance_type in enumerate(instance_types):
        # "Amazon EC2 instance type naming conventions": a `g` after the generation is Graviton.
        family = instance_type.partition(".")[0]
        is_arm = family == "a1" or re.match(r"^[a-z]+[0-9]+g[a-z0-9-]*$", family) is not None
        if is_arm != (architecture == "arm64"):
            yield Problem(
                path=(*path, "instance_types", index),
                value=instance_type,
                allowed=f"a type of architecture {architecture}",
            )
