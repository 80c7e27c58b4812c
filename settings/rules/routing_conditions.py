"""Rules of the conditions of listener rules, and of what happens to requests on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts.load_balancing import VALUES_OF_A_RULE, WILDCARDS_OF_A_RULE
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, did_you_mean
from settings.rules.routing_subjects import (
    all_load_balancers,
    balancer_keys,
    condition_keys,
    existing_load_balancers,
    forwarding_rules,
    has_https,
    listener_rules,
    load_balancer_key,
    load_balancers,
    routing_keys,
)
from settings.rules.rule import rule, warning

_RULES = (
    *routing_keys(),
    *routing_keys("further_rules.<name>"),
    *balancer_keys("redirects.<name>", "fixed_responses.<name>"),
)
_TEXTS = condition_keys("path_patterns", "host_headers", "http_headers", "query_strings")
_VALUES = (*_TEXTS, *condition_keys("http_request_methods", "source_ips"))
_AUTHENTICATION = (*routing_keys("authentication"), *routing_keys("further_rules.<name>.authentication"))


@rule("Quotas for your Application Load Balancers", keys=(*_RULES, *_VALUES))
def routing_has_one_to_five_values(environment: Environment) -> Iterator[Problem]:
    """A listener rule can have five condition values; without any, it would match every request."""
    for each in listener_rules(environment):
        count = each.options.number_of_values
        if not 1 <= count <= VALUES_OF_A_RULE:
            yield Problem(
                path=each.path,
                finding=f"there are {count} values in all conditions together" if count else "there is no condition",
                allowed=f"1 to {VALUES_OF_A_RULE} together",
            )


@rule("Quotas for your Application Load Balancers", keys=(*_RULES, *_TEXTS))
def routing_has_at_most_six_wildcards(environment: Environment) -> Iterator[Problem]:
    """A listener rule can have six wildcard characters, and the quota cannot be raised."""
    for each in listener_rules(environment):
        count = sum(text.count(wildcard) for text in each.options.texts for wildcard in "*?")
        if count > WILDCARDS_OF_A_RULE:
            yield Problem(
                path=each.path,
                finding=f"there are {count} wildcards in all conditions together",
                allowed=f"at most {WILDCARDS_OF_A_RULE} together",
            )


@rule("Listener rules for your Application Load Balancer, path conditions", keys=condition_keys("path_patterns[]"))
def path_pattern_can_match(environment: Environment) -> Iterator[Problem]:
    """The path of every request begins with a slash."""
    for each in listener_rules(environment):
        for index, pattern in enumerate(each.options.path_patterns):
            if pattern[0] not in "/*?":
                yield Problem(
                    path=(*each.path, "path_patterns", index),
                    value=pattern,
                    allowed=f"a pattern that begins with /, such as /{pattern}",
                )


@rule("PathPatternConditionConfig, Elastic Load Balancing API Reference", keys=_VALUES)
def routing_value_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a condition that has one value twice."""
    for each in listener_rules(environment):
        options = each.options
        for key in ("path_patterns", "host_headers", "http_request_methods"):
            yield from come_once((*each.path, key), getattr(options, key))
        yield from come_once((*each.path, "source_ips"), [str(block) for block in options.source_ips])
        for name, values in options.http_headers.items():
            yield from come_once((*each.path, "http_headers", name), values)
        texts = [f"{'' if item.key is None else item.key}={item.value}" for item in options.query_strings]
        yield from come_once((*each.path, "query_strings"), texts)


