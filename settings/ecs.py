"""The ECS cluster of an environment: the options of its constructs, and what only a file can say (ARNs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.container_options import ContainerName, ContainerOptions, EnvironmentVariableName
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.observability.alarm_topic_options import AlarmTopicOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import ResourceName
from settings.problems import KeyPath
from settings.value_types import CertificateArn, KeyArn, SecretArn, TopicArn


class HostedZoneSettings(Options):
    """A public hosted zone in Amazon Route 53."""

    hosted_zone_id: Annotated[
        str,
        Field(
            pattern=r"^Z[A-Z0-9]{1,31}$",
            examples=["Z0123456789ABCDEFGHIJ"],
            json_schema_extra=in_words("ID of a hosted zone: `Z`, then up to 31 uppercase letters and digits"),
        ),
    ]
    """ID of the hosted zone that the domain is delegated to. With another zone the certificate waits for its validation
    for hours and then fails."""

    zone_name: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$",
            examples=["example.com"],
            json_schema_extra=in_words("domain name in lowercase, without a trailing dot"),
        ),
    ]
    """Domain name of the hosted zone."""


class LoadBalancerSettings(LoadBalancerOptions):
    """The Application Load Balancer that services share."""

    certificate_arn: CertificateArn | None = None
    """Serve HTTPS with this certificate, which exists in AWS Certificate Manager."""

    hosted_zone: HostedZoneSettings | None = None
    """Serve HTTPS with a new certificate for `record_name`, validated in this hosted zone, and create an alias
    record."""


class ContainerSettings(ContainerOptions):
    """One container of a task. The defaults are restrictive: no root user, no writable root file system."""

    secrets: dict[EnvironmentVariableName, SecretArn] = {}
    """Environment variables from AWS Secrets Manager or SSM Parameter Store, by full ARN. A key of a JSON secret can
    follow the ARN: `arn:...:secret:shop/db-AbCdEf:password::`."""


class TaskSettings(TaskOptions):
    """One ECS task, with secrets by ARN."""

    containers: Annotated[Mapping[ContainerName, ContainerSettings], Field(min_length=1, max_length=10)]
    """Containers of the task, by name."""

    secrets_kms_key_arns: tuple[KeyArn, ...] = ()
    """ARNs of the customer managed keys that encrypt the `secrets`. AWS managed keys need no entry."""


class ServiceSettings(TaskSettings, ServiceOptions):
    """One ECS service, deployed as a stack of its own."""


class AlarmSettings(AlarmTopicOptions):
    """Who is notified when an alarm changes state."""

    topic: Literal["create", "none"] | TopicArn = "create"
    """Amazon SNS topic for the alarms: a new one, none, or the ARN of an existing one."""


class EcsSettings(Options):
    """The ECS cluster, its EC2 capacity, its load balancer, and its services. Fargate is always available."""

    capacity: dict[ResourceName, Ec2CapacityOptions] = {}
    """Groups of EC2 instances, by name. Each is a capacity provider that services can name. The group `default` has the
    logical IDs that a cluster with a single group had before groups had names."""

    load_balancer: LoadBalancerSettings | None = None
    """The load balancer that services share; `null` if no service has `routing`."""

    alarms: AlarmSettings = AlarmSettings()
    """Who is notified when an alarm changes state."""

    services: dict[ResourceName, ServiceSettings] = {}
    """ECS services by name; each is a stack of its own."""

    def tasks(self) -> Iterator[tuple[KeyPath, TaskSettings]]:
        """Every task and its place in the file, whatever runs it."""
        for name, service in self.services.items():
            yield ("ecs", "services", name), service
