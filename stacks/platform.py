"""All stacks of one environment, and what ties them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar, Unpack

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.network.existing_vpc import ExistingVpc
from reference_constructs.network.existing_vpc_options import ExistingVpcOptions
from reference_constructs.network.network import NetworkSource
from settings import Environment
from settings.ecs import EcsSettings, TaskSettings
from settings.endpoints import added_endpoint_options
from stacks.ecs_cloudfront import EcsCloudFrontStack
from stacks.ecs_cluster import EcsClusterStack
from stacks.ecs_connections import EcsConnectionsStack
from stacks.ecs_queue_worker import EcsQueueWorkerStack
from stacks.ecs_scheduled_task import EcsScheduledTaskStack
from stacks.ecs_service import EcsServiceStack
from stacks.ecs_standalone_task import EcsStandaloneTaskStack
from stacks.ecs_task import EcsTaskStack
from stacks.eks_cluster import EksClusterStack
from stacks.endpoints import EndpointsStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack

_Settings = TypeVar("_Settings", bound=TaskSettings, contravariant=True)
_Stack = TypeVar("_Stack", bound=EcsTaskStack, covariant=True)


class _EcsTaskStackClass(Protocol[_Settings, _Stack]):
    """A stack of one kind of ECS task: what all of them are made with."""

    def __call__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        name: str,
        settings: _Settings,
        network: NetworkSource,
        cluster: EcsClusterStack,
        storage: StorageStack | None,
        **options: Unpack[StackOptions],
    ) -> _Stack:
        """The stack."""


class Platform:
    """The stacks of an environment, below an app or a stage.

    Attributes:
        network: The VPC; None if the environment has one that exists.
        endpoints: Endpoints that are added to a VPC that exists; None without any.
        storage: File systems and buckets; None without any.
        registry: ECR repositories.
        ecs_connections: What ties the ECS services; None if nothing does.
        ecs_cluster: The ECS cluster; None without ECS.
        ecs_cloudfront: CloudFront in front of load balancers, by name of the load balancer, which can be empty.
        ecs_services: ECS services by name.
        ecs_scheduled_tasks: Tasks that run on a schedule, by name.
        ecs_standalone_tasks: Tasks that run when they are told to, by name.
        ecs_queue_workers: Services that work on the messages of a queue, by name.
        eks_cluster: The EKS cluster; None without EKS.
    """

    network: NetworkStack | None
    endpoints: EndpointsStack | None
    storage: StorageStack | None
    registry: RegistryStack
    ecs_connections: EcsConnectionsStack | None
    ecs_cluster: EcsClusterStack | None
    ecs_cloudfront: dict[str, EcsCloudFrontStack]
    ecs_services: dict[str, EcsServiceStack]
    ecs_scheduled_tasks: dict[str, EcsScheduledTaskStack]
    ecs_standalone_tasks: dict[str, EcsStandaloneTaskStack]
    ecs_queue_workers: dict[str, EcsQueueWorkerStack]
    eks_cluster: EksClusterStack | None

    def __init__(self, scope: Construct, environment: Environment) -> None:
        """Define the stacks.

        Args:
            scope: The app, or a `cdk.Stage` for a pipeline with several environments.
            environment: The checked environment.
        """
        self._scope = scope
        self._environment = environment
        self._network = self._define_network()
        self.storage = self._define_storage()
        self.registry = RegistryStack(
            scope,
            self._id("registry"),
            environment=environment,
            **self._options("ECR repositories and pull-through cache"),
        )
        self.ecs_connections = self._define_ecs_connections()
        self.ecs_cluster = self._define_ecs_cluster()
        ecs = self._environment.ecs or EcsSettings()
        self.ecs_cloudfront = self._define_ecs_cloudfront(ecs)
        self.ecs_services = self._define_ecs_tasks(EcsServiceStack, ecs.services, "ECS service")
        self.ecs_scheduled_tasks = self._define_ecs_tasks(
            EcsScheduledTaskStack, ecs.scheduled_tasks, "ECS scheduled task"
        )
        self.ecs_standalone_tasks = self._define_ecs_tasks(
            EcsStandaloneTaskStack, ecs.standalone_tasks, "ECS standalone task"
        )
        self.ecs_queue_workers = self._define_ecs_tasks(EcsQueueWorkerStack, ecs.queue_workers, "ECS queue worker")
        self.eks_cluster = self._define_eks_cluster()
        self._wait_for_endpoints()
        self._wait_for_storage()
        self._tag_everything()
        self._limit_roles()

    def _define_network(self) -> NetworkSource:
        existing = self._environment.network.existing
        if existing is not None:
            self.network = None
            self.endpoints = self._define_endpoints(existing)
            zones = self._environment.availability_zones
            return lambda stack: ExistingVpc(stack, "Network", availability_zones=zones, options=existing)
        self.endpoints = None
        self.network = defined = NetworkStack(
            self._scope, self._id("network"), environment=self._environment, **self._options("VPC, NAT, flow logs")
        )
        return lambda _: defined.network

    def _define_endpoints(self, existing: ExistingVpcOptions) -> EndpointsStack | None:
        added = added_endpoint_options(self._environment)
        if added is None:
            return None
        return EndpointsStack(
            self._scope,
            self._id("endpoints"),
            environment=self._environment,
            existing=existing,
            endpoints=added,
            **self._options("VPC endpoints"),
        )

    def _define_storage(self) -> StorageStack | None:
        if not self._environment.storage.file_systems:
            return None
        return StorageStack(
            self._scope,
            self._id("storage"),
            environment=self._environment,
            network=self._network,
            **self._options("File systems and buckets"),
        )

    def _define_ecs_connections(self) -> EcsConnectionsStack | None:
        ecs = self._environment.ecs
        if ecs is None or not ecs.has_connections:
            return None
        return EcsConnectionsStack(
            self._scope,
            self._id("ecs-connections"),
            ecs=ecs,
            network=self._network,
            **self._options("Namespace and security groups of ECS services"),
        )

    def _define_ecs_cluster(self) -> EcsClusterStack | None:
        if self._environment.ecs is None:
            return None
        return EcsClusterStack(
            self._scope,
            self._id("ecs-cluster"),
            environment=self._environment,
            ecs=self._environment.ecs,
            network=self._network,
            connections=self.ecs_connections,
            **self._options("ECS cluster, EC2 capacity, shared load balancer"),
        )

    def _define_ecs_cloudfront(self, ecs: EcsSettings) -> dict[str, EcsCloudFrontStack]:
        """A stack for each distribution, without tags: CloudFront refuses those of a VPC origin to be changed."""
        balancers = {"": ecs.load_balancer, **ecs.load_balancers}
        stacks = {}
        for name, each in balancers.items():
            if each is None or each.cloudfront is None or self.ecs_cluster is None:
                continue
            options = self._options(
                f"CloudFront in front of {f'load balancer {name}' if name else 'the load balancer'}"
            )
            options["tags"] = {}
            stacks[name] = EcsCloudFrontStack(
                self._scope,
                self._id(f"ecs-cloudfront-{name}" if name else "ecs-cloudfront"),
                name=name,
                settings=each,
                cluster=self.ecs_cluster,
                **options,
            )
        return stacks

    def _define_ecs_tasks(
        self, stack_class: _EcsTaskStackClass[_Settings, _Stack], settings: Mapping[str, _Settings], kind: str
    ) -> dict[str, _Stack]:
        """A stack for each task of a kind; `ECS service` is called `<environment>-ecs-service-<name>`."""
        if self.ecs_cluster is None:
            return {}
        stacks = {}
        for name, each in settings.items():
            stacks[name] = stack_class(
                self._scope,
                self._id(f"{kind.lower().replace(' ', '-')}-{name}"),
                environment=self._environment,
                name=name,
                settings=each,
                network=self._network,
                cluster=self.ecs_cluster,
                storage=self.storage,
                **self._options(f"{kind} {name}"),
            )
            # No value of it is read, but the first pull needs the cache.
            stacks[name].add_stack_dependency(self.registry)
        return stacks

    def _define_eks_cluster(self) -> EksClusterStack | None:
        if self._environment.eks is None:
            return None
        return EksClusterStack(
            self._scope,
            self._id("eks-cluster"),
            environment=self._environment,
            eks=self._environment.eks,
            network=self._network,
            storage=self.storage,
            **self._options("EKS cluster, nodes, Fargate profiles, add-ons"),
        )

    def _id(self, part: str) -> str:
        return f"{self._environment.name}-{part}"

    def _options(self, description: str) -> StackOptions:
        """What all stacks have in common.

        Without an account in the file the stack has none either, and the CDK CLI takes that of its credentials when
        it deploys: so the templates are the same bytes on every machine (docs/adr/0003).
        """
        return StackOptions(
            env=cdk.Environment(account=self._environment.account, region=self._environment.region),
            description=description,
            tags=self._environment.resource_tags,
            termination_protection=self._environment.protected,
        )

    @property
    def ecs_tasks(self) -> list[EcsTaskStack]:
        """The stacks of ECS tasks of every kind."""
        return [
            *self.ecs_services.values(),
            *self.ecs_scheduled_tasks.values(),
            *self.ecs_standalone_tasks.values(),
            *self.ecs_queue_workers.values(),
        ]

    @property
    def stacks(self) -> list[cdk.Stack]:
        """All stacks, those first that others read from."""
        stacks = [
            *(self.network, self.endpoints, self.storage, self.registry, self.ecs_connections, self.ecs_cluster),
            *(*self.ecs_cloudfront.values(), *self.ecs_tasks, self.eks_cluster),
        ]
        return [stack for stack in stacks if stack is not None]

    def _wait_for_endpoints(self) -> None:
        """No value of them is read, but without a way to the internet, nothing starts before them."""
        for stack in (self.ecs_cluster, *self.ecs_services.values(), self.eks_cluster):
            if self.endpoints is not None and stack is not None:
                stack.add_stack_dependency(self.endpoints)

    def _wait_for_storage(self) -> None:
        """Whatever mounts a file system imports it by the name of an export, which the CDK does not follow."""
        if self.storage is None:
            return
        mounting = [stack for stack in self.ecs_tasks if stack.task.options.file_systems]
        for stack in (*mounting, self.eks_cluster):
            if stack is not None:
                stack.add_stack_dependency(self.storage)

    def _tag_everything(self) -> None:
        """On each resource too: policy tools read templates, and instances take tags from their launch template.

        Stack by stack, since another environment below the same app has tags of its own. A VPC origin has none: while a
        distribution uses it, CloudFront refuses every change of it.
        """
        for stack in self.stacks:
            tags = cdk.Tags.of(stack)
            for key, value in self._environment.resource_tags.items():
                tags.add(key, value, exclude_resource_types=["AWS::CloudFront::VpcOrigin"])

    def _limit_roles(self) -> None:
        """Where an account lets only roles with a boundary be created ("Permissions boundaries for IAM entities")."""
        if (arn := self._environment.permissions_boundary_arn) is not None:
            for stack in self.stacks:
                boundary = iam.ManagedPolicy.from_managed_policy_arn(stack, "PermissionsBoundary", arn)
                iam.PermissionsBoundary.of(stack).apply(boundary)
