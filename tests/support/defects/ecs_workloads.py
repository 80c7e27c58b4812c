"""What may go wrong with tasks on a schedule, queue workers, daemons, and with scaling, volumes, and log routers."""

from __future__ import annotations

from tests.support.defects.defect import CONTAINER, Defect, only, put
from tests.support.synthesis import Template

_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_QUEUE = "AWS::SQS::Queue"
_SCHEDULE = "AWS::Scheduler::Schedule"
_SERVICE = "AWS::ECS::Service"
_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_TASK = "AWS::ECS::TaskDefinition"
_AGENT = "working-hours-ecs-service-log-agent"
_CLEAN_UP = "ecs-batch-ecs-scheduled-task-clean-up"
_REPORT = "ecs-batch-ecs-scheduled-task-nightly-report"
_ENCODER = "working-hours-ecs-service-encoder"
_GALLERY = "ecs-stateful-ecs-service-gallery"
_MAIL = "ecs-batch-ecs-queue-worker-mail"
_ORDERS = "working-hours-ecs-queue-worker-orders"
_PORTS = "ContainerDefinitions.0.PortMappings"
_SEARCH = "ecs-stateful-ecs-service-search"
_STEPS = "StepScalingPolicyConfiguration.StepAdjustments"
_VOLUME = "VolumeConfigurations.0.ManagedEBSVolume"


def _containers(template: Template) -> list[Template]:
    found: list[Template] = only(template, _TASK)["Properties"]["ContainerDefinitions"]
    return found


def _one_port_name(template: Template) -> None:
    for number, container in enumerate(_containers(template)[:2]):
        container["PortMappings"] = [{"ContainerPort": 9000 + number, "Name": "metrics", "Protocol": "tcp"}]


def _without_router(template: Template) -> None:
    for container in _containers(template):
        container.pop("FirelensConfiguration", None)


def _restarted_at_once(template: Template) -> None:
    next(each for each in _containers(template) if "RestartPolicy" in each)["RestartPolicy"]["RestartAttemptPeriod"] = (
        59
    )


def _limit_above_the_other(template: Template) -> None:
    next(each for each in _containers(template) if "Ulimits" in each)["Ulimits"][0]["SoftLimit"] = 65537


SCHEDULES = (
    Defect(
        name="schedule of Unix",
        stack=_CLEAN_UP,
        change=put(_SCHEDULE, "ScheduleExpression", "cron(0 3 * * *)"),
        named_by=("pf-scheduler-schedule-expression",),
    ),
    Defect(
        name="schedule at an hour that is none",
        stack=_CLEAN_UP,
        change=put(_SCHEDULE, "ScheduleExpression", "cron(0 24 * * ? *)"),
        named_by=("pf-scheduler-schedule-expression",),
    ),
    Defect(
        name="window of a schedule without a length",
        stack=_CLEAN_UP,
        change=put(_SCHEDULE, "FlexibleTimeWindow", {"Mode": "FLEXIBLE"}),
        named_by=("pf-scheduler-flexible-window",),
    ),
    Defect(
        name="schedule that nobody may run",
        stack=_CLEAN_UP,
        change=put(
            "AWS::IAM::Role",
            "AssumeRolePolicyDocument.Statement.0.Principal.Service",
            "ecs.amazonaws.com",
            having="SchedulerRole",
        ),
        named_by=("pf-scheduler-target-role-trust",),
    ),
    Defect(
        name="more tasks at once than a schedule starts",
        stack=_CLEAN_UP,
        change=put(_SCHEDULE, "Target.EcsParameters.TaskCount", 11),
        named_by=("F3034", "E3034"),
    ),
    Defect(
        name="scheduled task without a security group",
        stack=_CLEAN_UP,
        change=put(_SCHEDULE, "Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", []),
        named_by=("F3032", "E3032"),
    ),
    Defect(
        name="schedule that loses what it could not start",
        stack=_CLEAN_UP,
        change=put(_SCHEDULE, "Target.DeadLetterConfig", None),
        named_by=("scheduler_schedule_keeps_what_it_could_not_start",),
    ),
    Defect(
        name="schedule of a state machine that loses what it could not start",
        stack=_REPORT,
        change=put(_SCHEDULE, "Target.DeadLetterConfig", None),
        named_by=("scheduler_schedule_keeps_what_it_could_not_start",),
    ),
    Defect(
        name="scheduled task with a public address",
        stack=_CLEAN_UP,
        change=put(
            _SCHEDULE, "Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "ENABLED"
        ),
        named_by=("scheduler_task_has_no_public_address",),
    ),
    Defect(
        name="schedule in no stated time zone",
        stack=_REPORT,
        change=put(_SCHEDULE, "ScheduleExpressionTimezone", None),
        named_by=("scheduler_schedule_states_its_time_zone",),
    ),
)

