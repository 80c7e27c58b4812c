"""Which requests a listener rule is for, and whether another one has them all; decided exactly, as in AWS.

The conditions of a rule are all met by a request, each by one of its values. So the requests of a rule are the union of
those of its atoms, which have one value of each condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from itertools import product
from typing import Final

from reference_constructs.edge.listener_rule_options import ListenerRuleConditions
from settings.problems import KeyPath
from settings.wildcard_patterns import example

_ANY: Final = "*"
_EVERY_PATH: Final = "/*"
_HEADER: Final = "http_headers"


@dataclass(frozen=True)
class ConditionValue:
    """One value of one condition."""

    condition: str
    """Key of the condition; for a header, followed by its name in lowercase."""

    patterns: tuple[str, ...]
    """What `*` and `?` are wildcards in: a value, or key and value of a parameter. In lowercase where case does not
    matter."""

    place: KeyPath = ()
    """Where it stands below the rule; nowhere if the rule has no such condition."""

    text: str = _ANY
    """As the file has it."""

    network: IPv4Network | None = None

    def is_within(self, others: list[ConditionValue]) -> bool:
        """Whether some of the other values, together, are met by whatever meets this one."""
        if self.condition == "query_strings":
            # A request has several parameters, so one of them alone must be within one of the others.
            return any(
                all(
                    example([mine], [theirs]) is None for mine, theirs in zip(self.patterns, each.patterns, strict=True)
                )
                for each in others
            )
        if self.network is not None:
            return any(each.network is not None and self.network.subnet_of(each.network) for each in others)
        besides = [each.patterns[0] for each in others]
        return example(self._possible, besides) is None

    def overlaps(self, other: ConditionValue) -> bool:
        """Whether one request can meet both."""
        if self.condition == "query_strings":
            return True
        if self.network is not None and other.network is not None:
            return self.network.overlaps(other.network)
        return example([*self._possible, *other.patterns]) is not None

    @property
    def _possible(self) -> list[str]:
        return [*self.patterns, *([_EVERY_PATH] if self.condition == "path_patterns" else [])]


Atom = tuple[ConditionValue, ...]


class Route:
    """The requests of one listener rule."""

    def __init__(self, options: ListenerRuleConditions) -> None:
        """Take the conditions apart."""
        self._options = options

    @cached_property
    def _dimensions(self) -> list[list[ConditionValue]]:
        """The values of each condition, of paths and hosts even if there is none."""
        options = self._options
        found = [
            _texts("path_patterns", options.path_patterns, lowercase=False) or [_anything("path_patterns")],
            _texts("host_headers", options.host_headers) or [_anything("host_headers")],
            _texts("http_request_methods", options.http_request_methods, lowercase=False),
            *(
                _texts(f"{_HEADER} {name.lower()}", values, place=(_HEADER, name))
                for name, values in options.http_headers.items()
            ),
            [
                ConditionValue(
                    "query_strings",
                    ((each.key or _ANY).lower(), each.value.lower()),
                    ("query_strings", index),
                    f"?{each.key or _ANY}={each.value}",
                )
                for index, each in enumerate(options.query_strings)
            ],
            [
                ConditionValue("source_ips", (), ("source_ips", index), str(block), block)
                for index, block in enumerate(options.source_ips)
            ],
        ]
        return [values for values in found if values]

    @property
    def values(self) -> Iterator[ConditionValue]:
        """Every value that the rule states, paths first."""
        return (value for values in self._dimensions for value in values if value.place)

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """One value of each condition, in every combination."""
        return tuple(product(*self._dimensions))

    def covers(self, atom: Atom) -> bool:
        """Whether the rule is for every request of the atom."""
        return _covers(self._dimensions, atom)


def contains(outer: Atom, inner: Atom) -> bool:
    """Whether every request of the one is one of the other."""
    return _covers([[value] for value in outer], inner)


def overlap(first: Atom, second: Atom) -> bool:
    """Whether some request is one of both."""
    others = {value.condition: value for value in second}
    return all(value.overlaps(others[value.condition]) for value in first if value.condition in others)


def _covers(dimensions: list[list[ConditionValue]], atom: Atom) -> bool:
    stated = {value.condition: value for value in atom}
    return all(values[0].condition in stated and stated[values[0].condition].is_within(values) for values in dimensions)


def _anything(condition: str) -> ConditionValue:
    return ConditionValue(condition, (_ANY,))


def _texts(
    condition: str, values: tuple[str, ...], *, lowercase: bool = True, place: KeyPath = ()
) -> list[ConditionValue]:
    """Host names and headers are compared without regard to case, paths and methods with it."""
    return [
        ConditionValue(condition, (value.lower() if lowercase else value,), (*(place or (condition,)), index), value)
        for index, value in enumerate(values)
    ]
