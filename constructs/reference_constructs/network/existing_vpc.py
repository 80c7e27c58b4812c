"""A VPC that somebody else made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.network.existing_vpc_options import ExistingSubnetOptions, ExistingVpcOptions


class ExistingVpc(Construct):
    """A VPC by its ids, of which nothing is looked up and nothing is changed; it has no resources.

    Subnets of a VPC that is imported cannot be tagged by CloudFormation, so load balancer controllers find them only if
    their owner has tagged them ("View Amazon EKS networking requirements for VPC and subnets").

    Attributes:
        vpc: The VPC.
        cidrs: Its IPv4 CIDR blocks.
        dual_stack: Whether the subnets have IPv6 addresses too.
        public_subnets: At most one per zone.
        private_subnets: One per zone.
        pod_subnets: Ids of subnets for pods alone, by zone; empty without any.
    """

    vpc: ec2.IVpc
    cidrs: list[str]
    dual_stack: bool
    public_subnets: list[ec2.ISubnet]
    private_subnets: list[ec2.ISubnet]
    pod_subnets: dict[str, str]

    def __init__(
        self, scope: Construct, construct_id: str, *, availability_zones: Sequence[str], options: ExistingVpcOptions
    ) -> None:
        """Import the VPC.

        Args:
            scope: Parent, in each stack that uses the VPC.
            construct_id: ID in the parent.
            availability_zones: Zones of the private subnets, in the order in which they are used.
            options: What the VPC is.

        Raises:
            ValueError: If a zone has no private subnet.
        """
        super().__init__(scope, construct_id)
        if missing := [zone for zone in availability_zones if zone not in options.private_subnets]:
            raise ValueError(f"no private subnet is in {', '.join(missing)}")
        self.cidrs = [str(cidr) for cidr in options.cidrs]
        self.dual_stack = options.ip_family == "dual_stack"
        self.vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=options.vpc_id,
            availability_zones=list(availability_zones),
            vpc_cidr_block=self.cidrs[0],
        )
        self.public_subnets = self._import("Public", availability_zones, options.public_subnets)
        self.private_subnets = self._import("Private", availability_zones, options.private_subnets)
        self.pod_subnets = {zone: subnet.subnet_id for zone, subnet in options.pod_subnets.items()}

    def _import(
        self, group: str, zones: Sequence[str], subnets: Mapping[str, ExistingSubnetOptions]
    ) -> list[ec2.ISubnet]:
        imported = [
            ec2.Subnet.from_subnet_attributes(
                self,
                f"{group}-{zone}",
                subnet_id=subnets[zone].subnet_id,
                availability_zone=zone,
                ipv4_cidr_block=str(subnets[zone].cidr),
            )
            for zone in zones
            if zone in subnets
        ]
        for subnet in imported:
            cdk.Annotations.of(subnet).acknowledge_warning(
                "@aws-cdk/aws-ec2:noSubnetRouteTableId", "No route is added to a VPC that somebody else made."
            )
        return imported
