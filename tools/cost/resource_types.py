"""Every resource type: how it is priced, why it is free, or why it has no price here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from assembly import Resource
from tools.cost import clusters, fargate, file_systems, instances, network, storage_and_messages
from tools.cost.context import Context
from tools.cost.lines import Line

Pricing = Callable[[Context, Resource], Iterator[Line]]

PRICED: Final[Mapping[str, Pricing]] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": storage_and_messages.scaling_policy,
    "AWS::AutoScaling::AutoScalingGroup": instances.auto_scaling_group,
    "AWS::Backup::BackupVault": file_systems.backup_vault,
    "AWS::CloudWatch::Alarm": storage_and_messages.alarm,
    "AWS::EC2::EIP": network.address,
    "AWS::EC2::NatGateway": network.nat_gateway,
    "AWS::EC2::VPCEndpoint": network.vpc_endpoint,
    "AWS::ECR::Repository": storage_and_messages.repository,
    "AWS::ECS::CapacityProvider": clusters.capacity_provider,
    "AWS::ECS::Cluster": clusters.ecs_cluster,
    "AWS::ECS::Service": fargate.service,
    "AWS::EFS::FileSystem": file_systems.efs,
    "AWS::EKS::Addon": clusters.addon,
    "AWS::EKS::Cluster": clusters.eks_cluster,
    "AWS::EKS::FargateProfile": fargate.pods,
    "AWS::EKS::Nodegroup": instances.node_group,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": network.load_balancer,
    "AWS::FSx::FileSystem": file_systems.fsx,
    "AWS::KMS::Key": storage_and_messages.key,
    "AWS::Logs::LogGroup": storage_and_messages.log_group,
    "AWS::Route53::HostedZone": storage_and_messages.hosted_zone,
    "AWS::Route53::RecordSet": network.record,
    "AWS::S3::Bucket": storage_and_messages.bucket,
    "AWS::SNS::Topic": storage_and_messages.topic,
    "AWS::SQS::Queue": storage_and_messages.queue,
    "AWS::Scheduler::Schedule": fargate.schedule,
    "AWS::SecretsManager::Secret": storage_and_messages.secret,
    "AWS::StepFunctions::StateMachine": fargate.state_machine,
    "AWS::WAFv2::WebACL": network.web_acl,
}

_SETTING: Final = "a setting of something else"
_IDENTITY: Final = "AWS IAM is free"
_FILE_SYSTEM: Final = "its file system is billed"
_NETWORK: Final = "parts of a VPC are free"
FREE: Final[Mapping[str, str]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _SETTING,
    "AWS::AutoScaling::ScheduledAction": _SETTING,
    "AWS::AutoScaling::WarmPool": "its volumes are lines of its Auto Scaling group",
    "AWS::Backup::BackupPlan": "what it stores is a line of its vault",
    "AWS::Backup::BackupSelection": _SETTING,
    "AWS::CertificateManager::Certificate": "public certificates that are not exported are free",
    "AWS::EC2::EgressOnlyInternetGateway": _NETWORK,
    "AWS::EC2::FlowLog": "what it writes is a line of its log group",
    "AWS::EC2::InternetGateway": _NETWORK,
    "AWS::EC2::LaunchTemplate": "its instances are lines of their group",
    "AWS::EC2::Route": _NETWORK,
    "AWS::EC2::RouteTable": _NETWORK,
    "AWS::EC2::SecurityGroup": _NETWORK,
    "AWS::EC2::SecurityGroupEgress": _NETWORK,
    "AWS::EC2::SecurityGroupIngress": _NETWORK,
    "AWS::EC2::Subnet": _NETWORK,
    "AWS::EC2::SubnetRouteTableAssociation": _NETWORK,
    "AWS::EC2::VPC": _NETWORK,
    "AWS::EC2::VPCCidrBlock": _NETWORK,
    "AWS::EC2::VPCGatewayAttachment": _NETWORK,
    "AWS::ECR::PullThroughCacheRule": "images that it caches are storage of repositories that are not in the templates",
    "AWS::ECR::RepositoryCreationTemplate": _SETTING,
    "AWS::ECS::ClusterCapacityProviderAssociations": _SETTING,
    "AWS::ECS::TaskDefinition": "its tasks are lines of their service, schedule, or state machine",
    "AWS::EFS::AccessPoint": "access points are free",
    "AWS::EFS::MountTarget": "mount targets are free",
    "AWS::EKS::AccessEntry": _SETTING,
    "AWS::EKS::IdentityProviderConfig": _SETTING,
    "AWS::EKS::PodIdentityAssociation": _SETTING,
    "AWS::ElasticLoadBalancingV2::Listener": "its load balancer is priced",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "its load balancer is priced",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "its load balancer is priced",
    "AWS::Events::Rule": "events of AWS services are free",
    "AWS::FSx::DataRepositoryAssociation": "what it imports is storage of its file system",
    "AWS::FSx::StorageVirtualMachine": _FILE_SYSTEM,
    "AWS::FSx::Volume": _FILE_SYSTEM,
    "AWS::IAM::InstanceProfile": _IDENTITY,
    "AWS::IAM::ManagedPolicy": _IDENTITY,
    "AWS::IAM::OIDCProvider": _IDENTITY,
    "AWS::IAM::Policy": _IDENTITY,
    "AWS::IAM::Role": _IDENTITY,
    "AWS::S3::BucketPolicy": _SETTING,
    "AWS::SNS::Subscription": "deliveries by email and to queues are billed by messages, the first of them free",
    "AWS::SNS::TopicPolicy": _SETTING,
    "AWS::SQS::QueuePolicy": _SETTING,
    "AWS::SSM::Association": "State Manager is free for instances",
    "AWS::Scheduler::ScheduleGroup": _SETTING,
    "AWS::WAFv2::LoggingConfiguration": "what it writes is a line of its log group",
    "AWS::WAFv2::WebACLAssociation": _SETTING,
}

UNPRICED: Final[Mapping[str, str]] = {
    "AWS::EC2::TransitGatewayAttachment": "billed by hours and GB; no sourced price",
    "AWS::EKS::Capability": "billed by hours and by what it manages; no sourced price",
}
