"""Options of a standalone task."""

from __future__ import annotations

from reference_constructs.ecs.run_task_options import RunTaskOptions


class StandaloneTaskOptions(RunTaskOptions):
    """ECS task that runs when it is told to, by `make run-task`. Each one is deployed as a separate stack."""
