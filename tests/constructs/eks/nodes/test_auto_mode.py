"""EKS Auto Mode: its capabilities together, who may do what, which add-ons are left, and what nodes can do."""

from __future__ import annotations

import pytest

from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions, AutoModePoolOptions
from reference_constructs.eks.nodes.node_options import NodeNeed
from reference_constructs.eks.nodes.node_pool_options import category_of, generation_of
from tests.support.assertions import flat, only_id, properties
from tests.support.eks_synthesis import (
    FARGATE,
    NODES,
    add_on,
    add_on_names,
    cluster_template,
    define_cluster,
    policy_statements,
)
from tests.support.synthesis import new_stack

AUTO = {"auto": AutoModeOptions()}
OWN = {"auto": AutoModeOptions(built_in_node_pools=(), node_pools={"arm": AutoModePoolOptions()})}
BOTH = {"auto": AutoModeOptions(node_pools={"arm": AutoModePoolOptions()})}
INSIDE = {"vpc-cni", "kube-proxy", "eks-pod-identity-agent", "aws-ebs-csi-driver", "eks-node-monitoring-agent"}
CRITICAL = {"key": "CriticalAddonsOnly", "operator": "Exists"}


def test_capabilities_are_on_together() -> None:
    cluster = properties(cluster_template(nodes=AUTO), "AWS::EKS::Cluster")

    assert cluster["ComputeConfig"]["Enabled"] is True
    assert cluster["ComputeConfig"]["NodePools"] == ["general-purpose", "system"]
    assert cluster["StorageConfig"] == {"BlockStorage": {"Enabled": True}}
    assert cluster["KubernetesNetworkConfig"]["ElasticLoadBalancing"] == {"Enabled": True}


@pytest.mark.parametrize("nodes", [NODES, FARGATE], ids=["managed", "fargate"])
def test_capabilities_are_off_together_without_it(nodes: dict[str, AutoModeOptions]) -> None:
    cluster = properties(cluster_template(nodes=nodes), "AWS::EKS::Cluster")

    assert cluster["ComputeConfig"] == {"Enabled": False}
    assert cluster["StorageConfig"] == {"BlockStorage": {"Enabled": False}}
    assert cluster["KubernetesNetworkConfig"]["ElasticLoadBalancing"] == {"Enabled": False}


def test_control_plane_may_do_what_auto_mode_does_and_can_tag_its_sessions() -> None:
    template = cluster_template(nodes=AUTO)

    (given,) = (
        role["Properties"]
        for role in template.find_resources("AWS::IAM::Role").values()
        if "eks.amazonaws.com" in str(role["Properties"]["AssumeRolePolicyDocument"])
    )
    assert {flat(arn).rpartition("/")[2] for arn in given["ManagedPolicyArns"]} == {
        "AmazonEKSClusterPolicy",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
    }
    assume, tag = given["AssumeRolePolicyDocument"]["Statement"]
    assert (assume["Action"], tag["Action"]) == ("sts:AssumeRole", "sts:TagSession")
    assert assume["Condition"] == tag["Condition"]


def test_role_of_built_in_node_pools_has_no_access_entry_of_ours() -> None:
    template = cluster_template(nodes=AUTO)

    assert "NodeRoleArn" in properties(template, "AWS::EKS::Cluster")["ComputeConfig"]
    template.resource_count_is("AWS::EKS::AccessEntry", 0)


def test_role_of_own_node_pools_has_an_access_entry_and_is_no_role_of_built_in_ones() -> None:
    template = cluster_template(nodes=BOTH)

    entry = properties(template, "AWS::EKS::AccessEntry")
    built_in = properties(template, "AWS::EKS::Cluster")["ComputeConfig"]["NodeRoleArn"]
    assert entry["Type"] == "EC2"
    (policy,) = entry["AccessPolicies"]
    assert flat(policy["PolicyArn"]).endswith(":cluster-access-policy/AmazonEKSAutoNodePolicy")
    assert policy["AccessScope"]["Type"] == "cluster"
    assert entry["PrincipalArn"] != built_in


