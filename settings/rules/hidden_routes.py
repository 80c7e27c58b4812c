"""Rules of requests that more than one listener rule could have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from reference_constructs.edge.listener_rule_priority import priority_band
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.request_sets import Atom, Route, contains, overlap
from settings.rules.routing_subjects import ListenerRuleSubject, condition_keys, listener_rules
from settings.rules.rule import rule, warning

_KEYS = condition_keys(
    "path_patterns", "host_headers", "http_headers", "http_request_methods", "query_strings", "source_ips", "priority"
)
_Pair = tuple[ListenerRuleSubject, Route]


def _routes(environment: Environment) -> list[_Pair]:
    """By priority, as each listener evaluates them."""
    found = sorted(listener_rules(environment), key=lambda each: each.priority)
    return [(each, Route(each.options)) for each in found if each.options.number_of_values]


@rule("Listener rules for your Application Load Balancer, rule conditions", keys=_KEYS)
def request_reaches_its_service(environment: Environment) -> Iterator[Problem]:
    """Listener rules are evaluated by priority, the lowest number first, and the first that matches has the request."""
    routes = _routes(environment)
    taken: defaultdict[str | None, set[int]] = defaultdict(set)
    for subject, _ in routes:
        taken[subject.load_balancer].add(subject.priority)
    for earlier, later in combinations(routes, 2):
        first, second = earlier[0], later[0]
        if first.load_balancer == second.load_balancer and first.priority != second.priority:
            yield from _hidden(earlier, later, taken[first.load_balancer])


def _hidden(earlier: _Pair, later: _Pair, taken: set[int]) -> Iterator[Problem]:
    """Each value of the later rule that never matches; what only several conditions together say, at the last path."""
    atoms = list(later[1].atoms)
    covered = {atom for atom in atoms if earlier[1].covers(atom)}
    said: set[Atom] = set()
    for value in later[1].values:
        holding = {atom for atom in atoms if value in atom}
        if holding and holding <= covered and not holding <= said:
            said |= holding
            yield _problem(earlier, later, value.place, value.text, taken)
    for atom in atoms:
        if atom in covered and atom not in said:
            stated = [value for value in atom if value.place]
            text = " of ".join(value.text for value in stated)
            yield _problem(earlier, later, stated[0].place, text, taken)


def _problem(earlier: _Pair, later: _Pair, place: KeyPath, value: str, taken: set[int]) -> Problem:
    first, second = earlier[0], later[0]
    if _equal(earlier[1], later[1]):
        fix = "use different conditions"
    else:
        is_room_before = sum(number < first.priority for number in taken) < first.priority - 1
        change = (
            f"set priority of {second.this} to a free number below {first.priority}"
            if is_room_before
            else f"set priority of {first.title} to a free number above {second.priority}"
        )
        fix = f"{change}, or narrow what {first.title} matches"
    return Problem(
        path=(*second.path, *place),
        finding=f"{first.title} has every request for {value} first, because its priority is {first.priority} and that "
        f"of {second.this} {second.priority}",
        fix=fix,
    )


def _equal(first: Route, second: Route) -> bool:
    return all(one.covers(atom) for one, other in ((first, second), (second, first)) for atom in other.atoms)


@warning("Listener rules for your Application Load Balancer, rule priority", keys=_KEYS)
def order_of_overlapping_rules_is_chosen(environment: Environment) -> Iterator[Problem]:
    """A hash of the names decides between rules that are equally specific, and another name could turn it round."""
    for earlier, later in combinations(_routes(environment), 2):
        first, second = earlier[0], later[0]
        if first.options.priority or second.options.priority or first.load_balancer != second.load_balancer:
            continue
        if not range(max(_band(first)[0], _band(second)[0]), min(_band(first)[-1], _band(second)[-1]) + 1):
            continue
        for atom in later[1].atoms:
            others = [each for each in earlier[1].atoms if overlap(atom, each)]
            if others and not any(contains(each, atom) or contains(atom, each) for each in others):
                yield Problem(
                    path=(*second.path, "priority"),
                    finding=f"requests for {_differing(atom, others[0])} can be for {_differing(others[0], atom)} too, "
                    f"which {first.title} has first by chance",
                    fix=f"set priority of both {'services' if _are_services(first, second) else 'rules'}",
                )
                break


def _differing(atom: Atom, other: Atom) -> str:
    """What the one states and the other does not."""
    texts = [value.text for value in atom if value.place and value.text not in {each.text for each in other}]
    return " of ".join(texts)


def _are_services(*subjects: ListenerRuleSubject) -> bool:
    return all(each.title.startswith("service ") for each in subjects)


def _band(subject: ListenerRuleSubject) -> range:
    options = subject.options
    return priority_band(options.host_headers, options.path_patterns, options.number_of_further_conditions)
