"""Options of the VPC."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options
from reference_constructs.value_types import Cidr

NatGateways = Literal["none", "one", "one_per_zone"]
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


class VpcOptions(Options):
    """The VPC that ECS and EKS share."""

    cidr: Cidr = IPv4Network("10.0.0.0/16")
    """IPv4 CIDR block of the VPC."""

    public_prefix_length: Annotated[int, Field(ge=16, le=27)] = 24
    """Prefix length of each public subnet. Public subnets hold load balancers and NAT gateways only. A /24 has 251
    usable addresses; a load balancer requires a /27 or larger with at least 8 free addresses."""

    private_prefix_length: Annotated[int, Field(ge=16, le=26)] = 19
    """Prefix length of each private subnet. Every ECS task and every pod uses an address of a private subnet. A /19
    has 8,187 usable addresses."""

    max_availability_zones: Annotated[int, Field(ge=2, le=6)] = 4
    """Number of Availability Zones that the address plan reserves space for, so that adding a zone later changes no
    existing subnet."""

    nat_gateways: NatGateways = "one_per_zone"
    """How private subnets reach the internet. `one_per_zone` keeps the failure of a zone inside that zone. `one` costs
    less and fails with its zone. `none` requires an interface endpoint for every AWS service in use, and images that
    are already in Amazon ECR."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = ()
    """AWS services to reach through interface VPC endpoints (AWS PrivateLink). Each endpoint is charged per zone and
    hour. The gateway endpoint of Amazon S3, which is free of charge, is always created."""
