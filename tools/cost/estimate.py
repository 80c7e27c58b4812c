"""The estimate of an environment: its stacks, their resources, and what each is billed for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from assembly import Graph, Resource
from tools.cost.context import Context
from tools.cost.lines import Line, Quantity, total
from tools.cost.resource_types import FREE, PRICED, UNPRICED
from tools.cost.usage import Usage


class Status(StrEnum):
    """What is known of the price of a resource."""

    PRICED = "priced"
    FREE = "free"
    UNPRICED = "unpriced"
    """It costs something, and there is no sourced price."""

    UNKNOWN = "unknown"
    """Its type is in no list."""


@dataclass(frozen=True)
class ResourceCost:
    """A resource and its lines."""

    resource: Resource
    status: Status
    lines: tuple[Line, ...] = ()
    reason: str = ""
    """Why it is free, or has no price."""


@dataclass(frozen=True)
class StackCost:
    """A stack and its resources."""

    name: str
    region: str
    resources: tuple[ResourceCost, ...]

    @property
    def lines(self) -> list[Line]:
        """All lines of its resources."""
        return [line for each in self.resources for line in each.lines]

    @property
    def cost(self) -> Quantity:
        """US dollars a month."""
        return total(self.lines)

    def is_of_another_region(self, line: Line) -> bool:
        """Whether the price of a line is that of another Region than the stack's."""
        return line.price is not None and line.price.region != self.region


@dataclass(frozen=True)
class Estimate:
    """What an environment costs in a month."""

    stacks: tuple[StackCost, ...]

    @classmethod
    def of(cls, graph: Graph, usage: Usage) -> Self:
        """That of the templates.

        Args:
            graph: Templates of an environment.
            usage: What is not in them.
        """
        context = Context(graph, usage)
        resources = {stack: [each for each in graph.resources if each.stack == stack] for stack in graph.templates}
        return cls(
            tuple(
                StackCost(stack, graph.region(stack), tuple(_cost(context, each) for each in found))
                for stack, found in resources.items()
            )
        )

    @property
    def lines(self) -> list[Line]:
        """All lines of all stacks."""
        return [line for stack in self.stacks for line in stack.lines]

    @property
    def cost(self) -> Quantity:
        """US dollars a month."""
        return total(self.lines)

    @property
    def usage_cost(self) -> float:
        """The part of it that is assumed by a usage file."""
        return total([line for line in self.lines if line.is_assumed]).expected

    def having(self, status: Status) -> list[ResourceCost]:
        """Resources with a status."""
        return [each for stack in self.stacks for each in stack.resources if each.status is status]

    def without_price(self) -> Iterator[tuple[Resource, str, str]]:
        """(resource, what of it, reason) of everything that costs something and has no price here."""
        for stack in self.stacks:
            for each in stack.resources:
                if each.status in (Status.UNPRICED, Status.UNKNOWN) and not each.lines:
                    yield each.resource, each.resource.type, each.reason
                yield from ((each.resource, line.name, line.note) for line in each.lines if not line.is_priced)


def _cost(context: Context, resource: Resource) -> ResourceCost:
    if resource.type in FREE:
        return ResourceCost(resource, Status.FREE, reason=FREE[resource.type])
    if resource.type in UNPRICED:
        return ResourceCost(resource, Status.UNPRICED, reason=UNPRICED[resource.type])
    if resource.type not in PRICED:
        return ResourceCost(resource, Status.UNKNOWN, reason="its type is in no list of tools/cost/resource_types.py")
    lines = tuple(PRICED[resource.type](context, resource))
    if not lines:
        return ResourceCost(resource, Status.FREE, reason="free in this form")
    is_priced = any(line.is_priced for line in lines)
    return ResourceCost(resource, Status.PRICED if is_priced else Status.UNPRICED, lines)
