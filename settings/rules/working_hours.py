"""Rules of working hours."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes, services
from settings.schedule_expressions import time_zones


@rule("Scheduled scaling, Application Auto Scaling", keys=("working_hours.start", "working_hours.stop"))
def working_hours_have_a_length(environment: Environment) -> Iterator[Problem]:
    """Two actions at the same time leave it open whether the environment runs."""
    hours = environment.working_hours
    if hours is not None and hours.start == hours.stop:
        yield Problem(path=("working_hours", "stop"), value=hours.stop, allowed="another time than start")


@rule("Scheduled scaling, Application Auto Scaling; IANA time zone database", keys=("working_hours.timezone",))
def working_hours_are_in_a_time_zone(environment: Environment) -> Iterator[Problem]:
    """AWS refuses a schedule in a time zone that it does not know."""
    hours = environment.working_hours
    # A machine without the database knows of none.
    if hours is not None and time_zones() and hours.timezone not in time_zones():
        yield Problem(
            path=("working_hours", "timezone"),
            value=hours.timezone,
            allowed="a name in the IANA time zone database, such as UTC or Europe/Berlin",
            fix=did_you_mean(hours.timezone, time_zones()),
        )


@warning("AWS Well-Architected Framework, Reliability Pillar", keys=("working_hours", "protected"))
def protected_environment_is_always_on(environment: Environment) -> Iterator[Problem]:
    """An environment whose data is protected often has users who do not know its working hours."""
    if environment.working_hours is not None and environment.protected:
        yield Problem(
            path=("working_hours",),
            finding="the environment is protected, and does not run outside of working hours",
            fix="remove working_hours, set protected to false, or acknowledge this",
        )


@warning(
    "Karpenter: Disruption; Automate cluster infrastructure with EKS Auto Mode",
    keys=("working_hours", "eks.nodes.<name>.kind"),
)
def pods_are_stopped_with_their_nodes(environment: Environment) -> Iterator[Problem]:
    """Nodes of Karpenter and of EKS Auto Mode follow the pods, and working hours stop no pod."""
    for path, node in nodes(environment) if environment.working_hours is not None else ():
        if isinstance(node, AutoModeOptions | KarpenterOptions):
            yield Problem(
                path=(*path, "kind"),
                finding=f"nodes of kind {node.kind} stay as long as there are pods",
                fix="scale the Deployments to zero at night by a CronJob or KEDA, and acknowledge this",
            )


@warning(
    "Scheduled scaling, Application Auto Scaling: considerations",
    keys=("ecs.services.<name>.scaling.scheduled_actions", "working_hours"),
)
def limits_are_set_by_one_schedule(environment: Environment) -> Iterator[Problem]:
    """A scheduled action outside of working hours starts tasks, and the start of work takes back an earlier action."""
    for path, service in services(environment) if environment.working_hours is not None else ():
        if service.scaling is not None and service.scaling.scheduled_actions:
            yield Problem(
                path=(*path, "scaling", "scheduled_actions"),
                finding="there are scheduled_actions, and working_hours of the environment",
                fix="remove one of them, or acknowledge this if all actions are within working hours",
            )
