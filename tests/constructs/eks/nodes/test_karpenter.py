"""Karpenter: what its nodes and its controller may do, and what it hears of interruptions."""

from __future__ import annotations

from typing import Any

import pytest

from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions, KarpenterPoolOptions
from reference_constructs.eks.nodes.node_options import NodeNeed
from tests.support.assertions import flat, properties
from tests.support.eks_synthesis import NODES, add_on_names, cluster_template, policy_statements

KARPENTER = {**NODES, "karpenter": KarpenterOptions(node_pools={"arm": KarpenterPoolOptions()})}


def _statement(policy: str, sid: str) -> dict[str, Any]:
    (found,) = (each for each in policy_statements(cluster_template(nodes=KARPENTER), policy) if each["Sid"] == sid)
    return found


def test_nodes_have_an_instance_profile_and_an_access_entry_of_their_own() -> None:
    template = cluster_template(nodes=KARPENTER)

    entry = properties(template, "AWS::EKS::AccessEntry")
    (role,) = properties(template, "AWS::IAM::InstanceProfile")["Roles"]
    assert entry["Type"] == "EC2_LINUX"
    assert entry["PrincipalArn"] == {"Fn::GetAtt": [role["Ref"], "Arn"]}
    assert properties(template, "AWS::EKS::Nodegroup")["NodeRole"] != entry["PrincipalArn"]
    assert not entry.get("AccessPolicies")


def test_controller_has_its_role_by_pod_identity() -> None:
    association = properties(cluster_template(nodes=KARPENTER), "AWS::EKS::PodIdentityAssociation")

    assert (association["Namespace"], association["ServiceAccount"]) == ("kube-system", "karpenter")


def test_controller_may_pass_exactly_the_role_of_its_nodes_to_amazon_ec2() -> None:
    template = cluster_template(nodes=KARPENTER)
    statement = _statement("EksKarpenterNodeLifecyclePolicy", "PassNodeRole")

    assert statement["Resource"] == properties(template, "AWS::EKS::AccessEntry")["PrincipalArn"]
    assert statement["Condition"]["StringEquals"]["iam:PassedToService"][0] == "ec2.amazonaws.com"


def test_controller_starts_instances_in_the_subnets_and_the_security_group_of_the_cluster_only() -> None:
    resources = [flat(each) for each in _statement("EksKarpenterNodeLifecyclePolicy", "StartFrom")["Resource"]]

    image, group, snapshot, *subnets = sorted(each.rpartition(":")[2] for each in resources)
    assert (image, snapshot) == ("image/*", "snapshot/*")
    assert group.startswith("security-group/<")
    assert group.endswith(".ClusterSecurityGroupId>")
    assert [each.partition("<")[0] for each in subnets] == ["subnet/", "subnet/"]


@pytest.mark.parametrize("sid", ["Start", "TagAtCreation"])
def test_what_the_controller_creates_has_the_tags_of_the_cluster(sid: str) -> None:
    condition = _statement("EksKarpenterNodeLifecyclePolicy", sid)["Condition"]

    assert condition["StringEquals"]["aws:RequestTag/kubernetes.io/cluster/blue"] == "owned"
    assert condition["StringEquals"]["aws:RequestTag/eks:eks-cluster-name"] == "blue"
    assert condition["StringLike"] == {"aws:RequestTag/karpenter.sh/nodepool": "*"}
    assert ("ec2:CreateAction" in condition["StringEquals"]) is (sid == "TagAtCreation")


@pytest.mark.parametrize("sid", ["End", "StartFromLaunchTemplate", "TagInstances"])
def test_what_the_controller_changes_has_the_tags_of_the_cluster(sid: str) -> None:
    condition = _statement("EksKarpenterNodeLifecyclePolicy", sid)["Condition"]

    assert condition["StringEquals"] == {"aws:ResourceTag/kubernetes.io/cluster/blue": "owned"}
    assert condition["StringLike"] == {"aws:ResourceTag/karpenter.sh/nodepool": "*"}


def test_controller_changes_nothing_in_iam() -> None:
    template = cluster_template(nodes=KARPENTER)

    actions = {
        action
        for policy in ("EksKarpenterNodeLifecyclePolicy", "EksKarpenterDiscoveryPolicy")
        for statement in policy_statements(template, policy)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if action.startswith("iam:")
    }
    assert actions == {"iam:PassRole", "iam:ListInstanceProfiles"}


