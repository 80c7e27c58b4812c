"""One deployment of the whole platform: everything that differs between two of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.network.vpc_options import VpcOptions
from reference_constructs.options import Options
from reference_constructs.security.retention_options import RetentionOptions
from reference_constructs.value_types import AccountId, ResourceName
from settings.ecs import EcsSettings
from settings.eks import EksSettings
from settings.registry import RegistrySettings
from settings.value_types import AvailabilityZone, EnvironmentName, Region, TagValue


class TagSettings(Options):
    """Tags of every resource, for cost allocation and ownership."""

    owner: TagValue
    """Team that is responsible for the environment (tag `owner`)."""

    cost_centre: TagValue
    """Cost center to charge (tag `cost-centre`)."""


class Environment(RetentionOptions):
    """One deployment of the platform."""

    name: EnvironmentName
    """Name of the environment and first part of the name of every stack. The default is the name of the file without
    its extension."""

    application: ResourceName = "platform"
    """Name of the application (tag `application` of every resource)."""

    account: AccountId | None = None
    """AWS account ID. `null` means the account of the credentials that the CDK CLI uses for the deployment."""

    region: Region
    """AWS Region."""

    availability_zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=2, max_length=6)]
    """Availability Zones, in order. Add new zones at the end. They are stated and not looked up, so that every machine
    synthesizes the same templates."""

    tags: TagSettings
    """Tags of every resource."""

    customer_managed_keys: bool = True
    """Whether customer managed keys also encrypt ECR repositories and EBS volumes. Logs, ECS Exec sessions, and
    Kubernetes secrets are always encrypted with a customer managed key."""

    network: VpcOptions = VpcOptions()
    """The VPC that ECS and EKS share."""

    registry: RegistrySettings = RegistrySettings()
    """Amazon ECR repositories, and the pull-through cache."""

    ecs: EcsSettings | None = None
    """The ECS cluster and its services; `null` for an environment without ECS."""

    eks: EksSettings | None = None
    """The EKS cluster; `null` for an environment without EKS."""

    @property
    def retention(self) -> RetentionOptions:
        """What constructs need to know of the environment as a whole."""
        return RetentionOptions(**{name: getattr(self, name) for name in RetentionOptions.model_fields})

    @property
    def resource_tags(self) -> dict[str, str]:
        """Tags of every stack and of every resource, by key."""
        return {
            "environment": self.name,
            "application": self.application,
            "owner": self.tags.owner,
            "cost-centre": self.tags.cost_centre,
        }

    @property
    def cache_prefix(self) -> str:
        """First part of the names of repositories that the pull-through cache creates, and of no others."""
        return f"{self.name}/cache"
