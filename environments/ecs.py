"""The ECS cluster of an environment and the services that run on it."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from environments.fields import (
    Architecture,
    Arn,
    CertificateArn,
    Cidr,
    InstanceType,
    KeyArn,
    Percent,
    Port,
    ResourceName,
    SecretArn,
    Settings,
    TopicArn,
)

# As `docker pull` has it, and `policy/ecs.guard`.
_PINNED = re.compile(r"[^:@]+(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[0-9a-f]{64})?")


def _pinned(image: str) -> str:
    reference = _PINNED.fullmatch(image.rpartition("/")[2])
    if reference is None or not (reference[2] or reference[1] not in (None, ":latest")):
        # Else what runs would depend on the day on which a task starts.
        raise ValueError("an image pinned by a tag other than latest, or by @sha256: digest")
    return image


Image = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][A-Za-z0-9._:/@-]+$", examples=["public.ecr.aws/docker/library/busybox:1.37.0"]),
    AfterValidator(_pinned),
]
ContainerName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,60}$", examples=["web"])]
# "Condition types for listener rules", Application Load Balancers.
PathPattern = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.$/~\"'@:+&*?-]+$", max_length=128, examples=["/orders/*"])]
HostHeader = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9.*?-]*\.[A-Za-z*?]+$", max_length=128, examples=["*.example.com"])
]
EnvironmentVariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["LOG_LEVEL"])]
# "Fargate task definition differences", task CPU and memory.
FARGATE_MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}


class CapacitySettings(Settings):
    """EC2 instances of the cluster: an Auto Scaling group that ECS scales to fit the tasks."""

    operating_system: Literal["al2023", "bottlerocket"] = "al2023"
    """ECS-optimized Amazon Linux 2023, or Bottlerocket, which has no shell and a read-only root."""

    architecture: Architecture = "arm64"
    """Processor architecture; the instance types must be of it."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=20)] = ("m7g.large",)
    """One or more types of like size, in order of preference for on-demand capacity."""

    min_size: Annotated[int, Field(ge=0, le=1000)] = 0
    """Fewest instances. ECS scales from nothing, so 0 costs nothing while no task asks for EC2."""

    max_size: Annotated[int, Field(ge=1, le=1000)] = 6
    """Most instances."""

    on_demand_base: Annotated[int, Field(ge=0, le=1000)] = 1
    """Instances that are always on-demand: what Savings Plans or reservations cover."""

    on_demand_percent_above_base: Annotated[int, Field(ge=0, le=100)] = 100
    """Share of on-demand instances above the base; the rest is Spot."""

    target_capacity_percent: Percent = 100
    """How full ECS keeps the group. Below 100 leaves room so that tasks start without waiting for a host."""

    volume_gib: Annotated[int, Field(ge=30, le=16384)] = 30
    """Size of the encrypted gp3 volume; the ECS-optimized image needs 30."""


