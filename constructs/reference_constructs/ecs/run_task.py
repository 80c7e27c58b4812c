"""What Amazon ECS is told to run a task with that no service keeps running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from reference_constructs.ecs.capacity_provider_strategy import NO_CAPACITY_PROVIDERS, capacity_provider_strategy
from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.task_security_group import TaskSecurityGroup


class RunTask(Construct):
    """The security group of a task without a service, and the request of `RunTask` for it.

    One definition for whoever runs the task: a person, a schedule, a state machine.

    Attributes:
        cluster: Where it runs.
        task: What runs.
        subnets: Where its network interface is.
        security_group: Nothing comes in.
        security_groups: It, and that by which services admit the task, if one does.
        strategy: What it runs on.
    """

    cluster: ecs.ICluster
    task: EcsTask
    subnets: Sequence[ec2.ISubnet]
    security_group: TaskSecurityGroup
    security_groups: Sequence[ec2.ISecurityGroup]
    strategy: list[ecs.CapacityProviderStrategy]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.ICluster,
        task: EcsTask,
        subnets: Sequence[ec2.ISubnet],
        vpc_cidrs: Sequence[str] = (),
        dual_stack: bool = False,
        capacity_providers: Mapping[str, str] = NO_CAPACITY_PROVIDERS,
        own_group: ec2.ISecurityGroup | None = None,
    ) -> None:
        """Define the security group.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster: Where the task runs.
            task: What runs.
            subnets: Private ones, one per zone; public ones if the options assign public addresses.
            vpc_cidrs: IPv4 CIDR blocks of the VPC (`TaskSecurityGroup`).
            dual_stack: Whether the subnets have IPv6 addresses too.
            capacity_providers: Names of the capacity providers of the cluster's EC2 groups, by name of the group.
            own_group: Security group that the task has and nobody else, by which services admit it.

        Raises:
            ValueError: If a capacity provider is not in the cluster.
        """
        super().__init__(scope, construct_id)
        self.cluster = cluster
        self.task = task
        self.subnets = subnets
        self.strategy = capacity_provider_strategy(task.options.capacity_provider_strategy, capacity_providers)
        self.security_group = TaskSecurityGroup(
            self, "SecurityGroup", options=task.options, vpc=cluster.vpc, vpc_cidrs=vpc_cidrs, dual_stack=dual_stack
        )
        self.security_groups = [self.security_group, *([own_group] if own_group is not None else [])]

    @property
    def request(self) -> dict[str, Any]:
        """The request of `RunTask`, as the API spells it (Amazon ECS API Reference)."""
        options = self.task.options
        return {
            "cluster": self.cluster.cluster_arn,
            "taskDefinition": self.task.task_definition.task_definition_arn,
            "capacityProviderStrategy": [
                {"capacityProvider": item.capacity_provider, "base": item.base or 0, "weight": item.weight}
                for item in self.strategy
            ],
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": [subnet.subnet_id for subnet in self.subnets],
                    "securityGroups": [group.security_group_id for group in self.security_groups],
                    "assignPublicIp": "ENABLED" if options.assign_public_ip else "DISABLED",
                }
            },
            "enableExecuteCommand": options.execute_command,
            "enableECSManagedTags": True,
            "propagateTags": "TASK_DEFINITION",
            # Of Fargate alone; ECS refuses one for instances.
            **({"platformVersion": options.platform_version} if self.task.platform_version else {}),
        }