QUEUES = (
    Defect(
        name="message that is hidden too long",
        stack=_MAIL,
        change=put(_QUEUE, "VisibilityTimeout", 43201, having="WorkerQueue"),
        named_by=("F3034", "E3034"),
    ),
    Defect(
        name="standard queue for dead letters of a FIFO queue",
        stack=_ORDERS,
        change=put(_QUEUE, "FifoQueue", None, having="DeadLetterQueue"),
        named_by=("E3502",),
    ),
)

SCALING = (
    Defect(
        name="exact capacity below zero",
        stack=_MAIL,
        change=put(_POLICY, f"{_STEPS}.0.ScalingAdjustment", -1, having="ToZero"),
        named_by=("pf-appautoscaling-step-adjustment-exact-capacity-negative",),
    ),
    Defect(
        name="steps that overlap",
        stack=_ENCODER,
        change=put(_POLICY, f"{_STEPS}.1.MetricIntervalLowerBound", 100, having="Steps"),
        named_by=("pf-appautoscaling-step-adjustment-overlap",),
    ),
    Defect(
        name="steps with a gap",
        stack=_ENCODER,
        change=put(_POLICY, f"{_STEPS}.1.MetricIntervalLowerBound", 200, having="Steps"),
        named_by=("pf-appautoscaling-step-adjustment-gap",),
    ),
    Defect(
        name="scheduled minimum above the maximum",
        stack=_ENCODER,
        change=put(_TARGET, "ScheduledActions.1.ScalableTargetAction.MinCapacity", 9),
        named_by=("pf-appautoscaling-scalable-target-action-min-max",),
    ),
    Defect(
        name="scheduled action on two kinds of days",
        stack=_ENCODER,
        change=put(_TARGET, "ScheduledActions.1.Schedule", "cron(0 7 * * *)"),
        named_by=("pf-appautoscaling-schedule-cron-day-fields",),
    ),
    Defect(
        name="scheduled action in no time zone",
        stack=_ENCODER,
        change=put(_TARGET, "ScheduledActions.1.Timezone", "Europe/Berln"),
        named_by=("pf-appautoscaling-scheduled-action-timezone-iana",),
    ),
    Defect(
        name="forecast without a metric",
        stack=_ENCODER,
        change=put(_POLICY, "PredictiveScalingPolicyConfiguration.MetricSpecifications", [], having="Predictive"),
        named_by=("pf-appautoscaling-predictive-metric-spec-single",),
    ),
    Defect(
        name="forecast that is no target",
        stack=_ENCODER,
        change=put(_POLICY, "PolicyType", "TargetTrackingScaling", having="Predictive"),
        named_by=("pf-appautoscaling-policy-type-config-required",),
    ),
)

