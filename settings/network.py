"""The network of an environment: the options of the VPC, and what only a file can say."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from reference_constructs.network.existing_vpc_options import ExistingVpcOptions
from reference_constructs.network.vpc_options import InterfaceEndpoint, VpcPlanOptions


def _form(value: object) -> str:
    return "word" if isinstance(value, str) else "list"


_Endpoint = Annotated[
    InterfaceEndpoint,
    Field(
        description="Service of an interface VPC endpoint. Amazon S3 always has a gateway endpoint; that of Amazon "
        "DynamoDB is in `gateway_endpoints`."
    ),
]
# By its form, so that a wrong item of a list is not said to be no `derived` too.
EndpointsToHave = Annotated[
    Annotated[Literal["derived"], Tag("word")] | Annotated[tuple[_Endpoint, ...], Tag("list")], Discriminator(_form)
]


class NetworkSettings(VpcPlanOptions):
    """VPC that the ECS cluster and the EKS cluster share."""

    interface_endpoints: EndpointsToHave = ()
    """AWS services to access through interface VPC endpoints (AWS PrivateLink). `derived` creates exactly those that
    the rest of the file needs where nothing leads to the internet: for images, logs, secrets, ECS Exec, the actions of
    task roles, nodes, add-ons, and Session Manager where it is the only way in (`facts/endpoint_needs.yaml`). Each
    endpoint is charged per hour and Availability Zone. Where AWS documents endpoint policies for the service, and
    requests are signed, the policy admits principals of this account only. Beside `existing`, the endpoints are added
    to that VPC, and `derived` leaves out those that it has."""

    existing: ExistingVpcOptions | None = None
    """VPC that exists, in place of a new one. Then the other keys of `network` are not used, apart from those of
    endpoints to add, and there is no stack for the network, apart from one for such endpoints."""

    @property
    def cidrs(self) -> tuple[IPv4Network, ...]:
        """The IPv4 CIDR blocks of the VPC."""
        own = (self.cidr,) if self.pod_cidr is None else (self.cidr, self.pod_cidr)
        return own if self.existing is None else self.existing.cidrs

    def says_of(self, block: IPv4Network) -> str:
        """What a message calls a CIDR block of the VPC.

        Args:
            block: One of `cidrs`.
        """
        if self.existing is not None:
            return "one of network.existing.cidrs"
        return "the CIDR block of the VPC" if block == self.cidr else "network.pod_cidr"

    @property
    def is_dual_stack(self) -> bool:
        """Whether subnets have IPv6 addresses too."""
        return (self if self.existing is None else self.existing).ip_family == "dual_stack"

    @property
    def without_internet(self) -> str:
        """What the file says if nothing leads from the private subnets to the internet; empty if something does."""
        if self.existing is not None:
            return "" if self.existing.internet_access else "existing.internet_access is false"
        is_routed = any(cidr.prefixlen == 0 for route in self.routes.values() for cidr in route.cidrs)
        return "nat_gateways is none" if self.nat_gateways == "none" and not is_routed else ""

    @property
    def way_to_the_internet(self) -> str:
        """What to do so that something does."""
        if self.existing is not None:
            return "give the private subnets a route to the internet and set existing.internet_access to true"
        return "set nat_gateways to one or one_per_zone"
