"""Changes that are made any day never replace or delete what holds data or traffic; others are told as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from ruamel.yaml import YAML

from settings import load_environment
from stacks.platform import Platform
from tests.support.synthesis import ROOT, Template, new_app
from tools.release_diff.comparison import Change, Effect, compare
from tools.release_diff.create_only import CreateOnlyProperties
from tools.synthesis import read_templates

Edit = Callable[[dict[str, Any]], None]
CREATE_ONLY = CreateOnlyProperties.read()
SERVICE = "ecs.services.hello-fargate"
IMAGE = "public.ecr.aws/docker/library/python:3.13.14-alpine"
APP = {"containers": {"web": {"image": "app:1.0", "port": 8080}}, "routing": {"path_patterns": ["/another"]}}


def put(**values: object) -> Edit:
    """Set keys of the file, each by its path with dots, to a value or to what a function makes of the one it has."""
    return put_all(values)


def put_all(values: Mapping[str, object]) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        for path, value in values.items():
            *parents, key = path.split(".")
            parent = document
            for name in parents:
                parent = parent.setdefault(name, {})
            parent[key] = value(parent[key]) if callable(value) else value

    return edit


def nothing(_: dict[str, Any]) -> None:
    """The file as it is."""


def synthesized(environment: str, edit: Edit) -> dict[str, Template]:
    """The templates of an environment whose file was edited; of the same name, since that is in every stack's."""
    document = json.loads(json.dumps(YAML(typ="safe").load(ROOT / "environments" / f"{environment}.yaml")))
    edit(document)
    with TemporaryDirectory() as folder:
        file = Path(folder, f"{environment}.yaml")
        file.write_text(json.dumps(document))
        # Without the policy checks, which change no template.
        app = new_app(outdir=Path(folder, "out"), **{"@aws-cdk/core:validateAgainstDefaultRules": False})
        Platform(app, load_environment(str(file)))
        app.synth()
        return read_templates(Path(folder, "out"))


@cache
def as_it_is(environment: str) -> dict[str, Template]:
    return synthesized(environment, nothing)


@dataclass(frozen=True, kw_only=True)
class Ordinary:
    """A change that somebody makes on any day, and what may come of it."""

    environment: str
    edit: Edit
    stacks: set[str]
    replaced: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    base: Edit = nothing


