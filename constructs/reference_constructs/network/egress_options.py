"""Options of an egress rule."""

from __future__ import annotations

from typing import Final, Literal

from reference_constructs.options import Options
from reference_constructs.value_types import Cidr, Port

# 10.0.0.0/8; as in the Guard rule ec2_egress_to_the_world_is_https.
_LARGEST_PRIVATE_PREFIX: Final = 8


class EgressRuleOptions(Options):
    """Egress rule of a security group. HTTPS (TCP port 443) to any IPv4 address needs none."""

    cidr: Cidr
    """IPv4 CIDR block to allow traffic to."""

    protocol: Literal["tcp", "udp"] = "tcp"
    """Protocol to allow."""

    port: Port | None = None
    """Port to allow. With `null`, all ports of the protocol are allowed."""

    @property
    def is_open(self) -> bool:
        """Whether it allows more than HTTPS to the internet, which is any range that no private network fills."""
        return self.cidr.prefixlen < _LARGEST_PRIVATE_PREFIX and (self.protocol, self.port) != ("tcp", 443)
