"""Options of a task: what a service, a scheduled task, a queue worker and a one-off job have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.compute.instance_options import Architecture
from reference_constructs.ecs.container_options import ContainerName, ContainerOptions
from reference_constructs.ecs.sidecar_options import LogRouterOptions, SidecarsOptions
from reference_constructs.ecs.volume_options import AnyVolumeOptions, EfsVolumeOptions, VolumeName
from reference_constructs.network.egress_options import EgressRuleOptions
from reference_constructs.options import Options, in_words
from reference_constructs.security.policy_statement_options import PolicyStatementOptions

TaskOperatingSystem = Literal[
    "linux",
    "windows_server_2019_core",
    "windows_server_2019_full",
    "windows_server_2022_core",
    "windows_server_2022_full",
    "windows_server_2025_core",
    "windows_server_2025_full",
]
LaunchType = Literal["EC2", "FARGATE", "MANAGED_INSTANCES"]

FARGATE_PROVIDERS: Final = ("FARGATE", "FARGATE_SPOT")
# "Fargate task definition differences", task CPU and memory; 32 vCPU: What's New of June 5, 2026.
FARGATE_MEMORY_MIB: Final[dict[int, tuple[int, ...]]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}
# The same page: with Windows containers, three sizes of CPU.
FARGATE_WINDOWS_CPU_UNITS: Final = (1024, 2048, 4096)


class CapacityProviderStrategyItem(Options):
    """Item of a capacity provider strategy: a capacity provider and its share of the tasks."""

    capacity_provider: Annotated[
        str,
        Field(
            pattern=r"^(FARGATE|FARGATE_SPOT|[a-z][a-z0-9-]{0,30}[a-z0-9])$",
            examples=["FARGATE"],
            json_schema_extra=in_words("`FARGATE`, `FARGATE_SPOT`, or the name of a group in `ecs.capacity`"),
        ),
    ]
    """`FARGATE`, `FARGATE_SPOT` (tasks can be interrupted with a two-minute warning), or the name of a group in
    `ecs.capacity`."""

    base: Annotated[int, Field(ge=0, le=100000)] = 0
    """Minimum number of tasks to run on this capacity provider. Only one item of a strategy can have a base."""

    weight: Annotated[int, Field(ge=0, le=1000)] = 1
    """Relative share of the tasks above the base."""


class TaskOptions(Options):
    """ECS task: its containers, size, permissions, and capacity."""

    capacity_provider_strategy: Annotated[
        tuple[CapacityProviderStrategyItem, ...], Field(min_length=1, max_length=20)
    ] = (CapacityProviderStrategyItem(capacity_provider="FARGATE"),)
    """Capacity providers that run the tasks. A strategy cannot contain both Fargate and EC2 capacity. The default is
    Fargate, which requires no instances."""

    architecture: Architecture = "arm64"
    """Processor architecture of the images. On EC2 capacity, it must be the architecture of the instances. The default
    is Arm, because AWS Graviton processors cost less for the same work."""

    operating_system: TaskOperatingSystem = "linux"
    """Operating system of the images. Windows containers require `architecture: x86_64` and, on EC2 capacity, instances
    of the same Windows Server. They run as `ContainerUser` and have no read-only root file system, no Linux
    capabilities, and no `writable_paths`."""

    platform_version: Literal["LATEST", "1.4.0", "1.0.0"] = "LATEST"
    """Fargate platform version. `LATEST` is 1.4.0 for Linux and 1.0.0 for Windows, with the security updates of the
    day on which a task starts."""

    cpu_units: Annotated[int, Field(ge=128, le=196608)] = 256
    """CPU units of the task; 1,024 units are one vCPU. On Fargate, a size that Fargate supports."""

    memory_mib: Annotated[int, Field(ge=128, le=249856)] = 512
    """Memory of the task, in MiB. On Fargate, a size that Fargate supports with these `cpu_units`."""

    containers: Annotated[Mapping[ContainerName, ContainerOptions], Field(min_length=1, max_length=10)]
    """Containers of the task, by name."""

    log_router: LogRouterOptions | None = None
    """FireLens log router, to which all containers of the task log instead of to CloudWatch Logs directly. With `null`,
    the `awslogs` driver sends logs to the log group of the task."""

    sidecars: SidecarsOptions = SidecarsOptions()
    """Agents that run beside the containers of the task."""

    volumes: Mapping[VolumeName, AnyVolumeOptions] = {}
    """Volumes of the task, by name. Containers refer to them in `mounts`."""

    ephemeral_storage_gib: Annotated[int, Field(ge=21, le=200)] | None = None
    """Ephemeral storage of the task on Fargate, in GiB, for images and for what containers write outside of volumes.
    With `null`, it is 20 GiB. On instances, it is the volume of the instance (`volume_gib`)."""

    task_role_statements: tuple[PolicyStatementOptions, ...] = ()
    """Statements of the IAM policy of the task role, which the application in the containers uses. By default, it
    allows nothing."""

    egress: Annotated[tuple[EgressRuleOptions, ...], Field(max_length=50)] = ()
    """Egress rules of the security group of the tasks, in addition to HTTPS (TCP port 443) to any IPv4 address and to
    all traffic to addresses in the VPC. Tasks need a rule for a database in another network, and for any other protocol
    that they use outside the VPC, such as SMTP."""

    assign_public_ip: bool = False
    """Whether the tasks run in the public subnets, each with a public IPv4 address (`assignPublicIp`). They then reach
    AWS and the internet without a NAT gateway, and each address is charged per hour. Their security group admits from
    the internet no more than without one. Fargate only. The default is `false`, because whoever adds a rule to that
    security group would open the tasks to the internet."""

    execute_command: bool = False
    """Whether ECS Exec (`aws ecs execute-command`) can run commands in the containers. Sessions are encrypted and
    logged. The default is `false`, because commands can change a running container."""

    @property
    def file_systems(self) -> tuple[str, ...]:
        """Names of the Amazon EFS file systems that volumes of the task refer to, each once."""
        volumes = (each for each in self.volumes.values() if isinstance(each, EfsVolumeOptions))
        return tuple(dict.fromkeys(each.file_system for each in volumes if each.file_system is not None))

    @property
    def is_windows(self) -> bool:
        """Whether the containers are those of Windows."""
        return self.operating_system != "linux"

    @property
    def named_ports(self) -> dict[str, int]:
        """Ports of all containers that have a name, by it."""
        found = {}
        for container in self.containers.values():
            if container.port is not None and container.port_name is not None:
                found[container.port_name] = container.port
            found |= {name: each.port for name, each in container.additional_ports.items()}
        return found

    @property
    def fewest_tasks(self) -> int:
        """Number of tasks that run at least. Where nothing keeps tasks running, that is none."""
        return 0

    @property
    def most_tasks(self) -> int:
        """Number of tasks that run at most, apart from those of a deployment."""
        return 1

    @property
    def most_tasks_in_deployment(self) -> int:
        """Number of tasks that run at most while a new version takes the place of another."""
        return self.most_tasks

    @property
    def is_daemon(self) -> bool:
        """Whether one task runs on each instance."""
        return False

    @property
    def launch_type(self) -> Literal["EC2", "FARGATE"]:
        """Whether the tasks run on Fargate or on EC2 instances of the cluster, whoever manages these."""
        providers = [item.capacity_provider for item in self.capacity_provider_strategy]
        return "FARGATE" if all(provider in FARGATE_PROVIDERS for provider in providers) else "EC2"
