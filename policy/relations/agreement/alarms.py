"""An alarm watches a metric that exists, of the resource that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_LOAD_BALANCER, _TARGET_GROUP = frozenset({"LoadBalancer"}), frozenset({"LoadBalancer", "TargetGroup"})
_SERVICE, _CLUSTER = frozenset({"ClusterName", "ServiceName"}), frozenset({"ClusterName"})
# Namespace -> metric -> sets of dimensions under which it is published; those of a load balancer also with
# AvailabilityZone. "CloudWatch metrics for your Application Load Balancer", "Amazon ECS service utilization metrics".
METRICS: dict[str, dict[str, tuple[frozenset[str], ...]]] = {
    "AWS/ECS": {
        **dict.fromkeys(("CPUUtilization", "MemoryUtilization", "EBSFilesystemUtilization"), (_SERVICE, _CLUSTER)),
        **dict.fromkeys(("CPUReservation", "MemoryReservation", "GPUReservation"), (_CLUSTER,)),
    },
    "AWS/ApplicationELB": {
        **dict.fromkeys(
            ("HealthyHostCount", "UnHealthyHostCount", "RequestCountPerTarget", "UnHealthyStateRouting",
             "HealthyStateRouting", "HealthyStateDNS", "UnhealthyStateDNS", "UnhealthyRoutingRequestCount"),
            (_TARGET_GROUP, frozenset({"TargetGroup"})),
        ),
        **dict.fromkeys(
            ("HTTPCode_Target_2XX_Count", "HTTPCode_Target_3XX_Count", "HTTPCode_Target_4XX_Count",
             "HTTPCode_Target_5XX_Count", "RequestCount", "TargetResponseTime", "TargetConnectionErrorCount",
             "TargetTLSNegotiationErrorCount", "AnomalousHostCount", "MitigatedHostCount"),
            (_TARGET_GROUP, _LOAD_BALANCER),
        ),
        **dict.fromkeys(
            ("ActiveConnectionCount", "ClientTLSNegotiationErrorCount", "ConsumedLCUs", "HTTPCode_ELB_3XX_Count",
             "HTTPCode_ELB_4XX_Count", "HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_500_Count", "HTTPCode_ELB_502_Count",
             "HTTPCode_ELB_503_Count", "HTTPCode_ELB_504_Count", "NewConnectionCount", "ProcessedBytes",
             "RejectedConnectionCount", "RuleEvaluations"),
            (_LOAD_BALANCER,),
        ),
    },
    "ECS/ContainerInsights": dict.fromkeys(
        ("CpuUtilized", "CpuReserved", "MemoryUtilized", "MemoryReserved", "NetworkRxBytes", "NetworkTxBytes",
         "RunningTaskCount", "PendingTaskCount", "DesiredTaskCount", "TaskCount", "ServiceCount", "RestartCount",
         "ContainerInstanceCount", "DeploymentCount", "TaskSetCount", "EphemeralStorageReserved",
         "EphemeralStorageUtilized", "StorageReadBytes", "StorageWriteBytes", "TaskCpuUtilization",
         "TaskMemoryUtilization", "ContainerCpuUtilization", "ContainerMemoryUtilization",
         "UnHealthyContainerHealthStatus"),
        (_SERVICE, _CLUSTER, frozenset({"ClusterName", "TaskDefinitionFamily"}),
         frozenset({"ClusterName", "ServiceName", "TaskDefinitionFamily"})),
    ),
}  # fmt: skip
# Where every data point is 1, or is of a request, these statistics say nothing: same pages.
_COUNTS_BY_SUM = ("HTTPCode_", "RequestCount", "RejectedConnectionCount", "TargetConnectionErrorCount")
_STATES = ("HealthyHostCount", "UnHealthyHostCount")


class Watched(NamedTuple):
    """One metric of an alarm."""

    alarm: Resource
    namespace: str
    name: str
    dimensions: dict[str, Any]
    statistic: str
    period_seconds: int


def watched(graph: Graph) -> Iterator[Watched]:
    """Every metric of every alarm, those of expressions too."""
    for alarm in graph.of_type("AWS::CloudWatch::Alarm"):
        if alarm.get("MetricName"):
            statistic = str(alarm.get("Statistic") or alarm.get("ExtendedStatistic"))
            yield _watched(alarm, alarm.properties, statistic, alarm.get("Period"))
        for query in alarm.list("Metrics"):
            if stat := query.get("MetricStat"):
                yield _watched(alarm, stat.get("Metric", {}), str(stat.get("Stat")), stat.get("Period"))


def _watched(alarm: Resource, metric: Any, statistic: str, period: Any) -> Watched:  # noqa: ANN401 - JSON
    dimensions = {str(each.get("Name")): each.get("Value") for each in metric.get("Dimensions", [])}
    namespace, name = str(metric.get("Namespace")), str(metric.get("MetricName"))
    return Watched(alarm, namespace, name, dimensions, statistic, int(period or 60))


@relation("CloudWatch metrics for your Application Load Balancer; Amazon ECS CloudWatch metrics")
def alarm_watches_a_metric_that_exists(graph: Graph) -> Iterator[Misfit]:
    """A metric that nobody publishes has no data: the alarm is silent for good."""
    for metric in watched(graph):
        known = METRICS.get(metric.namespace)
        if known is None and metric.namespace.startswith("AWS/") and metric.namespace in _OTHERS:
            continue
        if known is None and metric.namespace.startswith("AWS/"):
            finding = f"there is no namespace {metric.namespace}"
        elif known is None:
            continue
        elif metric.name not in known:
            finding = f"{metric.namespace} has no metric {metric.name}"
        elif frozenset(metric.dimensions) - {"AvailabilityZone"} not in known[metric.name]:
            allowed = " or ".join(" and ".join(sorted(each)) for each in known[metric.name])
            finding = f"{metric.name} is published by {allowed}, not by {' and '.join(sorted(metric.dimensions))}"
        else:
            continue
        yield Misfit(resource=metric.alarm, finding=finding, fix="name a metric and dimensions that AWS publishes")


_OTHERS = (
    "AWS/AutoScaling", "AWS/EC2", "AWS/SQS", "AWS/SNS", "AWS/NATGateway", "AWS/NetworkELB", "AWS/RDS", "AWS/DynamoDB",
    "AWS/ECS/ManagedScaling", "AWS/EBS", "AWS/EFS", "AWS/FSx", "AWS/Events", "AWS/Scheduler", "AWS/WAFV2", "AWS/Logs",
    "AWS/EKS", "AWS/Usage", "AWS/CertificateManager", "AWS/PrivateLinkEndpoints", "AWS/S3", "AWS/ECR", "AWS/Lambda",
)  # fmt: skip


@relation("CloudWatch metrics for your Application Load Balancer: statistics; Amazon CloudWatch concepts")
def alarm_uses_a_statistic_that_tells(graph: Graph) -> Iterator[Misfit]:
    """The average of a count is 1 however many there were, and the sum of a state grows with the number of samples."""
    for metric in watched(graph):
        if metric.namespace != "AWS/ApplicationELB":
            continue
        if (
            metric.name.startswith(_COUNTS_BY_SUM)
            and metric.name != "RequestCountPerTarget"
            and metric.statistic != "Sum"
        ):
            finding = f"{metric.name} is counted by Sum, not by {metric.statistic}"
        elif metric.name in _STATES and metric.statistic == "Sum":
            finding = f"{metric.name} is a state, of which Sum says nothing"
        else:
            continue
        yield Misfit(
            resource=metric.alarm, finding=finding, fix="use a statistic that the metric's page names as useful"
        )


@relation("Amazon ECS CloudWatch metrics; CloudWatch metrics for your Application Load Balancer: dimensions")
def alarm_is_about_one_service(graph: Graph) -> Iterator[Misfit]:
    """The alarm speaks of a resource whose load balancer or cluster is another, and has no data."""
    behind = {each.target_group: each for each in graph.load_balancing.targets}
    for metric in watched(graph):
        service = graph.find(metric.dimensions.get("ServiceName"))
        if service is not None and service.type == "AWS::ECS::Service":
            cluster = metric.dimensions.get("ClusterName")
            if cluster != service.get("Cluster"):
                finding = f"{service.logical_id} is in another cluster than {cluster}"
                yield Misfit(resource=metric.alarm, finding=finding, fix="name the cluster of the service")
            if metric.dimensions["ServiceName"] != service.attribute("Name"):
                finding = f"the dimension ServiceName is {metric.dimensions['ServiceName']}"
                yield Misfit(resource=metric.alarm, finding=finding, fix="use the attribute Name of the service")
        target = behind.get(graph.find(metric.dimensions.get("TargetGroup")))  # type: ignore[arg-type]
        named = graph.find(metric.dimensions.get("LoadBalancer"))
        if target is not None and named is not None and named not in (*target.listeners, *target.load_balancers):
            finding = f"no listener of {named.logical_id} forwards to {target.target_group.logical_id}"
            yield Misfit(resource=metric.alarm, finding=finding, fix="name the load balancer of the target group")
        for key, resource_type, attribute in _FULL_NAMES:
            value = str(metric.dimensions.get(key, ""))
            resource = graph.find(value)
            if resource is not None and resource.type == resource_type and value != resource.attribute(attribute):
                finding = f"the dimension {key} is {value}"
                yield Misfit(resource=metric.alarm, finding=finding, fix=f"use the attribute {attribute}")


_FULL_NAMES = (
    ("TargetGroup", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"),
    ("LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"),
)


@relation("PutMetricAlarm, Amazon CloudWatch API Reference; Using Amazon CloudWatch alarms: evaluating an alarm")
def alarm_can_be_raised(graph: Graph) -> Iterator[Misfit]:
    """CloudWatch refuses more data points than periods; a threshold beyond the metric's range is never crossed."""
    for alarm in graph.of_type("AWS::CloudWatch::Alarm"):
        periods, points = int(alarm.get("EvaluationPeriods") or 1), alarm.get("DatapointsToAlarm")
        if points is not None and int(points) > periods:
            finding = f"DatapointsToAlarm {points} is more than EvaluationPeriods {periods}"
            yield Misfit(resource=alarm, finding=finding, fix="lower DatapointsToAlarm")
        threshold, operator = float(alarm.get("Threshold") or 0), str(alarm.get("ComparisonOperator"))
        percent = str(alarm.get("MetricName")) in ("CPUUtilization", "MemoryUtilization")
        beyond = threshold > 100 or (threshold == 100 and operator == "GreaterThanThreshold")
        if percent and (beyond or operator.startswith("Less")):
            finding = f"the alarm is raised when {alarm.get('MetricName')} is {operator} {threshold:g} percent"
            yield Misfit(
                resource=alarm, finding=finding, fix="compare with a percentage below 100 by GreaterThanThreshold"
            )
        if operator.startswith("Less") and str(alarm.get("MetricName")) in (
            "UnHealthyHostCount",
            "HTTPCode_Target_5XX_Count",
        ):
            finding = f"the alarm is raised when {alarm.get('MetricName')} is low, which is when all is well"
            yield Misfit(resource=alarm, finding=finding, fix="use GreaterThanThreshold")


@relation("Using Amazon CloudWatch alarms: actions; AWS::CloudWatch::Alarm")
def alarm_tells_somebody(graph: Graph) -> Iterator[Misfit]:
    """Where the stacks have a topic for alarms, an alarm without actions changes its color in a console."""
    topics = graph.of_type("AWS::SNS::Topic")
    for alarm in graph.of_type("AWS::CloudWatch::Alarm"):
        actions = alarm.list("AlarmActions")
        if actions and alarm.get("ActionsEnabled") is False:
            yield Misfit(resource=alarm, finding="the actions of the alarm are off", fix="set ActionsEnabled to true")
        elif topics and not actions:
            finding = f"the alarm has no actions, though there is {topics[0].logical_id}"
            yield Misfit(resource=alarm, finding=finding, fix="name the topic in AlarmActions")
