"""Public registries that a pull-through cache rule can have as its upstream."""

from __future__ import annotations

from typing import Final, Literal

UpstreamRegistry = Literal["ecr-public", "kubernetes", "quay"]

# The upstream registries that require no credentials: "Sync an upstream registry with an Amazon ECR private registry".
UPSTREAM_HOSTS: Final[dict[UpstreamRegistry, str]] = {
    "ecr-public": "public.ecr.aws",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
}