@rule("HttpHeaderConditionConfig, Elastic Load Balancing API Reference", keys=condition_keys("http_headers"))
def condition_of_the_host_is_its_own(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a condition for the header Host, for which it has another kind."""
    for each in listener_rules(environment):
        for name in each.options.http_headers:
            if name.lower() == "host":
                yield Problem(
                    path=(*each.path, "http_headers", name),
                    finding="the header is Host",
                    fix="use host_headers",
                )


@rule("Listener rules for your Application Load Balancer, rule priority", keys=condition_keys("priority"))
def priority_is_used_once(environment: Environment) -> Iterator[Problem]:
    """A listener refuses two rules with the same priority."""
    owners: dict[tuple[str | None, int], str] = {}
    for each in listener_rules(environment):
        owner = owners.setdefault((each.load_balancer, each.priority), each.title)
        if owner != each.title:
            how = "" if each.options.priority else "computed "
            yield Problem(
                path=(*each.path, "priority"),
                finding=f"the {how}priority {each.priority} is also that of {owner}",
                fix="set priority to another number from 1 to 50000",
            )


@rule(
    "Listener rules for your Application Load Balancer, rule priority",
    keys=(*condition_keys("priority"), *balancer_keys("existing")),
)
def priority_is_not_taken(environment: Environment) -> Iterator[Problem]:
    """A listener refuses two rules with the same priority, whoever has added the other."""
    for path, name, existing in existing_load_balancers(environment):
        for each in listener_rules(environment):
            if each.load_balancer == name and each.priority in existing.taken_priorities:
                yield Problem(
                    path=(*each.path, "priority"),
                    finding=f"the {'' if each.options.priority else 'computed '}priority {each.priority} is one of "
                    f"{'.'.join(map(str, path))}.taken_priorities",
                    fix="set priority to another number from 1 to 50000",
                )


@rule(
    "Authenticate users using an Application Load Balancer; Target groups: protocol version",
    keys=(*_AUTHENTICATION, *routing_keys("protocol_version"), *balancer_keys("identity_providers")),
)
def authentication_is_possible(environment: Environment) -> Iterator[Problem]:
    """Users are authenticated by a provider of the load balancer, with HTTPS, and before requests by HTTP/1.1."""
    for path, routing, options in forwarding_rules(environment):
        if options.authentication is None:
            continue
        balancer = all_load_balancers(environment).get(routing.load_balancer)
        key = load_balancer_key(routing.load_balancer)
        providers = balancer[1].identity_providers if balancer else {}
        name = options.authentication.identity_provider
        if not has_https(environment, routing.load_balancer):
            finding, fix = f"{key} serves plain HTTP", "give it a certificate, or remove authentication"
        elif routing.protocol_version != "HTTP1":
            finding = f"protocol_version is {routing.protocol_version}, for which rules can do nothing but forward"
            fix = "use HTTP1, or remove authentication"
        elif balancer is not None and name not in providers:
            finding = f"{key}.identity_providers has no {name}"
            fix = did_you_mean(name, providers) or "add it, or name another one"
        else:
            continue
        yield Problem(path=(*path, "authentication"), finding=finding, fix=fix)


@warning("OpenID Connect Core 1.0, section 3.1.2.1: scope", keys=tuple(f"{key}.scope" for key in _AUTHENTICATION))
def scope_has_openid(environment: Environment) -> Iterator[Problem]:
    """Without it, a provider gives no ID token, or refuses to tell the load balancer who the user is."""
    for path, _, options in forwarding_rules(environment):
        if options.authentication is not None and "openid" not in options.authentication.scope.split():
            yield Problem(
                path=(*path, "authentication", "scope"),
                finding="openid is not among the claims",
                fix=f"use openid {options.authentication.scope}",
            )


@rule("RedirectActionConfig, Elastic Load Balancing API Reference", keys=balancer_keys("redirects.<name>"))
def redirect_changes_the_url(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a redirect to the same URL, which would never end."""
    for path, balancer in load_balancers(environment):
        for name, each in balancer.redirects.items():
            stated = (each.host, each.path, each.query, each.port)
            if all(value in (None, same) for value, same in zip(stated, _SAME, strict=True)):
                yield Problem(
                    path=(*path, "redirects", name),
                    finding="the redirect changes neither host, path, query, nor port",
                    fix="state at least one of them",
                )


_SAME: Final = ("#{host}", "/#{path}", "#{query}", None)
