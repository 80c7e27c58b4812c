"""Keys, logs, alarms, images, files, queues, and topics."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Resource
from tools.cost.context import Context
from tools.cost.lines import Line

_MINUTE = 60
# "Target tracking scaling policies": Application Auto Scaling creates the alarms, one for each direction.
_ALARMS_OF_TARGET_TRACKING = 2


def key(context: Context, resource: Resource) -> Iterator[Line]:
    """A customer managed key, and requests to it."""
    yield context.monthly(resource, "kms_key_month")
    yield context.used(resource, "kms_request", "requests")


def log_group(context: Context, resource: Resource) -> Iterator[Line]:
    """Ingestion and storage."""
    yield context.used(resource, "log_ingested_gb", "gb_ingested")
    yield context.used(resource, "log_stored_gb_month", "gb_stored")


def alarm(context: Context, resource: Resource) -> Iterator[Line]:
    """Each metric that an alarm is about."""
    metrics = resource.list("Metrics")
    number = sum("MetricStat" in each for each in metrics) or 1
    periods = [int(resource.get("Period", _MINUTE))]
    periods += [int(each["MetricStat"].get("Period", _MINUTE)) for each in metrics if "MetricStat" in each]
    name = "alarm_high_resolution_month" if min(periods) < _MINUTE else "alarm_metric_month"
    yield context.monthly(resource, name, number)


def scaling_policy(context: Context, resource: Resource) -> Iterator[Line]:
    """The alarms of target tracking, which are not in the templates."""
    if resource.get("PolicyType") != "TargetTrackingScaling":
        return
    path = "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics"
    number = sum("MetricStat" in each for each in resource.list(path)) or 1
    yield context.monthly(resource, "alarm_metric_month", number * _ALARMS_OF_TARGET_TRACKING)


def repository(context: Context, resource: Resource) -> Iterator[Line]:
    """Images."""
    yield context.used(resource, "ecr_gb_month", "gb_stored")


def bucket(context: Context, resource: Resource) -> Iterator[Line]:
    """Storage."""
    yield context.used(resource, "s3_gb_month", "gb_stored")


def queue(context: Context, resource: Resource) -> Iterator[Line]:
    """Requests."""
    yield context.used(resource, "sqs_fifo_request" if resource.get("FifoQueue") is True else "sqs_request", "requests")


def topic(context: Context, resource: Resource) -> Iterator[Line]:
    """Requests; deliveries are billed by protocol."""
    yield context.used(resource, "sns_request", "requests")


def secret(context: Context, resource: Resource) -> Iterator[Line]:
    """A secret, and requests for it."""
    yield context.monthly(resource, "secret_month")
    yield context.used(resource, "secret_request", "requests")


def hosted_zone(context: Context, resource: Resource) -> Iterator[Line]:
    """A hosted zone."""
    yield context.monthly(resource, "hosted_zone_month")
