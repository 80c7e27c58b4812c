"""Where EC2 nodes run: reservations, placement groups, and network interfaces for EFA."""

from __future__ import annotations

from typing import Any, Final, cast

from aws_cdk import aws_ec2 as ec2

from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.security.acknowledgements import acknowledge

# As many as there can be in an Availability Zone: "Placement strategies for your placement groups", Amazon EC2.
_PARTITIONS: Final = 7


def place_instances(template: HardenedLaunchTemplate, options: InstanceNodeOptions, *, vpc: ec2.IVpc) -> None:
    """Add what options say of the place of instances to their launch template.

    The L2 of launch templates knows none of it, so it goes into the L1.

    Args:
        template: Launch template of the nodes, with their security groups if there are EFA interfaces.
        options: Of the nodes.
        vpc: Network of the nodes.
    """
    resource = cast(ec2.CfnLaunchTemplate, template.node.default_child)
    if options.capacity_reservation_id:
        resource.add_property_override(
            "LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget",
            {"CapacityReservationId": options.capacity_reservation_id},
        )
    if options.placement_group:
        group = ec2.PlacementGroup(
            template,
            "PlacementGroup",
            strategy=ec2.PlacementGroupStrategy[options.placement_group.upper()],
            partitions=_PARTITIONS if options.placement_group == "partition" else None,
        )
        resource.add_property_override("LaunchTemplateData.Placement.GroupName", group.placement_group_name)
    if options.efa_interfaces:
        _add_efa_interfaces(template, resource, options.efa_interfaces, vpc)


def _add_efa_interfaces(
    template: HardenedLaunchTemplate, resource: ec2.CfnLaunchTemplate, count: int, vpc: ec2.IVpc
) -> None:
    """One interface for each network card; only the first has an IP address ("EFA and EFA-only interfaces").

    EFA needs a security group that admits its members to each other in both directions, for all protocols: its own
    protocol is not IP, so that a rule for 0.0.0.0/0 does not admit it ("Get started with EFA and MPI", Amazon EC2).
    """
    group = ec2.SecurityGroup(
        template, "Efa", vpc=vpc, description="EFA between the nodes of a group", allow_all_outbound=False
    )
    group_id = group.security_group_id
    ingress = ec2.CfnSecurityGroupIngress(
        group,
        "Ingress",
        group_id=group_id,
        source_security_group_id=group_id,
        ip_protocol="-1",
        description="EFA from nodes of the group",
    )
    ec2.CfnSecurityGroupEgress(
        group,
        "Egress",
        group_id=group_id,
        destination_security_group_id=group_id,
        ip_protocol="-1",
        description="EFA to nodes of the group",
    )
    acknowledge(
        ingress,
        "EC2RestrictedCommonPorts",
        reason="EFA requires all protocols between its members, which are the nodes of one group; nobody else has the "
        "security group.",
    )
    groups = [*(each.security_group_id for each in template.security_groups_of_instances), group_id]
    interfaces: list[dict[str, Any]] = [
        {
            "DeviceIndex": 1 if card else 0,
            "NetworkCardIndex": card,
            "InterfaceType": "efa-only" if card else "efa",
            "Groups": groups,
            "DeleteOnTermination": True,
        }
        for card in range(count)
    ]
    # A template describes either network interfaces or security groups of the instance.
    resource.add_property_override("LaunchTemplateData.SecurityGroupIds", None)
    resource.add_property_override("LaunchTemplateData.NetworkInterfaces", interfaces)