def test_without_built_in_node_pools_there_is_no_role_for_them() -> None:
    compute = properties(cluster_template(nodes=OWN), "AWS::EKS::Cluster")["ComputeConfig"]

    assert compute == {"Enabled": True, "NodePools": []}


def test_nodes_may_pull_images_and_get_roles_for_pods_and_nothing_else() -> None:
    template = cluster_template(nodes=AUTO)

    (statement,) = policy_statements(template, "EksAutoModePolicy")
    role_id = properties(template, "AWS::EKS::Cluster")["ComputeConfig"]["NodeRoleArn"]["Fn::GetAtt"][0]
    role = template.find_resources("AWS::IAM::Role")[role_id]["Properties"]
    assert statement["Action"] == "eks-auth:AssumeRoleForPodIdentity"
    assert flat(statement["Resource"]).endswith(":cluster/blue")
    assert len(role["ManagedPolicyArns"]) == 2
    assert all("Ref" in arn for arn in role["ManagedPolicyArns"])


def test_instances_of_own_node_pools_can_have_tags() -> None:
    compute, network = policy_statements(cluster_template(nodes=OWN), "EksAutoModeTagPolicy")

    assert compute["Action"] == ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"]
    assert network["Action"] == "ec2:CreateNetworkInterface"
    for statement in (compute, network):
        assert statement["Condition"]["StringEquals"] == {"aws:RequestTag/eks:eks-cluster-name": "blue"}


def test_add_ons_that_are_inside_are_not_installed() -> None:
    assert add_on_names(cluster_template(nodes=AUTO)) == {"metrics-server"}


def test_add_ons_that_need_a_node_at_once_wait_until_they_are_asked_for() -> None:
    assert add_on_names(cluster_template(nodes=OWN)) == set()
    assert add_on_names(cluster_template(nodes=OWN, add_ons={"metrics-server": {}})) == {"metrics-server"}


def test_other_nodes_have_what_they_need() -> None:
    assert add_on_names(cluster_template(nodes={**AUTO, **NODES})) == {*INSIDE, "coredns", "metrics-server"}


def test_pods_on_fargate_find_names_by_core_dns_on_nodes_of_auto_mode() -> None:
    template = cluster_template(nodes={**AUTO, **FARGATE})

    assert add_on_names(template) == {"coredns", "metrics-server"}
    assert "ConfigurationValues" not in add_on(template, "coredns")
    template.resource_count_is("AWS::EKS::FargateProfile", 1)


def test_core_dns_runs_on_fargate_where_nodes_come_later() -> None:
    template = cluster_template(nodes={**OWN, **FARGATE})

    assert "Fargate" in add_on(template, "coredns")["ConfigurationValues"]
    template.resource_count_is("AWS::EKS::FargateProfile", 2)


def test_nodes_of_auto_mode_need_no_fargate_for_names() -> None:
    cluster_template(nodes=OWN).resource_count_is("AWS::EKS::FargateProfile", 0)


def test_manifests_are_told_the_subnets_for_pods_of_own_node_pools() -> None:
    pods = {"eu-west-1a": "subnet-1", "eu-west-1b": "subnet-2"}
    found = [
        define_cluster(new_stack(), nodes=nodes, pod_subnets=subnets).manifest_values.get("PodSubnets")
        for nodes, subnets in ((OWN, pods), (OWN, {}), (AUTO, pods))
    ]

    assert found == ["subnet-1,subnet-2", None, None]


def test_add_on_that_is_inside_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no node of the cluster can run vpc-cni$"):
        cluster_template(nodes=AUTO, add_ons={"vpc-cni": {}})


@pytest.mark.parametrize("name", ["default", "general-purpose", "system"])
def test_names_that_amazon_eks_uses_itself_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"a name other than default, general-purpose, system"):
        AutoModeOptions(node_pools={name: AutoModePoolOptions()})


