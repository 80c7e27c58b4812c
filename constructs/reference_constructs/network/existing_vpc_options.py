"""Options of a VPC that exists."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.network.vpc_options import GatewayEndpoint, InterfaceEndpoint, IpFamily
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import AvailabilityZone, Cidr

VpcId = Annotated[
    str,
    Field(
        pattern=r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$",
        examples=["vpc-0a1b2c3d4e5f60718"],
        json_schema_extra=in_words("ID of a VPC"),
    ),
]
SubnetId = Annotated[
    str,
    Field(
        pattern=r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$",
        examples=["subnet-0a1b2c3d4e5f60718"],
        json_schema_extra=in_words("ID of a subnet"),
    ),
]


RouteTableId = Annotated[
    str,
    Field(
        pattern=r"^rtb-([0-9a-f]{8}|[0-9a-f]{17})$",
        examples=["rtb-0a1b2c3d4e5f60718"],
        json_schema_extra=in_words("ID of a route table"),
    ),
]


class ExistingSubnetOptions(Options):
    """Subnet that exists."""

    subnet_id: SubnetId
    """ID of the subnet."""

    cidr: Cidr
    """IPv4 CIDR block of the subnet. It changes no template: rules compare it with what takes addresses there."""


class ExistingVpcOptions(Options):
    """VPC that exists.

    Nothing of it is looked up, so that every machine synthesizes the same templates, and nothing of it is changed.
    Endpoints that it lacks can be added to it, with `interface_endpoints` and `gateway_endpoints` beside `existing`.
    `make network-block` prints these keys from what the AWS CLI says of a VPC.
    """

    vpc_id: VpcId
    """ID of the VPC."""

    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1, max_length=50)]
    """IPv4 CIDR blocks of the VPC, to which ECS tasks can open connections on every port."""

    ip_family: IpFamily = "ipv4"
    """IP addresses of the subnets. With `dual_stack`, ECS tasks and instances can open HTTPS connections by IPv6."""

    private_subnets: Annotated[dict[AvailabilityZone, ExistingSubnetOptions], Field(min_length=2, max_length=6)]
    """Private subnet of each of the `availability_zones`, for tasks, nodes, pods, and internal load balancers."""

    public_subnets: Annotated[dict[AvailabilityZone, ExistingSubnetOptions], Field(max_length=6)] = {}
    """Public subnets, by Availability Zone. An internet-facing load balancer requires two. Load balancer controllers in
    an EKS cluster find subnets by the tags `kubernetes.io/role/elb` (public) and `kubernetes.io/role/internal-elb`
    (private) with the value `1`, which whoever owns the subnets must set."""

    pod_subnets: Annotated[dict[AvailabilityZone, ExistingSubnetOptions], Field(max_length=6)] = {}
    """Subnets that pods on EC2 nodes take their addresses from (custom networking of the VPC CNI plugin, and node pools
    of your own in EKS Auto Mode), one for each of the `availability_zones`. With an empty mapping, pods take addresses
    of the private subnets."""

    internet_access: bool = True
    """Whether the private subnets have a route to the internet, through a NAT gateway, a transit gateway, or the like.
    It changes no template: with `false`, rules ask for the endpoints that replace it."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = ()
    """AWS services that the VPC has interface VPC endpoints for, with private DNS. It changes no template, but with
    `network.interface_endpoints: derived`, none of them is created."""

    gateway_endpoints: tuple[GatewayEndpoint, ...] = ()
    """AWS services that the VPC has gateway VPC endpoints for. It changes no template."""

    route_table_ids: Annotated[tuple[RouteTableId, ...], Field(max_length=200)] = ()
    """IDs of the route tables of the private subnets and of the pod subnets. Gateway endpoints that are created, those
    of `network.gateway_endpoints`, add a route to each of them."""
