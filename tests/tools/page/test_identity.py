from __future__ import annotations

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import ALL, snapshot_graph
from tools.page.escalation import escalations
from tools.page.identity import identities

_TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


def _role(**properties: object) -> dict[str, object]:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _TRUST, **properties}}


def test_a_role_is_held_by_the_service_whose_task_definition_has_it() -> None:
    definition = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"TaskRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}}
    service = {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Definition"}}}
    graph = Graph({"app": {"Resources": {"Role": _role(), "Definition": definition, "Web": service}}})
    (identity,) = identities(graph)
    assert identity.holders == ("app: Web (tasks)",)
    assert identity.trusted == ("ecs-tasks.amazonaws.com",)


@pytest.mark.parametrize(
    ("actions", "resource", "is_wide"),
    [
        ("s3:GetObject", "arn:aws:s3:::bucket/*", False),
        ("s3:Get*", "arn:aws:s3:::bucket/*", True),
        ("s3:GetObject", "*", True),
    ],
)
def test_wildcards_are_marked(actions: str, resource: str, is_wide: bool) -> None:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
    (identity,) = identities(Graph({"app": {"Resources": {"Role": _role(Policies=[policy])}}}))
    assert [each.is_wide for each in identity.permissions] == [is_wide]


def test_a_denial_is_not_wide() -> None:
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}}
    (identity,) = identities(Graph({"app": {"Resources": {"Role": _role(Policies=[policy])}}}))
    assert identity.wide == 0


@pytest.mark.parametrize("environment", ALL)
def test_every_role_has_a_holder_and_somebody_who_assumes_it(environment: str) -> None:
    found = identities(snapshot_graph(environment))
    assert [each.name for each in found if not each.holders or not each.trusted] == []


def test_roles_of_the_sandbox_with_wildcards_are_those_that_the_docs_name() -> None:
    wide = {each.name.rpartition(": ")[2] for each in identities(snapshot_graph("sandbox")) if each.wide}
    assert wide == {
        *("CapacityInstanceRole", "EksNodeRole", "TaskExecutionRole", "EksFargateProfilesPodExecutionRole"),
        "NetworkDefaultSecurityGroupRole",
    }


def test_one_role_of_production_leads_to_more_and_services_of_aws_alone_assume_roles() -> None:
    found = identities(snapshot_graph("production"))
    assert [(each.identity.name, each.actions) for each in escalations(found)] == [
        ("network: NetworkDefaultSecurityGroupRole", ("ssm:StartAutomationExecution",))
    ]
    principals = {each.partition(", if ")[0] for identity in found for each in identity.trusted}
    assert all(each.endswith(".amazonaws.com") for each in principals), principals


def test_a_role_for_service_accounts_is_held_by_the_account_that_its_trust_names() -> None:
    condition = {"StringEquals": {"oidc.eks.example:sub": "system:serviceaccount:jobs:runner"}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "arn"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    role = _role(AssumeRolePolicyDocument={"Statement": [statement]})
    (identity,) = identities(Graph({"app": {"Resources": {"Role": role}}}))
    assert identity.holders == ("service account jobs/runner",)
