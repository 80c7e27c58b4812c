"""Options of a standalone task."""

from __future__ import annotations

from reference_constructs.ecs.task_options import TaskOptions


class StandaloneTaskOptions(TaskOptions):
    """ECS task that runs when it is told to, by `make run-task`. Each one is deployed as a separate stack."""
