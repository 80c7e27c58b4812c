"""What rules of load balancing are about: routings, listener rules, and load balancers, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reference_constructs.ecs.network_routing_options import NetworkRoutingOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.edge.existing_load_balancer_options import ExistingLoadBalancerOptions
from reference_constructs.edge.listener_rule_options import ListenerRuleConditions, ListenerRuleOptions
from reference_constructs.edge.network_load_balancer_options import NetworkListenerOptions, NetworkLoadBalancerOptions
from settings.ecs import LoadBalancerSettings, ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath
from settings.rules.subjects import services

_ROUTINGS = ("ecs.services.<name>.routing", "ecs.services.<name>.routings.<name>")
_BALANCERS = ("ecs.load_balancer", "ecs.load_balancers.<name>")


@dataclass(frozen=True)
class ListenerRuleSubject:
    """A listener rule: of a service, or of the load balancer itself."""

    path: KeyPath
    title: str
    """What it is called in a sentence."""

    load_balancer: str | None
    """Name of the load balancer; None for `ecs.load_balancer`."""

    options: ListenerRuleConditions
    priority: int

    @property
    def this(self) -> str:
        """What it is called at its own place."""
        return f"this {self.title.partition(' ')[0]}"


def routing_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every routing, or the routings themselves, as `@rule` takes them."""
    return tuple(f"{routing}.{key}" for routing in _ROUTINGS for key in keys) if keys else _ROUTINGS


def balancer_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every Application Load Balancer, or these themselves, as `@rule` takes them."""
    return tuple(f"{balancer}.{key}" for balancer in _BALANCERS for key in keys) if keys else _BALANCERS


def condition_keys(*keys: str) -> tuple[str, ...]:
    """Keys of the conditions of every listener rule, as `@rule` takes them."""
    return (
        *routing_keys(*keys),
        *routing_keys(*(f"further_rules.<name>.{key}" for key in keys)),
        *balancer_keys(*(f"{kind}.<name>.{key}" for kind in ("redirects", "fixed_responses") for key in keys)),
    )


def routings(environment: Environment) -> Iterator[tuple[KeyPath, ServiceSettings, RoutingOptions]]:
    """Everything that an Application Load Balancer forwards to a service."""
    for path, service in services(environment):
        if service.routing is not None:
            yield (*path, "routing"), service, service.routing
        for name, routing in service.routings.items():
            yield (*path, "routings", name), service, routing


def network_routings(environment: Environment) -> Iterator[tuple[KeyPath, ServiceSettings, NetworkRoutingOptions]]:
    """Everything that a Network Load Balancer forwards to a service."""
    for path, service in services(environment):
        for name, routing in service.network_routings.items():
            yield (*path, "network_routings", name), service, routing


def all_load_balancers(environment: Environment) -> Mapping[str | None, tuple[KeyPath, LoadBalancerSettings]]:
    """Every Application Load Balancer by its name, new ones and those that exist."""
    ecs = environment.ecs
    if ecs is None:
        return {}
    found: dict[str | None, tuple[KeyPath, LoadBalancerSettings]] = {}
    if ecs.load_balancer is not None:
        found[None] = ("ecs", "load_balancer"), ecs.load_balancer
    for name, each in ecs.load_balancers.items():
        found[name] = ("ecs", "load_balancers", name), each
    return found


def load_balancers(environment: Environment) -> Iterator[tuple[KeyPath, LoadBalancerSettings]]:
    """Every Application Load Balancer to create."""
    return ((path, each) for path, each in all_load_balancers(environment).values() if each.existing is None)


def existing_load_balancers(
    environment: Environment,
) -> Iterator[tuple[KeyPath, str | None, ExistingLoadBalancerOptions]]:
    """Every load balancer that exists, with its name."""
    for name, (path, each) in all_load_balancers(environment).items():
        if each.existing is not None:
            yield (*path, "existing"), name, each.existing


def network_load_balancers(environment: Environment) -> Iterator[tuple[KeyPath, str, NetworkLoadBalancerOptions]]:
    """Every Network Load Balancer, with its name."""
    for name, each in (environment.ecs.network_load_balancers if environment.ecs else {}).items():
        yield ("ecs", "network_load_balancers", name), name, each


def new_network_load_balancers(
    environment: Environment,
) -> Iterator[tuple[KeyPath, str, NetworkLoadBalancerOptions]]:
    """Every Network Load Balancer to create, with its name."""
    return (each for each in network_load_balancers(environment) if each[2].existing is None)


def listened_routings(
    environment: Environment,
) -> Iterator[tuple[KeyPath, ServiceSettings, NetworkRoutingOptions, NetworkListenerOptions]]:
    """Every routing whose listener there is."""
    balancers = {name: balancer for _, name, balancer in network_load_balancers(environment)}
    for path, service, routing in network_routings(environment):
        balancer = balancers.get(routing.load_balancer)
        listener = balancer.listeners.get(routing.listener) if balancer else None
        if listener is not None:
            yield path, service, routing, listener


def load_balancer_key(name: str | None) -> str:
    """Where a load balancer of that name stands in a file."""
    return "ecs.load_balancer" if name is None else f"ecs.load_balancers.{name}"


def has_https(environment: Environment, name: str | None) -> bool:
    """Whether clients use HTTPS; of a load balancer that exists, nobody knows."""
    found = all_load_balancers(environment).get(name)
    return found is None or found[1].existing is not None or not found[1].plain_http


def listener_rules(environment: Environment) -> Iterator[ListenerRuleSubject]:
    """Every listener rule of every Application Load Balancer."""
    for path, service in services(environment):
        name = str(path[-1])
        priorities = service.listener_rule_priorities(name)
        for key, routing, rule in service.listener_rules:
            place, title = _place(path, key)
            yield ListenerRuleSubject(place, title, routing.load_balancer, rule, priorities[key])
    for name_of_balancer, (path, balancer) in all_load_balancers(environment).items():
        for kind, rules in (("redirects", balancer.redirects), ("fixed_responses", balancer.fixed_responses)):
            for name, each in rules.items():
                title = f"rule {name} of {load_balancer_key(name_of_balancer)}.{kind}"
                priority = each.rule_priority(f"{kind}/{name}")
                yield ListenerRuleSubject((*path, kind, name), title, name_of_balancer, each, priority)


def forwarding_rules(environment: Environment) -> Iterator[tuple[KeyPath, RoutingOptions, ListenerRuleOptions]]:
    """Every listener rule that forwards to a service, with its routing."""
    for path, service in services(environment):
        for key, routing, rule in service.listener_rules:
            yield _place(path, key)[0], routing, rule


def _place(service: KeyPath, key: str) -> tuple[KeyPath, str]:
    """Path and title of a rule, by its name among those of the service."""
    routing, _, further = key.partition("/")
    place: KeyPath = (*service, "routings", routing) if routing else (*service, "routing")
    title = f"service {service[-1]}"
    if further:
        return (*place, "further_rules", further), f"rule {further} of {title}"
    return place, f"routing {routing} of {title}" if routing else title
