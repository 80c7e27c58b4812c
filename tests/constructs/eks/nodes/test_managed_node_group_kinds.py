"""Managed node groups of every AMI type, with capacity, placement, roles, and security groups of their own."""

from __future__ import annotations

import tomllib
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.managed_node_group_options import (
    ManagedNodeGroupOptions,
    NodeRepairOptions,
    RepairOverrideOptions,
    WarmPoolOptions,
)
from tests.support.assertions import Resource, only_id, properties
from tests.support.eks_synthesis import FARGATE, add_on_id, add_on_names, cluster_template
from tests.support.synthesis import ZONES, new_stack

IMAGE = "ami-0123456789abcdef0"
SERVICES = "172.20.0.0/16"
X86 = {"architecture": "x86_64", "instance_types": ["m7i.large"]}
WINDOWS: dict[str, Any] = {"operating_system": "windows_2022_core", **X86}


def _options(**options: object) -> ManagedNodeGroupOptions:
    keywords: dict[str, Any] = options
    return ManagedNodeGroupOptions(**keywords)


def _template(**options: object) -> assertions.Template:
    service_cidr = options.pop("service_cidr", None)
    return cluster_template(nodes={"general": _options(**options)}, service_cidr=service_cidr)


def _beside_linux(**options: object) -> assertions.Template:
    nodes: dict[str, AnyNodeOptions] = {"linux": _options(), "other": _options(**options)}
    return cluster_template(nodes=nodes, service_cidr=SERVICES)


def _node_group(**options: object) -> Resource:
    return properties(_template(**options), "AWS::EKS::Nodegroup")


def _data(template: assertions.Template) -> Resource:
    data: Resource = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


def _found(template: assertions.Template, resource_type: str, word: str) -> tuple[str, Resource]:
    (name,) = [name for name in template.find_resources(resource_type) if word in name]
    resource: Resource = template.to_json()["Resources"][name]
    return name, resource


@pytest.mark.parametrize(
    ("operating_system", "architecture", "accelerator", "instance_type", "ami_type"),
    [
        ("al2023", "x86_64", "nvidia", "g6.xlarge", "AL2023_x86_64_NVIDIA"),
        ("al2023", "x86_64", "nvidia", "p6-b200.48xlarge", "AL2023_x86_64_NVIDIA"),
        ("al2023", "arm64", "nvidia", "g5g.xlarge", "AL2023_ARM_64_NVIDIA"),
        ("al2023", "x86_64", "neuron", "trn1.32xlarge", "AL2023_x86_64_NEURON"),
        ("bottlerocket", "x86_64", "nvidia", "p5.48xlarge", "BOTTLEROCKET_x86_64_NVIDIA"),
        ("bottlerocket", "arm64", "nvidia", "g5g.xlarge", "BOTTLEROCKET_ARM_64_NVIDIA"),
        ("bottlerocket", "x86_64", "neuron", "inf2.xlarge", "BOTTLEROCKET_x86_64"),
        ("windows_2019_core", "x86_64", None, "m7i.large", "WINDOWS_CORE_2019_x86_64"),
        ("windows_2019_full", "x86_64", None, "m7i.large", "WINDOWS_FULL_2019_x86_64"),
        ("windows_2022_core", "x86_64", None, "m7i.large", "WINDOWS_CORE_2022_x86_64"),
        ("windows_2022_full", "x86_64", None, "m7i.large", "WINDOWS_FULL_2022_x86_64"),
        ("windows_2022_core", "x86_64", None, "m6a.large", "WINDOWS_CORE_2022_x86_64"),
        ("windows_2025_core", "x86_64", None, "m7i.large", "WINDOWS_CORE_2025_x86_64"),
        ("windows_2025_full", "x86_64", None, "m7i.large", "WINDOWS_FULL_2025_x86_64"),
    ],
)
def test_image_follows_operating_system_architecture_and_accelerator(
    operating_system: str, architecture: str, accelerator: str | None, instance_type: str, ami_type: str
) -> None:
    template = _template(
        operating_system=operating_system,
        architecture=architecture,
        accelerator=accelerator,
        instance_types=[instance_type],
    )

    group = properties(template, "AWS::EKS::Nodegroup")
    assert (group["AmiType"], group["InstanceTypes"]) == (ami_type, [instance_type])
    # The L2 of some of them would bring a Lambda function.
    template.resource_count_is("AWS::Lambda::Function", 0)


