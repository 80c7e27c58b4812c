"""What may go wrong with a cluster, its instances, its load balancer and its services."""

from __future__ import annotations

from tests.support.defects.defect import CONTAINER, Defect, append, attribute, only, put, put_beside, together, without
from tests.support.synthesis import Template

_TASK = "AWS::ECS::TaskDefinition"
_SERVICE = "AWS::ECS::Service"
_FARGATE = "production-ecs-service-hello-fargate"
_ON_EC2 = "sandbox-ecs-service-hello-ec2"
_WORKER = "ecs-only-ecs-service-worker"
_GALLERY = "ecs-stateful-ecs-service-gallery"
_SEARCH = "ecs-stateful-ecs-service-search"
_QUEUE_WORKER = "working-hours-ecs-queue-worker-orders"
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


_OBJECTS = {"Fn::Join": ["", [{"Fn::GetAtt": ["LoadBalancerAccessLogBucketE4D80E6D", "Arn"]}, "/*"]]}


def _public_subnets(template: Template) -> None:
    network = only(template, _SERVICE)["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    network["Subnets"] = [
        {"Fn::ImportValue": "ecs-only-network:ExportsOutputRefNetworkVpcPublicSubnet1Subnet369331398DA89175"},
        {"Fn::ImportValue": "ecs-only-network:ExportsOutputRefNetworkVpcPublicSubnet2SubnetC427CCE01613D7DF"},
    ]


def _without_tls(template: Template) -> None:
    policy = only(template, "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]
    policy["Statement"] = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]


TASKS = (
    Defect(
        name="privileged container",
        stack=_ON_EC2,
        change=put(_TASK, f"{CONTAINER}.Privileged", True),
        named_by=(
            "ecs_container_is_not_privileged",
            "ecs_containers_nonprivileged_check",
        ),
    ),
    Defect(
        name="root user",
        stack=_WORKER,
        change=put(_TASK, f"{CONTAINER}.User", "root"),
        named_by=(
            "ecs_container_is_not_root",
            "ecs_task_definition_nonroot_user_check",
        ),
    ),
    Defect(
        name="writable root",
        stack=_FARGATE,
        change=put(_TASK, f"{CONTAINER}.ReadonlyRootFilesystem", False),
        named_by=(
            "ecs_container_cannot_write_to_its_root",
            "ecs_containers_readonly_access_check",
        ),
    ),
    Defect(
        name="access key in the environment",
        stack=_WORKER,
        change=append(_TASK, f"{CONTAINER}.Environment", {"Name": "AWS_SECRET_ACCESS_KEY", "Value": "c2VjcmV0"}),
        named_by=(
            "ecs_container_is_given_no_access_key",
            "ecs_no_environment_secrets_check",
            "AwsSolutions-ECS2",
        ),
    ),
    Defect(
        name="password in the environment",
        stack=_WORKER,
        change=append(_TASK, f"{CONTAINER}.Environment", {"Name": "DATABASE_PASSWORD", "Value": "c2VjcmV0"}),
        named_by=("AwsSolutions-ECS2",),
    ),
    Defect(
        name="container without logs",
        stack=_WORKER,
        change=put(_TASK, f"{CONTAINER}.LogConfiguration", None),
        named_by=(
            "ecs_container_logs",
            "ecs_task_definition_log_configuration_check",
            "AwsSolutions-ECS7",
        ),
    ),
    Defect(
        name="host network",
        stack=_ON_EC2,
        change=put(_TASK, "NetworkMode", "host"),
        named_by=(
            "ecs_task_is_apart_from_its_host",
            "ecs_awsvpc_networking_enabled_check",
            "NIST.800.53.R5-ECSTaskDefinitionUserForHostMode",
        ),
    ),
    Defect(
        name="processes of the host",
        stack=_ON_EC2,
        change=put(_TASK, "PidMode", "host"),
        named_by=(
            "ecs_task_is_apart_from_its_host",
            "ecs_task_definition_pid_mode_check",
        ),
    ),
    Defect(
        name="directory of the host",
        stack=_ON_EC2,
        change=put(_TASK, "Volumes", [{"Name": "docker", "Host": {"SourcePath": "/var/run/docker.sock"}}]),
        named_by=("ecs_task_is_apart_from_its_host",),
    ),
    Defect(
        name="capabilities of a container kept",
        stack=_WORKER,
        change=put(_TASK, f"{CONTAINER}.LinuxParameters.Capabilities", None),
        named_by=("ecs_container_has_no_capability",),
    ),
    Defect(
        name="latest image",
        stack=_WORKER,
        change=put(_TASK, f"{CONTAINER}.Image", "public.ecr.aws/nginx/nginx:latest"),
        named_by=("ecs_image_is_pinned",),
    ),
    Defect(
        name="size that Fargate does not have",
        stack=_FARGATE,
        change=put(_TASK, "Memory", "4096"),
        named_by=(
            "E3047",
            "E3047",
        ),
    ),
    Defect(
        name="Fargate task that nobody pulls images for",
        stack=_WORKER,
        change=put(_TASK, "ExecutionRoleArn", None),
        named_by=(
            "ecs_task_has_roles_of_its_own",
            "pf-ecs-fargate-execution-role-missing-awslogs",
        ),
    ),
    Defect(
        name="task without an essential container",
        stack=_WORKER,
        change=put(_TASK, f"{CONTAINER}.Essential", False),
        named_by=(
            "E3042",
            "pf-ecs-essential-container",
        ),
    ),
)

