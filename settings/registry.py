"""The container registry of an environment."""

from __future__ import annotations

from reference_constructs.options import Options
from reference_constructs.registry.repository_options import RepositoryName, RepositoryOptions
from reference_constructs.registry.upstream_registries import UpstreamRegistry


class RegistrySettings(Options):
    """Amazon ECR repositories, and the pull through cache of public registries."""

    repositories: dict[RepositoryName, RepositoryOptions] = {}
    """Private repositories, by name. The name in Amazon ECR is `<environment>/<name>`."""

    pull_through_cache: tuple[UpstreamRegistry, ...] = ("ecr-public", "kubernetes", "quay")
    """Public registries to cache in Amazon ECR: `public.ecr.aws`, `registry.k8s.io`, and `quay.io`. Containers pull the
    images of these registries through the cache. Tags in the cache are immutable: an image that is rebuilt under the
    same tag does not arrive, so specify complete versions."""
