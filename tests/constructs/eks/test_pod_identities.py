"""Roles of applications: by EKS Pod Identity where there is an agent, by the tokens of service accounts elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from reference_constructs.eks.pod_identity_options import PodIdentityOptions
from tests.support.assertions import all_of, flat, policy_ids, properties
from tests.support.eks_synthesis import FARGATE, NODES, TWO_GROUPS, cluster_template, define_cluster
from tests.support.synthesis import new_stack

X_RAY = "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"
ORDERS: dict[str, Any] = {
    "namespace": "shop",
    "service_account": "orders",
    "policy_arns": [X_RAY],
    "statements": [{"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:eu-west-1:111122223333:orders"]}],
}


def _profile(**selector: object) -> Mapping[str, AnyNodeOptions]:
    return {**NODES, "batch": FargateProfileOptions(selectors=(FargateSelectorOptions.model_validate(selector),))}


def _template(nodes: Mapping[str, AnyNodeOptions] = NODES, **identities: dict[str, Any]) -> assertions.Template:
    options = {name: PodIdentityOptions.model_validate(each) for name, each in identities.items()}
    return cluster_template(nodes=nodes, pod_identities=options)


def _role_id(template: assertions.Template, name: str) -> str:
    (found,) = [each for each in all_of(template, "AWS::IAM::Role") if f"PodIdentities{name}role" in each]
    return found


def _trust(template: assertions.Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = all_of(template, "AWS::IAM::Role")[_role_id(template, name)]["Properties"]
    document: dict[str, Any] = found["AssumeRolePolicyDocument"]
    return document


def test_pods_on_nodes_get_their_role_by_an_association() -> None:
    template = _template(orders=ORDERS)

    association = properties(template, "AWS::EKS::PodIdentityAssociation")
    (statement,) = _trust(template, "orders")["Statement"]
    assert (association["Namespace"], association["ServiceAccount"]) == ("shop", "orders")
    assert association["RoleArn"]["Fn::GetAtt"][0] == _role_id(template, "orders")
    assert association["ClusterName"] == {"Ref": next(iter(all_of(template, "AWS::EKS::Cluster")))}
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(statement["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-namespace"] == "shop"
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == "orders"
    assert all_of(template, "AWS::IAM::OIDCProvider") == {}


def test_the_role_has_what_is_stated_and_nothing_else() -> None:
    template = _template(orders=ORDERS)

    role = all_of(template, "AWS::IAM::Role")[_role_id(template, "orders")]["Properties"]
    (policy,) = policy_ids(template, _role_id(template, "orders"))
    (statement,) = all_of(template, "AWS::IAM::ManagedPolicy")[policy]["Properties"]["PolicyDocument"]["Statement"]
    assert [arn for arn in role["ManagedPolicyArns"] if isinstance(arn, str)] == [X_RAY]
    assert len(role["ManagedPolicyArns"]) == 2
    assert (statement["Action"], statement["Resource"]) == (
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:111122223333:orders",
    )


def test_without_permissions_there_is_no_policy() -> None:
    template = _template(orders={"namespace": "shop", "service_account": "orders"})

    assert policy_ids(template, _role_id(template, "orders")) == []


def test_pods_on_fargate_assume_their_role_by_the_token_of_their_service_account() -> None:
    template = _template(FARGATE, orders=ORDERS)

    provider = properties(template, "AWS::IAM::OIDCProvider")
    text, variables = _trust(template, "orders")["Fn::Sub"]
    (statement,) = json.loads(text)["Statement"]
    cluster = next(iter(all_of(template, "AWS::EKS::Cluster")))
    assert provider["ClientIdList"] == ["sts.amazonaws.com"]
    assert flat(provider["Url"]) == f"<{cluster}.OpenIdConnectIssuerUrl>"
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": "${Provider}"}
    assert statement["Condition"] == {
        "StringEquals": {
            "${Issuer}:aud": "sts.amazonaws.com",
            "${Issuer}:sub": "system:serviceaccount:shop:orders",
        }
    }
    assert variables["Provider"] == {"Ref": next(iter(all_of(template, "AWS::IAM::OIDCProvider")))}
    # The issuer of the URL, without its scheme.
    assert variables["Issuer"] == {"Fn::Select": [1, {"Fn::Split": ["://", provider["Url"]]}]}
    assert all_of(template, "AWS::EKS::PodIdentityAssociation") == {}


def test_all_roles_share_one_provider() -> None:
    template = _template(FARGATE, orders=ORDERS, reports={**ORDERS, "service_account": "reports"})

    assert len(all_of(template, "AWS::IAM::OIDCProvider")) == 1


@pytest.mark.parametrize(
    ("nodes", "stated", "credentials"),
    [
        (NODES, {}, "pod_identity"),
        (TWO_GROUPS, {"credentials": "irsa"}, "irsa"),
        (FARGATE, {}, "irsa"),
        (_profile(namespace="shop"), {}, "irsa"),
        (_profile(namespace="sh*"), {}, "irsa"),
        (_profile(namespace="batch"), {}, "pod_identity"),
        # Only some pods of the namespace run on Fargate.
        (_profile(namespace="shop", labels={"size": "small"}), {}, "pod_identity"),
        (_profile(namespace="shop"), {"credentials": "pod_identity"}, "pod_identity"),
    ],
    ids=["nodes", "stated", "fargate", "taken", "pattern", "another namespace", "some pods", "stated against it"],
)
def test_credentials_follow_from_where_the_pods_run(
    nodes: Mapping[str, AnyNodeOptions], stated: dict[str, str], credentials: str
) -> None:
    options = PodIdentityOptions.model_validate({**ORDERS, **stated})

    assert options.credentials_with(nodes.values()) == credentials


def test_no_role_without_options() -> None:
    template = cluster_template()

    assert all_of(template, "AWS::IAM::OIDCProvider") == all_of(template, "AWS::EKS::PodIdentityAssociation") == {}


def test_a_role_that_exists_is_associated_and_nothing_is_made() -> None:
    role = "arn:aws:iam::111122223333:role/archive"
    template = _template(
        archive={"namespace": "shop", "service_account": "archive", "role_arn": role, "session_tags": False}
    )

    association = properties(template, "AWS::EKS::PodIdentityAssociation")
    assert (association["RoleArn"], association["DisableSessionTags"]) == (role, True)
    assert not [each for each in all_of(template, "AWS::IAM::Role") if "PodIdentities" in each]


def test_pods_get_the_credentials_of_a_target_that_their_role_may_assume_alone() -> None:
    target = "arn:aws:iam::444455556666:role/partner"
    template = _template(partner={"namespace": "shop", "service_account": "partner", "target_role_arn": target})

    association = properties(template, "AWS::EKS::PodIdentityAssociation")
    (policy,) = policy_ids(template, _role_id(template, "partner"))
    (statement,) = all_of(template, "AWS::IAM::ManagedPolicy")[policy]["Properties"]["PolicyDocument"]["Statement"]
    assert association["TargetRoleArn"] == target
    assert "DisableSessionTags" not in association
    assert (statement["Action"], statement["Resource"]) == (["sts:AssumeRole", "sts:TagSession"], target)


def test_a_boundary_of_its_own_replaces_that_of_the_stack() -> None:
    own, shared = (f"arn:aws:iam::111122223333:policy/{name}" for name in ("own", "shared"))
    options = {
        "own": PodIdentityOptions(namespace="shop", service_account="own", permissions_boundary_arn=own),
        "other": PodIdentityOptions(namespace="shop", service_account="other"),
    }
    stack = new_stack()
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", shared))
    define_cluster(stack, nodes=NODES, pod_identities=options)
    template = assertions.Template.from_stack(stack)

    roles = all_of(template, "AWS::IAM::Role")
    assert roles[_role_id(template, "own")]["Properties"]["PermissionsBoundary"] == own
    assert roles[_role_id(template, "other")]["Properties"]["PermissionsBoundary"] == shared
