"""What may go wrong with self-managed nodes, nodes on premises and on an Outpost, EKS Auto Mode, and Karpenter."""

from __future__ import annotations

from typing import Any

from tests.support.defects.defect import Change, Defect, only, put
from tests.support.synthesis import Template

_CLUSTER = "AWS::EKS::Cluster"
_LAUNCH = "AWS::EC2::LaunchTemplate"
_GROUP = "AWS::AutoScaling::AutoScalingGroup"
_ENTRY = "AWS::EKS::AccessEntry"
_DATA = "LaunchTemplateData"
_DISTRIBUTION = "MixedInstancesPolicy.InstancesDistribution"
_SELF_MANAGED = "self-managed-eks-cluster"
_EDGE = "edge-eks-cluster"
_OUTPOST = "outpost-eks-cluster"
_AUTO_MODE = "eks-auto-mode-eks-cluster"
_KARPENTER = "eks-karpenter-eks-cluster"


def _user_data(old: str, new: str, *, having: str = "") -> Change:
    """Other text in the user data of a launch template, which stands in it once."""

    def change(template: Template) -> None:
        data = only(template, _LAUNCH, having)["Properties"][_DATA]["UserData"]["Fn::Base64"]["Fn::Join"][1]
        (place,) = [place for place, part in enumerate(data) if isinstance(part, str) and old in part]
        data[place] = data[place].replace(old, new)

    return change


def _statement(template: Template, sid: str) -> dict[str, Any]:
    (found,) = [
        statement
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if statement.get("Sid") == sid
    ]
    return found  # type: ignore[no-any-return]


def _unconditional(sid: str) -> Change:
    """A statement without its conditions."""

    def change(template: Template) -> None:
        del _statement(template, sid)["Condition"]

    return change


def _public_subnets(template: Template) -> None:
    exported = "self-managed-network:ExportsOutputRefNetworkVpcPublicSubnet"
    only(template, _GROUP, "general")["Properties"]["VPCZoneIdentifier"] = [
        {"Fn::ImportValue": f"{exported}1Subnet369331398DA89175"},
        {"Fn::ImportValue": f"{exported}2SubnetC427CCE01613D7DF"},
        {"Fn::ImportValue": f"{exported}3Subnet4BBF7F472DF4B2D9"},
    ]


def _deaf_to_spot(template: Template) -> None:
    rule = only(template, "AWS::Events::Rule", "SpotInterruption")["Properties"]
    rule["State"] = "DISABLED"


SELF_MANAGED = (
    Defect(
        name="self-managed nodes that nobody admits",
        stack=_SELF_MANAGED,
        change=put(_ENTRY, "PrincipalArn", "arn:aws:iam::111122223333:role/nodes", having="NodesgeneralAccess"),
        named_by=("self_managed_nodes_are_admitted",),
    ),
    Defect(
        name="self-managed nodes in public subnets",
        stack=_SELF_MANAGED,
        change=_public_subnets,
        named_by=("ec2_hosts_are_in_private_subnets",),
    ),
    Defect(
        name="maximum price of Spot Instances that nobody asked for",
        stack=_SELF_MANAGED,
        change=put(_GROUP, f"{_DISTRIBUTION}.SpotMaxPrice", "0.01", having="general"),
        named_by=("autoscaling_spot_instances_are_interrupted_seldom",),
    ),
    Defect(
        name="volume of nodes with a key of another Region",
        stack=_SELF_MANAGED,
        change=put(
            _LAUNCH,
            f"{_DATA}.BlockDeviceMappings.0.Ebs.KmsKeyId",
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            having="general",
        ),
        named_by=("key_of_a_volume_is_of_its_region",),
    ),
    Defect(
        name="commands before the start that are no script",
        stack=_SELF_MANAGED,
        change=_user_data(
            "--BOUNDARY--\n",
            '--BOUNDARY\nContent-Type: text/x-shellscript; charset="us-ascii"\n\necho ready\n\n--BOUNDARY--\n',
            having="general",
        ),
        named_by=("parts_of_user_data_are_read",),
    ),
)

BEYOND_THE_REGION = (
    Defect(
        name="local cluster with access entries",
        stack=_OUTPOST,
        change=put(_CLUSTER, "AccessConfig.AuthenticationMode", "API_AND_CONFIG_MAP"),
        named_by=("local_cluster_has_what_an_outpost_has",),
    ),
    Defect(
        name="nodes of a local cluster that ask the Region for it",
        stack=_OUTPOST,
        change=_user_data("    enableOutpost: true\n", ""),
        named_by=("nodes_of_a_local_cluster_can_join",),
    ),
    Defect(
        name="networks on premises that the control plane does not let in",
        stack=_EDGE,
        change=put("AWS::EC2::SecurityGroup", "SecurityGroupIngress.0", None),
        named_by=("remote_networks_are_admitted",),
    ),
    Defect(
        name="machine on premises that ends any registration",
        stack=_EDGE,
        change=_unconditional("Uninstall"),
        named_by=("hybrid_nodes_end_registrations_of_their_cluster_only",),
    ),
)

STARTED_BY_THE_CLUSTER = (
    Defect(
        name="Auto Mode without block storage",
        stack=_AUTO_MODE,
        change=put(_CLUSTER, "StorageConfig.BlockStorage.Enabled", False),
        named_by=("auto_mode_is_on_or_off_as_a_whole",),
    ),
    Defect(
        name="Karpenter that does not hear of Spot interruptions",
        stack=_KARPENTER,
        change=_deaf_to_spot,
        named_by=("interruption_queue_hears_of_every_interruption",),
    ),
)

EKS_NODES = (*SELF_MANAGED, *BEYOND_THE_REGION, *STARTED_BY_THE_CLUSTER)
