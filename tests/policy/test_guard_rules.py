"""Our own Guard rules in `policy/`: each refuses what it is for, and accepts the nearest that is right."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from policy import guard
from tests.support.synthesis import GUARD_RULES, REGION, new_app, validate

Properties = dict[str, Any]
Resource = dict[str, Any]

ALL_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ANYWHERE = "0.0.0.0/0"
SPARING = {"ManagedTerminationProtection": "ENABLED"}
DESYNC = "routing.http.desync_mitigation_mode"
DROP = "routing.http.drop_invalid_header_fields.enabled"


def cluster(**properties: object) -> Resource:
    return {"Type": "AWS::EKS::Cluster", "Properties": properties}


def logging(*components: str) -> Resource:
    return cluster(Logging={"ClusterLogging": {"EnabledTypes": [{"Type": component} for component in components]}})


def endpoint(**properties: object) -> Resource:
    return cluster(ResourcesVpcConfig=properties)


def encryption(*resources: str) -> Resource:
    return cluster(EncryptionConfig=[{"Resources": list(resources), "Provider": {"KeyArn": "arn"}}])


def node_group(**properties: object) -> Resource:
    return {"Type": "AWS::EKS::Nodegroup", "Properties": properties}


def service(**properties: object) -> Resource:
    return {"Type": "AWS::ECS::Service", "Properties": properties}


def circuit_breaker(*, enable: bool, rollback: bool) -> Resource:
    return service(DeploymentConfiguration={"DeploymentCircuitBreaker": {"Enable": enable, "Rollback": rollback}})


def public_ip(assign: str) -> Resource:
    return service(NetworkConfiguration={"AwsvpcConfiguration": {"AssignPublicIp": assign, "Subnets": ["subnet-1"]}})


def insights(value: str) -> Resource:
    return {
        "Type": "AWS::ECS::Cluster",
        "Properties": {"ClusterSettings": [{"Name": "containerInsights", "Value": value}]},
    }


def task(*containers: Properties) -> Resource:
    return {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": list(containers)}}


def in_our_registry(image: str) -> Properties:
    return {"Fn::Join": ["", ["111122223333.dkr.ecr.eu-west-1.", {"Ref": "AWS::URLSuffix"}, image]]}


def load_balancer(**attributes: str) -> Resource:
    listed = [{"Key": key, "Value": value} for key, value in attributes.items()]
    return {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "60"}, *listed]},
    }


def listener(protocol: str, action: Properties, **properties: object) -> Resource:
    return {
        "Type": "AWS::ElasticLoadBalancingV2::Listener",
        "Properties": {"Protocol": protocol, "DefaultActions": [action], **properties},
    }


def redirect(protocol: str) -> Properties:
    return {"Type": "redirect", "RedirectConfig": {"Protocol": protocol, "StatusCode": "HTTP_301"}}


NOT_FOUND = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def tls(policy: str) -> Resource:
    return listener("HTTPS", NOT_FOUND, SslPolicy=policy)


def target_group(**properties: object) -> Resource:
    return {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": properties}


def log_group(**properties: object) -> Resource:
    return {"Type": "AWS::Logs::LogGroup", "Properties": properties}


def key(**properties: object) -> Resource:
    return {"Type": "AWS::KMS::Key", "Properties": properties}


def repository(**properties: object) -> Resource:
    return {"Type": "AWS::ECR::Repository", "Properties": properties}


def creation_template(mutability: str) -> Resource:
    return {"Type": "AWS::ECR::RepositoryCreationTemplate", "Properties": {"ImageTagMutability": mutability}}


def admitted(port: int, last: int | None = None, **source: str) -> Properties:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": last or port, **source}


def security_group(*ingress: Properties) -> Resource:
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": list(ingress)}}


def ingress_rule(ingress: Properties) -> Resource:
    return {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": ingress}


def fate(resource_type: str, *attributes: str) -> Resource:
    return {"Type": resource_type, "Properties": {}, **dict.fromkeys(attributes, "Delete")}


def host_task(**properties: object) -> Resource:
    return {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}


def variables(*names: str) -> list[Properties]:
    return [{"Name": name, "Value": "text"} for name in names]


def capacity_provider(**properties: object) -> Resource:
    return {"Type": "AWS::ECS::CapacityProvider", "Properties": {"AutoScalingGroupProvider": properties}}


def launch_template(**data: object) -> Resource:
    return {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}}


def volume(*, encrypted: bool) -> Properties:
    return {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": encrypted}}


def subnet(**properties: object) -> Resource:
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


def scaling_group(*, types: int, zones: int) -> Resource:
    overrides = [{"InstanceType": f"m{number}.large"} for number in range(types)]
    return {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {
            "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": overrides}},
            "VPCZoneIdentifier": [f"subnet-{number}" for number in range(zones)],
        },
    }


def policy(resource_type: str, *statements: Properties) -> Resource:
    return {"Type": resource_type, "Properties": {"PolicyDocument": {"Statement": list(statements)}}}


def key_for(principal: object, **conditions: object) -> Resource:
    return key(KeyPolicy={"Statement": [{"Principal": principal, "Condition": {"StringEquals": conditions}}]})


def role_for(principal: object, **conditions: object) -> Resource:
    statement = {"Principal": principal, **({"Condition": conditions} if conditions else {})}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [statement]}}}


def exec_sessions(**configuration: object) -> Resource:
    return {
        "Type": "AWS::ECS::Cluster",
        "Properties": {"Configuration": {"ExecuteCommandConfiguration": {**RECORDED, **configuration}}},
    }


def capabilities(**properties: object) -> Resource:
    return task({"LinuxParameters": {"Capabilities": properties}})


def flow_log(traffic: str) -> Resource:
    return {"Type": "AWS::EC2::FlowLog", "Properties": {"TrafficType": traffic}}


def vpc(*, host_names: bool, name_server: bool) -> Resource:
    return {
        "Type": "AWS::EC2::VPC",
        "Properties": {"EnableDnsHostnames": host_names, "EnableDnsSupport": name_server},
    }


def vpc_endpoint(kind: str, *, private_dns: bool) -> Resource:
    return {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {"VpcEndpointType": kind, "PrivateDnsEnabled": private_dns},
    }


def imported(group: str) -> list[Properties]:
    return [{"Fn::ImportValue": f"dev-network:ExportsOutputRefNetworkVpc{group}Subnet1Subnet1"}]


def service_in(group: str) -> Resource:
    return service(NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": imported(group)}})


def hosts_in(group: str) -> Resource:
    return {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"VPCZoneIdentifier": imported(group)}}


def cached(**properties: object) -> Resource:
    return {"Type": "AWS::ECR::RepositoryCreationTemplate", "Properties": properties}


def upstream(url: str) -> Resource:
    return {"Type": "AWS::ECR::PullThroughCacheRule", "Properties": {"UpstreamRegistryUrl": url}}


def web_acl(**rule: object) -> Resource:
    return {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [rule]}}


def waf_log(*redacted: str) -> Resource:
    fields = [{"SingleHeader": {"Name": name}} for name in redacted]
    return {"Type": "AWS::WAFv2::LoggingConfiguration", "Properties": {"RedactedFields": fields}}


def access_entry(principal: str, *groups: str) -> Resource:
    return {
        "Type": "AWS::EKS::AccessEntry",
        "Properties": {"PrincipalArn": principal, "KubernetesGroups": list(groups)},
    }


def add_on(**properties: object) -> Resource:
    return {"Type": "AWS::EKS::Addon", "Properties": properties}


def scalable_target(least: int, most: int) -> Resource:
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {"MinCapacity": least, "MaxCapacity": most},
    }


def behind(port: int) -> Resource:
    return service(LoadBalancers=[{"ContainerPort": port}])


def listening(port: int) -> Resource:
    return task({"PortMappings": [{"ContainerPort": port}]}, {"Name": "sidecar"})


def let_out(*egress: Properties) -> Resource:
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupEgress": list(egress)}}


def keeping(**resource: object) -> Resource:
    return {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain", **resource}


RECORDED = {"Logging": "OVERRIDE", "KmsKeyId": "key", "LogConfiguration": {"CloudWatchEncryptionEnabled": True}}
ROLES = {"ExecutionRoleArn": "arn", "TaskRoleArn": "arn"}
MANAGED: Properties = {"ManagedRuleGroupStatement": {}}
LIMITED: Properties = {"RateBasedStatement": {}}
TEAM = "arn:aws:iam::111122223333:role/team"
OF_A_SERVICE = {"Service": "ecs-tasks.amazonaws.com"}
OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
IF_SENT = {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}
ONLY_TLS = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
OPEN = {"Effect": "Allow", "Principal": "*"}
GUARDED = {"Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
ALARMS = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}}
MANAGED_POLICY, TOPIC_POLICY, BUCKET_POLICY = (
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::S3::BucketPolicy",
)
BALANCER = {
    "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "Properties": {"SecurityGroups": [{"Fn::GetAtt": ["Group", "GroupId"]}]},
}
RUNBOOK = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
ACCESS = {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False}
PINNED = {"Id": "lt-1", "Version": "3"}
DIGEST = "@sha256:" + "0123456789abcdef" * 4
LOGGED = {"LogConfiguration": {"LogDriver": "awslogs"}}
BOTH_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")

# rule -> (refused, accepted) pairs
PAIRS: dict[str, list[tuple[Resource, Resource]]] = {
    "eks_cluster_logs_every_component": [
        *((logging(*(log for log in ALL_LOGS if log != left_out)), logging(*ALL_LOGS)) for left_out in ALL_LOGS),
        (cluster(), logging(*reversed(ALL_LOGS))),
    ],
    "eks_version_is_stated_and_supported": [
        (cluster(Version="1.34"), cluster(Version="1.37")),
        (cluster(), cluster(Version="1.35")),
    ],
    "eks_node_group_version_is_stated_and_supported": [
        (node_group(Version="1.34"), node_group(Version="1.37")),
        (node_group(), node_group(Version="1.35")),
    ],
    "eks_cluster_without_extended_support": [
        (cluster(UpgradePolicy={"SupportType": "EXTENDED"}), cluster(UpgradePolicy={"SupportType": "STANDARD"})),
        (cluster(), cluster(UpgradePolicy={"SupportType": "STANDARD"})),
    ],
    "eks_cluster_authenticates_by_access_entries": [
        (cluster(AccessConfig={**ACCESS, "AuthenticationMode": "API_AND_CONFIG_MAP"}), cluster(AccessConfig=ACCESS)),
        (cluster(), cluster(AccessConfig={"AuthenticationMode": "API"})),
    ],
    "eks_cluster_creator_is_no_administrator": [
        (
            cluster(AccessConfig={**ACCESS, "BootstrapClusterCreatorAdminPermissions": True}),
            cluster(AccessConfig=ACCESS),
        ),
        (cluster(AccessConfig={"AuthenticationMode": "API"}), cluster(AccessConfig=ACCESS)),
    ],
    "eks_cluster_has_a_private_endpoint": [
        (endpoint(EndpointPrivateAccess=False), endpoint(EndpointPrivateAccess=True)),
        (endpoint(), endpoint(EndpointPrivateAccess=True, EndpointPublicAccess=True)),
    ],
    "eks_public_endpoint_has_an_allow_list": [
        (endpoint(EndpointPrivateAccess=True), endpoint(EndpointPublicAccess=False)),
        (
            endpoint(EndpointPublicAccess=True, PublicAccessCidrs=["198.51.100.0/24", ANYWHERE]),
            endpoint(EndpointPublicAccess=True, PublicAccessCidrs=["198.51.100.0/24"]),
        ),
        (
            endpoint(EndpointPublicAccess=True, PublicAccessCidrs=["::/0"]),
            endpoint(EndpointPublicAccess=True, PublicAccessCidrs=["2001:db8::/32"]),
        ),
        (endpoint(EndpointPublicAccess=True, PublicAccessCidrs=[]), endpoint(PublicAccessCidrs=["198.51.100.0/24"])),
    ],
    "eks_cluster_encrypts_secrets": [
        (encryption("configmaps"), encryption("secrets")),
        (cluster(EncryptionConfig=[]), encryption("configmaps", "secrets")),
        (cluster(), encryption("secrets")),
    ],
    "eks_node_group_has_a_launch_template": [
        (node_group(), node_group(LaunchTemplate=PINNED)),
        (node_group(LaunchTemplate={"Id": "lt-1"}), node_group(LaunchTemplate=PINNED)),
    ],
    "ecs_service_rolls_back_a_failed_deployment": [
        (circuit_breaker(enable=False, rollback=True), circuit_breaker(enable=True, rollback=True)),
        (circuit_breaker(enable=True, rollback=False), circuit_breaker(enable=True, rollback=True)),
        (service(), circuit_breaker(enable=True, rollback=True)),
    ],
    "ecs_service_has_no_public_address": [
        (public_ip("ENABLED"), public_ip("DISABLED")),
        (service(), public_ip("DISABLED")),
    ],
    "ecs_cluster_has_container_insights": [
        (insights("disabled"), insights("enabled")),
        ({"Type": "AWS::ECS::Cluster", "Properties": {}}, insights("enhanced")),
    ],
    "ecs_image_is_pinned": [
        (task({"Image": "shop/web:latest"}), task({"Image": "shop/web:1.0.0"})),
        (task({"Image": "registry:5000/web"}), task({"Image": "registry:5000/web:1"})),
        (task({"Image": "web"}), task({"Image": "web" + DIGEST})),
        (task({"Image": "web:1"}, {"Image": "proxy"}), task({"Image": "web:1"}, {"Image": "latest:2"})),
        (task({"Image": in_our_registry("/web:latest")}), task({"Image": in_our_registry("/web:1.0.0")})),
        (task({"Image": in_our_registry("/web")}), task({"Image": in_our_registry("/web" + DIGEST)})),
        (task({}), task({"Image": "web:1"})),
    ],
    "ecs_container_cannot_write_to_its_root": [
        (task({"ReadonlyRootFilesystem": False}), task({"ReadonlyRootFilesystem": True})),
        (task({"ReadonlyRootFilesystem": True}, {}), task({"ReadonlyRootFilesystem": True})),
    ],
    "ecs_container_is_not_root": [
        (task({"User": "root"}), task({"User": "rooted"})),
        (task({"User": "0:1000"}), task({"User": "1000:0"})),
        (task({"User": "1000"}, {}), task({"User": "1000"})),
    ],
    "ecs_container_logs": [
        (task({"LogConfiguration": {}}), task(LOGGED)),
        (task(LOGGED, {}), task(LOGGED, LOGGED)),
    ],
    "elb_drops_invalid_headers": [
        (load_balancer(**{DROP: "false"}), load_balancer(**{DROP: "true"})),
        (load_balancer(), load_balancer(**{DROP: "true"})),
        (
            load_balancer(**{DROP: "false", "deletion_protection.enabled": "true"}),
            load_balancer(**{DROP: "true", "deletion_protection.enabled": "false"}),
        ),
    ],
    "elb_listener_is_https_or_redirects_to_it": [
        (listener("HTTP", NOT_FOUND), listener("HTTPS", NOT_FOUND)),
        (listener("HTTP", redirect("HTTP")), listener("HTTP", redirect("HTTPS"))),
    ],
    "elb_listener_has_a_modern_tls_policy": [
        (tls("ELBSecurityPolicy-2016-08"), tls("ELBSecurityPolicy-TLS13-1-2-2021-06")),
        (tls("ELBSecurityPolicy-TLS13-1-0-2021-06"), tls("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")),
        (tls("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"), tls("ELBSecurityPolicy-TLS13-1-3-2021-06")),
        (listener("HTTPS", NOT_FOUND), listener("HTTP", redirect("HTTPS"))),
    ],
    "elb_target_group_checks_health": [
        (target_group(), target_group(HealthCheckPath="/")),
        (
            target_group(HealthCheckPath="/", HealthCheckEnabled=False),
            target_group(HealthCheckPath="/", HealthCheckEnabled=True),
        ),
    ],
    "logs_group_has_a_retention": [(log_group(KmsKeyId="arn"), log_group(RetentionInDays=7))],
    "logs_group_has_a_key": [(log_group(RetentionInDays=7), log_group(KmsKeyId="arn"))],
    "kms_key_rotates": [
        (key(EnableKeyRotation=False), key(EnableKeyRotation=True)),
        (key(), key(KeySpec="RSA_2048")),
        (key(KeySpec="SYMMETRIC_DEFAULT"), key(KeySpec="SYMMETRIC_DEFAULT", EnableKeyRotation=True)),
    ],
    "ecr_tags_are_immutable": [
        (repository(ImageTagMutability="MUTABLE"), repository(ImageTagMutability="IMMUTABLE")),
        (repository(), repository(ImageTagMutability="IMMUTABLE")),
    ],
    "ecr_cached_tags_are_immutable": [(creation_template("MUTABLE"), creation_template("IMMUTABLE"))],
    "ecr_images_are_scanned": [
        (
            repository(ImageScanningConfiguration={"ScanOnPush": False}),
            repository(ImageScanningConfiguration={"ScanOnPush": True}),
        ),
        (repository(), repository(ImageScanningConfiguration={"ScanOnPush": True})),
    ],
    "ec2_world_reaches_web_ports_only": [
        (security_group(admitted(22, CidrIp=ANYWHERE)), security_group(admitted(443, CidrIp=ANYWHERE))),
        (security_group(admitted(8080, CidrIp=ANYWHERE)), security_group(admitted(8080, CidrIp="10.0.0.0/8"))),
        (security_group(admitted(80, 443, CidrIp=ANYWHERE)), security_group(admitted(80, CidrIp=ANYWHERE))),
        (security_group(admitted(22, CidrIpv6="::/0")), security_group(admitted(443, CidrIpv6="::/0"))),
        (
            security_group(admitted(22, CidrIp=ANYWHERE), admitted(443, CidrIp=ANYWHERE)),
            {"Type": "AWS::EC2::SecurityGroup", "Properties": {}},
        ),
        (
            security_group(admitted(443, CidrIp="10.0.0.0/8"), {"IpProtocol": "-1", "CidrIp": ANYWHERE}),
            security_group(admitted(443, CidrIp="10.0.0.0/8"), {"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}),
        ),
    ],
    "ec2_world_reaches_web_ports_only_by_rule": [
        (ingress_rule(admitted(22, CidrIp=ANYWHERE)), ingress_rule(admitted(443, CidrIp=ANYWHERE))),
        (ingress_rule(admitted(80, 443, CidrIp=ANYWHERE)), ingress_rule(admitted(80, CidrIp=ANYWHERE))),
        (ingress_rule(admitted(22, CidrIpv6="::/0")), ingress_rule(admitted(22, SourceSecurityGroupId="sg-1"))),
        (ingress_rule({"IpProtocol": "-1", "CidrIp": ANYWHERE}), ingress_rule(admitted(80, CidrIp=ANYWHERE))),
    ],
    "ecs_task_is_apart_from_its_host": [
        (host_task(NetworkMode="host"), host_task(NetworkMode="awsvpc")),
        (host_task(NetworkMode="awsvpc", PidMode="host"), host_task(NetworkMode="awsvpc", PidMode="task")),
        (host_task(), host_task(NetworkMode="awsvpc")),
        (host_task(NetworkMode="awsvpc", IpcMode="host"), host_task(NetworkMode="awsvpc", IpcMode="task")),
        (
            host_task(NetworkMode="awsvpc", Volumes=[{"Name": "tmp"}, {"Name": "run", "Host": {"SourcePath": "/run"}}]),
            host_task(NetworkMode="awsvpc", Volumes=[{"Name": "tmp"}]),
        ),
    ],
    "ecs_container_is_not_privileged": [(task({}, {"Privileged": True}), task({}, {"Privileged": False}))],
    "ecs_container_is_given_no_access_key": [
        (task({"Environment": variables("LEVEL", "AWS_SECRET_ACCESS_KEY")}), task({"Environment": variables("LEVEL")})),
        (task({}, {"Environment": variables("AWS_ACCESS_KEY_ID")}), task({}, {"Environment": variables("AWS_REGION")})),
    ],
    "ecs_capacity_provider_spares_busy_instances": [
        (capacity_provider(ManagedTerminationProtection="DISABLED"), capacity_provider(**SPARING)),
        (capacity_provider(), capacity_provider(**SPARING)),
    ],
    "ec2_instance_metadata_asks_for_a_token": [
        (
            launch_template(MetadataOptions={"HttpTokens": "optional"}),
            launch_template(MetadataOptions={"HttpTokens": "required"}),
        ),
        (launch_template(), launch_template(MetadataOptions={"HttpTokens": "required"})),
    ],
    "ec2_volumes_are_encrypted": [
        (
            launch_template(BlockDeviceMappings=[volume(encrypted=True), volume(encrypted=False)]),
            launch_template(BlockDeviceMappings=[volume(encrypted=True), volume(encrypted=True)]),
        ),
        (launch_template(), launch_template(BlockDeviceMappings=[volume(encrypted=True)])),
    ],
    "ec2_nothing_gets_a_public_address_unasked": [
        (subnet(MapPublicIpOnLaunch=True), subnet(MapPublicIpOnLaunch=False)),
    ],
    "ecr_images_expire": [
        (repository(), repository(LifecyclePolicy={"LifecyclePolicyText": "{}"})),
    ],
    "elb_is_defensive_about_desync": [
        (load_balancer(**{DESYNC: "monitor"}), load_balancer(**{DESYNC: "defensive"})),
        (load_balancer(), load_balancer(**{DESYNC: "strictest"})),
    ],
    "autoscaling_group_has_types_and_zones_to_choose_from": [
        (scaling_group(types=1, zones=2), scaling_group(types=2, zones=2)),
        (scaling_group(types=2, zones=1), scaling_group(types=2, zones=2)),
        (
            {
                "Type": "AWS::AutoScaling::AutoScalingGroup",
                "Properties": {"VPCZoneIdentifier": ["subnet-1", "subnet-2"]},
            },
            scaling_group(types=3, zones=3),
        ),
    ],
    "cloudformation_fate_of_data_is_stated": [
        *(
            (fate(resource_type, policy), fate(resource_type, *BOTH_POLICIES))
            for resource_type in ("AWS::ECR::Repository", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket")
            for policy in BOTH_POLICIES
        ),
        (fate("AWS::S3::Bucket"), fate("AWS::SNS::Topic")),
    ],
    "cloudformation_has_no_code_of_its_own": [
        ({"Type": "Custom::Hook", "Properties": {}}, {"Type": "AWS::SNS::Topic", "Properties": {}}),
        ({"Type": "AWS::Lambda::Function", "Properties": {}}, {"Type": "AWS::SNS::Topic", "Properties": {}}),
    ],
    "ec2_hosts_have_no_ssh_key": [(launch_template(KeyName="mine"), launch_template())],
    "ec2_flow_logs_have_all_traffic": [(flow_log("REJECT"), flow_log("ALL"))],
    "ec2_vpc_resolves_names": [
        (vpc(host_names=False, name_server=True), vpc(host_names=True, name_server=True)),
        (vpc(host_names=True, name_server=False), vpc(host_names=True, name_server=True)),
    ],
    "ec2_interface_endpoint_takes_the_name_of_its_service": [
        (vpc_endpoint("Interface", private_dns=False), vpc_endpoint("Interface", private_dns=True)),
        (vpc_endpoint("Interface", private_dns=False), vpc_endpoint("Gateway", private_dns=False)),
    ],
    "ec2_zone_is_one_of_aws": [
        (subnet(AvailabilityZone="dummy1a"), subnet(AvailabilityZone="us-gov-west-1a")),
        (subnet(), subnet(AvailabilityZone="eu-central-1b")),
    ],
    "ec2_tasks_are_in_private_subnets": [(service_in("Public"), service_in("Private"))],
    "ec2_hosts_are_in_private_subnets": [(hosts_in("Public"), hosts_in("Private"))],
    "ec2_nodes_and_pods_are_in_private_subnets": [
        (node_group(Subnets=imported("Public")), node_group(Subnets=imported("Private"))),
        (
            {"Type": "AWS::EKS::FargateProfile", "Properties": {"Subnets": imported("Public")}},
            {"Type": "AWS::EKS::FargateProfile", "Properties": {"Subnets": ["subnet-1"]}},
        ),
    ],
    "ecr_cached_images_expire": [(cached(), cached(LifecyclePolicy="{}"))],
    "ecr_cache_asks_a_public_registry": [
        (upstream("registry-1.docker.io"), upstream("public.ecr.aws")),
        (upstream("https://quay.io"), upstream("quay.io")),
    ],
    "ecs_container_has_no_capability": [
        (capabilities(Drop=["NET_RAW"]), capabilities(Drop=["ALL"])),
        (capabilities(Drop=["ALL"], Add=["SYS_ADMIN"]), capabilities(Drop=["ALL"], Add=[])),
        (task({}), capabilities(Drop=["NET_RAW", "ALL"])),
    ],
    "ecs_task_has_roles_of_its_own": [
        (host_task(ExecutionRoleArn="arn"), host_task(**ROLES)),
        (host_task(TaskRoleArn="arn"), host_task(**ROLES)),
    ],
    "ecs_service_starts_before_it_stops": [
        (
            service(DeploymentConfiguration={"MinimumHealthyPercent": 99}),
            service(DeploymentConfiguration={"MinimumHealthyPercent": 100}),
        ),
        (service(), service(DeploymentConfiguration={"MinimumHealthyPercent": 100})),
    ],
    "ecs_service_runs_on_the_latest_platform": [
        (service(PlatformVersion="1.3.0"), service(PlatformVersion="LATEST")),
        (service(PlatformVersion="1.4.0"), service()),
    ],
    "ecs_cluster_records_exec_sessions": [
        (exec_sessions(Logging="NONE"), exec_sessions()),
        (exec_sessions(LogConfiguration={"CloudWatchEncryptionEnabled": False}), exec_sessions()),
        (insights("enhanced"), exec_sessions()),
    ],
    "ecs_capacity_provider_drains_instances": [
        (capacity_provider(**SPARING, ManagedDraining="DISABLED"), capacity_provider(ManagedDraining="DISABLED")),
        (
            capacity_provider(**SPARING, ManagedDraining="DISABLED"),
            capacity_provider(**SPARING, ManagedDraining="ENABLED"),
        ),
    ],
    "eks_nodes_have_no_ssh_key": [(node_group(RemoteAccess={"Ec2SshKey": "mine"}), node_group())],
    "eks_nodes_run_a_supported_system": [
        (node_group(AmiType="AL2_x86_64"), node_group(AmiType="AL2023_x86_64_STANDARD")),
        (node_group(), node_group(AmiType="BOTTLEROCKET_ARM_64")),
    ],
    "eks_update_respects_disruption_budgets": [
        (node_group(ForceUpdateEnabled=True), node_group(ForceUpdateEnabled=False)),
    ],
    "eks_access_entry_names_somebody": [
        (access_entry("*"), access_entry(TEAM)),
        (access_entry("arn:aws:iam::111122223333:role/*"), access_entry("arn:aws:iam::111122223333:user/jo")),
        (access_entry(TEAM, "system:masters"), access_entry(TEAM, "systems")),
    ],
    "eks_node_group_grows_from_least_to_most": [
        (
            node_group(ScalingConfig={"MinSize": 3, "MaxSize": 2}),
            node_group(ScalingConfig={"MinSize": 2, "MaxSize": 2}),
        ),
    ],
    "applicationautoscaling_grows_from_least_to_most": [(scalable_target(3, 2), scalable_target(2, 2))],
    "kms_key_is_for_this_account": [
        (key_for({"AWS": "*"}), key_for({"AWS": "*"}, **{"kms:CallerAccount": "111122223333"})),
        (key_for("*", **{"kms:ViaService": "ec2"}), key_for({"AWS": "arn:aws:iam::111122223333:root"})),
    ],
    "iam_role_is_for_a_service": [
        (role_for({"AWS": "*"}), role_for(OF_A_SERVICE)),
        (role_for({**OF_A_SERVICE, "AWS": TEAM}), role_for(OF_A_SERVICE)),
        (role_for({"Federated": "arn"}), role_for(OF_A_SERVICE)),
    ],
    "iam_service_acts_for_this_account": [
        (role_for(OF_A_SERVICE), role_for(OF_A_SERVICE, **OURS)),
        (role_for(OF_A_SERVICE), role_for({"Service": "ec2.amazonaws.com"})),
        (
            role_for(OF_A_SERVICE, StringEquals={"aws:RequestTag/team": "a"}),
            role_for(OF_A_SERVICE, ArnLike={"aws:SourceArn": "arn"}),
        ),
        # Of ECR nobody knows whether it sends the key; of others one does.
        (role_for({"Service": "ecr.amazonaws.com"}), role_for({"Service": "ecr.amazonaws.com"}, **IF_SENT)),
        (role_for(OF_A_SERVICE, **IF_SENT), role_for({"Service": "ecr.amazonaws.com"}, **OURS)),
    ],
    "iam_policy_names_what_is_grave": [
        *(
            (
                policy(MANAGED_POLICY, {"Effect": "Allow", "Action": action, "Resource": "*"}),
                policy(MANAGED_POLICY, {"Effect": "Allow", "Action": action, "Resource": ["arn"]}),
            )
            for action in ("iam:PassRole", ["s3:GetObject", "kms:Decrypt"], ["sts:AssumeRole"])
        ),
        (
            policy(
                MANAGED_POLICY, {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": ["a", "*"]}
            ),
            policy(MANAGED_POLICY, {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}),
        ),
    ],
    "sns_topic_takes_tls": [(policy(TOPIC_POLICY, ALARMS), policy(TOPIC_POLICY, ALARMS, ONLY_TLS))],
    "sns_topic_is_not_for_everyone": [
        (policy(TOPIC_POLICY, ALARMS, OPEN), policy(TOPIC_POLICY, ALARMS, ONLY_TLS)),
        (policy(TOPIC_POLICY, {**OPEN, "Principal": {"AWS": "*"}}), policy(TOPIC_POLICY, GUARDED)),
    ],
    "s3_bucket_is_not_for_everyone": [
        (policy(BUCKET_POLICY, OPEN), policy(BUCKET_POLICY, ONLY_TLS)),
        (policy(BUCKET_POLICY, {**OPEN, "Principal": {"AWS": "*"}}), policy(BUCKET_POLICY, ALARMS)),
    ],
    "waf_rules_block": [
        (
            web_acl(Statement=MANAGED, OverrideAction={"Count": {}}),
            web_acl(Statement=MANAGED, OverrideAction={"None": {}}),
        ),
        (web_acl(Statement=LIMITED, Action={"Count": {}}), web_acl(Statement=LIMITED, Action={"Block": {}})),
    ],
    "waf_log_leaves_credentials_out": [
        (waf_log("authorization"), waf_log("authorization", "cookie")),
        (waf_log("cookie"), waf_log("cookie", "authorization")),
    ],
}
# What a rule about several resources refuses and accepts, as whole templates.
TEMPLATE_PAIRS: dict[str, list[tuple[dict[str, Resource], dict[str, Resource]]]] = {
    "cloudformation_data_of_a_stack_shares_one_fate": [
        (
            {"Kept": keeping(**log_group()), "Lost": fate("AWS::KMS::Key", *BOTH_POLICIES)},
            {"Kept": keeping(**log_group()), "Kept2": keeping(**key())},
        ),
        (
            {"Kept": {**keeping(**log_group()), "UpdateReplacePolicy": "Delete"}},
            {"Lost": fate("AWS::Logs::LogGroup", *BOTH_POLICIES), "Lost2": fate("AWS::KMS::Key", *BOTH_POLICIES)},
        ),
    ],
    "cloudformation_what_keeps_data_is_protected": [
        (
            {"Kept": keeping(**log_group()), "Cluster": cluster(DeletionProtection=False)},
            {"Kept": keeping(**log_group()), "Cluster": cluster(DeletionProtection=True)},
        ),
        (
            {"Kept": keeping(**log_group()), "Cluster": cluster()},
            {"Lost": fate("AWS::Logs::LogGroup", *BOTH_POLICIES), "Cluster": cluster(DeletionProtection=False)},
        ),
    ],
    "ec2_default_security_group_is_closed": [
        (
            {"Vpc": vpc(host_names=True, name_server=True)},
            {
                "Vpc": vpc(host_names=True, name_server=True),
                "Closing": {"Type": "AWS::SSM::Association", "Properties": {"Name": RUNBOOK}},
            },
        ),
        (
            {
                "Vpc": vpc(host_names=True, name_server=True),
                "Other": {"Type": "AWS::SSM::Association", "Properties": {"Name": "AWS-UpdateSSMAgent"}},
            },
            {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}},
        ),
    ],
    "ecr_cached_images_have_the_key_of_the_registry": [
        (
            {"Key": key(), "Cached": cached(EncryptionConfiguration={"EncryptionType": "AES256"})},
            {"Key": key(), "Cached": cached(EncryptionConfiguration={"EncryptionType": "KMS", "KmsKey": "arn"})},
        ),
        ({"Key": key(), "Cached": cached()}, {"Cached": cached()}),
    ],
    "ecs_service_routes_to_a_port_of_its_task": [
        ({"Task": listening(8080), "Service": behind(80)}, {"Task": listening(8080), "Service": behind(8080)}),
    ],
    "eks_add_on_version_is_stated_like_the_others": [
        (
            {"Pinned": add_on(AddonVersion="v1"), "Forgotten": add_on()},
            {"Pinned": add_on(AddonVersion="v1"), "Other": add_on(AddonVersion="v2")},
        ),
        ({"Pinned": add_on(AddonVersion="v1"), "Forgotten": add_on()}, {"One": add_on(), "Other": add_on()}),
    ],
    "elb_reaches_targets_only": [
        (
            {"Balancer": BALANCER, "Group": let_out({"CidrIp": ANYWHERE})},
            {"Balancer": BALANCER, "Group": let_out({"CidrIp": "255.255.255.255/32"})},
        ),
        (
            {"Balancer": BALANCER, "Group": let_out()},
            {"Balancer": BALANCER, "Group": let_out({"DestinationSecurityGroupId": "sg-1"})},
        ),
        ({"Balancer": BALANCER, "Group": let_out({"CidrIp": ANYWHERE})}, {"Group": let_out({"CidrIp": ANYWHERE})}),
    ],
}
CASES = [(rule, number) for rule, pairs in PAIRS.items() for number in range(len(pairs))]
TEMPLATE_CASES = [(rule, number) for rule, pairs in TEMPLATE_PAIRS.items() for number in range(len(pairs))]
HALVES = ("Refused", "Accepted")


def path_of(rule: str, number: int, half: str) -> str:
    return f"{rule.replace('_', '-')}-{number}/{half}"


def stack_of(rule: str, number: int, half: str) -> str:
    """Of a whole template: a rule about several resources may accuse any of them, or the stack."""
    return path_of(rule, number, half).replace("/", "-")


def define(stack: cdk.Stack, logical_id: str, resource: Resource) -> None:
    made = cdk.CfnResource(stack, logical_id, type=resource["Type"], properties=resource["Properties"])
    for attribute in resource.keys() - {"Type", "Properties"}:
        made.add_override(attribute, resource[attribute])


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(path, rule) of everything found, given a stack for each pair: neither half may hide or accuse the other."""
    outdir = tmp_path_factory.mktemp("guard")
    app = new_app(outdir=outdir, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    for rule, number in CASES:
        stack = cdk.Stack(app, path_of(rule, number, "").rstrip("/"), env=cdk.Environment(region=REGION))
        for half, resource in zip(HALVES, PAIRS[rule][number], strict=True):
            define(stack, half, resource)
    for rule, number in TEMPLATE_CASES:
        for half, resources in zip(HALVES, TEMPLATE_PAIRS[rule][number], strict=True):
            stack = cdk.Stack(app, stack_of(rule, number, half), env=cdk.Environment(region=REGION))
            for logical_id, resource in resources.items():
                define(stack, logical_id, resource)
    # The packs and the default rules have nothing to do with it.
    cdk.Validations.of(app).add_plugins(guard(include_default_rules=False))
    return {
        (construct["constructPath"], finding["ruleName"])
        for plugin in validate(app, outdir)
        for finding in plugin["violations"]
        for construct in finding["violatingConstructs"]
    }


def test_every_rule_has_a_pair() -> None:
    assert sorted(GUARD_RULES) == sorted([*PAIRS, *TEMPLATE_PAIRS])


@pytest.mark.parametrize(("rule", "number"), CASES)
def test_rule_refuses_what_it_is_for(found: set[tuple[str, str]], rule: str, number: int) -> None:
    assert (path_of(rule, number, "Refused"), rule) in found


@pytest.mark.parametrize(("rule", "number"), CASES)
def test_rule_accepts_the_nearest_that_is_right(found: set[tuple[str, str]], rule: str, number: int) -> None:
    assert (path_of(rule, number, "Accepted"), rule) not in found


@pytest.mark.parametrize(("rule", "number"), TEMPLATE_CASES)
def test_rule_refuses_the_template_that_it_is_for(found: set[tuple[str, str]], rule: str, number: int) -> None:
    assert (stack_of(rule, number, "Refused"), rule) in stacks_of(found)


@pytest.mark.parametrize(("rule", "number"), TEMPLATE_CASES)
def test_rule_accepts_the_nearest_template_that_is_right(found: set[tuple[str, str]], rule: str, number: int) -> None:
    assert (stack_of(rule, number, "Accepted"), rule) not in stacks_of(found)


def stacks_of(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(path.partition("/")[0], rule) for path, rule in found}
