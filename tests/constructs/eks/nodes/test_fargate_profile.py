"""Fargate: which pods, in which subnets, under which role, and clusters that have nothing else."""

from __future__ import annotations

from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from tests.support.assertions import Resource, flat, properties
from tests.support.eks_synthesis import FARGATE, NODES, cluster_template, policy_statements, role, waits_for


def test_profile_takes_pods_by_namespace_and_labels_into_private_subnets() -> None:
    selectors = (
        FargateSelectorOptions(namespace="batch", labels={"size": "small"}),
        FargateSelectorOptions(namespace="jobs"),
    )
    template = cluster_template(nodes={**NODES, "batch": FargateProfileOptions(selectors=selectors)})

    profile = properties(template, "AWS::EKS::FargateProfile")

    assert profile["Selectors"] == [
        {"Namespace": "batch", "Labels": [{"Key": "size", "Value": "small"}]},
        {"Namespace": "jobs", "Labels": []},
    ]
    assert all("Private" in subnet["Ref"] for subnet in profile["Subnets"])
    assert len(profile["Subnets"]) == 2
    assert "FargateProfileName" not in profile


def test_pod_execution_role_is_assumed_for_profiles_of_this_cluster_alone() -> None:
    given = role(cluster_template(nodes=FARGATE), "eks-fargate-pods.amazonaws.com")
    (statement,) = given["AssumeRolePolicyDocument"]["Statement"]

    assert flat(statement["Condition"]["ArnLike"]["aws:SourceArn"]) == (
        "arn:<AWS::Partition>:eks:eu-west-1:<AWS::AccountId>:fargateprofile/blue/*"
    )
    assert all("Ref" in arn for arn in given["ManagedPolicyArns"])


def test_profiles_are_made_and_deleted_one_at_a_time() -> None:
    profiles = {
        name: FargateProfileOptions(selectors=(FargateSelectorOptions(namespace=name),))
        for name in ("one", "two", "three")
    }
    template = cluster_template(nodes={**NODES, **profiles})

    found = template.find_resources("AWS::EKS::FargateProfile")

    waiting = sorted(len(waits_for(template, name) & found.keys()) for name in found)
    assert waiting == [0, 1, 2]


def test_cluster_without_nodes_has_a_profile_for_its_own_pods() -> None:
    template = cluster_template(nodes=FARGATE)

    namespaces = {
        selector["Namespace"]
        for profile in template.find_resources("AWS::EKS::FargateProfile").values()
        for selector in profile["Properties"]["Selectors"]
    }
    assert namespaces == {"batch", "kube-system"}
    template.resource_count_is("AWS::EKS::Nodegroup", 0)
    template.resource_count_is("AWS::EC2::LaunchTemplate", 0)


def test_cluster_with_nodes_has_the_profiles_it_asks_for_and_no_more() -> None:
    template = cluster_template(nodes={**NODES, **FARGATE})

    assert properties(template, "AWS::EKS::FargateProfile")["Selectors"][0]["Namespace"] == "batch"
    template.resource_count_is("AWS::EKS::Nodegroup", 1)


def test_cluster_with_nodes_alone_has_no_profile_and_no_pod_execution_role() -> None:
    template = cluster_template(nodes=NODES)

    template.resource_count_is("AWS::EKS::FargateProfile", 0)
    assert "eks-fargate-pods" not in str(template.find_resources("AWS::IAM::Role"))


def test_logs_of_pods_go_to_an_encrypted_group_that_fargate_may_only_write_to() -> None:
    template = cluster_template(nodes=FARGATE, fargate_pod_logs=True)

    (statement,) = policy_statements(template, "EksFargateProfilesPodExecutionRoleLogPolicy")
    group_id = statement["Resource"]["Fn::GetAtt"][0]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    group = template.find_resources("AWS::Logs::LogGroup")[group_id]["Properties"]
    assert {"KmsKeyId", "RetentionInDays"} <= group.keys()
    assert "LogGroupName" not in group


def test_without_logs_of_pods_there_is_no_group_for_them() -> None:
    cluster_template(nodes=FARGATE).resource_count_is("AWS::Logs::LogGroup", 1)


def test_profile_has_tags_of_its_own() -> None:
    profile = FargateProfileOptions(selectors=(FargateSelectorOptions(namespace="batch"),), tags={"team": "batch"})
    template = cluster_template(nodes={**NODES, "batch": profile})

    assert {"Key": "team", "Value": "batch"} in tags_of(properties(template, "AWS::EKS::FargateProfile"))


def tags_of(resource: Resource) -> list[dict[str, str]]:
    """Its tags, in whichever of the two forms CloudFormation has."""
    tags = resource["Tags"]
    return tags if isinstance(tags, list) else [{"Key": key, "Value": value} for key, value in tags.items()]