def test_controller_reads_its_queue_its_cluster_and_parameters_of_aws() -> None:
    notices = _statement("EksKarpenterDiscoveryPolicy", "Notices")

    assert notices["Action"] == ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    assert "Queue" in str(notices["Resource"])
    assert flat(_statement("EksKarpenterDiscoveryPolicy", "Endpoint")["Resource"]).endswith(":cluster/blue")
    images = flat(_statement("EksKarpenterDiscoveryPolicy", "Images")["Resource"])
    assert images == "arn:<AWS::Partition>:ssm:eu-west-1::parameter/aws/service/*"
    reading = _statement("EksKarpenterDiscoveryPolicy", "Read")
    assert reading["Condition"] == {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    assert all(action.startswith("ec2:Describe") for action in reading["Action"])


def test_queue_is_encrypted_and_forgets_what_is_over() -> None:
    queue = properties(cluster_template(nodes=KARPENTER), "AWS::SQS::Queue")

    assert queue == {"MessageRetentionPeriod": 300, "SqsManagedSseEnabled": True}


def test_every_kind_of_interruption_reaches_the_queue() -> None:
    template = cluster_template(nodes=KARPENTER)

    patterns = [rule["Properties"]["EventPattern"] for rule in template.find_resources("AWS::Events::Rule").values()]
    assert sorted((each["source"][0], each["detail-type"][0]) for each in patterns) == [
        ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
        ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
        ("aws.ec2", "EC2 Instance State-change Notification"),
        ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
        ("aws.health", "AWS Health Event"),
    ]
    statements = properties(template, "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    admitted = [each for each in statements if each["Effect"] == "Allow"]
    assert len(admitted) == len(patterns)
    assert all(each["Principal"] == {"Service": "events.amazonaws.com"} for each in admitted)
    assert all("aws:SourceArn" in each["Condition"]["ArnEquals"] for each in admitted)


def test_add_ons_are_those_of_the_nodes_that_are_there_first() -> None:
    assert add_on_names(cluster_template(nodes=KARPENTER)) == add_on_names(cluster_template(nodes=NODES))


def test_version_goes_with_kubernetes_unless_it_is_stated() -> None:
    pinned = KARPENTER["karpenter"]
    assert isinstance(pinned, KarpenterOptions)

    assert pinned.version_for("1.36") == "1.14.1"
    assert pinned.model_copy(update={"version": "1.15.0"}).version_for("1.37") == "1.15.0"
    with pytest.raises(
        ValueError, match=r"^no version of Karpenter is pinned for Kubernetes 1\.37, only for 1\.35, 1\.36"
    ):
        pinned.version_for("1.37")


@pytest.mark.parametrize(
    ("need", "pool"),
    [
        ("al2023", KarpenterPoolOptions()),
        ("bottlerocket", KarpenterPoolOptions(ami_alias="bottlerocket@latest")),
        ("arm64", KarpenterPoolOptions()),
        ("spot", KarpenterPoolOptions(capacity_types=("on_demand", "spot"))),
        ("gpu", KarpenterPoolOptions(instance_types=("g6.xlarge",))),
        ("neuron", KarpenterPoolOptions(instance_categories=("trn",))),
    ],
)
def test_some_node_pool_decides_what_nodes_offer(need: NodeNeed, pool: KarpenterPoolOptions) -> None:
    other = KarpenterPoolOptions(
        architectures=("x86_64",), ami_alias="bottlerocket@latest" if need != "bottlerocket" else "al2023@latest"
    )

    assert KarpenterOptions(node_pools={"one": other, "two": pool}).lacks(need) == ""
    assert KarpenterOptions(node_pools={"one": other}).lacks(need).startswith("none of node_pools ")


def test_what_is_not_made_here_is_lacking_and_the_rest_is_not() -> None:
    options = KarpenterOptions(node_pools={"one": KarpenterPoolOptions()})

    assert options.lacks("windows").startswith("the AMI families here")
    assert options.lacks("daemon_sets") == ""
    assert not options.is_ready_at_creation
    assert not options.accepts(())


@pytest.mark.parametrize("alias", ["al2023", "al2@latest", "al2023@v1", "bottlerocket@v1.50", "windows2022@latest"])
def test_alias_that_karpenter_does_not_know_is_refused(alias: str) -> None:
    with pytest.raises(ValueError, match="ami_alias"):
        KarpenterPoolOptions(ami_alias=alias)
