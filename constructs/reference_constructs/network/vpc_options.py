"""Options of the VPC."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options
from reference_constructs.value_types import AccountId, Cidr

IpFamily = Literal["ipv4", "dual_stack"]
NatGateways = Literal["none", "one", "one_per_zone"]
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
GatewayEndpoint = Literal["dynamodb"]


class VpcPlanOptions(Options):
    """VPC with a public and a private subnet in each Availability Zone."""

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
    requires an interface endpoint for each AWS service in use, and images that are already in Amazon ECR."""

    endpoint_account_ids: tuple[AccountId, ...] = ()
    """Further AWS accounts whose principals can use `interface_endpoints` and `gateway_endpoints`, for example because
    a task assumes a role in that account."""

    gateway_endpoints: tuple[GatewayEndpoint, ...] = ()
    """AWS services to access through gateway VPC endpoints, which are free of charge. The one for Amazon S3 is always
    created. Without a NAT gateway, tables in Amazon DynamoDB can be reached only through theirs."""


class VpcOptions(VpcPlanOptions):
    """VPC with a public and a private subnet in each Availability Zone, and with these interface endpoints."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = ()
    """AWS services to access through interface VPC endpoints (AWS PrivateLink)."""
