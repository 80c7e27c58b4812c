"""What may go wrong with the network, in a security group, in a log group or in a key."""

from __future__ import annotations

from tests.support.defects.defect import WORLD, Change, Defect, admit, append, only, put, put_beside, without
from tests.support.synthesis import Template


def _to_the_internet_gateway(template: Template) -> None:
    route = only(template, "AWS::EC2::Route", "Private")["Properties"]
    del route["NatGatewayId"]
    route["GatewayId"] = only(template, "AWS::EC2::Route", "Public")["Properties"]["GatewayId"]


def _open_ingress(port: int) -> Change:
    def change(template: Template) -> None:
        ingress = only(template, "AWS::EC2::SecurityGroupIngress")["Properties"]
        del ingress["SourceSecurityGroupId"]
        ingress |= {"CidrIp": WORLD, "FromPort": port, "ToPort": port}

    return change


NETWORK = (
    Defect(
        name="flow logs off",
        stack="sandbox-network",
        change=without("AWS::EC2::FlowLog"),
        named_by=(
            "AwsSolutions-VPC7",
            "NIST.800.53.R5-VPCFlowLogsEnabled",
        ),
    ),
    Defect(
        name="flow logs of refused traffic only",
        stack="sandbox-network",
        change=put("AWS::EC2::FlowLog", "TrafficType", "REJECT"),
        named_by=("ec2_flow_logs_have_all_traffic",),
    ),
    Defect(
        name="public addresses unasked",
        stack="sandbox-network",
        change=put("AWS::EC2::Subnet", "MapPublicIpOnLaunch", True, having="Public"),
        named_by=(
            "ec2_nothing_gets_a_public_address_unasked",
            "subnet_auto_assign_public_ip_disabled_check",
            "NIST.800.53.R5-VPCSubnetAutoAssignPublicIpDisabled",
        ),
    ),
    Defect(
        name="private subnet with a way from the internet",
        stack="sandbox-network",
        change=_to_the_internet_gateway,
        named_by=("NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",),
    ),
    Defect(
        name="default security group stays open",
        stack="sandbox-network",
        change=without("AWS::SSM::Association"),
        named_by=("ec2_default_security_group_is_closed",),
    ),
    Defect(
        name="network that is complete before its default security group is closed",
        stack="sandbox-network",
        change=put("AWS::SSM::Association", "WaitForSuccessTimeoutSeconds", None),
        named_by=("ec2_stack_waits_for_the_closed_default_security_group",),
    ),
    Defect(
        name="VPC without host names",
        stack="sandbox-network",
        change=put("AWS::EC2::VPC", "EnableDnsHostnames", False),
        named_by=("ec2_vpc_resolves_names",),
    ),
    Defect(
        name="subnet outside of its VPC",
        stack="sandbox-network",
        change=put("AWS::EC2::Subnet", "CidrBlock", "192.168.0.0/24", having="Public"),
        named_by=(
            "E3059",
            "E3059",
        ),
    ),
    Defect(
        name="subnets that overlap",
        stack="sandbox-network",
        change=put("AWS::EC2::Subnet", "CidrBlock", "10.0.1.0/24", having="PublicSubnet1"),
        named_by=(
            "E3060",
            "E3060",
        ),
    ),
    Defect(
        name="zone of a synthesis without a Region",
        stack="sandbox-network",
        change=put("AWS::EC2::Subnet", "AvailabilityZone", "dummy1a", having="PublicSubnet1"),
        named_by=("ec2_zone_is_one_of_aws",),
    ),
    Defect(
        name="interface endpoint under a name of its own",
        stack="production-network",
        change=put("AWS::EC2::VPCEndpoint", "PrivateDnsEnabled", False, having="Ecr"),
        named_by=("ec2_interface_endpoint_takes_the_name_of_its_service",),
    ),
    Defect(
        name="interface endpoint for principals of every account",
        stack="production-network",
        change=put("AWS::EC2::VPCEndpoint", "PolicyDocument", None, having="Ecr"),
        named_by=("ec2_interface_endpoint_is_for_known_accounts",),
    ),
    Defect(
        name="interface endpoint for the world",
        stack="production-network",
        change=put("AWS::EC2::SecurityGroup", "SecurityGroupIngress.0.CidrIp", WORLD, having="Endpoint"),
        named_by=("AwsSolutions-EC23",),
    ),
)

