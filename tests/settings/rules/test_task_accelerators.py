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
NONE = "{web: {image: 'app:1'}}"


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
            "fix: set gpus_max in its instance_requirements\n"
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
