"""Rules of the quotas of load balancing: an error where AWS does not raise a quota, a warning where it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from facts.load_balancing import (
    CERTIFICATES_OF_A_LOAD_BALANCER,
    RULES_OF_A_LOAD_BALANCER,
    RULES_OF_A_SECURITY_GROUP,
    TARGET_GROUPS_OF_A_LOAD_BALANCER,
    TARGET_GROUPS_OF_A_SERVICE,
    TARGETS_OF_A_LOAD_BALANCER,
)
from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.routing_subjects import (
    all_load_balancers,
    balancer_keys,
    listener_rules,
    load_balancer_key,
    load_balancers,
    network_load_balancers,
    network_routings,
    routing_keys,
    routings,
)
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_SERVICE: Final = "ecs.services.<name>"


@rule("Quotas for your Application Load Balancers", keys=(*routing_keys(), f"{_SERVICE}.deployment.strategy"))
def load_balancer_has_a_target_group_for_each_service(environment: Environment) -> Iterator[Problem]:
    """A load balancer can have 100 target groups, and the quota cannot be raised."""
    found = [
        (path, routing, 2 if service.deployment.shifts_traffic else 1)
        for path, service, routing in routings(environment)
    ]
    counts: Counter[str | None] = Counter()
    for _, routing, number in found:
        counts[routing.load_balancer] += number
    seen: Counter[str | None] = Counter()
    for path, routing, number in found:
        before = seen[routing.load_balancer]
        seen[routing.load_balancer] += number
        if before <= TARGET_GROUPS_OF_A_LOAD_BALANCER < seen[routing.load_balancer]:
            yield Problem(
                path=path,
                finding=f"{load_balancer_key(routing.load_balancer)} has {counts[routing.load_balancer]} target groups",
                allowed=f"at most {TARGET_GROUPS_OF_A_LOAD_BALANCER}",
                fix="use a further one of ecs.load_balancers, or another environment",
            )


@rule(
    "Amazon ECS service quotas: target groups per service",
    keys=(*routing_keys(), f"{_SERVICE}.routings", f"{_SERVICE}.network_routings"),
)
def service_has_five_target_groups(environment: Environment) -> Iterator[Problem]:
    """An Amazon ECS service can have five target groups, and the quota cannot be raised."""
    for path, service in services(environment):
        count = len(service.all_routings) + len(service.network_routings)
        if count > TARGET_GROUPS_OF_A_SERVICE:
            yield Problem(
                path=(*path, "network_routings" if not service.routings else "routings"),
                finding=f"the service has {count} target groups, one for each routing",
                allowed=f"at most {TARGET_GROUPS_OF_A_SERVICE}",
                fix="use further_rules of a routing where container, load balancer, and health check are the same",
            )


@warning(
    "Quotas for your Application Load Balancers",
    keys=(*routing_keys(), *balancer_keys(), *balancer_keys("redirects", "fixed_responses")),
)
def rules_fit_the_load_balancer(environment: Environment) -> Iterator[Problem]:
    """A load balancer can have 100 listener rules unless the quota is raised."""
    known = all_load_balancers(environment)
    counts = Counter(each.load_balancer for each in listener_rules(environment))
    for _, service, routing in routings(environment):
        # Test requests have a rule too.
        counts[routing.load_balancer] += (
            service.deployment.shifts_traffic and service.deployment.test_traffic is not None
        )
    for name, count in counts.items():
        if count > RULES_OF_A_LOAD_BALANCER and name in known:
            yield Problem(
                path=known[name][0],
                finding=f"there are {count} listener rules",
                fix=f"use at most {RULES_OF_A_LOAD_BALANCER}, or have the quota raised and acknowledge this",
            )


@warning("Quotas for your Application Load Balancers", keys=balancer_keys("additional_certificate_arns"))
def certificates_fit_the_load_balancer(environment: Environment) -> Iterator[Problem]:
    """A load balancer can have 25 certificates besides the default one unless the quota is raised."""
    for path, balancer in load_balancers(environment):
        count = len(balancer.additional_certificate_arns)
        if count > CERTIFICATES_OF_A_LOAD_BALANCER:
            yield Problem(
                path=(*path, "additional_certificate_arns"),
                finding=f"there are {count} certificates besides the default one",
                fix=f"use at most {CERTIFICATES_OF_A_LOAD_BALANCER}, each with several names, or have the quota raised "
                "and acknowledge this",
            )


@warning(
    "Quotas for your Application Load Balancers",
    keys=(f"{_SERVICE}.desired_count", f"{_SERVICE}.scaling.max_capacity"),
)
def targets_fit_the_load_balancer(environment: Environment) -> Iterator[Problem]:
    """A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register more tasks."""
    for name in all_load_balancers(environment):
        behind = [
            (path[:3], service) for path, service, routing in routings(environment) if routing.load_balancer == name
        ]
        yield from _too_many_targets(behind)


def _too_many_targets(behind: list[tuple[KeyPath, ServiceSettings]]) -> Iterator[Problem]:
    counts: Counter[KeyPath] = Counter()
    for path, service in behind:
        counts[path] += service.most_tasks
    total = sum(counts.values()) + max(counts.values(), default=0)
    if total > TARGETS_OF_A_LOAD_BALANCER:
        largest = max(counts, key=lambda path: counts[path])
        scaling = dict(behind)[largest].scaling
        yield Problem(
            path=(*largest, *(("scaling", "max_capacity") if scaling else ("desired_count",))),
            finding=f"tasks behind the load balancer are up to {total}, if the largest service deploys",
            fix=f"run at most {TARGETS_OF_A_LOAD_BALANCER}, or have the quota raised and acknowledge this",
        )


@warning(
    "Amazon VPC quotas, security groups",
    keys=(
        *balancer_keys("allowed_cidrs", "allowed_ipv6_cidrs"),
        "ecs.network_load_balancers.<name>.allowed_cidrs",
    ),
)
def clients_fit_the_security_group(environment: Environment) -> Iterator[Problem]:
    """A security group can have 60 inbound rules unless the quota is raised, one for each CIDR block and port."""
    blocks = [
        ((*path, key), len(getattr(balancer, key)), 1 if balancer.plain_http else 2)
        for path, balancer in load_balancers(environment)
        for key in ("allowed_cidrs", "allowed_ipv6_cidrs")
    ]
    for path, _, network in network_load_balancers(environment):
        ports = {(protocol, each.port) for each in network.listeners.values() for protocol in each.protocol.split("_")}
        blocks.append(((*path, "allowed_cidrs"), len(network.allowed_cidrs), len(ports)))
    for path, count, ports_of_each in blocks:
        if count * ports_of_each > RULES_OF_A_SECURITY_GROUP:
            yield Problem(
                path=path,
                finding=f"{count} CIDR blocks take {count * ports_of_each} rules",
                fix="state fewer, larger CIDR blocks, or have the quota raised and acknowledge this",
            )


@rule(
    "Listeners for your Network Load Balancers: listener rules", keys=(f"{_SERVICE}.network_routings.<name>.listener",)
)
def network_listener_has_one_service(environment: Environment) -> Iterator[Problem]:
    """A listener of a Network Load Balancer forwards to one target group."""
    owners: dict[tuple[str, str], KeyPath] = {}
    for path, _, routing in network_routings(environment):
        owner = owners.setdefault((routing.load_balancer, routing.listener), path)
        if owner != path:
            yield Problem(
                path=(*path, "listener"),
                finding=f"{routing.listener} is also the listener of {'.'.join(map(str, owner))}",
                fix=f"add another one to ecs.network_load_balancers.{routing.load_balancer}.listeners",
            )
