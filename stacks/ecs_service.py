"""One stack for each ECS service: changes every day, and touches no other stack when it does."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as cdk_ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.task import EcsTask
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.registry.image_source import ImageSources
from settings import Environment
from settings.ecs import ServiceSettings, TaskSettings
from stacks.ecs_cluster import EcsClusterStack
from stacks.stack_options import StackOptions


class EcsServiceStack(cdk.Stack):
    """Task definition, roles, service, routing rule, scaling and alarms of one service."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        service_name: str,
        settings: ServiceSettings,
        network: PlatformVpc,
        cluster: EcsClusterStack,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire one service of an environment."""
        super().__init__(scope, construct_id, **options)
        self._environment = environment
        self._cluster = cluster
        self._network = network
        task = self._add_task(settings)
        EcsService(
            self,
            "Service",
            options=settings,
            cluster=self._import_cluster(),
            task=task,
            subnets=network.private_subnets,
            capacity_providers=cluster.shared.capacity_provider_names,
            listener=self._import_listener(),
            listener_rule_priority=settings.routing.rule_priority(service_name) if settings.routing else None,
            alarm_topic=cluster.alarm_topic,
        )

    def _add_task(self, settings: TaskSettings) -> EcsTask:
        return EcsTask(
            self,
            "Task",
            options=settings,
            encryption_key=kms.Key.from_key_arn(self, "Key", self._cluster.shared.key_arn),
            images=ImageSources(
                repository_prefix=self._environment.name,
                cache_prefix=self._environment.cache_prefix,
                cached_registries=self._environment.registry.pull_through_cache,
            ),
            secrets=self._import_secrets(settings),
            secrets_keys=[
                kms.Key.from_key_arn(self, f"SecretsKey{index}", arn)
                for index, arn in enumerate(settings.secrets_kms_key_arns)
            ],
            exec_log_group=self._cluster.cluster.exec_log_group,
            retention=self._environment.retention,
        )

    def _import_secrets(self, settings: TaskSettings) -> dict[str, dict[str, ContainerSecret]]:
        return {
            name: {
                variable: ContainerSecret.from_arn(self, f"Secret-{name}-{variable}", arn)
                for variable, arn in container.secrets.items()
            }
            for name, container in settings.containers.items()
        }

    def _import_cluster(self) -> cdk_ecs.ICluster:
        """The cluster as something that this stack does not change: given itself, ECS Exec would change its key."""
        return cdk_ecs.Cluster.from_cluster_attributes(
            self, "Cluster", cluster_name=self._cluster.shared.cluster_name, vpc=self._network.vpc
        )

    def _import_listener(self) -> elbv2.IApplicationListener | None:
        """The listener as something that this stack does not change.

        Given the listener itself, the CDK would write the way out of the load balancer's security group in this
        stack, but take the "lets nothing out" from the group in its own: one service's deployment would change
        the stack of all.
        """
        shared = self._cluster.shared
        if shared.listener_arn is None or shared.load_balancer_security_group_id is None:
            return None
        group = ec2.SecurityGroup.from_security_group_id(
            self, "LoadBalancerSecurityGroup", shared.load_balancer_security_group_id, allow_all_outbound=False
        )
        return elbv2.ApplicationListener.from_application_listener_attributes(
            self, "Listener", listener_arn=shared.listener_arn, security_group=group
        )
