"""Which properties of a resource type cannot change without a new resource."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("create_only_properties.json")

# Its conditionally create-only properties replace the group under one update policy and no other:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
_AUTO_SCALING_GROUP = "AWS::AutoScaling::AutoScalingGroup"


class UnknownTypeError(LookupError):
    """A resource type that nobody has looked up in the registry yet."""

    def __init__(self, resource_type: str) -> None:
        super().__init__(
            f"{resource_type} is not in {DATA.name}: accept its snapshot, then run `make create-only-properties`"
        )


@dataclass(frozen=True, kw_only=True)
class TypeSchema:
    """The create-only properties of one type, as paths with `/` from its `Properties`."""

    create_only: tuple[str, ...]
    conditional: tuple[str, ...] = ()
    """What CloudFormation replaces for in some cases and not in others; the schema does not say in which."""


@dataclass(frozen=True)
class CreateOnlyProperties:
    """The create-only properties of the types that we use."""

    types: Mapping[str, TypeSchema]

    @classmethod
    def read(cls, path: Path = DATA) -> CreateOnlyProperties:
        """What the file in this folder says."""
        types = json.loads(path.read_text())["types"]
        return cls(
            {
                name: TypeSchema(create_only=tuple(found["create_only"]), conditional=tuple(found["conditional"]))
                for name, found in types.items()
            }
        )

    def paths(self, resource: Mapping[str, Any]) -> Iterator[str]:
        """The paths whose change replaces this resource; the conditional ones are counted in, to be on the safe side.

        Raises:
            UnknownTypeError: If the type is not in the data.
        """
        schema = self.types.get(resource["Type"])
        if schema is None:
            raise UnknownTypeError(resource["Type"])
        yield from schema.create_only
        replacing = resource.get("UpdatePolicy", {}).get("AutoScalingReplacingUpdate", {}).get("WillReplace")
        if resource["Type"] != _AUTO_SCALING_GROUP or replacing in (True, "true"):
            yield from schema.conditional


def value_at(properties: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    """The value at a path: `Code/S3Bucket`; through a list, `*` gives the list of what each item has there.

    An intrinsic function on the way is given as it stands, since nobody knows here what it holds.
    """
    value = properties
    steps = path.split("/")
    for position, step in enumerate(steps):
        if step == "*" and isinstance(value, list):
            return [value_at(item, "/".join(steps[position + 1 :])) for item in value]
        if not isinstance(value, Mapping):
            return value if step == "*" else None
        if position and len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::")):
            return value
        if step:
            value = value.get(step)
    return value
