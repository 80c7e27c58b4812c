"""The health check of a service in a Compose file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.workload_import.ledger import Node
from tools.workload_import.units import seconds
from tools.workload_import.variables import words

# "HEALTHCHECK, Dockerfile reference": what Docker takes where nothing is said; "HealthCheck, Amazon ECS API Reference":
# what Amazon ECS allows.
_SECONDS: Final = {
    "interval": ("interval_seconds", 30, 5, 300),
    "timeout": ("timeout_seconds", 30, 2, 60),
    "start_period": ("start_period_seconds", 0, 0, 300),
}
_NO_TEST: Final = "Amazon ECS does not run the HEALTHCHECK of an image: state its command below health_check"


def health_check(service: Node) -> Iterator[tuple[str, object]]:
    """The health check of a container, with what Docker takes where the file says nothing.

    Args:
        service: The service.
    """
    check = service.child("healthcheck")
    if check is None:
        return
    test, disable = check.child("test"), check.child("disable")
    if (disable is not None and disable.peek() is True) or (test is not None and test.peek() in (["NONE"], "NONE")):
        check.ignore("without health_check, there is no health check")
        return
    if test is None:
        check.decide(_NO_TEST)
        return
    command = _command(test)
    if command is None:
        for child in check.children():
            if child.path != test.path:
                child.drop("it belongs to the command of the health check, which is not carried")
        return
    found: dict[str, object] = {"command": command}
    found |= dict(_numbers(check))
    # Docker waits for a check before it begins the next; here the time-out is at most the interval.
    found["timeout_seconds"] = min(int(str(found["timeout_seconds"])), int(str(found["interval_seconds"])))
    yield "health_check", found


def _command(test: Node) -> list[str] | None:
    value = test.peek()
    if isinstance(value, str):
        found = words(test, [value])
        return ["CMD-SHELL", *found] if found else None
    if not test.is_flat:
        return None
    return words(test, [each if isinstance(each, str) else str(each) for each in list(value or [])])  # type: ignore[call-overload]


def _numbers(check: Node) -> Iterator[tuple[str, int]]:
    for key, (name, default, least, most) in _SECONDS.items():
        node = check.child(key)
        value = seconds(node.peek()) if node else default
        if node is not None and value is not None:
            node.carry()
            if not least <= value <= most:
                node.also_decide(f"Amazon ECS allows {least} to {most} seconds, not {value}")
        yield name, min(max(default if value is None else value, least), most)
    node = check.child("retries")
    if node is not None and str(node.peek()).isdigit():
        value = int(str(node.carry()))
        if not 1 <= value <= 10:
            node.also_decide(f"Amazon ECS allows 1 to 10 retries, not {value}")
        yield "retries", min(max(value, 1), 10)
    if (node := check.child("start_interval")) is not None:
        node.drop("Amazon ECS checks in one interval, from the start on")
