"""One deployment of the whole platform: everything that differs between two of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.options import Options
from reference_constructs.security.retention_options import RetentionOptions
from reference_constructs.storage.storage_options import StorageOptions
from reference_constructs.value_types import AccountId, AvailabilityZone, ManagedPolicyArn, ResourceName, TagKey
from settings.ecs import EcsSettings
from settings.eks import EksSettings
from settings.network import NetworkSettings
from settings.registry import RegistrySettings
from settings.value_types import EnvironmentName, Region, TagValue


class TagSettings(Options):
    """Tags of every resource, for cost allocation and ownership."""

    owner: TagValue
    """Team that is responsible for the environment (tag `owner`)."""

    cost_centre: TagValue
    """Cost center to charge (tag `cost-centre`)."""

    additional: Annotated[dict[TagKey, TagValue], Field(max_length=30)] = {}
    """Further tags, by key, such as those that your organization requires."""


class AcknowledgedWarning(Options):
    """A warning that is not shown anymore."""

    warning: str
    """Name of the warning, as it is shown."""

    key: Annotated[str, Field(min_length=1)]
    """Key that the warning is about, such as `eks.nodes.burst.instance_types`, or a key above it."""

    reason: Annotated[str, Field(min_length=10, max_length=500)]
    """Why it is right here, for those who read the file later."""

    def answers(self, *, warning: str, key: str) -> bool:
        """Whether the warning at the key is acknowledged by this."""
        return warning == self.warning and (key == self.key or key.startswith((f"{self.key}.", f"{self.key}[")))


class Environment(RetentionOptions):
    """An environment: one deployment of the platform, with all of its stacks."""

    name: EnvironmentName
    """Name of the environment, with which the name of every stack begins. The default is the name of the file without
    its extension."""

    application: ResourceName = "platform"
    """Name of the application (tag `application` of every resource)."""

    account: AccountId | None = None
    """ID of the AWS account to deploy to. With `null`, it is the account of the credentials that the CDK CLI uses."""

    region: Region
    """AWS Region to deploy to."""

    availability_zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=2, max_length=6)]
    """Availability Zones of the VPC, in order. Add further zones at the end, because subnets get their CIDR blocks in
    this order. The zones are not looked up, so that every machine synthesizes the same templates."""

    tags: TagSettings
    """Tags to apply to every resource."""

    customer_managed_keys: bool = True
    """Whether customer managed keys also encrypt ECR repositories, EBS volumes, and `storage`. With `false`, these have
    the default encryption of their service, or its AWS managed key. Queues of queue workers have such a key only with
    `queue.customer_managed_key`. Logs, ECS Exec sessions, and Kubernetes secrets are always encrypted with a customer
    managed key."""

    permissions_boundary_arn: ManagedPolicyArn | None = None
    """ARN of the managed policy that is the permissions boundary of every IAM role. With `null`, roles have none. A
    boundary grants no permission: it must allow what the policies of the roles allow, or nodes and tasks fail at run
    time."""

    working_hours: WorkingHoursOptions | None = None
    """Hours in which the environment runs. Outside of them, ECS services and queue workers, EC2 capacity, and the
    managed and self-managed nodes of EKS are scaled to zero; scheduled tasks still run. With `null`, it always runs."""

    network: NetworkSettings = NetworkSettings()
    """VPC that the ECS cluster and the EKS cluster share."""

    registry: RegistrySettings = RegistrySettings()
    """Amazon ECR repositories, and the pull through cache of public registries."""

    storage: StorageOptions = StorageOptions()
    """File systems and buckets that both platforms share, and storage classes of EKS (docs/storage.md)."""

    ecs: EcsSettings | None = None
    """ECS cluster and its services. With `null`, the environment has none."""

    eks: EksSettings | None = None
    """EKS cluster. With `null`, the environment has none."""

    acknowledged_warnings: tuple[AcknowledgedWarning, ...] = ()
    """Warnings that are not shown anymore. A warning is about what AWS accepts, but a careful engineer would not; it
    never stops a synthesis."""

    @property
    def retention(self) -> RetentionOptions:
        """What constructs need to know of the environment as a whole."""
        return RetentionOptions(**{name: getattr(self, name) for name in RetentionOptions.model_fields})

    @property
    def resource_tags(self) -> dict[str, str]:
        """Tags of every stack and of every resource, by key."""
        return {**self.standard_tags, **self.tags.additional}

    @property
    def standard_tags(self) -> dict[str, str]:
        """The tags that every environment has."""
        return {
            "environment": self.name,
            "application": self.application,
            "owner": self.tags.owner,
            "cost-centre": self.tags.cost_centre,
        }

    @property
    def private_prefix_lengths(self) -> list[int]:
        """Prefix length of each private subnet."""
        existing = self.network.existing
        if existing is not None:
            return [subnet.cidr.prefixlen for subnet in existing.private_subnets.values()]
        return [self.network.private_prefix_length] * len(self.availability_zones)

    @property
    def pod_prefix_lengths(self) -> list[int]:
        """Prefix length of each subnet for pods alone; empty where pods are in the private subnets."""
        existing = self.network.existing
        if existing is not None:
            return [subnet.cidr.prefixlen for subnet in existing.pod_subnets.values()]
        return [self.network.pod_prefix_length] * len(self.availability_zones) if self.network.pod_cidr else []

    @property
    def cache_prefix(self) -> str:
        """First part of the names of repositories that the pull-through cache creates, and of no others."""
        return f"{self.name}/cache"
