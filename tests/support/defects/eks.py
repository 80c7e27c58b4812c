"""What may go wrong with an EKS cluster, its nodes and what enters it."""

from __future__ import annotations

from tests.support.defects.defect import Defect, admit, only, put
from tests.support.synthesis import Template

_CLUSTER = "AWS::EKS::Cluster"
_NODES = "AWS::EKS::Nodegroup"
_LAUNCH = "AWS::EC2::LaunchTemplate"
_DATA = "LaunchTemplateData"
_SMALL = "eks-fargate-eks-cluster"
_WITH_NODES = "sandbox-eks-cluster"
_PRODUCTION = "production-eks-cluster"
_KARPENTER = "eks-karpenter-eks-cluster"
_SELF_MANAGED = "self-managed-eks-cluster"


def _fargate_in_public_subnets(template: Template) -> None:
    only(template, "AWS::EKS::FargateProfile")["Properties"]["Subnets"] = [
        {"Fn::ImportValue": "eks-fargate-network:ExportsOutputRefNetworkVpcPublicSubnet1Subnet369331398DA89175"},
        {"Fn::ImportValue": "eks-fargate-network:ExportsOutputRefNetworkVpcPublicSubnet2SubnetC427CCE01613D7DF"},
    ]


def _end_any_instance(template: Template) -> None:
    policy = only(template, "AWS::IAM::ManagedPolicy", "NodeLifecyclePolicy")["Properties"]["PolicyDocument"]
    (statement,) = [each for each in policy["Statement"] if "ec2:TerminateInstances" in each["Action"]]
    del statement["Condition"]
    statement["Resource"] = "*"


