"""What custom resources can have, read from `custom_resource_schemas.json` (source and date in it)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from facts.karpenter_schemas import schema_of_spec

FILE: Final = Path(__file__).parent / "custom_resource_schemas.json"


def schema_of_custom_resource(api_version: str, kind: str) -> dict[str, Any] | None:
    """The OpenAPI schema of `spec`, or with `x-whole-object` of the object; None for a kind of which nothing is known.

    Args:
        api_version: Group and version, such as `argoproj.io/v1alpha1`.
        kind: Such as `Application`.
    """
    found: dict[str, Any] | None = _read()["kinds"].get(f"{api_version} {kind}")
    return found or schema_of_spec(api_version, kind)


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
