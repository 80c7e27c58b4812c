"""The network stack: changes about once a year."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from environments import Environment
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.security.encryption_key import EncryptionKey


class NetworkStack(cdk.Stack):
    """The VPC that both platforms share.

    Attributes:
        network: VPC and subnets.
    """

    network: PlatformVpc

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, **stack: object) -> None:
        super().__init__(scope, construct_id, **stack)