EKS = (
    Defect(
        name="public endpoint",
        stack=_SMALL,
        change=put(_CLUSTER, "ResourcesVpcConfig.EndpointPublicAccess", True),
        named_by=(
            "eks_public_endpoint_has_an_allow_list",
            "eks_endpoint_no_public_access_check",
        ),
    ),
    Defect(
        name="no private endpoint",
        stack=_SMALL,
        change=put(_CLUSTER, "ResourcesVpcConfig.EndpointPrivateAccess", False),
        named_by=(
            "eks_cluster_has_a_private_endpoint",
            "eks_endpoint_no_public_access_check",
            "pf-eks-cluster-endpoint-both-disabled",
        ),
    ),
    Defect(
        name="control plane open to the world",
        stack=_SMALL,
        change=admit(443, having="ControlPlane"),
        named_by=("AwsSolutions-EC23",),
    ),
    Defect(
        name="no audit log",
        stack=_SMALL,
        change=put(_CLUSTER, "Logging.ClusterLogging.EnabledTypes.1", None),
        named_by=("eks_cluster_logs_every_component",),
    ),
    Defect(
        name="secrets without a customer managed key",
        stack=_SMALL,
        change=put(_CLUSTER, "EncryptionConfig", None),
        named_by=(
            "eks_cluster_encrypts_secrets",
            "eks_secrets_encrypted_check",
            "CKV_AWS_58",
        ),
    ),
    Defect(
        name="access by ConfigMap",
        stack=_SMALL,
        change=put(_CLUSTER, "AccessConfig.AuthenticationMode", "API_AND_CONFIG_MAP"),
        named_by=("eks_cluster_authenticates_by_access_entries",),
    ),
    Defect(
        name="creator is administrator",
        stack=_SMALL,
        change=put(_CLUSTER, "AccessConfig.BootstrapClusterCreatorAdminPermissions", True),
        named_by=("eks_cluster_creator_is_no_administrator",),
    ),
    Defect(
        name="Kubernetes out of support",
        stack=_SMALL,
        change=put(_CLUSTER, "Version", "1.29"),
        named_by=(
            "eks_version_is_stated_and_supported",
            "pf-eks-cluster-version-unsupported",
        ),
    ),
    Defect(
        name="extended support",
        stack=_SMALL,
        change=put(_CLUSTER, "UpgradePolicy.SupportType", "EXTENDED"),
        named_by=("eks_cluster_without_extended_support",),
    ),
    Defect(
        name="no deletion protection of the cluster",
        stack=_PRODUCTION,
        change=put(_CLUSTER, "DeletionProtection", False),
        named_by=("cloudformation_what_keeps_data_is_protected",),
    ),
    Defect(
        name="Fargate pods in public subnets",
        stack=_SMALL,
        change=_fargate_in_public_subnets,
        named_by=("ec2_nodes_and_pods_are_in_private_subnets",),
    ),
    Defect(
        name="node repair that nobody asked for",
        stack=_WITH_NODES,
        change=put(_NODES, "NodeRepairConfig", None),
        named_by=("eks_node_group_repairs_its_nodes",),
    ),
    Defect(
        name="node repair turned off",
        stack=_PRODUCTION,
        change=put(_NODES, "NodeRepairConfig.Enabled", False),
        named_by=("eks_node_group_repairs_its_nodes",),
    ),
    Defect(
        name="add-on of any version",
        stack=_SMALL,
        change=put("AWS::EKS::Addon", "AddonVersion", None),
        named_by=("eks_add_on_version_is_stated_like_the_others",),
    ),
    Defect(
        name="access entry for everyone",
        stack=_PRODUCTION,
        change=put("AWS::EKS::AccessEntry", "PrincipalArn", "*"),
        named_by=("eks_access_entry_names_somebody",),
    ),
    Defect(
        name="access entry with a name of Kubernetes",
        stack=_PRODUCTION,
        change=put("AWS::EKS::AccessEntry", "Username", "system:kube-scheduler"),
        named_by=("eks_access_entry_names_somebody",),
    ),
    Defect(
        name="nodes without a launch template",
        stack=_WITH_NODES,
        change=put(_NODES, "LaunchTemplate", None),
        named_by=("eks_node_group_has_a_launch_template",),
    ),
    Defect(
        name="nodes open to SSH",
        stack=_WITH_NODES,
        change=put(_NODES, "RemoteAccess", {"Ec2SshKey": "of-a-colleague"}),
        named_by=(
            "eks_nodes_have_no_ssh_key",
            "CKV_AWS_100",
            "pf-eks-nodegroup-lt-forbids-remote-access",
        ),
    ),
    Defect(
        name="nodes on Amazon Linux 2",
        stack=_WITH_NODES,
        change=put(_NODES, "AmiType", "AL2_ARM_64"),
        named_by=("eks_nodes_run_a_supported_system",),
    ),
    Defect(
        name="nodes updated by force",
        stack=_WITH_NODES,
        change=put(_NODES, "ForceUpdateEnabled", True),
        named_by=("eks_update_respects_disruption_budgets",),
    ),
    Defect(
        name="more nodes at least than at most",
        stack=_WITH_NODES,
        change=put(_NODES, "ScalingConfig.MinSize", 99),
        named_by=(
            "eks_node_group_grows_from_least_to_most",
            "pf-eks-nodegroup-scaling-min-le-desired",
        ),
    ),
    Defect(
        name="IMDSv1 on nodes",
        stack=_WITH_NODES,
        change=put(_LAUNCH, f"{_DATA}.MetadataOptions.HttpTokens", "optional"),
        named_by=(
            "ec2_instance_metadata_asks_for_a_token",
            "ec2_launch_template_imdsv2_check",
            "CKV_AWS_79",
        ),
    ),
    Defect(
        name="interruption queue in plain text",
        stack=_KARPENTER,
        change=put("AWS::SQS::Queue", "SqsManagedSseEnabled", False),
        named_by=("AwsSolutions-SQS2",),
    ),
    Defect(
        name="Karpenter ends any instance",
        stack=_KARPENTER,
        change=_end_any_instance,
        named_by=("AwsSolutions-IAM5[Resource::*]", "CKV_AWS_111"),
    ),
    Defect(
        name="self-managed nodes answer metadata requests without a token",
        stack=_SELF_MANAGED,
        change=put(_LAUNCH, f"{_DATA}.MetadataOptions.HttpTokens", "optional", having="general"),
        named_by=("ec2_instance_metadata_asks_for_a_token", "ec2_launch_template_imdsv2_check", "CKV_AWS_79"),
    ),
    Defect(
        name="pods of self-managed nodes reach metadata",
        stack=_SELF_MANAGED,
        change=put(_LAUNCH, f"{_DATA}.MetadataOptions.HttpPutResponseHopLimit", 2, having="batch"),
        named_by=("ec2_launch_template_token_hop_limit_check",),
    ),
    Defect(
        name="plain volume of self-managed nodes",
        stack=_SELF_MANAGED,
        change=put(_LAUNCH, f"{_DATA}.BlockDeviceMappings.0.Ebs.Encrypted", False, having="windows"),
        named_by=("ec2_volumes_are_encrypted", "ec2_launch_template_encrypted_volumes_check"),
    ),
)
