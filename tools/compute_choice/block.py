"""The choice as keys of an environment file."""

from __future__ import annotations

import math
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from facts import instance_types
from tools.compute_choice.answers import Answers
from tools.compute_choice.ways import Cost, Way, fargate_size

_IMAGE = "public.ecr.aws/docker/library/python:3.13.13-alpine"


def block(cost: Cost, answers: Answers) -> str:
    """YAML to paste into an environment file; a comment where this project has no such thing.

    Args:
        cost: The way, and what it takes.
        answers: The workload.
    """
    if cost.way is Way.EC2:
        return "# Amazon EC2 without an orchestrator is not part of this project.\n"
    keys = {"eks": _eks(cost, answers)} if cost.way.is_kubernetes else {"ecs": _ecs(cost, answers)}
    stream = StringIO()
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_plain(keys), stream)
    return stream.getvalue()


def _ecs(cost: Cost, answers: Answers) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    if cost.way in (Way.ECS_EC2, Way.ECS_EC2_SPOT):
        keys["awsvpc_trunking"] = True
        keys["capacity"] = {"workload": _capacity(cost, answers)}
    if cost.way is Way.MANAGED_INSTANCES:
        keys["capacity"] = {"workload": _managed(cost, answers)}
    service = {"capacity_provider_strategy": _strategy(cost, answers), **_task(cost, answers)}
    if answers.least == answers.most:
        service["desired_count"] = math.ceil(answers.tasks_average)
    else:
        low, high = max(1, int(answers.least)), max(1, int(answers.most))
        service["scaling"] = {"min_capacity": low, "max_capacity": max(low, high)}
    return {**keys, "services": {"workload": service}}


def _capacity(cost: Cost, answers: Answers) -> dict[str, Any]:
    fleet = cost.fleet
    most = math.ceil(answers.most / fleet.tasks_on_each / answers.packing) if fleet else 2
    found: dict[str, Any] = {
        "architecture": _architecture(answers),
        "instance_types": [fleet.instance_type] if fleet else [],
        # A deployment has up to twice the tasks.
        "max_size": max(2 * most, 2),
    }
    if answers.gpus:
        found["accelerator"] = "nvidia"
    if answers.windows:
        found |= {"operating_system": "windows_2022_core", "instance_types": ["m7i.large"], "volume_gib": 100}
    spot = answers.interruptible if cost.way.is_spot else 0
    return {**found, "on_demand_base": 0, "on_demand_percent_above_base": round(100 * (1 - spot))}


def _managed(cost: Cost, answers: Answers) -> dict[str, Any]:
    """By attributes: Amazon ECS chooses the instance types."""
    facts = instance_types()[cost.fleet.instance_type] if cost.fleet else None
    arm = _architecture(answers) == "arm64"
    found: dict[str, Any] = {
        "kind": "managed_instances",
        "instance_requirements": {
            "vcpus_max": facts.vcpus if facts else 16,
            "cpu_manufacturers": ["amazon-web-services"] if arm else ["intel", "amd"],
        },
    }
    if answers.gpus:
        found["accelerator"] = "nvidia"
        found["instance_requirements"]["gpus_max"] = facts.gpus if facts else answers.gpus
    return found


def _strategy(cost: Cost, answers: Answers) -> list[dict[str, Any]]:
    if cost.way is Way.FARGATE:
        return [{"capacity_provider": "FARGATE"}]
    if cost.way is not Way.FARGATE_SPOT:
        return [{"capacity_provider": "workload"}]
    spot = round(100 * answers.interruptible)
    if spot == 100:
        return [{"capacity_provider": "FARGATE_SPOT"}]
    return [
        {"capacity_provider": "FARGATE", "weight": 100 - spot},
        {"capacity_provider": "FARGATE_SPOT", "weight": spot},
    ]


def _task(cost: Cost, answers: Answers) -> dict[str, Any]:
    vcpus, gib = answers.vcpus, answers.gib
    if cost.way.is_fargate:
        vcpus, gib = fargate_size(vcpus, gib) or (vcpus, gib)
    elif answers.oversubscribe:
        vcpus, gib = vcpus * answers.cpu_used, gib * answers.memory_used
    container: dict[str, Any] = {"image": _IMAGE}
    if answers.gpus:
        container["gpus"] = answers.gpus
    found: dict[str, Any] = {
        "architecture": _architecture(answers),
        "cpu_units": max(128, math.ceil(vcpus * 1024)),
        "memory_mib": math.ceil(gib * 1024),
    }
    if answers.windows:
        found["operating_system"] = "windows_server_2022_core"
    return {**found, "containers": {"workload": container}}


def _eks(cost: Cost, answers: Answers) -> dict[str, Any]:
    nodes: dict[Way, dict[str, Any]] = {
        Way.EKS_FARGATE: {"kind": "fargate", "selectors": [{"namespace": "workload"}]},
        Way.EKS_AUTO: {"kind": "auto_mode", "node_pools": {"workload": _node_pool(answers)}},
    }
    return {
        "kubernetes_version": "1.36",
        # Of nodes that nobody logs in to, no session leads to the endpoint: the VPC's own addresses do.
        "endpoint": {"private_access_cidrs": ["10.0.0.0/16"]} if cost.way in nodes else {"access": "private"},
        "nodes": {"workload": nodes.get(cost.way) or _managed_nodes(cost, answers)},
    }


def _node_pool(answers: Answers) -> dict[str, Any]:
    return {"architectures": [_architecture(answers)]}


def _managed_nodes(cost: Cost, answers: Answers) -> dict[str, Any]:
    fleet = cost.fleet
    number = fleet.number if fleet else 2
    most = math.ceil(answers.most / fleet.tasks_on_each / answers.packing) if fleet else 2
    found: dict[str, Any] = {
        "kind": "managed",
        "architecture": _architecture(answers),
        "instance_types": [fleet.instance_type] if fleet else ["m7i.large"],
        "min_size": min(2, number),
        "desired_size": number,
        "max_size": max(number, most) + 1,
    }
    if answers.gpus:
        found["accelerator"] = "nvidia"
    if cost.way.is_spot:
        found["capacity_type"] = "spot"
    return found


def _architecture(answers: Answers) -> str:
    return "x86_64" if answers.gpus or answers.windows else answers.architecture


def _plain(value: Any) -> Any:  # noqa: ANN401 - keys of a file
    if isinstance(value, dict):
        return CommentedMap((key, _plain(child)) for key, child in value.items())
    return value
