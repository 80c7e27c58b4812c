"""The security group of tasks that nobody connects to."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.network.limited_security_group import LimitedSecurityGroup


class TaskSecurityGroup(LimitedSecurityGroup):
    """A security group of tasks without a load balancer: nothing comes in, and out goes what the options say.

    A service has one of its own (`EcsService`), whose description says what its load balancer may do.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: TaskOptions,
        vpc: ec2.IVpc,
        vpc_cidrs: Sequence[str] = (),
        dual_stack: bool = False,
    ) -> None:
        """Define the security group.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Those of the task, of which `egress` is let out.
            vpc: Where the tasks run.
            vpc_cidrs: IPv4 CIDR blocks of the VPC; without any, the one that the VPC has.
            dual_stack: Whether the subnets have IPv6 addresses too (`LimitedSecurityGroup`).
        """
        super().__init__(
            scope,
            construct_id,
            vpc=vpc,
            description="Tasks: nobody in",
            egress=options.egress,
            vpc_cidrs=vpc_cidrs or [vpc.vpc_cidr_block],
            dual_stack=dual_stack,
        )
