"""Interface VPC endpoints, in a VPC of whoever made it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.network.endpoint_policies import WITHOUT_POLICY, principals_of_this_account
from reference_constructs.network.vpc_options import InterfaceEndpoint


def add_interface_endpoints(
    scope: Construct,
    *,
    vpc: ec2.IVpc,
    cidrs: Sequence[str],
    subnets: Sequence[ec2.ISubnet],
    services: Sequence[InterfaceEndpoint],
    account_ids: Sequence[str],
) -> None:
    """Define endpoints with private DNS, and one security group that admits HTTPS from the VPC.

    Args:
        scope: Parent of the security group.
        vpc: Where they are, and their parent.
        cidrs: IPv4 CIDR blocks of the VPC.
        subnets: One per zone.
        services: Services of AWS; without any, nothing is defined.
        account_ids: Further accounts whose principals their policies admit.
    """
    if not services:
        return
    security_group = ec2.SecurityGroup(
        scope,
        "EndpointSecurityGroup",
        vpc=vpc,
        description="Interface endpoints: HTTPS from the VPC",
        allow_all_outbound=False,
    )
    for cidr in cidrs:
        security_group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), "HTTPS from the VPC")
    for service in services:
        endpoint = vpc.add_interface_endpoint(
            "".join(part.capitalize() for part in service.replace("-", ".").split(".")) + "Endpoint",
            service=ec2.InterfaceVpcEndpointAwsService(service),
            subnets=ec2.SubnetSelection(subnets=list(subnets)),
            security_groups=[security_group],
            open=False,
        )
        if service not in WITHOUT_POLICY:
            endpoint.add_to_policy(principals_of_this_account(scope, account_ids))
