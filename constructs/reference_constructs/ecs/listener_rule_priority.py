"""The priority of a listener rule, computed from the rule and the name of its service alone (docs/adr/0007)."""

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
_WILDCARD: Final = re.compile(r"[*?]")


def priority_band(host_headers: Sequence[str], path_patterns: Sequence[str]) -> range:
    """The numbers that the priority of a rule is one of.

    In this order: exact hosts, hosts with a wildcard (those with more literal labels first), no host; within each, the
    deeper the shallowest path, the earlier. A rule with `/orders/*` must be evaluated before one with `/*`, and one
    with `api.example.com` before one with `*.example.com`, or it would never match.

    Args:
        host_headers: Hosts of the rule.
        path_patterns: Path patterns of the rule.
    """
    depths = [_literal_depth(pattern) for pattern in path_patterns] or [0]
    place = _DEPTHS - 1 - min(min(depths), _DEPTHS - 1)
    if any(map(_WILDCARD.search, host_headers)):
        place += _DEPTHS * (_WILDCARD_HOST_CLASSES - 1 - min(map(_host_class, host_headers)))
        start, size = _WILDCARD_HOSTS_START + place * _WILDCARD_BAND_SIZE, _WILDCARD_BAND_SIZE
    elif host_headers:
        start, size = place * _BAND_SIZE, _BAND_SIZE
    elif place == 0:
        start, size = _DEEPEST_PATHS_START, (_DEPTHS + 1) * _BAND_SIZE - _DEEPEST_PATHS_START
    else:
        start, size = (_DEPTHS + place) * _BAND_SIZE, _BAND_SIZE
    return range(start + 1, start + size + 1)


def computed_priority(service_name: str, host_headers: Sequence[str], path_patterns: Sequence[str]) -> int:
    """A number of the rule's band, by a hash of the name, which is the same on every machine.

    Args:
        service_name: Name of the service.
        host_headers: Hosts of the rule.
        path_patterns: Path patterns of the rule.
    """
    band = priority_band(host_headers, path_patterns)
    return band[int.from_bytes(hashlib.sha256(service_name.encode()).digest()[:4]) % len(band)]


def _literal_depth(pattern: str) -> int:
    literal = _WILDCARD.split(pattern, maxsplit=1)[0]
    return len([part for part in literal.split("/") if part])


def _host_class(host: str) -> int:
    """0 for `*.example.com`, 1 for `api-*.example.com`, 2 for `*.shop.example.com`, 3 for what is more specific."""
    labels = host.split(".")
    literal = [label for label in labels if not _WILDCARD.search(label)]
    in_part = any(label.strip("*?") for label in labels if label not in literal)
    return min(max(2 * (len(literal) - 2), 0) + in_part, _WILDCARD_HOST_CLASSES - 1)
