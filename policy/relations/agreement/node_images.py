"""AMI types of managed node groups agree with instance types, roles, and the cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator

import facts
from assembly import Graph, Resource
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.relation import Misfit, relation

_NEURON = re.compile(r"AL2023_.*_NEURON|BOTTLEROCKET_x86_64")
_CONTROLLER = "AmazonEKSVPCResourceController"


def _windows_groups(graph: Graph) -> list[Resource]:
    return [each for each in graph.of_type("AWS::EKS::Nodegroup") if str(each.get("AmiType")).startswith("WINDOWS_")]


@relation("CreateNodegroup, Amazon EKS API Reference, instanceTypes; Use EKS-optimized accelerated AMIs")
def accelerators_have_their_drivers(graph: Graph) -> Iterator[Misfit]:
    """Without its drivers an accelerator costs money and is not used, and Amazon EKS refuses GPUs with another AMI."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        image = str(group.get("AmiType", ""))
        for name in map(str, group.list("InstanceTypes") if image else ()):
            known = facts.instance_types().get(name)
            if known is None:
                continue
            wrong = (
                (known.gpus and "NVIDIA" not in image)
                or (known.neuron_devices and not _NEURON.fullmatch(image))
                or (not known.gpus and "NVIDIA" in image)
                or (not known.neuron_devices and "NEURON" in image)
            )
            if wrong:
                has = f"GPUs: {known.gpus}, Neuron devices: {known.neuron_devices}"
                yield Misfit(
                    resource=group,
                    finding=f"AmiType is {image}, and {name} has {has}",
                    fix="use an AMI type with the drivers of the instance types",
                )


@relation("Deploy Windows nodes on EKS clusters")
def windows_pods_get_addresses(graph: Graph) -> Iterator[Misfit]:
    """The control plane gives Windows pods their addresses, if its role and the VPC CNI plugin let it."""
    windows = [(each, graph.find(each.get("ClusterName"))) for each in _windows_groups(graph)]
    windows += [(each.group, each.cluster(graph)) for each in self_managed_nodes(graph) if each.is_windows]
    for group, cluster in windows[:1]:
        role = graph.find(cluster.get("RoleArn")) if cluster else None
        if role is not None and _CONTROLLER not in graph.role_policies.aws_managed(role):
            yield Misfit(resource=role, finding=f"the cluster role lacks {_CONTROLLER}", fix=f"attach {_CONTROLLER}")
        add_ons = [each for each in graph.of_type("AWS::EKS::Addon") if each.get("AddonName") == "vpc-cni"]
        values = "".join(str(each.get("ConfigurationValues", "")) for each in add_ons)
        if not re.search(r'"enableWindowsIpam":\s*"true"', values):
            yield Misfit(
                resource=next(iter(add_ons), group),
                finding="there are Windows nodes, and vpc-cni gives their pods no addresses",
                fix='set enableWindowsIpam to "true" in the ConfigurationValues of vpc-cni',
            )


@relation("Grant IAM users access to Kubernetes with EKS access entries: types of access entries")
def windows_nodes_have_a_role_of_their_own(graph: Graph) -> Iterator[Misfit]:
    """A role has one Kubernetes identity: as that of Linux nodes, kube-proxy on Windows reads no services."""
    windows = _windows_groups(graph)
    linux = {graph.find(each.get("NodeRole")) for each in graph.of_type("AWS::EKS::Nodegroup") if each not in windows}
    for group in windows:
        role = graph.find(group.get("NodeRole"))
        if role is not None and role in linux:
            yield Misfit(resource=group, finding=f"Linux nodes have {role.logical_id} too", fix="use a role of its own")


@relation("Create a managed node group with Capacity Blocks for ML")
def capacity_block_is_in_the_launch_template(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a Capacity Block without its ID, its market, and its instance type in the launch template."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        template = graph.find(group.get("LaunchTemplate.Id"))
        if group.get("CapacityType") != "CAPACITY_BLOCK" or template is None:
            continue
        for key in (
            "InstanceMarketOptions.MarketType",
            "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
            "InstanceType",
        ):
            if not template.get(f"LaunchTemplateData.{key}"):
                yield Misfit(
                    resource=template,
                    finding=f"CapacityType is CAPACITY_BLOCK, and the launch template has no {key}",
                    fix=f"add {key}",
                )
