"""The priority of a listener rule, computed from the rule and its name alone (docs/adr/0007)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

MAX_PRIORITY: Final = 50_000
_BAND_SIZE: Final = 5000
_DEPTHS: Final = 5
# Rules with a wildcard in a host share the 5,000 numbers after all exact hosts with rules that have no host and the
# deepest of paths, which are rare.
_WILDCARD_HOSTS_START: Final = _DEPTHS * _BAND_SIZE
_WILDCARD_HOST_CLASSES: Final = 4
_WILDCARD_BAND_SIZE: Final = 200
_DEEPEST_PATHS_START: Final = _WILDCARD_HOSTS_START + _WILDCARD_HOST_CLASSES * _DEPTHS * _WILDCARD_BAND_SIZE
# Values in conditions are five at most, so a rule has at most five of them.
_FURTHER_CONDITIONS: Final = 5
_WILDCARD: Final = re.compile(r"[*?]")


def priority_band(host_headers: Sequence[str], path_patterns: Sequence[str], further_conditions: int = 0) -> range:
    """The numbers that the priority of a rule is one of.

    In this order: exact hosts, hosts with a wildcard (those with more literal labels first), no host; within each, the
    deeper the shallowest path, the earlier. A rule with `/orders/*` must be evaluated before one with `/*`, and one
    with `api.example.com` before one with `*.example.com`, or it would never match. A rule with conditions besides
    hosts and paths stands in a part of the band before its own: those with more of them first.

    Args:
        host_headers: Hosts of the rule.
        path_patterns: Path patterns of the rule.
        further_conditions: How many conditions it has besides them.
    """
    own = _BANDS.index(_band(host_headers, path_patterns))
    if not further_conditions:
        return _BANDS[own]
    before = _BANDS[max(own - 1, 0)]
    size = len(before) // _FURTHER_CONDITIONS
    start = (_FURTHER_CONDITIONS - min(further_conditions, _FURTHER_CONDITIONS)) * size
    return before[start : start + size]


def _band(host_headers: Sequence[str], path_patterns: Sequence[str]) -> range:
    depths = [_literal_depth(pattern) for pattern in path_patterns] or [0]
    place = _DEPTHS - 1 - min(min(depths), _DEPTHS - 1)
    if any(map(_WILDCARD.search, host_headers)):
        return _OF_WILDCARD_HOSTS[place + _DEPTHS * (_WILDCARD_HOST_CLASSES - 1 - min(map(_host_class, host_headers)))]
    return (_OF_EXACT_HOSTS if host_headers else _WITHOUT_HOST)[place]


def _numbers(start: int, size: int) -> range:
    return range(start + 1, start + size + 1)


_OF_EXACT_HOSTS: Final = tuple(_numbers(place * _BAND_SIZE, _BAND_SIZE) for place in range(_DEPTHS))
_OF_WILDCARD_HOSTS: Final = tuple(
    _numbers(_WILDCARD_HOSTS_START + place * _WILDCARD_BAND_SIZE, _WILDCARD_BAND_SIZE)
    for place in range(_DEPTHS * _WILDCARD_HOST_CLASSES)
)
_WITHOUT_HOST: Final = (
    _numbers(_DEEPEST_PATHS_START, (_DEPTHS + 1) * _BAND_SIZE - _DEEPEST_PATHS_START),
    *(_numbers((_DEPTHS + place) * _BAND_SIZE, _BAND_SIZE) for place in range(1, _DEPTHS)),
)
_BANDS: Final = (*_OF_EXACT_HOSTS, *_OF_WILDCARD_HOSTS, *_WITHOUT_HOST)


def computed_priority(
    rule_name: str, host_headers: Sequence[str], path_patterns: Sequence[str], further_conditions: int = 0
) -> int:
    """A number of the rule's band, by a hash of the name, which is the same on every machine.

    Args:
        rule_name: Name of the service, and of the rule if it has several.
        host_headers: Hosts of the rule.
        path_patterns: Path patterns of the rule.
        further_conditions: How many conditions it has besides them.
    """
    band = priority_band(host_headers, path_patterns, further_conditions)
    return band[int.from_bytes(hashlib.sha256(rule_name.encode()).digest()[:4]) % len(band)]


def _literal_depth(pattern: str) -> int:
    literal = _WILDCARD.split(pattern, maxsplit=1)[0]
    return len([part for part in literal.split("/") if part])


def _host_class(host: str) -> int:
    """0 for `*.example.com`, 1 for `api-*.example.com`, 2 for `*.shop.example.com`, 3 for what is more specific."""
    labels = host.split(".")
    literal = [label for label in labels if not _WILDCARD.search(label)]
    in_part = any(label.strip("*?") for label in labels if label not in literal)
    return min(max(2 * (len(literal) - 2), 0) + in_part, _WILDCARD_HOST_CLASSES - 1)
