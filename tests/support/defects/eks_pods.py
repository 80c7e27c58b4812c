"""What may go wrong with the roles of pods and add-ons."""

from __future__ import annotations

from tests.support.defects.defect import Defect, only, put
from tests.support.synthesis import Template

_ROLE = "AWS::IAM::Role"
_ASSOCIATION = "AWS::EKS::PodIdentityAssociation"
_PODS = "bottlerocket-eks-cluster"
_FARGATE = "eks-fargate-eks-cluster"
_WORKLOADS = "eks-workloads-eks-cluster"
_TRUST = "AssumeRolePolicyDocument.Statement.0.Condition.StringEquals"


def _any_service_account(template: Template) -> None:
    role = only(template, _ROLE, "PodIdentitiesjobs")["Properties"]
    text = role["AssumeRolePolicyDocument"]["Fn::Sub"]
    text[0] = text[0].replace("StringEquals", "StringLike").replace("batch:jobs", "*")


EKS_PODS = (
    Defect(
        name="role of pods for every service account",
        stack=_PODS,
        change=put(_ROLE, f"{_TRUST}.aws:RequestTag/kubernetes-service-account", None, having="PodIdentitiesorders"),
        named_by=("pod_identity_role_is_of_its_service_account",),
    ),
    Defect(
        name="role of pods on Fargate for every service account",
        stack=_FARGATE,
        change=_any_service_account,
        named_by=("web_identity_role_is_of_one_service_account",),
    ),
    Defect(
        name="role of pods that may not reach its target",
        stack=_PODS,
        change=put(_ASSOCIATION, "TargetRoleArn", "arn:aws:iam::444455556666:role/orders", having="orders"),
        named_by=("role_of_pods_may_assume_its_target",),
    ),
    Defect(
        name="session of pods without the tags of their role",
        stack=_PODS,
        change=put(_ASSOCIATION, "DisableSessionTags", True, having="orders"),
        named_by=("session_of_pods_has_the_tags_of_their_role",),
    ),
    Defect(
        name="one role with another permissions boundary",
        stack=_PODS,
        change=put(_ROLE, "PermissionsBoundary", "arn:aws:iam::111122223333:policy/other", having="orders"),
        named_by=("roles_have_one_permissions_boundary",),
    ),
    Defect(
        name="driver without its policy",
        stack=_PODS,
        change=put(_ROLE, "ManagedPolicyArns", [], having="efscsidriver"),
        named_by=("add_on_role_has_its_policy",),
    ),
    Defect(
        name="add-on without the tags of its environment",
        stack=_PODS,
        change=put("AWS::EKS::Addon", "Tags", None, having="efscsidriver"),
        named_by=("members_of_a_cluster_have_its_tags",),
    ),
    Defect(
        name="role of a pipeline for every repository",
        stack=_WORKLOADS,
        change=put(
            _ROLE, "AssumeRolePolicyDocument.Statement.0.Condition.StringLike", None, having="DeliveryRoleshello"
        ),
        named_by=("token_of_a_pipeline_is_of_a_subject",),
    ),
    Defect(
        name="pipeline that changes the cluster",
        stack=_WORKLOADS,
        change=put(
            "AWS::IAM::ManagedPolicy",
            "PolicyDocument.Statement.0.Action",
            ["eks:DescribeCluster", "eks:UpdateClusterConfig"],
            having="DeliveryRoleshello",
        ),
        named_by=("role_of_a_pipeline_finds_its_cluster_only",),
    ),
    Defect(
        name="pipeline that administers the cluster",
        stack=_WORKLOADS,
        change=put(
            "AWS::EKS::AccessEntry",
            "AccessPolicies",
            [
                {
                    "AccessScope": {"Type": "cluster"},
                    "PolicyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                }
            ],
            having="deliveryhello",
        ),
        named_by=("role_of_a_pipeline_finds_its_cluster_only",),
    ),
)