@pytest.mark.parametrize(
    "options",
    [
        {"accelerator": "neuron", "instance_types": ["m7g.large"]},
        {"accelerator": "nvidia", **WINDOWS},
        {"operating_system": "windows_2022_core"},
    ],
)
def test_image_that_eks_does_not_have_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="there is no AMI type for"):
        _template(**options)


def test_image_of_ones_own_is_started_with_complete_user_data() -> None:
    template = _template(
        service_cidr=SERVICES,
        image_id=IMAGE,
        operating_system="bottlerocket",
        labels={"pool": "a"},
        taints=[TaintOptions(key="b")],
    )

    group, data = properties(template, "AWS::EKS::Nodegroup"), _data(template)
    assert data["ImageId"] == IMAGE
    assert not {"AmiType", "Version", "ReleaseVersion"} & group.keys()
    cluster = only_id(template, "AWS::EKS::Cluster")
    joined = data["UserData"]["Fn::Base64"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else part["Fn::GetAtt"][1] for part in joined)
    assert [part["Fn::GetAtt"][0] for part in joined if isinstance(part, dict)] == [cluster, cluster]
    assert tomllib.loads(text)["settings"]["kubernetes"] == {
        "cluster-name": "blue",
        "api-server": "Endpoint",
        "cluster-certificate": "CertificateAuthorityData",
        "cluster-dns-ip": "172.20.0.10",
        "node-labels": {"pool": "a"},
        "node-taints": {"b": [":NoSchedule"]},
    }
    assert properties(template, "AWS::EKS::Cluster")["KubernetesNetworkConfig"]["ServiceIpv4Cidr"] == SERVICES


def test_image_of_ones_own_runs_on_any_instance_type() -> None:
    group = _node_group(service_cidr=SERVICES, image_id=IMAGE, architecture="x86_64", instance_types=["g5.xlarge"])

    assert group["InstanceTypes"] == ["g5.xlarge"]


def test_image_of_ones_own_must_know_the_addresses_of_services() -> None:
    with pytest.raises(ValueError, match="must know service_cidr"):
        _template(image_id=IMAGE)


def test_release_and_kinds_of_updates_arrive() -> None:
    group = _node_group(release_version="1.36.0-20261106", max_unavailable=2, update_strategy="minimal")

    assert group["ReleaseVersion"] == "1.36.0-20261106"
    assert group["UpdateConfig"] == {"MaxUnavailable": 2, "UpdateStrategy": "MINIMAL"}


def test_repair_has_limits_and_overrides() -> None:
    override = RepairOverrideOptions(condition="KernelReady", reason="KernelBug", wait_minutes=9, action="no_action")
    group = _node_group(
        node_repair=NodeRepairOptions(max_unhealthy_count=3, max_parallel_percent=20, overrides=(override,))
    )

    assert group["NodeRepairConfig"] == {
        "Enabled": True,
        "MaxUnhealthyNodeThresholdCount": 3,
        "MaxParallelNodesRepairedPercentage": 20,
        "NodeRepairConfigOverrides": [
            {
                "NodeMonitoringCondition": "KernelReady",
                "NodeUnhealthyReason": "KernelBug",
                "MinRepairWaitTimeMins": 9,
                "RepairAction": "NoAction",
            }
        ],
    }


def test_warm_pool_is_that_of_eks() -> None:
    group = _node_group(warm_pool=WarmPoolOptions(state="running", min_size=2, max_prepared=6))

    assert group["WarmPoolConfig"] == {
        "Enabled": True,
        "PoolState": "RUNNING",
        "MinSize": 2,
        "MaxGroupPreparedCapacity": 6,
        "ReuseOnScaleIn": False,
    }
    assert "WarmPoolConfig" not in _node_group()


