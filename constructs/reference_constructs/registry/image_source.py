"""Where the image of a container comes from, and what may pull it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from reference_constructs.registry.pull_through_cache import UPSTREAM_HOSTS, PublicRegistry, repository_arn


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """An image as a task definition names it, with the permissions that pulling it takes.

    Attributes:
        uri: What stands in the task definition.
        repository_arn: The ECR repository of this account; none for an image of a registry that is not ECR.
        cached: Whether a first pull makes the repository.
    """

    uri: str
    repository_arn: str | None = None
    cached: bool = False

    @classmethod
    def resolve(
        cls,
        stack: cdk.Stack,
        image: str,
        *,
        prefix: str,
        cache_prefix: str,
        cached_registries: Collection[PublicRegistry],
    ) -> ImageSource:
        """From what one would give to `docker pull`.

        Args:
            stack: Its account and Region have the registry.
            image: `public.ecr.aws/…:1.2` of a cached registry, `name:1.2` of a repository of our own, or any
                other image with its host.
            prefix: First part of the names of our own repositories.
            cache_prefix: First part of the names of those that the cache makes (`PullThroughCache`).
            cached_registries: Public registries that have a pull-through cache.
        """
        host, slash, path = image.partition("/")
        for registry in cached_registries:
            if host == UPSTREAM_HOSTS[registry]:
                return cls._of_repository(stack, f"{cache_prefix}/{registry}/{path}", cached=True)
        if slash and re.search(r"[.:]", host):
            return cls(uri=image)
        return cls._of_repository(stack, f"{prefix}/{image}", cached=False)

    @classmethod
    def _of_repository(cls, stack: cdk.Stack, image: str, *, cached: bool) -> ImageSource:
        name = re.split(r"[:@]", image)[0]
        return cls(
            uri=f"{stack.account}.dkr.ecr.{stack.region}.{stack.url_suffix}/{image}",
            repository_arn=repository_arn(stack, name),
            cached=cached,
        )

    def pull_statements(self) -> list[iam.PolicyStatement]:
        """What a role needs to pull this image; logging in to ECR is a statement of its own.

        A first pull through the cache imports the image and makes its repository ("IAM permissions required to
        sync an upstream registry"). Nothing is needed for a registry that is not ECR.
        """
        if self.repository_arn is None:
            return []
        actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        if self.cached:
            actions += ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        return [iam.PolicyStatement(actions=actions, resources=[self.repository_arn])]
