"""What NodePools and node classes can have, read from `karpenter_schemas.json` (source and date in it)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent / "karpenter_schemas.json"


def schema_of_spec(api_version: str, kind: str) -> dict[str, Any] | None:
    """The OpenAPI schema of `spec`; None for a kind that is not of Karpenter or EKS Auto Mode.

    Args:
        api_version: Group and version, such as `karpenter.sh/v1`.
        kind: Such as `NodePool`.
    """
    found: dict[str, Any] | None = _read()["kinds"].get(f"{api_version} {kind}")
    return found


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
