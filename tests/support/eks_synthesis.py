"""One EKS cluster for each test, and what the tests ask of its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

from reference_constructs.eks.add_ons import add_on_options
from reference_constructs.eks.add_ons.catalog import AddOn
from reference_constructs.eks.cluster import EksCluster
from reference_constructs.eks.cluster_options import EksClusterOptions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.control_plane_options import ControlPlaneOptions
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from tests.support.assertions import Resource
from tests.support.synthesis import ZONES, new_stack

NODES: Mapping[str, AnyNodeOptions] = {"general": ManagedNodeGroupOptions()}
TWO_GROUPS: Mapping[str, AnyNodeOptions] = {"one": ManagedNodeGroupOptions(), "two": ManagedNodeGroupOptions()}
FARGATE: Mapping[str, AnyNodeOptions] = {
    "batch": FargateProfileOptions(selectors=(FargateSelectorOptions(namespace="batch"),))
}


def cluster_template(
    stack: cdk.Stack | None = None, *, zones: Sequence[str] = ZONES, **keywords: object
) -> assertions.Template:
    """The template of a stack with a VPC and a cluster, of options and of keywords of the construct."""
    stack = stack or new_stack()
    define_cluster(stack, zones=zones, **keywords)
    return assertions.Template.from_stack(stack)


def define_cluster(stack: cdk.Stack, *, zones: Sequence[str] = ZONES, **keywords: object) -> EksCluster:
    """A cluster in a VPC of its own; with one managed node group, unless the options say otherwise."""
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(zones), nat_gateways=1)
    options: dict[str, Any] = {"nodes": NODES} | {
        name: value for name, value in keywords.items() if name in EksClusterOptions.model_fields
    }
    others: dict[str, Any] = {name: value for name, value in keywords.items() if name not in options}
    return EksCluster(
        stack,
        "Eks",
        options=EksClusterOptions(**options),
        cluster_name="blue",
        vpc=vpc,
        private_subnets=vpc.private_subnets,
        encryption_key=kms.Key(stack, "Key"),
        **others,
    )


def define_control_plane(stack: cdk.Stack) -> tuple[ControlPlane, ec2.Vpc]:
    """A control plane without nodes or add-ons, in a VPC of its own."""
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    control_plane = ControlPlane(
        stack,
        "ControlPlane",
        options=ControlPlaneOptions(),
        cluster_name="blue",
        vpc=vpc,
        subnets=vpc.private_subnets,
        encryption_key=kms.Key(stack, "Key"),
    )
    return control_plane, vpc


def use_catalog(monkeypatch: pytest.MonkeyPatch, *rows: AddOn) -> None:
    """Let the catalog have these rows and no others, for one test."""
    catalog = {row.name: row for row in rows}
    monkeypatch.setattr(add_on_options, "CATALOG", catalog)


def add_on(template: assertions.Template, name: str) -> Resource:
    """The properties of an add-on."""
    properties: Resource = template.find_resources("AWS::EKS::Addon")[add_on_id(template, name)]["Properties"]
    return properties


def add_on_names(template: assertions.Template) -> set[str]:
    """The names of all add-ons."""
    return {resource["Properties"]["AddonName"] for resource in template.find_resources("AWS::EKS::Addon").values()}


def add_on_id(template: assertions.Template, name: str) -> str:
    """The logical id of an add-on."""
    (logical_id,) = template.find_resources("AWS::EKS::Addon", {"Properties": {"AddonName": name}})
    return logical_id


def waits_for(template: assertions.Template, logical_id: str) -> set[str]:
    """All that a resource waits for, by `DependsOn`, over any number of steps."""
    resources = template.to_json()["Resources"]
    found: set[str] = set()
    queue = [logical_id]
    while queue:
        for dependency in resources[queue.pop()].get("DependsOn", []):
            if dependency not in found:
                found.add(dependency)
                queue.append(dependency)
    return found


def policy_statements(template: assertions.Template, policy_id: str) -> list[Resource]:
    """The statements of the managed policy whose logical id begins so."""
    (policy,) = (
        resource
        for logical_id, resource in template.find_resources("AWS::IAM::ManagedPolicy").items()
        if logical_id.startswith(policy_id)
    )
    found: list[Resource] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def role(template: assertions.Template, service: str) -> Resource:
    """The properties of the only role that a service assumes."""
    (found,) = (
        resource["Properties"]
        for resource in template.find_resources("AWS::IAM::Role").values()
        if resource["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": service}
    )
    properties: Resource = found
    return properties
