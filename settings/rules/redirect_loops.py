"""Warnings of redirects that lead back to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from reference_constructs.edge.listener_options import RedirectOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.request_sets import Atom, Route, contains
from settings.rules.routing_subjects import ListenerRuleSubject, balancer_keys, condition_keys, listener_rules
from settings.rules.rule import warning

_ANY: Final = "*"
_KEYS: Final = ("host", "path", "query", "port")
# Methods that a browser uses for the redirected request.
_FOLLOWED: Final = ("GET", "HEAD")
_Rules = Sequence[tuple[ListenerRuleSubject, Route]]


@warning(
    "RedirectActionConfig, Elastic Load Balancing API Reference: redirect loops",
    keys=(
        *balancer_keys("redirects.<name>"),
        *balancer_keys(*(f"redirects.<name>.{key}" for key in _KEYS)),
        *condition_keys("path_patterns", "host_headers", "priority"),
    ),
)
def redirect_ends(environment: Environment) -> Iterator[Problem]:
    """A browser follows some redirects, and then shows that there are too many of them."""
    rules = [
        (each, Route(each.options)) for each in sorted(listener_rules(environment), key=lambda each: each.priority)
    ]
    told: set[KeyPath] = set()
    for subject, route in rules:
        same = [each for each in rules if each[0].load_balancer == subject.load_balancer]
        back = next((way for atom in route.atoms if (way := _way_back(subject, atom, same)) is not None), None)
        if back is not None and subject.path not in told:
            told |= {each.path for each in back}
            over = f" over {' and '.join(each.title for each in back)}" if back else ""
            yield Problem(
                path=subject.path,
                finding=f"the redirect leads to a request that it redirects again{over}",
                fix="exclude the new URL from the conditions, or redirect to another one",
            )


def _way_back(start: ListenerRuleSubject, atom: Atom, rules: _Rules) -> list[ListenerRuleSubject] | None:
    """The redirects between a request and its return to the rule, or None if it does not return."""
    between: list[ListenerRuleSubject] = []
    subject, request = start, atom
    for _ in rules:
        found = _redirected(subject, request)
        answering = _answering(found, rules) if found else None
        if found is None or answering is None:
            return None
        subject, request = answering, found
        if subject.path == start.path:
            return between
        between.append(subject)
    return None


def _answering(request: Atom, rules: _Rules) -> ListenerRuleSubject | None:
    """The first rule that has all of these requests; one that has some of them leaves others to go round."""
    return next((subject for subject, route in rules if any(contains(each, request) for each in route.atoms)), None)


def _redirected(subject: ListenerRuleSubject, request: Atom) -> Atom | None:
    """The request that a browser sends next; None where it may go elsewhere, or its way is not known."""
    options = subject.options
    if not isinstance(options, RedirectOptions) or options.port is not None or options.query not in (None, "#{query}"):
        return None
    found = []
    for value in request:
        pattern = value.patterns[0] if value.patterns else _ANY
        if value.condition == "host_headers":
            if options.host is not None and pattern == _ANY:
                # It may be a host of another load balancer.
                return None
            new = pattern if options.host is None else options.host.replace("#{host}", pattern).lower()
            found.append(replace(value, patterns=(new,)))
        elif value.condition == "path_patterns":
            new = pattern if options.path is None else options.path.replace("#{path}", pattern.removeprefix("/"))
            found.append(replace(value, patterns=(new,)))
        elif value.condition == "http_request_methods" and pattern not in _FOLLOWED:
            return None
        else:
            found.append(value)
    if any(mark in value.patterns[0] for value in found if value.patterns for mark in ("#{port}", "#{protocol}")):
        return None
    return tuple(found)
