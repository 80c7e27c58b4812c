"""Rules of the ECS cluster, its load balancer and its services."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from settings.facts import instance_types
from settings.rules.compute import (
    accelerated_types,
    several_types_on_spot,
    types_are_known,
    types_are_of_the_architecture,
)
from settings.rules.rule import rule
from settings.rules.values import values_ascend, values_come_once
from settings.ecs import FARGATE_MEMORY_MIB, CapacitySettings, ContainerSettings, RoutingSettings, ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem

Service = tuple[KeyPath, ServiceSettings]
Container = tuple[KeyPath, str, ContainerSettings, ServiceSettings]
CPU_UNITS_OF_A_VCPU = 1024
# An instance offers ECS what the kernel and the agents leave, and AWS publishes no figure by type: an m4.large
# registers 7,985 of 8,192 MiB, and 5 % more are better left free (AWS Batch User Guide, "Compute resource memory
# management" and "Reserve system memory"). Small types lose a larger share; so this is a cautious one of ours.
SHARE_OF_MEMORY_FOR_TASKS = 0.9
SECRET_NAMES = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
# ECS and the SDKs know these whatever they hold: Security Hub control ECS.8.
KEY_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA")
SECRET_VALUES = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{36}|://[^/\s:]+:[^/\s@]+@"
)


def _capacities(environment: Environment) -> Iterator[CapacitySettings]:
    """The cluster's instances, if it has any."""
    if environment.ecs is not None and environment.ecs.capacity is not None:
        yield environment.ecs.capacity


def _services(environment: Environment) -> Iterator[Service]:
    for name, service in (environment.ecs.services if environment.ecs else {}).items():
        yield ("ecs", "services", name), service


def _containers(environment: Environment) -> Iterator[Container]:
    for path, service in _services(environment):
        for name, container in service.containers.items():
            yield (*path, "containers", name), name, container, service


@rule("CreateAutoScalingGroup, Amazon EC2 Auto Scaling API Reference")
def capacity_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """Auto Scaling refuses a group whose smallest size is above its largest."""
    for capacity in _capacities(environment):
        yield from values_ascend(("ecs", "capacity"), min_size=capacity.min_size, max_size=capacity.max_size)


