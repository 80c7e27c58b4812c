"""How Application Auto Scaling changes the number of tasks of a service."""

from __future__ import annotations

from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.durations import seconds
from reference_constructs.ecs.scaling_options import (
    MetricOptions,
    PredictiveScalingOptions,
    ScalingOptions,
    ScheduledActionOptions,
    StepScalingOptions,
    TrackedMetricOptions,
)
from reference_constructs.ecs.scheduled_task_options import utc_time

HIGH_RESOLUTION_SECONDS: Final = 20
# "PredictiveScalingPredefinedMetricPair", AWS::ApplicationAutoScaling::ScalingPolicy.
_METRIC_PAIRS: Final = {
    "cpu_utilization": "ECSServiceCPUUtilization",
    "memory_utilization": "ECSServiceMemoryUtilization",
    "requests": "ALBRequestCount",
}


class ServiceScaling:
    """The scalable target of a service, its policies, and its scheduled actions.

    Attributes:
        count: The number of tasks, for further policies.
        target: The scalable target.
    """

    count: ecs.ScalableTaskCount
    target: appscaling.ScalableTarget

    def __init__(
        self,
        service: ecs.FargateService | ecs.Ec2Service,
        options: ScalingOptions,
        *,
        target_group: elbv2.ApplicationTargetGroup | None = None,
        working_hours: WorkingHoursOptions | None = None,
    ) -> None:
        """Define them below the service.

        Args:
            service: What is scaled.
            options: By what, and between which limits.
            target_group: Where its tasks are registered; needed to scale by requests.
            working_hours: When tasks run; None for always.

        Raises:
            ValueError: If requests are to scale the tasks, but there is no target group.
        """
        self._service = service
        self._options = options
        self._target_group = target_group
        self.count = service.auto_scale_task_count(min_capacity=options.min_capacity, max_capacity=options.max_capacity)
        self.target = cast("appscaling.ScalableTarget", self.count.node.find_child("Target"))
        self._track_utilization()
        self._track_requests()
        for name, metric in options.tracked_metrics.items():
            self._track_metric(name, metric)
        for name, steps in options.step_scaling.items():
            self._scale_by_steps(name, steps)
        for name, action in options.scheduled_actions.items():
            self._scale_on_schedule(name, action)
        if options.predictive_scaling is not None:
            self._scale_by_forecast(options.predictive_scaling)
        if working_hours is not None:
            self._stop_after_work(working_hours)

    @property
    def _tracking(self) -> dict[str, Any]:
        options = self._options
        periods = (options.scale_in_cooldown_seconds, options.scale_out_cooldown_seconds)
        scale_in, scale_out = (None if each is None else seconds(each) for each in periods)
        return {
            "scale_in_cooldown": scale_in,
            "scale_out_cooldown": scale_out,
            "disable_scale_in": options.disable_scale_in or None,
        }

    def _track_utilization(self) -> None:
        options, tracked = self._options, []
        if options.cpu_utilization_percent is not None:
            self.count.scale_on_cpu_utilization(
                "Cpu", target_utilization_percent=options.cpu_utilization_percent, **self._tracking
            )
            tracked.append(("Cpu", "CPUUtilization"))
        if options.memory_utilization_percent is not None:
            self.count.scale_on_memory_utilization(
                "Memory", target_utilization_percent=options.memory_utilization_percent, **self._tracking
            )
            tracked.append(("Memory", "MemoryUtilization"))
        if options.high_resolution_metrics and tracked:
            self._use_high_resolution(tracked)

    def _use_high_resolution(self, tracked: list[tuple[str, str]]) -> None:
        """Escape hatch: neither the L2 of services nor that of policies knows these metrics.

        Source: "Faster auto scaling with high-resolution metrics".
        """
        service = cast("ecs.CfnService", self._service.node.default_child)
        service.monitoring = ecs.CfnService.MonitoringConfigurationProperty(
            metric_configurations=[
                ecs.CfnService.MetricConfigurationProperty(
                    metric_names=[metric for _, metric in tracked], resolution_seconds=HIGH_RESOLUTION_SECONDS
                )
            ]
        )
        for policy, metric in tracked:
            resource = self.target.node.find_child(policy).node.find_child("Resource")
            cast("appscaling.CfnScalingPolicy", resource).add_property_override(
                "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType",
                f"ECSServiceAverage{metric}HighResolution",
            )

    def _track_requests(self) -> None:
        requests = self._options.requests_per_target
        if requests is None:
            return
        if self._target_group is None:
            raise ValueError("requests_per_target needs routing: without it there are no requests to count")
        self.count.scale_on_request_count(
            "Requests", requests_per_target=requests, target_group=self._target_group, **self._tracking
        )

    def _track_metric(self, name: str, metric: TrackedMetricOptions) -> None:
        self.count.scale_to_track_custom_metric(
            f"Metric-{name}",
            metric=_metric(metric, period_seconds=60),
            target_value=metric.target_value,
            **self._tracking,
        )

    def _scale_by_steps(self, name: str, options: StepScalingOptions) -> None:
        """An alarm and its policy. The L2 of step scaling takes both directions in one, with gaps between them."""
        above, threshold = options.when == "above", options.steps[0].metric_value
        metric = _metric(options, period_seconds=options.period_seconds)
        action = appscaling.StepScalingAction(
            self.target,
            f"Steps-{name}",
            scaling_target=self.target,
            adjustment_type=appscaling.AdjustmentType[options.adjustment_type.upper()],
            cooldown=seconds(options.cooldown_seconds),
            metric_aggregation_type=appscaling.MetricAggregationType.__members__.get(
                options.statistic.upper(), appscaling.MetricAggregationType.AVERAGE
            ),
        )
        bounds = [step.metric_value - threshold for step in options.steps]
        for step, bound, after in zip(options.steps, bounds, [*bounds[1:], None], strict=True):
            action.add_adjustment(
                adjustment=step.change,
                lower_bound=bound if above else after,
                upper_bound=after if above else bound,
            )
        add_step_alarm(
            self.target,
            f"StepsAlarm-{name}",
            metric=metric,
            action=action,
            threshold=threshold,
            above=above,
            evaluation_periods=options.evaluation_periods,
        )

    def _scale_on_schedule(self, name: str, action: ScheduledActionOptions) -> None:
        self.count.scale_on_schedule(
            f"Schedule-{name}",
            schedule=appscaling.Schedule.expression(action.schedule_expression),
            time_zone=cdk.TimeZone.of(action.timezone),
            min_capacity=action.min_capacity,
            max_capacity=action.max_capacity,
            start_time=utc_time(action.start_time) if action.start_time else None,
            end_time=utc_time(action.end_time) if action.end_time else None,
        )

    def _scale_by_forecast(self, options: PredictiveScalingOptions) -> None:
        """There is no L2 of predictive scaling."""
        label = None
        if options.metric == "requests":
            if self._target_group is None:
                raise ValueError("predictive scaling by requests needs routing")
            label = f"{self._target_group.first_load_balancer_full_name}/{self._target_group.target_group_full_name}"
        buffer = options.max_capacity_buffer_percent
        scope = Construct(self.target, "Predictive")
        appscaling.CfnScalingPolicy(
            scope,
            "Resource",
            policy_name=cdk.Names.unique_id(scope),
            policy_type="PredictiveScaling",
            scaling_target_id=self.target.scalable_target_id,
            predictive_scaling_policy_configuration=(
                appscaling.CfnScalingPolicy.PredictiveScalingPolicyConfigurationProperty(
                    metric_specifications=[
                        appscaling.CfnScalingPolicy.PredictiveScalingMetricSpecificationProperty(
                            target_value=options.target_value,
                            predefined_metric_pair_specification=(
                                appscaling.CfnScalingPolicy.PredictiveScalingPredefinedMetricPairProperty(
                                    predefined_metric_type=_METRIC_PAIRS[options.metric], resource_label=label
                                )
                            ),
                        )
                    ],
                    mode="ForecastAndScale" if options.mode == "forecast_and_scale" else "ForecastOnly",
                    scheduling_buffer_time=options.scheduling_buffer_seconds,
                    max_capacity_breach_behavior="HonorMaxCapacity" if buffer is None else "IncreaseMaxCapacity",
                    max_capacity_buffer=buffer,
                )
            ),
        )

    def _stop_after_work(self, hours: WorkingHoursOptions) -> None:
        """No task can run outside of working hours: the limits are 0, and policies stay within limits."""
        low, high = self._options.min_capacity, self._options.max_capacity
        zone = cdk.TimeZone.of(hours.timezone)
        for name, expression, least, most in (
            ("WorkingHoursStop", hours.stop_expression, 0, 0),
            ("WorkingHoursStart", hours.start_expression, low, high),
        ):
            self.count.scale_on_schedule(
                name,
                schedule=appscaling.Schedule.expression(expression),
                time_zone=zone,
                min_capacity=least,
                max_capacity=most,
            )


