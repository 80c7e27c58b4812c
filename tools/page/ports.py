"""Protocols and ports, as rules of security groups state them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from assembly.security_groups import SecurityGroupRule

ALL: Final = "-1"
OTHER: Final = "every other protocol"
LAST_PORT: Final = 65535


@dataclass(frozen=True, order=True)
class Ports:
    """A range of ports of a protocol; `-1` is every protocol."""

    protocol: str
    first: int = 0
    last: int = LAST_PORT

    @classmethod
    def of(cls, rule: SecurityGroupRule) -> Ports:
        """Those of a rule; -1 in it means all."""
        last = LAST_PORT if rule.to_port < 0 else rule.to_port
        return cls(rule.protocol, max(rule.from_port, 0), last)

    def common(self, other: Ports) -> Ports | None:
        """What both admit; None if nothing."""
        if ALL not in (self.protocol, other.protocol) and self.protocol != other.protocol:
            return None
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Ports(other.protocol if self.protocol == ALL else self.protocol, first, last) if first <= last else None

    def contains(self, other: Ports) -> bool:
        """Whether it admits all that the other does."""
        return self.common(other) == other

    def within(self, opened: Iterable[tuple[str, int]] | None) -> list[Ports]:
        """What of it meets a port that is opened; all of it where that is not known."""
        if opened is None:
            return [self]
        met = (self.common(Ports(protocol, port, port)) for protocol, port in opened)
        return [each for each in met if each]

    def __str__(self) -> str:
        if self.protocol == ALL:
            return "every protocol and port"
        if self.protocol == OTHER:
            return OTHER
        if (self.first, self.last) == (0, LAST_PORT):
            return f"every port of {self.protocol}"
        return f"{self.protocol} {self.first}" + (f"-{self.last}" if self.last != self.first else "")


EVERYTHING: Final = Ports(ALL)
