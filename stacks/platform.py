"""All stacks of one environment, and what ties them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.network.existing_vpc import ExistingVpc
from reference_constructs.network.existing_vpc_options import ExistingVpcOptions
from reference_constructs.network.network import NetworkSource
from settings import Environment
from settings.endpoints import added_endpoint_options
from stacks.ecs_cluster import EcsClusterStack
from stacks.ecs_service import EcsServiceStack
from stacks.eks_cluster import EksClusterStack
from stacks.endpoints import EndpointsStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.stack_options import StackOptions


class Platform:
    """The stacks of an environment, below an app or a stage.

    Attributes:
        network: The VPC; None if the environment has one that exists.
        endpoints: Endpoints that are added to a VPC that exists; None without any.
        registry: ECR repositories.
        ecs_cluster: The ECS cluster; None without ECS.
        ecs_services: ECS services by name.
        eks_cluster: The EKS cluster; None without EKS.
    """

    network: NetworkStack | None
    endpoints: EndpointsStack | None
    registry: RegistryStack
    ecs_cluster: EcsClusterStack | None
    ecs_services: dict[str, EcsServiceStack]
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
        self.registry = RegistryStack(
            scope,
            self._id("registry"),
            environment=environment,
            **self._options("ECR repositories and pull-through cache"),
        )
        self.ecs_cluster = self._define_ecs_cluster()
        self.ecs_services = self._define_ecs_services()
        self.eks_cluster = self._define_eks_cluster()
        self._wait_for_endpoints()
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

    def _define_ecs_cluster(self) -> EcsClusterStack | None:
        if self._environment.ecs is None:
            return None
        return EcsClusterStack(
            self._scope,
            self._id("ecs-cluster"),
            environment=self._environment,
            ecs=self._environment.ecs,
            network=self._network,
            **self._options("ECS cluster, EC2 capacity, shared load balancer"),
        )

    def _define_ecs_services(self) -> dict[str, EcsServiceStack]:
        if self._environment.ecs is None or self.ecs_cluster is None:
            return {}
        services = {}
        for name, settings in self._environment.ecs.services.items():
            services[name] = EcsServiceStack(
                self._scope,
                self._id(f"ecs-service-{name}"),
                environment=self._environment,
                service_name=name,
                settings=settings,
                network=self._network,
                cluster=self.ecs_cluster,
                **self._options(f"ECS service {name}"),
            )
            # No value of it is read, but the first pull needs the cache.
            services[name].add_stack_dependency(self.registry)
        return services

    def _define_eks_cluster(self) -> EksClusterStack | None:
        if self._environment.eks is None:
            return None
        return EksClusterStack(
            self._scope,
            self._id("eks-cluster"),
            environment=self._environment,
            eks=self._environment.eks,
            network=self._network,
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
    def stacks(self) -> list[cdk.Stack]:
        """All stacks, those first that others read from."""
        stacks = [
            self.network,
            self.endpoints,
            self.registry,
            self.ecs_cluster,
            *self.ecs_services.values(),
            self.eks_cluster,
        ]
        return [stack for stack in stacks if stack is not None]

    def _wait_for_endpoints(self) -> None:
        """No value of them is read, but without a way to the internet, nothing starts before them."""
        for stack in (self.ecs_cluster, *self.ecs_services.values(), self.eks_cluster):
            if self.endpoints is not None and stack is not None:
                stack.add_stack_dependency(self.endpoints)

    def _tag_everything(self) -> None:
        """On each resource too: policy tools read templates, and instances take tags from their launch template.

        Stack by stack, since another environment below the same app has tags of its own.
        """
        for stack in self.stacks:
            tags = cdk.Tags.of(stack)
            for key, value in self._environment.resource_tags.items():
                tags.add(key, value)

    def _limit_roles(self) -> None:
        """Where an account lets only roles with a boundary be created ("Permissions boundaries for IAM entities")."""
        if (arn := self._environment.permissions_boundary_arn) is not None:
            for stack in self.stacks:
                boundary = iam.ManagedPolicy.from_managed_policy_arn(stack, "PermissionsBoundary", arn)
                iam.PermissionsBoundary.of(stack).apply(boundary)
