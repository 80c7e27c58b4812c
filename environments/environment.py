"""One deployment of the whole platform: everything that differs between two of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from environments.ecs import EcsSettings
from environments.eks import EksSettings
from environments.fields import (
    AccountId,
    AvailabilityZone,
    EnvironmentName,
    LogRetentionDays,
    Region,
    ResourceName,
    Settings,
)
from environments.network import NetworkSettings
from environments.registry import RegistrySettings

TagValue = Annotated[str, Field(pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$", examples=["team-shop"])]


class TagSettings(Settings):
    """Tags that every resource carries, so that cost and blame find their owner."""

    owner: TagValue
    """Team that answers for the environment."""

    cost_centre: TagValue
    """Who pays."""


class Environment(Settings):
    """One deployment of the platform. Its name is the name of its file."""

    name: EnvironmentName
    """Name of the environment, first part of every stack's name. Unset: the file's name without its ending."""

    application: ResourceName = "platform"
    """What the platform is called; tag of every resource."""

    account: AccountId | None = None
    """AWS account. Unset: the one of the credentials that the CDK CLI uses when it deploys."""

    region: Region
    """AWS Region."""

    availability_zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=2, max_length=6)]
    """Availability Zones, in order; add new ones at the end. Stated and never looked up, so that every machine
    writes the same templates."""

    tags: TagSettings
    """Tags that every resource carries."""

    protected: bool = True
    """`true`: data outlives its stack, and stacks, load balancer and EKS cluster refuse to be deleted. `false`:
    `cdk destroy --all` leaves nothing behind."""

    customer_managed_keys: bool = True
    """`true`: KMS keys of our own also encrypt repositories and volumes. Logs, ECS Exec sessions and Kubernetes
    secrets always have one."""

    log_retention_days: LogRetentionDays = 365
    """How long logs are kept."""

    network: NetworkSettings = NetworkSettings()
    """The VPC that both platforms share."""

    registry: RegistrySettings = RegistrySettings()
    """Container images."""

    ecs: EcsSettings | None = None
    """The ECS cluster and its services; none means no ECS."""

    eks: EksSettings | None = None
    """The EKS cluster; none means no EKS."""

    @property
    def cache_prefix(self) -> str:
        """First part of the names of repositories that the pull-through cache makes, and of no others."""
        return f"{self.name}/cache"
