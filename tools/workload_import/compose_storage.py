"""Volumes, secrets, and configs of a Compose file: what is in them has to come from somewhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tools.workload_import.ledger import Node

_NAMED: Final = (
    "what is in the volume has to be kept somewhere, and nothing of it is taken along: an Amazon EFS file system, a "
    "managed service in place of the container (Amazon RDS, ElastiCache), or a writable path if it can be lost"
)
_SHARED: Final = (
    "{users} use the volume, and are tasks of their own: only an Amazon EFS file system, which each of them mounts, "
    "can take its place; nothing of it is taken along"
)
_FOLDER: Final = (
    "there are no files of your machine: put them into the image, pass settings as variables, or keep the data on an "
    "Amazon EFS file system"
)
_SOCKET: Final = (
    "there is no Docker daemon to talk to, and access to one is access to the whole machine: find another way, such as "
    "the load balancer in place of a proxy that watches containers"
)
_HOST: Final = "it is a folder of the machine, which Fargate does not show; agents that need it are not offered"
_ANONYMOUS: Final = "nobody else uses the volume, and it is lost with the container: add the path to writable_paths"
_CONFIDENTIAL: Final = (
    "a secret comes as an environment variable, and not as a file: store it in AWS Secrets Manager, put the ARN below "
    "secrets, and have the program read the variable"
)
_CONFIG: Final = "there are no configuration files: put it into the image, or pass it as variables"
_OF_THE_MACHINE: Final = ("/proc", "/sys", "/dev", "/etc", "/var/run", "/run", "/var/lib/docker", "/var/log", "/")
_WITH_THE_VOLUME: Final = "it goes with the volume, which is for the services that use it to decide"


def users_of_volumes(services: Node) -> dict[str, list[str]]:
    """Names of the services that use each volume.

    Args:
        services: All services.
    """
    found: dict[str, list[str]] = {}
    for service in services.children():
        node = service.child("volumes")
        for each in node.children() if node else ():
            source, kind = _source(each)
            if kind == "volume":
                found.setdefault(source, []).append(service.name)
    return found


def volumes(service: Node, users: Mapping[str, Sequence[str]]) -> None:
    """Settle the volumes of a service.

    Args:
        service: The service.
        users: Names of the services that use each volume.
    """
    node = service.child("volumes")
    for each in node.children() if node else ():
        source, kind = _source(each)
        if kind == "tmpfs":
            for child in each.children():
                if not child.ledger.is_settled(child):
                    child.drop("a writable path has a size, and no other options")
        elif kind == "anonymous":
            each.decide(_ANONYMOUS)
        elif kind == "volume":
            names = list(dict.fromkeys(users.get(source, ())))
            each.decide(_SHARED.format(users=", ".join(names)) if len(names) > 1 else _NAMED)
        elif source.endswith("docker.sock"):
            each.decide(_SOCKET)
        elif kind == "machine":
            each.decide(_HOST)
        else:
            each.decide(_FOLDER)


def files(service: Node) -> None:
    """Settle the secrets and configs of a service.

    Args:
        service: The service.
    """
    for key, reason in (("secrets", _CONFIDENTIAL), ("configs", _CONFIG)):
        node = service.child(key)
        for each in node.children() if node else ():
            each.decide(reason)


def volumes_of_the_file(root: Node) -> None:
    """Settle what the file says of volumes, secrets, and configs as a whole.

    Args:
        root: The file.
    """
    for key, reason in (("volumes", _WITH_THE_VOLUME), ("secrets", _CONFIDENTIAL), ("configs", _CONFIG)):
        node = root.child(key)
        for each in node.children() if node else ():
            (each.ignore if key == "volumes" else each.decide)(reason)


def _source(volume: Node) -> tuple[str, str]:
    """Where the content is, and of what kind that is."""
    if volume.is_mapping:
        kind, source = volume.child("type"), volume.child("source")
        where = str(source.peek()) if source else ""
        if kind is not None and kind.peek() == "tmpfs":
            return where, "tmpfs"
        if kind is not None and kind.peek() == "bind":
            return where, _of_a_folder(where)
        return where, "volume" if where else "anonymous"
    source_text, colon, _ = str(volume.peek()).partition(":")
    if not colon:
        return "", "anonymous"
    if source_text[:1] in "./~$" or "/" in source_text:
        return source_text if not source_text.startswith("$") else str(volume.peek()), _of_a_folder(source_text)
    return source_text, "volume"


def _of_a_folder(path: str) -> str:
    is_machine = path in _OF_THE_MACHINE or any(path.startswith(f"{each}/") for each in _OF_THE_MACHINE[:-1])
    return "machine" if is_machine else "folder"
