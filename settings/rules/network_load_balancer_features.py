"""Rules of Network Load Balancers that exist, of their access logs, and of how many targets one has."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from facts.load_balancing import TARGETS_OF_A_NETWORK_LOAD_BALANCER_IN_A_ZONE
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.routing_subjects import network_load_balancers, network_routings, new_network_load_balancers
from settings.rules.rule import rule, warning

_BALANCER = "ecs.network_load_balancers.<name>"
_ROUTING = "ecs.services.<name>.network_routings.<name>"


@rule("docs/adr/0029: a load balancer and an ECS cluster that exist", keys=(_BALANCER,))
def existing_network_load_balancer_is_not_shaped(environment: Environment) -> Iterator[Problem]:
    """The load balancer is what its owner made of it, so a key that shapes a new one would do nothing."""
    for path, name, balancer in network_load_balancers(environment):
        if balancer.existing is not None:
            for key in sorted(balancer.model_fields_set - {"existing", "listeners"}):
                yield Problem(
                    path=(*path, key),
                    finding=f"{key} is of a new load balancer, but there is ecs.network_load_balancers.{name}.existing",
                    fix=f"remove {key}, or remove existing",
                )


@warning(
    "Target groups for your Network Load Balancers; Security group rules, Amazon VPC User Guide",
    keys=(f"{_BALANCER}.existing", "network.existing"),
)
def existing_network_load_balancer_is_in_the_vpc(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a listener that forwards to a target group in another VPC."""
    for path, _, balancer in network_load_balancers(environment):
        if balancer.existing is not None and environment.network.existing is None:
            yield Problem(
                path=(*path, "existing"),
                finding="the load balancer exists, and the VPC of its targets is a new one",
                fix="name the VPC of the load balancer in network.existing, or acknowledge that somebody has put the "
                "load balancer into the VPC of this environment",
            )


@warning(
    "Access logs for your Network Load Balancer",
    keys=(f"{_BALANCER}.access_log_retention_days", f"{_BALANCER}.listeners.<name>.protocol"),
)
def network_access_logs_have_something_to_log(environment: Environment) -> Iterator[Problem]:
    """A Network Load Balancer writes access logs of TLS requests alone, so the bucket would stay empty."""
    for path, _, balancer in new_network_load_balancers(environment):
        logs = balancer.access_log_retention_days is not None
        if logs and all(each.protocol != "TLS" for each in balancer.listeners.values()):
            yield Problem(
                path=(*path, "access_log_retention_days"),
                finding="no listener has the protocol TLS",
                fix="remove access_log_retention_days: VPC flow logs record every connection",
            )


@warning(
    "Quotas for your Network Load Balancers",
    keys=(_ROUTING, _BALANCER, f"{_BALANCER}.cross_zone", "availability_zones"),
)
def targets_fit_the_network_load_balancer(environment: Environment) -> Iterator[Problem]:
    """A Network Load Balancer can have 500 targets in a zone, with cross-zone load balancing 500 in all."""
    for path, name, balancer in network_load_balancers(environment):
        counts = [
            service.most_tasks for _, service, routing in network_routings(environment) if routing.load_balancer == name
        ]
        total = sum(counts) + max(counts, default=0)
        in_a_zone = total if balancer.cross_zone else ceil(total / len(environment.availability_zones))
        if in_a_zone > TARGETS_OF_A_NETWORK_LOAD_BALANCER_IN_A_ZONE:
            yield Problem(
                path=path,
                finding=f"tasks behind it are up to {total}, {in_a_zone} in a zone, if the largest service deploys",
                fix=f"run at most {TARGETS_OF_A_NETWORK_LOAD_BALANCER_IN_A_ZONE}, or have the quota raised and "
                "acknowledge this",
            )
