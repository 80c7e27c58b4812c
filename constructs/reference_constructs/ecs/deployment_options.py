"""Options of how a service replaces its tasks with those of a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import FunctionArn, ResourceName

LifecycleStage = Literal[
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
]
AlarmName = Annotated[
    str,
    Field(
        pattern=r"^[^:,]{1,255}$",
        examples=["checkout-conversion"],
        json_schema_extra=in_words("name of a CloudWatch alarm, not its ARN, without a comma"),
    ),
]
HeaderName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9!#$%&'+.^_`|~-]{1,40}$",
        examples=["x-test-traffic"],
        json_schema_extra=in_words("name of an HTTP header, at most 40 characters, without wildcards"),
    ),
]
HeaderValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_.:/=@+-]{1,128}$",
        examples=["canary"],
        json_schema_extra=in_words("1 to 128 letters, digits, and the characters `_.:/=@+-`"),
    ),
]

# Minutes that an alarm looks at (`deployment_alarms.py`).
ALARM_MINUTES: Final = 3
_BAKE_MINUTES: Final = 10
_WHOLE: Final = 100


class LinearOptions(Options):
    """Steps of a linear deployment."""

    step_percent: Annotated[int, Field(ge=3, le=100)] = 10
    """Percentage of the requests that each step shifts to the new tasks."""

    step_bake_time_minutes: Annotated[int, Field(ge=0, le=1440)] = 6
    """Time between two steps, in minutes."""


class CanaryOptions(Options):
    """First step of a canary deployment; the second one shifts the rest."""

    percent: Annotated[int, Field(ge=1, le=100)] = 5
    """Percentage of the requests that the first step shifts to the new tasks."""

    bake_time_minutes: Annotated[int, Field(ge=0, le=1440)] = 10
    """Time between the first step and the second one, in minutes."""


class ShiftTestTrafficOptions(Options):
    """Requests that reach the new tasks before anybody else's do."""

    header_name: HeaderName = "x-test-traffic"
    """HTTP header that marks a test request."""

    header_value: HeaderValue
    """Value of the header. Whoever knows it reaches the new tasks, with all the permissions that they have."""

    priority: Annotated[int, Field(ge=1, le=50_000)] | None = None
    """Priority of the listener rule for test requests, which must be evaluated before that of all requests. With
    `null`, it is one less than the priority of that rule."""


class LifecycleHookOptions(Options):
    """Step of a deployment at which Amazon ECS asks an AWS Lambda function, or a person, whether to go on."""

    stages: Annotated[tuple[LifecycleStage, ...], Field(min_length=1, max_length=8)]
    """Stages of the deployment at which it runs."""

    function_arn: FunctionArn | None = None
    """ARN of the AWS Lambda function to invoke, which answers `SUCCEEDED`, `IN_PROGRESS`, or `FAILED`. With `null`, the
    deployment pauses until someone calls `aws ecs continue-service-deployment`."""

    details: Mapping[str, str] = {}
    """Values that Amazon ECS passes to the function with each invocation (`HookDetails`)."""

    timeout_minutes: Annotated[int, Field(ge=1, le=20160)] = 1440
    """Time, in minutes, after which Amazon ECS takes the timeout action."""

    timeout_action: Literal["ROLLBACK", "CONTINUE"] = "ROLLBACK"
    """What Amazon ECS does if nobody has answered in time."""


