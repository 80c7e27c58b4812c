"""What a managed node group and its launch template must agree on beyond the AMI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph
from policy.relations.relation import Misfit, relation

_NODEADM: Final = "node.eks.aws"


@relation("Customize managed nodes with launch templates, Amazon EKS User Guide: Amazon EC2 user data")
def user_data_is_of_the_operating_system(graph: Graph) -> Iterator[Misfit]:
    """Another operating system does not read it: the node fails to boot, or starts without its settings."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        template, image = graph.find(group.get("LaunchTemplate.Id")), str(group.get("AmiType", ""))
        user_data = str(template.get("LaunchTemplateData.UserData") or "") if template else ""
        if template is None or not user_data or not image:
            continue
        is_nodeadm, is_toml = _NODEADM in user_data, user_data.lstrip().startswith("[")
        wrong = (is_nodeadm and not image.startswith("AL2023_")) or (is_toml and not image.startswith("BOTTLEROCKET_"))
        if wrong:
            what = "that of nodeadm" if is_nodeadm else "TOML of Bottlerocket"
            yield Misfit(
                resource=template,
                finding=f"the user data is {what}, and AmiType of {group.logical_id} is {image}",
                fix="write user data for the operating system of the AMI",
            )


@relation("Create a managed node group with Capacity Blocks for ML; Capacity Blocks, Amazon EC2 User Guide")
def capacity_block_is_in_one_zone(graph: Graph) -> Iterator[Misfit]:
    """A Capacity Block is in one zone, and Amazon EC2 Auto Scaling fails to start instances in the others."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        subnets = [each for each in map(graph.find, group.list("Subnets")) if each]
        zones = {str(each.get("AvailabilityZone")) for each in subnets}
        if group.get("CapacityType") == "CAPACITY_BLOCK" and len(zones) > 1:
            finding = f"CapacityType is CAPACITY_BLOCK, and the subnets are in {', '.join(sorted(zones))}"
            yield Misfit(resource=group, finding=finding, fix="name the subnet of the zone of the Capacity Block")


@relation("PutWarmPool, Amazon EC2 Auto Scaling API Reference; Use warm pools with managed node groups")
def warm_pool_is_of_on_demand_instances(graph: Graph) -> Iterator[Misfit]:
    """An Auto Scaling group that starts Spot Instances cannot have a warm pool, and the node group fails."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        if group.get("WarmPoolConfig.Enabled") is True and group.get("CapacityType") == "SPOT":
            finding = "there is a warm pool, and CapacityType is SPOT"
            yield Misfit(resource=group, finding=finding, fix="remove the warm pool, or set CapacityType to ON_DEMAND")