def add_step_alarm(
    target: appscaling.ScalableTarget,
    construct_id: str,
    *,
    metric: cloudwatch.IMetric,
    action: appscaling.StepScalingAction,
    threshold: int,
    above: bool,
    evaluation_periods: int,
) -> cloudwatch.Alarm:
    """An alarm that invokes a step scaling policy as long as it is in ALARM, and notifies nobody.

    Args:
        target: Parent.
        construct_id: ID in the parent.
        metric: What is watched.
        action: The policy.
        threshold: Where the first step begins.
        above: Whether the steps apply at and above the threshold, or at and below it.
        evaluation_periods: Periods in a row.
    """
    operators = cloudwatch.ComparisonOperator
    alarm = cloudwatch.Alarm(
        target,
        construct_id,
        metric=metric,
        threshold=threshold,
        comparison_operator=operators.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        if above
        else operators.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=evaluation_periods,
        alarm_description="Scales the service, and is no sign of anything wrong",
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(cloudwatch_actions.ApplicationScalingAction(action))
    return alarm


def _metric(options: MetricOptions, *, period_seconds: int) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=options.namespace,
        metric_name=options.metric_name,
        dimensions_map=dict(options.dimensions) or None,
        statistic=options.statistic,
        period=seconds(period_seconds),
    )