ALLOWED = "ecs.load_balancer.allowed_cidrs"
ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
SERVICES = {"ecs-service-hello-ec2", "ecs-service-hello-fargate", "ecs-service-hello-host"}
LOGGING = {"network", "ecs-cluster", *SERVICES}
TASK_DEFINITION = {"AWS::ECS::TaskDefinition"}
ENTRY = "eks.access_entries.platform-team"
ADD_ONS: dict[str, object] = {"aws-ebs-csi-driver": {}, "metrics-server": {}}
TABLE = {
    "new image tag": Ordinary(
        environment="production",
        edit=put_all({f"{SERVICE}.containers.web.image": IMAGE}),
        stacks={"ecs-service-hello-fargate"},
        replaced=TASK_DEFINITION,
    ),
    "tasks": Ordinary(
        environment="sandbox",
        edit=put_all({f"{SERVICE}.desired_count": 3}),
        stacks={"ecs-service-hello-fargate"},
    ),
    "instances and nodes": Ordinary(
        environment="sandbox",
        edit=put_all({"ecs.capacity.default.max_size": 5, "eks.nodes.general.max_size": 5}),
        stacks={"ecs-cluster", "eks-cluster"},
    ),
    "CPU and memory": Ordinary(
        environment="production",
        edit=put_all({f"{SERVICE}.cpu_units": 512, f"{SERVICE}.memory_mib": 1024}),
        stacks={"ecs-service-hello-fargate"},
        replaced=TASK_DEFINITION,
    ),
    "from Fargate to instances": Ordinary(
        environment="sandbox",
        edit=put_all({f"{SERVICE}.capacity_provider_strategy": [{"capacity_provider": "default"}]}),
        stacks={"ecs-service-hello-fargate"},
        replaced=TASK_DEFINITION,
    ),
    "log retention": Ordinary(
        environment="production",
        edit=put(log_retention_days=90),
        stacks=LOGGING | {"eks-cluster"},
    ),
    "another service": Ordinary(
        environment="production",
        edit=put_all({"ecs.services": lambda services: {"another": APP, **services}}),
        stacks={"ecs-service-another"},
        added={"AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::ListenerRule"},
    ),
    "another node group": Ordinary(
        environment="production",
        edit=put_all({"eks.nodes": lambda nodes: {"another": {"kind": "managed"}, **nodes}}),
        stacks={"eks-cluster"},
        added={"AWS::EKS::Nodegroup"},
    ),
    "another repository": Ordinary(
        environment="production",
        edit=put_all({"registry.repositories": lambda repositories: {"another": {}, **repositories}}),
        stacks={"registry"},
        added={"AWS::ECR::Repository"},
    ),
    "another allowed CIDR": Ordinary(
        environment="sandbox",
        edit=put_all({ALLOWED: lambda cidrs: ["198.51.100.0/24", *cidrs]}),
        stacks={"ecs-cluster"},
    ),
    "Kubernetes minor upgrade": Ordinary(
        environment="production",
        base=put_all({"eks.kubernetes_version": "1.35"}),
        edit=put_all({"eks.kubernetes_version": "1.36"}),
        stacks={"eks-cluster"},
    ),
    # By hand on the cluster (docs/operations.md), then in the file.
    "Kubernetes minor rollback": Ordinary(
        environment="production",
        base=put_all({"eks.kubernetes_version": "1.36"}),
        edit=put_all({"eks.kubernetes_version": "1.35"}),
        stacks={"eks-cluster"},
    ),
    "other instance types of nodes": Ordinary(
        environment="production",
        edit=put_all({"eks.nodes.general.instance_types": ["m8g.large", "m7g.large"]}),
        stacks={"eks-cluster"},
        replaced={"AWS::EKS::Nodegroup"},
    ),
    "an add-on more": Ordinary(
        environment="production",
        base=put_all({"eks.add_ons": ADD_ONS}),
        edit=put_all({"eks.add_ons": {**ADD_ONS, "aws-efs-csi-driver": {}}}),
        stacks={"eks-cluster"},
        added={"AWS::EKS::Addon", "AWS::IAM::Role"},
    ),
    "a role for pods": Ordinary(
        environment="production",
        edit=put_all({"eks.pod_identities": {"orders": {"namespace": "shop", "service_account": "orders"}}}),
        stacks={"eks-cluster"},
        added={"AWS::EKS::PodIdentityAssociation", "AWS::IAM::Role"},
    ),
    "a role for pods on Fargate": Ordinary(
        environment="production",
        edit=put_all({"eks.pod_identities": {"jobs": {"namespace": "batch", "service_account": "jobs"}}}),
        stacks={"eks-cluster"},
        added={"AWS::IAM::OIDCProvider", "AWS::IAM::Role"},
    ),
    "more access for a principal": Ordinary(
        environment="production",
        edit=put_all({f"{ENTRY}.kubernetes_groups": ["operators"]}),
        stacks={"eks-cluster"},
    ),
    "another tier of the control plane": Ordinary(
        environment="production",
        edit=put_all({"eks.control_plane_scaling_tier": "tier-xl"}),
        stacks={"eks-cluster"},
    ),
    "switching scaling on": Ordinary(
        environment="sandbox",
        edit=put_all({f"{SERVICE}.scaling": {"min_capacity": 2, "max_capacity": 4}}),
        stacks={"ecs-service-hello-fargate"},
        added={"AWS::ApplicationAutoScaling::ScalableTarget"},
    ),
    # Node groups and profiles are replaced one by one, new nodes before the old ones go; the cluster stays as it is.
    "a third zone": Ordinary(
        environment="sandbox",
        edit=put_all({"availability_zones": lambda zones: [*zones, "eu-west-1c"]}),
        stacks={"network", "ecs-cluster", *SERVICES, "ecs-scheduled-task-hello-schedule", "eks-cluster"},
        replaced={"AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile"},
        added={"AWS::EC2::Subnet"},
    ),
    "a third zone of production": Ordinary(
        environment="production",
        base=put_all({"availability_zones": ZONES[:2], "eks.control_plane_availability_zones": ZONES[:2]}),
        edit=put_all({"availability_zones": ZONES, "eks.control_plane_availability_zones": ZONES[:2]}),
        stacks={"network", "ecs-cluster", *SERVICES, "eks-cluster"},
        replaced={"AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile"},
        added={"AWS::EC2::Subnet", "AWS::EC2::NatGateway"},
    ),
    "a NAT gateway for each zone": Ordinary(
        environment="sandbox",
        edit=put_all({"network.nat_gateways": "one_per_zone"}),
        stacks={"network"},
        added={"AWS::EC2::NatGateway", "AWS::EC2::EIP"},
    ),
}