@pytest.mark.parametrize(
    ("pool", "selector", "tolerations", "accepted"),
    [
        ("general-purpose", {}, (), True),
        ("system", {}, (), False),
        ("system", {}, (CRITICAL,), True),
        ("system", {}, ({"operator": "Exists"},), True),
        ("system", {}, ({"key": "other", "operator": "Exists"},), False),
        ("general-purpose", {"kubernetes.io/arch": "arm64"}, (), False),
        ("system", {"kubernetes.io/arch": "arm64"}, (CRITICAL,), True),
        ("general-purpose", {"team": "a"}, (), False),
        ("general-purpose", {"eks.amazonaws.com/instance-family": "m7i"}, (), True),
        ("general-purpose", {"karpenter.sh/nodepool": "system"}, (), False),
    ],
)
def test_built_in_node_pools_take_pods_that_fit(
    pool: str, selector: dict[str, object], tolerations: tuple[dict[str, object], ...], accepted: bool
) -> None:
    options = AutoModeOptions.model_validate({"kind": "auto_mode", "built_in_node_pools": [pool]})

    assert options.accepts(tolerations, selector) is accepted


def test_own_node_pools_take_no_pod_before_they_are_applied() -> None:
    assert not OWN["auto"].accepts(())
    assert not OWN["auto"].is_ready_at_creation
    assert AUTO["auto"].is_ready_at_creation


@pytest.mark.parametrize(
    ("need", "pool"),
    [
        ("arm64", AutoModePoolOptions()),
        ("spot", AutoModePoolOptions(capacity_types=("spot",))),
        ("gpu", AutoModePoolOptions(instance_families=("g6",))),
        ("neuron", AutoModePoolOptions(instance_categories=("inf",))),
    ],
)
def test_some_node_pool_decides_what_nodes_offer(need: NodeNeed, pool: AutoModePoolOptions) -> None:
    assert AutoModeOptions(node_pools={"arm": pool}).lacks(need) == ""
    assert AutoModeOptions().lacks(need).startswith("none of node_pools ")


def test_what_is_not_made_here_is_lacking_and_the_rest_is_not() -> None:
    assert AutoModeOptions().lacks("public_subnets") == "nodes are in private subnets"
    assert AutoModeOptions().lacks("ebs") == ""


def test_names_of_families_are_taken_apart() -> None:
    assert [category_of(each) for each in ("c7gn", "im4gn", "u-6tb1", "x2idn", "?")] == ["c", "im", "u", "x", ""]
    assert [generation_of(each) for each in ("c7gn.large", "u-6tb1", "?")] == [7, 1, 0]


def test_pool_allows_types_in_one_of_three_ways() -> None:
    by_category = AutoModePoolOptions(instance_categories=("m",), min_instance_generation=7)
    by_family = AutoModePoolOptions(instance_families=("t4g",))
    by_type = AutoModePoolOptions(instance_types=("t4g.small",))

    assert [by_category.allows_type(each) for each in ("m7g.large", "m6g.large", "c7g.large")] == [True, False, False]
    assert [by_family.allows_type(each) for each in ("t4g.small", "t3.small")] == [True, False]
    assert [by_type.allows_type(each) for each in ("t4g.small", "t4g.large")] == [True, False]


def test_cluster_is_what_it_was_when_auto_mode_goes() -> None:
    # Nothing of it is in the cluster but properties, all of which can be updated in place.
    with_it, without = (properties(cluster_template(nodes=nodes), "AWS::EKS::Cluster") for nodes in (AUTO, NODES))

    changed = {key for key in with_it if with_it[key] != without[key]}
    assert changed == {"ComputeConfig", "StorageConfig", "KubernetesNetworkConfig"}
    assert only_id(cluster_template(nodes=AUTO), "AWS::EKS::Cluster") == only_id(
        cluster_template(nodes=NODES), "AWS::EKS::Cluster"
    )
