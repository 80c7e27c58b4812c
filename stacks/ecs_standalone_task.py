"""One stack for each standalone task."""

from __future__ import annotations

from stacks.ecs_run_task import EcsRunTaskStack


class EcsStandaloneTaskStack(EcsRunTaskStack):
    """Task definition, roles, log group and security group of one standalone task, and how it is run."""
