"""Nodes: what they are started from, how they are replaced, what they may do."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from reference_constructs.eks.node_group import NodeGroupOptions

from tests.support.assertions import Resource, flat, properties
from tests.support.eks_synthesis import cluster_template, policy_statements, role
from tests.support.synthesis import new_stack


def _template(**options: object) -> assertions.Template:
    keywords: dict[str, Any] = options
    return cluster_template(node_groups={"general": NodeGroupOptions(**keywords)})


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
        taints=[eks.TaintSpec(key="lifecycle", value="spot", effect=eks.TaintEffect.NO_EXECUTE)],
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
    options = NodeGroupOptions(operating_system="bottlerocket")

    template = cluster_template(stack, node_groups={"general": options}, volume_key=key)

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
    template = cluster_template(node_groups={"one": NodeGroupOptions(), "two": NodeGroupOptions()})

    roles = {str(group["Properties"]["NodeRole"]) for group in template.find_resources("AWS::EKS::Nodegroup").values()}
    template.resource_count_is("AWS::EKS::Nodegroup", 2)
    assert len(roles) == 1


def test_node_role_has_no_policy_of_aws_and_no_right_over_network_interfaces() -> None:
    template = cluster_template()

    assert all("Ref" in arn for arn in role(template, "ec2.amazonaws.com")["ManagedPolicyArns"])
    actions = {
        action
        for policy in ("EksNodeRolePolicy", "EksImagePullPolicy")
        for statement in policy_statements(template, policy)
        for action in statement["Action"]
    }
    assert not {action for action in actions if "NetworkInterface" in action or "Address" in action}


def test_node_role_speaks_for_pods_of_this_cluster_alone() -> None:
    (statement,) = (
        statement
        for statement in policy_statements(cluster_template(), "EksNodeRolePolicy")
        if statement["Action"] == "eks-auth:AssumeRoleForPodIdentity"
    )

    assert flat(statement["Resource"]) == "arn:<AWS::Partition>:eks:eu-west-1:<AWS::AccountId>:cluster/blue"


def test_node_role_has_what_nodeadm_asks_for() -> None:
    found = {
        action
        for statement in policy_statements(cluster_template(), "EksNodeRolePolicy")
        for action in statement["Action"]
    }

    assert {"ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ssmmessages:OpenDataChannel"} <= found


def test_no_role_has_an_inline_policy() -> None:
    template = cluster_template(pull_through_repository_arns=["arn:aws:ecr:eu-west-1:111122223333:repository/a/*"])

    template.resource_count_is("AWS::IAM::Policy", 0)
    assert not [
        name for name, found in template.find_resources("AWS::IAM::Role").items() if "Policies" in found["Properties"]
    ]


def test_first_pulls_are_allowed_below_the_given_repositories_only() -> None:
    arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/a/quay/*", "arn:aws:ecr:eu-west-1:111122223333:repository/b"]

    found = policy_statements(cluster_template(pull_through_repository_arns=arns), "EksImagePullPolicy")

    creating = [statement for statement in found if "ecr:CreateRepository" in statement["Action"]]
    assert [statement["Resource"] for statement in creating] == [arns]
    assert set(creating[0]["Action"]) == {"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}


def test_no_first_pull_is_allowed_by_default() -> None:
    found = policy_statements(cluster_template(), "EksImagePullPolicy")

    assert "ecr:CreateRepository" not in str(found)
