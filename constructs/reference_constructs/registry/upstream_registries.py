"""Registries that a pull-through cache rule can have as its upstream."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

UpstreamRegistry = Literal["ecr-public", "kubernetes", "quay"]
AuthenticatedRegistry = Literal["docker-hub", "github", "gitlab"]
AnyRegistry = UpstreamRegistry | AuthenticatedRegistry

# The upstream registries that require no credentials: "Sync an upstream registry with an Amazon ECR private registry".
UPSTREAM_HOSTS: Final[dict[UpstreamRegistry, str]] = {
    "ecr-public": "public.ecr.aws",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
}
# Those that require some, with their name in the API of Amazon ECR ("CreatePullThroughCacheRule").
AUTHENTICATED_HOSTS: Final[dict[str, tuple[str, str]]] = {
    "docker-hub": ("registry-1.docker.io", "docker-hub"),
    "github": ("ghcr.io", "github-container-registry"),
    "gitlab": ("registry.gitlab.com", "gitlab-container-registry"),
}
# What images of a registry begin with, where that is not its host.
_HOST_IN_IMAGES: Final[dict[AnyRegistry, str]] = {
    "ecr-public": "public.ecr.aws",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
    "docker-hub": "docker.io",
    "github": "ghcr.io",
    "gitlab": "registry.gitlab.com",
}


def cached_registry(image: str, registries: Collection[AnyRegistry]) -> AnyRegistry | None:
    """The registry through whose cache an image is pulled; None for an image that is pulled from elsewhere.

    An image with a digest is not: Amazon ECR does not find it at the first pull, whether it has a tag too or not
    (containers-roadmap issue 2837).

    Args:
        image: What one would give to `docker pull`.
        registries: Registries that have a pull-through cache.
    """
    host = image.partition("/")[0]
    if "@" in image:
        return None
    return next((registry for registry in registries if host == _HOST_IN_IMAGES[registry]), None)


def path_in_cache(registry: AnyRegistry, path: str) -> str:
    """The part of an image after the host, as the cache has it: official images of Docker Hub are below `library/`.

    Args:
        registry: The registry.
        path: Such as `nginx:1.29`.
    """
    return f"library/{path}" if registry == "docker-hub" and "/" not in path else path
