"""One stack for each ECS service: changes every day, and touches no other stack when it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from reference_constructs.ecs.lattice_service import LatticeNetwork
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_load_balancer import ServiceLoadBalancer
from reference_constructs.network.network import NetworkSource
from settings import Environment
from settings.ecs import ServiceSettings
from stacks.ecs_cluster import EcsClusterStack, SharedListener, SharedNetworkListeners
from stacks.ecs_task import EcsTaskStack
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack


class ServiceConnectionArguments(TypedDict, total=False):
    """Arguments of `EcsService` that say how it is found and reached by others."""

    namespace: servicediscovery.INamespace | None
    name_in_namespace: str
    own_group: ec2.ISecurityGroup | None
    callers: Mapping[str, ec2.ISecurityGroup]


class EcsServiceStack(EcsTaskStack):
    """Task definition, roles, service, listener rule, scaling, and alarms of one service."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        name: str,
        settings: ServiceSettings,
        network: NetworkSource,
        cluster: EcsClusterStack,
        storage: StorageStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire one service of an environment."""
        super().__init__(
            scope,
            construct_id,
            environment=environment,
            settings=settings,
            network=network,
            cluster=cluster,
            storage=storage,
            **options,
        )
        listener = self._shared.listener
        used = {each.load_balancer for each in settings.all_routings.values()}
        service = EcsService(
            self,
            "Service",
            options=settings,
            cluster=self.cluster,
            task=self.task,
            subnets=self.subnets,
            vpc_cidrs=self.network.cidrs,
            dual_stack=self.network.dual_stack,
            capacity_providers=self._shared.capacity_provider_names,
            target_security_group=self._import_target_security_group(listener.target_security_group_id)
            if listener
            else None,
            listener=self._import_listener(listener) if listener else None,
            identity_providers=listener.identity_providers if listener else {},
            load_balancers={
                **{
                    name: self._import_load_balancer(name, each)
                    for name, each in self._shared.listeners.items()
                    if name in used
                },
                **{
                    name: self._import_network_load_balancer(name, each)
                    for name, each in self._shared.network_listeners.items()
                    if name in {routing.load_balancer for routing in settings.network_routings.values()}
                },
            },
            listener_rule_priorities=settings.listener_rule_priorities(name),
            alarm_topic=cluster.alarm_topic,
            volume_key=self.task_key if environment.customer_managed_keys else None,
            working_hours=environment.working_hours,
            lattice_network=self._lattice_network(),
            **self._connection_arguments(name, settings),
        )
        if service.lattice_service is not None:
            cdk.CfnOutput(
                self,
                "LatticeDomainName",
                value=service.lattice_service.domain_name,
                description=f"Where {name} answers in every VPC of its service network",
            )
        if settings.outputs:
            self._define_outputs(service)
        self._let_in_to_file_systems(service.security_group)
        self._acknowledge_missing_endpoints(service.service, settings)

    def _lattice_network(self) -> LatticeNetwork | None:
        options = self._environment.ecs.vpc_lattice if self._environment.ecs is not None else None
        if options is None:
            return None
        made = self._connections.service_network if self._connections is not None else None
        arn = options.service_network_arn or (made.arn if made is not None else "")
        return LatticeNetwork(arn=arn, prefix_list_id=options.prefix_list_id)

    def _connection_arguments(self, name: str, settings: ServiceSettings) -> ServiceConnectionArguments:
        connections = self._connections
        if connections is None:
            return {"namespace": self._namespace(), "name_in_namespace": name}
        callers = {caller: connections.group(self, caller) for caller in settings.reachable_from if caller != name}
        own_group = self._own_group(name)
        admitted = {connections.label(caller): group for caller, group in callers.items() if group is not None}
        if own_group is not None and name in settings.reachable_from:
            admitted[connections.label(name)] = own_group
        return {
            "namespace": self._namespace(),
            "name_in_namespace": name,
            "own_group": own_group,
            "callers": admitted,
        }

    def _define_outputs(self, service: EcsService) -> None:
        """What is stable for as long as the service is: nothing here changes with a release."""
        values = {
            "SecurityGroupId": service.security_group.security_group_id,
            "ServiceName": service.service.service_name,
            "TaskRoleArn": self.task.task_definition.task_role.role_arn,
            "LogGroupName": self.task.log_group.log_group_name,
        }
        for output, value in values.items():
            cdk.CfnOutput(self, output, value=value, export_name=f"{self.stack_name}:{output}")

    def _import_listener(self, shared: SharedListener, name: str = "") -> elbv2.IApplicationListener:
        """The listener as something that this stack does not change.

        Its security group lets out to all targets already; a rule for each service would end at a quota.
        """
        return elbv2.ApplicationListener.from_application_listener_attributes(
            self,
            _id("Listener", name),
            listener_arn=shared.listener_arn,
            security_group=self._import_group("LoadBalancerSecurityGroup", shared.security_group_id, name),
        )

    def _import_target_security_group(self, group_id: str | None, name: str = "") -> ec2.ISecurityGroup | None:
        return None if group_id is None else self._import_group("TargetSecurityGroup", group_id, name)

    def _import_load_balancer(self, name: str, shared: SharedListener) -> ServiceLoadBalancer:
        return ServiceLoadBalancer(
            target_security_group=self._import_target_security_group(shared.target_security_group_id, name),
            listener=self._import_listener(shared, name),
            identity_providers=shared.identity_providers,
        )

    def _import_network_load_balancer(self, name: str, shared: SharedNetworkListeners) -> ServiceLoadBalancer:
        return ServiceLoadBalancer(
            target_security_group=self._import_target_security_group(shared.target_security_group_id, name),
            network_load_balancer=elbv2.NetworkLoadBalancer.from_network_load_balancer_attributes(
                self, f"NetworkLoadBalancer-{name}", load_balancer_arn=shared.load_balancer_arn
            ),
            network_security_group=self._import_group("LoadBalancerSecurityGroup", shared.security_group_id, name),
            network_listeners=shared.listeners,
        )

    def _import_group(self, construct_id: str, group_id: str, name: str) -> ec2.ISecurityGroup:
        return ec2.SecurityGroup.from_security_group_id(self, _id(construct_id, name), group_id, mutable=False)


def _id(kind: str, name: str) -> str:
    return f"{kind}-{name}" if name else kind