VOLUMES = (
    Defect(
        name="file system that is mounted without TLS",
        stack=_GALLERY,
        change=put(_TASK, "Volumes.0.EFSVolumeConfiguration.TransitEncryption", "DISABLED"),
        named_by=("ecs_file_system_is_mounted_with_tls_and_the_task_role",),
    ),
    Defect(
        name="file system that anybody mounts",
        stack=_GALLERY,
        change=put(_TASK, "Volumes.0.EFSVolumeConfiguration.AuthorizationConfig.IAM", "DISABLED"),
        named_by=("ecs_file_system_is_mounted_with_tls_and_the_task_role",),
    ),
    Defect(
        name="volume of a task in plain text",
        stack=_SEARCH,
        change=put(_SERVICE, "VolumeConfigurations.0.ManagedEBSVolume.Encrypted", False),
        named_by=("ecs_volume_of_a_task_is_encrypted",),
    ),
)

SERVICES = (
    Defect(
        name="no circuit breaker",
        stack=_WORKER,
        change=put(_SERVICE, "DeploymentConfiguration.DeploymentCircuitBreaker", None),
        named_by=("ecs_service_rolls_back_a_failed_deployment",),
    ),
    Defect(
        name="circuit breaker without rollback",
        stack=_WORKER,
        change=put(_SERVICE, "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback", False),
        named_by=("ecs_service_rolls_back_a_failed_deployment",),
    ),
    Defect(
        name="deployment that stops all tasks first",
        stack=_WORKER,
        change=put(_SERVICE, "DeploymentConfiguration.MinimumHealthyPercent", 0),
        named_by=("ecs_service_starts_before_it_stops",),
    ),
    Defect(
        name="task with a public address",
        stack=_FARGATE,
        change=put(_SERVICE, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "ENABLED"),
        named_by=(
            "ecs_service_has_no_public_address",
            "ecs_service_assign_public_ip_disabled_check",
        ),
    ),
    Defect(
        name="tasks in public subnets",
        stack=_WORKER,
        change=_public_subnets,
        named_by=("ec2_tasks_are_in_private_subnets",),
    ),
    Defect(
        name="old Fargate platform",
        stack=_WORKER,
        change=put(_SERVICE, "PlatformVersion", "1.3.0"),
        named_by=("ecs_service_runs_on_the_latest_platform",),
    ),
    Defect(
        name="target group without a health check",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckPath", None),
        named_by=("elb_target_group_checks_health",),
    ),
    Defect(
        name="port that no container has",
        stack="sandbox-ecs-service-hello-host",
        change=put(_SERVICE, "LoadBalancers.0.ContainerPort", 9090),
        named_by=(
            "ecs_service_routes_to_a_port_of_its_task",
            "pf-ecs-svc-lb-container-port-missing",
        ),
    ),
    Defect(
        name="routing rule for nothing",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::ElasticLoadBalancingV2::ListenerRule", "Conditions", None),
        named_by=(
            "F3003",
            "E3003",
            "pf-elbv2-rule-conditions-required",
        ),
    ),
    Defect(
        name="more tasks at least than at most",
        stack="production-ecs-service-hello-host",
        change=put("AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity", 99),
        named_by=(
            "applicationautoscaling_grows_from_least_to_most",
            "pf-appautoscaling-min-max-capacity",
        ),
    ),
    Defect(
        name="alarm that tells nobody",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::CloudWatch::Alarm", "AlarmActions", None),
        named_by=("cloudwatch_alarm_action_check",),
    ),
    Defect(
        name="alarm that is switched off",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::CloudWatch::Alarm", "ActionsEnabled", False),
        named_by=(
            "cloudwatch_alarm_action_enabled_check",
            "NIST.800.53.R5-CloudWatchAlarmAction",
        ),
    ),
)

