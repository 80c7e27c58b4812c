"""The container registry of an environment."""

from __future__ import annotations

from collections.abc import Mapping

from reference_constructs.options import Options
from reference_constructs.registry.registry_options import (
    EnhancedScanningOptions,
    ReplicationDestinationOptions,
    SigningProfileArn,
)
from reference_constructs.registry.repository_options import RepositoryName, RepositoryOptions
from reference_constructs.registry.upstream_registries import AnyRegistry, AuthenticatedRegistry, UpstreamRegistry
from settings.value_types import CacheCredentialArn


class RegistrySettings(Options):
    """Amazon ECR repositories, and the pull through cache of public registries."""

    repositories: dict[RepositoryName, RepositoryOptions] = {}
    """Private repositories, by name. The name in Amazon ECR is `<environment>/<name>`."""

    pull_through_cache: tuple[UpstreamRegistry, ...] = ("ecr-public", "kubernetes", "quay")
    """Public registries to cache in Amazon ECR: `public.ecr.aws`, `registry.k8s.io`, and `quay.io`. Containers pull the
    images of these registries through the cache. Tags in the cache are immutable: an image that is rebuilt under the
    same tag does not arrive, so specify complete versions."""

    pull_through_cache_credentials: Mapping[AuthenticatedRegistry, CacheCredentialArn] = {}
    """Registries to cache that require credentials: `docker-hub` (images that begin with `docker.io/`), `github`
    (`ghcr.io/`), and `gitlab` (`registry.gitlab.com/`), each with the full ARN of a secret in AWS Secrets Manager. The
    name of the secret begins with `ecr-pullthroughcache/`, and it has the keys `username` and `accessToken`."""

    enhanced_scanning: EnhancedScanningOptions | None = None
    """Scans of Amazon Inspector, which has a price for each image, and a topic that is told of findings. With `null`,
    Amazon ECR scans images when they are pushed. A registry has one such setting: only one environment of an account
    and Region can state it."""

    replication: tuple[ReplicationDestinationOptions, ...] = ()
    """Regions and accounts to which images of the private repositories are copied when they are pushed; images that are
    there already are not. A registry has one such setting: only one environment of an account and Region can state
    it."""

    signing_profile_arn: SigningProfileArn | None = None
    """ARN of the signing profile in AWS Signer that signs each image that is pushed. Whoever pushes must be allowed
    `signer:SignPayload`. With `null`, images are not signed. A registry has one such setting: only one environment of
    an account and Region can state it."""

    @property
    def cached_registries(self) -> tuple[AnyRegistry, ...]:
        """All registries whose images are pulled through the cache."""
        return (*self.pull_through_cache, *self.pull_through_cache_credentials)
