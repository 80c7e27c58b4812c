"""Rules of GPUs and Neuron devices of ECS containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts import instance_types
from reference_constructs.compute.instance_options import Accelerator
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.matching_types import types_of
from settings.problems import KeyPath, Problem
from settings.rules.capacity_subjects import capacity_of, managed_instances_of
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import groups_of, tasks

_NEURON: Final = "Amazon ECS task definitions for AWS Neuron machine learning workloads"
_KEYS: Final = (*task_keys("capacity_provider_strategy"), "ecs.capacity.<name>.accelerator")


@rule("Amazon ECS task definitions for GPU workloads", keys=(*container_keys("gpus"), *_KEYS))
def gpus_are_on_capacity_with_gpus(environment: Environment) -> Iterator[Problem]:
    """Fargate has no GPUs, and Amazon ECS never places a container that reserves one where there is none."""
    for path, task in tasks(environment):
        for name, container in task.containers.items():
            if container.gpus:
                place = (*path, "containers", name, "gpus")
                yield from _without_accelerator(environment, place, task, "nvidia")


@rule(
    "Amazon ECS task definitions for AWS Neuron machine learning workloads", keys=(*container_keys("devices"), *_KEYS)
)
def devices_are_on_capacity_with_neuron(environment: Environment) -> Iterator[Problem]:
    """A task whose devices the instance does not have fails when it starts."""
    for path, task in tasks(environment):
        for name, container in task.containers.items():
            if container.devices:
                place = (*path, "containers", name, "devices")
                yield from _without_accelerator(environment, place, task, "neuron")


@rule(
    "Amazon ECS task definitions for GPU workloads; facts/aws_facts.json",
    keys=(*container_keys("gpus"), *_KEYS, "ecs.capacity.<name>.instance_types"),
)
def gpus_fit_the_instances(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS never places a task that reserves more GPUs than an instance has."""
    for path, task in tasks(environment):
        wanted = {name: each.gpus for name, each in task.containers.items() if each.gpus}
        for name, group in groups_of(environment, task).items() if wanted else ():
            for type_name, room in _accelerators(group):
                if 0 < room < sum(wanted.values()):
                    yield Problem(
                        path=(*path, "containers", max(wanted, key=lambda each: wanted[each]), "gpus"),
                        finding=f"the containers reserve {sum(wanted.values())} GPUs, and a {type_name} has {room}",
                        fix=f"reserve fewer, or use larger types in ecs.capacity.{name}",
                    )
                    break


@rule(
    f"{_NEURON}; facts/aws_facts.json",
    keys=(*container_keys("devices[]"), *_KEYS, "ecs.capacity.<name>.instance_types"),
)
def instances_have_the_devices(environment: Environment) -> Iterator[Problem]:
    """A task whose devices the instance does not have fails when it starts."""
    for path, task in tasks(environment):
        rooms = [each for group in groups_of(environment, task).values() for each in _accelerators(group)]
        for name, container in task.containers.items():
            for index, device in enumerate(container.devices):
                number = int(device.removeprefix("/dev/neuron"))
                small = next(((type_name, room) for type_name, room in rooms if 0 < room <= number), None)
                if small is not None:
                    yield Problem(
                        path=(*path, "containers", name, "devices", index),
                        value=device,
                        allowed=f"/dev/neuron0 to /dev/neuron{small[1] - 1} on a {small[0]}"
                        if small[1] > 1
                        else f"/dev/neuron0 on a {small[0]}",
                    )


def _without_accelerator(
    environment: Environment, place: KeyPath, task: TaskSettings, accelerator: Accelerator
) -> Iterator[Problem]:
    words = {"nvidia": "GPUs", "neuron": "Neuron devices"}[accelerator]
    if not capacity_of(environment, task) and task.launch_type == "FARGATE":
        yield Problem(
            path=place,
            finding=f"the task runs on Fargate, which has no {words}",
            fix=f"name a group with accelerator: {accelerator} in capacity_provider_strategy",
        )
    for name, group in groups_of(environment, task).items():
        if group.accelerator != accelerator:
            yield Problem(
                path=place,
                finding=f"ecs.capacity.{name} has accelerator: {group.accelerator or 'null'}",
                fix=f"set it to {accelerator}, with instance types that have {words}",
            )
    for name, managed in managed_instances_of(environment, task).items():
        if accelerator == "neuron":
            yield Problem(
                path=place,
                finding=f"ecs.capacity.{name} is of Managed Instances, on which Amazon ECS assigns the devices",
                fix="state neuron_devices: all instead, and accelerator: neuron there",
            )
        elif not _has_accelerators(managed, accelerator):
            yield Problem(
                path=place,
                finding=f"ecs.capacity.{name} is of Managed Instances without {words}",
                fix="set gpus_max in its instance_requirements, and accelerator to nvidia",
            )


@rule(
    "ResourceRequirement, Amazon ECS API Reference: NeuronDevice",
    keys=(*container_keys("neuron_devices"), *_KEYS),
)
def neuron_devices_are_on_managed_instances_with_them(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS assigns Neuron devices on Managed Instances only, and starts none where no capacity has them."""
    for path, task in tasks(environment):
        for container_name in (name for name, each in task.containers.items() if each.neuron_devices):
            place = (*path, "containers", container_name, "neuron_devices")
            if not capacity_of(environment, task) and task.launch_type == "FARGATE":
                yield Problem(
                    path=place,
                    finding="the task runs on Fargate, which has no Neuron devices",
                    fix="name Managed Instances with accelerator: neuron in capacity_provider_strategy",
                )
            for name in groups_of(environment, task):
                yield Problem(
                    path=place,
                    finding=f"ecs.capacity.{name} is an Auto Scaling group",
                    fix="state the devices instead, such as devices: [/dev/neuron0]",
                )
            for name, managed in managed_instances_of(environment, task).items():
                if not _has_accelerators(managed, "neuron"):
                    yield Problem(
                        path=place,
                        finding=f"ecs.capacity.{name} is of Managed Instances without Neuron devices",
                        fix="set its accelerator to neuron, and gpus_max in its instance_requirements",
                    )


@rule("ResourceRequirement, Amazon ECS API Reference: NeuronDevice", keys=container_keys("neuron_devices"))
def one_container_has_the_neuron_devices(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition in which two containers ask for all Neuron devices."""
    for path, task in tasks(environment):
        having = [name for name, each in task.containers.items() if each.neuron_devices]
        for name in having[1:]:
            yield Problem(
                path=(*path, "containers", name, "neuron_devices"),
                finding=f"container {having[0]} has them all",
                fix="remove it from one of the two",
            )


def _has_accelerators(managed: ManagedInstancesOptions, accelerator: Accelerator) -> bool:
    required = managed.instance_requirements
    return managed.accelerator == accelerator and required is not None and required.gpus_max > 0


def _accelerators(group: Ec2CapacityOptions) -> Iterator[tuple[str, int]]:
    """Number of GPUs or Neuron devices of each known type of a group."""
    for name in types_of(group):
        facts = instance_types().get(name)
        if facts is not None:
            yield name, facts.neuron_devices if group.accelerator == "neuron" else facts.gpus
