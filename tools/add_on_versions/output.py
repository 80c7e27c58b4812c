"""What `aws eks describe-addon-versions` prints: for each add-on its versions, and the Kubernetes versions of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

Versions = Mapping[str, Mapping[str, str]]
"""Version by Kubernetes version and name of the add-on."""

_BUILD: Final = re.compile(r"v(\d+)\.(\d+)\.(\d+)-eksbuild\.(\d+)")


class OutputError(ValueError):
    """The text is not what the AWS CLI prints."""


def read_output(text: str, *, choose: Literal["default", "latest"] = "default") -> Versions:
    """One version of each add-on for each Kubernetes version.

    Args:
        text: The output, as JSON. Output of several calls can follow each other.
        choose: `default`: the version that Amazon EKS installs if none is stated. `latest`: the highest one.

    Raises:
        OutputError: If the text is something else, such as a table.
    """
    chosen: dict[str, dict[str, str]] = {}
    for add_on, version, compatibility in _compatibilities(text):
        of_minor = chosen.setdefault(str(compatibility.get("clusterVersion")), {})
        if choose == "default":
            if compatibility.get("defaultVersion") is True:
                of_minor[add_on] = version
        elif order(version) > order(of_minor.get(add_on, "")):
            of_minor[add_on] = version
    return chosen


def order(version: str) -> tuple[int, ...]:
    """What versions are compared by; lower than all for what is none."""
    found = _BUILD.fullmatch(version)
    return tuple(map(int, found.groups())) if found else ()


def _compatibilities(text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for document in _documents(text):
        if not isinstance(document, Mapping) or not isinstance(document.get("addons"), list):
            raise OutputError("no output of aws eks describe-addon-versions: there is no addons")
        for add_on in document["addons"]:
            for version in add_on.get("addonVersions", ()):
                for compatibility in version.get("compatibilities", ()):
                    yield str(add_on["addonName"]), str(version["addonVersion"]), compatibility


def _documents(text: str) -> Iterator[Any]:
    decoder, rest = json.JSONDecoder(), text.strip()
    if not rest:
        raise OutputError("empty; run aws eks describe-addon-versions --output json")
    while rest:
        try:
            document, end = decoder.raw_decode(rest)
        except ValueError as error:
            raise OutputError("not JSON; run aws eks describe-addon-versions --output json") from error
        yield document
        rest = rest[end:].strip()
