"""A YAML file: its values as JSON has them, and where each of them is written.

YAML 1.2, whose core schema knows text, numbers, booleans and null: `on`, `yes` and `2026-01-01` are text. Names of keys
are always text, as they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from settings.problems import KeyPath, Problem

EXTENSION_PREFIX = "x-"
"""Top-level keys that begin with it hold anchors, as in Compose files, and nothing else reads them."""

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_TAGS = tuple(
    f"{_TAG}{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge")
)
# What the parser says, and what a reader can do about it.
_FIXES = {
    "cannot start any token": "put a value that begins with this character in quotes, and indent with spaces",
    "mapping values are not allowed here": "indent the keys of a mapping alike, and put a text that contains a colon "
    "and a space in quotes",
    "undefined alias": "define the anchor (&) above its alias (*), or put the value in quotes",
    "another document": "write a file for each document, or remove the line ---",
    "unexpected end of stream": "close the quotes",
}
_FIX = "correct the YAML; this line, or one above it, may have a quote, a bracket, or a space too many or too few"


class UnreadableYamlError(ValueError):
    """A file is no YAML, or is YAML that no JSON can be made of."""

    def __init__(self, *problems: Problem) -> None:
        """Keep what is wrong.

        Args:
            problems: Each with its line.
        """
        super().__init__()
        self.problems = problems


@dataclass(frozen=True)
class Place:
    """Where something is written."""

    line: int
    """Line of the key or of the item, from 1."""

    value_line: int
    """Line of the value. An alias has that of its anchor."""

    written: str | None
    """A value without quotes, as it is written."""

    node: int
    """Identifies the value: all that aliases refer to is one."""

    missing: KeyPath
    """The last parts of the path, which the file does not have."""


class YamlDocument:
    """The values of a file, and where they are."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Args:
            path: The file.

        Raises:
            UnreadableYamlError: If it is not YAML, or not a mapping.
        """
        root = _composed(path)
        problems = list(_problems(root))
        if problems:
            raise UnreadableYamlError(*problems)
        if not isinstance(root, MappingNode):
            finding = "the file is empty" if root is None else "the file is not a mapping"
            allowed = "a mapping of keys to values, such as region: eu-west-1"
            raise UnreadableYamlError(Problem(path=(), finding=finding, allowed=allowed, line=1))
        self._root = root
        self.data: dict[str, object] = {key.value: _value(value) for key, value in _entries(root)}
        """The values."""

    def place(self, path: KeyPath) -> Place:
        """Where the value of a path is, or of the nearest one above it that the file has.

        Args:
            path: Keys from the top of the file.
        """
        node: Node = self._root
        key = node
        for index, part in enumerate(path):
            found = _child(node, part)
            if found is None:
                return Place(_line(key), _line(node), None, id(node), path[index:])
            key, node = found
        is_plain = isinstance(node, ScalarNode) and node.style is None
        return Place(_line(key), _line(node), node.value if is_plain else None, id(node), ())


def _composed(path: Path) -> Node | None:
    try:
        # Editors of Windows begin a file with a byte order mark.
        root: Node | None = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        problem = Problem(path=(), finding="the file is not text in UTF-8", fix="save it as UTF-8")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join((error.problem or error.context or "").split()).removeprefix("but ")
        fix = next((fix for words, fix in _FIXES.items() if words in reason), _FIX)
        finding = f"this is not valid YAML: {reason}"
        problem = Problem(path=(), finding=finding, fix=fix, line=mark.line + 1 if mark else None)
    except YAMLError as error:
        # The other lines name the file, as the machine has it.
        reason = str(error).splitlines()[0]
        problem = Problem(path=(), finding=f"this is not valid YAML: {reason}", fix="remove the character")
    else:
        return root
    raise UnreadableYamlError(problem)


def _problems(node: Node | None, path: KeyPath = (), above: tuple[Node, ...] = ()) -> Iterator[Problem]:
    """What YAML can say and JSON cannot."""
    if node is None:
        return
    if node in above:
        finding = "this is an alias of a value that contains it"
        yield Problem(path=path, finding=finding, fix="write the value instead of the alias", line=_line(node))
    elif node.tag not in _TAGS:
        yield Problem(
            path=path,
            finding=f"{str(node.tag).replace(_TAG, '!!')} is a tag, which means nothing in this file",
            fix="write the value without it, or put a text that begins with ! in quotes",
            line=_line(node),
        )
    elif isinstance(node, ScalarNode):
        try:
            _value(node)
        except ValueError:
            finding = f"the value is not what its tag {str(node.tag).replace(_TAG, '!!')} says"
            yield Problem(path=path, finding=finding, fix="remove the tag", line=_line(node))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _problems(item, (*path, index), (*above, node))
    elif isinstance(node, MappingNode):
        yield from _problems_of_keys(node, path)
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield from _problems(value, path if key.tag == _MERGE else (*path, key.value), (*above, node))


def _problems_of_keys(node: MappingNode, path: KeyPath) -> Iterator[Problem]:
    lines: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            yield Problem(
                path=path,
                finding="a key is a mapping or a list, as in {{ placeholder }}",
                fix="put a text that begins with a brace or a bracket in quotes",
                line=_line(key),
            )
        elif key.tag == _MERGE:
            merged = value.value if isinstance(value, SequenceNode) else [value]
            if not all(isinstance(each, MappingNode) for each in merged):
                finding = "<< merges a mapping, or a list of mappings, and this is neither"
                yield Problem(path=path, finding=finding, fix="write an alias of a mapping", line=_line(key))
        elif key.value in lines:
            finding = f"this key is there twice, first in line {lines[key.value]}"
            yield Problem(path=(*path, key.value), finding=finding, fix="remove one of the two", line=_line(key))
        else:
            lines[key.value] = _line(key)


def _entries(node: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
    """Keys and values, with those that are merged, unless the mapping has the key itself."""
    seen = set()
    for key, value in node.value:
        if key.tag != _MERGE:
            seen.add(key.value)
            yield key, value
    for key, value in node.value:
        if key.tag == _MERGE:
            for merged in value.value if isinstance(value, SequenceNode) else [value]:
                for merged_key, merged_value in _entries(merged):
                    if merged_key.value not in seen:
                        seen.add(merged_key.value)
                        yield merged_key, merged_value


def _value(node: Node) -> object:
    if isinstance(node, MappingNode):
        return {key.value: _value(value) for key, value in _entries(node)}
    if isinstance(node, SequenceNode):
        return [_value(item) for item in node.value]
    return _SCALARS.get(str(node.tag), _text)(node)


def _text(node: Node) -> str:
    text: str = node.value
    return text


def _null(_: Node) -> None:
    return None


_CONSTRUCTOR = YAML(typ="safe", pure=True).constructor
_SCALARS: dict[str, Callable[[Node], object]] = {
    f"{_TAG}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{_TAG}float": _CONSTRUCTOR.construct_yaml_float,
    f"{_TAG}int": _CONSTRUCTOR.construct_yaml_int,
    f"{_TAG}null": _null,
}


def _child(node: Node, part: str | int) -> tuple[Node, Node] | None:
    """The key, or the item itself, and the value."""
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in _entries(node) if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _line(node: Node) -> int:
    line: int = node.start_mark.line
    return line + 1
