"""Self-managed nodes: what they are started from, how they join, how they are replaced."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms

from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from tests.support.assertions import Resource, properties
from tests.support.eks_synthesis import add_on_id, cluster_template, waits_for
from tests.support.synthesis import new_stack

GOLDEN = Path(__file__).parent / "user_data"
CIDR = "172.20.0.0/16"
OUTPOST: dict[str, Any] = {"location": "outpost", "subnet_ids": ["subnet-0123456789abcdef0"]}
WINDOWS: dict[str, Any] = {
    "operating_system": "windows_2022_core",
    "architecture": "x86_64",
    "instance_types": ["m7i.xlarge", "m6i.xlarge"],
}


def _template(**options: object) -> assertions.Template:
    keywords: dict[str, Any] = options
    nodes = {"general": ManagedNodeGroupOptions(), "own": SelfManagedNodesOptions(**keywords)}
    return cluster_template(nodes=nodes, service_cidr=CIDR)


def _user_data_in_ipv6(**options: object) -> tuple[str, str]:
    """The user data of nodes in a cluster of the IPv6 family, and the logical ID of the cluster."""
    keywords: dict[str, Any] = options
    nodes = {"general": ManagedNodeGroupOptions(), "own": SelfManagedNodesOptions(**keywords)}
    template = cluster_template(nodes=nodes, ip_family="ipv6")
    (cluster,) = template.find_resources("AWS::EKS::Cluster")
    _, resource = _own(template, "AWS::EC2::LaunchTemplate")
    return json.dumps(resource["Properties"]["LaunchTemplateData"]["UserData"]), cluster


def _own(template: assertions.Template, resource_type: str) -> tuple[str, Resource]:
    found = template.find_resources(resource_type)
    ((logical_id, resource),) = [
        (name, each) for name, each in found.items() if name.startswith(("EksSelf", "EksNodeRolesown"))
    ]
    return logical_id, dict(resource)


def _launch_template(**options: object) -> Resource:
    _, resource = _own(_template(**options), "AWS::EC2::LaunchTemplate")
    data: Resource = resource["Properties"]["LaunchTemplateData"]
    return data


def _group(**options: object) -> Resource:
    return _own(_template(**options), "AWS::AutoScaling::AutoScalingGroup")[1]


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ({}, "eks/optimized-ami/1.36/amazon-linux-2023/arm64/standard/recommended/image_id"),
        (
            {"architecture": "x86_64", "instance_types": ["g6.xlarge"], "accelerator": "nvidia"},
            "eks/optimized-ami/1.36/amazon-linux-2023/x86_64/nvidia/recommended/image_id",
        ),
        (
            {"architecture": "x86_64", "instance_types": ["inf2.xlarge"], "accelerator": "neuron"},
            "eks/optimized-ami/1.36/amazon-linux-2023/x86_64/neuron/recommended/image_id",
        ),
        ({"operating_system": "bottlerocket"}, "bottlerocket/aws-k8s-1.36/arm64/latest/image_id"),
        (
            {"operating_system": "bottlerocket", "instance_types": ["g5g.xlarge"], "accelerator": "nvidia"},
            "bottlerocket/aws-k8s-1.36-nvidia/arm64/latest/image_id",
        ),
        (WINDOWS, "ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.36/image_id"),
    ],
)
def test_image_is_resolved_when_an_instance_starts(options: dict[str, Any], parameter: str) -> None:
    assert _launch_template(**options)["ImageId"] == f"resolve:ssm:/aws/service/{parameter}"


def test_image_that_amazon_eks_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no AMI for windows_2022_core, arm64"):
        _template(**{**WINDOWS, "architecture": "arm64"})


def test_image_of_ones_own_is_started() -> None:
    assert _launch_template(image_id="ami-0123456789abcdef0")["ImageId"] == "ami-0123456789abcdef0"


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("self_managed_al2023.mime", {"labels": {"pool": "own"}, "kubelet": {"shutdownGracePeriod": "90s"}}),
        ("self_managed_bottlerocket.toml", {"operating_system": "bottlerocket", "labels": {"pool": "own"}}),
        ("self_managed_windows.ps1", {**WINDOWS, "max_pods": 20}),
    ],
)
def test_user_data_joins_the_cluster_of_the_stack(file: str, options: dict[str, Any]) -> None:
    parts = _launch_template(**options)["UserData"]["Fn::Base64"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else f"<{part['Fn::GetAtt'][1]}>" for part in parts)

    assert text == (GOLDEN / file).read_text(encoding="utf-8")
    if file.endswith(".toml"):
        assert tomllib.loads(text)["settings"]["kubernetes"]["cluster-dns-ip"] == "172.20.0.10"


def test_nodes_without_the_addresses_of_services_are_refused() -> None:
    with pytest.raises(ValueError, match="must know service_cidr"):
        cluster_template(nodes={"own": SelfManagedNodesOptions()})


def test_instances_are_hardened() -> None:
    key = kms.Key(stack := new_stack(), "VolumeKey")
    nodes = {"own": SelfManagedNodesOptions(volume_gib=80)}
    template = cluster_template(stack, nodes=nodes, service_cidr=CIDR, volume_key=key)
    data = _own(template, "AWS::EC2::LaunchTemplate")[1]["Properties"]["LaunchTemplateData"]

    assert data["MetadataOptions"] == {"HttpPutResponseHopLimit": 1, "HttpTokens": "required"}
    (device,) = data["BlockDeviceMappings"]
    assert device["Ebs"]["Encrypted"] is True
    assert device["Ebs"]["KmsKeyId"] == stack.resolve(key.key_arn)
    assert (device["Ebs"]["VolumeSize"], device["Ebs"]["VolumeType"]) == (80, "gp3")


def test_nodes_have_the_cluster_security_group_and_no_public_address() -> None:
    further = "sg-0123456789abcdef0"
    (interface,) = _launch_template(security_group_ids=[further])["NetworkInterfaces"]

    assert interface["AssociatePublicIpAddress"] is False
    assert [next(iter(each.values()))[1] if isinstance(each, dict) else each for each in interface["Groups"]] == [
        "ClusterSecurityGroupId",
        further,
    ]


def test_controllers_know_the_nodes_by_their_tag() -> None:
    tags = _group(tags={"team": "shop"})["Properties"]["Tags"]

    assert {"Key": "kubernetes.io/cluster/blue", "Value": "owned", "PropagateAtLaunch": True} in tags
    assert {"Key": "team", "Value": "shop", "PropagateAtLaunch": True} in tags
    assert {"Key": "Name", "Value": "blue-own", "PropagateAtLaunch": True} in tags


@pytest.mark.parametrize(("options", "entry_type"), [({}, "EC2_LINUX"), (WINDOWS, "EC2_WINDOWS")])
def test_nodes_join_by_an_access_entry_of_their_own_role(options: dict[str, Any], entry_type: str) -> None:
    template = _template(**options)
    role, _ = _own(template, "AWS::IAM::Role")
    entry_id, entry = _own(template, "AWS::EKS::AccessEntry")

    assert entry["Properties"]["PrincipalArn"] == {"Fn::GetAtt": [role, "Arn"]}
    assert entry["Properties"]["Type"] == entry_type
    assert properties(template, "AWS::EKS::Nodegroup")["NodeRole"] != {"Fn::GetAtt": [role, "Arn"]}
    assert entry_id in waits_for(template, _own(template, "AWS::AutoScaling::AutoScalingGroup")[0])


def test_nodes_wait_for_the_network_and_core_dns_for_the_nodes() -> None:
    template = cluster_template(nodes={"own": SelfManagedNodesOptions()}, service_cidr=CIDR)
    group, _ = _own(template, "AWS::AutoScaling::AutoScalingGroup")

    assert {add_on_id(template, "vpc-cni"), add_on_id(template, "kube-proxy")} <= waits_for(template, group)
    assert group in waits_for(template, add_on_id(template, "coredns"))


def test_on_demand_and_spot_are_mixed() -> None:
    group = _group(instance_types=["m7g.large", "m6g.large"], on_demand_base=2, on_demand_percent_above_base=25)
    policy = group["Properties"]["MixedInstancesPolicy"]

    assert policy["InstancesDistribution"] == {
        "OnDemandAllocationStrategy": "prioritized",
        "OnDemandBaseCapacity": 2,
        "OnDemandPercentageAboveBaseCapacity": 25,
        "SpotAllocationStrategy": "price-capacity-optimized",
    }
    assert policy["LaunchTemplate"]["Overrides"] == [{"InstanceType": "m7g.large"}, {"InstanceType": "m6g.large"}]


@pytest.mark.parametrize(
    ("options", "lowest", "highest"),
    [({}, 100, 133), ({"update_strategy": "minimal", "max_unavailable_percent": 50}, 50, 100)],
)
def test_update_replaces_nodes_by_an_instance_refresh(options: dict[str, Any], lowest: int, highest: int) -> None:
    refresh = _group(**options)["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]

    assert (refresh["MinHealthyPercentage"], refresh["MaxHealthyPercentage"]) == (lowest, highest)
    assert refresh["SkipMatching"] is False


def test_what_scales_the_nodes_sets_their_number() -> None:
    assert "DesiredCapacity" not in _group(min_size=3)["Properties"]


def test_nodes_on_an_outpost_are_in_its_subnet_with_gp2_and_the_control_plane_is_not() -> None:
    template = _template(**OUTPOST)
    group = _own(template, "AWS::AutoScaling::AutoScalingGroup")[1]["Properties"]
    devices = _launch_template(**OUTPOST)["BlockDeviceMappings"]

    assert group["VPCZoneIdentifier"] == OUTPOST["subnet_ids"]
    assert {device["Ebs"]["VolumeType"] for device in devices} == {"gp2"}
    assert OUTPOST["subnet_ids"][0] not in str(properties(template, "AWS::EKS::Cluster"))
    assert OUTPOST["subnet_ids"][0] not in str(properties(template, "AWS::EKS::Nodegroup"))


def test_managed_nodes_in_a_local_zone_are_in_its_subnet_with_gp2_or_what_is_stated() -> None:
    options: dict[str, Any] = {**OUTPOST, "location": "local_zone"}
    for volume_type in (None, "gp3"):
        nodes = {"los-angeles": ManagedNodeGroupOptions(**options, volume_type=volume_type)}
        template = cluster_template(nodes=nodes)
        data = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]

        assert properties(template, "AWS::EKS::Nodegroup")["Subnets"] == options["subnet_ids"]
        assert data["BlockDeviceMappings"][0]["Ebs"]["VolumeType"] == (volume_type or "gp2")
        assert options["subnet_ids"][0] not in str(properties(template, "AWS::EKS::Cluster"))


def test_windows_nodes_let_the_control_plane_give_addresses() -> None:
    roles = _template(**WINDOWS).find_resources("AWS::IAM::Role")
    (role,) = [each for name, each in roles.items() if name.startswith("EksControlPlaneRole")]

    assert "AmazonEKSVPCResourceController" in str(role["Properties"]["ManagedPolicyArns"])


@pytest.mark.parametrize(
    ("options", "need", "reason"),
    [
        ({}, "outposts", "location is region"),
        (OUTPOST, "outposts", ""),
        (OUTPOST, "local_zones", "location is outpost"),
        ({}, "spot", "on_demand_percent_above_base is 100"),
        ({"on_demand_percent_above_base": 0}, "spot", ""),
        ({}, "bottlerocket", "operating_system is al2023"),
        ({}, "ssh", "nodes are reached with Session Manager"),
    ],
)
def test_what_the_options_decide_of_needs(options: dict[str, Any], need: Any, reason: str) -> None:  # noqa: ANN401
    assert SelfManagedNodesOptions(**options).lacks(need) == reason


def test_nodes_of_an_ipv6_cluster_read_the_addresses_of_services_from_the_cluster() -> None:
    user_data, cluster = _user_data_in_ipv6()
    block = json.dumps({"Fn::GetAtt": [cluster, "KubernetesNetworkConfig.ServiceIpv6Cidr"]})

    # nodeadm takes the family, the address of the node, and that of CoreDNS from it.
    assert f'cidr: \\"", {block}, "\\"' in user_data


def test_bottlerocket_nodes_of_an_ipv6_cluster_ask_the_tenth_address_of_the_services() -> None:
    user_data, cluster = _user_data_in_ipv6(operating_system="bottlerocket")
    block = {"Fn::GetAtt": [cluster, "KubernetesNetworkConfig.ServiceIpv6Cidr"]}
    first = json.dumps({"Fn::Select": [0, {"Fn::Split": ["/", block]}]})

    # fd30:1c53:5f8a::/108 has fd30:1c53:5f8a::a; Bottlerocket takes the address of the node of the same family.
    assert f'cluster-dns-ip = \\"", {first}, "a\\"' in user_data


@pytest.mark.parametrize(
    ("options", "lacking"),
    [
        ({}, ""),
        ({"image_id": "ami-0123456789abcdef0"}, ""),
        ({"location": "local_zone", "subnet_ids": ["subnet-0123456789abcdef0"]}, ""),
        (OUTPOST, "location is outpost"),
        ({**OUTPOST, "location": "wavelength_zone"}, "location is wavelength_zone"),
        (WINDOWS, "Windows pods have IPv4 addresses only"),
    ],
    ids=["region", "own-ami", "local-zone", "outpost", "wavelength", "windows"],
)
def test_ipv6_pods_run_where_subnets_have_ipv6_addresses(options: dict[str, Any], lacking: str) -> None:
    assert SelfManagedNodesOptions(**options).lacks("ipv6") == lacking


def test_spot_instances_are_chosen_as_stated_and_cost_at_most_the_price() -> None:
    group = _group(
        on_demand_percent_above_base=0,
        spot_allocation_strategy="lowest_price",
        spot_instance_pools=3,
        spot_max_price="0.05",
    )
    distribution = group["Properties"]["MixedInstancesPolicy"]["InstancesDistribution"]

    assert distribution["SpotAllocationStrategy"] == "lowest-price"
    assert (distribution["SpotInstancePools"], distribution["SpotMaxPrice"]) == (3, "0.05")


def test_volumes_are_encrypted_with_the_key_that_is_stated() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/36c0b54e-64ed-4f2d-a1c7-96558764311e"
    [volume] = _launch_template(volume_key_arn=key)["BlockDeviceMappings"]

    assert volume["Ebs"]["KmsKeyId"] == key
    assert volume["Ebs"]["Encrypted"] is True
