"""Options of what a container gets from its runtime: ports, temporary file systems, limits, and restarts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from reference_constructs.ecs.volume_options import ContainerPath
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, Port

PortName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        examples=["metrics"],
        json_schema_extra=in_words("1 to 64 lowercase letters, digits, underscores, and hyphens"),
    ),
]
LabelName = Annotated[
    str,
    Field(
        pattern=r"^[^\s]+$",
        examples=["com.example.team"],
        json_schema_extra=in_words("any characters but white space"),
    ),
]
# "PortMapping, Amazon ECS API Reference".
TransportProtocol = Literal["tcp", "udp"]
# "SystemControl, Amazon ECS API Reference": those that a container can have for itself.
SystemControlName = Annotated[
    str,
    Field(
        pattern=r"^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|(fs\.mqueue|net)\.[a-z0-9_./-]+)$",
        examples=["net.core.somaxconn"],
        json_schema_extra=in_words(
            "kernel parameter that starts with `net.` or `fs.mqueue.`, or one of `kernel.msg*`, `kernel.sem`, and "
            "`kernel.shm*`"
        ),
    ),
]
# "Ulimit, Amazon ECS API Reference".
UlimitName = Literal[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
]
EnvironmentFileArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/-]*\.env$",
        examples=["arn:aws:s3:::shop-settings/checkout.env"],
        json_schema_extra=in_words("ARN of an object in Amazon S3 whose name ends with `.env`"),
    ),
    Arn(),
]


class AdditionalPortOptions(Options):
    """Further port that a container listens on."""

    port: Port
    """Port that the container listens on."""

    protocol: TransportProtocol = "tcp"
    """Transport protocol."""

    app_protocol: Literal["http", "http2", "grpc"] | None = None
    """Application protocol, for Service Connect. With `null`, Service Connect treats it as TCP."""


class PortRangeOptions(Options):
    """Range of ports that a container listens on."""

    first_port: Port
    """First port of the range."""

    last_port: Port
    """Last port of the range, which is greater than the first."""

    protocol: TransportProtocol = "tcp"
    """Transport protocol."""

    @property
    def text(self) -> str:
        """The range as Amazon ECS writes it; a single port by its number."""
        return str(self.first_port) if self.first_port == self.last_port else f"{self.first_port}-{self.last_port}"


class WritablePathOptions(Options):
    """Temporary file system (tmpfs), which is in the memory of the task."""

    path: ContainerPath
    """Path in the container."""

    size_mib: Annotated[int, Field(ge=1, le=249856)] = 64
    """Maximum size, in MiB. What is written counts as memory of the container."""

    exec: bool = False
    """Whether programs in it can be run, which some programs require that unpack libraries at the start."""


def _form(value: object) -> str:
    return "path" if isinstance(value, str) else "mapping"


# By its form, so that a wrong key of a mapping is not said to be no path too.
AnyWritablePath = Annotated[
    Annotated[ContainerPath, Tag("path")] | Annotated[WritablePathOptions, Tag("mapping")], Discriminator(_form)
]


class UlimitOptions(Options):
    """Resource limit of the processes of a container."""

    soft_limit: Annotated[int, Field(ge=-1, le=2_147_483_647)]
    """Limit that applies, and that a process can raise to the hard limit. `-1` means that there is none."""

    hard_limit: Annotated[int, Field(ge=-1, le=2_147_483_647)]
    """Limit up to which a process can raise the soft limit."""


class RestartPolicyOptions(Options):
    """Restart policy of a container: when it exits, it is started again, and the task goes on."""

    attempt_period_seconds: Annotated[int, Field(ge=60, le=1800)] = 300
    """Time, in seconds, that the container must have run before it can be restarted."""

    ignored_exit_codes: Annotated[tuple[Annotated[int, Field(ge=0, le=255)], ...], Field(max_length=50)] = ()
    """Exit codes after which the container is not restarted."""
