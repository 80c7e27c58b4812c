"""What the stacks of all ECS workloads have in common: a task in the cluster that another stack exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from reference_constructs.ecs.connections import existing_namespace
from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.ecs.existing_cluster import ExistingEcsCluster
from reference_constructs.ecs.task import EcsTask
from reference_constructs.network.network import Network, NetworkSource
from reference_constructs.registry.image_source import ImageSources
from reference_constructs.security.acknowledgements import acknowledge_relation
from reference_constructs.storage.client_access import let_in
from settings import Environment
from settings.ecs import TaskSettings
from settings.endpoints import actions_without_endpoint
from stacks.ecs_cluster import EcsClusterStack
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack


class EcsTaskStack(cdk.Stack):
    """A stack with one task; a subclass adds what runs it.

    Attributes:
        task: The task.
        cluster: The cluster, as something that this stack does not change.
        network: Where it is.
        task_key: Key of its logs, of ECS Exec sessions, and of its EBS volumes.
    """

    task: EcsTask
    task_key: kms.IKey
    cluster: ecs.ICluster
    network: Network

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        settings: TaskSettings,
        network: NetworkSource,
        cluster: EcsClusterStack,
        storage: StorageStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the task of a workload."""
        super().__init__(scope, construct_id, **options)
        self._environment = environment
        self.network = network(self)
        self._shared = cluster.shared
        self._connections = cluster.connections
        self._storage = storage
        self.task_key = kms.Key.from_key_arn(self, "Key", self._shared.key_arn)
        self.task = self._add_task(settings, cluster)
        # Given the cluster itself, ECS Exec would change its key.
        self.cluster = ecs.Cluster.from_cluster_attributes(
            self, "Cluster", cluster_name=self._shared.cluster_name, vpc=self.network.vpc
        )

    def _add_task(self, settings: TaskSettings, cluster: EcsClusterStack) -> EcsTask:
        return EcsTask(
            self,
            "Task",
            options=settings,
            encryption_key=self.task_key,
            images=ImageSources(
                repository_prefix=self._environment.name,
                cache_prefix=self._environment.cache_prefix,
                cached_registries=self._environment.registry.cached_registries,
            ),
            secrets=self._import_secrets(settings),
            secrets_keys=[
                kms.Key.from_key_arn(self, f"SecretsKey{index}", arn)
                for index, arn in enumerate(settings.secrets_kms_key_arns)
            ],
            exec_log_group=cluster.cluster.exec_log_group,
            exec_keys=self._exec_keys(cluster),
            guardduty_runtime_monitoring=cluster.guardduty_runtime_monitoring,
            managed_instances=cluster.runs_on_managed_instances(settings),
            file_systems=self._storage.mountable if self._storage is not None else {},
            retention=self._environment.retention,
        )

    def _exec_keys(self, cluster: EcsClusterStack) -> Sequence[kms.IKey] | None:
        """Those of a cluster that exists; a new one has the key of its stack."""
        return cluster.cluster.exec_keys if isinstance(cluster.cluster, ExistingEcsCluster) else None

    @property
    def subnets(self) -> Sequence[ec2.ISubnet]:
        """Where the task runs."""
        return self.network.public_subnets if self.task.options.assign_public_ip else self.network.private_subnets

    def _namespace(self) -> servicediscovery.INamespace | None:
        """Where services have their names; one that exists is imported into this stack."""
        options = self._environment.ecs.namespace if self._environment.ecs is not None else None
        if options is not None and options.namespace_arn is not None:
            return existing_namespace(self, options.namespace_arn, kind=options.kind)
        return None if self._connections is None else self._connections.namespace

    def _own_group(self, name: str) -> ec2.ISecurityGroup | None:
        """The security group by which services admit the task; None if none does."""
        return None if self._connections is None else self._connections.group(self, name)

    def _let_in_to_file_systems(self, security_group: ec2.ISecurityGroup) -> None:
        """Let the tasks in to the file systems that their volumes name, by rules that go with this stack."""
        for name in self.task.options.file_systems:
            mounting = self._storage.mountings[name] if self._storage is not None else None
            if mounting is not None:
                let_in(self, name, security_group, mounting)

    def _acknowledge_missing_endpoints(self, runs_it: cdk.Resource, settings: TaskSettings) -> None:
        """What an environment file is warned of, it may choose."""
        if missing := actions_without_endpoint(self._environment, settings):
            acknowledge_relation(
                runs_it,
                "task_without_nat_reaches_what_it_may_call",
                reason=f"There is no NAT gateway and no endpoint for {', '.join(missing)}, of which the file is "
                "warned: an endpoint or a route that is made elsewhere may lead there.",
            )

    def _import_secrets(self, settings: TaskSettings) -> dict[str, dict[str, ContainerSecret]]:
        return {
            name: {
                variable: ContainerSecret.from_arn(self, f"Secret-{name}-{variable}", arn)
                for variable, arn in container.secrets.items()
            }
            for name, container in settings.containers.items()
        }
