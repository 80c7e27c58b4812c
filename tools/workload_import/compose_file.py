"""A Compose file as it is meant: variables replaced, services that extend others complete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from settings.problems import KeyPath
from settings.yaml_document import UnreadableYamlError, YamlDocument
from tools.workload_import.interpolation import interpolated

# "Extend": what replaces a value instead of being added to it.
_REPLACED: Final = ("command", "entrypoint", "test", "image")
# What is text, however it is written: 1.10 is no number here.
_TEXTS: Final = ("environment", "labels", "sysctls", "args", "annotations", "extra_hosts")
_ENV_LINE: Final = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(?:[=:][ \t]*"""
    r"""('[^']*'|"(?:\\.|[^"\\])*"|[^\n]*))?""",
    re.MULTILINE,
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


class UnusableFileError(Exception):
    """A file from which nothing can be imported, and why."""


@dataclass(frozen=True)
class ComposeFile:
    """A Compose file.

    Attributes:
        path: Where it is.
        data: Its values, with services that extend others complete.
        document: As it is written.
    """

    path: Path
    data: Mapping[str, object]
    document: YamlDocument

    @classmethod
    def read(cls, path: Path) -> ComposeFile:
        """Read the file, and `.env` beside it.

        Args:
            path: The file.

        Raises:
            UnusableFileError: If it is no Compose file with services.
        """
        variables = env_file(path.parent / ".env")
        document, data = _document(path, variables)
        services = data.get("services")
        if not isinstance(services, Mapping) or not services:
            if "services" not in data and any(isinstance(each, Mapping) and "image" in each for each in data.values()):
                raise UnusableFileError(
                    f"{path}: this is the format 1 of Compose, which current versions do not read: "
                    "put the services below the key services"
                )
            raise UnusableFileError(
                f"{path}: there are no services in it"
                + (", only include; import what `docker compose config` prints" if "include" in data else "")
            )
        if wrong := [str(name) for name, service in services.items() if not isinstance(service, Mapping)]:
            raise UnusableFileError(f"{path}: services.{wrong[0]} has no keys")
        extension = _Extension(path, variables, services)
        complete = {name: extension.of(str(name), services, path, ()) for name in services}
        return cls(path, {**data, "services": complete}, document)

    def line(self, path: KeyPath) -> int | None:
        """Line of a path; None for what another file says.

        Args:
            path: Keys from the top.
        """
        place = self.document.place(path)
        return None if place.missing else place.line


def env_file(path: Path) -> dict[str, str]:
    """The variables of a file in the format of `env_file`; none if it is not there.

    Args:
        path: The file.
    """
    found: dict[str, str] = {}
    if not path.is_file():
        return found
    for name, written in _ENV_LINE.findall(path.read_text(encoding="utf-8-sig", errors="replace")):
        if written.startswith("'"):
            found[name] = written[1:-1] if written.endswith("'") and len(written) > 1 else written
        elif written.startswith('"') and written.endswith('"') and len(written) > 1:
            text = re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[1]), written[1:-1])
            found[name] = interpolated(text, found)
        else:
            found[name] = interpolated(re.sub(r"(^|\s+)#.*", "", written).strip(), found)
    return found


def _document(path: Path, variables: Mapping[str, str]) -> tuple[YamlDocument, dict[str, object]]:
    try:
        document = YamlDocument(path)
    except OSError as error:
        raise UnusableFileError(f"{path}: {error.strerror}") from None
    except UnreadableYamlError as error:
        problem = error.problems[0]
        where = f"{path}:{problem.line}" if problem.line else f"{path}"
        raise UnusableFileError(f"{where}: {problem.finding}" + (f"; {problem.fix}" if problem.fix else "")) from None
    data = _resolved(document.data, (), document, variables)
    return document, data if isinstance(data, dict) else {}


def _resolved(value: object, path: KeyPath, document: YamlDocument, variables: Mapping[str, str]) -> object:
    """The value with its variables replaced, and as text where Compose takes only text."""
    if isinstance(value, Mapping):
        return {key: _resolved(each, (*path, key), document, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, (*path, index), document, variables) for index, each in enumerate(value)]
    if isinstance(value, int | float) and set(path[-2:-1]) & set(_TEXTS):
        return document.place(path).written or str(value)
    return interpolated(value, variables) if isinstance(value, str) else value


@dataclass(frozen=True)
class _Extension:
    """Services that extend others, of the same file or of one beside it."""

    path: Path
    variables: Mapping[str, str]
    services: Mapping[str, object]

    def of(self, name: str, services: Mapping[str, object], file: Path, above: tuple[tuple[Path, str], ...]) -> object:
        """The service with all that it extends."""
        service = services[name]
        if not isinstance(service, Mapping):
            return service
        extends = service.get("extends")
        base = extends if isinstance(extends, str) else extends.get("service") if isinstance(extends, Mapping) else None
        if base is None:
            return service
        if (file, name) in above:
            raise UnusableFileError(f"{self.path}: services.{name}.extends comes back to itself")
        others, other_file = services, file
        if isinstance(extends, Mapping) and extends.get("file"):
            other_file = file.parent / str(extends["file"])
            if not other_file.is_file():
                return service
            _, data = _document(other_file, self.variables)
            found = data.get("services")
            others = found if isinstance(found, Mapping) else {}
        if base not in others:
            raise UnusableFileError(f"{self.path}: services.{name}.extends names {base}, which is not in {other_file}")
        return merged(self.of(str(base), others, other_file, (*above, (file, name))), service)


def merged(base: object, own: object, key: str = "") -> object:
    """Two values of one key by the rules of "Extend": mappings and lists are joined, the rest is replaced.

    Args:
        base: What is extended.
        own: What extends it.
        key: The key of both.
    """
    if key in _TEXTS:
        base, own = _as_mapping(base), _as_mapping(own)
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        others = {name: each for name, each in base.items() if name not in own and name != "extends"}
        return others | {name: merged(base[name], each, name) if name in base else each for name, each in own.items()}
    if isinstance(base, list) and isinstance(own, list) and key not in _REPLACED:
        return [each for each in base if each not in own] + own
    return own


def _as_mapping(value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return value
    pairs = (each.partition("=") for each in value)
    return {name: text if equal else None for name, equal, text in pairs}
