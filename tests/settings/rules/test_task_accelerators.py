"""Rules of GPUs and Neuron devices of ECS containers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import LOAD_BALANCER, RulePair, service

ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
X86 = "architecture: x86_64"
GPU = "{default: {architecture: x86_64, instance_types: [g5.xlarge], accelerator: nvidia}}"
NEURON = "{default: {architecture: x86_64, instance_types: [inf2.xlarge], accelerator: neuron}}"
PLAIN = "{default: {architecture: x86_64, instance_types: [m7i.large]}}"
ONE_GPU = "{web: {image: 'app:1', gpus: 1}}"
DEVICE = "{web: {image: 'app:1', devices: [/dev/neuron0]}}"
ALL_DEVICES = "{web: {image: 'app:1', neuron_devices: all}}"
TWO_WITH_ALL = "{web: {image: 'app:1', neuron_devices: all}, log: {image: 'app:1', neuron_devices: all}}"
MANAGED = "{default: {kind: managed_instances, accelerator: neuron, instance_requirements: {gpus_max: 1}}}"
MANAGED_GPUS = MANAGED.replace("neuron", "nvidia")
NONE = "{web: {image: 'app:1'}}"

WHY_NEURON = (
    "why: Amazon ECS assigns Neuron devices on Managed Instances only, and starts none where no capacity has them."
)


def on(groups: str, *lines: str, container: str = "{web: {image: 'app:1', port: 8080}}") -> str:
    """A service in a cluster with this capacity."""
    return service(
        *lines, container=f"      containers: {container}\n", before=f"  capacity: {groups}\n{LOAD_BALANCER}"
    )


PAIRS = (
    RulePair(
        rule="gpus_are_on_capacity_with_gpus",
        rejected=on(PLAIN, ON_DEFAULT, X86, container=ONE_GPU),
        accepted=on(GPU, ON_DEFAULT, X86, container=ONE_GPU),
        message=(
            "ecs.services.web.containers.web.gpus: ecs.capacity.default has accelerator: null\n"
            "fix: set it to nvidia, with instance types that have GPUs\n"
            "why: Fargate has no GPUs, and Amazon ECS never places a container that reserves one where there is none."
        ),
    ),
    RulePair(
        rule="gpus_are_on_capacity_with_gpus: not on Fargate",
        rejected=on(GPU, X86, container=ONE_GPU),
        accepted=on(GPU, X86, container=NONE),
        message=(
            "ecs.services.web.containers.web.gpus: the task runs on Fargate, which has no GPUs\n"
            "fix: name a group with accelerator: nvidia in capacity_provider_strategy\n"
            "why: Fargate has no GPUs, and Amazon ECS never places a container that reserves one where there is none."
        ),
    ),
    RulePair(
        rule="gpus_are_on_capacity_with_gpus: Managed Instances with them",
        rejected=on("{default: {kind: managed_instances}}", ON_DEFAULT, X86, container=ONE_GPU),
        accepted=on(
            "{default: {kind: managed_instances, instance_requirements: {gpus_max: 1}}}",
            ON_DEFAULT,
            X86,
            container=ONE_GPU,
        ),
        message=(
            "ecs.services.web.containers.web.gpus: ecs.capacity.default is of Managed Instances without GPUs\n"
            "fix: set gpus_max in its instance_requirements, and accelerator to nvidia\n"
            "why: Fargate has no GPUs, and Amazon ECS never places a container that reserves one where there is none."
        ),
    ),
    RulePair(
        rule="devices_are_on_capacity_with_neuron",
        rejected=on(GPU, ON_DEFAULT, X86, container=DEVICE),
        accepted=on(NEURON, ON_DEFAULT, X86, container=DEVICE),
        message=(
            "ecs.services.web.containers.web.devices: ecs.capacity.default has accelerator: nvidia\n"
            "fix: set it to neuron, with instance types that have Neuron devices\n"
            "why: A task whose devices the instance does not have fails when it starts."
        ),
    ),
    RulePair(
        rule="gpus_are_on_capacity_with_gpus: Managed Instances with others",
        rejected=on(MANAGED, ON_DEFAULT, X86, container=ONE_GPU),
        accepted=on(MANAGED_GPUS, ON_DEFAULT, X86, container=ONE_GPU),
        message=(
            "ecs.services.web.containers.web.gpus: ecs.capacity.default is of Managed Instances without GPUs\n"
            "fix: set gpus_max in its instance_requirements, and accelerator to nvidia\n"
            "why: Fargate has no GPUs, and Amazon ECS never places a container that reserves one where there is none."
        ),
    ),
    RulePair(
        rule="devices_are_on_capacity_with_neuron: by name",
        rejected=on(MANAGED, ON_DEFAULT, X86, container=DEVICE),
        accepted=on(MANAGED, ON_DEFAULT, X86, container=ALL_DEVICES),
        message=(
            "ecs.services.web.containers.web.devices: ecs.capacity.default is of Managed Instances, on which Amazon "
            "ECS assigns the devices\n"
            "fix: state neuron_devices: all instead, and accelerator: neuron there\n"
            "why: A task whose devices the instance does not have fails when it starts."
        ),
    ),
    RulePair(
        rule="neuron_devices_are_on_managed_instances_with_them",
        rejected=on(MANAGED_GPUS, ON_DEFAULT, X86, container=ALL_DEVICES),
        accepted=on(MANAGED, ON_DEFAULT, X86, container=ALL_DEVICES),
        message=(
            "ecs.services.web.containers.web.neuron_devices: ecs.capacity.default is of Managed Instances without "
            "Neuron devices\n"
            "fix: set its accelerator to neuron, and gpus_max in its instance_requirements\n"
            f"{WHY_NEURON}"
        ),
    ),
    RulePair(
        rule="neuron_devices_are_on_managed_instances_with_them: not on a group",
        rejected=on(NEURON, ON_DEFAULT, X86, container=ALL_DEVICES),
        accepted=on(NEURON, ON_DEFAULT, X86, container=DEVICE),
        message=(
            "ecs.services.web.containers.web.neuron_devices: ecs.capacity.default is an Auto Scaling group\n"
            "fix: state the devices instead, such as devices: [/dev/neuron0]\n"
            f"{WHY_NEURON}"
        ),
    ),
    RulePair(
        rule="neuron_devices_are_on_managed_instances_with_them: not on Fargate",
        rejected=on(MANAGED, X86, container=ALL_DEVICES),
        accepted=on(MANAGED, X86, container=NONE),
        message=(
            "ecs.services.web.containers.web.neuron_devices: the task runs on Fargate, which has no Neuron devices\n"
            "fix: name Managed Instances with accelerator: neuron in capacity_provider_strategy\n"
            f"{WHY_NEURON}"
        ),
    ),
    RulePair(
        rule="one_container_has_the_neuron_devices",
        rejected=on(MANAGED, ON_DEFAULT, X86, container=TWO_WITH_ALL),
        accepted=on(
            MANAGED, ON_DEFAULT, X86, container=TWO_WITH_ALL.replace("'app:1', neuron_devices: all}}", "'app:1'}}")
        ),
        message=(
            "ecs.services.web.containers.log.neuron_devices: container web has them all\n"
            "fix: remove it from one of the two\n"
            "why: Amazon ECS refuses a task definition in which two containers ask for all Neuron devices."
        ),
    ),
    RulePair(
        rule="gpus_fit_the_instances",
        rejected=on(GPU, ON_DEFAULT, X86, container="{web: {image: 'app:1', gpus: 2}}"),
        accepted=on(GPU, ON_DEFAULT, X86, container=ONE_GPU),
        message=(
            "ecs.services.web.containers.web.gpus: the containers reserve 2 GPUs, and a g5.xlarge has 1\n"
            "fix: reserve fewer, or use larger types in ecs.capacity.default\n"
            "why: Amazon ECS never places a task that reserves more GPUs than an instance has."
        ),
    ),
    RulePair(
        rule="instances_have_the_devices",
        rejected=on(NEURON, ON_DEFAULT, X86, container="{web: {image: 'app:1', devices: [/dev/neuron1]}}"),
        accepted=on(NEURON, ON_DEFAULT, X86, container=DEVICE),
        message=(
            "ecs.services.web.containers.web.devices[0]: '/dev/neuron1' is not allowed\n"
            "allowed: /dev/neuron0 on a inf2.xlarge\n"
            "why: A task whose devices the instance does not have fails when it starts."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
