"""Rules of how services replace their tasks, and of daemons."""

from __future__ import annotations

from collections.abc import Iterator

from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import groups_of, services, tasks

_SERVICE = "ecs.services.<name>"
_STRATEGY = f"{_SERVICE}.capacity_provider_strategy"
_DAEMON = f"{_SERVICE}.scheduling_strategy"
_CONSTRAINTS = f"{_SERVICE}.placement_constraints"
_PERCENT = (f"{_SERVICE}.minimum_healthy_percent", f"{_SERVICE}.maximum_percent")


@rule("CreateService, Amazon ECS API Reference: schedulingStrategy", keys=(_DAEMON, _STRATEGY))
def daemon_runs_on_instances(environment: Environment) -> Iterator[Problem]:
    """Fargate has no instances, and Amazon ECS refuses a daemon there."""
    for path, service in services(environment):
        if service.is_daemon and service.launch_type == "FARGATE":
            yield Problem(
                path=(*path, "scheduling_strategy"),
                finding="scheduling_strategy is DAEMON, and capacity_provider_strategy names Fargate",
                fix="name the groups of ecs.capacity in capacity_provider_strategy, or use REPLICA",
            )


@rule("CreateService, Amazon ECS API Reference; containers-roadmap issue 692", keys=(_STRATEGY, _DAEMON, _CONSTRAINTS))
def daemon_names_every_group(environment: Environment) -> Iterator[Problem]:
    """A daemon has no capacity provider: it runs on every instance of the cluster, whatever group started it."""
    for path, service in services(environment):
        ecs = environment.ecs
        named = {item.capacity_provider for item in service.capacity_provider_strategy}
        missing = [name for name in (ecs.capacity_provider_names if ecs is not None else ()) if name not in named]
        if any(constraint.type == "memberOf" for constraint in service.placement_constraints):
            continue  # it says itself which instances it runs on
        if service.is_daemon and service.launch_type == "EC2" and missing:
            place = "capacity" if ecs is None or ecs.existing_cluster is None else "existing_cluster.capacity_providers"
            yield Problem(
                path=(*path, "capacity_provider_strategy"),
                finding=f"the daemon also runs on {listed(f'ecs.{place}.{name}' for name in missing)}",
                fix="name every group, so that the task is compared with all instances, or state placement_constraints",
            )


@warning(
    "Deep Dive on Amazon ECS Cluster Auto Scaling; Control the instances Amazon ECS terminates",
    keys=(_DAEMON, _STRATEGY, "ecs.capacity.<name>.min_size"),
)
def daemon_has_an_instance(environment: Environment) -> Iterator[Problem]:
    """Managed scaling counts no daemons: it starts no instance for one, and stops an instance with nothing else."""
    others = [task for _, task in tasks(environment) if not (isinstance(task, ServiceSettings) and task.is_daemon)]
    used = {name for task in others for name in groups_of(environment, task)}
    for path, service in services(environment):
        groups = groups_of(environment, service)
        is_empty = used.isdisjoint(groups) and not any(each.min_size for each in groups.values())
        if service.is_daemon and groups and is_empty:
            named = listed(f"ecs.capacity.{name}" for name in groups)
            yield Problem(
                path=(*path, "scheduling_strategy"),
                finding=f"min_size of {named} is 0, and no other task runs there",
                fix="raise min_size, or run another task there",
            )


@rule(
    "CreateService, Amazon ECS API Reference: desiredCount; Automatically scale your Amazon ECS service",
    keys=(f"{_SERVICE}.desired_count", f"{_SERVICE}.scaling", _DAEMON),
)
def daemon_has_no_number_of_tasks(environment: Environment) -> Iterator[Problem]:
    """The number of tasks of a daemon is that of the instances."""
    for path, service in services(environment):
        for key in ("desired_count", "scaling") if service.is_daemon else ():
            if key in service.model_fields_set and getattr(service, key) is not None:
                yield Problem(
                    path=(*path, key),
                    finding=f"there is {key}, and scheduling_strategy is DAEMON",
                    fix=f"remove {key}, or use REPLICA",
                )


@rule("DeploymentConfiguration, Amazon ECS API Reference: maximumPercent", keys=(_PERCENT[1], _DAEMON))
def daemon_stops_before_it_starts(environment: Environment) -> Iterator[Problem]:
    """A daemon has one task on each instance, and none beside it: its maximum is 100 percent."""
    for path, service in services(environment):
        if service.is_daemon and service.most_percent != 100:
            yield Problem(
                path=(*path, "maximum_percent"), value=service.maximum_percent, allowed="100, or no maximum_percent"
            )


@rule("CreateService, Amazon ECS API Reference; DeploymentConfiguration", keys=_PERCENT)
def deployment_can_begin(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses 100 percent for both, because no task could be stopped or started."""
    for path, service in services(environment):
        if service.least_percent == service.most_percent == 100:
            stated = [
                key for key in ("minimum_healthy_percent", "maximum_percent") if getattr(service, key) is not None
            ]
            yield Problem(
                path=(*path, stated[0]),
                finding="minimum_healthy_percent and maximum_percent are both 100",
                fix="lower minimum_healthy_percent, or raise maximum_percent",
            )


@warning("DeploymentConfiguration, Amazon ECS API Reference", keys=_PERCENT)
def deployment_has_room_for_a_task(environment: Environment) -> Iterator[Problem]:
    """With so few tasks, rounding leaves none to stop and none to start, and a deployment does not end."""
    for path, service in services(environment):
        tasks, least, most = service.fewest_tasks, service.least_percent, service.most_percent
        stops, starts = tasks - -(-tasks * least // 100), tasks * most // 100 - tasks
        if tasks and not stops and not starts and (least, most) != (100, 100):
            key = "minimum_healthy_percent" if service.maximum_percent is None else "maximum_percent"
            yield Problem(
                path=(*path, key),
                finding=f"of {tasks} tasks, none can stop at {least} percent, and none can be added at {most} percent",
                fix=f"raise maximum_percent to {100 + -(-100 // tasks)}, or lower minimum_healthy_percent",
            )


@warning(
    "Amazon ECS service deployment parameters",
    keys=(
        f"{_SERVICE}.minimum_healthy_percent",
        f"{_SERVICE}.scheduling_strategy",
        *(f"{_SERVICE}.{key}" for key in ("routing", "routings", "network_routings")),
    ),
)
def deployment_leaves_targets(environment: Environment) -> Iterator[Problem]:
    """All tasks are stopped before the first new one answers: each deployment is an outage."""
    for path, service in services(environment):
        if service.may_leave_targets:
            yield Problem(
                path=(*path, "minimum_healthy_percent"),
                finding="a deployment may stop all tasks behind the load balancer at once",
                fix="raise minimum_healthy_percent, or acknowledge that old and new tasks must not run together",
            )
