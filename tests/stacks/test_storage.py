"""Storage and its clients: who is let in, and which roles may do what."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.platform import Platform
from tests.support.synthesis import Template, synthesize

EXAMPLE = "examples/eks-storage.yaml"
CLUSTER = "eks-storage-eks-cluster"


def resources(stack: str, resource_type: str) -> dict[str, dict[str, Any]]:
    template: Template = synthesize(EXAMPLE).templates[stack]
    return {
        logical_id: each["Properties"]
        for logical_id, each in template["Resources"].items()
        if each["Type"] == resource_type
    }


def statements(policy: str) -> list[dict[str, Any]]:
    (found,) = (
        each for logical_id, each in resources(CLUSTER, "AWS::IAM::ManagedPolicy").items() if policy in logical_id
    )
    written: list[dict[str, Any]] = found["PolicyDocument"]["Statement"]
    return written


def test_environment_without_storage_has_no_such_stack() -> None:
    assert not any(stack.endswith("-storage") for stack in synthesize("sandbox").templates)
    assert "storage" in Platform.__annotations__


def test_pods_reach_every_file_system_on_its_ports_and_on_no_others() -> None:
    found = resources(CLUSTER, "AWS::EC2::SecurityGroupIngress")

    into = {
        (each["FromPort"], each["ToPort"])
        for logical_id, each in found.items()
        if "StorageAccessTo" in logical_id and "ClusterSecurityGroupId" in str(each["SourceSecurityGroupId"])
    }
    assert into == {(2049, 2049), (443, 443), (988, 988), (1018, 1023)}


def test_tasks_reach_the_file_system_that_they_name() -> None:
    (rule,) = resources("eks-storage-ecs-service-import", "AWS::EC2::SecurityGroupIngress").values()

    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 2049, 2049)
    assert "CidrIp" not in rule


def test_task_mounts_through_its_access_point() -> None:
    (definition,) = resources("eks-storage-ecs-service-import", "AWS::ECS::TaskDefinition").values()

    (volume,) = definition["Volumes"]
    configuration = volume["EFSVolumeConfiguration"]
    assert configuration["TransitEncryption"] == "ENABLED"
    assert configuration["AuthorizationConfig"]["IAM"] == "ENABLED"
    assert "AccessPoint" in str(configuration["AuthorizationConfig"]["AccessPointId"])


def test_driver_on_the_nodes_mounts_this_file_system_alone() -> None:
    (statement,) = statements("EfsDriverPolicy")

    assert "elasticfilesystem:ClientMount" in statement["Action"]
    assert "file-system/" in str(statement["Resource"])
    assert statement["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}


def test_drivers_have_their_roles_by_service_account() -> None:
    accounts = {
        (each["Namespace"], each["ServiceAccount"])
        for each in resources(CLUSTER, "AWS::EKS::PodIdentityAssociation").values()
    }
    assert accounts == {("kube-system", "efs-csi-node-sa"), ("trident", "trident-controller")}
    (s3,) = (
        each
        for each in resources(CLUSTER, "AWS::EKS::Addon").values()
        if each["AddonName"] == "aws-mountpoint-s3-csi-driver"
    )
    assert [each["ServiceAccount"] for each in s3["PodIdentityAssociations"]] == ["s3-csi-driver-sa"]


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "kms:GenerateDataKey"])
def test_driver_of_buckets_may_read_and_write(action: str) -> None:
    assert any(action in each["Action"] for each in statements("S3DriverPolicy"))


def test_trident_manages_volumes_of_its_file_system_alone() -> None:
    found = statements("TridentPolicy")

    assert [each["Resource"] for each in found if "fsx:DescribeVolumes" in each["Action"]] == ["*"]
    assert all(each["Resource"] != "*" for each in found if "fsx:DeleteVolume" in each["Action"])
