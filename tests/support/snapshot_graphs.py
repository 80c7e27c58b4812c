"""The templates of an environment as they stand in its snapshot, which needs no synthesis."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from assembly import Graph
from settings import load_environment
from tests.support.synthesis import EXAMPLES, ROOT, SHIPPED

_FOLDER = ROOT / "tests" / "snapshot" / "__snapshots__" / "test_templates"
ALL = (*SHIPPED, *EXAMPLES)


@cache
def snapshot_graph(environment: str) -> Graph:
    """Templates of an environment, by its name or the path of its file.

    Order and imports between stacks are those of the templates; dependencies that only the CDK CLI knows are left out.
    """
    found = {stack: json.loads(path.read_text(encoding="utf-8")) for stack, path in _files(environment).items()}
    region = load_environment(environment).region
    return Graph(found, places=dict.fromkeys(found, ("", region)))


def snapshot_assembly(environment: str, folder: Path) -> Path:
    """The same as a cloud assembly in a folder, as far as it is read."""
    region = load_environment(environment).region
    artifacts = {
        stack: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{region}",
            "properties": {"templateFile": str(path)},
        }
        for stack, path in _files(environment).items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def _files(environment: str) -> dict[str, Path]:
    stem = Path(environment).stem
    return {
        match[1]: path
        for path in sorted(_FOLDER.glob("*.json"))
        if (match := re.fullmatch(rf"test_template\[{re.escape(stem)}\]\[(.+)\]", path.stem))
    }
