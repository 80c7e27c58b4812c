"""The Kubernetes API: who reaches it, who may use it, what it logs and encrypts."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Any

import pytest
from aws_cdk import assertions
from aws_cdk import aws_kms as kms

from reference_constructs.eks.control_plane_component_options import (
    KubeApiServerOptions,
    KubeControllerManagerOptions,
    KubeSchedulerOptions,
    NodePortRangeOptions,
)
from reference_constructs.eks.control_plane_options import AccessEntryOptions, EndpointOptions
from reference_constructs.security.retention_options import RetentionOptions
from tests.support.assertions import Resource, acknowledged, flat, properties
from tests.support.eks_synthesis import cluster_template, define_cluster, role, waits_for
from tests.support.synthesis import new_stack

OFFICE = IPv4Network("192.31.196.0/24")
VPN = IPv4Network("10.9.0.0/16")
WORLD = IPv4Network("0.0.0.0/0")


def _cluster(**options: object) -> Resource:
    keywords: dict[str, Any] = options
    return properties(cluster_template(**keywords), "AWS::EKS::Cluster")


def test_cluster_is_private_logged_and_encrypted_unless_told_otherwise() -> None:
    # cdk-nag knows only the older EKS module, so these are said here and nowhere else.
    template = cluster_template()
    cluster = properties(template, "AWS::EKS::Cluster")

    assert cluster["ResourcesVpcConfig"]["EndpointPublicAccess"] is False
    assert cluster["ResourcesVpcConfig"]["EndpointPrivateAccess"] is True
    assert {kind["Type"] for kind in cluster["Logging"]["ClusterLogging"]["EnabledTypes"]} == {
        "api", "audit", "authenticator", "controllerManager", "scheduler"
    }  # fmt: skip
    (key_id,) = template.find_resources("AWS::KMS::Key")
    assert cluster["EncryptionConfig"] == [
        {"Provider": {"KeyArn": {"Fn::GetAtt": [key_id, "Arn"]}}, "Resources": ["secrets"]}
    ]
    assert cluster["AccessConfig"] == {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False}
    assert cluster["BootstrapSelfManagedAddons"] is False
    assert cluster["UpgradePolicy"] == {"SupportType": "STANDARD"}
    assert cluster["ComputeConfig"] == {"Enabled": False}


def test_nobody_may_use_the_api_by_default() -> None:
    cluster_template().resource_count_is("AWS::EKS::AccessEntry", 0)


def test_there_is_no_lambda_function_no_custom_resource_and_no_barrier() -> None:
    types = {resource["Type"] for resource in cluster_template().to_json()["Resources"].values()}

    assert not types & {"AWS::Lambda::Function", "AWS::SSM::Parameter"}
    assert not {name for name in types if name.startswith("Custom::")}


@pytest.mark.parametrize("protected", [True, False])
def test_deletion_protection_and_zonal_shift_follow_the_protection_of_the_data(protected: bool) -> None:
    cluster = _cluster(retention=RetentionOptions(protected=protected))

    assert cluster["DeletionProtection"] is protected
    assert cluster["ZonalShiftConfig"] == {"Enabled": protected}


@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize("stated", [True, False])
def test_deletion_protection_and_zonal_shift_are_separate_switches(stated: bool, protected: bool) -> None:
    retention = RetentionOptions(protected=protected)

    cluster = _cluster(deletion_protection=stated, zonal_shift=not stated, retention=retention)

    assert cluster["DeletionProtection"] is stated
    assert cluster["ZonalShiftConfig"] == {"Enabled": not stated}


@pytest.mark.parametrize(
    ("protected", "stated", "accepted"),
    [(True, False, True), (True, None, False), (True, True, False), (False, False, False), (False, None, False)],
)
def test_missing_deletion_protection_is_acknowledged_only_where_it_is_stated_and_the_data_is_kept(
    protected: bool, stated: bool | None, accepted: bool
) -> None:
    stack = new_stack()

    define_cluster(stack, deletion_protection=stated, retention=RetentionOptions(protected=protected))

    assert ("cloudformation_what_keeps_data_is_protected" in str(acknowledged(stack))) is accepted


@pytest.mark.parametrize("protected", [True, False])
def test_one_of_the_two_can_be_stated_while_the_other_follows(protected: bool) -> None:
    cluster = _cluster(zonal_shift=not protected, retention=RetentionOptions(protected=protected))

    assert cluster["DeletionProtection"] is protected
    assert cluster["ZonalShiftConfig"] == {"Enabled": not protected}


def test_control_plane_is_in_private_subnets_only() -> None:
    template = cluster_template()
    subnets = template.find_resources("AWS::EC2::Subnet")
    private = {name for name in subnets if "Private" in name}

    chosen = properties(template, "AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"]

    assert {subnet["Ref"] for subnet in chosen} == private
    assert len(private) == 2 < len(subnets)


THREE_ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


@pytest.mark.parametrize(
    ("stated", "chosen"),
    [
        (None, {"eu-west-1a", "eu-west-1b"}),
        (THREE_ZONES, set(THREE_ZONES)),
        (("eu-west-1c", "eu-west-1a"), {"eu-west-1a", "eu-west-1c"}),
    ],
    ids=["the first two", "all", "others"],
)
def test_control_plane_is_in_zones_that_do_not_follow_those_of_the_nodes(
    stated: tuple[str, ...] | None, chosen: set[str]
) -> None:
    template = cluster_template(zones=THREE_ZONES, control_plane_availability_zones=stated)
    zones = {
        name: subnet["Properties"]["AvailabilityZone"]
        for name, subnet in template.find_resources("AWS::EC2::Subnet").items()
    }

    control_plane = properties(template, "AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"]
    nodes = properties(template, "AWS::EKS::Nodegroup")["Subnets"]

    assert {zones[subnet["Ref"]] for subnet in control_plane} == chosen
    assert {zones[subnet["Ref"]] for subnet in nodes} == set(THREE_ZONES)


def test_zone_without_a_subnet_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no subnet is in eu-west-1d, only in eu-west-1a, eu-west-1b$"):
        cluster_template(control_plane_availability_zones=("eu-west-1a", "eu-west-1d"))


@pytest.mark.parametrize(
    ("endpoint", "private", "public", "cidrs"),
    [
        (EndpointOptions(), True, False, None),
        (
            EndpointOptions(access="public_and_private", public_access_cidrs=(OFFICE,)),
            True,
            True,
            [str(OFFICE)],
        ),
        (EndpointOptions(access="public", public_access_cidrs=(OFFICE,)), False, True, [str(OFFICE)]),
        (EndpointOptions(access="public", public_access_cidrs=(WORLD,)), False, True, [str(WORLD)]),
    ],
    ids=["private", "both", "public", "public-to-all-by-request"],
)
def test_endpoint_has_three_ways_and_a_list(
    endpoint: EndpointOptions, private: bool, public: bool, cidrs: list[str] | None
) -> None:
    config = _cluster(endpoint=endpoint)["ResourcesVpcConfig"]

    assert config["EndpointPrivateAccess"] is private
    assert config["EndpointPublicAccess"] is public
    assert config.get("PublicAccessCidrs") == cidrs


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"access": "public"},
            "access is public, so public_access_cidrs must be stated; 0.0.0.0/0 if you mean everyone",
        ),
        (
            {"access": "public_and_private"},
            "access is public_and_private, so public_access_cidrs must be stated; 0.0.0.0/0 if you mean everyone",
        ),
        (
            {"access": "private", "public_access_cidrs": [OFFICE]},
            "public_access_cidrs has no effect when access is private",
        ),
        (
            {"access": "public", "public_access_cidrs": [OFFICE], "private_access_cidrs": [VPN]},
            "private_access_cidrs has no effect when access is public",
        ),
        (
            {"access": "public", "public_access_cidrs": [OFFICE, IPv4Network("203.0.113.0/24")]},
            "EKS refuses the reserved addresses 203.0.113.0/24 in public_access_cidrs",
        ),
    ],
)
def test_endpoint_without_a_fitting_list_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        cluster_template(endpoint=EndpointOptions(**wrong))


def test_private_endpoint_admits_the_ranges_asked_for_on_https_only() -> None:
    group = properties(
        cluster_template(endpoint=EndpointOptions(private_access_cidrs=(VPN,))),
        "AWS::EC2::SecurityGroup",
    )

    (rule,) = group["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == (str(VPN), 443, 443)


def test_private_endpoint_admits_no_range_by_default() -> None:
    group = properties(cluster_template(), "AWS::EC2::SecurityGroup")

    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_logs_go_to_a_group_of_ours_that_is_made_first() -> None:
    template = cluster_template(retention=RetentionOptions(log_retention_days=30))
    (group_id,) = template.find_resources("AWS::Logs::LogGroup")
    (cluster_id,) = template.find_resources("AWS::EKS::Cluster")
    group = properties(template, "AWS::Logs::LogGroup")

    assert group["LogGroupName"] == f"/aws/eks/{properties(template, 'AWS::EKS::Cluster')['Name']}/cluster"
    assert group["RetentionInDays"] == 30
    assert group["KmsKeyId"]
    assert group_id in waits_for(template, cluster_id)


@pytest.mark.parametrize(("protected", "policy"), [(True, "RetainExceptOnCreate"), (False, "Delete")])
def test_logs_outlive_a_protected_cluster_but_not_a_failed_creation(protected: bool, policy: str) -> None:
    template = cluster_template(retention=RetentionOptions(protected=protected))

    (group,) = template.find_resources("AWS::Logs::LogGroup").values()

    assert group["DeletionPolicy"] == policy


def test_cluster_role_is_assumed_by_eks_for_this_cluster_alone() -> None:
    given = role(cluster_template(), "eks.amazonaws.com")
    (statement,) = given["AssumeRolePolicyDocument"]["Statement"]

    assert flat(statement["Condition"]["ArnLike"]["aws:SourceArn"]) == (
        "arn:<AWS::Partition>:eks:eu-west-1:<AWS::AccountId>:cluster/blue"
    )
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert [flat(arn) for arn in given["ManagedPolicyArns"]] == [
        "arn:<AWS::Partition>:iam::aws:policy/AmazonEKSClusterPolicy"
    ]


@pytest.mark.parametrize(
    "policy", ["AmazonEKSClusterAdmin", "amazonEKSViewPolicy", "ViewPolicy", "AdministratorAccess"]
)
def test_access_policy_that_eks_does_not_have_is_refused(policy: str) -> None:
    with pytest.raises(ValueError, match=r"policy\n  Input should be 'AmazonEKSClusterAdminPolicy'"):
        AccessEntryOptions.model_validate({"principal_arn": "arn:aws:iam::111122223333:role/team", "policy": policy})


@pytest.mark.parametrize(
    ("namespaces", "scope"),
    [((), {"Type": "cluster"}), (("web", "batch"), {"Type": "namespace", "Namespaces": ["web", "batch"]})],
    ids=["cluster", "namespaces"],
)
def test_access_entry_reaches_as_far_as_it_says(namespaces: tuple[str, ...], scope: dict[str, Any]) -> None:
    principal = "arn:aws:iam::111122223333:role/team"
    entry = properties(
        cluster_template(
            access_entries={
                "team": AccessEntryOptions(principal_arn=principal, policy="AmazonEKSViewPolicy", namespaces=namespaces)
            }
        ),
        "AWS::EKS::AccessEntry",
    )

    assert entry["PrincipalArn"] == principal
    (policy,) = entry["AccessPolicies"]
    assert flat(policy["PolicyArn"]) == "arn:<AWS::Partition>:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    assert policy["AccessScope"] == scope


def _entry(**stated: object) -> Resource:
    options = AccessEntryOptions.model_validate({"principal_arn": "arn:aws:iam::111122223333:role/team", **stated})
    return properties(cluster_template(access_entries={"team": options}), "AWS::EKS::AccessEntry")


def test_access_entry_has_several_policies_and_groups() -> None:
    entry = _entry(
        policies=[{"policy": "AmazonEKSViewPolicy"}, {"policy": "AmazonEKSEditPolicy", "namespaces": ["web"]}],
        kubernetes_groups=["developers"],
    )

    found = {flat(each["PolicyArn"]).rpartition("/")[2]: each["AccessScope"] for each in entry["AccessPolicies"]}
    assert found == {
        "AmazonEKSViewPolicy": {"Type": "cluster"},
        "AmazonEKSEditPolicy": {"Type": "namespace", "Namespaces": ["web"]},
    }
    assert entry["KubernetesGroups"] == ["developers"]


@pytest.mark.parametrize(
    ("stated", "policies"),
    [
        ({}, ["AmazonEKSViewPolicy"]),
        ({"namespaces": ["web"]}, ["AmazonEKSViewPolicy"]),
        ({"kubernetes_groups": ["developers"]}, []),
        ({"username": "team:{{SessionName}}"}, []),
        ({"policies": [{"policy": "AmazonEKSAdminViewPolicy"}]}, ["AmazonEKSAdminViewPolicy"]),
        (
            {"policy": "AmazonEKSViewPolicy", "policies": [{"policy": "AmazonEKSEditPolicy", "namespaces": ["web"]}]},
            ["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"],
        ),
    ],
    ids=["nothing", "namespaces", "groups", "name", "others", "both"],
)
def test_entry_that_states_nothing_may_look_and_no_more(stated: dict[str, Any], policies: list[str]) -> None:
    found = _entry(**stated).get("AccessPolicies", [])

    assert [flat(each["PolicyArn"]).rpartition("/")[2] for each in found] == policies


def test_name_of_a_principal_is_that_of_the_cluster_unless_it_is_stated() -> None:
    assert _entry(username="team:{{SessionName}}")["Username"] == "team:{{SessionName}}"
    assert "Username" not in _entry()


def test_entry_of_nodes_has_its_type_and_no_policies() -> None:
    entry = _entry(type="EC2_LINUX")

    assert entry["Type"] == "EC2_LINUX"
    assert "AccessPolicies" not in entry


def test_entry_of_auto_mode_nodes_has_the_policy_by_which_they_join() -> None:
    (policy,) = _entry(type="EC2")["AccessPolicies"]

    assert flat(policy["PolicyArn"]).endswith("/AmazonEKSAutoNodePolicy")
    assert policy["AccessScope"] == {"Type": "cluster"}


def test_fewer_logs_and_extended_support_are_acknowledged_where_they_are_asked_for() -> None:
    stack, others = new_stack(), new_stack()
    define_cluster(others)
    define_cluster(stack, log_types=("audit", "api"), support_type="EXTENDED")
    cluster = properties(assertions.Template.from_stack(stack), "AWS::EKS::Cluster")

    assert [each["Type"] for each in cluster["Logging"]["ClusterLogging"]["EnabledTypes"]] == ["audit", "api"]
    assert cluster["UpgradePolicy"] == {"SupportType": "EXTENDED"}
    for rule in ("eks_cluster_logs_every_component", "eks_cluster_without_extended_support"):
        assert rule in str(acknowledged(stack))
        assert rule not in str(acknowledged(others))


def test_scaling_tier_is_there_only_if_it_is_stated() -> None:
    assert _cluster(control_plane_scaling_tier="tier-xl")["ControlPlaneScalingConfig"] == {"Tier": "tier-xl"}
    assert "ControlPlaneScalingConfig" not in _cluster()


COMPONENTS = ("KubeApiServerConfig", "KubeSchedulerConfig", "KubeControllerManagerConfig")


@pytest.mark.parametrize(
    ("options", "stated"),
    [
        ({}, {}),
        ({"kube_api_server": KubeApiServerOptions(), "kube_controller_manager": KubeControllerManagerOptions()}, {}),
        (
            {"kube_api_server": KubeApiServerOptions(event_ttl_minutes=60)},
            {"KubeApiServerConfig": {"EventTtl": "60m"}},
        ),
        (
            {
                "kube_api_server": KubeApiServerOptions(
                    service_node_port_range=NodePortRangeOptions(min_port=30000, max_port=31000)
                )
            },
            {"KubeApiServerConfig": {"ServiceNodePortRange": {"MinPort": 30000, "MaxPort": 31000}}},
        ),
        (
            {"kube_scheduler": KubeSchedulerOptions()},
            {"KubeSchedulerConfig": {"NodeResourcesFit": {"ScoringStrategy": {"Type": "LeastAllocated"}}}},
        ),
        (
            {
                "kube_scheduler": KubeSchedulerOptions(
                    scoring_strategy="MostAllocated", resource_weights={"nvidia.com/gpu": 5, "cpu": 1}
                )
            },
            {
                "KubeSchedulerConfig": {
                    "NodeResourcesFit": {
                        "ScoringStrategy": {
                            "Type": "MostAllocated",
                            "Resources": [{"Name": "nvidia.com/gpu", "Weight": 5}, {"Name": "cpu", "Weight": 1}],
                        }
                    }
                }
            },
        ),
        (
            {
                "kube_controller_manager": KubeControllerManagerOptions(
                    horizontal_pod_autoscaler_sync_period_seconds=15, terminated_pod_gc_threshold=1000
                )
            },
            {
                "KubeControllerManagerConfig": {
                    "HorizontalPodAutoscalerControllerConfig": {"HorizontalPodAutoscalerSyncPeriod": "15s"},
                    "PodGcControllerConfig": {"TerminatedPodGcThreshold": 1000},
                }
            },
        ),
    ],
    ids=["nothing", "empty", "the default", "ports", "strategy", "weights", "controller manager"],
)
def test_of_the_components_the_template_has_what_is_stated(options: dict[str, object], stated: Resource) -> None:
    # Amazon EKS keeps a value that it is not told, so that a default must be stated to return to it.
    cluster = _cluster(**options)

    assert {name: cluster[name] for name in COMPONENTS if name in cluster} == stated


def test_egress_is_routed_by_the_vpc_only_if_it_is_stated() -> None:
    assert "ControlPlaneEgressMode" not in _cluster()["ResourcesVpcConfig"]

    network = _cluster(control_plane_egress_mode="CUSTOMER_ROUTED")["ResourcesVpcConfig"]

    assert network["ControlPlaneEgressMode"] == "CUSTOMER_ROUTED"
    assert network["EndpointPrivateAccess"] is True
    assert len(network["SubnetIds"]) == 2


def test_timeout_of_a_rollback_is_there_only_if_it_is_stated() -> None:
    assert _cluster(rollback_timeout_minutes=720)["RollbackConfig"] == {"TimeoutMinutes": 720}
    assert "RollbackConfig" not in _cluster()


def test_secrets_can_have_a_key_of_their_own() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Secrets", "arn:aws:kms:eu-west-1:111122223333:key/0123")
    template = cluster_template(stack, secrets_key=key)

    (encryption,) = properties(template, "AWS::EKS::Cluster")["EncryptionConfig"]
    assert encryption["Provider"]["KeyArn"] == "arn:aws:kms:eu-west-1:111122223333:key/0123"
    assert flat(properties(template, "AWS::Logs::LogGroup")["KmsKeyId"]).startswith("<Key")


def test_pods_have_ipv4_addresses_unless_told_otherwise() -> None:
    assert _cluster()["KubernetesNetworkConfig"]["IpFamily"] == "ipv4"
    assert _cluster(ip_family="ipv6")["KubernetesNetworkConfig"]["IpFamily"] == "ipv6"


def test_control_plane_has_further_security_groups_beside_that_of_the_endpoint() -> None:
    groups = ("sg-0123456789abcdef0",)
    first, *others = _cluster(control_plane_security_group_ids=groups)["ResourcesVpcConfig"]["SecurityGroupIds"]

    assert "SecurityGroup" in first["Fn::GetAtt"][0]
    assert others == list(groups)
