"""What a container of a task definition gets from its runtime: limits, capabilities, file systems, and restarts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tools.workload_import.capacity import ON_GPUS
from tools.workload_import.ledger import Node
from tools.workload_import.target import NOT_ON_FARGATE, accepts, is_on_fargate
from tools.workload_import.task_definition_keys import OF_A_CONTAINER, OF_LINUX

_NO_OTHER_RESOURCE = "containers reserve GPUs of NVIDIA; for AWS Neuron, state devices or neuron_devices"


def named(node: Node, key: str) -> Iterator[tuple[str, object]]:
    """Lists of entries with a name, which are mappings here.

    Args:
        node: The container definition.
        key: `ulimits` or `systemControls`.
    """
    made = "ulimits" if key == "ulimits" else "system_controls"
    child = node.child(key)
    found: dict[str, object] = {}
    for each in child.children() if child else ():
        parts = {part.name: part.peek() for part in each.children()}
        name = str(parts.get("name", parts.get("namespace")))
        value: object = parts.get("value")
        if key == "ulimits":
            value = {"soft_limit": parts.get("softLimit"), "hard_limit": parts.get("hardLimit")}
        if accepts(made, {name: value}):
            for part in each.children():
                if part.name in ("name", "namespace", "value", "softLimit", "hardLimit"):
                    part.carry()
            found[name] = value
    if found:
        yield made, found


def mounts(node: Node, names: Collection[str]) -> Iterator[tuple[str, object]]:
    """Where the container has the volumes of the task that are carried over.

    Args:
        node: The container definition.
        names: Names of these volumes.
    """
    points = node.child("mountPoints")
    found: dict[str, object] = {}
    for each in points.children() if points else ():
        volume, path, read_only = (each.child(key) for key in ("sourceVolume", "containerPath", "readOnly"))
        if volume is None or path is None or volume.peek() not in names:
            each.drop(OF_A_CONTAINER["mountPoints"])
            continue
        mount = {"path": path.peek()} | ({"read_only": True} if read_only and read_only.peek() is True else {})
        if accepts("mounts", {str(volume.peek()): mount}):
            for part in (volume, path, read_only):
                part.carry() if part else None
            found[str(volume.peek())] = mount
    if found:
        yield "mounts", found


def gpus(node: Node) -> Iterator[tuple[str, object]]:
    """The number of GPUs that the container reserves.

    Args:
        node: The container definition.
    """
    requirements = node.child("resourceRequirements")
    for each in requirements.children() if requirements else ():
        kind, value = each.child("type"), each.child("value")
        number = int(str(value.peek())) if value is not None and str(value.peek()).isdigit() else 0
        if kind is not None and value is not None and kind.peek() == "GPU" and accepts("gpus", number):
            kind.carry()
            value.carry()
            each.also_decide(ON_GPUS)
            yield "gpus", number
        else:
            each.drop(_NO_OTHER_RESOURCE)


def linux(node: Node, *, is_on_instances: bool = False) -> Iterator[tuple[str, object]]:
    """Capabilities, temporary file systems, and shared memory.

    Args:
        node: The container definition.
        is_on_instances: Whether the task runs on EC2 instances, which have more than Fargate.
    """
    parameters = node.child("linuxParameters")
    if parameters is None:
        return
    capabilities = parameters.child("capabilities")
    added = capabilities.child("add") if capabilities else None
    names = (
        [each for each in added.children() if _has(str(each.peek()), is_on_instances=is_on_instances)] if added else []
    )
    if names:
        yield "capabilities", [each.carry() for each in names]
    for each in added.children() if added else ():
        if each not in names:
            each.decide(NOT_ON_FARGATE, str(each.peek()))
    if capabilities is not None and (dropped := capabilities.child("drop")) is not None:
        dropped.ignore("all Linux capabilities are dropped that capabilities does not name")
    if (init := parameters.child("initProcessEnabled")) is not None:
        init.ignore("every container has an init process here")
    tmpfs = parameters.child("tmpfs")
    paths: list[object] = []
    for each in tmpfs.children() if tmpfs else ():
        path, size, options = (each.child(key) for key in ("containerPath", "size", "mountOptions"))
        stated = {"path": path.peek() if path else None, "size_mib": size.peek() if size else None}
        if path is not None and size is not None and accepts("writable_paths", [stated]):
            path.carry()
            size.carry()
            paths.append(stated)
        if options is not None:
            options.drop("a writable path has no mount options, and exec where it is stated")
    if paths:
        yield "writable_paths", paths
    shared = parameters.child("sharedMemorySize")
    if shared is not None and is_on_instances and accepts("shared_memory_mib", shared.peek()):
        yield "shared_memory_mib", shared.carry()
    for key, reason in OF_LINUX.items():
        child = parameters.child(key)
        if child is not None and not child.ledger.is_settled(child):
            child.drop(reason)


def _has(capability: str, *, is_on_instances: bool) -> bool:
    return is_on_fargate(capability) or (is_on_instances and accepts("capabilities", [capability]))


def of_amazon_ecs(node: Node) -> Iterator[tuple[str, object]]:
    """What names something else: objects in Amazon S3, a secret, exit codes.

    Args:
        node: The container definition.
    """
    credentials = node.child("repositoryCredentials")
    secret = credentials.child("credentialsParameter") if credentials else None
    if secret is not None and accepts("repository_credentials_arn", secret.peek()):
        yield "repository_credentials_arn", secret.carry()
    files = node.child("environmentFiles")
    values = [value for each in files.children() if (value := each.child("value"))] if files else []
    if values and accepts("environment_files", [value.peek() for value in values]):
        yield "environment_files", [value.carry() for value in values]
        for each in files.children() if files else ():
            if (kind := each.child("type")) is not None:
                kind.ignore("s3 is the only one")
    policy = node.child("restartPolicy")
    if policy is not None and (enabled := policy.child("enabled")) is not None and enabled.peek() is True:
        enabled.carry()
        keys = {"restartAttemptPeriod": "attempt_period_seconds", "ignoredExitCodes": "ignored_exit_codes"}
        yield "restart_policy", {name: child.carry() for key, name in keys.items() if (child := policy.child(key))}
