"""What rules are about: tasks, containers, capacity, nodes and instances of an environment, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from reference_constructs.compute.instance_options import InstanceOptions
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.sidecar_options import SidecarOptions, default_image
from reference_constructs.ecs.volume_options import VolumeOptions
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.node_options import Capability, InstanceNodeOptions
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions
from reference_constructs.security.policy_statement_options import PolicyStatementOptions
from settings.ecs import (
    ContainerSettings,
    ScheduledTaskSettings,
    ServiceSettings,
    TaskSettings,
)
from settings.eks import EksSettings
from settings.environment import Environment
from settings.policies import policies
from settings.problems import KeyPath
from settings.rules.capacity_subjects import capacity, capacity_of

_Volume = TypeVar("_Volume", bound=VolumeOptions)


def tasks(environment: Environment) -> Iterator[tuple[KeyPath, TaskSettings]]:
    """Every task, whatever runs it."""
    if environment.ecs is not None:
        yield from environment.ecs.tasks()


def private_tasks(environment: Environment) -> Iterator[tuple[KeyPath, TaskSettings]]:
    """Every task that runs in the private subnets, and has only their way to the internet."""
    if environment.ecs is not None:
        yield from environment.ecs.private_tasks()


def statements(environment: Environment) -> Iterator[tuple[KeyPath, PolicyStatementOptions]]:
    """Every statement of an IAM policy that the file states."""
    for path, stated in policies(environment):
        for index, statement in enumerate(stated):
            yield (*path, index), statement


def containers(environment: Environment) -> Iterator[tuple[KeyPath, ContainerSettings, TaskSettings]]:
    """Every container, with its task."""
    for path, task in tasks(environment):
        for name, container in task.containers.items():
            yield (*path, "containers", name), container, task


def sidecars(environment: Environment) -> Iterator[tuple[KeyPath, SidecarOptions, TaskSettings]]:
    """The log router and every sidecar, with its task; the last part of its path is the name of its container."""
    for path, task in tasks(environment):
        if task.log_router is not None:
            yield (*path, "log_router"), task.log_router, task
        for name in type(task.sidecars).model_fields:
            if (sidecar := getattr(task.sidecars, name)) is not None:
                yield (*path, "sidecars", name), sidecar, task


def volumes(environment: Environment, kind: type[_Volume]) -> Iterator[tuple[KeyPath, _Volume, TaskSettings]]:
    """Every volume of a kind, with its task."""
    for path, task in tasks(environment):
        for name, volume in task.volumes.items():
            # To ask for the kind ends a rule at a volume of an unknown one (`settings/unknown.py`).
            if not volume.kind:
                continue
            if isinstance(volume, kind):
                yield (*path, "volumes", name), volume, task


def images(environment: Environment) -> Iterator[tuple[KeyPath, str, TaskSettings]]:
    """Every image that a task is pulled from, with its place and its task; that of a sidecar may be its default."""
    for path, container, task in containers(environment):
        yield (*path, "image"), container.image, task
    for path, sidecar, task in sidecars(environment):
        yield (*path, "image"), sidecar.image or default_image(sidecar), task


def container_commands(container: ContainerSettings) -> Iterator[tuple[KeyPath, str]]:
    """Every text that the container runs, with its place in the container."""
    commands: dict[KeyPath, tuple[str, ...]] = {
        ("entry_point",): container.entry_point,
        ("command",): container.command,
    }
    if container.health_check is not None:
        commands["health_check", "command"] = container.health_check.command
    for path, command in commands.items():
        for index, text in enumerate(command):
            yield (*path, index), text


def services(environment: Environment) -> Iterator[tuple[KeyPath, ServiceSettings]]:
    """Every service."""
    for name, service in (environment.ecs.services if environment.ecs else {}).items():
        yield ("ecs", "services", name), service


def scheduled_tasks(environment: Environment) -> Iterator[tuple[KeyPath, ScheduledTaskSettings]]:
    """Every scheduled task."""
    for name, task in (environment.ecs.scheduled_tasks if environment.ecs else {}).items():
        yield ("ecs", "scheduled_tasks", name), task


def capacity_groups(environment: Environment) -> Iterator[tuple[KeyPath, Ec2CapacityOptions]]:
    """Every Auto Scaling group of the ECS cluster."""
    for path, each in capacity(environment):
        if isinstance(each, Ec2CapacityOptions):
            yield path, each


def groups_of(environment: Environment, task: TaskSettings) -> dict[str, Ec2CapacityOptions]:
    """The Auto Scaling groups that a task can be placed on, by name."""
    found = capacity_of(environment, task)
    return {name: each for name, each in found.items() if isinstance(each, Ec2CapacityOptions)}


def local_cluster(environment: Environment) -> EksSettings | None:
    """The EKS cluster, if its control plane is on an AWS Outpost."""
    return environment.eks if environment.eks is not None and environment.eks.outpost is not None else None


def nodes(environment: Environment) -> Iterator[tuple[KeyPath, AnyNodeOptions]]:
    """Where pods of the EKS cluster run, of every kind."""
    for name, node in (environment.eks.nodes if environment.eks else {}).items():
        # To ask for the kind ends a rule at nodes of an unknown one (`settings/unknown.py`), before it takes them for
        # nodes of another.
        if node.kind:
            yield ("eks", "nodes", name), node


def instance_nodes(environment: Environment) -> Iterator[tuple[KeyPath, InstanceNodeOptions]]:
    """The nodes that are EC2 instances."""
    for path, node in nodes(environment):
        if isinstance(node, InstanceNodeOptions):
            yield path, node


def node_pools(environment: Environment) -> Iterator[tuple[KeyPath, str, NodePoolOptions]]:
    """Every node pool of EKS Auto Mode and of Karpenter, with its name."""
    for path, node in nodes(environment):
        for name, pool in (node.node_pools if isinstance(node, AutoModeOptions | KarpenterOptions) else {}).items():
            yield (*path, "node_pools", name), name, pool


def managed_node_groups(environment: Environment) -> Iterator[tuple[KeyPath, ManagedNodeGroupOptions]]:
    """The nodes that Amazon EKS creates, with the limits of its API."""
    for path, node in nodes(environment):
        if isinstance(node, ManagedNodeGroupOptions):
            yield path, node


def instances(environment: Environment) -> Iterator[tuple[KeyPath, InstanceOptions]]:
    """Whatever starts EC2 instances of types that the file lists, for ECS and for EKS."""
    for path, group in capacity_groups(environment):
        if group.instance_requirements is None:
            yield path, group
    yield from instance_nodes(environment)


def some_node_supports(environment: Environment, capability: Capability) -> bool:
    """Whether pods have it on any node of the EKS cluster."""
    return any(capability in node.capabilities for _, node in nodes(environment))
