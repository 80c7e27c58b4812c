"""One EKS cluster for each test, and what the tests ask of its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from reference_constructs.eks.node_group import NodeGroupOptions

from reference_constructs.eks.cluster import EksCluster
from tests.support.assertions import Resource
from tests.support.synthesis import ZONES, new_stack

NODES: Mapping[str, NodeGroupOptions] = {"general": NodeGroupOptions()}
FARGATE: Mapping[str, Sequence[eks.Selector]] = {"batch": [eks.Selector(namespace="batch")]}


def cluster_template(stack: cdk.Stack | None = None, **options: object) -> assertions.Template:
    """The template of a stack with a VPC and a cluster; nodes only, unless the options say otherwise."""
    if not {"node_groups", "fargate_profiles"} & options.keys():
        options["node_groups"] = NODES
    stack = stack or new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    keywords: dict[str, Any] = {
        "cluster_name": "blue",
        "kubernetes_version": "1.36",
        "vpc": vpc,
        "private_subnets": vpc.private_subnets,
        "encryption_key": kms.Key(stack, "Key"),
        **options,
    }
    EksCluster(stack, "Eks", **keywords)
    return assertions.Template.from_stack(stack)


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
