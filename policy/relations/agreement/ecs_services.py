"""A service, its task definition, its capacity and its target group agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from policy.relations.relation import Misfit, relation

FARGATE = ("FARGATE", "FARGATE_SPOT")


def containers(definition: Resource | None) -> dict[str, dict[str, object]]:
    """The containers of a task definition by name."""
    return {str(each.get("Name")): each for each in definition.list("ContainerDefinitions")} if definition else {}


def providers(service: Resource) -> list[str]:
    """The capacity providers of a service, resolved; for a launch type, its name."""
    named = [str(each.get("CapacityProvider")) for each in service.list("CapacityProviderStrategy")]
    return named or [str(service.get("LaunchType", "EC2"))]


def compatibility(graph: Graph, named: Sequence[str]) -> str:
    """What a task definition must require to run on capacity providers, which are of one kind."""
    found = [graph.find(name) for name in named]
    if any(provider is not None and provider.get("ManagedInstancesProvider") is not None for provider in found):
        return "MANAGED_INSTANCES"
    return "FARGATE" if any(name in FARGATE for name in named) else "EC2"


@relation("Use load balancing to distribute Amazon ECS service traffic; Troubleshooting service load balancers")
def service_names_a_port_of_its_container(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a service that names a container or a port that its task definition does not have."""
    for target in graph.load_balancing.targets:
        container = containers(graph.find(target.service.get("TaskDefinition"))).get(target.container_name)
        if container is None:
            finding = f"the task definition has no container {target.container_name}"
        else:
            mappings = container.get("PortMappings")
            ports = [each.get("ContainerPort") for each in mappings] if isinstance(mappings, list) else []
            if target.container_port in ports:
                continue
            finding = f"container {target.container_name} has the ports {ports}, not {target.container_port}"
        yield Misfit(resource=target.service, finding=finding, fix="name a container and a port of the task definition")


