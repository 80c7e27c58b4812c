"""Options of one container of a task."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Port

_PINNED = re.compile(r"[^:@]+(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?")


def _pinned(image: str) -> str:
    reference = _PINNED.fullmatch(image.rpartition("/")[2])
    if reference is None or not (reference[2] or reference[1] not in (None, ":latest")):
        # Else what runs would depend on the day on which a task starts.
        raise ValueError("an image with a tag other than latest, or with a digest (@sha256:...)")
    return image


Image = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][A-Za-z0-9._:/@-]+$",
        examples=["public.ecr.aws/docker/library/busybox:1.37.0"],
        json_schema_extra=in_words("image with a tag other than `latest`, or with a digest (`@sha256:...`)"),
    ),
    AfterValidator(_pinned),
]
ContainerName = Annotated[
    str,
    Field(
        pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,60}$",
        examples=["web"],
        json_schema_extra=in_words("1 to 61 letters, digits, underscores, and hyphens; starts with a letter"),
    ),
]
EnvironmentVariableName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        examples=["LOG_LEVEL"],
        json_schema_extra=in_words("letters, digits, and underscores; does not start with a digit"),
    ),
]
ContainerPath = Annotated[
    str,
    Field(
        pattern=r"^/[A-Za-z0-9._/-]+$",
        examples=["/var/cache"],
        json_schema_extra=in_words("absolute path of letters, digits, and the characters `._/-`"),
    ),
]


class HealthCheckOptions(Options):
    """The container health check that the ECS agent runs."""

    command: Annotated[tuple[str, ...], Field(min_length=2, examples=[["CMD", "/app", "--check"]])]
    """Command to run. It starts with `CMD`, which needs no shell in the image, or `CMD-SHELL`; exit status 0 means
    healthy."""

    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Time between two health checks."""

    timeout_seconds: Annotated[int, Field(ge=2, le=60)] = 5
    """Time after which a health check that has not finished counts as failed."""

    retries: Annotated[int, Field(ge=1, le=10)] = 3
    """Number of consecutive failures after which the container is unhealthy."""

    start_period_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    """Grace period after the start of the container in which failed health checks do not count."""


class ContainerDependencyOptions(Options):
    """A container of the same task that must reach a condition before this container starts."""

    container: ContainerName
    """Name of the other container."""

    condition: Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"] = "START"
    """Condition of the other container: started, exited, exited with status 0, or healthy."""


class ContainerOptions(Options):
    """One container of a task. The defaults are restrictive: no root user, no writable root file system."""

    image: Image
    """Image as in `docker pull`, with a tag or a digest. An image of a registry in `pull_through_cache` is pulled
    through the cache; the name of a repository in `registry.repositories` is pulled from it; any other image is pulled
    from its own registry."""

    port: Port | None = None
    """Port that the container listens on."""

    command: tuple[str, ...] = ()
    """Command (`CMD`) that overrides that of the image."""

    entry_point: tuple[str, ...] = ()
    """Entry point that overrides that of the image."""

    environment: dict[EnvironmentVariableName, str] = {}
    """Environment variables in plain text, which everyone who can describe the task definition can read."""

    user: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9_-]+(:[a-z0-9_-]+)?$",
            examples=["1000:1000"],
            json_schema_extra=in_words(
                "user, or user and group separated by a colon, as names or numeric IDs, in quotes"
            ),
        ),
    ] = "65534:65534"
    """User and group of the process. The default, 65534, is `nobody` on every Linux distribution; `"0:0"` is root."""

    read_only_root_filesystem: bool = True
    """Whether the root file system of the container is read-only."""

    writable_paths: tuple[ContainerPath, ...] = ()
    """Paths at which a tmpfs of 64 MiB is mounted. Its content is lost when the task stops. A bind mount would belong
    to root, which `user` is not ("Use bind mounts with Amazon ECS")."""

    memory_mib: Annotated[int, Field(ge=6)] | None = None
    """Hard memory limit of the container; `null` leaves it the memory of the task."""

    essential: bool = True
    """Whether the task stops when this container stops. Set `false` for a container that runs once at the start."""

    depends_on: tuple[ContainerDependencyOptions, ...] = ()
    """Containers of the same task that must reach a condition before this container starts."""

    health_check: HealthCheckOptions | None = None
    """Container health check; `null` means that the container counts as healthy while it runs."""

    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 30
    """Time between SIGTERM and SIGKILL when the container is stopped."""
