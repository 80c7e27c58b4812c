"""A deployment, a refresh and an update have room, and leave something running."""

from __future__ import annotations

import math
from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation


def tasks(graph: Graph, service: Resource) -> tuple[int, int]:
    """The fewest and the most tasks that a service is to have."""
    for target in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if service in graph.references(target.get("ResourceId")):
            return int(target.get("MinCapacity", 1)), int(target.get("MaxCapacity", 1))
    desired = int(service.get("DesiredCount", 1))
    return desired, desired


@relation("Amazon ECS service deployment parameters: minimumHealthyPercent and maximumPercent")
def deployment_can_begin(graph: Graph) -> Iterator[Misfit]:
    """A deployment that may neither start a task more nor stop one waits until it times out."""
    for service in graph.of_type("AWS::ECS::Service"):
        settings = service.get("DeploymentConfiguration", {})
        low, high = int(settings.get("MinimumHealthyPercent", 100)), int(settings.get("MaximumPercent", 200))
        fewest, _ = tasks(graph, service)
        if service.get("SchedulingStrategy") == "DAEMON" or fewest == 0:
            continue
        may_stop = fewest - math.ceil(fewest * low / 100)
        may_start = math.floor(fewest * high / 100) - fewest
        if may_stop <= 0 and may_start <= 0:
            yield Misfit(
                resource=service,
                finding=f"of {fewest} tasks, between {low} and {high} percent may run: none can be replaced",
                fix="raise MaximumPercent, or lower MinimumHealthyPercent",
            )


@relation("Amazon ECS service deployment parameters; Update an Amazon ECS service")
def deployment_leaves_targets(graph: Graph) -> Iterator[Misfit]:
    """All tasks are stopped before the first new one answers: each deployment is an outage."""
    routed = {target.service for target in graph.load_balancing.targets}
    for service in graph.of_type("AWS::ECS::Service"):
        low = int(service.get("DeploymentConfiguration.MinimumHealthyPercent", 100))
        fewest, _ = tasks(graph, service)
        if service in routed and fewest > 0 and math.ceil(fewest * low / 100) == 0:
            yield Misfit(
                resource=service,
                finding=f"a deployment may stop all {fewest} tasks behind the load balancer at once",
                fix="raise MinimumHealthyPercent",
            )


@relation("Amazon ECS deployment circuit breaker; Rollback of AWS CloudFormation stacks")
def deployment_that_fails_goes_back(graph: Graph) -> Iterator[Misfit]:
    """Without a circuit breaker, a deployment whose tasks fail is retried for three hours before the stack gives up."""
    for service in graph.of_type("AWS::ECS::Service"):
        breaker = service.get("DeploymentConfiguration.DeploymentCircuitBreaker", {})
        controlled = service.get("DeploymentController.Type", "ECS") == "ECS"
        if controlled and not (breaker.get("Enable") is True and breaker.get("Rollback") is True):
            finding = f"the deployment circuit breaker is {breaker or 'not set'}"
            yield Misfit(resource=service, finding=finding, fix="enable it, with rollback")


@relation("Amazon ECS services: health check grace period; Troubleshooting service load balancers")
def new_tasks_are_given_time(graph: Graph) -> Iterator[Misfit]:
    """A task that is killed before it has started is replaced by one that is killed, until the deployment fails."""
    for target in graph.load_balancing.targets:
        grace = int(target.service.get("HealthCheckGracePeriodSeconds", 0))
        definition = graph.find(target.service.get("TaskDefinition"))
        starts = [
            int(each.get("HealthCheck", {}).get("StartPeriod", 0))
            for each in (definition.list("ContainerDefinitions") if definition else [])
        ]
        if grace < max(starts, default=0):
            yield Misfit(
                resource=target.service,
                finding=f"a container may take {max(starts)} seconds to start, and the load balancer waits {grace}",
                fix="raise HealthCheckGracePeriodSeconds",
            )


