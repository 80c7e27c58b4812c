"""A service of an environment file from a task definition, as `aws ecs describe-task-definition` prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.workload_import.block import Block
from tools.workload_import.capacity import ON_WINDOWS, gpu_capacity, most_gpus, windows_capacity
from tools.workload_import.compose_file import UnusableFileError
from tools.workload_import.ledger import Ledger, Node
from tools.workload_import.names import container_name, resource_name
from tools.workload_import.target import accepts_of_a_task
from tools.workload_import.task_container import container
from tools.workload_import.task_definition_keys import OF_THE_TASK, OF_THE_TASK_DECIDE
from tools.workload_import.task_log_router import log_router
from tools.workload_import.task_volumes import volumes
from tools.workload_import.units import cpu_units, fargate_size, mebibytes

_PROCESSORS: Final = {"X86_64": "x86_64", "ARM64": "arm64"}
_OWN_INTERFACE: Final = "each task has a network interface of its own, which is awsvpc"
_OTHER_MODE: Final = (
    "each task has a network interface of its own (awsvpc) in place of the network of an instance: requests go to the "
    "port of the container, and containers of a task reach each other at 127.0.0.1"
)


def from_task_definition(path: Path) -> tuple[Block, Ledger]:
    """The block of an environment file, and what became of every value of the task definition.

    Args:
        path: JSON: the answer of the AWS CLI, or the task definition alone.

    Raises:
        UnusableFileError: If nothing can be imported from it.
    """
    document = _document(path)
    ledger = Ledger(document)
    task = ledger.root.child("taskDefinition") or ledger.root
    for each in ledger.root.children() if task is not ledger.root else ():
        if each.name == "tags":
            each.ignore("tags come from the environment")
    containers = task.child("containerDefinitions")
    if containers is None:
        raise UnusableFileError(f"{path}: there are no containerDefinitions in it")
    family = task.child("family")
    name = str(family.carry()) if family else path.stem
    names: dict[str, str] = {}
    for each in containers.children():
        if (stated := each.child("name")) is not None:
            names[str(stated.carry())] = container_name(str(stated.peek()), names.values())
    block = Block(region=":".join(_text(task, "taskDefinitionArn").split(":")[3:4]))
    router, logs = log_router(task, containers)
    mounted = volumes(task)
    is_on_instances = any(_reserves_gpus(each) for each in containers.children())
    made = {
        names.get(_text(each, "name"), f"container-{index}"): container(
            each, names, mounted, router=_text(router, "name"), is_on_instances=is_on_instances
        )
        for index, each in enumerate(containers.children())
        if router is None or each.path != router.path
    }
    entry: dict[str, object] = dict(_platform(task))
    entry |= dict(_size(task, containers))
    entry |= logs
    entry |= {"volumes": mounted} if mounted else {}
    entry |= dict(_ephemeral_storage(task))
    entry = _capacity(block, task, entry, most_gpus(made)) | entry
    block.add("services", resource_name(name), {**entry, "containers": made}, source=[name])
    _settle_the_rest(task, has_capacity="capacity_provider_strategy" in entry)
    return block, ledger


def _document(path: Path) -> Mapping[str, object]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UnusableFileError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise UnusableFileError(f"{path}: this is no JSON, which --output json gives: {error}") from None
    if not isinstance(document, Mapping):
        raise UnusableFileError(f"{path}: this is no task definition, but a list or a single value")
    found = document.get("taskDefinition", document)
    if not isinstance(found, Mapping) or not _are_mappings(found.get("containerDefinitions")):
        raise UnusableFileError(
            f"{path}: there are no containerDefinitions in it; aws ecs describe-task-definition prints them"
        )
    return document


def _are_mappings(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _platform(task: Node) -> Iterator[tuple[str, object]]:
    """The processor, for which Amazon ECS takes X86_64 where nothing is said, and the operating system."""
    platform = task.child("runtimePlatform")
    processor = platform.child("cpuArchitecture") if platform else None
    if processor is not None and processor.peek() in _PROCESSORS:
        yield "architecture", _PROCESSORS[str(processor.carry())]
    else:
        yield "architecture", "x86_64"
    system = platform.child("operatingSystemFamily") if platform else None
    if system is None:
        return
    stated = str(system.peek()).lower()
    if stated == "linux":
        system.ignore("tasks run Linux")
    elif accepts_of_a_task("operating_system", stated):
        system.carry()
        yield "operating_system", stated
    else:
        system.decide(
            "Amazon ECS has no such operating system any more: state operating_system, and build the images for it"
        )


def _reserves_gpus(node: Node) -> bool:
    requirements = node.child("resourceRequirements")
    return any(_text(each, "type") == "GPU" for each in (requirements.children() if requirements else ()))


def _capacity(block: Block, task: Node, entry: Mapping[str, object], number: int) -> dict[str, object]:
    """Where the task runs, if Fargate does not have what it uses."""
    if number:
        return gpu_capacity(block, number)
    volumes = entry.get("volumes", {})
    kinds = {each.get("kind") for each in volumes.values()} if isinstance(volumes, dict) else set()
    system = str(entry.get("operating_system", ""))
    if "fsx_windows" in kinds and system.startswith("windows"):
        task.ledger.note("decide", task.path, ON_WINDOWS)
        return windows_capacity(block, system)
    return {}


def _size(task: Node, containers: Node) -> Iterator[tuple[str, object]]:
    cpu, memory = task.child("cpu"), task.child("memory")
    units = _number(cpu, "vcpu", cpu_units)
    size = _number(memory, "gb", lambda text: mebibytes(f"{text}g"))
    for node, value in ((cpu, units), (memory, size)):
        if node is not None and value is not None:
            node.carry()
    units = units or sum(_integer(each, "cpu") for each in containers.children())
    size = size or sum(
        _integer(each, "memory") or _integer(each, "memoryReservation") for each in containers.children()
    )
    found = fargate_size(units, size)
    if found is None:
        task.ledger.note("decide", task.path, f"no size of Fargate has {units} CPU units and {size} MiB")
        return
    yield "cpu_units", found[0]
    yield "memory_mib", found[1]
    if found != (units, size):
        reason = f"for {units} CPU units and {size} MiB, {found[0]} and {found[1]} is the smallest size on Fargate"
        task.ledger.note("remark", task.path, reason)


def _number(node: Node | None, unit: str, read: object) -> int | None:
    """A number, or a text such as `1 vCPU` or `0.5 GB`."""
    text = str(node.peek()).strip().lower() if node else ""
    if text.isdigit():
        return int(text)
    return read(text.removesuffix(unit).strip()) if text.endswith(unit) and callable(read) else None


def _integer(node: Node, key: str) -> int:
    child = node.child(key)
    return int(str(child.peek())) if child is not None and str(child.peek()).isdigit() else 0


def _settle_the_rest(task: Node, *, has_capacity: bool) -> None:
    for key, reason in OF_THE_TASK.items():
        if (node := task.child(key)) is not None:
            node.ignore(reason)
    for key, reason in OF_THE_TASK_DECIDE.items():
        if (node := task.child(key)) is not None and not node.ledger.is_settled(node):
            node.decide(reason)
    if (node := task.child("networkMode")) is not None:
        (node.ignore if node.peek() == "awsvpc" else node.decide)(
            _OWN_INTERFACE if node.peek() == "awsvpc" else _OTHER_MODE
        )
    if (node := task.child("requiresCompatibilities")) is not None:
        if has_capacity:
            node.ignore("the capacity_provider_strategy of the task says it")
        elif "FARGATE" in _items(node):
            node.ignore("the task runs on Fargate, unless capacity_provider_strategy is stated")
        else:
            node.decide("the task runs on Fargate, unless capacity_provider_strategy names EC2 capacity: state which")


def _ephemeral_storage(task: Node) -> Iterator[tuple[str, object]]:
    storage = task.child("ephemeralStorage")
    size = storage.child("sizeInGiB") if storage else None
    if size is not None and size.peek() in range(21, 201):
        yield "ephemeral_storage_gib", size.carry()


def _items(node: Node) -> Sequence[object]:
    return [each.peek() for each in node.children()]


def _text(node: Node | None, key: str) -> str:
    child = node.child(key) if node else None
    return str(child.peek()) if child else ""
