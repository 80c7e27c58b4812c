"""Rules of the capacity provider strategies of tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reference_constructs.ecs.task_options import FARGATE_PROVIDERS
from settings.ecs import EcsSettings
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.keys import task_keys
from settings.rules.rule import rule
from settings.rules.subjects import tasks

_STRATEGY = "capacity_provider_strategy"
_EXISTING = ("ecs.existing_cluster.fargate", "ecs.existing_cluster.capacity_providers")


@rule("Amazon ECS capacity providers, considerations", keys=task_keys(_STRATEGY))
def strategy_does_not_mix_fargate_and_ec2(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a capacity provider strategy with Fargate and Auto Scaling group capacity providers."""
    for path, task in tasks(environment):
        names = dict.fromkeys(item.capacity_provider for item in task.capacity_provider_strategy)
        if len({name in FARGATE_PROVIDERS for name in names}) > 1:
            yield Problem(
                path=(*path, _STRATEGY),
                finding=f"{listed(names)} are not all of one kind",
                allowed="FARGATE and FARGATE_SPOT, or groups in ecs.capacity",
            )


@rule(
    "Amazon ECS capacity providers, considerations",
    keys=(*task_keys(f"{_STRATEGY}[].capacity_provider"), "ecs.capacity", *_EXISTING),
)
def capacity_provider_exists(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a capacity provider that the cluster does not have."""
    ecs = environment.ecs or EcsSettings()
    existing = ecs.existing_cluster
    place = "ecs.capacity" if existing is None else "ecs.existing_cluster.capacity_providers"
    fargate = FARGATE_PROVIDERS if existing is None or existing.fargate else ()
    names = (*fargate, *ecs.capacity_provider_names)
    for path, task in tasks(environment):
        for index, item in enumerate(task.capacity_provider_strategy):
            name = item.capacity_provider
            if name in names:
                continue
            is_fargate = name in FARGATE_PROVIDERS
            yield Problem(
                path=(*path, _STRATEGY, index, "capacity_provider"),
                finding=f"ecs.existing_cluster.fargate is false, and {name!r} is named"
                if is_fargate
                else f"there is no {name!r} in {place}",
                allowed=listed(names, "or") if names else "none, until the cluster has capacity providers",
                fix="associate it with the cluster and set fargate to true"
                if is_fargate
                else did_you_mean(name, names) or f"use one of these, or add {place}.{name}",
            )


@rule("Allocate a network interface for an Amazon ECS task", keys=task_keys("assign_public_ip", _STRATEGY))
def public_address_is_of_fargate(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS gives tasks on EC2 instances no public addresses, and refuses a service that asks for them."""
    for path, task in tasks(environment):
        if task.assign_public_ip and task.launch_type == "EC2":
            yield Problem(
                path=(*path, "assign_public_ip"),
                finding="the task runs on EC2 instances",
                fix="leave assign_public_ip out, or run the task on FARGATE",
            )


@rule("CapacityProviderStrategyItem, Amazon ECS API Reference", keys=task_keys(f"{_STRATEGY}[].capacity_provider"))
def capacity_provider_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a strategy that names a capacity provider twice."""
    for path, task in tasks(environment):
        counts: Counter[str] = Counter()
        for index, item in enumerate(task.capacity_provider_strategy):
            counts[item.capacity_provider] += 1
            if counts[item.capacity_provider] == 2:
                yield Problem(
                    path=(*path, _STRATEGY, index, "capacity_provider"),
                    finding=f"{item.capacity_provider!r} is listed twice",
                    fix="make one item of the two, or name another capacity provider",
                )


@rule("CapacityProviderStrategyItem, Amazon ECS API Reference", keys=task_keys(_STRATEGY, f"{_STRATEGY}[].base"))
def strategy_has_one_base(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a strategy in which more than one capacity provider has a base."""
    for path, task in tasks(environment):
        based = [item.capacity_provider for item in task.capacity_provider_strategy if item.base > 0]
        if len(based) > 1:
            yield Problem(
                path=(*path, _STRATEGY),
                finding=f"{listed(based)} have a base",
                fix="leave base out of all items but one",
            )


@rule("CapacityProviderStrategyItem, Amazon ECS API Reference", keys=task_keys(_STRATEGY, f"{_STRATEGY}[].weight"))
def strategy_has_a_weight(environment: Environment) -> Iterator[Problem]:
    """If every weight is 0, Amazon ECS places no task above the base."""
    for path, task in tasks(environment):
        if not any(item.weight for item in task.capacity_provider_strategy):
            yield Problem(path=(*path, _STRATEGY), finding="every weight is 0", fix="set a weight to 1 or more")
