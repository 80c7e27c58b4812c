"""Instances with drivers, with Windows, of attributes, of reservations, and of a warm pool."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.capacity import Ec2Capacity
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.instance_images import image_parameter
from tests.support.assertions import Resource, flat, only_id, properties
from tests.support.synthesis import ZONES, new_stack

X86: dict[str, Any] = {"architecture": "x86_64"}
WINDOWS: dict[str, Any] = {**X86, "operating_system": "windows_2022_core", "volume_gib": 50}
RESERVATION = "cr-0123456789abcdef0"
RESERVATIONS = "arn:aws:resource-groups:eu-west-1:111122223333:group/reserved"


def _synthesize(**options: object) -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    cluster = EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=kms.Key(stack, "LogKey"))
    Ec2Capacity(
        stack,
        "Capacity",
        cluster=cluster.cluster,
        subnets=vpc.private_subnets,
        options=Ec2CapacityOptions.model_validate(options),
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def windows() -> Template:
    return _synthesize(**WINDOWS, on_demand_percent_above_base=0)


def _launch_template(template: Template) -> Resource:
    data: Resource = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


def _user_data(template: Template) -> list[str]:
    return flat(_launch_template(template)["UserData"]["Fn::Base64"]).splitlines()


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ({"accelerator": "nvidia"}, "ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"),
        ({"accelerator": "neuron"}, "ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id"),
        (
            {"accelerator": "nvidia", "operating_system": "bottlerocket"},
            "bottlerocket/aws-ecs-2-nvidia/x86_64/latest/image_id",
        ),
        (
            {"operating_system": "windows_2025_full", "volume_gib": 50},
            "ami-windows-latest/Windows_Server-2025-English-Full-ECS_Optimized/image_id",
        ),
    ],
)
def test_the_image_has_what_is_asked_for(options: dict[str, Any], parameter: str) -> None:
    template = _synthesize(**X86, **options)

    assert _launch_template(template)["ImageId"] == f"resolve:ssm:/aws/service/{parameter}"


@pytest.mark.parametrize(
    ("operating_system", "architecture", "accelerator"),
    [("al2023", "arm64", "nvidia"), ("bottlerocket", "x86_64", "neuron"), ("windows_2022_core", "arm64", None)],
)
def test_what_has_no_image_is_refused(operating_system: Any, architecture: Any, accelerator: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=f"there is no AMI of Amazon ECS for {operating_system} on {architecture}"):
        image_parameter(operating_system, architecture, accelerator)


def test_windows_joins_the_cluster_with_roles_interfaces_and_logs_of_tasks(windows: Template) -> None:
    cluster = only_id(windows, "AWS::ECS::Cluster")

    assert _user_data(windows) == [
        "<powershell>",
        '[Environment]::SetEnvironmentVariable("ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE", "true", "Machine")',
        '[Environment]::SetEnvironmentVariable("ECS_ENABLE_SPOT_INSTANCE_DRAINING", "true", "Machine")',
        "Import-Module ECSTools",
        f"Initialize-ECSAgent -Cluster '<{cluster}>' -EnableTaskIAMRole -EnableTaskENI -AwsvpcBlockIMDS "
        """-LoggingDrivers '["json-file","awslogs"]'""",
        "</powershell>",
    ]


def test_windows_starts_from_one_encrypted_volume(windows: Template) -> None:
    (device,) = _launch_template(windows)["BlockDeviceMappings"]

    assert (device["DeviceName"], device["Ebs"]["VolumeSize"], device["Ebs"]["Encrypted"]) == ("/dev/sda1", 50, True)


def test_types_are_selected_by_their_attributes() -> None:
    template = _synthesize(
        **X86,
        accelerator="neuron",
        instance_requirements={"vcpus_max": 16, "gpus_min": 1, "gpus_max": 2, "allowed_instance_types": ["inf2.*"]},
    )
    policy = properties(template, "AWS::AutoScaling::AutoScalingGroup")["MixedInstancesPolicy"]

    assert policy["LaunchTemplate"]["Overrides"] == [
        {
            "InstanceRequirements": {
                "VCpuCount": {"Min": 2, "Max": 16},
                "MemoryMiB": {"Min": 4096},
                "AcceleratorCount": {"Min": 1, "Max": 2},
                "AcceleratorManufacturers": ["amazon-web-services"],
                "InstanceGenerations": ["current"],
                "BurstablePerformance": "excluded",
                "BareMetal": "excluded",
                "LocalStorage": "included",
                "AllowedInstanceTypes": ["inf2.*"],
            }
        }
    ]
    # "prioritized" is for lists of types alone.
    assert policy["InstancesDistribution"]["OnDemandAllocationStrategy"] == "lowest-price"


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({"capacity_reservation_id": RESERVATION}, {"CapacityReservationId": RESERVATION}),
        ({"capacity_reservation_group_arn": RESERVATIONS}, {"CapacityReservationResourceGroupArn": RESERVATIONS}),
    ],
)
def test_instances_start_in_the_reservation(options: dict[str, str], target: dict[str, str]) -> None:
    specification = _launch_template(_synthesize(**options))["CapacityReservationSpecification"]

    assert specification == {"CapacityReservationTarget": target}


def test_instances_wait_in_the_warm_pool_before_they_join() -> None:
    template = _synthesize(warm_pool={"state": "running", "min_size": 1, "max_prepared": 4})

    assert properties(template, "AWS::AutoScaling::WarmPool") == {
        "AutoScalingGroupName": {"Ref": only_id(template, "AWS::AutoScaling::AutoScalingGroup")},
        "MaxGroupPreparedCapacity": 4,
        "MinSize": 1,
        "PoolState": "Running",
    }
    assert "echo ECS_WARM_POOLS_CHECK=true >> /etc/ecs/ecs.config" in _user_data(template)
