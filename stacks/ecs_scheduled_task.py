"""One stack for each scheduled task."""

from __future__ import annotations

from typing import Unpack

from constructs import Construct

from reference_constructs.ecs.scheduled_task import ScheduledTask
from reference_constructs.network.network import NetworkSource
from settings import Environment
from settings.ecs import ScheduledTaskSettings
from stacks.ecs_cluster import EcsClusterStack
from stacks.ecs_run_task import EcsRunTaskStack
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack


class EcsScheduledTaskStack(EcsRunTaskStack):
    """Task definition, roles, schedule, dead-letter queue, and alarm of one scheduled task."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        name: str,
        settings: ScheduledTaskSettings,
        network: NetworkSource,
        cluster: EcsClusterStack,
        storage: StorageStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire one scheduled task of an environment."""
        super().__init__(
            scope,
            construct_id,
            environment=environment,
            name=name,
            settings=settings,
            network=network,
            cluster=cluster,
            storage=storage,
            **options,
        )
        self.scheduled_task = ScheduledTask(
            self,
            "ScheduledTask",
            options=settings,
            run_task=self.run_task,
            alarm_topic=cluster.alarm_topic,
            retention=environment.retention,
        )
        self._acknowledge_missing_endpoints(self.scheduled_task.schedule, settings)
