"""Options of an egress rule."""

from __future__ import annotations

from typing import Literal

from reference_constructs.options import Options
from reference_constructs.value_types import Cidr, Port


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
        """Whether it allows more than HTTPS to everywhere."""
        return self.cidr.prefixlen == 0 and (self.protocol, self.port) != ("tcp", 443)
