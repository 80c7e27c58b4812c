"""Options of the containers that a task has beside its own: log router, collector of traces, CloudWatch agent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from reference_constructs.ecs.container_options import Image
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn

# Each is the newest release of 2026-08; the first is of AWS for Fluent Bit, "Using the init process".
FLUENT_BIT: Final = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.12"
FLUENT_BIT_WITH_INIT: Final = "public.ecr.aws/aws-observability/aws-for-fluent-bit:init-3.4.12"
COLLECTOR: Final = "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0"
CLOUDWATCH_AGENT: Final = "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300066.1b1374"

BucketArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        examples=["arn:aws:s3:::shop-logs"],
        json_schema_extra=in_words("ARN of an Amazon S3 bucket"),
    ),
    Arn(),
]


def _own_namespace(namespace: str) -> str:
    if namespace.startswith("AWS/"):
        raise ValueError("a namespace that does not start with AWS/, as those of AWS services do")
    return namespace


class SidecarOptions(Options):
    """Container that a task has beside its own."""

    image: Image | None = None
    """Image of another version, or from another registry. With `null`, it is a version that is known to work, from the
    Amazon ECR Public Gallery."""

    cpu_units: Annotated[int, Field(ge=1, le=196608)] | None = None
    """CPU units of the task that are reserved for the container. With `null`, it takes what is left."""

    memory_mib: Annotated[int, Field(ge=32, le=249856)] = 128
    """Hard memory limit of the container, in MiB, which is taken from the memory of the task."""


class CollectorOptions(SidecarOptions):
    """AWS Distro for OpenTelemetry collector. Programs send traces to `localhost:4317` (gRPC) or `:4318` (HTTP)."""

    memory_mib: Annotated[int, Field(ge=32, le=249856)] = 256
    """Hard memory limit of the container, in MiB, which is taken from the memory of the task."""

    configuration_parameter_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter(/[A-Za-z0-9_.-]+)+$",
                examples=["arn:aws:ssm:eu-west-1:111122223333:parameter/shop/collector"],
                json_schema_extra=in_words("ARN of a parameter in SSM Parameter Store, with single slashes"),
            ),
            Arn(),
        ]
        | None
    ) = None
    """ARN of the SSM parameter with a configuration of your own; `task_role_statements` must allow what it does. With
    `null`, the collector sends traces to AWS X-Ray, which the task role allows."""


class CloudWatchAgentOptions(SidecarOptions):
    """Amazon CloudWatch agent. Programs send metrics to it at `localhost:8125` (StatsD, UDP)."""

    namespace: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.#/-]{1,255}$",
            examples=["Shop"],
            json_schema_extra=in_words(
                "1 to 255 letters, digits, and the characters `_.#/-`; does not start with `AWS/`"
            ),
        ),
        AfterValidator(_own_namespace),
    ]
    """CloudWatch namespace of the metrics. The task role can write to no other."""


class LogDestinationOptions(Options):
    """Destination of the logs."""

    kind: str
    """Kind of the destination."""


class CloudWatchLogsDestinationOptions(LogDestinationOptions):
    """The log group of the task in Amazon CloudWatch Logs."""

    kind: Literal["cloudwatch"] = "cloudwatch"
    """Amazon CloudWatch Logs. Without a configuration of your own, the `awslogs` driver, which needs no router, does
    the same."""


class S3DestinationOptions(LogDestinationOptions):
    """Objects in Amazon S3."""

    kind: Literal["s3"] = "s3"
    """Amazon S3, an object for each minute or each 10 MB."""

    bucket_arn: BucketArn
    """ARN of the bucket."""

    prefix: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$",
            max_length=200,
            examples=["logs/web"],
            json_schema_extra=in_words("letters, digits, and the characters `_.-`, with single slashes between them"),
        ),
    ]
    """First part of the keys of the objects. The task role can write below it only."""


class FirehoseDestinationOptions(LogDestinationOptions):
    """Amazon Data Firehose stream."""

    kind: Literal["firehose"] = "firehose"
    """Amazon Data Firehose."""

    stream_arn: Annotated[
        str,
        Field(
            pattern=r"^arn:[a-z-]+:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/[A-Za-z0-9_.-]{1,64}$",
            examples=["arn:aws:firehose:eu-west-1:111122223333:deliverystream/logs"],
            json_schema_extra=in_words("ARN of an Amazon Data Firehose stream"),
        ),
        Arn(),
    ]
    """ARN of the stream."""


class OpenSearchDestinationOptions(LogDestinationOptions):
    """Amazon OpenSearch Service domain."""

    kind: Literal["opensearch"] = "opensearch"
    """Amazon OpenSearch Service. The domain must map the task role to a role of its own if it has fine-grained access
    control."""

    domain_arn: Annotated[
        str,
        Field(
            pattern=r"^arn:[a-z-]+:es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]{2,27}$",
            examples=["arn:aws:es:eu-west-1:111122223333:domain/logs"],
            json_schema_extra=in_words("ARN of an Amazon OpenSearch Service domain"),
        ),
        Arn(),
    ]
    """ARN of the domain."""

    endpoint: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
            examples=["vpc-logs-abcdefghijklmnopqrstuvwxyz.eu-west-1.es.amazonaws.com"],
            json_schema_extra=in_words("host name, without `https://`"),
        ),
    ]
    """Host name of the domain."""

    index: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9_.-]{0,99}$",
            examples=["web"],
            json_schema_extra=in_words("lowercase letters, digits, and the characters `_.-`"),
        ),
    ]
    """Index that the logs are written to."""


def _kind(destination: object) -> object:
    return destination.get("kind") if isinstance(destination, Mapping) else getattr(destination, "kind", None)


AnyLogDestinationOptions = Annotated[
    Annotated[CloudWatchLogsDestinationOptions, Tag("cloudwatch")]
    | Annotated[S3DestinationOptions, Tag("s3")]
    | Annotated[FirehoseDestinationOptions, Tag("firehose")]
    | Annotated[OpenSearchDestinationOptions, Tag("opensearch")],
    Discriminator(_kind),
]


class LogRouterOptions(SidecarOptions):
    """FireLens log router (AWS for Fluent Bit). The task stops with it; its own log goes to the log group."""

    destination: AnyLogDestinationOptions
    """Destination of the logs."""

    configuration_file_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/-]+$",
                examples=["arn:aws:s3:::shop-settings/filter.conf"],
                json_schema_extra=in_words("ARN of an object in Amazon S3"),
            ),
            Arn(),
        ]
        | None
    ) = None
    """ARN of a Fluent Bit configuration file in Amazon S3 with filters of your own. It requires the image with the init
    process of AWS for Fluent Bit, which cannot have a read-only root file system."""


class SidecarsOptions(Options):
    """Sidecars of a task."""

    collector: CollectorOptions | None = None
    """AWS Distro for OpenTelemetry collector, for traces in AWS X-Ray. With `null`, there is none."""

    cloudwatch_agent: CloudWatchAgentOptions | None = None
    """Amazon CloudWatch agent, for metrics of the program. With `null`, there is none."""


def default_image(sidecar: SidecarOptions) -> str:
    """The image of a sidecar that states none.

    Args:
        sidecar: The sidecar.
    """
    if isinstance(sidecar, LogRouterOptions):
        return FLUENT_BIT_WITH_INIT if sidecar.configuration_file_arn else FLUENT_BIT
    return COLLECTOR if isinstance(sidecar, CollectorOptions) else CLOUDWATCH_AGENT
