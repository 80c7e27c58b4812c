"""One stack for each ECS service: changes every day, and touches no other stack when it does."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as cdk_ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from environments import Environment
from environments.ecs import ContainerSettings, EcsSettings, ServiceSettings
from reference_constructs.ecs.container import Container, ContainerDependency, ContainerHealthCheck
from reference_constructs.ecs.load_balancer import SharedLoadBalancer
from reference_constructs.ecs.service import CapacityShare, EcsService, Routing, Scaling
from reference_constructs.ecs.task_definition import ServiceTaskDefinition
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.registry.image_source import ImageSource
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
        ecs: EcsSettings,
        service_name: str,
        network: PlatformVpc,
        cluster: EcsClusterStack,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire one service of an environment."""
        super().__init__(scope, construct_id, **options)
        self._environment = environment
        self._cluster = cluster
        self._network = network
        key = kms.Key.from_key_arn(self, "Key", cluster.key.key_arn)
        settings = ecs.services[service_name]
        task = ServiceTaskDefinition(
            self,
            "Task",
            containers=[self._container(name, container) for name, container in settings.containers.items()],
            encryption_key=key,
            launch_type="ec2" if settings.on_ec2 else "fargate",
            architecture=settings.architecture,
            cpu_units=settings.cpu_units,
            memory_mib=settings.memory_mib,
            task_role_statements=[
                iam.PolicyStatement(actions=list(granted.actions), resources=list(granted.resources))
                for granted in settings.task_role_statements
            ],
            secret_key_arns=settings.secret_key_arns,
            exec_log_group=cluster.cluster.exec_log_group if settings.execute_command else None,
            log_retention_days=environment.log_retention_days,
            protected=environment.protected,
        )
        EcsService(
            self,
            "Service",
            cluster=self._import_cluster(),
            task=task,
            subnets=network.private_subnets,
            capacity_provider_strategy=self._strategy(settings),
            desired_tasks=settings.desired_tasks,
            routing=self._routing(settings, ecs.listener_rule_priority(service_name)) if settings.routing else None,
            scaling=Scaling(**settings.scaling.model_dump()) if settings.scaling else None,
            execute_command=settings.execute_command,
            alarms=settings.alarms,
            alarm_topic=cluster.alarm_topic,
        )

    def _container(self, name: str, settings: ContainerSettings) -> Container:
        plain = settings.model_dump(exclude={"image", "depends_on", "health_check"})
        return Container(
            name=name,
            image=ImageSource.resolve(
                self,
                settings.image,
                prefix=self._environment.name,
                cache_prefix=self._environment.cache_prefix,
                cached_registries=self._environment.registry.pull_through_cache,
            ),
            depends_on=[ContainerDependency(**dependency.model_dump()) for dependency in settings.depends_on],
            health_check=ContainerHealthCheck(**settings.health_check.model_dump()) if settings.health_check else None,
            **plain,
        )

    def _strategy(self, settings: ServiceSettings) -> list[CapacityShare]:
        instances = self._cluster.capacity
        own_name = instances.capacity_provider.capacity_provider_name if instances else ""
        return [
            CapacityShare(
                capacity_provider=own_name if share.capacity_provider == "EC2" else share.capacity_provider,
                base=share.base,
                weight=share.weight,
            )
            for share in settings.capacity_provider_strategy
        ]

    def _routing(self, settings: ServiceSettings, priority: int) -> Routing | None:
        balancer = self._cluster.load_balancer
        if settings.routing is None or balancer is None:
            return None
        return Routing(
            listener=self._import_listener(balancer),
            **{**settings.routing.model_dump(), "priority": priority},
        )

    def _import_cluster(self) -> cdk_ecs.ICluster:
        """The cluster as something that is not ours to change: given itself, ECS Exec would change its key."""
        return cdk_ecs.Cluster.from_cluster_attributes(
            self, "Cluster", cluster_name=self._cluster.cluster.cluster.cluster_name, vpc=self._network.vpc
        )

    def _import_listener(self, balancer: SharedLoadBalancer) -> elbv2.IApplicationListener:
        """The listener as something that is not ours to change.

        Given the listener itself, the CDK would write the way out of the load balancer's security group in this
        stack, but take the "lets nothing out" from the group in its own: one service's deployment would change
        the stack of all.
        """
        group = ec2.SecurityGroup.from_security_group_id(
            self, "LoadBalancerSecurityGroup", balancer.security_group.security_group_id, allow_all_outbound=False
        )
        return elbv2.ApplicationListener.from_application_listener_attributes(
            self, "Listener", listener_arn=balancer.listener.listener_arn, security_group=group
        )