class HostedZoneSettings(Settings):
    """A public Route 53 hosted zone in which the certificate is validated and the alias record is made."""

    hosted_zone_id: Annotated[str, Field(pattern=r"^Z[A-Z0-9]{1,31}$", examples=["Z0123456789ABCDEFGHIJ"])]
    """Id of the hosted zone."""

    zone_name: Annotated[str, Field(pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$", examples=["example.com"])]
    """Domain name of the hosted zone."""

    record_name: Annotated[str, Field(pattern=r"^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$", examples=["www.example.com"])]
    """Name that the certificate and the alias record are for; in the zone."""


class LoadBalancerSettings(Settings):
    """The Application Load Balancer that the services share."""

    scheme: Literal["internal", "internet-facing"] = "internal"
    """Who can reach it: the VPC, or the internet as far as `allowed_cidrs` admits it."""

    allowed_cidrs: tuple[Cidr, ...] = ()
    """Client addresses that are admitted. Empty admits nobody."""

    certificate_arn: CertificateArn | None = None
    """HTTPS with this certificate, which is in ACM already."""

    hosted_zone: HostedZoneSettings | None = None
    """HTTPS with a certificate and an alias record that are made here."""

    plain_http: bool = False
    """No HTTPS at all. Must be asked for, and for nothing but a sandbox."""

    web_acl: bool = True
    """A WAF web ACL with AWS' own rules and a rate limit before everything else."""

    access_log_retention_days: Annotated[int, Field(ge=1, le=3653)] | None = 365
    """How long access logs are kept in S3; null turns them off. Their bucket must be emptied by hand before its
    stack can be deleted."""


class ContainerHealthCheckSettings(Settings):
    """How ECS tells whether the container works."""

    command: Annotated[tuple[str, ...], Field(min_length=2)]
    """Starts with `CMD` (no shell needed in the image) or `CMD-SHELL`; exit status 0 means healthy."""

    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Between two checks."""

    timeout_seconds: Annotated[int, Field(ge=2, le=60)] = 5
    """Until a check counts as failed."""

    retries: Annotated[int, Field(ge=1, le=10)] = 3
    """Failures in a row until the container is unhealthy."""

    start_period_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    """After the start, in which failures do not count."""


class ContainerDependencySettings(Settings):
    """Another container of the task that must be in a state before this one starts."""

    container: ContainerName
    """Its name."""

    condition: Literal["START", "COMPLETE", "SUCCESS", "HEALTHY"] = "START"
    """Started, ended, ended with status 0, or healthy."""


class ContainerSettings(Settings):
    """One container of a task: locked down unless it asks for more."""

    image: Image
    """As one gives it to `docker pull`, pinned. An image of a registry in `pull_through_cache` comes through the
    cache; a name of `registry.repositories` with a tag is our own; anything else is pulled as it stands."""

    port: Port | None = None
    """Port on which it listens."""

    command: tuple[str, ...] = ()
    """Arguments; none leaves the image's own."""

    entry_point: tuple[str, ...] = ()
    """Program; none leaves the image's own."""

    environment: dict[EnvironmentVariableName, str] = {}
    """Plain environment variables. Nothing secret: everyone who may read the task definition sees them."""

    secrets: dict[EnvironmentVariableName, SecretArn] = {}
    """Environment variables from Secrets Manager or SSM Parameter Store, by full ARN."""

    user: Annotated[str, Field(pattern=r"^[a-z0-9_-]+(:[a-z0-9_-]+)?$", examples=["1000:1000"])] = "65534:65534"
    """User and group; 65534 is `nobody`. Root must be asked for (`"0:0"`)."""

    read_only_root_filesystem: bool = True
    """The container cannot change its own files."""

    writable_paths: tuple[Annotated[str, Field(pattern=r"^/[A-Za-z0-9._/-]+$", examples=["/var/cache"])], ...] = ()
    """Paths that get a small file system in memory, gone with the task."""

    memory_mib: Annotated[int, Field(ge=6)] | None = None
    """Hard limit of this container; none means the task's."""

    essential: bool = True
    """The task stops when this container stops. An initial step is not essential."""

    depends_on: tuple[ContainerDependencySettings, ...] = ()
    """Containers of the same task that come first."""

    health_check: ContainerHealthCheckSettings | None = None
    """How ECS tells whether it works."""

    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 30
    """Between SIGTERM and SIGKILL."""


class RoutingSettings(Settings):
    """Which requests of the shared load balancer reach the service."""

    path_patterns: Annotated[tuple[PathPattern, ...], Field(max_length=5)] = ()
    """Such as `/orders` and `/orders/*`. The load balancer does not rewrite the path."""

    host_headers: Annotated[tuple[HostHeader, ...], Field(max_length=5)] = ()
    """Such as `orders.example.com`."""

    priority: Annotated[int, Field(ge=1, le=50000)] | None = None
    """Which rule is asked first. Unset: computed from the service's own name and patterns, the more specific
    the earlier, so that no other service ever moves."""

    health_check_path: Annotated[str, Field(pattern=r"^/", max_length=1024, examples=["/health"])] = "/"
    """Path that answers 200 while the task is well."""

    deregistration_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = 20
    """How long a stopping task may finish its requests; shorter than the container's stop timeout."""


class ScalingSettings(Settings):
    """How many tasks run."""

    min_tasks: Annotated[int, Field(ge=0, le=5000)] = 2
    """Fewest."""

    max_tasks: Annotated[int, Field(ge=1, le=5000)] = 10
    """Most."""

    cpu_percent: Percent | None = 60
    """Average CPU use to hold; null turns it off."""

    memory_percent: Percent | None = 75
    """Average memory use to hold; null turns it off."""

    requests_per_target: Annotated[int, Field(ge=1)] | None = None
    """Requests per task and minute to hold; needs `routing`."""


class CapacityProviderSettings(Settings):
    """A share of the tasks and where it runs."""

    capacity_provider: Literal["FARGATE", "FARGATE_SPOT", "EC2"]
    """Fargate, Fargate Spot (a task may be stopped at two minutes' notice), or the cluster's own instances."""

    base: Annotated[int, Field(ge=0, le=100000)] = 0
    """Tasks that run here before weights count; one provider only."""

    weight: Annotated[int, Field(ge=0, le=1000)] = 1
    """Share of the tasks above the base."""


class StatementSettings(Settings):
    """One permission of the program in the containers."""

    actions: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Za-z0-9*]+$", examples=["s3:GetObject"])], ...],
        Field(min_length=1),
    ]
    """Such as `s3:GetObject`."""

    resources: Annotated[tuple[Arn, ...], Field(min_length=1)]
    """Full ARNs; a bare `*` is refused."""


