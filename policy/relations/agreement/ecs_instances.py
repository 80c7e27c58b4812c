"""Tasks of Amazon ECS and the instances that they are placed on are of one kind, and instances join in time."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.launch_templates import launch_templates
from policy.relations.agreement.ecs_services import containers, providers
from policy.relations.relation import Misfit, relation

_WAITS = "ECS_WARM_POOLS_CHECK=true"


def images(graph: Graph, provider: Resource) -> list[str]:
    """Of the instances of an Auto Scaling group, as far as they are SSM parameters."""
    group = graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))
    found = (
        [str(each.get("LaunchTemplateData.ImageId", "")) for each in launch_templates(graph, group)] if group else []
    )
    return [each.lower() for each in found if each.startswith("resolve:ssm:/aws/service/")]


@relation("Amazon ECS task definitions for GPU workloads; Amazon ECS-optimized Linux AMIs; Bottlerocket variants")
def gpus_are_reserved_where_the_image_has_drivers(graph: Graph) -> Iterator[Misfit]:
    """The agent of an image without drivers registers no GPUs, and the task is never placed."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        kinds = {
            str(each.get("Type"))
            for container in containers(definition).values()
            for each in _list(container.get("ResourceRequirements"))
        }
        for provider in filter(None, map(graph.find, providers(service))) if "GPU" in kinds else ():
            for image in images(graph, provider):
                if "/gpu/" not in image and "nvidia" not in image:
                    yield Misfit(
                        resource=service,
                        finding=f"a container reserves GPUs, and the image of {provider.logical_id} has no drivers: "
                        f"{image.removeprefix('resolve:ssm:')}",
                        fix="use the image with NVIDIA drivers",
                    )


@relation("RuntimePlatform, Amazon ECS API Reference, operatingSystemFamily; Amazon ECS-optimized Windows AMIs")
def task_is_of_the_operating_system_of_its_instances(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS places a task on instances of its operating system only, and Linux is assumed where none is stated."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        family = str(definition.get("RuntimePlatform.OperatingSystemFamily", "LINUX")) if definition else "LINUX"
        for provider in filter(None, map(graph.find, providers(service))):
            for image in images(graph, provider):
                have = _family(image)
                if family != have:
                    yield Misfit(
                        resource=service,
                        finding=f"the task is for {family}, and instances of {provider.logical_id} are {have}",
                        fix=f"set OperatingSystemFamily to {have}",
                    )


@relation("Configuring pre-initialized instances for your Amazon ECS Auto Scaling group")
def instances_of_a_warm_pool_wait_to_join(graph: Graph) -> Iterator[Misfit]:
    """An instance that joins the cluster in the pool is given tasks, and is then stopped with them."""
    groups = {graph.find(each.get("AutoScalingGroupProvider.AutoScalingGroupArn")) for each in _providers(graph)}
    for pool in graph.of_type("AWS::AutoScaling::WarmPool"):
        group = graph.find(pool.get("AutoScalingGroupName"))
        if group is None or group not in groups:
            continue
        for template in launch_templates(graph, group):
            if _WAITS not in str(template.get("LaunchTemplateData.UserData")):
                yield Misfit(
                    resource=template,
                    finding=f"instances wait in {pool.logical_id}, and their agent does not ({_WAITS})",
                    fix=f"add {_WAITS} to /etc/ecs/ecs.config",
                )


@relation("aws-cdk issue 35699; PutClusterCapacityProviders, Amazon ECS API Reference")
def managed_instances_are_not_associated_again(graph: Graph) -> Iterator[Misfit]:
    """A provider of Managed Instances names its cluster, and CloudFormation refuses it in the cluster's association."""
    for association in graph.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
        for provider in filter(None, map(graph.find, association.list("CapacityProviders"))):
            if provider.get("ManagedInstancesProvider") is not None:
                yield Misfit(
                    resource=association,
                    finding=f"{provider.logical_id} is of Managed Instances",
                    fix="leave it out, and set its ClusterName",
                )


def _providers(graph: Graph) -> list[Resource]:
    return list(graph.of_type("AWS::ECS::CapacityProvider"))


def _family(image: str) -> str:
    """Such as WINDOWS_SERVER_2022_CORE, from Windows_Server-2022-English-Core-ECS_Optimized."""
    if "windows" not in image:
        return "LINUX"
    _, year, _, edition, *_ = image.rpartition("/ami-windows-latest/")[2].split("-")
    return f"WINDOWS_SERVER_{year}_{edition}".upper()


def _list(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []
