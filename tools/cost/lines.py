"""A line of a bill: how much of what, at which price."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from facts.prices import Price

HOURS: Final = 730


@dataclass(frozen=True)
class Quantity:
    """How much there is in a month: the least, what is expected, and the most that scaling allows."""

    least: float
    expected: float
    most: float

    @classmethod
    def of(cls, number: float) -> Self:
        """One that does not change."""
        return cls(number, number, number)

    def __mul__(self, factor: float) -> Quantity:
        return self.each(lambda number: number * factor)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.least + other.least, self.expected + other.expected, self.most + other.most)

    def at_most(self, number: float) -> Quantity:
        """As much of it as there is up to a number."""
        return self.each(lambda own: min(own, number))

    def beyond(self, number: float) -> Quantity:
        """What is left of it after a number."""
        return self.each(lambda own: max(0, own - number))

    def each(self, function: Callable[[float], float]) -> Quantity:
        """What a function makes of each of the three."""
        return Quantity(function(self.least), function(self.expected), function(self.most))


NOTHING: Final = Quantity.of(0)


@dataclass(frozen=True)
class Line:
    """Something that a resource is billed for."""

    name: str
    price: Price | None
    """None where facts/prices.yaml has none, for `note` says what."""

    quantity: Quantity | None = None
    """None where it depends on usage, and no usage is stated."""

    is_assumed: bool = False
    """Whether the quantity is one of a usage file."""

    note: str = ""

    @property
    def cost(self) -> Quantity:
        """US dollars a month; nothing where price or quantity is not known."""
        return self.quantity * self.price.usd if self.price and self.quantity else NOTHING

    @property
    def is_priced(self) -> bool:
        """Whether there is a price on file."""
        return self.price is not None


def total(lines: Iterator[Line] | list[Line] | tuple[Line, ...]) -> Quantity:
    """What lines cost together."""
    result = NOTHING
    for each in lines:
        result = result + each.cost
    return result
