"""A subnet that was made elsewhere."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct


def existing_subnet(scope: Construct, subnet_id: str) -> ec2.ISubnet:
    """The subnet, of which nothing but its ID is known.

    Args:
        scope: Parent.
        subnet_id: Its ID; also the ID of the construct.
    """
    subnet = ec2.Subnet.from_subnet_id(scope, subnet_id, subnet_id)
    cdk.Annotations.of(subnet).acknowledge_warning(
        "@aws-cdk/aws-ec2:noSubnetRouteTableId", "Nothing here adds a route to it."
    )
    return subnet
