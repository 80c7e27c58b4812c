"""Options of a task that no service runs."""

from __future__ import annotations

from collections.abc import Mapping

from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.ecs.volume_options import RunTaskVolumeOptions, VolumeName


class RunTaskOptions(TaskOptions):
    """ECS task that is run, and not kept running."""

    volumes: Mapping[VolumeName, RunTaskVolumeOptions] = {}
    """Volumes of the task, by name. Containers refer to them in `mounts`. Amazon EBS volumes are for services: Amazon
    EventBridge Scheduler cannot ask for them."""
