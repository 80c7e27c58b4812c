"""Whatever set of routings is accepted: no request reaches another service than the most specific one.

The oracle shares no code with the rules or the priorities. It asks what AWS documents: rules are tried by their number,
and the first whose conditions are all met has the request. It tries requests one by one, of which there are enough to
tell all of the conditions apart.
"""

from __future__ import annotations

import fnmatch
import ipaddress
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from settings import Environment
from settings.rules import RULES
from settings.rules.routing_subjects import listener_rules

HOSTS = ("*.example.com", "api.example.com", "web.example.com", "*.shop.example.com", "api-*.example.com")
PATHS = ("/*", "/api", "/api/*", "/api/v?/*", "/api/v1/orders", "*/admin", "/web*")
METHODS = ("GET", "POST")
HEADERS = ("beta", "beta-*", "*")
QUERIES = ({"key": "v", "value": "1"}, {"key": "v", "value": "*"}, {"value": "1"})
SOURCES = ("10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/16")

# Of each condition, values that tell its patterns apart. A request has one of each, so the requests of a rule are all
# combinations of what it matches of each.
REQUESTS: Mapping[str, tuple[Any, ...]] = {
    "host_headers": ("api.example.com", "web.example.com", "x.shop.example.com", "api-2.example.com", "y.example.com",
                     "other.org"),
    "path_patterns": ("/", "/api", "/api/", "/api/x", "/api/v2/x", "/api/v1/orders", "/api/v1/admin", "/admin", "/web",
                      "/website"),
    "http_request_methods": ("GET", "POST", "PUT"),
    "http_headers": (None, "beta", "beta-2", "else"),
    "query_strings": ((), (("v", "1"),), (("v", "2"),), (("w", "1"),), (("v", "2"), ("w", "1"))),
    "source_ips": ("10.1.0.1", "10.2.0.1", "192.168.0.1", "8.8.8.8"),
}  # fmt: skip
Requests = tuple[frozenset[Any], ...]
Rule = Mapping[str, Any]


def some(values: tuple[Any, ...], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), max_size=most, unique_by=str)


RULE_STRATEGY = st.fixed_dictionaries(
    {"host_headers": some(HOSTS), "path_patterns": some(PATHS)},
    optional={
        "http_request_methods": some(METHODS, 1),
        "http_headers": some(HEADERS, 1).map(lambda values: {"X-Tenant": values} if values else {}),
        "query_strings": some(QUERIES, 1),
        "source_ips": some(SOURCES, 1),
        "priority": st.integers(1, 50_000),
    },
)
SINGLE = st.fixed_dictionaries(
    {"host_headers": some(HOSTS[:4], 1), "path_patterns": some(PATHS[:5], 1)},
    optional={"http_request_methods": some(METHODS, 1), "source_ips": some(SOURCES, 1)},
)
NAMES = ("api", "web", "orders", "admin")


def environment(rules: Mapping[str, Rule]) -> Environment:
    return Environment.model_validate(
        {
            "name": "shop",
            "region": "eu-west-1",
            "availability_zones": ["eu-west-1a", "eu-west-1b"],
            "tags": {"owner": "team", "cost_centre": "shop"},
            "ecs": {
                "load_balancer": {"plain_http": True},
                "services": {
                    name: {"containers": {"web": {"image": "shop/api:1.0", "port": 8080}}, "routing": dict(rule)}
                    for name, rule in rules.items()
                },
            },
        }
    )


def objections(rules: Mapping[str, Rule], *names: str) -> list[str]:
    found = environment(rules)
    return [str(problem.finding) for name in names for problem in RULES[name].problems(found)]


REFUSING = ("routing_has_one_to_five_values", "routing_has_at_most_six_wildcards", "priority_is_used_once")


