"""Add-ons: which, in what order, with whose rights, in which version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aws_cdk import assertions
from aws_cdk import aws_eks_v2 as eks
from environments.eks import PINNED_KUBERNETES_VERSIONS
from reference_constructs.eks.add_on_versions import ADD_ON_VERSIONS, pinned_versions
from reference_constructs.eks.node_group import NodeGroupOptions

from tests.support.assertions import flat
from tests.support.eks_synthesis import FARGATE, NODES, add_on, add_on_id, add_on_names, cluster_template, waits_for

BEFORE_NODES = {"eks-pod-identity-agent", "vpc-cni", "kube-proxy"}
AFTER_NODES = {"aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent", "metrics-server"}


def _ids(template: assertions.Template, names: set[str]) -> set[str]:
    return {add_on_id(template, name) for name in names}


def test_cluster_with_nodes_has_network_dns_storage_and_metrics() -> None:
    assert add_on_names(cluster_template(node_groups=NODES)) == BEFORE_NODES | AFTER_NODES


def test_cluster_with_fargate_alone_has_only_what_fargate_runs() -> None:
    assert add_on_names(cluster_template(fargate_profiles=FARGATE)) == {"coredns", "metrics-server"}


def test_nodes_wait_for_their_network() -> None:
    template = cluster_template(node_groups={"one": NodeGroupOptions(), "two": NodeGroupOptions()})

    for group in template.find_resources("AWS::EKS::Nodegroup"):
        assert _ids(template, BEFORE_NODES) <= waits_for(template, group)
        assert not _ids(template, AFTER_NODES) & waits_for(template, group)


def test_network_waits_for_its_credentials() -> None:
    template = cluster_template()

    assert add_on_id(template, "eks-pod-identity-agent") in waits_for(template, add_on_id(template, "vpc-cni"))


def test_what_runs_on_nodes_and_fargate_waits_for_all_of_them() -> None:
    # On deletion CloudFormation goes backwards: these first, then compute, then the network of the nodes.
    template = cluster_template(
        node_groups={"one": NodeGroupOptions(), "two": NodeGroupOptions()}, fargate_profiles=FARGATE
    )
    compute = {
        *template.find_resources("AWS::EKS::Nodegroup"),
        *template.find_resources("AWS::EKS::FargateProfile"),
    }

    assert len(compute) == 3
    for name in AFTER_NODES:
        assert compute <= waits_for(template, add_on_id(template, name))


def test_dns_on_fargate_waits_for_the_profile_that_it_runs_on() -> None:
    template = cluster_template(fargate_profiles=FARGATE)

    assert set(template.find_resources("AWS::EKS::FargateProfile")) <= waits_for(
        template, add_on_id(template, "coredns")
    )


@pytest.mark.parametrize(
    ("name", "service_account", "policy"),
    [
        ("vpc-cni", "aws-node", "AmazonEKS_CNI_Policy"),
        ("aws-ebs-csi-driver", "ebs-csi-controller-sa", "AmazonEBSCSIDriverPolicyV2"),
    ],
)
def test_add_on_that_calls_aws_has_a_role_for_its_service_account_alone(
    name: str, service_account: str, policy: str
) -> None:
    template = cluster_template()

    (association,) = add_on(template, name)["PodIdentityAssociations"]
    role_id = association["RoleArn"]["Fn::GetAtt"][0]
    role = template.find_resources("AWS::IAM::Role")[role_id]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert association["ServiceAccount"] == service_account
    assert [flat(arn) for arn in role["ManagedPolicyArns"]] == [f"arn:<AWS::Partition>:iam::aws:policy/{policy}"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(trust["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    conditions = trust["Condition"]["StringEquals"]
    assert conditions.keys() == {
        "aws:SourceAccount",
        "aws:RequestTag/eks-cluster-arn",
        "aws:RequestTag/kubernetes-namespace",
        "aws:RequestTag/kubernetes-service-account",
    }
    assert flat(conditions["aws:RequestTag/eks-cluster-arn"]).endswith(":cluster/blue")
    assert conditions["aws:RequestTag/kubernetes-namespace"] == "kube-system"
    assert conditions["aws:RequestTag/kubernetes-service-account"] == service_account


def test_no_other_add_on_has_a_role() -> None:
    template = cluster_template()

    with_role = {name for name in add_on_names(template) if "PodIdentityAssociations" in add_on(template, name)}
    assert with_role == {"vpc-cni", "aws-ebs-csi-driver"}


def test_add_ons_go_back_to_what_the_template_says_and_leave_nothing_behind() -> None:
    template = cluster_template()

    for name in add_on_names(template):
        assert add_on(template, name)["ResolveConflicts"] == "OVERWRITE"
        assert not add_on(template, name).get("PreserveOnDelete", False)


def test_network_policies_take_effect() -> None:
    assert _configuration(cluster_template(), "vpc-cni") == {"enableNetworkPolicy": "true"}


def test_credentials_reach_nodes_with_any_taint() -> None:
    assert _configuration(cluster_template(), "eks-pod-identity-agent") == {"tolerations": [{"operator": "Exists"}]}


def test_dns_is_told_of_fargate_when_there_is_nothing_else() -> None:
    configuration = _configuration(cluster_template(fargate_profiles=FARGATE), "coredns")

    assert configuration["computeType"] == "Fargate"
    (toleration,) = configuration["tolerations"]
    assert (toleration["key"], toleration["value"]) == ("eks.amazonaws.com/compute-type", "fargate")


@pytest.mark.parametrize("profiles", [{}, FARGATE], ids=["nodes", "both"])
def test_dns_runs_on_nodes_when_there_are_any(profiles: Mapping[str, Sequence[eks.Selector]]) -> None:
    template = cluster_template(node_groups=NODES, fargate_profiles=profiles)

    assert "ConfigurationValues" not in add_on(template, "coredns")


def test_add_ons_can_be_left_out_save_those_without_which_no_pod_runs() -> None:
    assert add_on_names(cluster_template(optional_add_ons=[])) == BEFORE_NODES | {"coredns"}


@pytest.mark.parametrize("name", ["aws-ebs-csi-driver", "eks-node-monitoring-agent"])
def test_add_on_that_needs_nodes_is_refused_without_them(name: str) -> None:
    with pytest.raises(ValueError, match=f"no pod of {name} would run without nodes"):
        cluster_template(fargate_profiles=FARGATE, optional_add_ons=[name])


def test_add_on_that_runs_on_fargate_is_accepted_without_nodes() -> None:
    template = cluster_template(fargate_profiles=FARGATE, optional_add_ons=["metrics-server"])

    assert "metrics-server" in add_on_names(template)


@pytest.mark.parametrize("version", ADD_ON_VERSIONS)
def test_every_add_on_is_pinned_for_its_kubernetes_version(version: str) -> None:
    template = cluster_template(kubernetes_version=version)

    for name in add_on_names(template):
        build = add_on(template, name)["AddonVersion"]
        assert build == ADD_ON_VERSIONS[version][name]  # type: ignore[index] # a name from the template
    kube_proxy = add_on(template, "kube-proxy")["AddonVersion"]
    assert kube_proxy.startswith(f"v{version}.")


def test_versions_can_be_left_to_eks_even_for_a_kubernetes_that_is_not_pinned() -> None:
    template = cluster_template(kubernetes_version="1.37", add_on_versions="default")

    for name in add_on_names(template):
        assert "AddonVersion" not in add_on(template, name)


def test_kubernetes_without_pinned_versions_is_one_clear_error() -> None:
    with pytest.raises(ValueError, match=r"no add-on versions are pinned for Kubernetes 1\.37, only for 1\.35, 1\.36"):
        cluster_template(kubernetes_version="1.37")


def test_every_column_of_the_table_has_every_add_on() -> None:
    for version in ADD_ON_VERSIONS:
        assert pinned_versions(version).keys() == BEFORE_NODES | AFTER_NODES


def test_environments_know_which_versions_are_pinned() -> None:
    assert tuple(ADD_ON_VERSIONS) == PINNED_KUBERNETES_VERSIONS


def _configuration(template: assertions.Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(add_on(template, name)["ConfigurationValues"])
    return found
