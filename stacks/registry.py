"""The registry stack: changes about once a month."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from environments import Environment
from reference_constructs.registry.pull_through_cache import PullThroughCache
from reference_constructs.registry.repository import ImageRepository
from reference_constructs.security.encryption_key import EncryptionKey
from stacks.stack_options import StackOptions


class RegistryStack(cdk.Stack):
    """Repositories for images of our own, and the cache of public ones."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, **options: Unpack[StackOptions]
    ) -> None:
        """Wire the registry of an environment."""
        super().__init__(scope, construct_id, **options)
        settings = environment.registry
        key = (
            EncryptionKey(self, "Key", description=f"{construct_id}: images", protected=environment.protected)
            if environment.customer_managed_keys
            else None
        )
        for name, repository in settings.repositories.items():
            made = ImageRepository(
                self,
                f"Repository-{name}",
                repository_name=f"{environment.name}/{name}",
                keep_images=repository.keep_images,
                expire_untagged_after_days=repository.expire_untagged_after_days,
                encryption_key=key,
                pull_account_ids=settings.pull_account_ids,
                protected=environment.protected,
            )
            cdk.CfnOutput(self, f"RepositoryUri-{name}", value=made.repository_uri)
        PullThroughCache(
            self, "Cache", registries=settings.pull_through_cache, prefix=environment.cache_prefix, encryption_key=key
        )