def types(changes: list[Change], effect: Effect) -> set[str]:
    return {change.resource_type for change in changes if change.effect is effect}


@pytest.mark.parametrize("change", TABLE.values(), ids=list(TABLE))
def test_an_ordinary_change_hurts_nothing(change: Ordinary) -> None:
    base = as_it_is(change.environment) if change.base is nothing else synthesized(change.environment, change.base)
    head = synthesized(change.environment, change.edit)

    changes = compare(base, head, CREATE_ONLY)

    assert [found for found in changes if found.is_protected] == []
    assert {found.stack for found in changes} == {f"{change.environment}-{stack}" for stack in change.stacks}
    assert types(changes, Effect.REPLACED) == change.replaced
    assert types(changes, Effect.DELETED) == set()
    assert types(changes, Effect.ADDED) >= change.added
    # Not a byte of any other stack, outputs included.
    assert {stack for stack in base.keys() | head.keys() if base.get(stack) != head.get(stack)} == {
        found.stack for found in changes
    }


@pytest.mark.parametrize("stated", [{}, {"eks.control_plane_availability_zones": ["eu-west-1b", "eu-west-1a"]}])
def test_a_further_zone_leaves_the_eks_control_plane_as_it_is(stated: dict[str, list[str]]) -> None:
    # EKS refuses an update to subnets of another set of zones (containers-roadmap issue 2258).
    base = synthesized("sandbox", put_all(stated))

    changes = compare(base, synthesized("sandbox", put_all({**stated, "availability_zones": ZONES})), CREATE_ONLY)

    assert {found.resource_type for found in changes if found.stack.endswith("eks-cluster")} <= {
        "AWS::EKS::FargateProfile",
        "AWS::EKS::Nodegroup",
    }


@pytest.mark.parametrize(
    ("edit", "hurt"),
    [
        (put_all({"network.cidr": "10.9.0.0/16"}), {"AWS::EC2::VPC", "AWS::EC2::Subnet"}),
        (put_all({"ecs.load_balancer.scheme": "internal"}), {"AWS::ElasticLoadBalancingV2::LoadBalancer"}),
        (put(customer_managed_keys=True), {"AWS::ECR::Repository"}),
        (put_all({"ecs.services": {}}), {"AWS::ECS::Service", "AWS::Logs::LogGroup"}),
    ],
    ids=["CIDR", "scheme", "keys", "no services"],
)
def test_what_the_operations_guide_warns_of_is_found(edit: Edit, hurt: set[str]) -> None:
    changes = compare(as_it_is("sandbox"), synthesized("sandbox", edit), CREATE_ONLY)
    assert {found.resource_type for found in changes if found.is_protected} >= hurt
