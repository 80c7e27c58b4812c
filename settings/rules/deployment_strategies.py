"""Rules of deployments that shift requests, and of what takes a deployment back."""

from __future__ import annotations

from collections.abc import Iterator

from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.routing_subjects import routing_keys
from settings.rules.rule import rule
from settings.rules.subjects import services

_SERVICE = "ecs.services.<name>"
_DEPLOYMENT = f"{_SERVICE}.deployment"
_STRATEGY = f"{_DEPLOYMENT}.strategy"
_ALARMS = f"{_DEPLOYMENT}.rollback_alarms"
_ROUTINGS = (*routing_keys(), f"{_SERVICE}.network_routings")
# "CanaryConfiguration" and "LinearConfiguration", AWS::ECS::Service: 33 hours.
_MOST_MINUTES = 1980
_OF_STRATEGIES = {"linear": ("LINEAR",), "canary": ("CANARY",), "early_success": ("ROLLING",)}


@rule(
    "Required resources for Amazon ECS linear deployments; Required resources for Amazon ECS canary deployments",
    keys=(_STRATEGY, *_ROUTINGS, f"{_SERVICE}.service_connect", f"{_SERVICE}.vpc_lattice"),
)
def shift_has_requests_to_shift(environment: Environment) -> Iterator[Problem]:
    """Linear and canary deployments shift the requests of a load balancer, Service Connect, or VPC Lattice."""
    for path, service in services(environment):
        if service.deployment.strategy in ("LINEAR", "CANARY") and not _shifts_requests(service):
            yield Problem(
                path=(*path, "deployment", "strategy"),
                finding=f"strategy is {service.deployment.strategy}, and nothing has requests to shift",
                fix="add routing, service_connect.serves, or vpc_lattice, or use ROLLING or BLUE_GREEN",
            )


@rule(
    "Amazon ECS service deployment controllers and strategies: DAEMON",
    keys=(_STRATEGY, f"{_SERVICE}.scheduling_strategy"),
)
def shift_is_not_of_a_daemon(environment: Environment) -> Iterator[Problem]:
    """A daemon has one task on each instance, and no room for a second one beside it."""
    for path, service in services(environment):
        if service.is_daemon and service.deployment.shifts_traffic:
            yield Problem(
                path=(*path, "deployment", "strategy"), value=service.deployment.strategy, allowed="ROLLING for DAEMON"
            )


