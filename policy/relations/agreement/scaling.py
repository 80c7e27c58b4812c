"""What scales a service names that service, and the metric of its own target group."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation


@relation("RegisterScalableTarget, Application Auto Scaling API Reference")
def scalable_target_names_its_service(graph: Graph) -> Iterator[Misfit]:
    """Application Auto Scaling refuses a service that does not exist in that cluster, and scales what it is told."""
    for target in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if target.get("ServiceNamespace") != "ecs":
            continue
        resource_id = str(target.get("ResourceId"))
        service = next((each for each in graph.references(resource_id) if each.type == "AWS::ECS::Service"), None)
        if service is None:
            continue
        wanted = f"service/{service.get('Cluster')}/{service.attribute('Name')}"
        if resource_id != wanted:
            yield Misfit(
                resource=target, finding=f"ResourceId is {resource_id}, not {wanted}", fix="name cluster and service"
            )
        if target.get("ScalableDimension") != "ecs:service:DesiredCount":
            finding = f"the dimension of a service is ecs:service:DesiredCount, not {target.get('ScalableDimension')}"
            yield Misfit(resource=target, finding=finding, fix="use ecs:service:DesiredCount")
        desired, low, high = service.get("DesiredCount"), target.get("MinCapacity"), target.get("MaxCapacity")
        if desired is not None:
            yield Misfit(
                resource=service,
                finding=f"DesiredCount is {desired}, but the number of tasks is scaled between {low} and {high}",
                fix="leave DesiredCount out, or every deployment resets the number of tasks",
            )


@relation("Target tracking scaling policies; PredefinedMetricSpecification, ResourceLabel")
def scaling_by_requests_names_its_target_group(graph: Graph) -> Iterator[Misfit]:
    """With the label of another target group, the service scales by the requests of somebody else, or never."""
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification", {})
        if tracking.get("PredefinedMetricType") != "ALBRequestCountPerTarget":
            continue
        target = graph.find(policy.get("ScalingTargetId"))
        services = graph.references(target.get("ResourceId")) if target else []
        service = next((each for each in services if each.type == "AWS::ECS::Service"), None)
        own = [each for each in graph.load_balancing.targets if each.service == service]
        named = graph.references(tracking.get("ResourceLabel"))
        right = any(
            each.target_group in named and any(one in named for one in (*each.listeners, *each.load_balancers))
            for each in own
        )
        if service is not None and not right:
            yield Misfit(
                resource=policy,
                finding=f"ResourceLabel is {tracking.get('ResourceLabel')}, which is not of {service.logical_id}",
                fix="name the load balancer and the target group of the service",
            )


@relation("Target tracking scaling policies for Application Auto Scaling: considerations")
def scaling_policies_are_one_for_each_metric(graph: Graph) -> Iterator[Misfit]:
    """Application Auto Scaling refuses two target tracking policies of one metric for one target."""
    seen: dict[tuple[str, str], str] = {}
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        metric = policy.get(
            "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType"
        )
        place = (str(policy.get("ScalingTargetId")), str(metric))
        if metric and place in seen:
            yield Misfit(
                resource=policy,
                finding=f"{seen[place]} tracks {metric} of the same target",
                fix="track each metric once",
            )
        seen.setdefault(place, policy.logical_id)


@relation("Amazon ECS cluster auto scaling: managed termination protection; AWS::AutoScaling::AutoScalingGroup")
def managed_termination_protection_is_on_both_sides(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a capacity provider that is to protect instances of a group that does not."""
    for provider in graph.of_type("AWS::ECS::CapacityProvider"):
        group = graph.find(provider.get("AutoScalingGroupProvider.AutoScalingGroupArn"))
        protects = provider.get("AutoScalingGroupProvider.ManagedTerminationProtection") == "ENABLED"
        scales = provider.get("AutoScalingGroupProvider.ManagedScaling.Status") == "ENABLED"
        if protects and group is not None and group.get("NewInstancesProtectedFromScaleIn") is not True:
            finding = f"{provider.logical_id} protects instances, but {group.logical_id} starts them unprotected"
            yield Misfit(resource=group, finding=finding, fix="set NewInstancesProtectedFromScaleIn to true")
        if protects and not scales:
            finding = "managed termination protection works only with managed scaling"
            yield Misfit(resource=provider, finding=finding, fix="enable ManagedScaling")
        if not protects and group is not None and group.get("NewInstancesProtectedFromScaleIn") is True:
            finding = "instances are protected from scale-in, and nothing takes the protection away when they are empty"
            yield Misfit(resource=group, finding=finding, fix="enable ManagedTerminationProtection, or protect none")