def atoms(rule: Rule) -> Iterator[Rule]:
    """The rule with one value of each condition."""
    keys = [key for key in rule if rule[key] and key != "priority"]
    choices = [list(rule[key].items()) if key == "http_headers" else rule[key] for key in keys]
    for chosen in product(*choices):
        yield {
            key: [value] if key != "http_headers" else {value[0]: value[1]}
            for key, value in zip(keys, chosen, strict=True)
        }


def matches(condition: str, stated: Any, value: Any) -> bool:  # noqa: ANN401 - of each kind of condition
    match condition:
        case "http_headers":
            patterns = [each for values in stated.values() for each in values]
            return value is not None and any(fnmatch.fnmatchcase(value, each) for each in patterns)
        case "query_strings":
            pairs = [(each.get("key", "*"), each["value"]) for each in stated]
            return any(
                fnmatch.fnmatchcase(name, key) and fnmatch.fnmatchcase(text, pattern)
                for name, text in value
                for key, pattern in pairs
            )
        case "source_ips":
            return any(ipaddress.ip_address(value) in ipaddress.ip_network(each) for each in stated)
        case _:
            return any(fnmatch.fnmatchcase(value, each) for each in stated)


def matched(rule: Rule) -> Requests:
    return tuple(
        frozenset(value for value in values if not rule.get(condition) or matches(condition, rule[condition], value))
        for condition, values in REQUESTS.items()
    )


def within(inner: Requests, outer: Requests) -> bool:
    return all(inner) and all(one <= other for one, other in zip(inner, outer, strict=True))


def misled(rules: Mapping[str, Rule], order: list[str]) -> list[tuple[str, str]]:
    """Pairs of services of which the first has requests that are for a more specific routing of the second."""
    found = []
    whole = {name: matched(rule) for name, rule in rules.items()}
    for index, later in enumerate(order):
        for earlier in order[:index]:
            if any(within(requests, whole[earlier]) for requests in map(matched, atoms(rules[later]))):
                found.append((earlier, later))
    return found


@given(rules=st.dictionaries(st.sampled_from(NAMES), RULE_STRATEGY, min_size=2, max_size=4))
@settings(max_examples=150, deadline=None)
@example(rules={"web": {"host_headers": ["*.example.com"]}, "api": {"host_headers": ["api.example.com"]}})
@example(rules={"api": {"path_patterns": ["/api", "/api/*"]}, "web": {"path_patterns": ["/web*", "/api/v?/*"]}})
@example(rules={"api": {"path_patterns": ["/api/*"]}, "web": {"path_patterns": ["/api/*"], "source_ips": [SOURCES[0]]}})
@example(
    rules={
        "api": {"path_patterns": ["/api", "/api/*"], "priority": 1},
        "web": {"path_patterns": ["/api/v1/orders"], "priority": 2},
    }
)
def test_no_request_of_an_accepted_file_reaches_a_less_specific_service(rules: Mapping[str, Rule]) -> None:
    # Given a set of routings that is accepted, which the oracle confirms where it is refused
    if objections(rules, *REFUSING):
        return
    order = [each.title.removeprefix("service ") for each in sorted(listener_rules(environment(rules)), key=_priority)]
    hidden = misled(rules, order)

    # Then no service takes what is for another, or the file is refused
    assert bool(hidden) == bool(objections(rules, "request_reaches_its_service"))


@given(
    rules=st.dictionaries(st.sampled_from(NAMES), SINGLE, min_size=2, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_computed_priorities_are_right_for_rules_with_one_value_of_each_condition(rules: Mapping[str, Rule]) -> None:
    if objections(rules, *REFUSING):
        return
    order = [each.title.removeprefix("service ") for each in sorted(listener_rules(environment(rules)), key=_priority)]

    # Nothing but the same requests for two services is left to be decided by the file
    same = [pair for pair in misled(rules, order) if matched(rules[pair[0]]) == matched(rules[pair[1]])]
    assert misled(rules, order) == same


def _priority(rule: Any) -> int:  # noqa: ANN401 - what the rules are about
    priority: int = rule.priority
    return priority
