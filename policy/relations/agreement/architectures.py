"""Image, task and instance are of one architecture."""

from __future__ import annotations

import re
from collections.abc import Iterator

import facts
from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from policy.relations.agreement.ecs_services import providers
from policy.relations.relation import Misfit, relation

# Families with a g after their generation, such as m7g, c7gn and x2gd, and the first of all, a1: "Amazon EC2 instance
# type naming conventions".
_GRAVITON = re.compile(r"(a1|[a-z]+\d+[a-z-]*g[a-z-]*)\.")
_NAMES = {"arm64": "ARM64", "x86_64": "X86_64"}


def of_type(name: str) -> str:
    """Architecture of an instance type; of one that is newer than the data, by its name."""
    if (known := facts.instance_types().get(name)) is not None:
        return known.architecture
    return "arm64" if _GRAVITON.match(name) else "x86_64"


def of_ami(text: str) -> str | None:
    """Architecture in an AMI type of Amazon EKS, or in the SSM parameter of an image; None if it names none."""
    lowered = text.lower()
    if "arm64" in lowered or "arm_64" in lowered:
        return "arm64"
    # Parameters of the ECS-optimized AMI name only arm64.
    named = "x86_64" in lowered or "/ecs/optimized-ami/" in lowered or "/aws-ecs-" in lowered
    return "x86_64" if named else None


def instance_types(group: Resource) -> list[str]:
    """Those that an Auto Scaling group or a node group starts."""
    overrides = group.list("MixedInstancesPolicy.LaunchTemplate.Overrides")
    return [
        *map(str, group.list("InstanceTypes")),
        *(str(each["InstanceType"]) for each in overrides if "InstanceType" in each),
    ]


@relation("Amazon ECS-optimized Linux AMIs; AmiType, Amazon EKS API Reference")
def image_runs_on_the_instance_types(graph: Graph) -> Iterator[Misfit]:
    """Amazon EC2 refuses to start an image on a processor of another architecture."""
    for group in graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
        for template in launch_templates(graph, group):
            own = template.get("LaunchTemplateData.InstanceType")
            types = [*instance_types(group), *([str(own)] if own else [])]
            yield from _misfits(template, str(template.get("LaunchTemplateData.ImageId", "")), types)
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        yield from _misfits(group, str(group.get("AmiType", "")), instance_types(group))


def _misfits(resource: Resource, image: str, types: list[str]) -> Iterator[Misfit]:
    architecture = of_ami(image)
    wrong = [name for name in types if of_type(name) != architecture]
    if architecture and wrong:
        yield Misfit(
            resource=resource,
            finding=f"the image {image} is {architecture}, and {', '.join(wrong)} is not",
            fix=f"use {architecture} instance types, or another image",
        )


@relation("RuntimePlatform, ECS API Reference; Amazon ECS task definitions for 64-bit ARM workloads")
def task_is_of_the_architecture_of_its_capacity(graph: Graph) -> Iterator[Misfit]:
    """A task that asks for another architecture than the instances have is never placed."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        stated = definition.get("RuntimePlatform.CpuArchitecture") if definition else None
        for provider in filter(None, map(graph.find, providers(service))):
            group = graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))
            found = {_NAMES[of_type(name)] for name in instance_types(group)} if group else set()
            if stated is not None and found and stated not in found:
                yield Misfit(
                    resource=service,
                    finding=f"the task is for {stated}, and instances of {provider.logical_id} are {', '.join(found)}",
                    fix="state the architecture of the instances in RuntimePlatform",
                )


@relation("Amazon ECS container instance memory management; TaskDefinition, ECS API Reference: cpu and memory")
def task_fits_on_an_instance(graph: Graph) -> Iterator[Misfit]:
    """A task that asks for more than an instance has is never placed, however many instances start."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        for provider in filter(None, map(graph.find, providers(service))):
            group = graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))
            known = [facts.instance_types().get(name) for name in instance_types(group)] if group else []
            sizes = [each for each in known if each is not None]
            if definition is None or not sizes or len(sizes) < len(known):
                continue
            cpu, memory = int(definition.get("Cpu", 0)), int(definition.get("Memory", 0))
            most_cpu, most_memory = max(each.vcpus for each in sizes) * 1024, max(each.memory_mib for each in sizes)
            if cpu > most_cpu or memory >= most_memory:
                yield Misfit(
                    resource=service,
                    finding=f"the task takes {cpu} CPU units and {memory} MiB, and the largest instance of "
                    f"{provider.logical_id} has {most_cpu} and {most_memory}",
                    fix="use larger instance types, or a smaller task",
                )


