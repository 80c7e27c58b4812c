"""A local cluster: a control plane on an AWS Outpost, and the nodes beside it."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Any

import pytest
from aws_cdk import assertions

from reference_constructs.eks.add_ons.add_on_options import AddOnOptions
from reference_constructs.eks.control_plane_options import AccessEntryOptions, EndpointOptions, RemoteNetworkOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from reference_constructs.eks.outpost_options import OutpostOptions
from tests.support.assertions import flat, properties
from tests.support.eks_synthesis import cluster_template

ARN = "arn:aws:outposts:eu-west-1:111122223333:outpost/op-0123456789abcdef0"
OFFICE = IPv4Network("192.31.196.0/24")
PLANT = IPv4Network("192.168.10.0/24")
SUBNET = "subnet-0123456789abcdef0"


def _nodes(**options: Any) -> SelfManagedNodesOptions:  # noqa: ANN401 - of any option
    return SelfManagedNodesOptions(
        location="outpost", subnet_ids=(SUBNET,), architecture="x86_64", instance_types=("m5.large",), **options
    )


def _template(*, placement_group: str | None = None, **options: object) -> assertions.Template:
    outpost = OutpostOptions(
        arn=ARN,
        subnet_ids=(SUBNET,),
        control_plane_instance_type="m5.xlarge",
        control_plane_placement_group=placement_group,
    )
    keywords: dict[str, Any] = {
        "outpost": outpost,
        "kubernetes_version": "1.32",
        "service_cidr": "172.20.0.0/16",
        "nodes": {"floor": _nodes()},
        **options,
    }
    return cluster_template(**keywords)


def test_control_plane_is_on_the_outpost_and_states_nothing_of_the_region() -> None:
    cluster = properties(_template(placement_group="spread"), "AWS::EKS::Cluster")

    assert cluster["OutpostConfig"] == {
        "OutpostArns": [ARN],
        "ControlPlaneInstanceType": "m5.xlarge",
        "ControlPlanePlacement": {"GroupName": "spread"},
    }
    assert cluster["ResourcesVpcConfig"]["SubnetIds"] == [SUBNET]
    assert cluster["ResourcesVpcConfig"]["EndpointPublicAccess"] is False
    assert cluster["AccessConfig"] == {
        "AuthenticationMode": "CONFIG_MAP",
        "BootstrapClusterCreatorAdminPermissions": True,
    }
    assert cluster["KubernetesNetworkConfig"] == {"ServiceIpv4Cidr": "172.20.0.0/16"}
    assert cluster.keys() - {"Tags"} == {
        *("AccessConfig", "DeletionProtection", "KubernetesNetworkConfig", "Logging", "Name", "OutpostConfig"),
        *("ResourcesVpcConfig", "RoleArn", "Version"),
    }


def test_placement_is_left_to_the_outpost_without_a_group() -> None:
    assert "ControlPlanePlacement" not in properties(_template(), "AWS::EKS::Cluster")["OutpostConfig"]


def test_instances_of_the_control_plane_have_the_policy_of_local_clusters() -> None:
    roles = _template().find_resources("AWS::IAM::Role")
    (role,) = [each["Properties"] for name, each in roles.items() if name.startswith("EksControlPlane")]

    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
    ]
    assert [flat(each) for each in role["ManagedPolicyArns"]] == [
        "arn:<AWS::Partition>:iam::aws:policy/AmazonEKSLocalOutpostClusterPolicy"
    ]


def test_nodes_join_by_the_id_of_the_cluster_and_assign_addresses_with_their_role() -> None:
    template = _template()
    template.resource_count_is("AWS::EKS::AccessEntry", 0)
    template.resource_count_is("AWS::EKS::Addon", 0)
    user_data = flat(properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["UserData"]["Fn::Base64"])

    assert re.search(r'enableOutpost: true\n    id: "<EksControlPlaneCluster\w+\.Id>"', user_data)
    roles = template.find_resources("AWS::IAM::Role")
    (role,) = [each["Properties"] for name, each in roles.items() if name.startswith("EksNodeRoles")]
    assert "AmazonEKS_CNI_Policy" in flat(role["ManagedPolicyArns"][-1])


def test_nodes_beside_a_control_plane_in_the_region_join_by_its_name() -> None:
    template = cluster_template(nodes={"floor": _nodes()}, service_cidr="172.20.0.0/16")

    assert "enableOutpost" not in flat(
        properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    )
    template.resource_count_is("AWS::EKS::AccessEntry", 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"endpoint": EndpointOptions(access="public_and_private", public_access_cidrs=(OFFICE,))},
            "private",
        ),
        (
            {"access_entries": {"team": AccessEntryOptions(principal_arn="arn:aws:iam::111122223333:role/team")}},
            "access entries",
        ),
        ({"remote_networks": RemoteNetworkOptions(node_cidrs=(PLANT,))}, "hybrid nodes"),
        ({"nodes": {"main": ManagedNodeGroupOptions()}}, "self-managed nodes only"),
        ({"add_ons": {"metrics-server": AddOnOptions()}}, "no EKS add-ons"),
    ],
)
def test_what_a_local_cluster_does_not_have_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _template(**options)
