"""Tasks of Amazon ECS on AWS Fargate, and what tasks have beside it; pods of Amazon EKS on Fargate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assembly import Resource
from assembly.resource import texts
from facts.prices import Price
from tools.cost.context import Context
from tools.cost.instances import volume
from tools.cost.lines import HOURS, Line, Quantity
from tools.cost.tasks import FARGATE, Size, count, placed, share_of_week, size


def service(context: Context, resource: Resource) -> Iterator[Line]:
    """Tasks on Fargate; those on instances cost what the instances cost."""
    task = size(context.graph, resource)
    share = share_of_week(context.graph, resource)
    for name, provider, running in placed(context.graph, resource):
        number = running * share
        if name in FARGATE and task:
            yield from _tasks(context, resource, task, number, is_spot=name == "FARGATE_SPOT")
        elif provider is None and name not in FARGATE:
            yield Line(f"Tasks on {name}", None, number, note="capacity of another deployment")
    tasks = count(context.graph, resource) * share
    if resource.get("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == "ENABLED":
        found = context.price(resource, "public_ipv4_hour")
        yield Line(found.about, found, tasks * HOURS)
    for each in resource.list("VolumeConfigurations"):
        managed: dict[str, Any] = each.get("ManagedEBSVolume", {})
        yield from volume(context, resource, managed, tasks, size_key="SizeInGiB")


def _tasks(context: Context, resource: Resource, task: Size, number: Quantity, *, is_spot: bool) -> Iterator[Line]:
    if task.is_windows:
        yield Line("Fargate, Windows", None, number * HOURS, note="sources of its price disagree")
        return
    vcpu, gb = _prices(context, resource, task, is_spot=is_spot)
    yield Line(vcpu.about, vcpu, number * (HOURS * task.vcpus))
    yield Line(gb.about, gb, number * (HOURS * task.gib))
    if task.extra_storage_gib:
        storage = context.price(resource, "fargate_storage_gb_hour")
        yield Line(storage.about, storage, number * (HOURS * task.extra_storage_gib))


def _prices(context: Context, resource: Resource, task: Size, *, is_spot: bool) -> tuple[Price, Price]:
    start = f"fargate_{'spot_' if is_spot else ''}{task.architecture}"
    return context.price(resource, f"{start}_vcpu_hour"), context.price(resource, f"{start}_gb_hour")


def run_tasks(context: Context, resource: Resource) -> Iterator[Line]:
    """Tasks that a schedule or a state machine runs, for as long as they run."""
    named = list(texts(resource.properties))
    referred = [each for text in named for each in context.graph.references(text)]
    definitions = [each for each in referred if each.type == "AWS::ECS::TaskDefinition"]
    places = [name for name in FARGATE if any(name == text or f'"{name}"' in text for text in named)]
    if not definitions or not places:
        return
    task, is_spot = Size.of(definitions[0]), places[-1] == "FARGATE_SPOT"
    hours = context.usage.amount(resource, "task_hours")
    if task.is_windows:
        yield Line("Task, Windows", None, note="sources of its price disagree")
        return
    vcpu, gb = _prices(context, resource, task, is_spot=is_spot)
    about = f"Task while it runs ({vcpu.about.replace(' vCPU', '')})"
    storage = context.price(resource, "fargate_storage_gb_hour").usd * task.extra_storage_gib
    usd = vcpu.usd * task.vcpus + gb.usd * task.gib + storage
    hour = Price("task_hour", about, "hours", usd, vcpu.region, vcpu.as_of)
    yield Line(about, hour, None if hours is None else Quantity.of(hours), is_assumed=hours is not None)


def state_machine(context: Context, resource: Resource) -> Iterator[Line]:
    """Transitions of a standard workflow, and the tasks that it runs."""
    if resource.get("StateMachineType", "STANDARD") == "STANDARD":
        yield context.used(resource, "state_transition", "transitions")
    else:
        yield Line("Express workflow", None, note="no sourced price")
    yield from run_tasks(context, resource)


def schedule(context: Context, resource: Resource) -> Iterator[Line]:
    """Invocations of Amazon EventBridge Scheduler, and the tasks that it runs."""
    yield Line("Invocations", None, note="no sourced price")
    if resource.get("State") != "DISABLED":
        yield from run_tasks(context, resource)


def pods(context: Context, resource: Resource) -> Iterator[Line]:
    """Pods of a Fargate profile: x86, and Amazon EKS has no Fargate Spot."""
    yield context.used(resource, "fargate_x86_vcpu_hour", "pod_vcpu_hours")
    yield context.used(resource, "fargate_x86_gb_hour", "pod_gb_hours")
