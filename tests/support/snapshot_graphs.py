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
    stem = Path(environment).stem
    found = {
        match[1]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(_FOLDER.glob("*.json"))
        if (match := re.fullmatch(rf"test_template\[{re.escape(stem)}\]\[(.+)\]", path.stem))
    }
    region = load_environment(environment).region
    return Graph(found, places=dict.fromkeys(found, ("", region)))