DAEMONS = (
    Defect(
        name="number of tasks of a daemon",
        stack=_AGENT,
        change=put(_SERVICE, "DesiredCount", 2),
        named_by=("pf-ecs-service-daemon-desired-count",),
    ),
    Defect(
        name="two daemons on an instance",
        stack=_AGENT,
        change=put(_SERVICE, "DeploymentConfiguration.MaximumPercent", 200),
        named_by=("pf-ecs-svc-daemon-max-percent",),
    ),
    Defect(
        name="daemon on Fargate",
        stack=_AGENT,
        change=put(_SERVICE, "LaunchType", "FARGATE"),
        named_by=("E3044",),
    ),
    Defect(
        name="daemon that is moved between zones",
        stack=_AGENT,
        change=put(_SERVICE, "AvailabilityZoneRebalancing", "ENABLED"),
        named_by=("pf-ecs-svc-az-rebalancing-with-daemon",),
    ),
)

STORAGE = (
    Defect(
        name="performance that a volume does not have",
        stack=_SEARCH,
        change=put(_SERVICE, f"{_VOLUME}.VolumeType", "gp2"),
        named_by=("pf-ecs-svc-ebs-iops-unsupported-type", "pf-ecs-svc-ebs-throughput-non-gp3"),
    ),
    Defect(
        name="volume without a size",
        stack=_SEARCH,
        change=put(_SERVICE, f"{_VOLUME}.SizeInGiB", None),
        named_by=("pf-ecs-svc-ebs-volume-without-size-or-snapshot",),
    ),
    Defect(
        name="volume that the task does not have",
        stack=_SEARCH,
        change=put(_SERVICE, "VolumeConfigurations.0.Name", "data"),
        named_by=("pf-ecs-svc-ebs-name-not-in-taskdef",),
    ),
    Defect(
        name="directory beside that of an access point",
        stack=_GALLERY,
        change=put(_TASK, "Volumes.0.EFSVolumeConfiguration.RootDirectory", "/photos"),
        named_by=("pf-ecs-efs-access-point-with-root-directory",),
    ),
    Defect(
        name="less storage than Fargate has anyway",
        stack=_GALLERY,
        change=put(_TASK, "EphemeralStorage.SizeInGiB", 20),
        named_by=("pf-ecs-ephemeral-storage-range",),
    ),
)

RUNTIME = (
    Defect(
        name="logs for a router that is not there",
        stack=_GALLERY,
        change=_without_router,
        named_by=("pf-ecs-awsfirelens-without-router",),
    ),
    Defect(
        name="two ports of one name",
        stack=_GALLERY,
        change=_one_port_name,
        named_by=("pf-ecs-port-mapping-duplicate-name",),
    ),
    Defect(
        name="range of ports that descends",
        stack=_SEARCH,
        change=put(_TASK, f"{_PORTS}.0.ContainerPortRange", "9399-9300"),
        named_by=("port_ranges_are_those_that_amazon_ecs_takes",),
    ),
    Defect(
        name="port in a range of the same container",
        stack=_SEARCH,
        change=put(_TASK, _PORTS, [{"ContainerPortRange": "9300-9399"}, {"ContainerPort": 9300, "Protocol": "udp"}]),
        named_by=("port_ranges_are_those_that_amazon_ecs_takes",),
    ),
    Defect(
        name="container that is restarted at once",
        stack=_GALLERY,
        change=_restarted_at_once,
        named_by=("pf-ecs-restart-policy-attempt-period-range",),
    ),
    Defect(
        name="soft limit above the hard limit",
        stack=_GALLERY,
        change=_limit_above_the_other,
        named_by=("pf-ecs-ulimit-soft-over-hard",),
    ),
    Defect(
        name="shared memory on Fargate",
        stack=_GALLERY,
        change=put(_TASK, f"{CONTAINER}.LinuxParameters.SharedMemorySize", 64),
        named_by=("pf-ecs-fargate-shared-memory-size",),
    ),
)

ECS_WORKLOADS = (*SCHEDULES, *QUEUES, *SCALING, *DAEMONS, *STORAGE, *RUNTIME)
