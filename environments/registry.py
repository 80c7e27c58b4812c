"""The container registry of an environment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from environments.fields import AccountId, Settings

RepositoryName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", min_length=2, max_length=200, examples=["shop/checkout"]),
]
PublicRegistry = Literal["ecr-public", "kubernetes", "quay"]


class RepositorySettings(Settings):
    """One repository for images of our own."""

    keep_images: Annotated[int, Field(ge=1, le=1000)] = 30
    """The newest images that are kept; a deployment can only roll back to one that is still there."""

    expire_untagged_after_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Untagged images are leftovers of a push; they are deleted after this many days."""


class RegistrySettings(Settings):
    """Repositories of our own and the cache of public ones; all named below `<environment>/`."""

    repositories: dict[RepositoryName, RepositorySettings] = {}
    """Repositories by name. The full name is `<environment>/<name>`."""

    pull_through_cache: tuple[PublicRegistry, ...] = ("ecr-public", "kubernetes", "quay")
    """Public registries that need no credentials and that ECR caches on first pull: `public.ecr.aws`,
    `registry.k8s.io` and `quay.io`. An image of theirs in `services` is pulled through the cache."""

    pull_account_ids: tuple[AccountId, ...] = ()
    """Other AWS accounts that may pull the images of our own repositories."""
