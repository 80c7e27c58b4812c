"""One stack for each queue worker."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.ecs.queue_worker import QueueWorker
from reference_constructs.network.network import NetworkSource
from reference_constructs.security.encryption_key import EncryptionKey
from settings import Environment
from settings.ecs import QueueWorkerSettings
from stacks.ecs_cluster import EcsClusterStack
from stacks.ecs_task import EcsTaskStack
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack


class EcsQueueWorkerStack(EcsTaskStack):
    """Task definition, roles, queues, service, scaling, and alarms of one queue worker."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        name: str,
        settings: QueueWorkerSettings,
        network: NetworkSource,
        cluster: EcsClusterStack,
        storage: StorageStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire one queue worker of an environment."""
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
        worker = QueueWorker(
            self,
            "Worker",
            options=settings,
            cluster=self.cluster,
            task=self.task,
            subnets=self.subnets,
            vpc_cidrs=self.network.cidrs,
            dual_stack=self.network.dual_stack,
            capacity_providers=self._shared.capacity_provider_names,
            alarm_topic=cluster.alarm_topic,
            retention=environment.retention,
            queue_key=self._define_queue_key() if settings.queue.customer_managed_key else None,
            volume_key=self.task_key if environment.customer_managed_keys else None,
            working_hours=environment.working_hours,
            namespace=self._namespace(),
            own_group=self._own_group(name),
        )
        self._let_in_to_file_systems(worker.service.security_group)
        self._acknowledge_missing_endpoints(worker.service.service, settings)
        cdk.CfnOutput(self, "QueueUrl", value=worker.queue.queue_url, description=f"Where to send what {name} works on")
        cdk.CfnOutput(self, "QueueArn", value=worker.queue.queue_arn, description="What a sender's policy names")

    def _define_queue_key(self) -> kms.IKey:
        """A key of its own, because every sender may decrypt with it: not what the key of the cluster encrypts."""
        key = EncryptionKey(
            self, "QueueKey", description=f"{self.stack_name}: messages", retention=self._environment.retention
        )
        key.deny_grants_to_others()
        cdk.CfnOutput(self, "QueueKeyArn", value=key.key_arn, description="What a sender may use, by its own policy")
        return key
