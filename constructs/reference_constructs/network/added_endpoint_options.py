"""Options of VPC endpoints that are added to a VPC that exists."""

from __future__ import annotations

from reference_constructs.network.existing_vpc_options import RouteTableId
from reference_constructs.network.vpc_options import InterfaceEndpoint, VpcEndpointOptions


class AddedEndpointOptions(VpcEndpointOptions):
    """VPC endpoints that are added to a VPC that exists."""

    interface_endpoints: tuple[InterfaceEndpoint, ...] = ()
    """AWS services to access through interface VPC endpoints (AWS PrivateLink)."""

    route_table_ids: tuple[RouteTableId, ...] = ()
    """IDs of the route tables that gateway endpoints add their routes to."""
