"""Who says nothing about retention loses nothing: data outlives its stack, and logs are kept for a year."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template
from constructs import Construct

import reference_constructs
from reference_constructs.ecs.capacity import Ec2Capacity
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.container_options import ContainerOptions
from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.edge.load_balancer import SharedLoadBalancer
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.edge.web_acl import WebAcl
from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.eks.cluster import EksCluster
from reference_constructs.eks.cluster_options import EksClusterOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.network.vpc_options import VpcOptions
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.registry.repository import ImageRepository
from reference_constructs.registry.repository_options import RepositoryOptions
from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.security.retention_options import PROTECTED
from tests.support.assertions import KEPT, all_of, fate, properties
from tests.support.synthesis import ZONES, new_stack

HOLDS_DATA = ("AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::ECR::Repository")


@pytest.fixture(scope="module")
def template() -> Template:
    """One of every construct with data, none of which is told what becomes of it."""
    stack = new_stack()
    key = EncryptionKey(stack, "Key", description="everything")
    network = PlatformVpc(stack, "Network", availability_zones=ZONES, log_key=key, options=VpcOptions())
    vpc, subnets = network.vpc, network.private_subnets
    EncryptedLogGroup(stack, "LogGroup", encryption_key=key)
    ImageRepository(stack, "Repository", repository_name="app", options=RepositoryOptions())
    WebAcl(stack, "WebAcl", log_group_suffix="blue", encryption_key=key, options=WebAclOptions())
    options = LoadBalancerOptions(plain_http=True)
    SharedLoadBalancer(stack, "LoadBalancer", vpc=vpc, subnets=subnets, options=options)
    _define_ecs(stack, key, vpc, subnets)
    EksCluster(
        stack,
        "Eks",
        options=EksClusterOptions(nodes={"general": ManagedNodeGroupOptions()}),
        cluster_name="blue",
        vpc=vpc,
        private_subnets=subnets,
        encryption_key=key,
    )
    return Template.from_stack(stack)


def _define_ecs(scope: Construct, key: kms.IKey, vpc: ec2.IVpc, subnets: list[ec2.ISubnet]) -> None:
    cluster = EcsCluster(scope, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=key)
    Ec2Capacity(scope, "Capacity", cluster=cluster.cluster, subnets=subnets, options=Ec2CapacityOptions())
    container = ContainerOptions(image="ghcr.io/owner/app:1.0")
    EcsTask(scope, "Task", options=TaskOptions(containers={"web": container}), encryption_key=key)


@pytest.mark.parametrize("resource_type", HOLDS_DATA)
def test_data_outlives_its_stack(template: Template, resource_type: str) -> None:
    found = all_of(template, resource_type)

    assert found
    assert {logical_id: fate(resource) for logical_id, resource in found.items()} == dict.fromkeys(found, KEPT)


def test_logs_are_kept_for_a_year(template: Template) -> None:
    days = {group["Properties"]["RetentionInDays"] for group in all_of(template, "AWS::Logs::LogGroup").values()}
    (rule,) = properties(template, "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]

    assert days == {365}
    assert rule["ExpirationInDays"] == 365


def test_what_serves_refuses_deletion(template: Template) -> None:
    attributes = properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["LoadBalancerAttributes"]
    provider = properties(template, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]

    assert {"Key": "deletion_protection.enabled", "Value": "true"} in attributes
    assert properties(template, "AWS::EKS::Cluster")["DeletionProtection"] is True
    assert provider["ManagedTerminationProtection"] == "ENABLED"


def test_every_construct_that_can_be_told_keeps_by_default() -> None:
    told = {
        name: parameters["retention"].default
        for module in pkgutil.walk_packages(reference_constructs.__path__, "reference_constructs.")
        for name, each in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if each.__module__ == module.name and issubclass(each, Construct)
        if "retention" in (parameters := inspect.signature(each.__init__).parameters)
    }

    assert len(told) >= 10
    assert set(map(id, told.values())) == {id(PROTECTED)}, told
