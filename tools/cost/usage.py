"""What is not in the templates: how much is used of what is billed by usage, and what Spot Instances cost.

A usage file maps resource types, or single resources as `<stack>/<logical id>`, to amounts a month. `small`, `medium`,
and `large` are such files here. Their gigabytes are those of infracost's usage defaults (Apache-2.0), for each
resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from assembly import Resource

PROFILES: Final = {path.stem: path for path in sorted((Path(__file__).parent / "usage_profiles").glob("*.yaml"))}


class UsageError(ValueError):
    """A usage file that cannot be read, said so that a reader can mend it."""


@dataclass(frozen=True)
class Usage:
    """Amounts by resource type, or by resource."""

    amounts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    spot_discount: float | None = None
    """Share of the On-Demand price by which Spot Instances cost less; None where nobody stated it."""

    @classmethod
    def read(cls, name: str | None, *, spot_discount: float | None = None) -> Self:
        """Those of a profile or a file.

        Args:
            name: `small`, `medium`, `large`, path of a YAML file, or None for no amounts.
            spot_discount: Share of the On-Demand price by which Spot Instances cost less.

        Raises:
            UsageError: If there is no such file, or it is not a mapping of mappings.
        """
        if name is None:
            return cls(spot_discount=spot_discount)
        path = PROFILES.get(name, Path(name))
        try:
            amounts = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
        except (OSError, YAMLError) as error:
            raise UsageError(f"USAGE={name}: {error}\nallowed: {', '.join(sorted(PROFILES))}, or a file") from error
        if not isinstance(amounts, dict) or not all(isinstance(each, dict) for each in amounts.values()):
            raise UsageError(f"USAGE={name}: not a mapping of resource types, or <stack>/<logical id>, to amounts")
        return cls(amounts, spot_discount)

    def amount(self, resource: Resource, key: str) -> float | None:
        """How much of something a resource uses in a month; None where it is not stated.

        Raises:
            UsageError: If it is not a number of at least 0.
        """
        found = self._value(resource, key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or found < 0:
            raise UsageError(f"{key} of {resource.type}: {found!r} is not a number of at least 0")
        return float(found)

    def text(self, resource: Resource, key: str) -> str | None:
        """A name that is stated for a resource, such as an instance type."""
        found = self._value(resource, key)
        return None if found is None else str(found)

    def _value(self, resource: Resource, key: str) -> object:
        own = self.amounts.get(f"{resource.stack}/{resource.logical_id}", {})
        return own.get(key, self.amounts.get(resource.type, {}).get(key))
