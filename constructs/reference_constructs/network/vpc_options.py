"""Options of the VPC."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import AccountId, Cidr, ResourceName

IpFamily = Literal["ipv4", "dual_stack"]
NatGateways = Literal["none", "one", "one_per_zone", "regional"]
AllocationId = Annotated[
    str,
    Field(
        pattern=r"^eipalloc-([0-9a-f]{8}|[0-9a-f]{17})$",
        examples=["eipalloc-0a1b2c3d4e5f60718"],
        json_schema_extra=in_words("allocation ID of an Elastic IP address"),
    ),
]
RouteTarget = Annotated[
    str,
    Field(
        pattern=r"^(tgw|pcx)-([0-9a-f]{8}|[0-9a-f]{17})$",
        examples=["tgw-0a1b2c3d4e5f60718"],
        json_schema_extra=in_words("ID of a transit gateway or of a VPC peering connection"),
    ),
]
InterfaceEndpoint = Literal[
    "acm-pca",
    "aps-workspaces",
    "autoscaling",
    "bedrock-runtime",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "eks",
    "eks-auth",
    "elasticfilesystem",
    "elasticloadbalancing",
    "events",
    "execute-api",
    "fsx",
    "guardduty-data",
    "kinesis-firehose",
    "kinesis-streams",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "networkflowmonitorreports",
    "rds-data",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "xray",
]
GatewayEndpoint = Literal["dynamodb", "s3"]


class RouteOptions(Options):
    """Routes of the private subnets to another network."""

    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1, max_length=40)]
    """IPv4 CIDR blocks of the other network. `0.0.0.0/0` leads to the internet through it, in place of NAT gateways."""

    target: RouteTarget
    """ID of a transit gateway, which the VPC is attached to in its private subnets, or of a VPC peering connection that
    is accepted. The other side has to route back."""


class VpcShapeOptions(Options):
    """Subnets of a VPC, and their ways to other networks."""

    cidr: Cidr = IPv4Network("10.0.0.0/16")
    """IPv4 CIDR block of the VPC."""

    ip_family: IpFamily = "ipv4"
    """IP addresses of the VPC. `dual_stack` adds an IPv6 CIDR block that Amazon provides, a /64 of it to each subnet,
    and an egress-only internet gateway, through which private subnets with NAT gateways open IPv6 connections to the
    internet. A cluster with `eks.ip_family: ipv6` requires it."""

    public_prefix_length: Annotated[int, Field(ge=16, le=27)] = 24
    """Prefix length of each public subnet. Public subnets contain load balancers and NAT gateways only. A /24 has 251
    usable addresses. A load balancer requires a /27 or larger, with at least 8 free addresses."""

    private_prefix_length: Annotated[int, Field(ge=16, le=26)] = 19
    """Prefix length of each private subnet. Every ECS task and every pod uses an address of a private subnet. A /19 has
    8,187 usable addresses."""

    max_availability_zones: Annotated[int, Field(ge=2, le=6)] = 4
    """Number of Availability Zones that the address plan reserves space for. Further zones up to this number change no
    existing subnet."""

    nat_gateways: NatGateways = "one_per_zone"
    """NAT gateways through which private subnets reach the internet. With `one_per_zone`, the failure of an
    Availability Zone affects that zone only. `one` costs less, but its zone is a single point of failure. `none`
    requires an interface endpoint for each AWS service in use, and images that are already in Amazon ECR. `regional` is
    one NAT gateway for the whole VPC, which Amazon VPC extends to the zones in use, with addresses that it chooses."""

    nat_allocation_ids: Annotated[tuple[AllocationId, ...], Field(max_length=6)] = ()
    """Allocation IDs of Elastic IP addresses of your own for the NAT gateways, in the order of the zones, so that
    allow-lists elsewhere outlive the VPC. With an empty list, the addresses are created, and the stack has them as the
    output `NatAddresses`."""

    routes: dict[ResourceName, RouteOptions] = {}
    """Routes of the private subnets to other networks, by a name of your choice."""

    pod_cidr: Cidr | None = None
    """Secondary IPv4 CIDR block of the VPC, such as `100.64.0.0/16`, for a further subnet in each zone that pods on EC2
    nodes take their addresses from (custom networking of the VPC CNI plugin, and node pools of your own in EKS Auto
    Mode). Nodes keep theirs of the private subnets. With `null`, pods take addresses of the private subnets."""

    pod_prefix_length: Annotated[int, Field(ge=16, le=28)] = 18
    """Prefix length of each subnet in `pod_cidr`. A /18 has 16,379 usable addresses."""


class VpcEndpointOptions(Options):
    """VPC endpoints, apart from interface endpoints."""

    endpoint_account_ids: tuple[AccountId, ...] = ()
    """Further AWS accounts whose principals can use `interface_endpoints` and `gateway_endpoints`, for example because
    a task assumes a role in that account."""

    gateway_endpoints: tuple[GatewayEndpoint, ...] = ()
    """AWS services to access through gateway VPC endpoints, which are free of charge. In a new VPC, the one for Amazon
    S3 is always created. Without a NAT gateway, tables in Amazon DynamoDB can be reached only through theirs."""


class VpcPlanOptions(VpcEndpointOptions, VpcShapeOptions):
    """VPC with a public and a private subnet in each Availability Zone."""


class VpcOptions(VpcPlanOptions):
    """VPC with a public and a private subnet in each Availability Zone, and with these interface endpoints."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = ()
    """AWS services to access through interface VPC endpoints (AWS PrivateLink)."""
