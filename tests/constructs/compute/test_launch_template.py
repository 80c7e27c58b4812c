"""The launch template of everything that starts instances, alone."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.compute.instance_options import OperatingSystem
from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from tests.support.assertions import Resource, only_id, properties
from tests.support.synthesis import ZONES, new_stack


def _synthesize(stack: cdk.Stack, operating_system: OperatingSystem = "al2023", **keywords: Any) -> Template:  # noqa: ANN401
    HardenedLaunchTemplate(
        stack,
        "LaunchTemplate",
        operating_system=operating_system,
        volume_gib=80,
        **{"volume_key": None, **keywords},
    )
    return Template.from_stack(stack)


def _data(template: Template) -> Resource:
    data: Resource = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


def test_token_is_required_and_ends_at_the_host() -> None:
    data = _data(_synthesize(new_stack()))

    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    assert data["Monitoring"] == {"Enabled": True}


@pytest.mark.parametrize(
    ("operating_system", "sizes"),
    [("al2023", {"/dev/xvda": 80}), ("bottlerocket", {"/dev/xvda": 4, "/dev/xvdb": 80})],
)
def test_volumes_are_encrypted_under_the_given_key(operating_system: OperatingSystem, sizes: dict[str, int]) -> None:
    stack = new_stack()
    template = _synthesize(stack, operating_system, volume_key=kms.Key(stack, "Key"))

    key_arn = {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}
    devices = {device["DeviceName"]: device["Ebs"] for device in _data(template)["BlockDeviceMappings"]}
    assert {name: volume["VolumeSize"] for name, volume in devices.items()} == sizes
    for volume in devices.values():
        assert (volume["Encrypted"], volume["KmsKeyId"], volume["VolumeType"]) == (True, key_arn, "gp3")
        assert volume["DeleteOnTermination"] is True


def test_volumes_are_encrypted_without_a_key_too() -> None:
    (device,) = _data(_synthesize(new_stack()))["BlockDeviceMappings"]

    assert device["Ebs"]["Encrypted"] is True
    assert "KmsKeyId" not in device["Ebs"]


def test_what_a_service_chooses_is_left_to_it() -> None:
    data = _data(_synthesize(new_stack()))

    # EKS refuses a managed node group whose launch template states any of the first three.
    assert not {"NetworkInterfaces", "IamInstanceProfile", "InstanceType", "ImageId", "KeyName"} & data.keys()


def test_network_interface_with_a_security_group_of_ours_has_no_public_address() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    template = _synthesize(stack, security_group=ec2.SecurityGroup(stack, "Group", vpc=vpc))

    (interface,) = _data(template)["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False
    assert interface["Groups"] == [{"Fn::GetAtt": [only_id(template, "AWS::EC2::SecurityGroup"), "GroupId"]}]
