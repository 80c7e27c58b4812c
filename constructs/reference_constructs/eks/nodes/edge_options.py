"""Options of nodes outside of the Availability Zones of a Region."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words

SubnetId = Annotated[
    str,
    Field(
        pattern=r"^subnet-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["subnet-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a subnet"),
    ),
]
EdgeLocation = Literal["local_zone", "outpost", "wavelength_zone"]


class EdgeOptions(Options):
    """Nodes in subnets of an AWS Local Zone, an AWS Outpost, or an AWS Wavelength Zone. The subnets must exist in the
    VPC, with routes to the cluster and to a registry. The control plane never has them."""

    location: EdgeLocation
    """What the subnets are in."""

    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16)]
    """IDs of the subnets, which the nodes have instead of the private subnets of the environment."""

    volume_type: Literal["gp2", "gp3"] = "gp2"
    """Type of the volumes of the nodes. AWS Outposts and some Local Zones have `gp2` only."""