class RollbackAlarmOptions(Options):
    """Alarms that fail a deployment while it runs, so that Amazon ECS rolls it back."""

    alarm_names: Annotated[tuple[AlarmName, ...], Field(max_length=10)] = ()
    """Names of CloudWatch alarms that exist."""

    server_error_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Create an alarm: percentage of HTTP 5xx responses from the tasks above which a deployment is rolled back, in
    two of three minutes. It requires `routing`. With `null`, there is no such alarm."""

    response_time_ms: Annotated[int, Field(ge=1, le=3_600_000)] | None = None
    """Create an alarm: response time of the tasks (95th percentile), in milliseconds, above which a deployment is
    rolled back, in two of three minutes. It requires `routing`. With `null`, there is no such alarm."""

    @property
    def counts_requests(self) -> bool:
        """Whether an alarm is of the requests that the load balancer forwards."""
        return self.server_error_percent is not None or self.response_time_ms is not None


class CircuitBreakerOptions(Options):
    """How many tasks may fail to start before Amazon ECS rolls a deployment back."""

    threshold_type: Literal["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"] = "BOUNDED_PERCENT"
    """What `threshold` is: a percentage of the number of tasks, which is at least 3 and at most 200 tasks with
    `BOUNDED_PERCENT`, or a number of tasks with `COUNT`."""

    threshold: Annotated[int, Field(ge=1, le=10_000)] = 50
    """Failed tasks after which the deployment is rolled back, in the unit of `threshold_type`."""

    reset_on_healthy_task: bool = True
    """Whether a task that becomes healthy sets the number of failed tasks back to zero."""


class EarlySuccessOptions(Options):
    """When a rolling deployment is complete before all of its tasks run."""

    healthy_percent: Annotated[int, Field(ge=0, le=100)]
    """Percentage of the tasks that must be healthy. It must not be less than `minimum_healthy_percent`. Amazon ECS
    starts the remaining tasks afterwards, and no alarm rolls them back anymore."""

    source_service_revision_cleanup: Literal["BLOCKING", "DEFERRED"] = "BLOCKING"
    """When the old tasks are removed: `BLOCKING` before the deployment is complete, `DEFERRED` after it."""


class DeploymentOptions(Options):
    """How a service replaces its tasks, and what takes a deployment back (docs/releases.md)."""

    strategy: Literal["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"] = "ROLLING"
    """Deployment strategy. `ROLLING` replaces tasks one after the other. The others start all new tasks beside the old
    ones and then shift the requests: `BLUE_GREEN` all at once, `LINEAR` in equal steps, `CANARY` a few at first. The
    old tasks run until the end of `bake_time_minutes`, so that the requests can be shifted back at once."""

    bake_time_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    """Time, in minutes, that old and new tasks both run after all requests were shifted; an alarm during this time
    shifts them back. With `null`, it is 10, and that of Amazon ECS for `ROLLING`."""

    linear: LinearOptions | None = None
    """Steps of a `LINEAR` deployment. With `null`, 10 percent every 6 minutes."""

    canary: CanaryOptions | None = None
    """First step of a `CANARY` deployment. With `null`, 5 percent for 10 minutes."""

    test_traffic: ShiftTestTrafficOptions | None = None
    """Requests that reach the new tasks before anybody else's do. With `null`, there are none."""

    production_target_group: Literal["primary", "alternate"] = "primary"
    """Target group of the tasks that serve requests now. Amazon ECS swaps the two with each deployment, and nothing
    here touches the listener rule afterwards. A change of a key that changes the listener rule must state where the
    requests are at that time, as `aws elbv2 describe-rules` shows it (docs/operations.md)."""

    lifecycle_hooks: Mapping[ResourceName, LifecycleHookOptions] = {}
    """Steps at which an AWS Lambda function or a person decides whether the deployment goes on, by name."""

    rollback_alarms: RollbackAlarmOptions | None = None
    """Alarms that roll a deployment back, with every strategy. With `null`, only tasks that do not start do."""

    circuit_breaker: CircuitBreakerOptions = CircuitBreakerOptions()
    """Tasks that fail to start roll a deployment back, with every strategy."""

    early_success: EarlySuccessOptions | None = None
    """When a `ROLLING` deployment is complete before all of its tasks run. With `null`, it is complete when all new
    tasks run and all old ones are gone."""

    @property
    def shifts_traffic(self) -> bool:
        """Whether all new tasks run beside the old ones before they get requests."""
        return self.strategy != "ROLLING"

    @property
    def bake_minutes(self) -> int | None:
        """The time that is stated in the template."""
        return _BAKE_MINUTES if self.bake_time_minutes is None and self.shifts_traffic else self.bake_time_minutes

    @property
    def minutes_of_shift(self) -> int:
        """How long old and new tasks run beside each other, apart from starting and stopping."""
        if not self.shifts_traffic:
            return 0
        steps = 0
        if self.strategy == "LINEAR":
            linear = self.linear or LinearOptions()
            steps = (-(-_WHOLE // linear.step_percent) - 1) * linear.step_bake_time_minutes
        elif self.strategy == "CANARY":
            steps = (self.canary or CanaryOptions()).bake_time_minutes
        return steps + (self.bake_minutes or 0)
