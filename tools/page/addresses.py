"""Sets of addresses, as far as routes and rules of security groups ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final, Self


@dataclass(frozen=True, order=True)
class Block:
    """Addresses of one family, from the first to the last."""

    version: int
    first: int
    last: int

    @classmethod
    def of(cls, cidr: object) -> Self | None:
        """That of a CIDR block; None if the text is not one."""
        try:
            network = ip_network(str(cidr), strict=False)
        except ValueError:
            return None
        return cls(network.version, int(network.network_address), int(network.broadcast_address))

    def overlaps(self, other: Block) -> bool:
        """Whether an address is in both."""
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def contains(self, other: Block) -> bool:
        """Whether every address of the other is in this one."""
        return self.version == other.version and self.first <= other.first and other.last <= self.last

    def without(self, others: Iterable[Block]) -> list[Block]:
        """What is left of it when the others are taken away."""
        left = [self]
        for other in others:
            left = [part for each in left for part in each._without(other)]
        return left

    def _without(self, other: Block) -> list[Block]:
        if not self.overlaps(other):
            return [self]
        parts = []
        if self.first < other.first:
            parts.append(Block(self.version, self.first, other.first - 1))
        if other.last < self.last:
            parts.append(Block(self.version, other.last + 1, self.last))
        return parts

    def common(self, other: Block) -> Block | None:
        """The addresses in both; None if there are none."""
        if not self.overlaps(other):
            return None
        return Block(self.version, max(self.first, other.first), min(self.last, other.last))


def common(some: Iterable[Block], others: Iterable[Block]) -> list[Block]:
    """The addresses in one of each."""
    listed = list(others)
    return [both for each in some for other in listed if (both := each.common(other))]


def blocks(cidrs: Iterable[object]) -> list[Block]:
    """Those of the texts that are CIDR blocks."""
    return [block for each in cidrs if (block := Block.of(each))]


# RFC 1918, RFC 6598, and RFC 4193: an internet gateway never sees them.
PRIVATE: Final = tuple(blocks(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
