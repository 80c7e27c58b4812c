"""Hybrid nodes: the networks that they come from, their role, their access entry."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from aws_cdk import assertions

from reference_constructs.eks.control_plane_options import EndpointOptions, RemoteNetworkOptions
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from tests.support.assertions import Resource, properties
from tests.support.eks_synthesis import cluster_template
from tests.support.synthesis import new_stack

REMOTE = RemoteNetworkOptions.model_validate({"node_cidrs": ["10.80.0.0/16"], "pod_cidrs": ["10.85.0.0/16"]})


@cache
def _template() -> assertions.Template:
    return cluster_template(
        nodes={"general": ManagedNodeGroupOptions(), "plant": HybridNodesOptions()}, remote_networks=REMOTE
    )


def _of_plant(resource_type: str) -> Resource:
    found = _template().find_resources(resource_type)
    (resource,) = [each["Properties"] for name, each in found.items() if "plant" in name]
    return dict(resource)


def test_cluster_knows_the_networks_of_nodes_and_of_pods() -> None:
    assert properties(_template(), "AWS::EKS::Cluster")["RemoteNetworkConfig"] == {
        "RemoteNodeNetworks": [{"Cidrs": ["10.80.0.0/16"]}],
        "RemotePodNetworks": [{"Cidrs": ["10.85.0.0/16"]}],
    }


def test_networks_of_pods_are_left_out_where_the_cni_translates_addresses() -> None:
    remote = RemoteNetworkOptions.model_validate({"node_cidrs": ["10.80.0.0/16"]})
    template = cluster_template(remote_networks=remote)

    assert "RemotePodNetworks" not in properties(template, "AWS::EKS::Cluster")["RemoteNetworkConfig"]


def test_endpoint_admits_nodes_and_pods_once() -> None:
    endpoint = EndpointOptions.model_validate({"private_access_cidrs": ["10.80.0.0/16"]})
    template = cluster_template(endpoint=endpoint, remote_networks=REMOTE)

    groups = template.find_resources("AWS::EC2::SecurityGroup").values()
    (rules,) = [
        each["Properties"]["SecurityGroupIngress"]
        for each in groups
        if each["Properties"]["GroupDescription"].startswith("Private endpoint")
    ]
    assert [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [
        ("10.80.0.0/16", 443, 443),
        ("10.85.0.0/16", 443, 443),
    ]


def test_core_dns_on_other_nodes_answers_them() -> None:
    rules = [each["Properties"] for each in _template().find_resources("AWS::EC2::SecurityGroupIngress").values()]

    admitted = {(rule["CidrIp"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules}
    assert admitted == {
        (cidr, protocol, 53, 53) for cidr in ("10.80.0.0/16", "10.85.0.0/16") for protocol in ("tcp", "udp")
    }
    assert {rule["GroupId"]["Fn::GetAtt"][1] for rule in rules} == {"ClusterSecurityGroupId"}


def test_access_entry_is_of_hybrid_nodes_and_grants_nothing_more() -> None:
    entry = _of_plant("AWS::EKS::AccessEntry")

    assert entry["Type"] == "HYBRID_LINUX"
    assert not entry.get("AccessPolicies")
    assert "plant" in entry["PrincipalArn"]["Fn::GetAtt"][0]


def test_only_systems_manager_of_this_account_and_region_gives_the_role() -> None:
    stack = new_stack()
    (statement,) = _of_plant("AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    arn = json.dumps(statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert f":ssm:{stack.region}:" in arn
    assert arn.endswith(':*"]]}')


def test_nodes_may_unregister_machines_of_this_cluster_only() -> None:
    statements: list[dict[str, Any]] = _of_plant("AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    by_id = {each.get("Sid"): each for each in statements}

    assert by_id["Uninstall"]["Action"] == "ssm:DeregisterManagedInstance"
    assert by_id["Uninstall"]["Condition"] == {
        "StringEquals": {"ssm:resourceTag/EKSClusterARN": by_id["Cluster"]["Resource"]}
    }
    assert by_id["Cluster"]["Action"] == ["eks-auth:AssumeRoleForPodIdentity", "eks:DescribeCluster"]


def test_agent_of_pod_identity_has_a_daemon_set_for_them() -> None:
    values = [
        json.loads(each["Properties"]["ConfigurationValues"])
        for each in _template().find_resources("AWS::EKS::Addon").values()
        if each["Properties"]["AddonName"] == "eks-pod-identity-agent"
    ]

    assert values == [{"tolerations": [{"operator": "Exists"}], "daemonsets": {"hybrid": {"create": True}}}]


def test_cluster_without_hybrid_nodes_has_none_of_it() -> None:
    template = cluster_template()

    assert "RemoteNetworkConfig" not in properties(template, "AWS::EKS::Cluster")
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def test_service_cidr_arrives() -> None:
    template = cluster_template(service_cidr="10.100.0.0/16")

    assert properties(template, "AWS::EKS::Cluster")["KubernetesNetworkConfig"]["ServiceIpv4Cidr"] == "10.100.0.0/16"