class ServiceSettings(Settings):
    """One ECS service: a stack of its own."""

    capacity_provider_strategy: Annotated[tuple[CapacityProviderSettings, ...], Field(min_length=1)] = (
        CapacityProviderSettings(capacity_provider="FARGATE"),
    )
    """Where the tasks run. Fargate and EC2 cannot share one strategy."""

    architecture: Architecture = "arm64"
    """Processor architecture of the images."""

    cpu_units: Annotated[int, Field(ge=128, le=196608)] = 256
    """1024 are one vCPU. On Fargate one of its sizes."""

    memory_mib: Annotated[int, Field(ge=128, le=249856)] = 512
    """Memory of the task. On Fargate one that goes with `cpu_units`."""

    containers: Annotated[dict[ContainerName, ContainerSettings], Field(min_length=1, max_length=10)]
    """Containers of the task, by name. The one with a port is what the load balancer talks to."""

    routing: RoutingSettings | None = None
    """Requests that reach it; none for a worker."""

    desired_tasks: Annotated[int, Field(ge=0, le=5000)] = 1
    """Tasks to run when there is no `scaling`."""

    scaling: ScalingSettings | None = None
    """Let Application Auto Scaling decide how many tasks run."""

    task_role_statements: tuple[StatementSettings, ...] = ()
    """What the program in the containers may do in AWS; nothing by default."""

    secret_key_arns: tuple[KeyArn, ...] = ()
    """KMS keys of our own that encrypt the `secrets`; AWS' own keys need no mention."""

    execute_command: bool = False
    """Allow `aws ecs execute-command`, a shell in a running container: encrypted and logged."""

    alarms: bool = True
    """Alarms on 5xx answers, unhealthy tasks, CPU and memory."""

    @property
    def on_ec2(self) -> bool:
        """Whether the tasks run on the cluster's own instances."""
        return any(share.capacity_provider == "EC2" for share in self.capacity_provider_strategy)


class AlarmSettings(Settings):
    """Who is told when an alarm fires."""

    topic: Literal["create", "none"] | TopicArn = "create"
    """An SNS topic made here, no topic, or the ARN of one that exists."""

    email_addresses: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["team@example.com"])], ...] = ()
    """Subscribers of the topic made here; each must confirm by mail."""


class EcsSettings(Settings):
    """The ECS cluster, its capacity, its load balancer and its services. Fargate is always there."""

    capacity: CapacitySettings | None = None
    """EC2 instances; none means Fargate only."""

    load_balancer: LoadBalancerSettings | None = None
    """The load balancer that the services share; none when every service is a worker."""

    alarms: AlarmSettings = AlarmSettings()
    """Who is told when an alarm fires."""

    services: dict[ResourceName, ServiceSettings] = {}
    """Services by name; each is a stack of its own."""

    def listener_rule_priority(self, name: str) -> int:
        """Where the rule of a service stands: its own choice, or computed from nothing but itself."""
        routing = self.services[name].routing
        if routing is None:
            raise ValueError(f"service {name} has no routing")
        return routing.priority or _computed_priority(name, routing)


_BANDS = 10
_BAND_SIZE = 50_000 // _BANDS


def _computed_priority(name: str, routing: RoutingSettings) -> int:
    """Ten bands of 5,000: rules with a host first, then by how deep the shallowest path is; a hash inside.

    A rule with `/orders/*` must be asked before one with `/*`, or it would never be reached. Inside a band the
    order is of no consequence, so a hash of the name decides: it is the same on every machine, and adding or
    removing a service moves no other. Two names with one hash are an error that asks for a `priority`.
    """
    depths = [_literal_depth(pattern) for pattern in routing.path_patterns] or [0]
    band = (0 if routing.host_headers else _BANDS // 2) + (_BANDS // 2 - 1 - min(min(depths), _BANDS // 2 - 1))
    digest = hashlib.sha256(name.encode()).digest()
    return band * _BAND_SIZE + int.from_bytes(digest[:4]) % _BAND_SIZE + 1


def _literal_depth(pattern: str) -> int:
    literal = pattern.split("*", 1)[0].split("?", 1)[0]
    return len([part for part in literal.split("/") if part])