def test_capacity_block_is_in_the_launch_template_with_its_instance_type() -> None:
    template = _template(
        capacity_type="capacity_block",
        capacity_reservation_id="cr-0123456789abcdef0",
        availability_zones=[ZONES[0]],
        architecture="x86_64",
        accelerator="nvidia",
        instance_types=["p5.48xlarge"],
    )

    group, data = properties(template, "AWS::EKS::Nodegroup"), _data(template)
    assert group["CapacityType"] == "CAPACITY_BLOCK"
    assert "InstanceTypes" not in group
    assert data["InstanceType"] == "p5.48xlarge"
    assert data["InstanceMarketOptions"] == {"MarketType": "capacity-block"}
    assert data["CapacityReservationSpecification"] == {
        "CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}
    }


def test_reservation_is_in_the_launch_template_without_an_instance_type() -> None:
    data = _data(_template(capacity_reservation_id="cr-0123456789abcdef0"))

    assert data["CapacityReservationSpecification"]["CapacityReservationTarget"]
    assert not {"InstanceType", "InstanceMarketOptions"} & data.keys()


@pytest.mark.parametrize(
    ("strategy", "partitions"), [("cluster", {}), ("spread", {}), ("partition", {"PartitionCount": 7})]
)
def test_placement_group_is_made_for_the_nodes(strategy: str, partitions: dict[str, int]) -> None:
    template = _template(placement_group=strategy)

    group = properties(template, "AWS::EC2::PlacementGroup")
    assert {key: value for key, value in group.items() if key != "Tags"} == {"Strategy": strategy, **partitions}
    assert str(_data(template)["Placement"]["GroupName"]).count(only_id(template, "AWS::EC2::PlacementGroup")) == 1


def test_nodes_are_in_their_own_zones() -> None:
    everywhere, one = _node_group(), _node_group(availability_zones=[ZONES[1]])

    assert one["Subnets"] == [everywhere["Subnets"][1]]


def test_zone_without_a_subnet_is_refused() -> None:
    with pytest.raises(ValueError, match="no subnet is in eu-west-9z, only in "):
        _node_group(availability_zones=["eu-west-9z"])


def test_further_security_groups_come_with_that_of_the_cluster() -> None:
    template = _template(security_group_ids=["sg-0123456789abcdef0", "sg-1123456789abcdef0"])

    cluster = {"Fn::GetAtt": [only_id(template, "AWS::EKS::Cluster"), "ClusterSecurityGroupId"]}
    assert _data(template)["SecurityGroupIds"] == [cluster, "sg-0123456789abcdef0", "sg-1123456789abcdef0"]
    assert "NetworkInterfaces" not in _data(template)


def test_efa_has_an_interface_for_each_card_and_members_that_admit_each_other() -> None:
    template = _template(
        efa_interfaces=2, security_group_ids=["sg-0123456789abcdef0"], availability_zones=[ZONES[0]], **X86
    )

    name, group = _found(template, "AWS::EC2::SecurityGroup", "Efa")
    first, second = _data(template)["NetworkInterfaces"]
    cluster = {"Fn::GetAtt": [only_id(template, "AWS::EKS::Cluster"), "ClusterSecurityGroupId"]}
    own = {"Fn::GetAtt": [name, "GroupId"]}
    assert (first["InterfaceType"], first["DeviceIndex"], first["NetworkCardIndex"]) == ("efa", 0, 0)
    assert (second["InterfaceType"], second["DeviceIndex"], second["NetworkCardIndex"]) == ("efa-only", 1, 1)
    assert first["Groups"] == second["Groups"] == [cluster, "sg-0123456789abcdef0", own]
    assert "SecurityGroupIds" not in _data(template)
    for direction, key in (("Ingress", "SourceSecurityGroupId"), ("Egress", "DestinationSecurityGroupId")):
        _, rule = _found(template, f"AWS::EC2::SecurityGroup{direction}", "Efa")
        assert (rule["Properties"]["IpProtocol"], rule["Properties"][key]) == ("-1", own)
        assert rule["Properties"]["GroupId"] == own
    assert "0.0.0.0/0" not in str(group["Properties"].get("SecurityGroupEgress"))


