"""The cluster: what it records, and under which key."""

from __future__ import annotations

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import DELETED, KEPT, Resource, all_of, fate, only, only_id, properties
from tests.support.synthesis import ZONES, new_stack

INSIGHTS = "/aws/ecs/containerinsights/blue/performance"


def _synthesize(retention: RetentionOptions = PROTECTED) -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    key = kms.Key(stack, "Key")
    EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=key, retention=retention)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


def _log_groups(template: Template) -> dict[str | None, tuple[str, Resource]]:
    """Id and resource by name; the one without a name is that of ECS Exec."""
    return {
        group["Properties"].get("LogGroupName"): (logical_id, group)
        for logical_id, group in all_of(template, "AWS::Logs::LogGroup").items()
    }


def test_container_insights_looks_at_each_task_and_container(template: Template) -> None:
    cluster = properties(template, "AWS::ECS::Cluster")

    assert cluster["ClusterName"] == "blue"
    assert cluster["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enhanced"}]


def test_log_group_of_container_insights_is_ours_and_there_before_the_cluster(template: Template) -> None:
    logical_id, _ = _log_groups(template)[INSIGHTS]

    assert logical_id in only(template, "AWS::ECS::Cluster")["DependsOn"]


def test_exec_sessions_are_encrypted_and_recorded(template: Template) -> None:
    exec_group_id, _ = _log_groups(template)[None]

    assert properties(template, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"] == {
        "KmsKeyId": {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]},
        "Logging": "OVERRIDE",
        "LogConfiguration": {"CloudWatchEncryptionEnabled": True, "CloudWatchLogGroupName": {"Ref": exec_group_id}},
    }


@pytest.mark.parametrize(("protected", "expected"), [(True, KEPT), (False, DELETED)])
def test_both_logs_are_encrypted_and_stay_only_where_protected(*, protected: bool, expected: tuple[str, str]) -> None:
    template = _synthesize(RetentionOptions(protected=protected, log_retention_days=14))

    groups = _log_groups(template)
    assert groups.keys() == {None, INSIGHTS}
    for _, group in groups.values():
        assert group["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}
        assert group["Properties"]["RetentionInDays"] == 14
        assert fate(group) == expected


def test_fargate_and_fargate_spot_are_there(template: Template) -> None:
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")

    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert association["Cluster"] == {"Ref": only_id(template, "AWS::ECS::Cluster")}


def test_no_capacity_is_chosen_for_a_service_that_names_none(template: Template) -> None:
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")

    assert association["DefaultCapacityProviderStrategy"] == []


def test_storage_of_tasks_on_fargate_is_encrypted_with_the_key_where_asked(template: Template) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    key = kms.Key(stack, "Key")
    EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=key, encrypt_fargate_storage=True)
    encrypted = Template.from_stack(stack)

    assert properties(encrypted, "AWS::ECS::Cluster")["Configuration"]["ManagedStorageConfiguration"] == {
        "FargateEphemeralStorageKmsKeyId": {"Ref": only_id(encrypted, "AWS::KMS::Key")}
    }
    policy = properties(encrypted, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    fargate = [each for each in policy if each["Principal"] == {"Service": "fargate.amazonaws.com"}]
    actions = [
        action
        for each in fargate
        for action in (each["Action"] if isinstance(each["Action"], list) else [each["Action"]])
    ]
    assert set(actions) == {"kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"}
    assert "ManagedStorageConfiguration" not in properties(template, "AWS::ECS::Cluster")["Configuration"]
