"""VPC endpoints that are added to a VPC that exists."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.network.added_endpoint_options import AddedEndpointOptions
from reference_constructs.network.endpoint_policies import WITHOUT_POLICY, principals_of_this_account
from reference_constructs.network.existing_vpc import ExistingVpc
from reference_constructs.network.interface_endpoints import add_interface_endpoints
from reference_constructs.network.vpc_options import GatewayEndpoint


class AddedEndpoints(Construct):
    """The endpoints that a VPC lacks; those that it has, and its route tables otherwise, stay as they are.

    Private DNS needs the attributes `enableDnsSupport` and `enableDnsHostnames` of the VPC, which its owner sets
    ("Access an AWS service using an interface VPC endpoint").
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, network: ExistingVpc, options: AddedEndpointOptions
    ) -> None:
        """Define the endpoints.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            network: The VPC, and its private subnets, in which interface endpoints get their addresses.
            options: Which endpoints, and the route tables of gateway endpoints.

        Raises:
            ValueError: If there are gateway endpoints, but no route tables.
        """
        super().__init__(scope, construct_id)
        if options.gateway_endpoints and not options.route_table_ids:
            raise ValueError("gateway_endpoints need route_table_ids")
        self._network = network
        self._options = options
        add_interface_endpoints(
            self,
            vpc=network.vpc,
            cidrs=network.cidrs,
            subnets=network.private_subnets,
            services=options.interface_endpoints,
            account_ids=options.endpoint_account_ids,
        )
        for service in options.gateway_endpoints:
            self._define_gateway_endpoint(service)

    def _define_gateway_endpoint(self, service: GatewayEndpoint) -> None:
        """L1, because the L2 takes subnets, of which it needs the route table of each, and not route tables."""
        statement = principals_of_this_account(self, self._options.endpoint_account_ids)
        ec2.CfnVPCEndpoint(
            self,
            f"{service.capitalize()}Endpoint",
            vpc_id=self._network.vpc.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{cdk.Stack.of(self).region}.{service}",
            route_table_ids=list(self._options.route_table_ids),
            policy_document=None if service in WITHOUT_POLICY else iam.PolicyDocument(statements=[statement]),
        )
