"""A scheduled task: Amazon EventBridge Scheduler runs it."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.run_task import RunTask
from reference_constructs.ecs.scheduled_task_options import ScheduledTaskOptions, utc_time
from reference_constructs.ecs.single_run import SingleRun
from reference_constructs.ecs.task_failures import TaskFailures
from reference_constructs.ecs.task_starter import acknowledge_run_task, run_task_statements
from reference_constructs.security.acknowledgements import acknowledge_guard_rule
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions


class ScheduledTask(Construct):
    """A schedule that runs a task, and a queue that says what became of it if it went wrong.

    The schedule runs the revision of the task definition that was deployed with it; its role may run every revision of
    the family, so that neither comes before the other in a deployment. It has a schedule group of its own: the only
    thing that a trust policy can name besides the account, and what carries the tags, since schedules have none.

    Attributes:
        schedule: The schedule.
        group: Its schedule group.
        role: What EventBridge Scheduler may do.
        failures: Queue, rule and alarm.
        single_run: The state machine that skips a run while another is going on; None if runs may overlap.
    """

    schedule: scheduler.Schedule
    group: scheduler.ScheduleGroup
    role: iam.Role
    failures: TaskFailures
    single_run: SingleRun | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: ScheduledTaskOptions,
        run_task: RunTask,
        alarm_topic: sns.ITopic | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the schedule.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: When it runs, retries, alarms.
            run_task: What runs, and where.
            alarm_topic: Topic that is notified by the alarm.
            retention: Whether the dead-letter queue outlives the stack.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._run_task = run_task
        self.failures = TaskFailures(
            self,
            "Failures",
            cluster=run_task.cluster,
            task=run_task.task,
            alarm=options.alarms,
            alarm_topic=alarm_topic,
            retention=retention,
        )
        self.group = scheduler.ScheduleGroup(self, "Group", removal_policy=cdk.RemovalPolicy.DESTROY)
        self.single_run = (
            SingleRun(self, "SingleRun", run_task=run_task, count=options.task_count, failures=self.failures.queue)
            if options.overlap == "skip"
            else None
        )
        self._define_role()
        self._define_schedule()
        if options.assign_public_ip and self.single_run is None:
            self._assign_public_addresses()

    def _define_role(self) -> None:
        started = (
            [iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.single_run.state_machine_arn])]
            if self.single_run is not None
            else run_task_statements(self._run_task)
        )
        policy = iam.ManagedPolicy(
            self,
            "SchedulerPolicy",
            statements=[
                *started,
                iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.failures.queue.queue_arn]),
            ],
        )
        if self.single_run is None:
            acknowledge_run_task(policy, self._run_task)
        self.role = iam.Role(self, "SchedulerRole", assumed_by=self._scheduler(), managed_policies=[policy])

    def _scheduler(self) -> iam.ServicePrincipal:
        """EventBridge Scheduler, for the schedules of this group ("Confused deputy prevention")."""
        return iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={
                "StringEquals": {
                    "aws:SourceAccount": cdk.Stack.of(self).account,
                    "aws:SourceArn": self.group.schedule_group_arn,
                }
            },
        )

    def _define_schedule(self) -> None:
        options = self._options
        minutes = options.flexible_time_window_minutes
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.expression(
                options.schedule_expression, cdk.TimeZone.of(options.schedule_expression_timezone)
            ),
            target=self._target(),
            schedule_group=self.group,
            time_window=scheduler.TimeWindow.flexible(cdk.Duration.minutes(minutes)) if minutes else None,
            start=utc_time(options.start_date) if options.start_date else None,
            end=utc_time(options.end_date) if options.end_date else None,
            enabled=options.enabled,
        )

    def _assign_public_addresses(self) -> None:
        """Escape hatch: the L2 takes it together with all public subnets of the VPC only, not with those given."""
        schedule = cast(scheduler.CfnSchedule, self.schedule.node.default_child)
        schedule.add_property_override(
            "Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "ENABLED"
        )
        acknowledge_guard_rule(
            self.schedule,
            "scheduler_task_has_no_public_address",
            reason="Public addresses were asked for explicitly (assign_public_ip), in place of a NAT gateway. The "
            "security group of the task admits nobody.",
        )

    def _target(self) -> scheduler.IScheduleTarget:
        common: dict[str, Any] = {
            # Else the CDK grants what the policy has already, without its conditions.
            "role": self.role.without_policy_updates(),
            "dead_letter_queue": self.failures.queue,
            "retry_attempts": self._options.maximum_retry_attempts,
            "max_event_age": seconds(self._options.maximum_event_age_seconds),
        }
        if self.single_run is not None:
            return targets.StepFunctionsStartExecution(self.single_run.state_machine, **common)
        run = self._run_task
        common |= {
            "task_definition": run.task.task_definition,
            "task_count": self._options.task_count,
            "capacity_provider_strategies": run.strategy,
            "security_groups": list(run.security_groups),
            "vpc_subnets": ec2.SubnetSelection(subnets=list(run.subnets)),
            "enable_execute_command": run.task.options.execute_command,
            "enable_ecs_managed_tags": True,
            "propagate_tags": True,
        }
        if run.task.platform_version is None:
            return targets.EcsRunEc2Task(run.cluster, **common)
        return targets.EcsRunFargateTask(
            run.cluster, assign_public_ip=False, platform_version=run.task.platform_version, **common
        )