@relation("RegisterScalableTarget; AWS::AutoScaling::AutoScalingGroup; NodegroupScalingConfig")
def sizes_ascend(graph: Graph) -> Iterator[Misfit]:
    """AWS refuses a minimum above the maximum, and a group that may have no instance at all serves nothing."""
    found = [
        (each, each.get("MinCapacity"), None, each.get("MaxCapacity"))
        for each in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget")
    ]
    found += [
        (each, each.get("MinSize"), each.get("DesiredCapacity"), each.get("MaxSize"))
        for each in graph.of_type("AWS::AutoScaling::AutoScalingGroup")
    ]
    found += [
        (each, *(each.get(f"ScalingConfig.{key}") for key in ("MinSize", "DesiredSize", "MaxSize")))
        for each in graph.of_type("AWS::EKS::Nodegroup")
    ]
    for resource, low, desired, high in found:
        sizes = [int(each) for each in (low, desired, high) if each is not None]
        if sizes != sorted(sizes):
            yield Misfit(resource=resource, finding=f"the sizes are {sizes}", fix="let them ascend")
        elif sizes and sizes[-1] == 0:
            yield Misfit(resource=resource, finding="the maximum is 0", fix="raise the maximum")


@relation("UpdatePolicy attribute; Amazon EC2 Auto Scaling, instance refresh: minimum and maximum healthy percentage")
def instances_are_replaced_in_turn(graph: Graph) -> Iterator[Misfit]:
    """All instances go at once, with every task on them, or none can go."""
    for group in graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
        policy = group.source.get("UpdatePolicy", {})
        preferences = policy.get("AutoScalingInstanceRefresh", {}).get("Preferences", {})
        rolling = policy.get("AutoScalingRollingUpdate")
        low, high = preferences.get("MinHealthyPercentage"), preferences.get("MaxHealthyPercentage")
        if low is not None and int(low) == 0:
            yield Misfit(
                resource=group, finding="an instance refresh may stop all instances", fix="raise MinHealthyPercentage"
            )
        if low is not None and high is not None and not 0 < int(high) - int(low) <= 100:
            finding = f"an instance refresh runs between {low} and {high} percent of the instances"
            yield Misfit(resource=group, finding=finding, fix="leave a difference of 1 to 100 percentage points")
        waits = bool(preferences) and preferences.get("ScaleInProtectedInstances", "Wait") == "Wait"
        if waits and group.get("NewInstancesProtectedFromScaleIn") is True:
            finding = "instances are protected from scale-in, and a refresh waits an hour for them, then fails"
            yield Misfit(resource=group, finding=finding, fix="set ScaleInProtectedInstances to Refresh")
        if rolling is not None:
            kept, most = int(rolling.get("MinInstancesInService", 0)), int(group.get("MaxSize", 0))
            if kept >= most:
                finding = f"of at most {most} instances, {kept} must stay in service: none can be replaced"
                yield Misfit(resource=group, finding=finding, fix="lower MinInstancesInService")
            if kept == 0 and int(group.get("MinSize", 0)) > 0:
                finding = "a rolling update may stop all instances"
                yield Misfit(resource=group, finding=finding, fix="raise MinInstancesInService")