@relation("Target groups for your Application Load Balancers: target type; Amazon ECS task networking, awsvpc")
def target_group_takes_the_targets_of_its_service(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a target group that takes another kind of target, or that is in another VPC."""
    for target in graph.load_balancing.targets:
        definition = graph.find(target.service.get("TaskDefinition"))
        mode = definition.get("NetworkMode") if definition else None
        wanted = "ip" if mode == "awsvpc" else "instance"
        stated = target.target_group.get("TargetType", "instance")
        if mode is not None and stated != wanted:
            yield Misfit(
                resource=target.target_group,
                finding=f"TargetType is {stated}, but the network mode of the task is {mode}",
                fix=f"set TargetType to {wanted}",
            )
        for balancer in target.load_balancers:
            subnets = [graph.find(each) for each in balancer.list("Subnets")]
            vpcs = {subnet.get("VpcId") for subnet in subnets if subnet}
            if vpcs and target.target_group.get("VpcId") not in vpcs:
                yield Misfit(
                    resource=target.target_group,
                    finding="the target group is in another VPC than the load balancer",
                    fix="use the VPC of the load balancer",
                )


@relation("Amazon ECS capacity providers; RequiresCompatibilities, ECS API Reference")
def task_runs_on_the_capacity_of_its_service(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses to place a task on capacity that its definition is not made for, or that the cluster lacks."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition, named = graph.find(service.get("TaskDefinition")), providers(service)
        on_fargate = [name in FARGATE for name in named]
        if any(on_fargate) and not all(on_fargate):
            finding = "a strategy cannot mix Fargate with other capacity providers"
            yield Misfit(resource=service, finding=finding, fix="use one kind of capacity provider")
        managed = {str(name) for name in named if _is_managed(graph.find(name), service)}
        wanted = compatibility(graph, named)
        compatible = definition.list("RequiresCompatibilities") if definition else [wanted]
        if wanted not in compatible:
            yield Misfit(
                resource=service,
                finding=f"the service runs on {', '.join(named)}, and its task definition requires {compatible}",
                fix=f"set RequiresCompatibilities to {wanted}",
            )
        for association in graph.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
            if association.get("Cluster") == service.get("Cluster") and service.list("CapacityProviderStrategy"):
                have = set(map(str, association.list("CapacityProviders")))
                for name in sorted(set(named) - have - managed):
                    yield Misfit(
                        resource=association,
                        finding=f"service {service.logical_id} runs on {name}, which the cluster does not have",
                        fix="associate the capacity provider with the cluster",
                    )


def _is_managed(provider: Resource | None, service: Resource) -> bool:
    """Whether a capacity provider is of Managed Instances, which states its cluster itself."""
    return (
        provider is not None
        and provider.get("ManagedInstancesProvider") is not None
        and provider.get("ClusterName") == service.get("Cluster")
    )


@relation("Amazon ECS capacity providers: capacity provider strategy")
def strategy_has_one_base_and_some_weight(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses two bases, and a strategy without any weight places no task above the base."""
    for service in graph.of_type("AWS::ECS::Service"):
        strategy = service.list("CapacityProviderStrategy")
        bases = [each for each in strategy if int(each.get("Base", 0)) > 0]
        if len(bases) > 1:
            yield Misfit(resource=service, finding="two capacity providers have a base", fix="give one of them a base")
        if strategy and not any(int(each.get("Weight", 0)) > 0 for each in strategy):
            finding = "no capacity provider of the service has a weight above 0"
            yield Misfit(resource=service, finding=finding, fix="give at least one a weight")


@relation("Amazon ECS task definition parameters: dependsOn, volumes, logConfiguration")
def containers_of_a_task_know_each_other(graph: Graph) -> Iterator[Misfit]:
    """A task definition that names a container or a volume that it does not have is refused."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        known = containers(definition)
        volumes = {each.get("Name") for each in definition.list("Volumes")}
        for name, container in known.items():
            for dependency in _items(container, "DependsOn"):
                other = known.get(str(dependency.get("ContainerName")))
                if other is None or other is container:
                    finding = (
                        f"container {name} depends on {dependency.get('ContainerName')}, which is no other container"
                    )
                    yield Misfit(resource=definition, finding=finding, fix="name another container of the task")
                elif dependency.get("Condition") == "HEALTHY" and "HealthCheck" not in other:
                    finding = f"container {name} waits until {other.get('Name')} is healthy, which has no health check"
                    yield Misfit(resource=definition, finding=finding, fix="give it a health check, or wait for START")
                elif dependency.get("Condition") in ("SUCCESS", "COMPLETE") and other.get("Essential") is not False:
                    finding = f"container {name} waits for {other.get('Name')} to end, which is essential"
                    yield Misfit(resource=definition, finding=finding, fix="make it not essential")
            for mount in _items(container, "MountPoints"):
                if mount.get("SourceVolume") not in volumes:
                    finding = f"container {name} mounts {mount.get('SourceVolume')}, which is no volume of the task"
                    yield Misfit(resource=definition, finding=finding, fix="add the volume")
        if known and all(each.get("Essential") is False for each in known.values()):
            yield Misfit(resource=definition, finding="no container is essential", fix="make one of them essential")


def _items(container: dict[str, object], key: str) -> list[dict[str, object]]:
    value = container.get(key)
    return value if isinstance(value, list) else []


@relation("Amazon ECS task definition parameters: memory, memoryReservation, cpu")
def containers_fit_their_task(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a task whose containers ask for more than the task has."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        for key, unit in (("Memory", "MiB"), ("Cpu", "CPU units")):
            total = definition.get(key)
            parts = [
                each.get(key) or (each.get("MemoryReservation") if key == "Memory" else 0) or 0
                for each in definition.list("ContainerDefinitions")
            ]
            asked = sum(map(int, parts))
            if total is not None and asked > int(total):
                yield Misfit(
                    resource=definition,
                    finding=f"the task has {total} {unit}, and its containers ask for {asked}",
                    fix=f"raise {key} of the task, or lower that of the containers",
                )


@relation("Send Amazon ECS logs to CloudWatch: awslogs log driver options")
def container_logs_in_its_region(graph: Graph) -> Iterator[Misfit]:
    """The log driver looks for the log group in the Region that it is told, and the task does not start without it."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        for name, container in containers(definition).items():
            log = container.get("LogConfiguration")
            options = log.get("Options", {}) if isinstance(log, dict) and log.get("LogDriver") == "awslogs" else {}
            group = options.get("awslogs-group")
            if options and options.get("awslogs-region") != graph.region(definition.stack):
                yield Misfit(
                    resource=definition,
                    finding=f"container {name} logs to {options.get('awslogs-region')}, where its log group is not",
                    fix=f"set awslogs-region to {graph.region(definition.stack)}",
                )
            elif options and graph.find(group) is None and options.get("awslogs-create-group") != "true":
                yield Misfit(
                    resource=definition,
                    finding=f"container {name} logs to {group}, which nothing here creates",
                    fix="refer to a log group of the stack",
                )


@relation("Bootstrapping Amazon ECS Linux container instances: ECS_CLUSTER")
def instances_join_the_cluster_of_their_capacity(graph: Graph) -> Iterator[Misfit]:
    """Instances that register with another cluster, or with none, never run a task of this one."""
    for association in graph.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
        cluster = graph.find(association.get("Cluster"))
        for provider in filter(None, map(graph.find, association.list("CapacityProviders"))):
            group = graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))
            for template in launch_templates(graph, group) if group else ():
                data = str(template.get("LaunchTemplateData.UserData", ""))
                names = [cluster.reference, f"{cluster.get('ClusterName')}"] if cluster else []
                forms = ("ECS_CLUSTER={}", 'cluster = "{}"', "-Cluster '{}'")
                if names and not any(form.format(name) in data for name in names for form in forms):
                    yield Misfit(
                        resource=template,
                        finding=f"the user data does not name {cluster.logical_id if cluster else ''} as ECS_CLUSTER",
                        fix="name the cluster that has the capacity provider",
                    )


@relation("Balancing an Amazon ECS service across Availability Zones: considerations")
def zone_rebalancing_spreads_over_zones(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses zone rebalancing unless tasks spread over zones first, and one may be added."""
    for service in graph.of_type("AWS::ECS::Service"):
        if service.get("AvailabilityZoneRebalancing") != "ENABLED":
            continue
        strategies = service.list("PlacementStrategies")
        first = (strategies[0].get("Type"), strategies[0].get("Field")) if strategies else None
        if first is not None and first != ("spread", "attribute:ecs.availability-zone"):
            finding = f"the first placement strategy is {' by '.join(map(str, first))}"
            yield Misfit(resource=service, finding=finding, fix="spread over attribute:ecs.availability-zone first")
        if int(service.get("DeploymentConfiguration.MaximumPercent", 200)) <= 100:
            finding = "MaximumPercent is 100 or less, and a task is moved by starting another"
            yield Misfit(resource=service, finding=finding, fix="raise MaximumPercent above 100")
