"""Keys of what rules are about, as `@rule` takes them: another place for a task or for an instance is another line."""

from __future__ import annotations

from reference_constructs.eks.capability_options import CapabilitiesOptions
from settings.ecs import TASK_KINDS

# Where tasks stand in a file, and where whatever starts EC2 instances does.
_TASKS = tuple(f"ecs.{kind}.<name>" for kind in TASK_KINDS)
_SERVICES = ("ecs.services.<name>", "ecs.queue_workers.<name>")
# Where statements of IAM policies do.
_POLICIES = (
    *(f"{task}.task_role_statements" for task in _TASKS),
    "eks.pod_identities.<name>.statements",
    "eks.add_ons.<name>.statements",
    *(f"eks.capabilities.{name}.statements" for name in CapabilitiesOptions.model_fields),
)
_INSTANCES = ("ecs.capacity.<name>", "eks.nodes.<name>")


def task_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every task, whatever runs it, or the tasks themselves, as `@rule` takes them."""
    return tuple(f"{task}.{key}" for task in _TASKS for key in keys) if keys else _TASKS


def service_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every task that a service keeps running, as `@rule` takes them."""
    return tuple(f"{service}.{key}" for service in _SERVICES for key in keys)


def policy_keys() -> tuple[str, ...]:
    """Keys of the statements of every IAM policy, as `@rule` takes them."""
    return _POLICIES


def statement_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every statement of an IAM policy, as `@rule` takes them."""
    return tuple(f"{policy}[].{key}" for policy in _POLICIES for key in keys)


def container_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every container, as `@rule` takes them."""
    return task_keys(*(f"containers.<name>.{key}" for key in keys))


def instance_keys(*keys: str) -> tuple[str, ...]:
    """Keys of whatever starts EC2 instances, as `@rule` takes them."""
    return tuple(f"{instances}.{key}" for instances in _INSTANCES for key in keys)