SECURITY_GROUPS = (
    Defect(
        name="tasks that reach every port of the internet",
        stack="production-ecs-service-hello-fargate",
        change=append("AWS::EC2::SecurityGroup", "SecurityGroupEgress", {"IpProtocol": "-1", "CidrIp": WORLD}),
        named_by=("ec2_egress_to_the_world_is_https",),
    ),
    Defect(
        name="hosts with the egress of EC2's default",
        stack="sandbox-ecs-cluster",
        change=put("AWS::EC2::SecurityGroup", "SecurityGroupEgress", None, having="Capacity"),
        named_by=("ec2_egress_to_the_world_is_https",),
    ),
    Defect(
        name="open SSH",
        stack="sandbox-ecs-cluster",
        change=admit(22, having="Capacity"),
        named_by=(
            "W2508",
            "ec2_world_reaches_web_ports_only",
            "vpc_sg_open_only_to_authorized_ports_check",
            "vpc_sg_restricted_common_ports_check",
            "AwsSolutions-EC23",
            "NIST.800.53.R5-EC2RestrictedSSH",
            "CKV_AWS_24",
        ),
    ),
    Defect(
        name="open SSH by a rule that stands alone",
        stack="sandbox-ecs-service-hello-host",
        change=_open_ingress(22),
        named_by=(
            "W2508",
            "ec2_world_reaches_web_ports_only_by_rule",
            "vpc_sg_open_only_to_authorized_ports_check",
            "vpc_sg_restricted_common_ports_check",
            "AwsSolutions-EC23",
            "NIST.800.53.R5-EC2RestrictedSSH",
            "CKV_AWS_24",
        ),
    ),
    Defect(
        name="all ports open",
        stack="sandbox-ecs-cluster",
        change=admit(0, 65535, having="Capacity"),
        named_by=(
            "W2508",
            "ec2_world_reaches_web_ports_only",
            "vpc_sg_open_only_to_authorized_ports_check",
            "vpc_sg_restricted_common_ports_check",
            "AwsSolutions-EC23",
            "NIST.800.53.R5-EC2RestrictedCommonPorts",
            "NIST.800.53.R5-EC2RestrictedSSH",
            "CKV_AWS_24",
            "CKV_AWS_25",
        ),
    ),
    Defect(
        name="all protocols open",
        stack="sandbox-ecs-cluster",
        change=append(
            "AWS::EC2::SecurityGroup",
            "SecurityGroupIngress",
            {"IpProtocol": "-1", "CidrIp": WORLD, "Description": "A mistake"},
            having="Capacity",
        ),
        named_by=(
            "W2508",
            "ec2_world_reaches_web_ports_only",
            "vpc_sg_open_only_to_authorized_ports_check",
            "vpc_sg_restricted_common_ports_check",
            "AwsSolutions-EC23",
            "NIST.800.53.R5-EC2RestrictedCommonPorts",
            "NIST.800.53.R5-EC2RestrictedSSH",
        ),
    ),
    Defect(
        name="load balancer that reaches everything",
        stack="sandbox-ecs-cluster",
        change=put(
            "AWS::EC2::SecurityGroup",
            "SecurityGroupEgress",
            [{"IpProtocol": "-1", "CidrIp": WORLD, "Description": "Everything"}],
            having="LoadBalancer",
        ),
        named_by=("elb_reaches_targets_only",),
    ),
    Defect(
        name="port range upside down",
        stack="sandbox-ecs-cluster",
        change=admit(443, 80, having="LoadBalancer", CidrIp="203.0.113.0/24"),
        named_by=("E9002",),
    ),
)

LOGS_AND_KEYS = (
    Defect(
        name="log group without a retention",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::Logs::LogGroup", "RetentionInDays", None),
        named_by=(
            "logs_group_has_a_retention",
            "NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod",
            "CKV_AWS_66",
        ),
    ),
    Defect(
        name="log group without a key",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::Logs::LogGroup", "KmsKeyId", None),
        named_by=(
            "logs_group_has_a_key",
            "NIST.800.53.R5-CloudWatchLogGroupEncrypted",
            "CKV_AWS_158",
        ),
    ),
    Defect(
        name="log group without a removal policy",
        stack="sandbox-ecs-service-hello-host",
        change=put_beside("AWS::Logs::LogGroup", "DeletionPolicy", None),
        named_by=("cloudformation_fate_of_data_is_stated",),
    ),
    Defect(
        name="kept logs are lost when replaced",
        stack="production-ecs-service-hello-host",
        change=put_beside("AWS::Logs::LogGroup", "UpdateReplacePolicy", "Delete"),
        named_by=("cloudformation_data_of_a_stack_shares_one_fate",),
    ),
    Defect(
        name="key without rotation",
        stack="ecs-only-registry",
        change=put("AWS::KMS::Key", "EnableKeyRotation", False),
        named_by=(
            "kms_key_rotates",
            "kms_key_rotation_enabled_check",
            "AwsSolutions-KMS5",
            "NIST.800.53.R5-KMSBackingKeyRotationEnabled",
            "CKV_AWS_7",
        ),
    ),
    Defect(
        name="key for everyone",
        stack="ecs-only-registry",
        change=put("AWS::KMS::Key", "KeyPolicy.Statement.0.Principal", {"AWS": "*"}),
        named_by=(
            "kms_key_is_for_this_account",
            "CKV_AWS_33",
        ),
    ),
    Defect(
        name="key for every account that comes through EC2",
        stack="eks-fargate-eks-cluster",
        change=put("AWS::KMS::Key", "KeyPolicy.Statement.2.Condition", None),
        named_by=("kms_key_is_for_this_account",),
    ),
    Defect(
        name="grants by everybody who comes through EC2",
        stack="eks-fargate-eks-cluster",
        change=put("AWS::KMS::Key", "KeyPolicy.Statement.3.Condition.Bool", None),
        named_by=("kms_grants_to_everybody_are_for_aws_services",),
    ),
    Defect(
        name="key whose grants anybody of the account creates",
        stack="sandbox-network",
        change=put("AWS::KMS::Key", "KeyPolicy.Statement.2", None),
        named_by=("kms_create_grant_aws_service_check",),
    ),
    Defect(
        name="production key deleted with its stack",
        stack="ecs-only-registry",
        change=put_beside("AWS::KMS::Key", "DeletionPolicy", "Delete"),
        named_by=("cloudformation_data_of_a_stack_shares_one_fate",),
    ),
)
