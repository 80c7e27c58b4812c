"""Auto Scaling groups that have no instance outside of working hours."""

from __future__ import annotations

from aws_cdk import aws_autoscaling as autoscaling

from reference_constructs.compute.working_hours_options import WorkingHoursOptions


def lower_minimum_after_work(group: autoscaling.AutoScalingGroup, hours: WorkingHoursOptions, *, min_size: int) -> None:
    """Let a group be empty outside of working hours, where something else removes the instances.

    That is managed scaling of Amazon ECS, once no task runs on them.

    Args:
        group: The group.
        hours: When its minimum holds.
        min_size: That minimum.
    """
    _add(group, "WorkingHoursStop", hours, hours.stop_recurrence, min_size=0)
    _add(group, "WorkingHoursStart", hours, hours.start_recurrence, min_size=min_size)


def empty_after_work(
    group: autoscaling.AutoScalingGroup, hours: WorkingHoursOptions, *, min_size: int, max_size: int
) -> None:
    """Empty a group outside of working hours, and let nothing fill it.

    Args:
        group: The group.
        hours: When it has instances.
        min_size: Its minimum in working hours, with which it starts.
        max_size: Its maximum in working hours.
    """
    _add(group, "WorkingHoursStop", hours, hours.stop_recurrence, min_size=0, max_size=0, desired_capacity=0)
    _add(
        group,
        "WorkingHoursStart",
        hours,
        hours.start_recurrence,
        min_size=min_size,
        max_size=max_size,
        desired_capacity=min_size,
    )


def _add(
    group: autoscaling.AutoScalingGroup,
    construct_id: str,
    hours: WorkingHoursOptions,
    recurrence: str,
    *,
    min_size: int,
    max_size: int | None = None,
    desired_capacity: int | None = None,
) -> None:
    autoscaling.CfnScheduledAction(
        group,
        construct_id,
        auto_scaling_group_name=group.auto_scaling_group_name,
        recurrence=recurrence,
        time_zone=hours.timezone,
        min_size=min_size,
        max_size=max_size,
        desired_capacity=desired_capacity,
    )