_SANDBOX = "sandbox-ecs-cluster"
_PRODUCTION = "production-ecs-cluster"
_ALB_ONLY = "ecs-only-ecs-cluster"
_LAUNCH = "AWS::EC2::LaunchTemplate"
_DATA = "LaunchTemplateData"

CLUSTER = (
    Defect(
        name="Container Insights off",
        stack=_ALB_ONLY,
        change=put("AWS::ECS::Cluster", "ClusterSettings.0.Value", "disabled"),
        named_by=(
            "ecs_cluster_has_container_insights",
            "AwsSolutions-ECS4",
            "CKV_AWS_65",
        ),
    ),
    Defect(
        name="ECS Exec without a key",
        stack=_ALB_ONLY,
        change=put("AWS::ECS::Cluster", "Configuration.ExecuteCommandConfiguration.KmsKeyId", None),
        named_by=("ecs_cluster_records_exec_sessions",),
    ),
    Defect(
        name="busy instances are terminated",
        stack=_PRODUCTION,
        change=put("AWS::ECS::CapacityProvider", "AutoScalingGroupProvider.ManagedTerminationProtection", "DISABLED"),
        named_by=("ecs_capacity_provider_spares_busy_instances",),
    ),
    Defect(
        name="instances that go do not drain",
        stack=_PRODUCTION,
        change=put("AWS::ECS::CapacityProvider", "AutoScalingGroupProvider.ManagedDraining", "DISABLED"),
        named_by=("ecs_capacity_provider_drains_instances",),
    ),
    Defect(
        name="ECS hosts in public subnets",
        stack=_SANDBOX,
        change=put(
            "AWS::AutoScaling::AutoScalingGroup",
            "VPCZoneIdentifier.0",
            {"Fn::ImportValue": "sandbox-network:ExportsOutputRefNetworkVpcPublicSubnet1Subnet369331398DA89175"},
        ),
        named_by=("ec2_hosts_are_in_private_subnets",),
    ),
    Defect(
        name="IMDSv1 on ECS hosts",
        stack=_SANDBOX,
        change=put(_LAUNCH, f"{_DATA}.MetadataOptions.HttpTokens", "optional"),
        named_by=(
            "ec2_instance_metadata_asks_for_a_token",
            "ec2_launch_template_imdsv2_check",
            "CKV_AWS_79",
        ),
    ),
    Defect(
        name="tasks reach the role of their ECS host",
        stack=_SANDBOX,
        change=put(_LAUNCH, f"{_DATA}.MetadataOptions.HttpPutResponseHopLimit", 2),
        named_by=("ec2_launch_template_token_hop_limit_check",),
    ),
    Defect(
        name="unencrypted disk of ECS hosts",
        stack=_SANDBOX,
        change=put(_LAUNCH, f"{_DATA}.BlockDeviceMappings.0.Ebs.Encrypted", False),
        named_by=(
            "ec2_volumes_are_encrypted",
            "ec2_launch_template_encrypted_volumes_check",
        ),
    ),
    Defect(
        name="ECS hosts with public addresses",
        stack=_SANDBOX,
        change=put(_LAUNCH, f"{_DATA}.NetworkInterfaces.0.AssociatePublicIpAddress", True),
        named_by=(
            "ec2_launch_template_public_ip_disabled_check",
            "CKV_AWS_88",
        ),
    ),
    Defect(
        name="ECS hosts with an SSH key",
        stack=_SANDBOX,
        change=put(_LAUNCH, f"{_DATA}.KeyName", "of-a-colleague"),
        named_by=("ec2_hosts_have_no_ssh_key",),
    ),
    Defect(
        name="ECS hosts of one type",
        stack=_SANDBOX,
        change=put(
            "AWS::AutoScaling::AutoScalingGroup",
            "MixedInstancesPolicy.LaunchTemplate.Overrides",
            [{"InstanceType": "m7g.large"}],
        ),
        named_by=(
            "autoscaling_group_has_types_and_zones_to_choose_from",
            "autoscaling_mixed_instances_policy_multiple_instance_types_check",
        ),
    ),
    Defect(
        name="ECS hosts in one zone",
        stack=_SANDBOX,
        change=put("AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier.1", None),
        named_by=("autoscaling_group_has_types_and_zones_to_choose_from",),
    ),
    Defect(
        name="tasks that can take the role of their host",
        stack=_SANDBOX,
        change=put(
            _LAUNCH,
            "LaunchTemplateData.UserData.Fn::Base64.Fn::Join.1",
            ["#!/bin/bash\necho ECS_CLUSTER=", {"Ref": "EcsClusterEAC0C105"}, " >> /etc/ecs/ecs.config"],
        ),
        named_by=("ecs_hosts_keep_tasks_off_instance_metadata",),
    ),
    Defect(
        name="instance refresh that Auto Scaling refuses",
        stack=_SANDBOX,
        change=put_beside(
            "AWS::AutoScaling::AutoScalingGroup",
            "UpdatePolicy.AutoScalingInstanceRefresh.Preferences.SkipMatching",
            True,
        ),
        named_by=("autoscaling_refresh_of_resolved_images_skips_nothing",),
    ),
    Defect(
        name="fewer ECS hosts at most than at least",
        stack=_SANDBOX,
        change=put("AWS::AutoScaling::AutoScalingGroup", "MinSize", "99"),
        named_by=(
            "E3706",
            "E3706",
        ),
    ),
    Defect(
        name="alarm topic without a key",
        stack=_SANDBOX,
        change=put("AWS::SNS::Topic", "KmsMasterKeyId", None),
        named_by=(
            "NIST.800.53.R5-SNSEncryptedKMS",
            "CKV_AWS_26",
        ),
    ),
    Defect(
        name="alarm topic without TLS",
        stack=_SANDBOX,
        change=put("AWS::SNS::TopicPolicy", "PolicyDocument.Statement.0", None),
        named_by=("sns_topic_takes_tls",),
    ),
    Defect(
        name="alarm topic for everyone",
        stack=_SANDBOX,
        change=append(
            "AWS::SNS::TopicPolicy",
            "PolicyDocument.Statement",
            {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": {"Ref": "AlarmTopicD01E77F9"}},
        ),
        named_by=("sns_topic_is_not_for_everyone",),
    ),
)

LOAD_BALANCER = (
    Defect(
        name="plain HTTP",
        stack=_ALB_ONLY,
        change=together(
            put(_LISTENER, "Protocol", "HTTP"), put(_LISTENER, "Certificates", None), put(_LISTENER, "SslPolicy", None)
        ),
        named_by=(
            "elb_listener_is_https_or_redirects_to_it",
            "alb_http_to_https_redirection_check",
            "NIST.800.53.R5-ALBHttpToHttpsRedirection",
            "NIST.800.53.R5-ELBv2ACMCertificateRequired",
            "CKV_AWS_2",
        ),
    ),
    Defect(
        name="health checks in plain text of targets that serve TLS",
        stack=_FARGATE,
        change=put("AWS::ElasticLoadBalancingV2::TargetGroup", "Protocol", "HTTPS"),
        named_by=("elb_health_check_of_tls_targets_uses_tls",),
    ),
    Defect(
        name="HTTP without a redirect",
        stack=_ALB_ONLY,
        change=put(
            _LISTENER,
            "DefaultActions",
            [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            having="Redirect",
        ),
        named_by=(
            "elb_listener_is_https_or_redirects_to_it",
            "alb_http_to_https_redirection_check",
            "NIST.800.53.R5-ALBHttpToHttpsRedirection",
            "CKV_AWS_2",
        ),
    ),
    Defect(
        name="old TLS policy",
        stack=_ALB_ONLY,
        change=put(_LISTENER, "SslPolicy", "ELBSecurityPolicy-2016-08"),
        named_by=(
            "elb_listener_has_a_modern_tls_policy",
            "CKV_AWS_103",
        ),
    ),
    Defect(
        name="HTTPS without a certificate",
        stack=_ALB_ONLY,
        change=put(_LISTENER, "Certificates", None),
        named_by=(
            "E3676",
            "elbv2_acm_certificate_required_check",
            "NIST.800.53.R5-ELBv2ACMCertificateRequired",
            "E3676",
        ),
    ),
    Defect(
        name="no deletion protection of the load balancer",
        stack=_ALB_ONLY,
        change=attribute("deletion_protection.enabled", "false"),
        named_by=(
            "elbv2_deletion_protection_enabled_check",
            "NIST.800.53.R5-ELBDeletionProtectionEnabled",
        ),
    ),
    Defect(
        name="invalid headers are passed on",
        stack=_ALB_ONLY,
        change=attribute("routing.http.drop_invalid_header_fields.enabled", "false"),
        named_by=(
            "elb_drops_invalid_headers",
            "alb_http_drop_invalid_header_enabled_check",
            "HIPAA.Security-ALBHttpDropInvalidHeaderEnabled",
            "CKV_AWS_131",
        ),
    ),
    Defect(
        name="ambiguous requests are passed on",
        stack=_ALB_ONLY,
        change=attribute("routing.http.desync_mitigation_mode", "monitor"),
        named_by=(
            "elb_is_defensive_about_desync",
            "alb_desync_mode_check",
        ),
    ),
    Defect(
        name="access logs off",
        stack=_ALB_ONLY,
        change=attribute("access_logs.s3.enabled", "false"),
        named_by=(
            "elbv2_logging_enabled_check",
            "AwsSolutions-ELB2",
            "NIST.800.53.R5-ELBLoggingEnabled",
            "CKV_AWS_91",
        ),
    ),
    Defect(
        name="load balancer in one zone",
        stack=_SANDBOX,
        change=put("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets.1", None),
        named_by=(
            "E3680",
            "E3680",
            "pf-elbv2-alb-subnet-count",
        ),
    ),
    Defect(
        name="WAF removed",
        stack=_ALB_ONLY,
        change=without("AWS::WAFv2::WebACLAssociation"),
        named_by=("NIST.800.53.R5-ALBWAFEnabled",),
    ),
    Defect(
        name="WAF without logs",
        stack=_ALB_ONLY,
        change=without("AWS::WAFv2::LoggingConfiguration"),
        named_by=("NIST.800.53.R5-WAFv2LoggingEnabled",),
    ),
    Defect(
        name="WAF logs with credentials in them",
        stack=_ALB_ONLY,
        change=put("AWS::WAFv2::LoggingConfiguration", "RedactedFields", None),
        named_by=("waf_log_leaves_credentials_out",),
    ),
    Defect(
        name="WAF without known bad inputs",
        stack=_ALB_ONLY,
        change=put("AWS::WAFv2::WebACL", "Rules.3", None),
        named_by=("CKV_AWS_192",),
    ),
    Defect(
        name="WAF that only counts",
        stack=_ALB_ONLY,
        change=put("AWS::WAFv2::WebACL", "Rules.2.OverrideAction", {"Count": {}}),
        named_by=("waf_rules_block",),
    ),
    Defect(
        name="bucket without TLS",
        stack=_ALB_ONLY,
        change=_without_tls,
        named_by=(
            "s3_bucket_policy_ssl_requests_only_check",
            "AwsSolutions-S10",
            "NIST.800.53.R5-S3BucketSSLRequestsOnly",
        ),
    ),
    Defect(
        name="bucket that may become public",
        stack=_ALB_ONLY,
        change=put("AWS::S3::Bucket", "PublicAccessBlockConfiguration", None),
        named_by=(
            "s3_bucket_level_public_access_prohibited_check",
            "NIST.800.53.R5-S3BucketPublicReadProhibited",
            "NIST.800.53.R5-S3BucketPublicWriteProhibited",
            "CKV_AWS_53",
            "CKV_AWS_54",
            "CKV_AWS_55",
            "CKV_AWS_56",
        ),
    ),
    Defect(
        name="public bucket",
        stack=_ALB_ONLY,
        change=append(
            "AWS::S3::BucketPolicy",
            "PolicyDocument.Statement",
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": _OBJECTS},
        ),
        named_by=(
            "s3_bucket_is_not_for_everyone",
            "pf-s3-policy-public-with-block-public-policy",
        ),
    ),
    Defect(
        name="bucket with access lists",
        stack=_ALB_ONLY,
        change=together(
            put("AWS::S3::Bucket", "OwnershipControls", None),
            put("AWS::S3::Bucket", "AccessControl", "PublicRead"),
        ),
        named_by=(
            "E3045",
            "W3045",
            "s3_bucket_acl_prohibited_check",
            "E3045",
            "W3045",
            "CKV_AWS_20",
            "pf-s3-acl-public-blocked",
        ),
    ),
    Defect(
        name="bucket without versions",
        stack=_ALB_ONLY,
        change=put("AWS::S3::Bucket", "VersioningConfiguration", None),
        named_by=(
            "s3_bucket_versioning_enabled_check",
            "NIST.800.53.R5-S3BucketVersioningEnabled",
            "CKV_AWS_21",
        ),
    ),
    Defect(
        name="access logs for ever",
        stack=_ALB_ONLY,
        change=put("AWS::S3::Bucket", "LifecycleConfiguration", None),
        named_by=(
            "s3_lifecycle_policy_check",
            "s3_version_lifecycle_policy_check",
        ),
    ),
)

WAYS_IN = (
    Defect(
        name="UDP is let in as TCP",
        stack="ecs-tcp-ecs-service-game",
        change=put("AWS::EC2::SecurityGroupIngress", "IpProtocol", "tcp", having="UDP7777"),
        named_by=("load_balancer_reaches_its_targets", "targets_are_reached_by_their_load_balancer_only"),
    ),
    Defect(
        name="old TLS of a Network Load Balancer",
        stack="ecs-tcp-ecs-service-broker",
        change=put(_LISTENER, "SslPolicy", "ELBSecurityPolicy-TLS-1-0-2015-04"),
        named_by=("elb_listener_has_a_modern_tls_policy",),
    ),
    Defect(
        name="secret of an OIDC client in the template",
        stack="ecs-microsvc-ecs-service-admin",
        change=put(
            "AWS::ElasticLoadBalancingV2::ListenerRule", "Actions.0.AuthenticateOidcConfig.ClientSecret", "secret"
        ),
        named_by=("elb_client_secret_is_a_reference",),
    ),
    Defect(
        name="no way out to the identity provider",
        stack="ecs-microsvc-ecs-cluster",
        change=without("AWS::EC2::SecurityGroupEgress", having="EgressToIdentityProviders"),
        named_by=("load_balancer_reaches_identity_providers",),
    ),
    Defect(
        name="a service in VPC Lattice without encryption",
        stack="ecs-lattice-ecs-service-orders",
        change=put("AWS::VpcLattice::Listener", "Protocol", "HTTP"),
        named_by=("vpclattice_listener_is_encrypted",),
    ),
    Defect(
        name="a service in VPC Lattice that everybody may call",
        stack="ecs-lattice-ecs-service-orders",
        change=put("AWS::VpcLattice::AuthPolicy", "Policy.Statement.0.Condition", None),
        named_by=("vpclattice_auth_policy_names_callers",),
    ),
    Defect(
        name="tasks that VPC Lattice cannot reach",
        stack="ecs-lattice-ecs-service-orders",
        change=without("AWS::EC2::SecurityGroupIngress"),
        named_by=("lattice_reaches_its_targets",),
    ),
    Defect(
        name="a key that Amazon ECS cannot make private keys with",
        stack="ecs-microsvc-ecs-service-payments",
        change=put(
            "AWS::IAM::ManagedPolicy", "PolicyDocument.Statement.0.Action", "kms:Decrypt", having="TlsKeyPolicy"
        ),
        named_by=("role_can_use_the_key_of_certificates",),
    ),
    Defect(
        name="a port of a Network Load Balancer that nothing listens on",
        stack="ecs-tcp-ecs-cluster",
        change=put(
            "AWS::EC2::SecurityGroup",
            "SecurityGroupIngress.1.FromPort",
            7000,
            having="NetworkLoadBalancerpublicSecurityGroup",
        ),
        named_by=("load_balancer_opens_the_ports_of_its_listeners_only",),
    ),
)

QUEUE_WORKERS = (
    Defect(
        name="queue without a dead-letter queue",
        stack=_QUEUE_WORKER,
        change=put("AWS::SQS::Queue", "RedrivePolicy", None, having="WorkerQueue"),
        named_by=("AwsSolutions-SQS3",),
    ),
)

ECS = (*TASKS, *VOLUMES, *SERVICES, *CLUSTER, *LOAD_BALANCER, *WAYS_IN, *QUEUE_WORKERS)
