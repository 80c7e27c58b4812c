"""GPUs that a service in a Compose file reserves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.workload_import.capacity import ON_GPUS
from tools.workload_import.compose_keys import DECIDE
from tools.workload_import.ledger import Node
from tools.workload_import.target import accepts

_ALL: Final = "all GPUs of a machine are no number: 1 is stated; state as many as the program uses"
_MIXED: Final = "only GPUs of NVIDIA that are counted are reserved here: state gpus"
_COUNTED: Final = "the GPUs are counted already"


def reserves_gpus(service: Node) -> bool:
    """Whether the service asks for GPUs of NVIDIA.

    Args:
        service: The service.
    """
    return any(_number(each) is not None for each in _requests(service))


def gpus(service: Node) -> Iterator[tuple[str, object]]:
    """The number of GPUs of the container.

    Args:
        service: The service.
    """
    total = 0
    for request in _requests(service):
        number = _number(request)
        if number is None:
            request.decide(_MIXED if request.is_mapping else DECIDE["gpus"])
            continue
        if request.name == "runtime" and total:
            request.ignore(_COUNTED)
            continue
        total += number or 1
        _carry(request)
        request.also_decide(ON_GPUS)
        if not number:
            request.also_decide(_ALL)
    if total and accepts("gpus", total):
        yield "gpus", total


def _requests(service: Node) -> Iterator[Node]:
    """The places that say it, the one that says least last."""
    node = service
    for key in ("deploy", "resources", "reservations", "devices"):
        child = node.child(key)
        if child is None:
            break
        node = child
    else:
        yield from node.children()
    stated = service.child("gpus")
    if stated is not None:
        yield from stated.children() if stated.is_list else [stated]
    runtime = service.child("runtime")
    if runtime is not None and runtime.peek() == "nvidia":
        yield runtime


def _number(request: Node) -> int | None:
    """How many GPUs it asks for, 0 for all of them; None if it asks for something else."""
    value = request.peek()
    if request.name == "runtime" or value == "all":
        return 0
    if not request.is_mapping:
        return int(str(value)) if str(value).isdigit() else None
    driver, capabilities, ids, count = (request.child(key) for key in ("driver", "capabilities", "device_ids", "count"))
    named = [str(each.peek()) for each in capabilities.children()] if capabilities else ["gpu"]
    # What is beside them, such as compute and utility, is what its container sees of a GPU.
    if (driver is not None and driver.peek() != "nvidia") or not {"gpu", "nvidia"} & set(named):
        return None
    if ids is not None:
        return len(list(ids.children())) or None
    stated = str(count.peek()) if count else "all"
    return 0 if stated in ("all", "-1") else int(stated) if stated.isdigit() else None


def _carry(request: Node) -> None:
    if not request.is_mapping:
        request.carry()
    for child in request.children() if request.is_mapping else ():
        if child.name in ("driver", "capabilities"):
            child.ignore("instances with GPUs of NVIDIA have the driver, and containers see what they reserve")
        elif child.name in ("count", "device_ids"):
            child.carry()
        else:
            child.drop("a GPU that is reserved has no further options")
