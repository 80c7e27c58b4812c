"""Controllers that AWS runs for a cluster."""

from __future__ import annotations

from typing import Any

from aws_cdk.assertions import Template

from tests.support.eks_synthesis import NODES, define_cluster
from tests.support.synthesis import new_stack

USER, GROUP = "38414300-1041-708a-01af-0abc12345678", "08017340-8041-7093-3ffa-0abc12345678"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"


def resources(**capabilities: object) -> dict[str, Any]:
    stack = new_stack()
    define_cluster(stack, nodes=NODES, capabilities=capabilities)
    found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return found


def of_type(found: dict[str, Any], resource_type: str, part: str = "") -> dict[str, Any]:
    [resource] = [each for name, each in found.items() if each["Type"] == resource_type and part in name]
    properties: dict[str, Any] = resource["Properties"]
    return properties


def test_a_cluster_has_none_unless_they_are_stated() -> None:
    assert not [each for each in resources().values() if each["Type"] == "AWS::EKS::Capability"]


def test_argo_cd_knows_who_may_sign_in_and_from_where() -> None:
    found = resources(
        argocd={"identity_center_arn": INSTANCE, "admins": {"user_ids": [USER]}, "viewers": {"group_ids": [GROUP]}}
    )

    capability = of_type(found, "AWS::EKS::Capability")
    assert capability["Type"] == "ARGOCD"
    assert capability["DeletePropagationPolicy"] == "RETAIN"
    assert capability["Configuration"]["ArgoCd"] == {
        "AwsIdc": {"IdcInstanceArn": INSTANCE, "IdcRegion": "eu-west-1"},
        "Namespace": "argocd",
        "RbacRoleMappings": [
            {"Role": "ADMIN", "Identities": [{"Id": USER, "Type": "SSO_USER"}]},
            {"Role": "VIEWER", "Identities": [{"Id": GROUP, "Type": "SSO_GROUP"}]},
        ],
    }


def test_role_is_for_amazon_eks_in_this_account_and_can_be_tagged() -> None:
    role = of_type(resources(ack={}), "AWS::IAM::Role", "Capabilityack")

    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "capabilities.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert "ManagedPolicyArns" not in role


def test_role_has_the_permissions_that_are_stated() -> None:
    statement = {"actions": ["sqs:CreateQueue"], "resources": ["arn:aws:sqs:eu-west-1:111122223333:shop-*"]}
    found = resources(
        ack={"policy_arns": ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"], "statements": [statement]}
    )

    policy = of_type(found, "AWS::IAM::ManagedPolicy", "Capabilityack")
    assert policy["PolicyDocument"]["Statement"] == [
        {"Action": "sqs:CreateQueue", "Effect": "Allow", "Resource": "arn:aws:sqs:eu-west-1:111122223333:shop-*"}
    ]
    assert len(of_type(found, "AWS::IAM::Role", "Capabilityack")["ManagedPolicyArns"]) == 2


def test_its_access_entry_is_made_before_amazon_eks_would_make_one() -> None:
    found = resources(kro={"access_policies": [{"policy": "AmazonEKSEditPolicy", "namespaces": ["shop"]}]})

    [(entry, properties)] = [(name, each) for name, each in found.items() if each["Type"] == "AWS::EKS::AccessEntry"]
    [capability] = [each for each in found.values() if each["Type"] == "AWS::EKS::Capability"]
    assert entry in capability["DependsOn"]
    assert properties["Properties"]["PrincipalArn"] == capability["Properties"]["RoleArn"]
    [policy] = properties["Properties"]["AccessPolicies"]
    assert policy["AccessScope"] == {"Type": "namespace", "Namespaces": ["shop"]}


def test_capability_and_its_role_have_tags_of_their_own() -> None:
    found = resources(ack={"tags": {"team": "shop"}}, kro={})

    tag = {"Key": "team", "Value": "shop"}
    assert tag in of_type(found, "AWS::EKS::Capability", "Capabilityack")["Tags"]
    assert tag in of_type(found, "AWS::IAM::Role", "Capabilityack")["Tags"]
    assert tag not in of_type(found, "AWS::EKS::Capability", "Capabilitykro").get("Tags", [])
