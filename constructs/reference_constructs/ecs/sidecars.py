"""The containers that a task has beside its own, and what each may do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from reference_constructs.ecs.container_options import ContainerOptions
from reference_constructs.ecs.container_runtime_options import WritablePathOptions
from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.ecs.sidecar_options import (
    FirehoseDestinationOptions,
    LogRouterOptions,
    OpenSearchDestinationOptions,
    S3DestinationOptions,
    SidecarOptions,
    default_image,
)
from reference_constructs.ecs.task_options import TaskOptions

LOG_ROUTER = "log_router"
_COLLECTOR = "collector"
_CLOUDWATCH_AGENT = "cloudwatch_agent"
# "AWS X-Ray: actions"; none has resource-level permissions for what a collector calls.
_TRACES = (
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


def sidecar_containers(options: TaskOptions) -> dict[str, ContainerOptions]:
    """The sidecars of a task as containers, by name; the log router first, since the others log to it.

    Only the router is essential: without it, logs are lost and nobody knows; without traces, a task still serves.

    Args:
        options: The task.
    """
    found: dict[str, ContainerOptions] = {}
    if (router := options.log_router) is not None:
        found[LOG_ROUTER] = _log_router(router)
    if (collector := options.sidecars.collector) is not None:
        configured = collector.configuration_parameter_arn is not None
        found[_COLLECTOR] = _container(collector, command=() if configured else ("--config=/etc/ecs/ecs-xray.yaml",))
    if (agent := options.sidecars.cloudwatch_agent) is not None:
        metrics = {"namespace": agent.namespace, "metrics_collected": {"statsd": {"service_address": ":8125"}}}
        found[_CLOUDWATCH_AGENT] = _container(
            agent,
            environment={"CW_CONFIG_CONTENT": json.dumps({"metrics": metrics})},
            # It writes its configuration beside its program, which belongs to root.
            user="0:0",
            read_only_root_filesystem=False,
        )
    return found


def sidecar_secrets(scope: Construct, options: TaskOptions) -> dict[str, dict[str, ContainerSecret]]:
    """The configuration of the collector, which it takes from an environment variable.

    Args:
        scope: Parent of the reference.
        options: The task.
    """
    collector = options.sidecars.collector
    if collector is None or collector.configuration_parameter_arn is None:
        return {}
    parameter = ContainerSecret.from_arn(scope, "CollectorConfiguration", collector.configuration_parameter_arn)
    return {_COLLECTOR: {"AOT_CONFIG_CONTENT": parameter}}


def sidecar_statements(options: TaskOptions, log_group: logs.ILogGroup) -> Iterator[iam.PolicyStatement]:
    """What the sidecars need of the task role.

    Args:
        options: The task.
        log_group: Log group of the task.
    """
    if (router := options.log_router) is not None:
        yield _destination_statement(router, log_group)
        if (file := router.configuration_file_arn) is not None:
            yield iam.PolicyStatement(actions=["s3:GetObject"], resources=[file])
            yield iam.PolicyStatement(actions=["s3:GetBucketLocation"], resources=[file.partition("/")[0]])
    collector = options.sidecars.collector
    if collector is not None and collector.configuration_parameter_arn is None:
        yield iam.PolicyStatement(actions=list(_TRACES), resources=["*"])
    if (agent := options.sidecars.cloudwatch_agent) is not None:
        yield iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": agent.namespace}},
        )


def firelens_driver(
    scope: Construct, router: LogRouterOptions, name: str, log_group: logs.ILogGroup
) -> ecs.FireLensLogDriver:
    """The log driver of a container that logs to the router.

    Args:
        scope: Any construct of the stack.
        router: The router.
        name: Name of the container.
        log_group: Log group of the task.
    """
    region = cdk.Stack.of(scope).region
    destination = router.destination
    if isinstance(destination, S3DestinationOptions):
        output = {
            "Name": "s3",
            "region": region,
            "bucket": destination.bucket_arn.rpartition(":")[2],
            "s3_key_format": f"/{destination.prefix}/%Y/%m/%d/%H/%M/$UUID",
            "total_file_size": "10M",
            "upload_timeout": "1m",
            "use_put_object": "On",
        }
    elif isinstance(destination, FirehoseDestinationOptions):
        stream = destination.stream_arn.rpartition("/")[2]
        output = {"Name": "kinesis_firehose", "region": region, "delivery_stream": stream}
    elif isinstance(destination, OpenSearchDestinationOptions):
        output = {
            "Name": "opensearch",
            "Host": destination.endpoint,
            "Port": "443",
            "tls": "On",
            "Index": destination.index,
            "AWS_Auth": "On",
            "AWS_Region": region,
            "Suppress_Type_Name": "On",
        }
    else:
        output = {
            "Name": "cloudwatch_logs",
            "region": region,
            "log_group_name": log_group.log_group_name,
            "log_stream_prefix": f"{name}/",
            "auto_create_group": "false",
        }
    return ecs.FireLensLogDriver(options=output)


def _log_router(router: LogRouterOptions) -> ContainerOptions:
    if (file := router.configuration_file_arn) is None:
        # The plugin for Amazon S3 buffers there.
        buffers = WritablePathOptions(path="/tmp")  # noqa: S108 - of a container
        return _container(router, essential=True, user="0:0", writable_paths=(buffers,))
    return _container(
        router,
        essential=True,
        user="0:0",
        environment={"aws_fluent_bit_init_s3_1": file},
        # The init process writes beside its own program (aws-for-fluent-bit issues 824 and 928).
        read_only_root_filesystem=False,
    )


def _container(sidecar: SidecarOptions, **options: Any) -> ContainerOptions:  # noqa: ANN401 - any field's
    return ContainerOptions(
        image=sidecar.image or default_image(sidecar),
        cpu_units=sidecar.cpu_units,
        memory_mib=sidecar.memory_mib,
        **{"essential": False, **options},
    )


def _destination_statement(router: LogRouterOptions, log_group: logs.ILogGroup) -> iam.PolicyStatement:
    destination = router.destination
    if isinstance(destination, S3DestinationOptions):
        return iam.PolicyStatement(
            actions=["s3:PutObject"], resources=[f"{destination.bucket_arn}/{destination.prefix}/*"]
        )
    if isinstance(destination, FirehoseDestinationOptions):
        return iam.PolicyStatement(actions=["firehose:PutRecordBatch"], resources=[destination.stream_arn])
    if isinstance(destination, OpenSearchDestinationOptions):
        return iam.PolicyStatement(actions=["es:ESHttpPost"], resources=[f"{destination.domain_arn}/_bulk"])
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        resources=[log_group.log_group_arn],
    )