@relation("Bottlerocket variants; Amazon ECS-optimized Linux AMIs; Amazon EKS optimized AMIs")
def image_is_of_the_orchestrator_of_its_instances(graph: Graph) -> Iterator[Misfit]:
    """An image for Amazon EKS has no ECS agent, and one for Amazon ECS no kubelet: instances join nothing."""
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        image = str(template.get("LaunchTemplateData.ImageId", ""))
        data = str(template.get("LaunchTemplateData.UserData", ""))
        joins = any(each.reference in data for each in graph.of_type("AWS::ECS::Cluster"))
        if joins and image.startswith("resolve:ssm:/aws/service/") and "ecs" not in image.lower():
            yield Misfit(
                resource=template,
                finding=f"instances join an ECS cluster, and their image is {image.removeprefix('resolve:ssm:')}",
                fix="use an image for Amazon ECS",
            )
        is_toml, is_bottlerocket = "[settings" in data, "bottlerocket" in image
        if joins and image and is_toml != is_bottlerocket:
            form = "TOML" if is_toml else "a script"
            yield Misfit(
                resource=template,
                finding=f"the user data is {form}, and the image {image.rpartition('service/')[2]}",
                fix="use TOML for Bottlerocket, and a script or NodeConfig for Amazon Linux",
            )


@relation("Block device mappings for volumes on Amazon EC2 instances; amazon-eks-ami issue 1581; Bottlerocket volumes")
def volume_is_the_root_of_its_image(graph: Graph) -> Iterator[Misfit]:
    """A volume on another device is an empty second one, and one that is smaller than its snapshot is refused."""
    users = {
        graph.find(each.get("LaunchTemplate.Id")): str(each.get("AmiType"))
        for each in graph.of_type("AWS::EKS::Nodegroup")
        if each.get("AmiType")
    }
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        image = users.get(template, str(template.get("LaunchTemplateData.ImageId", ""))).lower()
        mappings = {
            each.get("DeviceName"): each.get("Ebs", {})
            for each in template.list("LaunchTemplateData.BlockDeviceMappings")
        }
        if not mappings or image.startswith("ami-"):
            continue
        if "/dev/xvda" not in mappings and "windows" not in image:
            finding = f"the root device is /dev/xvda, and volumes are on {', '.join(map(str, mappings))}"
            yield Misfit(resource=template, finding=finding, fix="map /dev/xvda")
        least = {"al2023_": 20, "eks/optimized-ami/": 20, "ecs/optimized-ami/amazon-linux-2023": 30}
        size = mappings.get("/dev/xvda", {}).get("VolumeSize")
        for name, gib in least.items():
            if name in image and size is not None and int(size) < gib:
                finding = f"the root volume has {size} GiB, and its snapshot {gib}"
                yield Misfit(resource=template, finding=finding, fix=f"use {gib} GiB or more")


@relation("Amazon ECS placement constraints: attributes, ecs.cpu-architecture and ecs.os-type")
def placement_constraint_can_be_met(graph: Graph) -> Iterator[Misfit]:
    """No instance has the attribute that the constraint asks for, so the task is never placed."""
    for service in graph.of_type("AWS::ECS::Service"):
        groups = [
            group
            for provider in filter(None, map(graph.find, providers(service)))
            if (group := graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))) is not None
        ]
        have = {of_type(name) for group in groups for name in instance_types(group)}
        for constraint in service.list("PlacementConstraints"):
            wanted = re.search(r"ecs\.cpu-architecture\s*==\s*(\w+)", str(constraint.get("Expression", "")))
            if wanted is not None and have and wanted[1] not in have:
                yield Misfit(
                    resource=service,
                    finding=f"it asks for instances of {wanted[1]}, and its capacity has {', '.join(sorted(have))}",
                    fix="ask for the architecture of the instances, or leave the constraint out",
                )
