"""Options of one container of a task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from reference_constructs.ecs.container_runtime_options import (
    AdditionalPortOptions,
    AnyWritablePath,
    EnvironmentFileArn,
    LabelName,
    PortName,
    PortRangeOptions,
    RestartPolicyOptions,
    SystemControlName,
    TransportProtocol,
    UlimitName,
    UlimitOptions,
    WritablePathOptions,
)
from reference_constructs.ecs.volume_options import ContainerPath, MountOptions, VolumeName
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Port, SecretsManagerArn

LEAST_MEMORY_MIB: Final = 6  # "Task definition parameters, memory": what the Docker daemon takes at least
_MAX_TAG_LENGTH = 128  # "Pulling manifests", OCI Distribution Specification, which has names in lowercase only
_MAX_NAME_LENGTH = 255
# `path-component` of distribution, reference.go.
_COMPONENT = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*")
_PINNED = re.compile(r"[^:@]+(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?")


def _pinned(image: str) -> str:
    reference = _PINNED.fullmatch(image.rpartition("/")[2])
    host, slash, path = image.partition("/")
    name = re.split(r"[:@]", path if slash and re.search(r"[.:]", host) else image)[0]
    if name != name.lower():
        raise ValueError("an image whose name is in lowercase")
    if not all(map(_COMPONENT.fullmatch, name.split("/"))):
        raise ValueError(
            "an image whose name consists of letters and digits, with /, one . or _, __, or hyphens between them"
        )
    if len(name) > _MAX_NAME_LENGTH:
        raise ValueError(f"an image with a name of at most {_MAX_NAME_LENGTH} characters")
    if reference is not None and reference[1] is not None and len(reference[1]) > _MAX_TAG_LENGTH + 1:
        raise ValueError(f"an image with a tag of at most {_MAX_TAG_LENGTH} characters")
    if reference is None and "@" in image:
        raise ValueError("an image whose digest is @sha256: and 64 lowercase hexadecimal digits")
    if reference is None:
        raise ValueError("an image whose tag begins with a letter, a digit, or _, and has only these and . and -")
    if not (reference[2] or reference[1] not in (None, ":latest")):
        # Else what runs would depend on the day on which a task starts.
        raise ValueError("an image with a tag other than latest, or with a digest (@sha256:...)")
    return image


Image = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][A-Za-z0-9._:/@-]+$",
        examples=["public.ecr.aws/docker/library/busybox:1.37.0"],
        json_schema_extra=in_words(
            "image with a tag other than `latest`, of letters, digits, and the characters `_.-`, or with a digest"
        ),
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
        pattern=r"^[^=\s]+$",
        examples=["LOG_LEVEL"],
        json_schema_extra=in_words("any characters but white space and `=`"),
    ),
]
DevicePath = Annotated[
    str,
    Field(
        pattern=r"^/dev/neuron([0-9]|1[0-5])$",
        examples=["/dev/neuron0"],
        json_schema_extra=in_words("`/dev/neuron` and a number from 0 to 15"),
    ),
]


# "KernelCapabilities, Amazon ECS API Reference": all but ALL.
LinuxCapability = Literal[
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "SYSLOG",
    "WAKE_ALARM",
]
# "Runtime privilege and Linux capabilities", Docker: what a container has unless it is dropped.
DEFAULT_CAPABILITIES: Final[tuple[LinuxCapability, ...]] = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
)
# What images of Windows have; the first is no administrator.
WINDOWS_USERS: Final = ("ContainerUser", "ContainerAdministrator")
# Fargate adds no other to those; each of them can be dropped.
CAPABILITIES_ON_FARGATE: Final = (*DEFAULT_CAPABILITIES, "SYS_PTRACE")


class HealthCheckOptions(Options):
    """Container health check, which the Amazon ECS container agent runs."""

    command: Annotated[tuple[str, ...], Field(min_length=2, examples=[["CMD", "/app", "--check"]])]
    """Command to run. The first item is `CMD`, which requires no shell in the image, or `CMD-SHELL`. Exit status 0
    means that the container is healthy."""

    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Time between health checks, in seconds."""

    timeout_seconds: Annotated[int, Field(ge=2, le=60)] = 5
    """Time, in seconds, after which a health check that has not finished counts as failed."""

    retries: Annotated[int, Field(ge=1, le=10)] = 3
    """Number of consecutive failed health checks after which the container is unhealthy."""

    start_period_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    """Grace period after the start of the container, in seconds. Health checks that fail in this period do not
    count."""


