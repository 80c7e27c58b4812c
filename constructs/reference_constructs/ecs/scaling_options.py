"""Options of service auto scaling: when Application Auto Scaling changes the number of tasks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.scheduled_task_options import ScheduleExpression, TimeZone, UtcTime
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Percent, ResourceName

# "Cooldown period", "PutScalingPolicy", Application Auto Scaling.
Seconds = Annotated[int, Field(ge=0, le=3600)]
# "Metric", Amazon CloudWatch API Reference.
MetricText = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_./# :-]+$",
        max_length=255,
        examples=["JobsWaiting"],
        json_schema_extra=in_words("1 to 255 letters, digits, spaces, and the characters `_./#:-`"),
    ),
]


class MetricOptions(Options):
    """Amazon CloudWatch metric of the same account and Region."""

    namespace: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_./#-][A-Za-z0-9_./#:-]*$",
            max_length=255,
            examples=["Shop/Jobs"],
            json_schema_extra=in_words("1 to 255 letters, digits, and the characters `_./#:-`"),
        ),
    ]
    """Namespace of the metric, such as `AWS/SQS` or one of the application."""

    metric_name: MetricText
    """Name of the metric."""

    dimensions: Annotated[dict[MetricText, MetricText], Field(max_length=30)] = {}
    """Dimensions of the metric. A metric has data only under all of the dimensions with which it is published."""

    statistic: Literal["Average", "Minimum", "Maximum", "SampleCount", "Sum"] = "Average"
    """Statistic of the data points of a period."""


class TrackedMetricOptions(MetricOptions):
    """Target tracking scaling policy for a CloudWatch metric, which must fall as the number of tasks rises."""

    target_value: Annotated[int, Field(ge=1)]
    """Target value for the metric. Application Auto Scaling adds and removes tasks in proportion, so the metric must be
    one of each task, such as the jobs that wait per task, and not a total."""


class ScalingStepOptions(Options):
    """Step adjustment of a step scaling policy."""

    metric_value: Annotated[int, Field(ge=-1_000_000_000_000, le=1_000_000_000_000)]
    """Value of the metric from which on the step applies, until that of the next step. The value of the first step is
    the threshold of the alarm."""

    change: Annotated[int, Field(ge=-5000, le=5000)]
    """Number of tasks to add, or to remove if it is negative; with `percent_change_in_capacity`, percentage of the
    tasks; with `exact_capacity`, number of tasks to run."""


class StepScalingOptions(MetricOptions):
    """Step scaling policy, and the CloudWatch alarm that invokes it."""

    when: Literal["above", "below"] = "above"
    """Whether the steps apply when the metric is greater than or equal to their values (`above`), or less than or equal
    to them (`below`). To scale out and in, use two policies."""

    steps: Annotated[tuple[ScalingStepOptions, ...], Field(min_length=1, max_length=20)]
    """Steps, from the threshold of the alarm on: ascending with `above`, descending with `below`."""

    adjustment_type: Literal["change_in_capacity", "percent_change_in_capacity", "exact_capacity"] = (
        "change_in_capacity"
    )
    """What `change` means."""

    period_seconds: Literal[10, 30, 60, 120, 180, 300, 600, 900, 3600] = 60
    """Period of the metric, in seconds. A period below 60 requires a metric of high resolution."""

    evaluation_periods: Annotated[int, Field(ge=1, le=60)] = 1
    """Number of periods in a row after which the policy is invoked."""

    cooldown_seconds: Seconds = 300
    """Time, in seconds, for which a scaling activity has to take effect before another one adds to it."""

    @property
    def removes(self) -> bool:
        """Whether the policy can make the number of tasks smaller."""
        return self.adjustment_type == "exact_capacity" or any(step.change < 0 for step in self.steps)


class ScheduledActionOptions(Options):
    """Scheduled action: other limits for the number of tasks from a time on."""

    schedule_expression: ScheduleExpression
    """When the limits change: a cron expression, a rate expression, or a one-time expression, evaluated in
    `timezone`."""

    timezone: TimeZone = "UTC"
    """Time zone of the schedule expression."""

    min_capacity: Annotated[int, Field(ge=0, le=5000)] | None = None
    """Minimum number of tasks from then on. If fewer tasks run, Application Auto Scaling adds some at once. With
    `null`, it stays as it is."""

    max_capacity: Annotated[int, Field(ge=0, le=5000)] | None = None
    """Maximum number of tasks from then on. If more tasks run, Application Auto Scaling removes some at once. With
    `null`, it stays as it is."""

    start_time: UtcTime | None = None
    """Time after which a recurring action begins. With `null`, it is the time of the deployment."""

    end_time: UtcTime | None = None
    """Time after which a recurring action ends. With `null`, it has no end."""


class PredictiveScalingOptions(Options):
    """Predictive scaling policy: capacity from a forecast of the load of the last 14 days."""

    metric: Literal["cpu_utilization", "memory_utilization", "requests"] = "cpu_utilization"
    """Metric to forecast: the total for the load, and the average of a task for the target. `requests` requires
    `routing`."""

    target_value: Annotated[int, Field(ge=1)]
    """Target value for the average of a task: utilization in percent, or requests per minute."""

    mode: Literal["forecast_only", "forecast_and_scale"] = "forecast_only"
    """Whether the policy scales the service, or only forecasts, so that the forecast can be compared with the load
    first. A forecast requires 24 hours of data. The policy only adds tasks: removing them takes target tracking."""

    scheduling_buffer_seconds: Seconds = 300
    """Time, in seconds, by which tasks start ahead of the forecast."""

    max_capacity_buffer_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """What happens when the forecast is close to, or above, `max_capacity`. With `null`, `max_capacity` holds; with a
    percentage, the number of tasks can be so much above the forecast, whatever `max_capacity` is."""


class ScalingOptions(Options):
    """Service auto scaling."""

    min_capacity: Annotated[int, Field(ge=0, le=5000)] = 2
    """Minimum number of tasks."""

    max_capacity: Annotated[int, Field(ge=1, le=5000)] = 10
    """Maximum number of tasks."""

    cpu_utilization_percent: Percent | None = 60
    """Target value for the average CPU utilization, in percent. With `null`, CPU utilization does not scale the
    service."""

    memory_utilization_percent: Percent | None = 75
    """Target value for the average memory utilization, in percent. With `null`, memory utilization does not scale the
    service."""

    requests_per_target: Annotated[int, Field(ge=1)] | None = None
    """Target value for the number of requests to each task per minute. It requires `routing`. With `null`, requests do
    not scale the service."""

    high_resolution_metrics: bool = False
    """Whether Amazon ECS publishes the utilization that scales the service every 20 seconds, instead of every 60, so
    that tasks are added about 4 times sooner. CloudWatch charges for these metrics."""

    scale_in_cooldown_seconds: Seconds | None = None
    """Time, in seconds, after target tracking has removed tasks in which it removes no more. With `null`, it is the
    default of Application Auto Scaling, which is 300 for Amazon ECS."""

    scale_out_cooldown_seconds: Seconds | None = None
    """Time, in seconds, after target tracking has added tasks in which they count as added already. With `null`, it is
    the default of Application Auto Scaling, which is 300 for Amazon ECS."""

    disable_scale_in: bool = False
    """Whether target tracking only adds tasks. With `true`, something else must remove them, such as a scheduled action
    or a step scaling policy."""

    tracked_metrics: dict[ResourceName, TrackedMetricOptions] = {}
    """Target tracking scaling policies for CloudWatch metrics, by name."""

    step_scaling: dict[ResourceName, StepScalingOptions] = {}
    """Step scaling policies, by name."""

    scheduled_actions: dict[ResourceName, ScheduledActionOptions] = {}
    """Scheduled actions, by name."""

    predictive_scaling: PredictiveScalingOptions | None = None
    """Predictive scaling policy. With `null`, there is none."""

    @property
    def has_policy(self) -> bool:
        """Whether anything ever changes the number of tasks."""
        return self.tracks or any((self.step_scaling, self.scheduled_actions)) or self.predictive_scaling is not None

    @property
    def tracks(self) -> bool:
        """Whether there is target tracking."""
        return any((self.cpu_utilization_percent, self.memory_utilization_percent, self.requests_per_target)) or bool(
            self.tracked_metrics
        )

    @property
    def steps_start_from_zero(self) -> bool:
        """Whether a step scaling policy adds a task where none runs, of which a percentage is none."""
        return any(
            step.change > 0
            for policy in self.step_scaling.values()
            if policy.adjustment_type != "percent_change_in_capacity"
            for step in policy.steps
        )

    @property
    def most(self) -> int:
        """The largest number of tasks that any of the limits allows, apart from a predictive buffer."""
        later = [action.max_capacity for action in self.scheduled_actions.values() if action.max_capacity is not None]
        return max(self.max_capacity, *later) if later else self.max_capacity

    @property
    def least(self) -> int:
        """The smallest number of tasks that any of the limits allows."""
        later = [action.min_capacity for action in self.scheduled_actions.values() if action.min_capacity is not None]
        return min(self.min_capacity, *later) if later else self.min_capacity