@relation("UpdateConfig of a managed node group; Update a managed node group for your cluster")
def nodes_are_replaced_in_turn(graph: Graph) -> Iterator[Misfit]:
    """Every pod of the node group is evicted at once, and waits for the nodes that come."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        number, percent = group.get("UpdateConfig.MaxUnavailable"), group.get("UpdateConfig.MaxUnavailablePercentage")
        desired = int(group.get("ScalingConfig.DesiredSize", 1))
        at_once = percent is not None and int(percent) > 50
        if at_once or (number is not None and desired > 1 and int(number) >= desired):
            share = f"{percent} percent" if at_once else f"{number} of {desired} nodes"
            finding = f"an update makes {share} unavailable at once"
            yield Misfit(resource=group, finding=finding, fix="set MaxUnavailablePercentage to 33 or less")
        if group.get("ForceUpdateEnabled") is True:
            finding = "an update evicts pods against their disruption budgets"
            yield Misfit(resource=group, finding=finding, fix="set ForceUpdateEnabled to false")


@relation("Use a target metric to scale Amazon ECS services automatically; TargetTrackingScalingPolicyConfiguration")
def utilization_target_is_a_percentage(graph: Graph) -> Iterator[Misfit]:
    """Utilization is measured from 0 to 100: a fraction keeps the most tasks running, and more than 100 the fewest."""
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration", {})
        metric = str(tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType"))
        value = float(tracking.get("TargetValue", 50))
        if metric.startswith("ECSServiceAverage") and not 1 <= value <= 100:
            finding = f"the target of {metric} is {value:g} percent"
            yield Misfit(resource=policy, finding=finding, fix="set a percentage such as 60")


@relation("Define which container instances Amazon ECS uses for tasks: distinctInstance")
def tasks_on_distinct_instances_have_as_many(graph: Graph) -> Iterator[Misfit]:
    """A task more than there can be instances is never placed, and a deployment has nowhere to begin."""
    for service in graph.of_type("AWS::ECS::Service"):
        constraints = [each.get("Type") for each in service.list("PlacementConstraints")]
        providers = [graph.find(each.get("CapacityProvider")) for each in service.list("CapacityProviderStrategy")]
        groups = [graph.find(each.get("AutoScalingGroupProvider.AutoScalingGroupArn")) for each in providers if each]
        most = sum(int(each.get("MaxSize", 0)) for each in groups if each)
        stops_first = int(service.get("DeploymentConfiguration.MinimumHealthyPercent", 100)) < 100
        if "distinctInstance" in constraints and most and tasks(graph, service)[1] >= most + stops_first:
            finding = f"up to {tasks(graph, service)[1]} tasks are each on an instance of their own, of at most {most}"
            yield Misfit(resource=service, finding=finding, fix="allow more instances, or drop distinctInstance")


@relation("Target tracking scaling policies; Amazon ECS service auto scaling")
def scaling_begins_before_the_alarm(graph: Graph) -> Iterator[Misfit]:
    """The alarm is raised although scaling works as it is meant to."""
    metrics = {
        "ECSServiceAverageCPUUtilization": "CPUUtilization",
        "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
    }
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration", {})
        metric = metrics.get(tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType"))
        target = graph.find(policy.get("ScalingTargetId"))
        services = graph.references(target.get("ResourceId")) if target else []
        for alarm in graph.of_type("AWS::CloudWatch::Alarm") if metric else ():
            named = [
                graph.find(each.get("Value")) for each in alarm.list("Dimensions") if each["Name"] == "ServiceName"
            ]
            threshold, value = float(alarm.get("Threshold", 0)), float(tracking["TargetValue"])
            if set(named) & set(services) and alarm.get("MetricName") == metric and threshold <= value:
                finding = f"scaling keeps {metric} at {value:g}, and the alarm is raised at {threshold:g}"
                yield Misfit(resource=alarm, finding=finding, fix="alarm above the target value")


@relation("Amazon ECS capacity providers; Amazon ECS cluster auto scaling: managed scaling")
def capacity_grows_with_its_tasks(graph: Graph) -> Iterator[Misfit]:
    """Tasks wait in PROVISIONING for instances that nobody starts."""
    for provider in graph.of_type("AWS::ECS::CapacityProvider"):
        settings = provider.get("AutoScalingGroupProvider", {})
        group = graph.find(settings.get("AutoScalingGroupArn"))
        scales = settings.get("ManagedScaling", {}).get("Status") == "ENABLED"
        fixed = group is not None and int(group.get("MinSize", 0)) == 0 and not group.get("DesiredCapacity")
        if settings and not scales and fixed:
            finding = "managed scaling is off, and the Auto Scaling group starts with no instance"
            yield Misfit(resource=provider, finding=finding, fix="enable ManagedScaling")
