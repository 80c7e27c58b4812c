"""Rules of a load balancer and of an ECS cluster that exist."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import task_keys
from settings.rules.routing_subjects import (
    all_load_balancers,
    balancer_keys,
    existing_load_balancers,
    load_balancer_key,
    routing_keys,
    routings,
)
from settings.rules.rule import rule, warning
from settings.rules.subjects import tasks

_CLUSTER = "ecs.existing_cluster"


@rule("docs/adr/0029: a load balancer and an ECS cluster that exist", keys=balancer_keys())
def existing_load_balancer_is_not_shaped(environment: Environment) -> Iterator[Problem]:
    """The load balancer is what its owner made of it, so a key that shapes a new one would do nothing."""
    for path, name, _ in existing_load_balancers(environment):
        _, balancer = all_load_balancers(environment)[name]
        for key in sorted(balancer.model_fields_set - {"existing", "identity_providers"}):
            yield Problem(
                path=(*path[:-1], key),
                finding=f"{key} is of a new load balancer, but there is {load_balancer_key(name)}.existing",
                fix=f"remove {key}, or remove existing",
            )


@warning(
    "Target groups for your Application Load Balancers; Security group rules, Amazon VPC User Guide",
    keys=(*balancer_keys("existing"), "network.existing", *routing_keys()),
)
def existing_load_balancer_is_in_the_vpc(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a rule that forwards to a target group in another VPC."""
    used = {routing.load_balancer for _, _, routing in routings(environment)}
    for path, name, _ in existing_load_balancers(environment):
        if environment.network.existing is None and name in used:
            yield Problem(
                path=path,
                finding="the load balancer exists, and the VPC of its targets is a new one",
                fix="name the VPC of the load balancer in network.existing, or acknowledge that somebody has put the "
                "load balancer into the VPC of this environment",
            )


@rule("PutClusterCapacityProviders, Amazon ECS API Reference", keys=(_CLUSTER, "ecs.capacity"))
def existing_cluster_has_its_own_capacity(environment: Environment) -> Iterator[Problem]:
    """The capacity providers of a cluster are one list: a deployment that states it removes those of others."""
    ecs = environment.ecs
    if ecs is not None and ecs.existing_cluster is not None and ecs.capacity:
        yield Problem(
            path=("ecs", "capacity"),
            finding="there are groups of instances for a new cluster, but there is ecs.existing_cluster",
            fix="remove capacity and name the capacity providers of the cluster in "
            "ecs.existing_cluster.capacity_providers, or remove existing_cluster",
        )


@rule(
    "docs/adr/0029: a load balancer and an ECS cluster that exist; Monitor Amazon ECS containers with ECS Exec",
    keys=(_CLUSTER, f"{_CLUSTER}.exec_log_group_arn", *task_keys("execute_command")),
)
def existing_cluster_records_ecs_exec(environment: Environment) -> Iterator[Problem]:
    """What is typed in ECS Exec sessions is recorded in a log group, which the role of the task must name."""
    existing = environment.ecs.existing_cluster if environment.ecs else None
    if existing is None or existing.exec_log_group_arn is not None:
        return
    for path, task in tasks(environment):
        if task.execute_command:
            yield Problem(
                path=(*path, "execute_command"),
                finding="execute_command is true, but ecs.existing_cluster has no exec_log_group_arn",
                fix="add the log group of the cluster's executeCommandConfiguration, or set execute_command to false",
            )
