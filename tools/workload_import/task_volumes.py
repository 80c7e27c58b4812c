"""Volumes of a task definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.workload_import.ledger import EMPTY, Node, leaves
from tools.workload_import.target import accepts_volume

_ENCRYPTED: Final = "file systems are always mounted with encryption in transit and with the task role"
_AT_LAUNCH: Final = (
    "the service, or what starts the task, says what volume of Amazon EBS it is: state kind: ebs and its size_gib "
    "below volumes of the task, and its mounts below the containers"
)
_OF_THE_MACHINE: Final = "state it below volumes of the task, and its mounts below the containers"
_DOMAIN: Final = ("authorizationConfig", "domain")
_SECRET: Final = ("authorizationConfig", "credentialsParameter")


def volumes(task: Node) -> dict[str, dict[str, object]]:
    """The volumes that can be carried, by name; all others are settled.

    Args:
        task: The task definition.
    """
    found: dict[str, dict[str, object]] = {}
    node = task.child("volumes")
    for each in node.children() if node else ():
        name = each.child("name")
        volume = _volume(each)
        if name is not None and volume is not None and accepts_volume(str(name.peek()), volume):
            name.carry()
            found[str(name.peek())] = volume
            _settle(each)
        else:
            at_launch = each.child("configuredAtLaunch")
            each.decide(_AT_LAUNCH if at_launch is not None and at_launch.peek() is True else _OF_THE_MACHINE)
    return found


def _volume(node: Node) -> dict[str, object] | None:
    if (efs := node.child("efsVolumeConfiguration")) is not None:
        parts = {
            "file_system_id": ("fileSystemId",),
            "access_point_id": ("authorizationConfig", "accessPointId"),
            "root_directory": ("rootDirectory",),
        }
        volume = {"kind": "efs", **dict(_values(efs, parts))}
        if volume.get("root_directory") == "/":
            volume.pop("root_directory")
        return volume
    if (fsx := node.child("fsxWindowsFileServerVolumeConfiguration")) is not None:
        parts = {
            "file_system_id": ("fileSystemId",),
            "root_directory": ("rootDirectory",),
            "domain": _DOMAIN,
            "credentials_secret_arn": _SECRET,
        }
        return {"kind": "fsx_windows", **dict(_values(fsx, parts))}
    is_empty = all(each.name == "name" or _has_no_value(each) for each in node.children())
    return {"kind": "shared"} if is_empty else None


def _has_no_value(node: Node) -> bool:
    return node.peek() is False or all(value in EMPTY for _, value in leaves((), node.peek()))


def _values(node: Node, parts: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, object]]:
    for key, path in parts.items():
        found: Node | None = node
        for part in path:
            found = found.child(part) if found else None
        if found is not None:
            yield key, found.peek()


def _settle(node: Node) -> None:
    for each in node.children():
        if each.name == "configuredAtLaunch":
            each.ignore("false is the default")
        for part in each.children():
            _settle_part(part)


def _settle_part(part: Node) -> None:
    for each in part.children() if part.is_mapping else [part]:
        if each.name == "rootDirectory" and each.peek() == "/":
            each.ignore("the root of the file system is the default")
        elif each.name in ("fileSystemId", "accessPointId", "rootDirectory", "domain", "credentialsParameter"):
            each.carry()
        elif each.name in ("transitEncryption", "iam"):
            each.ignore(_ENCRYPTED)
        else:
            each.drop("Amazon ECS decides it here")
