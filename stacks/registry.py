"""The registry stack: changes about once a month."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from reference_constructs.registry.pull_through_cache import PullThroughCache
from reference_constructs.registry.registry_configuration import RegistryConfiguration
from reference_constructs.registry.repository import ImageRepository
from reference_constructs.registry.scan_findings import ScanFindings
from reference_constructs.security.encryption_key import EncryptionKey
from settings import Environment
from stacks.stack_options import StackOptions


class RegistryStack(cdk.Stack):
    """Private repositories, and the pull-through cache of public registries."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, **options: Unpack[StackOptions]
    ) -> None:
        """Wire the registry of an environment."""
        super().__init__(scope, construct_id, **options)
        settings = environment.registry
        key = (
            EncryptionKey(self, "Key", description=f"{construct_id}: images", retention=environment.retention)
            if environment.customer_managed_keys
            else None
        )
        for name, repository in settings.repositories.items():
            made = ImageRepository(
                self,
                f"Repository-{name}",
                repository_name=f"{environment.name}/{name}",
                options=repository,
                encryption_key=key,
                retention=environment.retention,
            )
            cdk.CfnOutput(self, f"RepositoryUri-{name}", value=made.repository_uri)
        RegistryConfiguration(
            self,
            "Configuration",
            prefix=environment.name,
            scanning=settings.enhanced_scanning,
            replication=settings.replication,
            signing_profile_arn=settings.signing_profile_arn,
        )
        if settings.enhanced_scanning is not None:
            ScanFindings(
                self,
                "ScanFindings",
                prefix=environment.name,
                options=settings.enhanced_scanning,
                encryption_key=key or self._topic_key(construct_id, environment),
            )
        PullThroughCache(
            self,
            "Cache",
            registries=settings.pull_through_cache,
            credentials=settings.pull_through_cache_credentials,
            prefix=environment.cache_prefix,
            repository_tags=environment.resource_tags,
            encryption_key=key,
        )

    def _topic_key(self, construct_id: str, environment: Environment) -> EncryptionKey:
        """A topic is always encrypted with a key of the account, whatever the images are encrypted with."""
        return EncryptionKey(
            self, "TopicKey", description=f"{construct_id}: findings in images", retention=environment.retention
        )