@rule("Amazon EC2 instance types; environments/aws_facts.json")
def capacity_types_are_known(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses to launch a type that it does not have, and the group then stays empty."""
    for capacity in _capacities(environment):
        yield from types_are_known(("ecs", "capacity"), capacity.instance_types)


@rule("Amazon EC2 instance types; environments/aws_facts.json")
def capacity_types_are_of_the_architecture(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses to launch an image on a processor of another architecture, and the group then stays empty."""
    for capacity in _capacities(environment):
        yield from types_are_of_the_architecture(("ecs", "capacity"), capacity.architecture, capacity.instance_types)


@rule("Amazon ECS-optimized Linux AMIs; docs/adr/0009")
def capacity_types_have_no_accelerator(environment: Environment) -> Iterator[Problem]:
    """The image has no drivers for GPUs or Neuron devices, which would be paid for and not used."""
    for capacity in _capacities(environment):
        yield from accelerated_types(("ecs", "capacity"), capacity.instance_types)


@rule("Best practices for Amazon EC2 Spot")
def capacity_on_spot_has_several_types(environment: Environment) -> Iterator[Problem]:
    """Spot capacity of one type runs out, and then no instance starts."""
    for capacity in _capacities(environment):
        if capacity.on_demand_percent_above_base < 100:
            yield from several_types_on_spot(("ecs", "capacity"), capacity.instance_types)


@rule("Best practices for Amazon EC2 Spot")
def capacity_type_comes_once(environment: Environment) -> Iterator[Problem]:
    """A type that is there twice is one choice less than it seems."""
    for capacity in _capacities(environment):
        yield from values_come_once(("ecs", "capacity", "instance_types"), capacity.instance_types, called="type")


@rule("Listeners for your Application Load Balancers")
def load_balancer_serves_in_one_way(environment: Environment) -> Iterator[Problem]:
    """A listener has one protocol, and plain HTTP is not chosen by leaving something out."""
    if environment.ecs is None or environment.ecs.load_balancer is None:
        return
    balancer = environment.ecs.load_balancer
    ways = [name for name in ("certificate_arn", "hosted_zone", "plain_http") if getattr(balancer, name)]
    if len(ways) != 1:
        yield Problem(
            path=("ecs", "load_balancer"),
            value=ways,
            allowed="exactly one of certificate_arn, hosted_zone, or plain_http: true",
        )


@rule("DNS validation, AWS Certificate Manager User Guide")
def record_is_in_the_zone(environment: Environment) -> Iterator[Problem]:
    """Route 53 refuses the record, and the certificate would wait for its validation for hours."""
    if environment.ecs is None or environment.ecs.load_balancer is None:
        return
    zone = environment.ecs.load_balancer.hosted_zone
    if zone is not None and not f".{zone.record_name}".endswith(f".{zone.zone_name}"):
        yield Problem(
            path=("ecs", "load_balancer", "hosted_zone", "record_name"),
            value=zone.record_name,
            allowed=f"{zone.zone_name} or a name below it",
        )


@rule("Create an Application Load Balancer")
def arns_are_of_the_region(environment: Environment) -> Iterator[Problem]:
    """A load balancer takes certificates of its own Region only, and alarms topics of theirs."""
    if environment.ecs is None:
        return
    balancer, topic = environment.ecs.load_balancer, environment.ecs.alarms.topic
    given = {
        ("ecs", "load_balancer", "certificate_arn"): balancer.certificate_arn if balancer else None,
        ("ecs", "alarms", "topic"): topic if topic.startswith("arn:") else None,
    }
    for path, arn in given.items():
        if arn is not None and arn.split(":")[3] != environment.region:
            yield Problem(path=path, value=arn, allowed=f"an ARN of region {environment.region}")


@rule("Subscribe, Amazon SNS API Reference")
def subscribers_have_a_topic(environment: Environment) -> Iterator[Problem]:
    """Only a topic that is made here gets subscribers here."""
    if environment.ecs is None:
        return
    alarms = environment.ecs.alarms
    if alarms.email_addresses and alarms.topic != "create":
        yield Problem(
            path=("ecs", "alarms", "email_addresses"),
            value=list(alarms.email_addresses),
            allowed="none, unless topic is create",
        )


@rule("Subscribe, Amazon SNS API Reference")
def subscriber_comes_once(environment: Environment) -> Iterator[Problem]:
    """SNS has one subscription for each address, and the CDK refuses a second one."""
    addresses = environment.ecs.alarms.email_addresses if environment.ecs else ()
    yield from values_come_once(("ecs", "alarms", "email_addresses"), addresses, called="address")


@rule("Amazon ECS capacity providers, considerations")
def strategy_does_not_mix_fargate_and_ec2(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a strategy with both kinds of capacity providers."""
    for path, service in _services(environment):
        names = [share.capacity_provider for share in service.capacity_provider_strategy]
        if "EC2" in names and set(names) != {"EC2"}:
            yield Problem(
                path=(*path, "capacity_provider_strategy"), value=names, allowed="Fargate providers only, or EC2 only"
            )


@rule("Amazon ECS capacity providers, considerations")
def strategy_names_capacity_that_is_there(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a capacity provider that the cluster does not have."""
    for path, service in _services(environment):
        if service.on_ec2 and not any(_capacities(environment)):
            names = [share.capacity_provider for share in service.capacity_provider_strategy]
            yield Problem(
                path=(*path, "capacity_provider_strategy"),
                value=names,
                allowed="FARGATE or FARGATE_SPOT, unless ecs.capacity is there",
            )


@rule("CapacityProviderStrategyItem, Amazon ECS API Reference")
def strategy_names_a_provider_once(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a capacity provider that comes twice."""
    for path, service in _services(environment):
        counts = Counter(share.capacity_provider for share in service.capacity_provider_strategy)
        for name, count in counts.items():
            if count > 1:
                yield Problem(
                    path=(*path, "capacity_provider_strategy"), value=name, allowed="every capacity provider once"
                )


@rule("CapacityProviderStrategyItem, Amazon ECS API Reference")
def strategy_has_one_base(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a strategy with a base on several capacity providers."""
    for path, service in _services(environment):
        bases = [share.base for share in service.capacity_provider_strategy]
        if sum(base > 0 for base in bases) > 1:
            yield Problem(
                path=(*path, "capacity_provider_strategy"), value=bases, allowed="a base on one provider only"
            )


@rule("CapacityProviderStrategyItem, Amazon ECS API Reference")
def strategy_has_some_weight(environment: Environment) -> Iterator[Problem]:
    """With all weights zero, ECS places no task above the base."""
    for path, service in _services(environment):
        weights = [share.weight for share in service.capacity_provider_strategy]
        if not any(weights):
            yield Problem(
                path=(*path, "capacity_provider_strategy"), value=weights, allowed="at least one weight above 0"
            )


@rule("Amazon ECS-optimized Linux AMIs")
def task_is_of_the_architecture_of_its_hosts(environment: Environment) -> Iterator[Problem]:
    """ECS finds no host for a task of another architecture, and waits."""
    hosts = [capacity.architecture for capacity in _capacities(environment)]
    for path, service in _services(environment):
        if service.on_ec2 and hosts and service.architecture not in hosts:
            yield Problem(
                path=(*path, "architecture"), value=service.architecture, allowed=f"{hosts[0]}, as ecs.capacity has"
            )


@rule("Reserving Amazon ECS Linux container instance memory")
def task_fits_its_hosts(environment: Environment) -> Iterator[Problem]:
    """ECS would start instance after instance, none of which can hold the task."""
    known = instance_types()
    names = [name for capacity in _capacities(environment) for name in capacity.instance_types]
    hosts = [(name, known[name]) for name in names if name in known]
    for path, service in _services(environment):
        if not service.on_ec2:
            continue
        for name, host in hosts:
            for key, value, room in (
                ("cpu_units", service.cpu_units, host.vcpus * CPU_UNITS_OF_A_VCPU),
                ("memory_mib", service.memory_mib, int(host.memory_mib * SHARE_OF_MEMORY_FOR_TASKS)),
            ):
                if value > room:
                    allowed = f"at most {room}, what a {name} has for tasks; or larger ecs.capacity.instance_types"
                    yield Problem(path=(*path, key), value=value, allowed=allowed)


@rule("Fargate task definition differences, task CPU and memory; 32 vCPU: What's New 2026-06-05")
def task_is_of_a_size_that_fargate_has(environment: Environment) -> Iterator[Problem]:
    """Fargate refuses other combinations when the task definition is registered."""
    for path, service in _services(environment):
        if service.on_ec2:
            continue
        sizes = FARGATE_MEMORY_MIB.get(service.cpu_units)
        if sizes is None:
            allowed = f"one of {', '.join(map(str, FARGATE_MEMORY_MIB))} on Fargate"
            yield Problem(path=(*path, "cpu_units"), value=service.cpu_units, allowed=allowed)
        elif service.memory_mib not in sizes:
            allowed = f"with {service.cpu_units} cpu_units on Fargate one of {', '.join(map(str, sizes))}"
            yield Problem(path=(*path, "memory_mib"), value=service.memory_mib, allowed=allowed)


@rule("Security Hub control IAM.21")
def statement_names_what_of_a_service_it_allows(environment: Environment) -> Iterator[Problem]:
    """With all actions of a service, a program could also delete and give away what it should only use."""
    for path, service in _services(environment):
        for index, statement in enumerate(service.task_role_statements):
            for place, action in enumerate(statement.actions):
                if action.partition(":")[2].strip("*") == "":
                    yield Problem(
                        path=(*path, "task_role_statements", index, "actions", place),
                        value=action,
                        allowed="the actions that the program needs, such as s3:GetObject or s3:Get*",
                    )


@rule("Task definition parameters, essential")
def task_has_an_essential_container(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a task without an essential container."""
    for path, service in _services(environment):
        if not any(container.essential for container in service.containers.values()):
            yield Problem(path=(*path, "containers"), value=list(service.containers), allowed="one essential container")


@rule("RegisterScalableTarget, Application Auto Scaling API Reference")
def scaling_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses bounds in the wrong order."""
    for path, service in _services(environment):
        if service.scaling is not None:
            scaling = service.scaling
            yield from values_ascend((*path, "scaling"), min_tasks=scaling.min_tasks, max_tasks=scaling.max_tasks)


@rule("Target tracking scaling policies, Application Auto Scaling")
def scaling_follows_something(environment: Environment) -> Iterator[Problem]:
    """Without a metric, the number of tasks never changes."""
    for path, service in _services(environment):
        scaling = service.scaling
        if scaling and not (scaling.cpu_percent or scaling.memory_percent or scaling.requests_per_target):
            yield Problem(
                path=(*path, "scaling"),
                value=None,
                allowed="at least one of cpu_percent, memory_percent, requests_per_target",
            )


@rule("ALBRequestCountPerTarget, PredefinedMetricSpecification, Application Auto Scaling API Reference")
def scaling_on_requests_has_routing(environment: Environment) -> Iterator[Problem]:
    """Without a target group, no requests are counted."""
    for path, service in _services(environment):
        if service.scaling and service.scaling.requests_per_target is not None and service.routing is None:
            yield Problem(
                path=(*path, "scaling", "requests_per_target"),
                value=service.scaling.requests_per_target,
                allowed="null, unless the service has routing",
            )


@rule("aws-cdk issues 3919 and 11299")
def scaling_decides_alone(environment: Environment) -> Iterator[Problem]:
    """A desired count beside scaling would undo, at each deployment, what scaling has decided."""
    for path, service in _services(environment):
        if service.scaling is not None and "desired_tasks" in service.model_fields_set:
            yield Problem(
                path=(*path, "desired_tasks"), value=service.desired_tasks, allowed="no such key, beside scaling"
            )


@rule("Task definition parameters, memory")
def containers_fit_their_task(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a task whose containers together are allowed more memory than it has."""
    for path, service in _services(environment):
        limits = {name: each.memory_mib for name, each in service.containers.items() if each.memory_mib is not None}
        if sum(limits.values()) > service.memory_mib:
            largest = max(limits, key=lambda name: limits[name])
            others = sum(limits.values()) - limits[largest]
            yield Problem(
                path=(*path, "containers", largest, "memory_mib"),
                value=limits[largest],
                allowed=f"at most {service.memory_mib - others}: the task has {service.memory_mib}"
                + (f", and the other containers {others} of it" if others else ""),
            )


@rule("Task networking with the awsvpc network mode")
def containers_have_ports_of_their_own(environment: Environment) -> Iterator[Problem]:
    """The containers of a task share one network interface; the second could not listen."""
    for path, service in _services(environment):
        takers: dict[int, str] = {}
        for name, container in service.containers.items():
            if container.port is None:
                continue
            if container.port in takers:
                yield Problem(
                    path=(*path, "containers", name, "port"),
                    value=container.port,
                    allowed=f"another port than that of container {takers[container.port]}",
                )
            takers[container.port] = name


@rule("Monitor Amazon ECS containers with ECS Exec")
def exec_writes_into_the_container(environment: Environment) -> Iterator[Problem]:
    """The SSM agent of ECS Exec writes to the container's file system, or the session does not open."""
    for path, _, container, service in _containers(environment):
        if service.execute_command and container.read_only_root_filesystem:
            yield Problem(
                path=(*path, "read_only_root_filesystem"),
                value=True,
                allowed="false, because execute_command is true",
            )


@rule("Task definition parameters, secrets")
def variable_is_plain_or_secret(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a variable that is both."""
    for path, _, container, _ in _containers(environment):
        both = sorted(set(container.environment) & set(container.secrets))
        if both:
            yield Problem(path=(*path, "secrets"), value=both, allowed="names that are not in environment too")


@rule("Security Hub control ECS.8; Pass sensitive data to an Amazon ECS container")
def secret_is_not_a_literal(environment: Environment) -> Iterator[Problem]:
    """Everyone who may describe the task definition would read it, and so would every copy of this file."""
    for path, _, container, _ in _containers(environment):
        for name, value in container.environment.items():
            if name in KEY_NAMES or SECRET_VALUES.search(value) or (SECRET_NAMES.search(name) and value):
                yield Problem(
                    path=(*path, "environment", name),
                    value="(not shown)",
                    allowed="an entry of secrets: the ARN of a Secrets Manager secret or an SSM parameter",
                )


@rule("Pass Secrets Manager secrets through environment variables")
def secret_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """The execution role reads secrets in the task's Region; the task would not start."""
    for path, _, container, _ in _containers(environment):
        for name, arn in container.secrets.items():
            if arn.split(":")[3] != environment.region:
                yield Problem(
                    path=(*path, "secrets", name), value=arn, allowed=f"an ARN of region {environment.region}"
                )


@rule("Pass Secrets Manager secrets through environment variables")
def key_of_secrets_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """A key opens what is in its own Region only; the task would not start."""
    for path, service in _services(environment):
        for index, arn in enumerate(service.secret_key_arns):
            if arn.split(":")[3] != environment.region:
                yield Problem(
                    path=(*path, "secret_key_arns", index), value=arn, allowed=f"an ARN of region {environment.region}"
                )


@rule("HealthCheck, Amazon ECS API Reference")
def health_check_says_how_it_runs(environment: Environment) -> Iterator[Problem]:
    """ECS takes the first word as the way to run the others; any other word fails every check."""
    for path, _, container, _ in _containers(environment):
        check = container.health_check
        if check is not None and check.command[0] not in ("CMD", "CMD-SHELL"):
            yield Problem(
                path=(*path, "health_check", "command", 0), value=check.command[0], allowed="CMD or CMD-SHELL first"
            )


@rule("HealthCheck, Amazon ECS API Reference")
def health_check_ends_before_the_next(environment: Environment) -> Iterator[Problem]:
    """A check that may take longer than the interval says the container is well long after it is not."""
    for path, _, container, _ in _containers(environment):
        check = container.health_check
        if check is not None and check.timeout_seconds > check.interval_seconds:
            yield Problem(
                path=(*path, "health_check", "timeout_seconds"),
                value=check.timeout_seconds,
                allowed=f"at most interval_seconds, which is {check.interval_seconds}",
            )


@rule("ContainerDependency, Amazon ECS API Reference")
def dependency_exists(environment: Environment) -> Iterator[Problem]:
    """ECS refuses a dependency on a container that the task does not have."""
    for path, name, container, service in _containers(environment):
        for index, dependency in enumerate(container.depends_on):
            if dependency.container not in service.containers or dependency.container == name:
                others = [key for key in service.containers if key != name]
                yield Problem(
                    path=(*path, "depends_on", index, "container"),
                    value=dependency.container,
                    allowed=f"another container of the task: {', '.join(others) or 'there is none'}",
                )


@rule("ContainerDependency, Amazon ECS API Reference")
def dependencies_make_no_circle(environment: Environment) -> Iterator[Problem]:
    """Each would wait for the other, and ECS refuses the task."""
    for path, name, container, service in _containers(environment):
        for index, dependency in enumerate(container.depends_on):
            # Said once for each circle, at its first container in the file.
            if dependency.container != name and name in _waits_for(service, dependency.container):
                circle = _waits_for(service, name)
                if name == min(circle, key=list(service.containers).index):
                    yield Problem(
                        path=(*path, "depends_on", index, "container"),
                        value=dependency.container,
                        allowed=f"a container that does not itself wait for {name}",
                    )


def _waits_for(service: ServiceSettings, name: str) -> set[str]:
    """Every container that this one waits for, also through others."""
    found: set[str] = set()
    todo = [name]
    while todo:
        container = service.containers.get(todo.pop())
        for dependency in container.depends_on if container else ():
            if dependency.container not in found and dependency.container in service.containers:
                found.add(dependency.container)
                todo.append(dependency.container)
    return found


@rule("ContainerDependency, Amazon ECS API Reference")
def dependency_on_health_has_a_health_check(environment: Environment) -> Iterator[Problem]:
    """ECS refuses to wait for the health of a container that has no check."""
    for path, name, container, service in _containers(environment):
        for index, dependency in enumerate(container.depends_on):
            other = service.containers.get(dependency.container)
            if other and dependency.container != name and dependency.condition == "HEALTHY" and not other.health_check:
                yield Problem(
                    path=(*path, "depends_on", index, "condition"),
                    value="HEALTHY",
                    allowed="another condition, or a health_check for that container",
                )


@rule("ContainerDependency, Amazon ECS API Reference")
def dependency_on_an_end_is_not_essential(environment: Environment) -> Iterator[Problem]:
    """The task stops when an essential container ends; ECS refuses to wait for that."""
    for path, name, container, service in _containers(environment):
        for index, dependency in enumerate(container.depends_on):
            other = service.containers.get(dependency.container)
            ends = dependency.condition in ("COMPLETE", "SUCCESS")
            if other and dependency.container != name and ends and other.essential:
                yield Problem(
                    path=(*path, "depends_on", index, "condition"),
                    value=dependency.condition,
                    allowed="a container with essential: false",
                )


@rule("Bind mounts, Amazon ECS Developer Guide")
def writable_path_comes_once(environment: Environment) -> Iterator[Problem]:
    """ECS refuses two mounts at one place of a container."""
    for path, _, container, _ in _containers(environment):
        paths = [each.rstrip("/") for each in container.writable_paths]
        yield from values_come_once((*path, "writable_paths"), paths, called="path")


@rule("docs/adr/0007: services share a load balancer")
def routing_has_a_load_balancer(environment: Environment) -> Iterator[Problem]:
    """There would be nothing to route from."""
    for path, service in _services(environment):
        if service.routing is not None and environment.ecs is not None and environment.ecs.load_balancer is None:
            yield Problem(path=(*path, "routing"), value=None, allowed="no routing, unless ecs.load_balancer is there")


@rule("Quotas for your Application Load Balancers")
def routing_has_one_to_five_values(environment: Environment) -> Iterator[Problem]:
    """A listener rule has at most five condition values, and without any it would take every request."""
    for path, service in _services(environment):
        routing = service.routing
        if routing is not None and not 1 <= len(routing.path_patterns) + len(routing.host_headers) <= 5:
            yield Problem(
                path=(*path, "routing"),
                value=[*routing.host_headers, *routing.path_patterns],
                allowed="1 to 5 path_patterns and host_headers together",
            )


@rule("PathPatternConditionConfig, Elastic Load Balancing API Reference")
def routing_value_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a condition that has one value twice."""
    for path, service in _services(environment):
        if service.routing is not None:
            routing = (*path, "routing")
            yield from values_come_once((*routing, "path_patterns"), service.routing.path_patterns, called="path")
            yield from values_come_once((*routing, "host_headers"), service.routing.host_headers, called="host")


@rule("docs/adr/0007: services share a load balancer")
def routing_has_one_container_to_talk_to(environment: Environment) -> Iterator[Problem]:
    """A target is one port of one container."""
    for path, service in _services(environment):
        listening = [name for name, container in service.containers.items() if container.port is not None]
        if service.routing is not None and len(listening) != 1:
            yield Problem(
                path=(*path, "containers"),
                value=listening,
                allowed="exactly one container with a port, for the load balancer to talk to",
            )


@rule("Optimize load balancer connection draining parameters for Amazon ECS")
def target_leaves_before_its_container_is_killed(environment: Environment) -> Iterator[Problem]:
    """Requests that the load balancer still sends to a killed container fail."""
    for path, service in _services(environment):
        routing = service.routing
        listening = [(name, each) for name, each in service.containers.items() if each.port is not None]
        if routing is None or len(listening) != 1:
            continue
        name, container = listening[0]
        if routing.deregistration_delay_seconds >= container.stop_timeout_seconds:
            yield Problem(
                path=(*path, "routing", "deregistration_delay_seconds"),
                value=routing.deregistration_delay_seconds,
                allowed=f"less than the stop_timeout_seconds of container {name}, {container.stop_timeout_seconds}",
            )


@rule("Listener rules for your Application Load Balancer, rule priority")
def priority_is_taken_once(environment: Environment) -> Iterator[Problem]:
    """The load balancer refuses two rules of one priority."""
    priorities: dict[int, str] = {}
    for path, service in _services(environment):
        if service.routing is None or environment.ecs is None:
            continue
        name = str(path[-1])
        priority = environment.ecs.listener_rule_priority(name)
        if priority in priorities:
            yield Problem(
                path=(*path, "routing", "priority"),
                value=priority,
                allowed=f"another number from 1 to 50000: service {priorities[priority]} has this one",
            )
        priorities[priority] = name


@rule("Listener rules for your Application Load Balancer, rule conditions")
def request_has_one_service(environment: Environment) -> Iterator[Problem]:
    """The rule that is asked first would take every request, and the other service would get none."""
    routed = [(path, service.routing) for path, service in _services(environment) if service.routing is not None]
    for (first_path, first), (path, second) in combinations(routed, 2):
        for index, pattern in enumerate(second.path_patterns):
            if pattern in first.path_patterns and _share_a_host(first, second):
                yield Problem(
                    path=(*path, "routing", "path_patterns", index),
                    value=pattern,
                    allowed=f"a path or a host that service {first_path[-1]} does not have",
                )
        if not first.path_patterns and not second.path_patterns:
            for index, host in enumerate(second.host_headers):
                if host in first.host_headers:
                    yield Problem(
                        path=(*path, "routing", "host_headers", index),
                        value=host,
                        allowed=f"a host that service {first_path[-1]} does not have, or path_patterns",
                    )


def _share_a_host(first: RoutingSettings, second: RoutingSettings) -> bool:
    if not first.host_headers and not second.host_headers:
        return True
    return bool(set(first.host_headers) & set(second.host_headers))
