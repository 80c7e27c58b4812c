"""Instances of the cluster: what they are started from, how they come and go, what they may do."""

from __future__ import annotations

import tomllib
from ipaddress import IPv4Network
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.capacity import Ec2Capacity
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import (
    Resource,
    all_of,
    comes_with_its_policies,
    egress,
    flat,
    only,
    only_id,
    properties,
    role_ids,
    statements,
)
from tests.support.synthesis import ZONES, new_stack

BOTTLEROCKET: dict[str, Any] = {"operating_system": "bottlerocket"}
SPOT: dict[str, Any] = {"on_demand_percent_above_base": 50}


def _synthesize(*, with_key: bool = False, retention: RetentionOptions = PROTECTED, **options: object) -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    cluster = EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=kms.Key(stack, "LogKey"))
    Ec2Capacity(
        stack,
        "Capacity",
        cluster=cluster.cluster,
        subnets=vpc.private_subnets,
        options=Ec2CapacityOptions.model_validate({"instance_types": ["m7g.large", "m6g.large"], **options}),
        volume_key=kms.Key(stack, "VolumeKey", description="volumes") if with_key else None,
        retention=retention,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


@pytest.fixture(scope="module")
def disposable() -> Template:
    return _synthesize(retention=RetentionOptions(protected=False))


@pytest.fixture(scope="module")
def bottlerocket() -> Template:
    return _synthesize(**BOTTLEROCKET)


def _launch_template(template: Template) -> Resource:
    data: Resource = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return data


def _user_data(template: Template) -> str:
    return flat(_launch_template(template)["UserData"]["Fn::Base64"])


def _group(template: Template) -> Resource:
    return properties(template, "AWS::AutoScaling::AutoScalingGroup")


def _provider(template: Template) -> Resource:
    provider: Resource = properties(template, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]
    return provider


def _instance_role(template: Template) -> str:
    (role_id,) = role_ids(template, "ec2.amazonaws.com")
    return role_id


@pytest.mark.parametrize(
    ("operating_system", "architecture", "parameter"),
    [
        ("al2023", "arm64", "ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"),
        ("al2023", "x86_64", "ecs/optimized-ami/amazon-linux-2023/recommended/image_id"),
        ("bottlerocket", "arm64", "bottlerocket/aws-ecs-2/arm64/latest/image_id"),
        ("bottlerocket", "x86_64", "bottlerocket/aws-ecs-2/x86_64/latest/image_id"),
    ],
)
def test_newest_image_is_looked_up_when_an_instance_starts(
    operating_system: str, architecture: str, parameter: str
) -> None:
    template = _synthesize(operating_system=operating_system, architecture=architecture, instance_types=["a.large"])

    assert _launch_template(template)["ImageId"] == f"resolve:ssm:/aws/service/{parameter}"


def test_a_deployment_looks_up_no_image_that_would_replace_the_hosts(template: Template) -> None:
    parameters = template.to_json().get("Parameters", {}).values()

    assert not [parameter for parameter in parameters if "Image" in parameter["Type"] or "ami" in str(parameter)]


def test_containers_behind_a_bridge_do_not_reach_the_metadata_service(template: Template) -> None:
    assert _launch_template(template)["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_instances_have_no_public_address_and_nothing_comes_in(template: Template) -> None:
    (interface,) = _launch_template(template)["NetworkInterfaces"]
    group_id = only_id(template, "AWS::EC2::SecurityGroup")

    assert interface["AssociatePublicIpAddress"] is False
    assert interface["Groups"] == [{"Fn::GetAtt": [group_id, "GroupId"]}]
    assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup")
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def test_hosts_let_https_out_and_besides_what_is_asked_for() -> None:
    rules = properties(_synthesize(), "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    more = properties(
        _synthesize(egress=[{"cidr": IPv4Network("10.8.0.0/16"), "port": 5000}]), "AWS::EC2::SecurityGroup"
    )["SecurityGroupEgress"]

    assert [egress(rule) for rule in rules] == [("tcp", 443, 443, "0.0.0.0/0")]
    assert [egress(rule) for rule in more] == [("tcp", 443, 443, "0.0.0.0/0"), ("tcp", 5000, 5000, "10.8.0.0/16")]


def test_nobody_logs_in_with_a_key_pair(template: Template) -> None:
    assert "KeyName" not in _launch_template(template)
    template.resource_count_is("AWS::EC2::KeyPair", 0)


def test_instances_are_watched_every_minute(template: Template) -> None:
    assert _launch_template(template)["Monitoring"] == {"Enabled": True}
    assert _group(template)["MetricsCollection"] == [{"Granularity": "1Minute"}]


@pytest.mark.parametrize(
    ("operating_system", "sizes"),
    [("al2023", {"/dev/xvda": 80}), ("bottlerocket", {"/dev/xvda": 4, "/dev/xvdb": 80})],
)
def test_every_volume_is_encrypted_gp3(operating_system: str, sizes: dict[str, int]) -> None:
    template = _synthesize(operating_system=operating_system, volume_gib=80)

    devices = _launch_template(template)["BlockDeviceMappings"]
    assert {device["DeviceName"]: device["Ebs"]["VolumeSize"] for device in devices} == sizes
    for device in devices:
        assert device["Ebs"]["VolumeType"] == "gp3"
        assert device["Ebs"]["Encrypted"] is True
        assert device["Ebs"]["DeleteOnTermination"] is True


def test_every_volume_takes_the_given_key_or_that_of_ebs(bottlerocket: Template) -> None:
    with_key = _synthesize(with_key=True, **BOTTLEROCKET)

    (key_id,) = (
        logical_id
        for logical_id, key in all_of(with_key, "AWS::KMS::Key").items()
        if key["Properties"].get("Description") == "volumes"
    )
    devices = _launch_template(with_key)["BlockDeviceMappings"]
    assert [device["Ebs"]["KmsKeyId"] for device in devices] == [{"Fn::GetAtt": [key_id, "Arn"]}] * 2
    assert not [d for d in _launch_template(bottlerocket)["BlockDeviceMappings"] if "KmsKeyId" in d["Ebs"]]


def test_on_demand_instances_join_the_cluster_and_keep_tasks_off_the_metadata_service(template: Template) -> None:
    cluster = only_id(template, "AWS::ECS::Cluster")

    assert _user_data(template).splitlines() == [
        "#!/bin/bash",
        f"echo ECS_CLUSTER=<{cluster}> >> /etc/ecs/ecs.config",
        "echo ECS_AWSVPC_BLOCK_IMDS=true >> /etc/ecs/ecs.config",
    ]


def test_spot_instances_move_their_tasks_before_they_are_taken_away() -> None:
    lines = _user_data(_synthesize(**SPOT)).splitlines()

    assert lines[3:] == ["echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config"]


@pytest.mark.parametrize(
    ("options", "expected"), [({}, {}), (SPOT, {"enable-spot-instance-draining": True})], ids=["on-demand", "spot"]
)
def test_settings_of_bottlerocket_are_toml_that_says_the_same(
    options: dict[str, Any], expected: dict[str, bool]
) -> None:
    template = _synthesize(**BOTTLEROCKET, **options)

    cluster = only_id(template, "AWS::ECS::Cluster")
    assert tomllib.loads(_user_data(template)) == {
        "settings": {"ecs": {"cluster": f"<{cluster}>", "awsvpc-block-imds": True, **expected}}
    }


def test_instances_are_bought_as_asked() -> None:
    group = _group(_synthesize(on_demand_base=2, on_demand_percent_above_base=25))

    assert group["MixedInstancesPolicy"]["InstancesDistribution"] == {
        "OnDemandAllocationStrategy": "prioritized",
        "OnDemandBaseCapacity": 2,
        "OnDemandPercentageAboveBaseCapacity": 25,
        "SpotAllocationStrategy": "price-capacity-optimized",
    }


def test_no_instance_is_spot_by_default(template: Template) -> None:
    distribution = _group(template)["MixedInstancesPolicy"]["InstancesDistribution"]

    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 100


def test_instance_types_keep_the_order_of_preference(template: Template) -> None:
    launched = _group(template)["MixedInstancesPolicy"]["LaunchTemplate"]
    launch_template = only_id(template, "AWS::EC2::LaunchTemplate")

    assert launched["Overrides"] == [{"InstanceType": "m7g.large"}, {"InstanceType": "m6g.large"}]
    assert launched["LaunchTemplateSpecification"] == {
        "LaunchTemplateId": {"Ref": launch_template},
        "Version": {"Fn::GetAtt": [launch_template, "LatestVersionNumber"]},
    }


def test_group_has_the_sizes_and_the_subnets_that_are_given() -> None:
    template = _synthesize(min_size=1, max_size=9)

    private = [
        {"Ref": logical_id}
        for logical_id, subnet in all_of(template, "AWS::EC2::Subnet").items()
        if {"Key": "aws-cdk:subnet-type", "Value": "Private"} in subnet["Properties"]["Tags"]
    ]
    assert (_group(template)["MinSize"], _group(template)["MaxSize"]) == ("1", "9")
    assert _group(template)["VPCZoneIdentifier"] == private


def test_deployment_does_not_undo_the_scaling_of_ecs(template: Template) -> None:
    assert "DesiredCapacity" not in _group(template)


def test_changed_launch_template_rolls_through_the_group_new_hosts_first(template: Template) -> None:
    policy = only(template, "AWS::AutoScaling::AutoScalingGroup")["UpdatePolicy"]

    assert policy["AutoScalingInstanceRefresh"] == {
        "Strategy": "Rolling",
        "Preferences": {
            "MinHealthyPercentage": 100,
            "MaxHealthyPercentage": 200,
            "ScaleInProtectedInstances": "Refresh",
            "SkipMatching": False,
        },
    }


def test_scaling_counts_a_host_only_when_it_has_warmed_up(template: Template) -> None:
    scaling = _provider(template)["ManagedScaling"]

    assert _group(template)["DefaultInstanceWarmup"] == scaling["InstanceWarmupPeriod"] == 120


def test_ecs_scales_the_group_as_full_as_asked() -> None:
    scaling = _provider(_synthesize(target_capacity_percent=90))["ManagedScaling"]

    assert (scaling["Status"], scaling["TargetCapacity"]) == ("ENABLED", 90)


def test_cluster_knows_the_capacity_provider_beside_fargate(template: Template) -> None:
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")

    provider = {"Ref": only_id(template, "AWS::ECS::CapacityProvider")}
    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT", provider]


def test_where_protected_no_task_is_stopped_by_scaling_in(template: Template) -> None:
    assert _provider(template)["ManagedTerminationProtection"] == "ENABLED"
    assert _provider(template)["ManagedDraining"] == "ENABLED"
    # Without it ECS refuses the provider.
    assert _group(template)["NewInstancesProtectedFromScaleIn"] is True


def test_disposable_instances_hold_up_no_deletion(disposable: Template) -> None:
    assert _provider(disposable)["ManagedTerminationProtection"] == "DISABLED"
    assert _provider(disposable)["ManagedDraining"] == "DISABLED"
    assert "NewInstancesProtectedFromScaleIn" not in _group(disposable)


@pytest.mark.parametrize("name", ["template", "disposable"])
def test_hosts_are_drained_without_a_lambda_function(name: str, request: pytest.FixtureRequest) -> None:
    template: Template = request.getfixturevalue(name)

    for resource_type in ("AWS::Lambda::Function", "AWS::SNS::Topic", "AWS::AutoScaling::LifecycleHook"):
        template.resource_count_is(resource_type, 0)


def test_agent_registers_and_reports_in_this_cluster_alone(template: Template) -> None:
    cluster = {"Fn::GetAtt": [only_id(template, "AWS::ECS::Cluster"), "Arn"]}
    found = {str(s["Action"]): s for s in statements(template, _instance_role(template)) if "ecs:" in str(s["Action"])}

    limited = {action for s in found.values() if s["Resource"] == cluster for action in s["Action"]}
    conditioned = {
        action
        for s in found.values()
        if s.get("Condition") == {"ArnEquals": {"ecs:cluster": cluster}}
        for action in s["Action"]
    }
    assert limited == {
        "ecs:DeregisterContainerInstance",
        "ecs:RegisterContainerInstance",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
    }
    assert conditioned == {"ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"}


def test_host_may_do_nothing_else_but_session_manager(template: Template) -> None:
    unconditioned = [
        s for s in statements(template, _instance_role(template)) if s["Resource"] == "*" and "Condition" not in s
    ]

    assert [s["Action"] for s in unconditioned if "Sid" not in s] == ["ecs:DiscoverPollEndpoint"]
    assert [s["Sid"] for s in unconditioned if "Sid" in s] == ["SessionManager"]
    assert len(statements(template, _instance_role(template))) == 4


def test_host_starts_with_its_role_and_not_before_it_may_register(template: Template) -> None:
    role_id = _instance_role(template)
    profile = only_id(template, "AWS::IAM::InstanceProfile")

    assert properties(template, "AWS::IAM::InstanceProfile")["Roles"] == [{"Ref": role_id}]
    assert _launch_template(template)["IamInstanceProfile"] == {"Arn": {"Fn::GetAtt": [profile, "Arn"]}}
    assert comes_with_its_policies(template, role_id)
