"""What the stacks of tasks without a service have in common: how the task is run, as an output."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from reference_constructs.ecs.run_task import RunTask
from reference_constructs.network.network import NetworkSource
from settings import Environment
from settings.ecs import TaskSettings
from stacks.ecs_cluster import EcsClusterStack
from stacks.ecs_task import EcsTaskStack
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack


class EcsRunTaskStack(EcsTaskStack):
    """A stack with one task that is run, and not kept running.

    Attributes:
        run_task: The security group, and the request of `RunTask`.
    """

    run_task: RunTask

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        name: str,
        settings: TaskSettings,
        network: NetworkSource,
        cluster: EcsClusterStack,
        storage: StorageStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the task of an environment."""
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
        self.name = name
        self.run_task = RunTask(
            self,
            "RunTask",
            cluster=self.cluster,
            task=self.task,
            subnets=self.subnets,
            vpc_cidrs=self.network.cidrs,
            dual_stack=self.network.dual_stack,
            capacity_providers=self._shared.capacity_provider_names,
            own_group=self._own_group(name),
        )
        self._let_in_to_file_systems(self.run_task.security_group)
        cdk.CfnOutput(
            self,
            "RunTaskRequest",
            value=self.to_json_string(self.run_task.request),
            description="What `aws ecs run-task --cli-input-json` takes; `make run-task` reads it",
        )
