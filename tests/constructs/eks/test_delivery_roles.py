"""Roles of pipelines: who assumes them, and what they may do."""

from __future__ import annotations

from typing import Any

from aws_cdk import assertions

from reference_constructs.eks.delivery_role_options import DeliveryRoleOptions
from tests.support.assertions import all_of, flat
from tests.support.eks_synthesis import NODES, cluster_template

BUILD = "arn:aws:iam::111122223333:role/build"
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
SUBJECTS = ["repo:example/shop:ref:refs/heads/main", "repo:example/shop:environment:*"]


def _template(**role: object) -> assertions.Template:
    options = DeliveryRoleOptions.model_validate({"kubernetes_groups": ["shop"], **role})
    return cluster_template(nodes=NODES, delivery_roles={"shop": options})


def _of_role(template: assertions.Template, kind: str) -> dict[str, Any]:
    (found,) = [each["Properties"] for key, each in all_of(template, kind).items() if "DeliveryRolesshop" in key]
    properties: dict[str, Any] = found
    return properties


def test_role_finds_its_cluster_and_the_outputs_of_its_stack_and_nothing_else() -> None:
    template = _template(trusted_principal_arns=[BUILD])

    statements = _of_role(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    assert [(each["Action"], each["Effect"]) for each in statements] == [
        ("eks:DescribeCluster", "Allow"),
        ("cloudformation:DescribeStacks", "Allow"),
    ]
    assert ":cluster/" in flat(statements[0]["Resource"])
    assert "*" not in flat(statements[0]["Resource"])
    assert flat(statements[1]["Resource"]).endswith(":stack/Stack/*")
    assert len(_of_role(template, "AWS::IAM::Role")["ManagedPolicyArns"]) == 1
    assert "Policies" not in _of_role(template, "AWS::IAM::Role")


def test_access_entry_has_groups_and_no_access_policy() -> None:
    template = _template(trusted_principal_arns=[BUILD])

    (entry,) = [
        each["Properties"]
        for each in all_of(template, "AWS::EKS::AccessEntry").values()
        if each["Properties"].get("KubernetesGroups") == ["shop"]
    ]
    (role,) = [key for key in all_of(template, "AWS::IAM::Role") if "DeliveryRolesshop" in key]
    assert entry["PrincipalArn"] == {"Fn::GetAtt": [role, "Arn"]}
    assert not entry.get("AccessPolicies")


def test_tokens_are_of_an_audience_and_of_subjects() -> None:
    (statement,) = _of_role(_template(oidc={"provider_arn": GITHUB, "subjects": SUBJECTS}), "AWS::IAM::Role")[
        "AssumeRolePolicyDocument"
    ]["Statement"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": GITHUB}
    assert statement["Condition"] == {
        "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
        "StringLike": {"token.actions.githubusercontent.com:sub": SUBJECTS},
    }


def test_both_can_assume_one_role() -> None:
    role = _of_role(
        _template(trusted_principal_arns=[BUILD], oidc={"provider_arn": GITHUB, "subjects": SUBJECTS}), "AWS::IAM::Role"
    )

    assert [each["Principal"] for each in role["AssumeRolePolicyDocument"]["Statement"]] == [
        {"AWS": BUILD},
        {"Federated": GITHUB},
    ]