@rule(
    "DeploymentConfiguration, Amazon ECS API Reference",
    keys=(*(f"{_DEPLOYMENT}.{key}" for key in _OF_STRATEGIES), _STRATEGY),
)
def deployment_key_is_of_the_strategy(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses steps of another strategy, and early success with any but rolling deployments."""
    for path, service in services(environment):
        deployment = service.deployment
        for key, strategies in _OF_STRATEGIES.items():
            if getattr(deployment, key) is not None and deployment.strategy not in strategies:
                yield Problem(
                    path=(*path, "deployment", key),
                    finding=f"there is {key}, and strategy is {deployment.strategy}",
                    fix=f"remove {key}, or use {strategies[0]}",
                )


@rule(
    "AdvancedConfiguration, Amazon ECS API Reference",
    keys=(
        f"{_DEPLOYMENT}.test_traffic",
        f"{_DEPLOYMENT}.production_target_group",
        _STRATEGY,
        *_ROUTINGS,
        f"{_SERVICE}.vpc_lattice",
    ),
)
def target_groups_are_two(environment: Environment) -> Iterator[Problem]:
    """There is a second target group only where requests of a load balancer or of VPC Lattice are shifted."""
    for path, service in services(environment):
        deployment = service.deployment
        missing = "there is no routing and no vpc_lattice" if deployment.shifts_traffic else "strategy is ROLLING"
        # Test requests have a header, which connections to a Network Load Balancer have not.
        two, lattice = deployment.shifts_traffic, service.vpc_lattice is not None
        wrong = {
            "test_traffic": deployment.test_traffic is not None and not (two and (service.all_routings or lattice)),
            "production_target_group": deployment.production_target_group != "primary"
            and not (two and (service.has_targets or lattice)),
        }
        for key in (key for key, is_wrong in wrong.items() if is_wrong):
            yield Problem(
                path=(*path, "deployment", key), finding=f"there is {key}, and {missing}", fix=f"remove {key}"
            )


@rule(
    "DeploymentEarlySuccessCriteria, Amazon ECS API Reference",
    keys=(f"{_DEPLOYMENT}.early_success.healthy_percent", f"{_SERVICE}.minimum_healthy_percent"),
)
def early_success_is_not_below_the_minimum(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a deployment that is complete with fewer healthy tasks than must run during it."""
    for path, service in services(environment):
        early = service.deployment.early_success
        if service.deployment.shifts_traffic:
            continue
        if early is not None and early.healthy_percent < service.least_percent:
            yield Problem(
                path=(*path, "deployment", "early_success", "healthy_percent"),
                value=early.healthy_percent,
                allowed=f"at least minimum_healthy_percent, which is {service.least_percent}",
            )


@rule("How CloudWatch alarms detect Amazon ECS deployment failures", keys=(_ALARMS, *routing_keys()))
def rollback_alarm_has_a_metric(environment: Environment) -> Iterator[Problem]:
    """Errors and response times are those of requests that the load balancer forwards."""
    for path, service in services(environment):
        alarms = service.deployment.rollback_alarms
        if alarms is None:
            continue
        if not alarms.alarm_names and not alarms.counts_requests:
            yield Problem(
                path=(*path, "deployment", "rollback_alarms"),
                finding="there is no alarm in rollback_alarms",
                fix="add server_error_percent, response_time_ms, or alarm_names, or remove rollback_alarms",
            )
        if alarms.counts_requests and not service.all_routings:
            key = "response_time_ms" if alarms.server_error_percent is None else "server_error_percent"
            yield Problem(
                path=(*path, "deployment", "rollback_alarms", key),
                finding=f"there is {key}, and there is no routing",
                fix="name alarms in alarm_names instead, or add routing",
            )


@rule(
    "Target tracking scaling policies for Application Auto Scaling: considerations",
    keys=(
        _STRATEGY,
        f"{_SERVICE}.scaling.requests_per_target",
        f"{_SERVICE}.scaling.predictive_scaling.metric",
    ),
)
def shift_does_not_scale_by_requests(environment: Environment) -> Iterator[Problem]:
    """Requests are counted for one target group, and after every other deployment the tasks are in the other one."""
    for path, service in services(environment):
        scaling = service.scaling
        if scaling is None or not service.deployment.shifts_traffic or not service.all_routings:
            continue
        forecast = scaling.predictive_scaling
        if scaling.requests_per_target is not None:
            yield Problem(
                path=(*path, "scaling", "requests_per_target"),
                finding=f"requests scale the tasks, and strategy is {service.deployment.strategy}",
                fix="scale by utilization or by tracked_metrics, or use ROLLING",
            )
        if forecast is not None and forecast.metric == "requests":
            yield Problem(
                path=(*path, "scaling", "predictive_scaling", "metric"),
                finding=f"requests are forecast, and strategy is {service.deployment.strategy}",
                fix="forecast utilization, or use ROLLING",
            )


@rule(
    "AWS::ECS::Service CanaryConfiguration; AWS::ECS::Service LinearConfiguration",
    keys=(_DEPLOYMENT, _STRATEGY, *(f"{_DEPLOYMENT}.{key}" for key in ("bake_time_minutes", "linear", "canary"))),
)
def shift_ends_in_time(environment: Environment) -> Iterator[Problem]:
    """AWS CloudFormation refuses a deployment of more than 33 hours, because it waits for one no longer than 36."""
    for path, service in services(environment):
        if service.deployment.minutes_of_shift > _MOST_MINUTES:
            yield Problem(
                path=(*path, "deployment"),
                finding=f"all steps and the bake time take {service.deployment.minutes_of_shift} minutes",
                allowed=f"at most {_MOST_MINUTES} minutes",
            )


def _shifts_requests(service: ServiceSettings) -> bool:
    connect, lattice = service.service_connect, service.vpc_lattice
    return service.has_targets or lattice is not None or (connect is not None and bool(connect.serves))