def test_own_tags_are_on_the_group_and_its_instances() -> None:
    stack = new_stack()
    cdk.Tags.of(stack).add("owner", "team")
    template = cluster_template(stack, nodes={"general": _options(tags={"owner": "shop", "Name": "till"})})

    assert properties(template, "AWS::EKS::Nodegroup")["Tags"]["owner"] == "shop"
    specifications = _data(template)["TagSpecifications"]
    assert {each["ResourceType"] for each in specifications} == {"instance", "volume"}
    for each in specifications:
        assert {tag["Key"]: tag["Value"] for tag in each["Tags"]} == {"owner": "shop", "Name": "till"}


def test_further_policies_are_in_a_role_of_the_nodes_alone() -> None:
    policy = "arn:aws:iam::111122223333:policy/nodes"

    template = _beside_linux(policy_arns=[policy])

    roles = template.find_resources("AWS::IAM::Role")
    groups = [_found(template, "AWS::EKS::Nodegroup", name)[1]["Properties"] for name in ("linux", "other")]
    shared, own = (roles[group["NodeRole"]["Fn::GetAtt"][0]] for group in groups)
    assert policy in own["Properties"]["ManagedPolicyArns"]
    assert policy not in shared["Properties"]["ManagedPolicyArns"]
    assert len(own["Properties"]["ManagedPolicyArns"]) == len(shared["Properties"]["ManagedPolicyArns"]) + 1


def test_windows_nodes_have_a_role_of_their_own_and_a_volume_under_its_name() -> None:
    template = _beside_linux(**WINDOWS)

    roles = {str(each["Properties"]["NodeRole"]) for each in template.find_resources("AWS::EKS::Nodegroup").values()}
    _, launch = _found(template, "AWS::EC2::LaunchTemplate", "other")
    (device,) = launch["Properties"]["LaunchTemplateData"]["BlockDeviceMappings"]
    assert len(roles) == 2
    assert (device["DeviceName"], device["Ebs"]["Encrypted"]) == ("/dev/sda1", True)
    template.resource_count_is("AWS::EKS::AccessEntry", 0)


def test_control_plane_gives_windows_pods_their_addresses() -> None:
    template, without = _beside_linux(**WINDOWS), _beside_linux()

    for each, is_there in ((template, True), (without, False)):
        _, role = _found(each, "AWS::IAM::Role", "ControlPlane")
        configuration = each.to_json()["Resources"][add_on_id(each, "vpc-cni")]["Properties"]["ConfigurationValues"]
        assert ("AmazonEKSVPCResourceController" in str(role["Properties"]["ManagedPolicyArns"])) is is_there
        assert ('"enableWindowsIpam": "true"' in configuration) is is_there
        assert '"enableNetworkPolicy": "true"' in configuration


def test_windows_nodes_get_addresses_where_linux_pods_run_on_fargate() -> None:
    template = cluster_template(nodes={"win": _options(**WINDOWS), **FARGATE})

    assert '"enableWindowsIpam": "true"' in str(template.to_json()["Resources"][add_on_id(template, "vpc-cni")])
    assert add_on_names(template) >= {"vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns"}
    profiles = template.find_resources("AWS::EKS::FargateProfile")
    assert any("KubeSystem" in name for name in profiles)


def test_windows_nodes_of_an_own_image_are_admitted_as_such_before_they_start() -> None:
    template = _beside_linux(image_id=IMAGE, **WINDOWS)

    entry = only_id(template, "AWS::EKS::AccessEntry")
    _, group = _found(template, "AWS::EKS::Nodegroup", "other")
    assert properties(template, "AWS::EKS::AccessEntry")["Type"] == "EC2_WINDOWS"
    assert properties(template, "AWS::EKS::AccessEntry")["PrincipalArn"] == group["Properties"]["NodeRole"]
    assert entry in group["DependsOn"]


def test_security_groups_of_single_pods_need_the_same_policy() -> None:
    add_ons: dict[str, Any] = {"vpc-cni": {"configuration": {"env": {"ENABLE_POD_ENI": "true"}}}}

    template = cluster_template(add_ons=add_ons)

    _, role = _found(template, "AWS::IAM::Role", "ControlPlane")
    assert "AmazonEKSVPCResourceController" in str(role["Properties"]["ManagedPolicyArns"])
