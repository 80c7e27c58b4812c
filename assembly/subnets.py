"""Subnets, and where their routes lead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from assembly.assembly import Assembly
from assembly.resource import Resource

_TARGETS = (
    *("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId"),
    *("VpcEndpointId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn"),
)
# An egress-only internet gateway forwards IPv6 only.
_TARGETS_OF_IPV6 = (*_TARGETS, "EgressOnlyInternetGatewayId")
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


class Subnets:
    """Subnets by their resolved ids, with their route tables."""

    def __init__(self, assembly: Assembly) -> None:
        """Note the templates."""
        self._assembly = assembly

    @cached_property
    def all(self) -> Mapping[str, Resource]:
        """Resolved id -> subnet."""
        return {subnet.reference: subnet for subnet in self._assembly.of_type("AWS::EC2::Subnet")}

    @cached_property
    def route_tables(self) -> Mapping[str, str]:
        """Resolved id of a subnet -> that of its route table."""
        return {
            str(each.get("SubnetId")): str(each.get("RouteTableId"))
            for each in self._assembly.of_type("AWS::EC2::SubnetRouteTableAssociation")
        }

    @cached_property
    def _routes(self) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for route in self._assembly.of_type("AWS::EC2::Route"):
            target = next((str(route.get(key)) for key in _TARGETS_OF_IPV6 if route.get(key)), "")
            destination = next((str(route.get(key)) for key in _DESTINATIONS if route.get(key)), "")
            found.setdefault(str(route.get("RouteTableId")), {})[destination] = target
        return found

    def routes(self, subnet: str) -> Mapping[str, str]:
        """Destination, a CIDR block or a prefix list -> resolved id of the target, of a subnet's route table."""
        return self._routes.get(self.route_tables.get(subnet, ""), {})

    def leads_elsewhere(self, subnet: str) -> bool:
        """Whether the default route leads to something that the templates do not have, such as a transit gateway."""
        return self.routes(subnet).get("0.0.0.0/0", "") != "" and self.way_out(subnet) is None

    def way_out_of_ipv6(self, subnet: str) -> Resource | None:
        """The internet gateway or egress-only internet gateway of the IPv6 default route, if there is one."""
        return self._assembly.find(self.routes(subnet).get("::/0", ""))

    def way_out(self, subnet: str) -> Resource | None:
        """The internet gateway or NAT gateway of the default route, if there is one."""
        return self._assembly.find(self.routes(subnet).get("0.0.0.0/0", ""))
