"""The ECS cluster stack: changes about once a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from constructs import Construct

from reference_constructs.ecs.any_capacity_options import AnyCapacityOptions
from reference_constructs.ecs.capacity_kinds import AnyCapacity, CapacityScope, add_capacity
from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.existing_cluster import ExistingEcsCluster
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.edge.listener_options import AnyIdentityProviderOptions
from reference_constructs.edge.load_balancer import SharedLoadBalancer
from reference_constructs.edge.network_load_balancer import SharedNetworkLoadBalancer
from reference_constructs.edge.network_load_balancer_options import (
    NetworkListenerOptions,
    NetworkLoadBalancerOptions,
)
from reference_constructs.edge.web_acl import WebAcl
from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.network.network import NetworkSource
from reference_constructs.observability.alarm_topic import AlarmTopic
from reference_constructs.security.encryption_key import EncryptionKey
from settings import Environment
from settings.ecs import EcsSettings, HostedZoneSettings, LoadBalancerSettings
from stacks.ecs_connections import EcsConnectionsStack
from stacks.stack_options import StackOptions


@dataclass(frozen=True, kw_only=True)
class SharedListener:
    """The listener that services add their rules to, whoever made its load balancer.

    Attributes:
        listener_arn: The listener.
        security_group_id: Security group of the load balancer.
        target_security_group_id: Security group that it lets out to; None if there is none for targets alone.
        identity_providers: That authenticate users, by name.
    """

    listener_arn: str
    security_group_id: str
    target_security_group_id: str | None
    identity_providers: Mapping[str, AnyIdentityProviderOptions]


@dataclass(frozen=True, kw_only=True)
class SharedNetworkListeners:
    """A Network Load Balancer that services add their listeners to.

    Attributes:
        load_balancer_arn: The load balancer.
        security_group_id: Security group of the load balancer.
        target_security_group_id: Security group that it lets out to; None if there is none for targets alone.
        listeners: Ports and protocols of its listeners, by name.
    """

    load_balancer_arn: str
    security_group_id: str
    target_security_group_id: str | None
    listeners: Mapping[str, NetworkListenerOptions]


@dataclass(frozen=True, kw_only=True)
class SharedValues:
    """What service stacks import from the cluster's stack.

    Read once for all services, because each is a call into the jsii kernel.

    Attributes:
        key_arn: Key of logs and ECS Exec sessions.
        cluster_name: Name of the cluster.
        capacity_provider_names: By name of the group of EC2 instances.
        listener: Of the shared load balancer; None without one.
        listeners: Of further load balancers, by name.
        network_listeners: Of Network Load Balancers, by name.
    """

    key_arn: str
    cluster_name: str
    capacity_provider_names: Mapping[str, str]
    listener: SharedListener | None
    listeners: Mapping[str, SharedListener]
    network_listeners: Mapping[str, SharedNetworkListeners]


class EcsClusterStack(cdk.Stack):
    """Cluster, capacity, shared load balancer and alarm topic.

    Attributes:
        key: Encrypts logs and ECS Exec sessions, those of the services too.
        cluster: The cluster.
        capacity: EC2 instances of every kind, by name; empty for a Fargate-only cluster.
        load_balancer: Where services add their rules; None if no service has routing, or if one exists.
        load_balancers: Further ones, by name, without those that exist.
        network_load_balancers: Where services add their listeners, by name, without those that exist.
        alarm_topic: Topic that alarms notify.
        shared: What service stacks import.
        connections: What ties its services; None if nothing does.
        runs_on_managed_instances: Whether a task of the cluster runs on Amazon ECS Managed Instances.
        guardduty_runtime_monitoring: Whether GuardDuty adds its agent to tasks on Fargate.
    """

    key: EncryptionKey
    cluster: EcsCluster | ExistingEcsCluster
    capacity: dict[str, AnyCapacity]
    load_balancer: SharedLoadBalancer | None
    load_balancers: dict[str, SharedLoadBalancer]
    network_load_balancers: dict[str, SharedNetworkLoadBalancer]
    alarm_topic: sns.ITopic | None
    shared: SharedValues
    connections: EcsConnectionsStack | None
    runs_on_managed_instances: Callable[[TaskOptions], bool]
    guardduty_runtime_monitoring: bool

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        ecs: EcsSettings,
        network: NetworkSource,
        connections: EcsConnectionsStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the ECS cluster of an environment."""
        super().__init__(scope, construct_id, **options)
        self._environment = environment
        self._network = network(self)
        self.connections = connections
        self.runs_on_managed_instances = ecs.runs_on_managed_instances
        self.guardduty_runtime_monitoring = ecs.guardduty_runtime_monitoring
        self.key = EncryptionKey(
            self, "Key", description=f"{construct_id}: logs, ECS Exec, alarms", retention=environment.retention
        )
        self.key.allow_cloudwatch_logs()
        self.key.deny_grants_to_others()
        self.cluster = self._add_cluster(ecs)
        self.alarm_topic = self._add_alarm_topic(ecs)
        self.capacity = (
            self._add_capacity(self.cluster.cluster, ecs.capacity) if isinstance(self.cluster, EcsCluster) else {}
        )
        self.load_balancer = self._add_load_balancer(ecs.load_balancer)
        made = {name: self._add_load_balancer(each, name) for name, each in ecs.load_balancers.items()}
        self.load_balancers = {name: each for name, each in made.items() if each is not None}
        self.network_load_balancers = {
            name: self._add_network_load_balancer(name, each)
            for name, each in ecs.network_load_balancers.items()
            if each.existing is None
        }
        self.shared = self._read_shared_values(ecs)
        self._export_cluster()

    def _add_cluster(self, ecs: EcsSettings) -> EcsCluster | ExistingEcsCluster:
        if ecs.existing_cluster is not None:
            return ExistingEcsCluster(self, "Ecs", vpc=self._network.vpc, options=ecs.existing_cluster)
        return EcsCluster(
            self,
            "Ecs",
            vpc=self._network.vpc,
            cluster_name=self._environment.name,
            encryption_key=self.key,
            encrypt_fargate_storage=ecs.encrypt_fargate_storage,
            retention=self._environment.retention,
        )

    def _add_alarm_topic(self, ecs: EcsSettings) -> sns.ITopic | None:
        if ecs.alarms.topic == "none":
            return None
        if ecs.alarms.topic != "create":
            return sns.Topic.from_topic_arn(self, "AlarmTopic", ecs.alarms.topic)
        self.key.allow_cloudwatch_alarms()
        return AlarmTopic(self, "AlarmTopic", encryption_key=self.key, options=ecs.alarms)

    def _add_capacity(
        self, cluster: aws_ecs.Cluster, groups: Mapping[str, AnyCapacityOptions]
    ) -> dict[str, AnyCapacity]:
        environment = self._environment
        scope = CapacityScope(
            parent=self,
            cluster=cluster,
            subnets=self._network.private_subnets,
            dual_stack=self._network.dual_stack,
            volume_key=self.key if environment.customer_managed_keys else None,
            retention=environment.retention,
            working_hours=environment.working_hours,
        )
        return add_capacity(scope, groups)

    def _add_load_balancer(self, settings: LoadBalancerSettings | None, name: str = "") -> SharedLoadBalancer | None:
        if settings is None or settings.existing is not None:
            return None
        balancer = SharedLoadBalancer(
            self,
            _id("LoadBalancer", name),
            vpc=self._network.vpc,
            subnets=self._subnets_of(settings.scheme),
            options=settings,
            certificate=self._import_certificate(settings.certificate_arn, name),
            additional_certificates=[
                acm.Certificate.from_certificate_arn(self, _id(f"Certificate{index}", name), arn)
                for index, arn in enumerate(settings.additional_certificate_arns, start=1)
            ],
            hosted_zone=self._import_hosted_zone(settings.hosted_zone, name),
            web_acl=self._add_web_acl(settings.web_acl, name),
            retention=self._environment.retention,
        )
        host = settings.record_name or balancer.load_balancer.load_balancer_dns_name
        protocol = "http" if settings.plain_http else "https"
        cdk.CfnOutput(self, _id("Url", name), value=f"{protocol}://{host}", description="Where the services answer")
        return balancer

    def _subnets_of(self, scheme: str) -> Sequence[ec2.ISubnet]:
        return self._network.public_subnets if scheme == "internet-facing" else self._network.private_subnets

    def _add_network_load_balancer(self, name: str, options: NetworkLoadBalancerOptions) -> SharedNetworkLoadBalancer:
        balancer = SharedNetworkLoadBalancer(
            self,
            f"NetworkLoadBalancer-{name}",
            vpc=self._network.vpc,
            subnets=self._subnets_of(options.scheme),
            options=options,
            retention=self._environment.retention,
        )
        host = balancer.load_balancer.load_balancer_dns_name
        cdk.CfnOutput(self, f"Host-{name}", value=host, description=f"Where the listeners of {name} answer")
        return balancer

    def _import_certificate(self, arn: str | None, name: str) -> acm.ICertificate | None:
        return None if arn is None else acm.Certificate.from_certificate_arn(self, _id("Certificate", name), arn)

    def _import_hosted_zone(self, zone: HostedZoneSettings | None, name: str) -> route53.IHostedZone | None:
        if zone is None:
            return None
        return route53.HostedZone.from_hosted_zone_attributes(
            self, _id("HostedZone", name), hosted_zone_id=zone.hosted_zone_id, zone_name=zone.zone_name
        )

    def _add_web_acl(self, options: WebAclOptions | None, name: str) -> WebAcl | None:
        if options is None or options.arn is not None:
            return None
        return WebAcl(
            self,
            _id("WebAcl", name),
            log_group_suffix=_id(f"{self._environment.name}-ecs", name),
            encryption_key=self.key,
            options=options,
            retention=self._environment.retention,
        )

    def _read_shared_values(self, ecs: EcsSettings) -> SharedValues:
        made = {name: group.capacity_provider.capacity_provider_name for name, group in self.capacity.items()}
        return SharedValues(
            key_arn=self.key.key_arn,
            cluster_name=self.cluster.cluster.cluster_name,
            capacity_provider_names=ecs.existing_cluster.capacity_providers if ecs.existing_cluster else made,
            listener=self._read_listener(ecs.load_balancer, self.load_balancer),
            listeners={
                name: listener
                for name, each in ecs.load_balancers.items()
                if (listener := self._read_listener(each, self.load_balancers.get(name))) is not None
            },
            network_listeners={
                name: self._read_network_listeners(name, each) for name, each in ecs.network_load_balancers.items()
            },
        )

    def _read_network_listeners(self, name: str, options: NetworkLoadBalancerOptions) -> SharedNetworkListeners:
        if options.existing is not None:
            return SharedNetworkListeners(
                load_balancer_arn=options.existing.load_balancer_arn,
                security_group_id=options.existing.security_group_id,
                target_security_group_id=options.existing.target_security_group_id,
                listeners=options.listeners,
            )
        balancer = self.network_load_balancers[name]
        return SharedNetworkListeners(
            load_balancer_arn=balancer.load_balancer.load_balancer_arn,
            security_group_id=balancer.security_group.security_group_id,
            target_security_group_id=balancer.target_security_group.security_group_id,
            listeners=options.listeners,
        )

    def _read_listener(
        self, settings: LoadBalancerSettings | None, balancer: SharedLoadBalancer | None
    ) -> SharedListener | None:
        if settings is None:
            return None
        if balancer is not None:
            return SharedListener(
                listener_arn=balancer.listener.listener_arn,
                security_group_id=balancer.security_group.security_group_id,
                target_security_group_id=balancer.target_security_group.security_group_id,
                identity_providers=settings.identity_providers,
            )
        if settings.existing is None:
            return None
        existing = settings.existing
        return SharedListener(
            listener_arn=existing.listener_arn,
            security_group_id=existing.security_group_id,
            target_security_group_id=existing.target_security_group_id,
            identity_providers=settings.identity_providers,
        )

    def _export_cluster(self) -> None:
        """Export all that a service may read, used or not, so that no service's change changes this stack."""
        self.export_value(self.shared.key_arn)
        if isinstance(self.cluster, EcsCluster):
            self.export_value(self.shared.cluster_name)
            self.export_value(self.cluster.cluster.cluster_arn)
            self.export_value(self.cluster.exec_log_group.log_group_name)
            self.export_value(self.cluster.exec_log_group.log_group_arn)
            for name in self.shared.capacity_provider_names.values():
                self.export_value(name)
        if self.load_balancer is not None and self.shared.listener is not None:
            self.export_value(self.shared.listener.listener_arn)
            self.export_value(self.load_balancer.load_balancer.load_balancer_full_name)
            self.export_value(self.shared.listener.security_group_id)
            self.export_value(self.shared.listener.target_security_group_id)
        for name, balancer in self.load_balancers.items():
            self.export_value(self.shared.listeners[name].listener_arn)
            self.export_value(balancer.load_balancer.load_balancer_full_name)
            self.export_value(self.shared.listeners[name].security_group_id)
            self.export_value(self.shared.listeners[name].target_security_group_id)
        for name in self.network_load_balancers:
            shared = self.shared.network_listeners[name]
            self.export_value(shared.load_balancer_arn)
            self.export_value(shared.security_group_id)
            self.export_value(shared.target_security_group_id)
        if isinstance(self.alarm_topic, AlarmTopic):
            self.export_value(self.alarm_topic.topic_arn)


def _id(kind: str, name: str) -> str:
    """Construct IDs are a contract: without a name, those that a single load balancer had."""
    return f"{kind}-{name}" if name else kind
