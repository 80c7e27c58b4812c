"""The network of an environment."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from environments.fields import Cidr, Settings

InterfaceEndpoint = Literal[
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
]


class NetworkSettings(Settings):
    """The VPC that both platforms share."""

    cidr: Cidr = IPv4Network("10.0.0.0/16")
    """Address range of the VPC. Changing it replaces the VPC and all that is in it."""

    public_prefix_length: Annotated[int, Field(ge=16, le=27)] = 24
    """Size of each public subnet; it holds load balancers and NAT gateways only. 24 is 251 addresses; a load
    balancer needs 8 free ones in a /27 or larger."""

    private_prefix_length: Annotated[int, Field(ge=16, le=26)] = 19
    """Size of each private subnet; every task and every pod takes an address of it. 19 is 8,187 addresses."""

    zone_slots: Annotated[int, Field(ge=2, le=6)] = 4
    """Availability Zones that the address plan leaves room for, so that adding one renumbers no subnet."""

    nat_gateways: Literal["none", "one", "one_per_zone"] = "one_per_zone"
    """How private subnets reach the internet. `one` is cheaper and fails with its zone; `none` needs an
    interface endpoint for every AWS service used, and images that are already in the registry."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = ()
    """AWS services reached by PrivateLink, without NAT. Each costs per zone and hour, so none is on unasked."""
