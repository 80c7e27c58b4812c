"""Rules of the log router and the sidecars of tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reference_constructs.ecs.sidecar_options import (
    CloudWatchLogsDestinationOptions,
    FirehoseDestinationOptions,
    OpenSearchDestinationOptions,
    SidecarOptions,
)
from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.keys import task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import sidecars, tasks

MOST_CONTAINERS = 10
# The endpoints that Amazon OpenSearch Service gives a domain: in public, and in a VPC.
_ENDPOINT = re.compile(r"(?:search|vpc)-(.+)-[a-z0-9]+\.([a-z0-9-]+)\.es\.amazonaws\.com(?:\.cn)?")


def _by_task(environment: Environment) -> Iterator[tuple[KeyPath, TaskSettings, dict[str, SidecarOptions]]]:
    """Every task that has sidecars, with these by the names of their containers."""
    for path, task in tasks(environment):
        found = {str(place[-1]): each for place, each, of_task in sidecars(environment) if of_task is task}
        if found:
            yield path, task, found


@rule("Amazon ECS service quotas, containers per task definition", keys=task_keys("containers"))
def sidecars_are_counted_as_containers(environment: Environment) -> Iterator[Problem]:
    """A task can have ten containers, those of its log router and its sidecars among them."""
    for path, task, found in _by_task(environment):
        if (count := len(task.containers) + len(found)) > MOST_CONTAINERS:
            yield Problem(
                path=(*path, "containers"),
                finding=f"the task has {count} containers with its sidecars",
                allowed=f"at most {MOST_CONTAINERS}",
                fix="remove containers or sidecars",
            )


@rule("ContainerDefinition, Amazon ECS API Reference: name", keys=task_keys("containers.<name>"))
def sidecar_has_a_name_of_its_own(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses two containers of one name, and the log router and the sidecars have the name of their key."""
    for path, task, found in _by_task(environment):
        for name in found:
            if name in task.containers:
                yield Problem(
                    path=(*path, "containers", name),
                    finding=f"the container of {name} has this name",
                    fix="choose another name",
                )


@rule(
    "Task definition parameters, memory",
    keys=task_keys("memory_mib", "log_router.memory_mib", "sidecars.collector.memory_mib"),
)
def sidecars_leave_memory(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task whose containers have more memory than it, and the program needs some of it."""
    for path, task, found in _by_task(environment):
        taken = sum(each.memory_mib for each in found.values())
        # Of limits that are too high without sidecars, another rule tells.
        limits = sum(each.memory_mib or each.memory_reservation_mib or 0 for each in task.containers.values())
        if taken >= task.memory_mib or limits <= task.memory_mib < limits + taken:
            yield Problem(
                path=(*path, "memory_mib"),
                finding=f"the sidecars take {taken} of {task.memory_mib} MiB"
                + (f", and the containers {limits}" if limits else ""),
                fix="raise memory_mib, or lower that of the sidecars",
            )


@rule("Task definition parameters, cpu", keys=task_keys("cpu_units"))
def sidecars_leave_cpu(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task whose containers together reserve more CPU than the task has."""
    for path, task, found in _by_task(environment):
        taken = sum(each.cpu_units or 0 for each in found.values())
        reserved = sum(each.cpu_units or 0 for each in task.containers.values())
        if reserved <= task.cpu_units < reserved + taken:
            yield Problem(
                path=(*path, "cpu_units"),
                finding=f"the sidecars reserve {taken} and the containers {reserved} of {task.cpu_units} CPU units",
                fix="raise cpu_units, or lower those of the sidecars",
            )


@warning("Using the awslogs log driver", keys=task_keys("log_router.destination"))
def log_router_does_what_the_driver_cannot(environment: Environment) -> Iterator[Problem]:
    """Without a filter, the awslogs driver writes the same to CloudWatch Logs, and costs no memory."""
    for path, task in tasks(environment):
        router = task.log_router
        if router is None or router.configuration_file_arn is not None or router.image is not None:
            continue
        if isinstance(router.destination, CloudWatchLogsDestinationOptions):
            yield Problem(
                path=(*path, "log_router", "destination"),
                finding="logs go to CloudWatch Logs as they are",
                fix="remove log_router, or add configuration_file_arn",
            )


@rule(
    "Amazon Data Firehose output, Fluent Bit manual; Amazon OpenSearch Service output, Fluent Bit manual",
    keys=(
        *task_keys("log_router.destination.stream_arn", "log_router.destination.domain_arn"),
        "region",
    ),
)
def log_destination_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """The log router looks for the stream, and signs requests to the domain, in the Region of the task."""
    for path, task in tasks(environment):
        destination = task.log_router.destination if task.log_router is not None else None
        key, arn = "", ""
        if isinstance(destination, FirehoseDestinationOptions):
            key, arn = "stream_arn", destination.stream_arn
        elif isinstance(destination, OpenSearchDestinationOptions):
            key, arn = "domain_arn", destination.domain_arn
        if arn and arn.split(":")[3] != environment.region:
            yield Problem(
                path=(*path, "log_router", "destination", key),
                value=arn,
                allowed=f"an ARN in the Region {environment.region}",
            )


@rule(
    "Creating and managing Amazon OpenSearch Service domains: endpoints; Fluent Bit manual: Amazon OpenSearch Service",
    keys=task_keys("log_router.destination.endpoint", "log_router.destination.domain_arn"),
)
def log_endpoint_is_that_of_the_domain(environment: Environment) -> Iterator[Problem]:
    """The task role may write to the domain of the ARN only, so another domain denies every request."""
    for path, task in tasks(environment):
        destination = task.log_router.destination if task.log_router is not None else None
        if isinstance(destination, OpenSearchDestinationOptions):
            region, domain = destination.domain_arn.split(":")[3], destination.domain_arn.rpartition("/")[2]
            # A domain can have an endpoint of one's own, which says nothing.
            found = _ENDPOINT.fullmatch(destination.endpoint)
            if found is not None and found.groups() != (domain, region):
                yield Problem(
                    path=(*path, "log_router", "destination", "endpoint"),
                    finding=f"it is of the domain {found[1]} in {found[2]}, and domain_arn is {domain} in {region}",
                    fix="state the endpoint and the ARN of one domain",
                )
