"""The ECS cluster stack: changes about once a month."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from environments import Environment
from environments.ecs import CapacitySettings, EcsSettings, LoadBalancerSettings
from reference_constructs.ecs.capacity import Ec2Capacity
from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.load_balancer import DnsName, SharedLoadBalancer
from reference_constructs.ecs.web_acl import WebAcl
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.observability.alarm_topic import AlarmTopic
from reference_constructs.security.encryption_key import EncryptionKey
from stacks.stack_options import StackOptions


class EcsClusterStack(cdk.Stack):
    """Cluster, capacity, shared load balancer and alarm topic.

    Attributes:
        key: Encrypts logs and ECS Exec sessions, those of the services too.
        cluster: The cluster.
        capacity: EC2 instances; none for a Fargate-only cluster.
        load_balancer: Where services add their rules; none when every service is a worker.
        alarm_topic: Who is told when an alarm fires.
    """

    key: EncryptionKey
    cluster: EcsCluster
    capacity: Ec2Capacity | None
    load_balancer: SharedLoadBalancer | None
    alarm_topic: sns.ITopic | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        ecs: EcsSettings,
        network: PlatformVpc,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the ECS cluster of an environment."""
        super().__init__(scope, construct_id, **options)
        self._environment = environment
        self._network = network
        self.key = EncryptionKey(
            self, "Key", description=f"{construct_id}: logs, ECS Exec, alarms", protected=environment.protected
        )
        self.key.allow_cloudwatch_logs()
        self.cluster = EcsCluster(
            self,
            "Ecs",
            vpc=network.vpc,
            cluster_name=environment.name,
            encryption_key=self.key,
            log_retention_days=environment.log_retention_days,
            protected=environment.protected,
        )
        self.alarm_topic = self._add_alarm_topic(ecs)
        self.capacity = self._add_capacity(ecs.capacity) if ecs.capacity else None
        self.load_balancer = self._add_load_balancer(ecs.load_balancer) if ecs.load_balancer else None
        self._export_cluster()

    def _add_alarm_topic(self, ecs: EcsSettings) -> sns.ITopic | None:
        if ecs.alarms.topic == "none":
            return None
        if ecs.alarms.topic != "create":
            return sns.Topic.from_topic_arn(self, "AlarmTopic", ecs.alarms.topic)
        self.key.allow_cloudwatch_alarms()
        return AlarmTopic(self, "AlarmTopic", encryption_key=self.key, email_addresses=ecs.alarms.email_addresses)

    def _add_capacity(self, settings: CapacitySettings) -> Ec2Capacity:
        volume_key = self.key if self._environment.customer_managed_keys else None
        if volume_key is not None:
            volume_key.allow_ebs_volumes()
        return Ec2Capacity(
            self,
            "Capacity",
            cluster=self.cluster.cluster,
            subnets=self._network.private_subnets,
            instance_types=settings.instance_types,
            operating_system=settings.operating_system,
            architecture=settings.architecture,
            min_size=settings.min_size,
            max_size=settings.max_size,
            on_demand_base=settings.on_demand_base,
            on_demand_percent_above_base=settings.on_demand_percent_above_base,
            target_capacity_percent=settings.target_capacity_percent,
            volume_gib=settings.volume_gib,
            volume_key=volume_key,
            protected=self._environment.protected,
        )

    def _add_load_balancer(self, settings: LoadBalancerSettings) -> SharedLoadBalancer:
        internet_facing = settings.scheme == "internet-facing"
        zone = settings.hosted_zone
        balancer = SharedLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self._network.vpc,
            subnets=self._network.public_subnets if internet_facing else self._network.private_subnets,
            allowed_cidrs=[str(cidr) for cidr in settings.allowed_cidrs],
            internet_facing=internet_facing,
            certificate_arn=settings.certificate_arn,
            dns_name=DnsName(**zone.model_dump()) if zone else None,
            plain_http=settings.plain_http,
            web_acl=self._add_web_acl() if settings.web_acl else None,
            access_log_retention_days=settings.access_log_retention_days,
            protected=self._environment.protected,
        )
        name = zone.record_name if zone else balancer.load_balancer.load_balancer_dns_name
        scheme = "http" if settings.plain_http else "https"
        cdk.CfnOutput(self, "Url", value=f"{scheme}://{name}", description="Where the services answer")
        return balancer

    def _add_web_acl(self) -> WebAcl:
        return WebAcl(
            self,
            "WebAcl",
            log_group_suffix=f"{self._environment.name}-ecs",
            encryption_key=self.key,
            log_retention_days=self._environment.log_retention_days,
            protected=self._environment.protected,
        )

    def _export_cluster(self) -> None:
        """Export all that a service may read, used or not, so that no service's change changes this stack."""
        self.export_value(self.key.key_arn)
        self.export_value(self.cluster.cluster.cluster_name)
        self.export_value(self.cluster.cluster.cluster_arn)
        self.export_value(self.cluster.exec_log_group.log_group_name)
        self.export_value(self.cluster.exec_log_group.log_group_arn)
        if self.capacity is not None:
            self.export_value(self.capacity.capacity_provider.capacity_provider_name)
        if self.load_balancer is not None:
            self.export_value(self.load_balancer.listener.listener_arn)
            self.export_value(self.load_balancer.load_balancer.load_balancer_full_name)
            self.export_value(self.load_balancer.security_group.security_group_id)
        if isinstance(self.alarm_topic, AlarmTopic):
            self.export_value(self.alarm_topic.topic_arn)
