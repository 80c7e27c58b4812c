"""What the functions that price a resource look up."""

from __future__ import annotations

from dataclasses import dataclass

from assembly import Graph, Resource
from facts.prices import Price, price
from tools.cost.lines import HOURS, Line, Quantity
from tools.cost.usage import Usage


@dataclass(frozen=True)
class Context:
    """The templates of an environment, and what is not in them."""

    graph: Graph
    usage: Usage

    def region(self, resource: Resource) -> str:
        """Region of its stack."""
        return self.graph.region(resource.stack)

    def price(self, resource: Resource, name: str) -> Price:
        """A price in its Region."""
        return price(name, self.region(resource))

    def monthly(self, resource: Resource, name: str, number: float = 1) -> Line:
        """So many of what is billed by the month."""
        found = self.price(resource, name)
        return Line(found.about, found, Quantity.of(number))

    def hourly(self, resource: Resource, name: str, number: float = 1) -> Line:
        """So many of what is billed by the hour, all month."""
        return self.monthly(resource, name, number * HOURS)

    def used(self, resource: Resource, name: str, key: str) -> Line:
        """What is billed by usage.

        Args:
            resource: What is used.
            name: Name of the price.
            key: Name of the amount in a usage file.
        """
        found = self.price(resource, name)
        amount = self.usage.amount(resource, key)
        if amount is None:
            return Line(found.about, found)
        return Line(found.about, found, Quantity.of(amount), is_assumed=True)
