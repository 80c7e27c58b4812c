"""Where the image of a container comes from, and what may pull it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from reference_constructs.registry.ecr_image import EcrImage
from reference_constructs.registry.pull_through_cache import repository_arn
from reference_constructs.registry.upstream_registries import AnyRegistry, cached_registry, path_in_cache

# "Amazon ECR private repository policies": what a pull takes, beside logging in.
PULL_ACTIONS: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """An image as a task definition names it, with the permissions that pulling it takes.

    Attributes:
        uri: What stands in the task definition.
        repository_arn: The ECR repository, of any account and Region; none for an image of a registry that is not ECR.
        cached: Whether a first pull makes the repository.
    """

    uri: str
    repository_arn: str | None = None
    cached: bool = False

    def pull_statements(self) -> list[iam.PolicyStatement]:
        """What a role needs to pull this image; logging in to ECR is a statement of its own.

        A first pull through the cache imports the image and makes its repository ("IAM permissions required to
        sync an upstream registry"). Nothing is needed for a registry that is not ECR.
        """
        if self.repository_arn is None:
            return []
        actions = list(PULL_ACTIONS)
        if self.cached:
            actions += ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        return [iam.PolicyStatement(actions=actions, resources=[self.repository_arn])]


@dataclass(frozen=True, kw_only=True)
class ImageSources:
    """Where images come from: private repositories, the pull-through cache, or their own registry.

    Attributes:
        repository_prefix: First part of the names of private repositories; None if there are none.
        cache_prefix: First part of the names of the repositories that the cache makes (`PullThroughCache`).
        cached_registries: Registries that have a pull-through cache.
    """

    repository_prefix: str | None = None
    cache_prefix: str = ""
    cached_registries: Collection[AnyRegistry] = ()

    def resolve(self, stack: cdk.Stack, image: str) -> ImageSource:
        """From what one would give to `docker pull`.

        Args:
            stack: Its account and Region have the registry.
            image: `public.ecr.aws/...:1.2` of a cached registry, `name:1.2` of a private repository, or any other image
                with the host name of its registry. With a digest, an image of a cached registry is pulled from that
                registry: ECR fills its cache by tag only (containers-roadmap issue 2837).

        Raises:
            ValueError: If the image has no host name and there are no private repositories.
        """
        host, slash, path = image.partition("/")
        if (registry := cached_registry(image, self.cached_registries)) is not None:
            return self._of_repository(
                stack, f"{self.cache_prefix}/{registry}/{path_in_cache(registry, path)}", cached=True
            )
        if (found := EcrImage.parse(image)) is not None:
            arn = stack.format_arn(
                service="ecr",
                region=found.region,
                account=found.account,
                resource="repository",
                resource_name=found.repository,
            )
            return ImageSource(uri=image, repository_arn=arn)
        if slash and re.search(r"[.:]", host):
            return ImageSource(uri=image)
        if self.repository_prefix is None:
            raise ValueError(f"image is {image}; allowed: an image with the host name of its registry")
        return self._of_repository(stack, f"{self.repository_prefix}/{image}", cached=False)

    @staticmethod
    def _of_repository(stack: cdk.Stack, image: str, *, cached: bool) -> ImageSource:
        name = re.split(r"[:@]", image)[0]
        return ImageSource(
            uri=f"{stack.account}.dkr.ecr.{stack.region}.{stack.url_suffix}/{image}",
            repository_arn=repository_arn(stack, name),
            cached=cached,
        )
