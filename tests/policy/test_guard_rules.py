"""Our own Guard rules in `policy/`: each refuses what it is for, and accepts the nearest that is right."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from policy import guard
from synthesis import GUARD_RULES, REGION, new_app, validate

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
        (cluster(Version="1.29"), cluster(Version="1.36")),
        (cluster(), cluster(Version="1.35")),
    ],
    "eks_node_group_version_is_stated_and_supported": [
        (node_group(Version="1.29"), node_group(Version="1.36")),
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
}
CASES = [(rule, number) for rule, pairs in PAIRS.items() for number in range(len(pairs))]


def path_of(rule: str, number: int, half: str) -> str:
    return f"{rule.replace('_', '-')}-{number}/{half}"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(path, rule) of everything found, given a stack for each pair: neither half may hide or accuse the other."""
    outdir = tmp_path_factory.mktemp("guard")
    app = new_app(outdir=outdir, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    for rule, number in CASES:
        stack = cdk.Stack(app, path_of(rule, number, "").rstrip("/"), env=cdk.Environment(region=REGION))
        for half, resource in zip(("Refused", "Accepted"), PAIRS[rule][number], strict=True):
            made = cdk.CfnResource(stack, half, type=resource["Type"], properties=resource["Properties"])
            for attribute in resource.keys() - {"Type", "Properties"}:
                made.add_override(attribute, resource[attribute])
    # The packs and the default rules have nothing to do with it.
    cdk.Validations.of(app).add_plugins(guard(include_default_rules=False))
    return {
        (construct["constructPath"], finding["ruleName"])
        for plugin in validate(app, outdir)
        for finding in plugin["violations"]
        for construct in finding["violatingConstructs"]
    }


def test_every_rule_has_a_pair() -> None:
    assert sorted(GUARD_RULES) == sorted(PAIRS)


@pytest.mark.parametrize(("rule", "number"), CASES)
def test_rule_refuses_what_it_is_for(found: set[tuple[str, str]], rule: str, number: int) -> None:
    assert (path_of(rule, number, "Refused"), rule) in found


@pytest.mark.parametrize(("rule", "number"), CASES)
def test_rule_accepts_the_nearest_that_is_right(found: set[tuple[str, str]], rule: str, number: int) -> None:
    assert (path_of(rule, number, "Accepted"), rule) not in found
