"""Rules of requests that more than one service could have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.edge.listener_rule_priority import priority_band
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import routed_services
from settings.wildcard_patterns import example

_ROUTING = "ecs.services.<name>.routing"
_KEYS = tuple(f"{_ROUTING}.{key}" for key in ("path_patterns", "host_headers", "priority"))
_ANY = "*"
_EVERY_PATH = "/*"


@dataclass(frozen=True)
class _Route:
    """A listener rule: requests with one of the hosts and one of the paths."""

    path: KeyPath
    service: str
    routing: RoutingOptions
    priority: int
    hosts: tuple[str, ...]
    """In lowercase, since host names are compared without regard to case; `*` without a condition."""

    paths: tuple[str, ...]

    def covers(self, host: str, path: str) -> bool:
        """Whether it takes every request with such a host and such a path."""
        return example([host], self.hosts) is None and example([path, _EVERY_PATH], self.paths) is None


def _routes(environment: Environment) -> list[_Route]:
    """By priority, as the listener evaluates them."""
    routes = [
        _Route(
            (*path, "routing"),
            str(path[-1]),
            routing,
            routing.rule_priority(str(path[-1])),
            tuple(host.lower() for host in routing.host_headers) or (_ANY,),
            routing.path_patterns or (_ANY,),
        )
        for path, _, routing in routed_services(environment)
    ]
    return sorted(routes, key=lambda route: route.priority)


@rule("Listener rules for your Application Load Balancer, rule conditions", keys=_KEYS)
def request_reaches_its_service(environment: Environment) -> Iterator[Problem]:
    """Listener rules are evaluated by priority, the lowest number first, and the first that matches has the request."""
    routes = _routes(environment)
    taken = {route.priority for route in routes}
    for earlier, later in combinations(routes, 2):
        if earlier.priority != later.priority:
            yield from _hidden(earlier, later, is_room_before=not taken.issuperset(range(1, earlier.priority)))


def _hidden(earlier: _Route, later: _Route, *, is_room_before: bool) -> Iterator[Problem]:
    """Each value of the later rule that never matches; a value of both conditions is said at the path."""
    taken = {pair for pair in product(later.hosts, later.paths) if earlier.covers(*pair)}
    said = set()
    for index, path in enumerate(later.paths):
        if all((host, path) in taken for host in later.hosts):
            said |= {(host, path) for host in later.hosts}
            key = "path_patterns" if later.routing.path_patterns else "host_headers"
            value = path if key == "path_patterns" else later.hosts[0]
            yield _problem(earlier, later, (*later.path, key, index), value, is_room_before=is_room_before)
    for index, host in enumerate(later.hosts):
        pairs = {(host, path) for path in later.paths}
        if pairs <= taken and not pairs <= said:
            said |= pairs
            yield _problem(earlier, later, (*later.path, "host_headers", index), host, is_room_before=is_room_before)
    for host, path in sorted(taken - said):
        place = (*later.path, "path_patterns", later.paths.index(path))
        yield _problem(earlier, later, place, f"{path} of {host}", is_room_before=is_room_before)


def _problem(earlier: _Route, later: _Route, path: KeyPath, value: str, *, is_room_before: bool) -> Problem:
    if _equal(earlier, later):
        fix = "use different path_patterns or different host_headers"
    else:
        change = (
            f"set priority of this service to a free number below {earlier.priority}"
            if is_room_before
            else f"set priority of service {earlier.service} to a free number above {later.priority}"
        )
        fix = f"{change}, or narrow what service {earlier.service} matches"
    return Problem(
        path=path,
        finding=f"service {earlier.service} has every request for {value} first, because its priority is "
        f"{earlier.priority} and that of this service {later.priority}",
        fix=fix,
    )


def _equal(first: _Route, second: _Route) -> bool:
    return all(
        one.covers(host, path)
        for one, other in ((first, second), (second, first))
        for host, path in product(other.hosts, other.paths)
    )


@warning("Listener rules for your Application Load Balancer, rule priority", keys=_KEYS)
def order_of_overlapping_rules_is_chosen(environment: Environment) -> Iterator[Problem]:
    """A hash of the names decides between rules that are equally specific, and another name could turn it round."""
    for earlier, later in combinations(_routes(environment), 2):
        if earlier.routing.priority or later.routing.priority or _band(earlier) != _band(later):
            continue
        for host, path in product(later.hosts, later.paths):
            others = [pair for pair in product(earlier.hosts, earlier.paths) if _overlap((host, path), pair)]
            if others and not any(_contains(pair, (host, path)) or _contains((host, path), pair) for pair in others):
                yield Problem(
                    path=(*later.path, "priority"),
                    finding=f"requests for {path} can be for {others[0][1]} too, which service {earlier.service} has "
                    "first by chance",
                    fix="set priority of both services",
                )
                break


def _band(route: _Route) -> range:
    return priority_band(route.routing.host_headers, route.routing.path_patterns)


def _overlap(first: tuple[str, str], second: tuple[str, str]) -> bool:
    return example([first[0], second[0]]) is not None and example([first[1], second[1], _EVERY_PATH]) is not None


def _contains(outer: tuple[str, str], inner: tuple[str, str]) -> bool:
    return example([inner[0]], [outer[0]]) is None and example([inner[1], _EVERY_PATH], [outer[1]]) is None
