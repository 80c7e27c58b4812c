"""Public registries that a pull-through cache rule can have as its upstream."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

UpstreamRegistry = Literal["ecr-public", "kubernetes", "quay"]

# The upstream registries that require no credentials: "Sync an upstream registry with an Amazon ECR private registry".
UPSTREAM_HOSTS: Final[dict[UpstreamRegistry, str]] = {
    "ecr-public": "public.ecr.aws",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
}


def cached_registry(image: str, registries: Collection[UpstreamRegistry]) -> UpstreamRegistry | None:
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
    return next((registry for registry in registries if host == UPSTREAM_HOSTS[registry]), None)
