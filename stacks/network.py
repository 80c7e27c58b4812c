"""The network stack: changes about once a year."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.security.encryption_key import EncryptionKey
from settings import Environment
from settings.endpoints import vpc_options
from stacks.stack_options import StackOptions


class NetworkStack(cdk.Stack):
    """The VPC that both platforms share.

    Attributes:
        network: VPC and subnets.
    """

    network: PlatformVpc

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, **options: Unpack[StackOptions]
    ) -> None:
        """Wire the network of an environment."""
        super().__init__(scope, construct_id, **options)
        self._zones = list(environment.availability_zones)
        key = EncryptionKey(self, "Key", description=f"{construct_id}: flow logs", retention=environment.retention)
        key.allow_cloudwatch_logs()
        key.deny_grants_to_others()
        self.network = PlatformVpc(
            self,
            "Network",
            availability_zones=environment.availability_zones,
            log_key=key,
            options=vpc_options(environment),
            retention=environment.retention,
        )
        cdk.CfnOutput(
            self,
            "DefaultSecurityGroupId",
            value=self.network.vpc.vpc_default_security_group,
            description="Has no rules once the association has run",
        )
        if self.network.nat_addresses:
            cdk.CfnOutput(
                self,
                "NatAddresses",
                value=cdk.Fn.join(",", self.network.nat_addresses),
                description="Addresses from which private subnets reach the internet, for allow-lists elsewhere",
            )
        self._export_network()

    @property
    def availability_zones(self) -> list[str]:
        """The environment's own; the CDK would look them up in an account that is stated, to compare."""
        return self._zones

    def _export_network(self) -> None:
        """Export all that any stack may read, used or not, so that no other stack's change changes this one."""
        self.export_value(self.network.vpc.vpc_id)
        for subnet in [*self.network.public_subnets, *self.network.private_subnets]:
            self.export_value(subnet.subnet_id)
        for subnet_id in self.network.pod_subnets.values():
            self.export_value(subnet_id)
