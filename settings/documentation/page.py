"""The page as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from reference_constructs.ecs.any_capacity_options import DEFAULT_CAPACITY
from reference_constructs.ecs.task_options import FARGATE_MEMORY_MIB
from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from settings.documentation.allowed_values import allowed_values, in_yaml, listed
from settings.documentation.examples import EXAMPLE_FILE, example
from settings.documentation.rule_lists import DocumentedRule, RuleLists
from settings.documentation.sections import Section, all_sections, located
from settings.schema import Node, kinds, resolved
from settings.yaml_document import EXTENSION_PREFIX

REPLACED_BY_CHANGE = Path(__file__).parent / "replaced_by_change.json"

_HEAD: Final = f"""# Configuration

Every key of an environment file. This page is generated from the model in `settings/` and in the `*_options.py` modules
of `constructs/` by `make schema`; do not edit it.

- *Path*: `<name>` stands for a name that you choose, `[]` for each item of a list.
- *Default*: a key without *required* can be left out. Defaults are the secure choice.
- *A change replaces*: types of the resources that CloudFormation replaces when the value changes, found by changing
  each key of a complete file once and comparing the templates. An empty cell means that this change replaced none.
  `name`, `account`, and `region` identify the deployment and are not compared.
- *Rules*: conditions between keys, checked before synthesis. Each is stated once, with the reason and the source.
  A *warning* stops nothing: it is shown at synthesis, until [`acknowledged_warnings`](#acknowledged_warnings) says why
  it is right.

What several places share can be written once, with an anchor (`&name`), an alias (`*name`), and a merge key (`<<`).
Top-level keys that begin with `{EXTENSION_PREFIX}` hold such values, and nothing else reads them.

The examples are parts of [{EXAMPLE_FILE.name}]({EXAMPLE_FILE.name}), a complete file that the tests load, or of a file
in [examples/](../examples) for keys that exclude others.
Editors that know `yaml-language-server` complete and check a file by [schema.json](../environments/schema.json).
"""
_COLUMNS: Final = ("Key", "Allowed values", "Default", "A change replaces", "Description")
_INSTALLED: Final = {"always": "always", "by_default": "by default", "on_request": "on request"}


def replaced_by_change() -> dict[str, list[str]]:
    """Types of resources that a change of a key replaces, by path of the key."""
    if not REPLACED_BY_CHANGE.exists():
        return {}
    found: dict[str, list[str]] = json.loads(REPLACED_BY_CHANGE.read_text(encoding="utf-8"))
    return found


def page(*, rules: Mapping[str, DocumentedRule], replaced: Mapping[str, Sequence[str]]) -> str:
    """All of `docs/configuration.md`.

    Args:
        rules: The cross-field rules, by name.
        replaced: Types of resources that a change of a key replaces, by path of the key.
    """
    sections = all_sections()
    rule_lists = RuleLists(rules, sections)
    replaced_in = _by_section(replaced, sections)
    parts = [_HEAD, _contents(sections)]
    for section in sections:
        parts.append(f"{'##' if section.is_chapter else '###'} {section.title}\n")
        parts.append(_introduction(section, sections))
        if section.rows:
            parts.append(_keys(section, sections, replaced_in.get(section, {})))
            parts.append(f"Example:\n\n```yaml\n{example(section)}```\n")
        parts.append(rule_lists.below(section))
        parts += [below() for path, below in _BELOW.items() if section.paths[0] == path]
    return "\n".join(part for part in parts if part)


def _contents(sections: Iterable[Section]) -> str:
    lines = [f"{'  ' * section.depth}- {section.link}" for section in sections]
    return "## Contents\n\n" + "\n".join(lines) + "\n"


def _introduction(section: Section, sections: list[Section]) -> str:
    lines = [section.node.get("description", "")]
    if members := kinds(section.node):
        default = f", by default `{DEFAULT_CAPACITY}`," if DEFAULT_CAPACITY in members else ""
        key = f"The key `kind`{default}" if default else "The required key `kind`"
        lines.append(f"{key} decides which other keys there are:\n")
        for kind, member in members.items():
            title = member.get("title")
            own = next(each for each in sections if each.kind == kind and each.node.get("title") == title)
            lines.append(f"- [`{kind}`](#{own.anchor}): {member['description']}")
    if section.parent is not None:
        up = "" if not section.key else f"key `{section.key}` of "
        lines.append(f"\n↑ {up}{section.parent.link}")
    if len(section.paths) > 1:
        lines.append(f"\nThe same keys: {', '.join(f'`{path}`' for path in section.paths[1:])}.")
    return "\n".join(line for line in lines if line) + "\n"


def _keys(section: Section, sections: list[Section], replaced: Mapping[str, set[str]]) -> str:
    required = section.node.get("required", [])

    def link_of(path: str) -> str:
        found = [each for each in sections if path in each.paths and not each.kind]
        return next((f"#{each.anchor}" for each in found if each.of_kind in ("", section.kind)), "")

    rows = []
    for key, field in section.rows:
        values = allowed_values(field, key=key, path=section.path_of(key), link_of=link_of)
        default = "*required*" if key in required else _default(field)
        types = ", ".join(f"`{each}`" for each in sorted(replaced.get(key, ())))
        rows.append((f"`{key}`", values, default, types, resolved(field).get("description", "")))
    return table(_COLUMNS, rows)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; a vertical bar in a cell would end it, also in code."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _default(field: Node) -> str:
    if "default" not in field:
        return "see description"
    if isinstance(field["default"], dict) and field["default"]:
        return "the defaults of its keys"
    return f"`{in_yaml(field['default'])}`"


def _by_section(replaced: Mapping[str, Sequence[str]], sections: list[Section]) -> dict[Section, dict[str, set[str]]]:
    """The types by section and key; what is said of a mapping as a whole stands at the key that it is the value of."""
    found: dict[Section, dict[str, set[str]]] = {}
    for path, types in replaced.items():
        for section, key in located(sections, path):
            owner = section
            while not key and owner.parent is not None:
                owner, key = owner.parent, owner.key
            found.setdefault(owner, {}).setdefault(key, set()).update(types)
    return found


def _add_ons() -> str:
    columns = ("Add-on", "Installed", "Requires", "Namespace", "Service account", "Permissions", *PINNED_VERSIONS)
    return (
        "The catalog of add-ons. *Requires* is what at least one node of the cluster must support. The last columns "
        "are the pinned versions for each Kubernetes version. *Permissions* are AWS managed policies, or IAM "
        "actions.\n\n" + table(columns, map(_add_on, CATALOG.values()))
    )


def _fargate_sizes() -> str:
    rows = [(str(cpu), _steps(sizes)) for cpu, sizes in FARGATE_MEMORY_MIB.items()]
    return "Task sizes that Fargate supports:\n\n" + table(("CPU units", "Memory in MiB"), rows)


def _steps(sizes: Sequence[int]) -> str:
    steps = {later - earlier for earlier, later in pairwise(sizes)}
    if len(sizes) > 3 and len(steps) == 1:
        return f"{sizes[0]} to {sizes[-1]} in steps of {steps.pop()}"
    return listed([str(size) for size in sizes])


def _add_on(row: AddOn) -> list[str]:
    requires = sorted(each.replace("_", " ").replace("daemon sets", "DaemonSets") for each in row.requires)
    versions = [_code(versions.get(row.name)) for versions in PINNED_VERSIONS.values()]
    return [
        f"`{row.name}`",
        _INSTALLED[row.installed],
        ", ".join(requires).replace("pod identity", "EKS Pod Identity"),
        f"`{row.namespace}`",
        _code(row.service_account),
        _permissions(row),
        *versions,
    ]


def _permissions(row: AddOn) -> str:
    actions = [action for each in row.permissions for action in each.actions]
    return listed([f"`{name.rpartition('/')[2]}`" for name in (*row.policies, *actions)]) if row.service_account else ""


def _code(text: str | None) -> str:
    return f"`{text}`" if text else ""


# What a section says below its rules.
_BELOW: Final[Mapping[str, Callable[[], str]]] = {
    "ecs.services.<name>": _fargate_sizes,
    "eks.add_ons.<name>": _add_ons,
}
