"""One resource of a template, with its values resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assembly.intrinsics import Resolver, as_list

# How a resolved text names what AWS fills in: `${stack/LogicalId}` for Ref, `${stack/LogicalId.Attribute}`.
REFERENCE = re.compile(r"\$\{([^/{}]+)/(\w+)(?:\.([\w.]+))?\}")


@dataclass(frozen=True)
class Resource:
    """A resource. Two are the same if they have the same place."""

    stack: str
    logical_id: str
    source: Mapping[str, Any] = field(compare=False, repr=False)
    """The resource as it stands in the template."""

    resolver: Resolver = field(compare=False, repr=False)

    @property
    def type(self) -> str:
        """Such as `AWS::EC2::VPC`."""
        return str(self.source["Type"])

    @property
    def reference(self) -> str:
        """What a `Ref` to it becomes in a resolved value."""
        return f"${{{self.stack}/{self.logical_id}}}"

    def attribute(self, name: str) -> str:
        """What a `Fn::GetAtt` of it becomes in a resolved value."""
        return f"${{{self.stack}/{self.logical_id}.{name}}}"

    @property
    def arn(self) -> str:
        """The attribute `Arn`."""
        return self.attribute("Arn")

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """Every property, resolved."""
        resolved: Mapping[str, Any] = self.resolver(self.source.get("Properties", {}))
        return resolved

    def get(self, path: str, default: Any = None) -> Any:  # noqa: ANN401 - whatever a template has there
        """The resolved value at a path such as `Configuration.0.Name`, or the default."""
        node: Any = self.properties
        for part in path.split("."):
            if isinstance(node, Mapping) and part in node:
                node = node[part]
            elif isinstance(node, list) and part.isdigit() and int(part) < len(node):
                node = node[int(part)]
            else:
                return default
        return default if node is None else node

    def list(self, path: str) -> list[Any]:
        """The resolved list at a path; a value alone is a list of one, and nothing is an empty one."""
        return as_list(self.get(path))

    def pairs(self, path: str, *, key: str = "Key") -> dict[str, Any]:
        """A list of keys and values, such as tags and attributes, as a mapping.

        Args:
            path: Path of the list.
            key: What the list calls a key: `Name` for settings of ECS and for dimensions.
        """
        return {str(each.get(key)): each.get("Value") for each in self.list(path)}

    @cached_property
    def depends_on(self) -> frozenset[str]:
        """Logical ids of its `DependsOn`."""
        return frozenset(as_list(self.source.get("DependsOn")))

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every text in its properties that refers to something."""
        return frozenset(text for text in texts(self.properties) if "${" in text)

    def refers_to(self, other: Resource) -> bool:
        """Whether any of its properties has a reference to the other, or to an attribute of it."""
        start = f"${{{other.stack}/{other.logical_id}"
        return any(f"{start}}}" in text or f"{start}." in text for text in self.texts)


def texts(value: object) -> Iterator[str]:
    """Every text in a resolved value, keys of mappings included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from texts(key)
            yield from texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from texts(child)
