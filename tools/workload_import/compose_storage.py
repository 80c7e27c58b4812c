"""Volumes, secrets, and configs of a Compose file: what is in them has to come from somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from tools.workload_import.ledger import Node
from tools.workload_import.target import accepts, accepts_volume

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
_EFS: Final = re.compile(r"\b(fs-[0-9a-f]{8,40})\.efs\.")
_EFS_USER: Final = (
    "the user of the container must be allowed to use the directory, or access_point_id names an access point of the "
    "file system; its mount targets must let the tasks in on TCP port 2049, and its policy the task role"
)
_EFS_OPTIONS: Final = "Amazon ECS mounts the file system with encryption in transit, and with options of its own"
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


def file_systems(root: Node) -> dict[str, dict[str, object]]:
    """The volumes of the file that are file systems of Amazon EFS, as volumes of a task, by name.

    Args:
        root: The file.
    """
    found: dict[str, dict[str, object]] = {}
    node = root.child("volumes")
    for each in node.children() if node else ():
        options = each.child("driver_opts")
        texts = [str(part.peek()) for part in options.children()] if options else []
        external = each.child("external")
        stated = each.child("name")
        if external is not None and stated is not None:
            texts.append(f"{stated.peek()}.efs.")
        system = next((match[1] for text in texts if (match := _EFS.search(text))), None)
        if system is not None:
            device = options.child("device") if options else None
            directory = str(device.peek()).lstrip(":").rstrip("/") if device else ""
            found[each.name] = {"kind": "efs", "file_system_id": system}
            if directory.startswith("/"):
                found[each.name]["root_directory"] = directory
    return {name: each for name, each in found.items() if accepts_volume(name, each)}


@dataclass(frozen=True)
class Storage:
    """What is known of the volumes of a file.

    Attributes:
        users: Names of the services that use each volume.
        systems: Volumes that are file systems of Amazon EFS.
    """

    users: Mapping[str, Sequence[str]]
    systems: Mapping[str, Mapping[str, object]]

    def volumes(self, containers: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, object]]:
        """The volumes that the containers of a task mount.

        Args:
            containers: The containers, by name.
        """
        mounted = [name for each in containers.values() for name in cast(Mapping[str, object], each.get("mounts", {}))]
        if mounted:
            yield "volumes", {name: dict(self.systems[name]) for name in dict.fromkeys(mounted)}

    def mounts(self, service: Node) -> Iterator[tuple[str, object]]:
        """Where a service has file systems; all other volumes are settled.

        Args:
            service: The service.
        """
        found: dict[str, object] = {}
        node = service.child("volumes")
        for each in node.children() if node else ():
            source, kind = _source(each)
            if kind == "volume" and source in self.systems and source not in found:
                mount = _mount(each)
                if accepts("mounts", {source: mount}):
                    _carry_mount(each)
                    found[source] = mount
                    continue
            self._settle(each, source, kind)
        if found:
            yield "mounts", found

    def _settle(self, volume: Node, source: str, kind: str) -> None:
        if kind == "tmpfs":
            for child in volume.children():
                if not child.ledger.is_settled(child):
                    child.drop("a writable path has a size, and no other options")
        elif kind == "anonymous":
            volume.decide(_ANONYMOUS)
        elif kind == "volume":
            names = list(dict.fromkeys(self.users.get(source, ())))
            volume.decide(_SHARED.format(users=", ".join(names)) if len(names) > 1 else _NAMED)
        elif source.endswith("docker.sock"):
            volume.decide(_SOCKET)
        else:
            volume.decide(_HOST if kind == "machine" else _FOLDER)


def _mount(volume: Node) -> dict[str, object]:
    if volume.is_mapping:
        target, read_only = volume.child("target"), volume.child("read_only")
        path, is_read_only = str(target.peek()) if target else "", read_only is not None and read_only.peek() is True
    else:
        _, path, mode = (*str(volume.peek()).split(":"), "", "")[:3]
        is_read_only = "ro" in mode.split(",")
    return {"path": path} | ({"read_only": True} if is_read_only else {})


def _carry_mount(volume: Node) -> None:
    if not volume.is_mapping:
        volume.carry()
        return
    for child in volume.children():
        if child.name in ("source", "target", "read_only"):
            child.carry()
        elif child.name == "type":
            child.ignore("the volume of the task says what it is")
        else:
            child.drop("a mount has a path and read_only, and no other options")


def files(service: Node) -> None:
    """Settle the secrets and configs of a service.

    Args:
        service: The service.
    """
    for key, reason in (("secrets", _CONFIDENTIAL), ("configs", _CONFIG)):
        node = service.child(key)
        for each in node.children() if node else ():
            each.decide(reason)


def volumes_of_the_file(root: Node, systems: Mapping[str, Mapping[str, object]]) -> None:
    """Settle what the file says of volumes, secrets, and configs as a whole.

    Args:
        root: The file.
        systems: Volumes that are file systems of Amazon EFS.
    """
    for key, reason in (("volumes", _WITH_THE_VOLUME), ("secrets", _CONFIDENTIAL), ("configs", _CONFIG)):
        node = root.child(key)
        for each in node.children() if node else ():
            if key == "volumes" and each.name in systems:
                _settle_file_system(each)
            else:
                (each.ignore if key == "volumes" else each.decide)(reason)


def _settle_file_system(volume: Node) -> None:
    volume.also_decide(_EFS_USER)
    for child in volume.children():
        if child.name == "driver_opts":
            for option in child.children():
                if option.name == "type":
                    option.ignore(_EFS_OPTIONS)
                else:
                    option.carry()
                    if option.name == "o":
                        option.ledger.note("remark", option.path, _EFS_OPTIONS)
        elif child.name == "name" and volume.child("external") is not None:
            child.carry()
        else:
            child.ignore("the file system exists, and is mounted by its ID")


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
