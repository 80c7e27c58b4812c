"""Nodes: what they are started from, how they are replaced, what they may do."""

from __future__ import annotations

import tomllib
from email import message_from_string
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from ruamel.yaml import YAML

from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.managed_node_group import ManagedNodeGroup
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from tests.support.assertions import Resource, properties
from tests.support.eks_synthesis import FARGATE, TWO_GROUPS, add_on_id, cluster_template, define_cluster
from tests.support.synthesis import new_stack


def _template(**options: object) -> assertions.Template:
    keywords: dict[str, Any] = options
    return cluster_template(nodes={"general": ManagedNodeGroupOptions(**keywords)})


def _node_group(**options: object) -> Resource:
    return properties(_template(**options), "AWS::EKS::Nodegroup")


def _launch_template(**options: object) -> Resource:
    data: Resource = properties(_template(**options), "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


@pytest.mark.parametrize(
    ("operating_system", "architecture", "instance_type", "ami_type"),
    [
        ("al2023", "arm64", "m7g.large", "AL2023_ARM_64_STANDARD"),
        ("al2023", "x86_64", "m7i.large", "AL2023_x86_64_STANDARD"),
        ("bottlerocket", "arm64", "m7g.large", "BOTTLEROCKET_ARM_64"),
        ("bottlerocket", "x86_64", "m7i.large", "BOTTLEROCKET_x86_64"),
    ],
)
def test_image_follows_operating_system_and_architecture(
    operating_system: str, architecture: str, instance_type: str, ami_type: str
) -> None:
    group = _node_group(operating_system=operating_system, architecture=architecture, instance_types=[instance_type])

    assert group["AmiType"] == ami_type
    assert group["InstanceTypes"] == [instance_type]


def test_instance_type_of_another_architecture_is_refused() -> None:
    with pytest.raises(RuntimeError, match="does not match the instance types architecture"):
        _node_group(architecture="arm64", instance_types=["m7i.large"])


def test_instance_type_whose_name_the_cdk_cannot_read_is_left_to_eks() -> None:
    group = _node_group(architecture="x86_64", instance_types=["u7in-16tb.224xlarge", "m7i.large"])

    assert group["InstanceTypes"] == ["u7in-16tb.224xlarge", "m7i.large"]
    assert group["AmiType"] == "AL2023_x86_64_STANDARD"


@pytest.mark.parametrize(("capacity_type", "said"), [("on_demand", "ON_DEMAND"), ("spot", "SPOT")])
def test_capacity_is_bought_as_asked(capacity_type: str, said: str) -> None:
    assert _node_group(capacity_type=capacity_type)["CapacityType"] == said


def test_sizes_labels_and_taints_arrive() -> None:
    group = _node_group(
        min_size=0,
        desired_size=3,
        max_size=9,
        max_unavailable_percent=20,
        labels={"lifecycle": "spot"},
        taints=[TaintOptions(key="lifecycle", value="spot", effect="NO_EXECUTE")],
    )

    assert group["ScalingConfig"] == {"MinSize": 0, "DesiredSize": 3, "MaxSize": 9}
    assert group["UpdateConfig"] == {"MaxUnavailablePercentage": 20}
    assert group["Labels"] == {"lifecycle": "spot"}
    assert group["Taints"] == [{"Key": "lifecycle", "Value": "spot", "Effect": "NO_EXECUTE"}]


def test_updates_respect_disruption_budgets_and_broken_nodes_are_replaced() -> None:
    group = _node_group()

    assert group["ForceUpdateEnabled"] is False
    assert group["NodeRepairConfig"] == {"Enabled": True}


@pytest.mark.parametrize("version", ["1.35", "1.36"])
def test_nodes_follow_the_version_of_the_cluster(version: str) -> None:
    template = cluster_template(kubernetes_version=version)

    assert properties(template, "AWS::EKS::Nodegroup")["Version"] == version
    assert properties(template, "AWS::EKS::Cluster")["Version"] == version


def test_nothing_of_a_node_group_has_a_name_so_that_it_can_be_replaced() -> None:
    template = cluster_template()

    assert "NodegroupName" not in properties(template, "AWS::EKS::Nodegroup")
    assert "LaunchTemplateName" not in properties(template, "AWS::EC2::LaunchTemplate")


def test_node_group_starts_nodes_from_its_newest_launch_template() -> None:
    template = cluster_template()
    (launch_template_id,) = template.find_resources("AWS::EC2::LaunchTemplate")

    assert properties(template, "AWS::EKS::Nodegroup")["LaunchTemplate"] == {
        "Id": {"Ref": launch_template_id},
        "Version": {"Fn::GetAtt": [launch_template_id, "LatestVersionNumber"]},
    }


def test_pods_do_not_reach_the_metadata_service() -> None:
    assert _launch_template()["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_launch_template_leaves_security_group_and_instance_type_to_eks() -> None:
    data = _launch_template()

    assert not {"SecurityGroupIds", "NetworkInterfaces", "InstanceType", "IamInstanceProfile"} & data.keys()


@pytest.mark.parametrize("operating_system", ["al2023", "bottlerocket"])
def test_number_of_pods_is_left_to_eks(operating_system: str) -> None:
    assert "UserData" not in _launch_template(operating_system=operating_system)


def test_number_of_pods_is_merged_into_the_settings_of_al2023() -> None:
    text = _launch_template(max_pods=30)["UserData"]["Fn::Base64"]

    (part,) = [each for each in message_from_string(text).walk() if not each.is_multipart()]
    assert part.get_content_type() == "application/node.eks.aws"
    assert YAML(typ="safe").load(part.get_payload()) == {
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"kubelet": {"config": {"maxPods": 30}}},
    }


def test_number_of_pods_is_merged_into_the_settings_of_bottlerocket() -> None:
    text = _launch_template(operating_system="bottlerocket", max_pods=30)["UserData"]["Fn::Base64"]

    assert tomllib.loads(text) == {"settings": {"kubernetes": {"max-pods": 30}}}


def test_nodes_are_watched_every_minute() -> None:
    assert _launch_template()["Monitoring"] == {"Enabled": True}


@pytest.mark.parametrize(
    ("operating_system", "sizes"),
    [("al2023", {"/dev/xvda": 80}), ("bottlerocket", {"/dev/xvda": 4, "/dev/xvdb": 80})],
)
def test_every_volume_is_encrypted_gp3_and_goes_with_its_node(operating_system: str, sizes: dict[str, int]) -> None:
    devices = _launch_template(operating_system=operating_system, volume_gib=80)["BlockDeviceMappings"]

    assert {device["DeviceName"]: device["Ebs"]["VolumeSize"] for device in devices} == sizes
    for device in devices:
        assert device["Ebs"]["VolumeType"] == "gp3"
        assert device["Ebs"]["Encrypted"] is True
        assert device["Ebs"]["DeleteOnTermination"] is True
        assert "KmsKeyId" not in device["Ebs"]


def test_every_volume_takes_the_key_that_is_given() -> None:
    stack = new_stack()
    key = kms.Key(stack, "VolumeKey")
    options = ManagedNodeGroupOptions(operating_system="bottlerocket")

    template = cluster_template(stack, nodes={"general": options}, volume_key=key)

    devices = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["BlockDeviceMappings"]
    assert [device["Ebs"]["KmsKeyId"] for device in devices] == [stack.resolve(key.key_arn)] * 2


def test_instances_and_volumes_carry_the_tags_of_the_stack_and_a_readable_name() -> None:
    stack = new_stack()
    cdk.Tags.of(stack).add("owner", "team")

    specifications = properties(cluster_template(stack), "AWS::EC2::LaunchTemplate")["LaunchTemplateData"][
        "TagSpecifications"
    ]

    tags = {spec["ResourceType"]: {tag["Key"]: tag["Value"] for tag in spec["Tags"]} for spec in specifications}
    assert tags["instance"] == tags["volume"] == {"owner": "team", "Name": "blue-general"}


def test_all_node_groups_share_one_role() -> None:
    template = cluster_template(nodes=TWO_GROUPS)

    roles = {str(group["Properties"]["NodeRole"]) for group in template.find_resources("AWS::EKS::Nodegroup").values()}
    template.resource_count_is("AWS::EKS::Nodegroup", 2)
    assert len(roles) == 1


def test_node_group_can_be_added_beside_a_cluster() -> None:
    # Given a cluster
    stack = new_stack()
    cluster = define_cluster(stack)
    control_plane = cluster.control_plane
    vpc = stack.node.find_child("Vpc")
    assert isinstance(vpc, ec2.Vpc)

    # When a node group is defined by itself
    ManagedNodeGroup(
        stack,
        "batch",
        control_plane=control_plane,
        subnets=vpc.private_subnets,
        node_role=cluster.node_role,
        options=ManagedNodeGroupOptions(max_size=9),
    )

    # Then it is a node group of that cluster like the others, with their role, and after the network too
    template = assertions.Template.from_stack(stack)
    groups = template.find_resources("AWS::EKS::Nodegroup")
    (batch,) = [found for name, found in groups.items() if name.startswith("batch")]
    (cluster_id,) = template.find_resources("AWS::EKS::Cluster")
    (launch_template_id,) = [
        name for name in template.find_resources("AWS::EC2::LaunchTemplate") if name.startswith("batch")
    ]
    assert len(groups) == 2
    assert batch["Properties"]["ClusterName"] == {"Ref": cluster_id}
    assert batch["Properties"]["Version"] == control_plane.kubernetes_version
    assert len({str(each["Properties"]["NodeRole"]) for each in groups.values()}) == 1
    assert batch["Properties"]["LaunchTemplate"]["Id"] == {"Ref": launch_template_id}
    assert batch["Properties"]["ScalingConfig"]["MaxSize"] == 9
    for name in ("eks-pod-identity-agent", "vpc-cni", "kube-proxy"):
        assert add_on_id(template, name) in batch["DependsOn"]


def test_node_group_beside_a_cluster_of_fargate_alone_has_a_role_too() -> None:
    stack = new_stack()
    cluster = define_cluster(stack, nodes=FARGATE)

    role = cluster.node_role

    assert role is cluster.node_role
    assertions.Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [{"Principal": {"Service": "ec2.amazonaws.com"}}]}}
    )