class ContainerDependencyOptions(Options):
    """Dependency on another container of the same task."""

    container: ContainerName
    """Name of the other container."""

    condition: Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"] = "START"
    """Condition that the other container must reach before this container starts: `START` (it has started), `COMPLETE`
    (it has exited), `SUCCESS` (it has exited with status 0), or `HEALTHY` (its health check has passed)."""


class ContainerOptions(Options):
    """Container of a task. By default, it does not run as root, and its root file system is read-only."""

    image: Image
    """Image, with a tag or a digest. An image of a registry in `pull_through_cache` is pulled through the cache, unless
    it has a digest: Amazon ECR fills the cache by tag only. The name of a repository in `registry.repositories` is
    pulled from that repository. Any other image is pulled from the registry that its host name states. If that is
    Amazon ECR, the task execution role can pull from the repository; a repository of another account must also allow
    it in its policy."""

    repository_credentials_arn: SecretsManagerArn | None = None
    """Full ARN of the secret in AWS Secrets Manager with the `username` and the `password` for the registry of the
    image. Only this container is pulled with them. With `null`, the image is public, or in Amazon ECR."""

    port: Port | None = None
    """Port that the container listens on. With `null`, it does not listen on a port."""

    port_name: PortName | None = None
    """Name of `port`, by which `service_connect` refers to it. With `null`, it has none."""

    port_app_protocol: Literal["http", "http2", "grpc"] | None = None
    """Application protocol of `port`, for Service Connect. With `null`, Service Connect treats it as TCP. A change is
    one of the port's name, too: Service Connect keeps the protocol of a name."""

    additional_ports: dict[PortName, AdditionalPortOptions] = {}
    """Further ports that the container listens on, by name. The load balancer forwards no requests to them."""

    port_ranges: Annotated[tuple[PortRangeOptions, ...], Field(max_length=100)] = ()
    """Ranges of ports that the container listens on (`containerPortRange`), such as those for media or for passive FTP.
    Neither a load balancer nor Service Connect forwards to them; clients connect to the address of the task. A port can
    be in one range only, and in no range if it is `port` or in `additional_ports`."""

    command: tuple[str, ...] = ()
    """Command that overrides the `CMD` of the image. An empty list keeps it."""

    entry_point: tuple[str, ...] = ()
    """Entry point that overrides the `ENTRYPOINT` of the image. An empty list keeps it."""

    environment: dict[EnvironmentVariableName, str] = {}
    """Environment variables in plain text. Everyone who can describe the task definition can read them; use `secrets`
    for confidential values."""

    environment_files: Annotated[tuple[EnvironmentFileArn, ...], Field(max_length=10)] = ()
    """ARNs of files in Amazon S3 with environment variables in plain text, a line for each, which Amazon ECS reads when
    the task starts. Variables in `environment` and in earlier files take precedence. A change of a file takes effect
    with the next task; the objects must not be encrypted with a customer managed key."""

    working_directory: ContainerPath | None = None
    """Directory in which the command runs. With `null`, it is that of the image."""

    labels: dict[LabelName, str] = {}
    """Docker labels of the container, which monitoring agents read."""

    user: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9_-]+(:[a-z0-9_-]+)?|ContainerUser|ContainerAdministrator)$",
            examples=["1000:1000"],
            json_schema_extra=in_words(
                "user, or user and group separated by a colon, as names or numeric IDs, in quotes; of Windows, "
                "`ContainerUser` or `ContainerAdministrator`"
            ),
        ),
    ] = "65534:65534"
    """User, and optionally group, that the container runs as. The default is `65534`, which is `nobody` in most Linux
    distributions. `"0:0"` is root. Without it, Windows containers run as `ContainerUser`."""

    capabilities: tuple[LinuxCapability, ...] = ()
    """Linux capabilities of the container; all others are dropped. Images that start as root and then change to another
    user, such as `nginx` and `postgres`, need `CHOWN`, `SETGID`, `SETUID`, and often `DAC_OVERRIDE` or `FOWNER`. On
    Fargate, those that Docker gives by default, and `SYS_PTRACE`."""

    read_only_root_filesystem: bool = True
    """Whether the root file system of the container is read-only."""

    writable_paths: tuple[AnyWritablePath, ...] = ()
    """Paths at which to mount a tmpfs. Each is a path, for 64 MiB that no program can be run from, or an object with
    another size. The content is lost when the task stops. A tmpfs is writable for the `user` of the container; a bind
    mount would be writable for root only."""

    mounts: dict[VolumeName, MountOptions] = {}
    """Volumes of the task to mount in the container, by the name of the volume in `volumes`."""

    cpu_units: Annotated[int, Field(ge=1, le=196608)] | None = None
    """CPU units of the task that are reserved for the container; 1,024 units are one vCPU. It can use more while the
    others leave it. With `null`, containers share what is not reserved."""

    memory_mib: Annotated[int, Field(ge=LEAST_MEMORY_MIB)] | None = None
    """Hard memory limit of the container, in MiB. With `null`, the container can use all memory of the task."""

    memory_reservation_mib: Annotated[int, Field(ge=LEAST_MEMORY_MIB)] | None = None
    """Memory that is reserved for the container, in MiB (soft limit). It can use more while the others leave it."""

    shared_memory_mib: Annotated[int, Field(ge=1, le=249856)] | None = None
    """Size of `/dev/shm`, in MiB, which browsers and databases use; not on Fargate. With `null`, it is 64 MiB."""

    ulimits: dict[UlimitName, UlimitOptions] = {}
    """Resource limits of the processes, by type, such as `nofile` for open files."""

    system_controls: dict[SystemControlName, Annotated[str, Field(min_length=1)]] = {}
    """Kernel parameters (`sysctl`), by name. Parameters that start with `net.` apply to all containers of the task."""

    pseudo_terminal: bool = False
    """Whether to allocate a pseudo-terminal (TTY), for programs that write nothing without one."""

    restart_policy: RestartPolicyOptions | None = None
    """Restart of the container alone when it exits. With `null`, it is not restarted; if it is essential, the task
    stops, and a service starts another one."""

    gpus: Annotated[int, Field(ge=1, le=16)] | None = None
    """Number of NVIDIA GPUs of the instance that are reserved for the container. It requires capacity with GPUs. With
    `null`, the container uses none."""

    devices: Annotated[tuple[DevicePath, ...], Field(max_length=16)] = ()
    """Neuron devices of the instance that the container uses, of a group with `accelerator: neuron`. Amazon ECS does
    not count them, so two tasks on one instance share them. The Neuron runtime also needs the capability
    `IPC_LOCK`."""

    neuron_devices: Literal["all"] | None = None
    """With `all`, the container has all Neuron devices of its instance, which runs no other task that has them. It
    requires Managed Instances with `accelerator: neuron`, and one container of a task can have them. On instances of an
    Auto Scaling group, state `devices` instead."""

    essential: bool = True
    """Whether the task stops when this container stops. Set it to `false` for a container that exits after
    initialization."""

    depends_on: tuple[ContainerDependencyOptions, ...] = ()
    """Dependencies on other containers of the same task, which decide when this container starts."""

    health_check: HealthCheckOptions | None = None
    """Container health check. With `null`, Amazon ECS only monitors whether the container runs."""

    start_timeout_seconds: Annotated[int, Field(ge=2, le=2_147_483_647)] | None = None
    """Time, in seconds, in which the containers that others `depends_on` must reach their condition; after that, those
    others do not start. It is stated at the container that is waited for."""

    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 30
    """Time, in seconds, between SIGTERM and SIGKILL when the container is stopped. A task behind the load balancer
    receives SIGTERM after `deregistration_delay_seconds`, except when Spot capacity is interrupted."""

    @property
    def temporary_file_systems(self) -> tuple[WritablePathOptions, ...]:
        """The writable paths, each with its size."""
        return tuple(WritablePathOptions(path=each) if isinstance(each, str) else each for each in self.writable_paths)

    @property
    def ports(self) -> Iterator[tuple[tuple[str, ...], int, TransportProtocol]]:
        """Every port that it listens on: its place in the container, its number, and its protocol."""
        if self.port is not None:
            yield ("port",), self.port, "tcp"
        for name, each in self.additional_ports.items():
            yield ("additional_ports", name, "port"), each.port, each.protocol

    @property
    def port_mappings(self) -> Iterator[tuple[tuple[str | int, ...], PortRangeOptions]]:
        """Every port and every range of ports that it listens on, as ranges, with the place in the container."""
        for place, port, protocol in self.ports:
            yield place, PortRangeOptions(first_port=port, last_port=port, protocol=protocol)
        for index, each in enumerate(self.port_ranges):
            yield ("port_ranges", index), each

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in which a program or its shell may replace a variable."""
        check = self.health_check.command if self.health_check else ()
        labels = self.labels.values()
        return (*self.entry_point, *self.command, *self.environment.values(), *labels, *check)

    @property
    def is_root(self) -> bool:
        """Whether the container runs as root."""
        return re.match(r"(root|0+)(:|$)|ContainerAdministrator$", self.user) is not None
