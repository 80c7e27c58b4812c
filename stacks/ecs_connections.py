"""The stack of what ties ECS services: namespace and security groups of those that others admit."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from reference_constructs.ecs.connections import ServiceConnections
from reference_constructs.ecs.service_network import ServiceNetwork
from reference_constructs.network.network import NetworkSource
from settings.ecs import EcsSettings
from stacks.stack_options import StackOptions


class EcsConnectionsStack(cdk.Stack):
    """Changes when a service gets a caller that had none to call; a release never does.

    Attributes:
        connections: Namespace and security groups.
        service_network: Of Amazon VPC Lattice; None without one, or if nothing of it is made.
    """

    connections: ServiceConnections
    service_network: ServiceNetwork | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ecs: EcsSettings,
        network: NetworkSource,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the connections of the services of a cluster."""
        super().__init__(scope, construct_id, **options)
        surroundings = network(self)
        self.connections = ServiceConnections(
            self,
            "Connections",
            vpc=surroundings.vpc,
            namespace=ecs.namespace if ecs.namespace is not None and ecs.namespace.namespace_arn is None else None,
            callers=ecs.callers,
            reachable=ecs.reachable_security_groups,
        )
        self._callers = ecs.callers
        self.service_network = None
        if ecs.vpc_lattice is not None and (ecs.vpc_lattice.associate_vpc or not ecs.vpc_lattice.service_network_arn):
            self.service_network = ServiceNetwork(
                self,
                "Lattice",
                vpc=surroundings.vpc,
                options=ecs.vpc_lattice,
                vpc_cidrs=surroundings.cidrs,
            )
        self._export_connections()

    def label(self, caller: str) -> str:
        """What a rule that admits it says of a service or a task, such as `Service orders`.

        Args:
            caller: Name of the service or the task.
        """
        return f"{self._callers[caller].capitalize()} {caller}"

    def group(self, stack: cdk.Stack, caller: str) -> ec2.ISecurityGroup | None:
        """That of a service or a task, as something that another stack does not change; None if nobody admits it.

        Args:
            stack: Where it is used.
            caller: Name of the service or the task.
        """
        found = self.connections.groups.get(caller)
        if found is None:
            return None
        return ec2.SecurityGroup.from_security_group_id(
            stack, f"Caller-{caller}", found.security_group_id, mutable=False
        )

    @property
    def namespace(self) -> servicediscovery.INamespace | None:
        """Where services have their names, if it is made here."""
        return self.connections.namespace

    def _export_connections(self) -> None:
        """Used or not, so that no service's change changes this stack (docs/adr/0005)."""
        for group in self.connections.groups.values():
            self.export_value(group.security_group_id)
        if self.service_network is not None and cdk.Token.is_unresolved(self.service_network.arn):
            self.export_value(self.service_network.arn)
        if self.namespace is not None:
            self.export_value(self.namespace.namespace_arn)
            self.export_value(self.namespace.namespace_id)
