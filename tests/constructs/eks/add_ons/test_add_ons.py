"""Add-ons: which, in what order, with whose rights, in which version."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import assertions

from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from tests.support.assertions import acknowledged, flat
from tests.support.eks_synthesis import (
    FARGATE,
    NODES,
    TWO_GROUPS,
    add_on,
    add_on_id,
    add_on_names,
    cluster_template,
    define_cluster,
    policy_statements,
    use_catalog,
    waits_for,
)
from tests.support.synthesis import new_stack

BEFORE_NODES = {"eks-pod-identity-agent", "vpc-cni", "kube-proxy"}
AFTER_NODES = {"aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent", "metrics-server"}
NEED_NODES = BEFORE_NODES | {"aws-ebs-csi-driver", "eks-node-monitoring-agent"}
OTHER_POLICY = "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"
STATED = "v9.9.9-eksbuild.9"


def _ids(template: assertions.Template, names: set[str]) -> set[str]:
    return {add_on_id(template, name) for name in names}


def test_cluster_with_nodes_has_network_dns_storage_and_metrics() -> None:
    assert add_on_names(cluster_template(nodes=NODES)) == BEFORE_NODES | AFTER_NODES


def test_cluster_with_fargate_alone_has_only_what_fargate_runs() -> None:
    assert add_on_names(cluster_template(nodes=FARGATE)) == {"coredns", "metrics-server"}


def test_nodes_wait_for_their_network() -> None:
    template = cluster_template(nodes=TWO_GROUPS)

    for group in template.find_resources("AWS::EKS::Nodegroup"):
        assert _ids(template, BEFORE_NODES) <= waits_for(template, group)
        assert not _ids(template, AFTER_NODES) & waits_for(template, group)


def test_network_waits_for_its_credentials() -> None:
    template = cluster_template()

    assert add_on_id(template, "eks-pod-identity-agent") in waits_for(template, add_on_id(template, "vpc-cni"))


def test_what_runs_on_nodes_and_fargate_waits_for_all_of_them() -> None:
    # On deletion CloudFormation goes backwards: these first, then compute, then the network of the nodes.
    template = cluster_template(nodes={**TWO_GROUPS, **FARGATE})
    compute = {
        *template.find_resources("AWS::EKS::Nodegroup"),
        *template.find_resources("AWS::EKS::FargateProfile"),
    }

    assert len(compute) == 3
    for name in AFTER_NODES:
        assert compute <= waits_for(template, add_on_id(template, name))


def test_dns_on_fargate_waits_for_the_profile_that_it_runs_on() -> None:
    template = cluster_template(nodes=FARGATE)

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
    configuration = _configuration(cluster_template(nodes=FARGATE), "coredns")

    assert configuration["computeType"] == "Fargate"
    (toleration,) = configuration["tolerations"]
    assert (toleration["key"], toleration["value"]) == ("eks.amazonaws.com/compute-type", "fargate")


def test_dns_is_told_of_fargate_when_a_profile_takes_it_from_the_nodes() -> None:
    selector = FargateSelectorOptions(namespace="kube-*", labels={"k8s-app": "kube-dns"})

    template = cluster_template(nodes={**NODES, "dns": FargateProfileOptions(selectors=(selector,))})

    assert _configuration(template, "coredns")["computeType"] == "Fargate"


@pytest.mark.parametrize("profiles", [{}, FARGATE], ids=["nodes", "both"])
def test_dns_runs_on_nodes_when_there_are_any(profiles: Mapping[str, AnyNodeOptions]) -> None:
    template = cluster_template(nodes={**NODES, **profiles})

    assert "ConfigurationValues" not in add_on(template, "coredns")


def test_add_ons_can_be_left_out_save_those_without_which_no_pod_runs() -> None:
    assert add_on_names(cluster_template(add_ons={})) == BEFORE_NODES | {"coredns"}


@pytest.mark.parametrize("name", sorted(NEED_NODES))
def test_add_on_that_needs_nodes_is_refused_without_them(name: str) -> None:
    with pytest.raises(ValueError, match=f"^no node of the cluster can run {name}$"):
        cluster_template(nodes=FARGATE, add_ons={name: {}, "metrics-server": {}})


def test_all_add_ons_that_no_node_can_run_are_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"^no node of the cluster can run vpc-cni, aws-ebs-csi-driver$"):
        cluster_template(nodes=FARGATE, add_ons={"vpc-cni": {}, "coredns": {}, "aws-ebs-csi-driver": {}})


def test_add_on_that_runs_on_fargate_is_accepted_without_nodes() -> None:
    template = cluster_template(nodes=FARGATE, add_ons={"metrics-server": {}})

    assert "metrics-server" in add_on_names(template)


@pytest.mark.parametrize("version", PINNED_VERSIONS)
def test_every_add_on_is_pinned_for_its_kubernetes_version(version: str) -> None:
    template = cluster_template(kubernetes_version=version)

    found = {name: add_on(template, name)["AddonVersion"] for name in add_on_names(template)}
    assert found == {name: PINNED_VERSIONS[version][name] for name in BEFORE_NODES | AFTER_NODES}
    assert found["kube-proxy"].startswith(f"v{version}.")


def test_versions_can_be_left_to_eks_even_for_a_kubernetes_that_is_not_pinned() -> None:
    template = cluster_template(kubernetes_version="1.37", add_on_versions="default")

    for name in add_on_names(template):
        assert "AddonVersion" not in add_on(template, name)


def test_kubernetes_without_pinned_versions_is_one_clear_error() -> None:
    said = (
        "no version of eks-pod-identity-agent is pinned for Kubernetes 1.37, only for 1.35, 1.36: add it to "
        "versions.py, state a version, or set add_on_versions: default"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        cluster_template(kubernetes_version="1.37")


@pytest.mark.parametrize("policy", ["pinned", "default"])
def test_stated_version_of_one_add_on_decides_and_the_others_stay(policy: str) -> None:
    as_it_was = cluster_template(add_on_versions=policy)
    stated = {"metrics-server": {"version": STATED}, "aws-ebs-csi-driver": {}, "eks-node-monitoring-agent": {}}

    template = cluster_template(add_on_versions=policy, add_ons=stated)

    assert add_on(template, "metrics-server")["AddonVersion"] == STATED
    assert add_on_names(template) == add_on_names(as_it_was)
    for name in add_on_names(template) - {"metrics-server"}:
        assert add_on(template, name) == add_on(as_it_was, name)


def test_versions_left_to_eks_beside_stated_ones_are_acknowledged_and_no_others() -> None:
    rule = "eks_add_on_version_is_stated_like_the_others"
    stack, others = new_stack(), new_stack()
    define_cluster(others, add_on_versions="default")

    define_cluster(stack, add_on_versions="default", add_ons={"metrics-server": {"version": STATED}})

    found = {path for path, ids in acknowledged(stack).items() if any(each.endswith(rule) for each in ids)}
    assert found == {f"Stack/Eks/AddOns/{name}" for name in BEFORE_NODES | {"coredns"}}
    assert rule not in str(acknowledged(others))


def test_stated_configuration_replaces_the_default_key_by_key() -> None:
    stated = {"enableNetworkPolicy": "false", "env": {"WARM_IP_TARGET": "2"}}

    template = cluster_template(add_ons={"vpc-cni": {"configuration": stated}})

    assert _configuration(template, "vpc-cni") == stated


def test_stated_configuration_keeps_the_defaults_beside_it() -> None:
    on_nodes = cluster_template(add_ons={"vpc-cni": {"configuration": {"env": {}}}})
    on_fargate = cluster_template(nodes=FARGATE, add_ons={"coredns": {"configuration": {"replicaCount": 3}}})

    assert _configuration(on_nodes, "vpc-cni") == {"enableNetworkPolicy": "true", "env": {}}
    assert _configuration(on_fargate, "coredns").keys() == {"computeType", "tolerations", "replicaCount"}


def test_configuration_of_an_add_on_that_has_none_by_default_arrives() -> None:
    template = cluster_template(add_ons={"metrics-server": {"configuration": {"replicas": 2}}})

    assert _configuration(template, "metrics-server") == {"replicas": 2}


def test_add_ons_are_those_that_are_listed_and_those_without_which_no_pod_runs() -> None:
    template = cluster_template(add_ons={"metrics-server": {}})

    assert add_on_names(template) == BEFORE_NODES | {"coredns", "metrics-server"}


def test_add_on_waits_for_those_that_must_be_installed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    use_catalog(
        monkeypatch,
        AddOn(name="operator", installed="always", after=("base", "missing")),
        AddOn(name="missing"),
        AddOn(name="base", installed="by_default"),
    )

    template = cluster_template(add_on_versions="default")

    assert add_on_names(template) == {"operator", "base"}
    assert add_on_id(template, "base") in waits_for(template, add_on_id(template, "operator"))


def test_all_that_the_catalog_says_of_an_add_on_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    use_catalog(
        monkeypatch,
        AddOn(
            name="agent",
            requires=frozenset({"daemon_sets"}),
            before_nodes=True,
            service_account="agent-sa",
            policies=("AgentPolicy",),
            configuration={"level": "info"},
        ),
    )

    template = cluster_template(add_ons={"agent": {"version": STATED}})

    found = add_on(template, "agent")
    (association,) = found["PodIdentityAssociations"]
    (group_id,) = template.find_resources("AWS::EKS::Nodegroup")
    assert (found["AddonVersion"], _configuration(template, "agent")) == (STATED, {"level": "info"})
    assert association["ServiceAccount"] == "agent-sa"
    assert add_on_id(template, "agent") in waits_for(template, group_id)


def _configuration(template: assertions.Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(add_on(template, name)["ConfigurationValues"])
    return found


@pytest.mark.parametrize("name", [row.name for row in CATALOG.values() if row.policies or row.permissions])
def test_every_add_on_with_permissions_has_a_role_for_its_own_service_account(name: str) -> None:
    row = CATALOG[name]
    template = cluster_template(add_ons={name: {}})

    (association,) = add_on(template, name)["PodIdentityAssociations"]
    role = template.find_resources("AWS::IAM::Role")[association["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    conditions = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
    attached = [flat(arn) for arn in role["ManagedPolicyArns"]]
    assert association["ServiceAccount"] == row.service_account
    assert conditions["aws:RequestTag/kubernetes-namespace"] == row.namespace
    assert conditions["aws:RequestTag/kubernetes-service-account"] == row.service_account
    assert [arn for arn in attached if ":iam::aws:" in arn] == [
        f"arn:<AWS::Partition>:iam::aws:policy/{policy}" for policy in row.policies
    ]
    assert len(attached) == len(row.policies) + bool(row.permissions)


def test_permissions_of_the_catalog_are_of_this_account_and_no_more() -> None:
    template = cluster_template(add_ons={"aws-fsx-csi-driver": {}})

    delete = next(each for each in policy_statements(template, "EksAddOnsawsfsx") if "Delete" in str(each["Action"]))
    assert delete["Action"] == "fsx:DeleteFileSystem"
    assert flat(delete["Resource"]) == "arn:<AWS::Partition>:fsx:eu-west-1:<AWS::AccountId>:file-system/*"
    assert delete["Condition"] == {"Null": {"aws:ResourceTag/CSIVolumeName": "false"}}


def test_what_needs_another_add_on_waits_for_it() -> None:
    names = ("cert-manager", "adot", "aws-privateca-connector-for-kubernetes")
    names_of_storage = ("snapshot-controller", "aws-ebs-csi-driver")
    template = cluster_template(add_ons={name: {} for name in (*names, *names_of_storage)})

    for first, later in ((names[0], names[1]), (names[0], names[2]), names_of_storage):
        assert add_on_id(template, first) in waits_for(template, add_on_id(template, later))


def test_add_on_that_may_do_nothing_yet_has_no_role() -> None:
    template = cluster_template(add_ons={"aws-mountpoint-s3-csi-driver": {}})

    assert "PodIdentityAssociations" not in add_on(template, "aws-mountpoint-s3-csi-driver")


def test_stated_permissions_of_an_add_on_arrive() -> None:
    statement = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::reports/*"]}
    template = cluster_template(
        add_ons={"aws-mountpoint-s3-csi-driver": {"statements": [statement], "policy_arns": [OTHER_POLICY]}}
    )

    (association,) = add_on(template, "aws-mountpoint-s3-csi-driver")["PodIdentityAssociations"]
    role = template.find_resources("AWS::IAM::Role")[association["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    (granted,) = policy_statements(template, "EksAddOnsawsmountpoint")
    assert OTHER_POLICY in role["ManagedPolicyArns"]
    assert (granted["Action"], granted["Resource"]) == ("s3:GetObject", "arn:aws:s3:::reports/*")


@pytest.mark.parametrize(
    ("stated", "relations"),
    [
        (
            {"vpc-cni": {"policy_arns": [OTHER_POLICY]}},
            {"add_on_role_has_its_policy", "plugin_may_assign_addresses_of_the_family"},
        ),
        ({"aws-efs-csi-driver": {"policy_arns": [OTHER_POLICY]}}, {"add_on_role_has_its_policy"}),
        ({"aws-efs-csi-driver": {}}, set()),
    ],
    ids=["of the network plugin", "of another add-on", "none"],
)
def test_other_policies_of_an_add_on_are_acknowledged(stated: dict[str, object], relations: set[str]) -> None:
    stack = new_stack()
    define_cluster(stack, add_ons=stated)

    ids = {each for found in acknowledged(stack).values() for each in found}
    assert {each.rpartition("::")[2] for each in ids if each.endswith(("has_its_policy", "of_the_family"))} == relations


def test_add_on_that_is_not_in_the_catalog_is_installed_after_the_nodes() -> None:
    stated = {"version": STATED, "service_account": "datadog", "namespace": "datadog-agent", "policy_arns": []}
    permission = {"statements": [{"actions": ["ec2:DescribeRegions"], "resources": ["*"]}]}
    template = cluster_template(add_ons={"datadog_operator": {**stated, **permission}})

    found = add_on(template, "datadog_operator")
    (association,) = found["PodIdentityAssociations"]
    role = template.find_resources("AWS::IAM::Role")[association["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    conditions = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
    assert (found["AddonVersion"], association["ServiceAccount"]) == (STATED, "datadog")
    assert conditions["aws:RequestTag/kubernetes-namespace"] == "datadog-agent"
    assert set(template.find_resources("AWS::EKS::Nodegroup")) <= waits_for(
        template, add_on_id(template, "datadog_operator")
    )


def test_network_of_an_ipv6_cluster_may_assign_ipv6_addresses_and_no_others() -> None:
    template = cluster_template(ip_family="ipv6")
    policies = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for each in template.find_resources("AWS::IAM::ManagedPolicy").values()
        if "AssignIpv6Addresses" in str(each)
    ]
    (document,) = policies
    actions = {action for each in document for action in each["Action"]} if policies else set()
    assert not {action for action in actions if "PrivateIpAddresses" in action}
    changing = [each for each in document if not all(":Describe" in action for action in each["Action"])]
    assert all(resource != "*" for each in changing for resource in each["Resource"])
    assert "AmazonEKS_CNI_Policy" not in str(template.to_json())
    assert "AmazonEKS_CNI_Policy" in str(cluster_template().to_json())


def test_pods_take_their_addresses_of_subnets_of_their_own() -> None:
    stack = new_stack()
    define_cluster(stack, pod_subnets={"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"})
    template = assertions.Template.from_stack(stack)
    add_ons = {each["Properties"]["AddonName"]: each for each in template.find_resources("AWS::EKS::Addon").values()}

    values = stack.resolve(add_ons["vpc-cni"]["Properties"]["ConfigurationValues"])
    text = "".join(part if isinstance(part, str) else "<group>" for part in values["Fn::Join"][1])
    found = json.loads(text)
    assert found["env"] == {
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
        "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone",
    }
    assert found["enableNetworkPolicy"] == "true"
    assert found["eniConfig"] == {
        "create": True,
        "region": "eu-west-1",
        "subnets": {
            "eu-west-1a": {"id": "subnet-0000000a", "securityGroups": ["<group>"]},
            "eu-west-1b": {"id": "subnet-0000000b", "securityGroups": ["<group>"]},
        },
    }
