"""One service of a Compose file as a container of a task."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.workload_import.compose_file import env_file
from tools.workload_import.compose_gpus import gpus
from tools.workload_import.compose_health import health_check
from tools.workload_import.compose_ports import ports
from tools.workload_import.images import image_with_its_registry, repository_name
from tools.workload_import.interpolation import Text
from tools.workload_import.ledger import Ledger, Node, leaves
from tools.workload_import.target import NOT_ON_FARGATE, accepts, is_on_fargate
from tools.workload_import.units import mebibytes, seconds
from tools.workload_import.variables import unresolved, variable, words

Container = dict[str, object]
_BUILD: Final = (
    "the image has to be built: build it, push it to the repository {repository} of registry.repositories, and state "
    "its tag in place of latest"
)
_WHERE_IT_IS_BUILT: Final = "how the image is built; `docker build` reads it, and this repository does not"
_SHELL_SPLIT: Final = "the text cannot be split into words as a shell would: write it as a list"
_NOBODY_READS_LABELS: Final = (
    "nothing in a task reads the labels of other containers, as Traefik does with Docker: use routing for requests"
)
_STOP_SECONDS: Final = (2, 120)


@dataclass(frozen=True)
class ContainerReader:
    """Reads one service.

    Attributes:
        service: The service of the Compose file.
        folder: Where the file is.
        neighbors: Names of services that are in other tasks.
        repositories: Where names of repositories for images that are built are collected.
        is_on_instances: Whether the task runs on EC2 instances, which have more than Fargate.
    """

    service: Node
    folder: Path
    neighbors: Sequence[str]
    repositories: list[str]
    is_on_instances: bool = False

    def container(self) -> Container:
        """The container, with the keys that can be carried."""
        parts = (
            self._image(),
            ports(self.service),
            self._words("entry_point", "entrypoint"),
            self._words("command", "command"),
            self._environment(),
            self._user(),
            self._capabilities(),
            self._root_file_system(),
            self._writable_paths(),
            self._memory(),
            health_check(self.service),
            self._stop_timeout(),
            self._surroundings(),
            gpus(self.service),
            self._shared_memory(),
        )
        return {key: value for part in parts for key, value in part}

    def _image(self) -> Iterator[tuple[str, object]]:
        image, build = self.service.child("image"), self.service.child("build")
        repository = repository_name(self.service.name)
        if build is not None:
            for key in list(build.children()) or [build]:
                (key.decide if key.name in ("args", "secrets", "ssh") else key.ignore)(_WHERE_IT_IS_BUILT)
            if image is not None:
                image.ignore("the image is built, and pushed to a repository of registry.repositories")
            self.repositories.append(repository)
            build.also_decide(_BUILD.format(repository=repository))
            yield "image", f"{repository}:latest"
        elif image is None:
            self.service.ledger.note("decide", self.service.path, "there is no image: state one")
        elif reason := unresolved(image.peek()):
            image.decide(f"{reason}; then put the image in place of the one that is printed")
            yield "image", image_with_its_registry(str(image.peek()))
        else:
            yield "image", image_with_its_registry(str(image.carry()))

    def _words(self, key: str, of_compose: str) -> Iterator[tuple[str, object]]:
        node = self.service.child(of_compose)
        if node is None:
            return
        value = node.peek()
        if isinstance(value, str):
            try:
                split = shlex.split(value.replace("\\\n", " "))
            except ValueError:
                node.decide(_SHELL_SPLIT)
                return
            # What is known of the variables is known of the text alone.
            stated = [value] if split == [value] else [value, *split]
        elif node.is_list and node.is_flat:
            stated = split = [each if isinstance(each, str) else str(each) for each in _items(node)]
        else:
            return
        if (found := words(node, stated)) is not None:
            yield key, found[len(stated) - len(split) :]

    def _environment(self) -> Iterator[tuple[str, object]]:
        found: dict[str, str] = {}
        for node, name, value in (*self._env_files(), *_pairs(self.service.child("environment"))):
            text = variable(node, name, value, neighbors=self.neighbors)
            found.pop(name, None)
            if text is not None:
                found[name] = text
        if found:
            yield "environment", found

    def _env_files(self) -> Iterator[tuple[Node, str, object]]:
        node = self.service.child("env_file")
        for each in (list(node.children()) or [node]) if node else ():
            value = each.peek()
            stated = value.get("path") if isinstance(value, dict) else value
            path = self.folder / str(stated)
            if not isinstance(stated, str) or unresolved(stated) or not path.is_file():
                each.decide("the file is not beside this one: put its variables below environment, or below secrets")
                continue
            each.ignore("its variables are read, and are below environment or in this list")
            for child in Ledger(env_file(path), read_for=each).root.children():
                yield child, child.name, child.peek()

    def _user(self) -> Iterator[tuple[str, object]]:
        node = self.service.child("user")
        if node is not None and (reason := unresolved(node.peek())):
            node.decide(reason)
        elif node is not None and node.is_flat:
            yield "user", str(node.carry())

    def _capabilities(self) -> Iterator[tuple[str, object]]:
        added: list[str] = []
        for node in _children(self.service, "cap_add"):
            name = str(node.peek()).upper().removeprefix("CAP_")
            if is_on_fargate(name) or (self.is_on_instances and accepts("capabilities", [name])):
                node.carry()
                added.append(name)
            else:
                node.decide(NOT_ON_FARGATE, name)
        for node in _children(self.service, "cap_drop"):
            node.ignore("all Linux capabilities are dropped that capabilities does not name")
        if added:
            yield "capabilities", list(dict.fromkeys(added))

    def _root_file_system(self) -> Iterator[tuple[str, object]]:
        node = self.service.child("read_only")
        if node is not None and isinstance(node.peek(), bool):
            yield "read_only_root_filesystem", node.carry()

    def _writable_paths(self) -> Iterator[tuple[str, object]]:
        node = self.service.child("tmpfs")
        found: list[object] = []
        for each in (list(node.children()) or [node]) if node else ():
            path, colon, options = str(each.peek()).partition(":")
            each.carry()
            stated = dict(_tmpfs(path, options))
            found.append(stated if len(stated) > 1 and accepts("writable_paths", [stated]) else path)
            if colon and found[-1] == path:
                each.also_decide(f"a writable path is a tmpfs of 64 MiB without options; these are left out: {options}")
            elif left := [each for each in options.split(",") if not re.match(r"(size=|exec$|rw$|$)", each)]:
                each.also_decide(f"these options of a tmpfs are left out: {', '.join(left)}")
        for volume in _children(self.service, "volumes"):
            target = volume.child("target")
            if (kind := volume.child("type")) is not None and kind.peek() == "tmpfs" and target is not None:
                kind.ignore("a writable path is a tmpfs")
                size = _below(volume, "tmpfs", "size")
                stated = {"path": target.carry(), "size_mib": mebibytes(size.peek()) if size else None}
                if size is not None and accepts("writable_paths", [stated]):
                    size.carry()
                    found.append(stated)
                else:
                    found.append(stated["path"])
        if found:
            yield "writable_paths", [each for index, each in enumerate(found) if each not in found[:index]]

    def _memory(self) -> Iterator[tuple[str, object]]:
        for key, short, long in (
            ("memory_mib", "mem_limit", "limits"),
            ("memory_reservation_mib", "mem_reservation", "reservations"),
        ):
            for node in (self.service.child(short), _below(self.service, "deploy", "resources", long, "memory")):
                if node is not None and accepts(key, size := mebibytes(node.peek())):
                    node.carry()
                    yield key, size

    def _shared_memory(self) -> Iterator[tuple[str, object]]:
        node = self.service.child("shm_size")
        if node is not None and self.is_on_instances and accepts("shared_memory_mib", size := mebibytes(node.peek())):
            node.carry()
            yield "shared_memory_mib", size

    def _stop_timeout(self) -> Iterator[tuple[str, object]]:
        node = self.service.child("stop_grace_period")
        if node is None or (found := seconds(node.peek())) is None:
            return
        node.carry()
        least, most = _STOP_SECONDS
        if not least <= found <= most:
            node.also_decide(f"Amazon ECS waits {least} to {most} seconds for a container to stop, not {found}")
        yield "stop_timeout_seconds", min(max(found, least), most)

    def _surroundings(self) -> Iterator[tuple[str, object]]:
        node = self.service.child("working_dir")
        if node is not None and not unresolved(node.peek()) and accepts("working_directory", node.peek()):
            yield "working_directory", node.carry()
        node = self.service.child("tty")
        if node is not None and isinstance(node.peek(), bool):
            yield "pseudo_terminal", node.carry()
        for of_compose, key in (("labels", "labels"), ("sysctls", "system_controls")):
            found: dict[str, str] = {}
            for each, name, value in _pairs(self.service.child(of_compose)):
                if accepts(key, {name: "" if value is None else str(value)}):
                    text = variable(each, name, "" if value is None else value)
                    found |= {name: text} if text is not None else {}
            if found:
                yield key, found
                if key == "labels":
                    self.service.ledger.note("remark", (*self.service.path, key), _NOBODY_READS_LABELS)
        limits: dict[str, object] = {}
        for each in _children(self.service, "ulimits"):
            soft, hard = (each.child(key) or each for key in ("soft", "hard"))
            limit = {"soft_limit": soft.peek(), "hard_limit": hard.peek()}
            if accepts("ulimits", {each.name: limit}):
                soft.carry()
                hard.carry()
                limits[each.name] = limit
        if limits:
            yield "ulimits", limits


def _tmpfs(path: str, options: str) -> Iterator[tuple[str, object]]:
    yield "path", path
    for option in options.split(","):
        name, _, value = option.partition("=")
        if name == "size" and (size := mebibytes(value)):
            yield "size_mib", size
        elif name == "exec":
            yield "exec", True


def _pairs(node: Node | None) -> Iterator[tuple[Node, str, object]]:
    """Names and values of a mapping, or of a list of `NAME=value`."""
    for each in node.children() if node else ():
        if node is not None and node.is_mapping:
            if each.is_flat and not each.is_list:
                yield each, each.name, each.peek()
        elif isinstance(text := each.peek(), str):
            name, equal, value = text.partition("=")
            yield each, name, _like(text, value) if equal else None


def _like(text: str, part: str) -> str:
    """A part of a text, with what is known of the variables of the whole."""
    return Text(part, text.variables, text.unresolved) if isinstance(text, Text) else part


def _children(service: Node, key: str) -> Iterable[Node]:
    node = service.child(key)
    return node.children() if node else ()


def _items(node: Node) -> list[object]:
    return [value for _, value in leaves((), node.peek())]


def _below(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.child(key) if node else None
    return node
