"""The sections of `docs/configuration.md`: one for each mapping of the model, depth first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from settings.schema import Node, kinds, options, resolved, schema, value_type

_CHAPTERS: Final = {"": "The file", "ecs": "Amazon ECS: `ecs`", "eks": "Amazon EKS: `eks`"}


@dataclass(eq=False)
class Section:
    """One mapping, or one union of mappings that `kind` tells apart."""

    node: Node
    """Its definition in the schema."""

    parent: Section | None
    """The section whose table has its key; for one kind, the section of the union."""

    key: str = ""
    """That key."""

    kind: str = ""
    """Value of `kind`, for a section of one kind."""

    of_kind: str = ""
    """The kind of the mapping above it, where another kind has one of the same path with other keys."""

    paths: list[str] = field(default_factory=list)
    """Where it stands in a file: `<name>` is a name that the file chooses, `[]` an item of a list. The first is its
    title."""

    @property
    def title(self) -> str:
        """The text of its heading."""
        if kind := self.kind or self.of_kind:
            return f"`{self.paths[0]}` with `kind: {kind}`"
        return _CHAPTERS.get(self.paths[0], f"`{self.paths[0]}`")

    @property
    def is_chapter(self) -> bool:
        """Whether its heading is one level above the others."""
        return self.paths[0] in _CHAPTERS

    @property
    def anchor(self) -> str:
        """The fragment by which GitHub and others link to its heading."""
        return re.sub(r"[^\w\- ]", "", self.title.lower()).replace(" ", "-")

    @property
    def link(self) -> str:
        """A link to it."""
        return f"[{self.title}](#{self.anchor})"

    @property
    def nearest_kind(self) -> str:
        """Its kind, or that of the mapping above it which has one."""
        return self.kind or (self.parent.nearest_kind if self.parent is not None else "")

    @property
    def depth(self) -> int:
        """Its level in the table of contents."""
        return 0 if self.is_chapter or self.parent is None else self.parent.depth + 1

    @property
    def rows(self) -> list[tuple[str, Node]]:
        """Its keys, those that are required first."""
        required = self.node.get("required", [])
        properties = self.node.get("properties", {})
        return sorted(((key, properties[key]) for key in properties), key=lambda row: row[0] not in required)

    def path_of(self, key: str) -> str:
        """The path of one of its keys."""
        return f"{self.paths[0]}.{key}" if self.paths[0] else key


def all_sections() -> list[Section]:
    """Every section, in the order of the page."""
    found: list[Section] = []
    _visit("", schema(), Section(node=schema(), parent=None), found)
    places = Counter(section.paths[0] for section in found if not section.kind)
    for section in found:
        if not section.kind and places[section.paths[0]] > 1:
            section.of_kind = section.nearest_kind
    return found


def located(sections: list[Section], path: str) -> list[tuple[Section, str]]:
    """The sections that a path belongs to, each with the key there; an empty key means the section as a whole.

    Args:
        sections: All of them.
        path: A path such as `ecs.services.<name>.containers.<name>.port` or `availability_zones[]`. Instead of
            `<name>`, it can have a kind (`eks.nodes.<fargate>.selectors`), which only means keys of that kind.
    """
    kind = next(iter(re.findall(r"<(?!name>)(\w+)>", path)), "")
    path = path.replace(f"<{kind}>", "<name>")
    enclosing = [
        (each_path, section)
        for section in sections
        for each_path in section.paths
        if each_path in ("", path) or path.startswith((f"{each_path}.", f"{each_path}["))
    ]
    nearest = max(len(each_path) for each_path, _ in enclosing)
    members = [
        section
        for each_path, section in enclosing
        if len(each_path) == nearest and (not kind or {section.kind, section.of_kind} <= {"", kind})
    ]
    key = re.split(r"[.\[]", path[nearest:].lstrip("."))[0]
    if not key:
        return [(section, "") for section in members if section.kind == kind or len(members) == 1]
    return [(section, key) for section in members if key in section.node.get("properties", {})]


def mappings(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """The mappings and unions of mappings that a value holds: itself, by name, or in a list."""
    if kinds(node):
        yield path, node
        return
    for option in options(node):
        if "properties" in option:
            yield path, option
        elif option.get("type") == "array":
            yield from mappings(option["items"], f"{path}[]")
        elif option.get("type") == "object":
            yield from mappings(value_type(option), f"{path}.<name>")


def _visit(path: str, node: Node, section: Section, found: list[Section]) -> None:
    # A mapping that stands in several places (a container of each kind of task) is documented where it comes first.
    same = next((each for each in found if _name(each.node) == _name(node)), None)
    if same is not None and path in same.paths:
        return
    if same is None:
        found.append(section)
    section = same or section
    section.paths.append(path)
    for kind, member in kinds(node).items():
        _visit(path, member, Section(node=member, parent=section, kind=kind), found)
    for key, child in section.rows:
        for inner_path, mapping in mappings(child, f"{path}.{key}" if path else key):
            _visit(inner_path, _definition(mapping), Section(node=_definition(mapping), parent=section, key=key), found)


def _name(node: Node) -> object:
    """What tells mappings apart: the title, or for a union, which has none, what it is a union of."""
    return node.get("oneOf") or node.get("title")


def _definition(node: Node) -> Node:
    """The mapping in its own words, without what the key says of it."""
    title = node.get("title")
    return resolved({"$ref": f"#/$defs/{title}"}) if title in schema()["$defs"] else node
