"""A container of a task, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reference_constructs.registry.image_source import ImageSource

Condition = Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"]


@dataclass(frozen=True, kw_only=True)
class ContainerHealthCheck:
    """How ECS tells whether a container works.

    Attributes:
        command: Starts with `CMD` or `CMD-SHELL`.
        interval_seconds: Between two checks, 5 to 300.
        timeout_seconds: Until a check counts as failed, 2 to 60.
        retries: Failures in a row until the container is unhealthy, 1 to 10.
        start_period_seconds: In which failures do not count, 0 to 300.
    """

    command: Sequence[str]
    interval_seconds: int = 10
    timeout_seconds: int = 5
    retries: int = 3
    start_period_seconds: int = 30


@dataclass(frozen=True, kw_only=True)
class ContainerDependency:
    """Another container of the task that must be in a state first.

    Attributes:
        container: Its name.
        condition: The state.
    """

    container: str
    condition: Condition = "START"


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container, locked down unless it asks for more.

    Attributes:
        name: Unique in the task.
        image: Where its image comes from.
        port: On which it listens; none for one that serves nothing.
        command: Arguments; none leaves the image's own.
        entry_point: Program; none leaves the image's own.
        environment: Plain variables, readable by everyone who may describe the task definition.
        secrets: Variables from Secrets Manager or SSM Parameter Store, by full ARN.
        user: `user:group`; 65534 is `nobody` on every Linux.
        read_only_root_filesystem: It cannot change its own files.
        writable_paths: Get a file system in memory, gone with the task. A volume would belong to root, which
            `user` is not ("Use bind mounts with Amazon ECS").
        memory_mib: Hard limit; none means the task's.
        essential: The task stops when it stops.
        depends_on: Containers that come first.
        health_check: How ECS tells whether it works.
        stop_timeout_seconds: Between SIGTERM and SIGKILL; 120 at most on Fargate.
    """

    name: str
    image: ImageSource
    port: int | None = None
    command: Sequence[str] = ()
    entry_point: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    user: str = "65534:65534"
    read_only_root_filesystem: bool = True
    writable_paths: Sequence[str] = ()
    memory_mib: int | None = None
    essential: bool = True
    depends_on: Sequence[ContainerDependency] = ()
    health_check: ContainerHealthCheck | None = None
    stop_timeout_seconds: int = 30
