"""A service network of Amazon VPC Lattice, and the association of a VPC with it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_vpclattice as vpclattice
from constructs import Construct

from reference_constructs.ecs.vpc_lattice_options import VpcLatticeOptions


class ServiceNetwork(Construct):
    """Where services have names that other VPCs and accounts reach. L1, because aws-cdk-lib has no L2 of it.

    The security group of the association admits HTTPS from the VPC. Without one, nothing would limit which clients of
    the VPC reach the network, and none can be added later ("Manage the associations for a VPC Lattice service
    network").

    Attributes:
        arn: Of the service network, new or not.
    """

    arn: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        options: VpcLatticeOptions,
        vpc_cidrs: Sequence[str] = (),
    ) -> None:
        """Define it.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Whose clients reach the services.
            options: Which service network.
            vpc_cidrs: IPv4 CIDR blocks of the VPC; without any the one that the VPC has.
        """
        super().__init__(scope, construct_id)
        # Whoever calls a service is decided by its own auth policy.
        self.arn = (
            options.service_network_arn
            or vpclattice.CfnServiceNetwork(self, "ServiceNetwork", auth_type="NONE").attr_arn
        )
        if options.associate_vpc:
            self._associate(vpc, vpc_cidrs or [vpc.vpc_cidr_block])

    def _associate(self, vpc: ec2.IVpc, vpc_cidrs: Sequence[str]) -> None:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="VPC Lattice: HTTPS from clients in the VPC",
            allow_all_outbound=False,
        )
        for cidr in vpc_cidrs:
            group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), "HTTPS from the VPC")
        vpclattice.CfnServiceNetworkVpcAssociation(
            self,
            "VpcAssociation",
            service_network_identifier=self.arn,
            vpc_identifier=vpc.vpc_id,
            security_group_ids=[group.security_group_id],
        )
