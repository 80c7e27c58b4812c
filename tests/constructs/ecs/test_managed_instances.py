"""Managed Instances: what Amazon ECS may start, what they and it may do, and what goes first when they go."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.managed_instances import ManagedInstances
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from tests.support.assertions import (
    Resource,
    all_of,
    comes_with_its_policies,
    egress,
    flat,
    grants,
    only_id,
    properties,
    role_ids,
    statements,
)
from tests.support.synthesis import ZONES, new_stack

RESERVATIONS = "arn:aws:resource-groups:eu-west-1:111122223333:group/reserved"
PROVIDER = "AWS::ECS::CapacityProvider"


def _synthesize(**options: object) -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    cluster = EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=kms.Key(stack, "LogKey"))
    ManagedInstances(
        stack,
        "Managed",
        cluster=cluster.cluster,
        subnets=vpc.private_subnets,
        options=ManagedInstancesOptions.model_validate(options),
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


def _provider(template: Template) -> Resource:
    found: Resource = properties(template, PROVIDER)["ManagedInstancesProvider"]
    return found


def _launch_template(template: Template) -> Resource:
    found: Resource = _provider(template)["InstanceLaunchTemplate"]
    return found


def _role(template: Template, service: str) -> str:
    (role_id,) = role_ids(template, service)
    return role_id


def _infrastructure_role(template: Template) -> str:
    (role_id,) = (name for name in all_of(template, "AWS::IAM::Role") if "InfrastructureRole" in name)
    return role_id


def test_the_provider_names_its_cluster_and_is_not_associated_a_second_time(template: Template) -> None:
    """CloudFormation refuses the provider in the association (aws-cdk issue 35699)."""
    assert properties(template, PROVIDER)["ClusterName"] == {"Ref": only_id(template, "AWS::ECS::Cluster")}
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_instances_are_on_demand_private_and_of_what_the_tasks_need(template: Template) -> None:
    launched = _launch_template(template)

    assert "CapacityOptionType" not in launched
    assert "InstanceRequirements" not in launched
    assert launched["StorageConfiguration"] == {"StorageSizeGiB": 80}
    private = {
        logical_id
        for logical_id, subnet in all_of(template, "AWS::EC2::Subnet").items()
        if {"Key": "aws-cdk:subnet-type", "Value": "Private"} in subnet["Properties"]["Tags"]
    }
    assert {each["Ref"] for each in launched["NetworkConfiguration"]["Subnets"]} == private


def test_nothing_comes_in_and_https_goes_out(template: Template) -> None:
    group = properties(template, "AWS::EC2::SecurityGroup")

    assert [egress(rule) for rule in group["SecurityGroupEgress"]] == [("tcp", 443, 443, "0.0.0.0/0")]
    assert "SecurityGroupIngress" not in group
    assert _launch_template(template)["NetworkConfiguration"]["SecurityGroups"] == [
        {"Fn::GetAtt": [only_id(template, "AWS::EC2::SecurityGroup"), "GroupId"]}
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"capacity_option": "spot"}, {"CapacityOptionType": "SPOT"}),
        (
            {"capacity_option": "reserved", "capacity_reservation_group_arn": RESERVATIONS},
            {
                "CapacityOptionType": "RESERVED",
                "CapacityReservations": {
                    "ReservationGroupArn": RESERVATIONS,
                    "ReservationPreference": "RESERVATIONS_ONLY",
                },
            },
        ),
        ({"detailed_monitoring": False}, {"Monitoring": "BASIC"}),
        ({"storage_gib": 200}, {"StorageConfiguration": {"StorageSizeGiB": 200}}),
    ],
)
def test_instances_start_as_asked(options: dict[str, Any], expected: dict[str, Any]) -> None:
    launched = _launch_template(_synthesize(**options))

    assert {key: launched[key] for key in expected} == expected


def test_only_types_with_the_attributes_start() -> None:
    required = _launch_template(
        _synthesize(
            instance_requirements={
                "vcpus_max": 8,
                "memory_mib_max": 32768,
                "gpus_min": 1,
                "gpus_max": 2,
                "cpu_manufacturers": ["amd"],
                "burstable_performance": "included",
                "excluded_instance_types": ["g4dn.*"],
            }
        )
    )["InstanceRequirements"]

    assert required == {
        "VCpuCount": {"Min": 2, "Max": 8},
        "MemoryMiB": {"Min": 4096, "Max": 32768},
        "AcceleratorCount": {"Min": 1, "Max": 2},
        "AcceleratorManufacturers": ["nvidia"],
        "CpuManufacturers": ["amd"],
        "InstanceGenerations": ["current"],
        "BurstablePerformance": "included",
        "BareMetal": "excluded",
        "LocalStorage": "included",
        "ExcludedInstanceTypes": ["g4dn.*"],
    }


def test_accelerators_are_of_the_kind_that_is_asked_for() -> None:
    required = _launch_template(_synthesize(accelerator="neuron", instance_requirements={"gpus_max": 16}))

    assert required["InstanceRequirements"]["AcceleratorManufacturers"] == ["amazon-web-services"]


def test_types_with_accelerators_are_for_tasks_that_ask_for_them() -> None:
    required = _launch_template(_synthesize(instance_requirements={}))["InstanceRequirements"]

    assert required["AcceleratorCount"] == {"Max": 0}


def test_impaired_instances_are_replaced_and_idle_ones_end_when_asked(template: Template) -> None:
    stated = _provider(_synthesize(auto_repair=False, scale_in_after_seconds=600))

    assert _provider(template)["AutoRepairConfiguration"] == {"ActionsStatus": "ENABLED"}
    assert "InfrastructureOptimization" not in _provider(template)
    assert stated["AutoRepairConfiguration"] == {"ActionsStatus": "DISABLED"}
    assert stated["InfrastructureOptimization"] == {"ScaleInAfter": 600}


def test_agent_registers_and_reports_in_this_cluster_alone(template: Template) -> None:
    cluster = f"<{only_id(template, 'AWS::ECS::Cluster')}.Arn>"
    found = statements(template, _role(template, "ec2.amazonaws.com"))
    unconditioned = [each for each in found if "Condition" not in each]

    assert grants(unconditioned) == {
        ("ecs:RegisterContainerInstance", cluster),
        ("ecs:SubmitAttachmentStateChanges", cluster),
        ("ecs:SubmitTaskStateChange", cluster),
        ("ecs:DiscoverPollEndpoint", "*"),
    }
    for each in found:
        assert each in unconditioned or flat(each["Condition"]["ArnEquals"]["ecs:cluster"]) == cluster


def test_ecs_passes_the_role_of_the_instances_and_no_other(template: Template) -> None:
    infrastructure = _infrastructure_role(template)
    (passes,) = (
        statement
        for policy in all_of(template, "AWS::IAM::ManagedPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "iam:PassRole"
    )

    assert flat(passes["Resource"]) == f"<{_role(template, 'ec2.amazonaws.com')}.Arn>"
    assert flat(_provider(template)["InfrastructureRoleArn"]) == f"<{infrastructure}.Arn>"
    assert properties(template, "AWS::IAM::InstanceProfile")["Roles"] == [{"Ref": _role(template, "ec2.amazonaws.com")}]


def test_the_provider_goes_before_what_ends_its_instances(template: Template) -> None:
    """Without the role or its policy, the last instances never end, and neither does the deletion (issue 36071)."""
    role = all_of(template, "AWS::IAM::Role")[_infrastructure_role(template)]
    policies = [each["Ref"] for each in role["Properties"]["ManagedPolicyArns"] if "Ref" in each]

    assert flat(_provider(template)["InfrastructureRoleArn"]) == f"<{_infrastructure_role(template)}.Arn>"
    # What is referenced goes last: the provider, then the role, then its policy.
    assert len(policies) == 1
    assert comes_with_its_policies(template, _role(template, "ec2.amazonaws.com"))
