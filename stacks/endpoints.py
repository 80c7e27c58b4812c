"""The stack of VPC endpoints in a VPC that exists: changes when a feature needs another one."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from reference_constructs.network.added_endpoint_options import AddedEndpointOptions
from reference_constructs.network.added_endpoints import AddedEndpoints
from reference_constructs.network.existing_vpc import ExistingVpc
from reference_constructs.network.existing_vpc_options import ExistingVpcOptions
from settings import Environment
from stacks.stack_options import StackOptions


class EndpointsStack(cdk.Stack):
    """What an environment adds to a VPC that exists."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        existing: ExistingVpcOptions,
        endpoints: AddedEndpointOptions,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the endpoints of an environment."""
        super().__init__(scope, construct_id, **options)
        network = ExistingVpc(self, "Network", availability_zones=environment.availability_zones, options=existing)
        AddedEndpoints(self, "Endpoints", network=network, options=endpoints)
