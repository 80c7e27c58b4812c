"""The EKS stack hands the settings of an environment on, and says how to use the cluster."""

from __future__ import annotations

import pytest
from aws_cdk import Environment as StackEnvironment
from aws_cdk import assertions

from settings import Environment, load_environment
from stacks.eks_cluster import EksClusterStack
from stacks.network import NetworkStack
from stacks.stack_options import StackOptions
from tests.support.assertions import flat, properties
from tests.support.eks_synthesis import policy_statements
from tests.support.synthesis import new_app


def _template(environment: Environment) -> assertions.Template:
    app = new_app()
    options = StackOptions(
        env=StackEnvironment(region=environment.region),
        description="test",
        tags={},
        termination_protection=False,
    )
    network = NetworkStack(app, "network", environment=environment, **options)
    assert environment.eks is not None
    stack = EksClusterStack(
        app, "eks", environment=environment, eks=environment.eks, network=lambda _: network.network, **options
    )
    return assertions.Template.from_stack(stack)


@pytest.fixture(scope="module")
def sandbox() -> assertions.Template:
    return _template(load_environment("sandbox"))


@pytest.fixture(scope="module")
def production() -> assertions.Template:
    return _template(load_environment("production"))


def test_protected_environment_refuses_deletion_and_shifts_zones(production: assertions.Template) -> None:
    cluster = properties(production, "AWS::EKS::Cluster")

    assert cluster["DeletionProtection"] is True
    assert cluster["ZonalShiftConfig"] == {"Enabled": True}


def test_unprotected_environment_leaves_nothing_behind(sandbox: assertions.Template) -> None:
    assert properties(sandbox, "AWS::EKS::Cluster")["DeletionProtection"] is False
    kept = {resource.get("DeletionPolicy", "Delete") for resource in sandbox.to_json()["Resources"].values()} - {
        "Delete"
    }
    assert kept == set()


def test_nodes_of_production_have_volumes_under_a_key_that_admits_ebs(production: assertions.Template) -> None:
    (key_id,) = production.find_resources("AWS::KMS::Key")
    for launch_template in production.find_resources("AWS::EC2::LaunchTemplate").values():
        for device in launch_template["Properties"]["LaunchTemplateData"]["BlockDeviceMappings"]:
            assert device["Ebs"]["KmsKeyId"] == {"Fn::GetAtt": [key_id, "Arn"]}
    sids = {statement.get("Sid") for statement in properties(production, "AWS::KMS::Key")["KeyPolicy"]["Statement"]}
    assert {"CloudWatchLogs", "EbsVolumes"} <= sids


def test_nodes_of_the_sandbox_have_volumes_under_the_key_of_aws(sandbox: assertions.Template) -> None:
    (device,) = properties(sandbox, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]["BlockDeviceMappings"]
    sids = {statement.get("Sid") for statement in properties(sandbox, "AWS::KMS::Key")["KeyPolicy"]["Statement"]}

    assert device["Ebs"]["Encrypted"] is True
    assert "KmsKeyId" not in device["Ebs"]
    assert "EbsVolumes" not in sids


def test_groups_profiles_and_entries_of_the_file_all_arrive(production: assertions.Template) -> None:
    groups = [group["Properties"] for group in production.find_resources("AWS::EKS::Nodegroup").values()]
    burst = next(group for group in groups if group["CapacityType"] == "SPOT")

    assert len(groups) == 2
    assert burst["AmiType"] == "BOTTLEROCKET_ARM_64"
    assert burst["Labels"] == {"lifecycle": "spot"}
    assert burst["Taints"] == [{"Key": "lifecycle", "Value": "spot", "Effect": "NO_SCHEDULE"}]
    assert properties(production, "AWS::EKS::FargateProfile")["Selectors"] == [{"Namespace": "batch", "Labels": []}]
    assert properties(production, "AWS::EKS::AccessEntry")["PrincipalArn"].endswith(":role/platform-team")


def test_nodes_pull_through_the_cache_of_their_environment(sandbox: assertions.Template) -> None:
    found = [
        flat(statement["Resource"])
        for statement in policy_statements(sandbox, "EksImagePullPolicy")
        if "ecr:CreateRepository" in statement["Action"]
    ]

    assert found == ["arn:<AWS::Partition>:ecr:eu-west-1:<AWS::AccountId>:repository/sandbox/cache/*"]


def test_outputs_say_how_to_use_the_cluster(sandbox: assertions.Template) -> None:
    outputs = sandbox.to_json()["Outputs"]
    (cluster_id,) = sandbox.find_resources("AWS::EKS::Cluster")

    assert outputs["UpdateKubeconfigCommand"]["Value"] == {
        "Fn::Join": ["", ["aws eks update-kubeconfig --region eu-west-1 --name ", {"Ref": cluster_id}]]
    }
    assert outputs["ClusterName"]["Value"] == {"Ref": cluster_id}
    assert outputs["ClusterEndpoint"]["Value"] == {"Fn::GetAtt": [cluster_id, "Endpoint"]}
    assert outputs["OpenIdConnectIssuer"]["Value"] == {"Fn::GetAtt": [cluster_id, "OpenIdConnectIssuerUrl"]}
