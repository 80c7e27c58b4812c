"""What becomes of every value of a file that is imported: nothing is read, or left out, without an entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from settings.problems import KeyPath, Problem

Fate = Literal["carried", "decide", "not_carried", "without_meaning", "remark"]
EMPTY: Final[tuple[object, ...]] = (None, "", {}, [])
_UNKNOWN: Final = "no key that this import knows"
_NO_VALUE: Final = "there is no value"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line of the list: what became of a value and all below it, and why."""

    fate: Fate
    path: KeyPath
    reason: str
    line: int | None = None
    label: str = ""
    """What the key is better known by, such as the variable of an item of a list."""

    @property
    def key(self) -> str:
        """The path as one writes it."""
        label = f" ({self.label})" if self.label and self.label != self.path[-1] else ""
        return Problem(path=self.path).key + label


@dataclass
class Ledger:
    """All values of a file, and their fates.

    Attributes:
        document: The values, as JSON has them.
        line: The line of a path in the file.
        read_for: The value that names the file, if another file does: what is said of the one is said of the other.
    """

    document: Mapping[str, object]
    line: Callable[[KeyPath], int | None] = lambda _: None
    read_for: Node | None = None
    _notes: list[Note] = field(default_factory=list)
    _fates: dict[KeyPath, set[Fate]] = field(default_factory=dict)

    @property
    def root(self) -> Node:
        """The document."""
        return Node(self, (), self.document)

    def note(self, fate: Fate, path: KeyPath, reason: str, label: str = "") -> None:
        """Add a line about a path, which need not be one of the file; it settles no value.

        Args:
            fate: What the line is.
            path: What it is about.
            reason: What is to be said.
            label: What the key is better known by.
        """
        if self.read_for is not None:
            self.read_for.ledger.note(fate, self.read_for.path, reason, label)
            return
        note = Note(fate=fate, path=path, reason=reason, line=self.line(path), label=label)
        if note not in self._notes:
            self._notes.append(note)

    def settle(self, node: Node, fate: Fate, reason: str, label: str = "") -> None:
        """Say what became of a value and of all below it.

        Args:
            node: The value.
            fate: What became of it.
            reason: Why.
            label: What the key is better known by.
        """
        for path, _ in leaves(node.path, node.peek()):
            self._fates.setdefault(path, set()).add(fate)
        if fate != "carried":
            self.note(fate, node.path, reason, label)

    def count(self) -> tuple[int, int]:
        """How many values are carried, and how many there are."""
        found = [path for path, _ in leaves((), self.document)]
        return sum("carried" in self._fates.get(path, ()) for path in found), len(found)

    def is_carried(self, path: KeyPath) -> bool:
        """Whether the value, which has none below it, is in the result.

        Args:
            path: Its path.
        """
        return "carried" in self._fates.get(path, ())

    def is_settled(self, node: Node) -> bool:
        """Whether it is known of the value, or of one below it, what became of it.

        Args:
            node: The value.
        """
        return any(path in self._fates for path, _ in leaves(node.path, node.peek()))

    def notes(self) -> list[Note]:
        """Every line of the list, those of values that nobody asked for too, in the order of the file."""
        rest = [
            Note(
                fate="without_meaning" if value in EMPTY else "not_carried",
                path=path,
                reason=_NO_VALUE if value in EMPTY else _UNKNOWN,
                line=self.line(path),
            )
            for path, value in leaves((), self.document)
            if path not in self._fates
        ]
        return sorted([*self._notes, *rest], key=lambda note: (note.line or 0, [str(part) for part in note.path]))


@dataclass(frozen=True)
class Node:
    """A value of the file. Whoever uses it says so, by `carry`; a value that is not used is settled otherwise."""

    ledger: Ledger
    path: KeyPath
    _value: object

    def peek(self) -> object:
        """The value, without any use of it."""
        return self._value

    @property
    def name(self) -> str:
        """The last part of the path."""
        return str(self.path[-1]) if self.path else ""

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self._value, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return isinstance(self._value, Sequence) and not isinstance(self._value, str)

    @property
    def is_flat(self) -> bool:
        """Whether it is one value, or a list of such."""
        return not self.is_mapping and all(not (child.is_mapping or child.is_list) for child in self.children())

    def child(self, key: str) -> Node | None:
        """The value of a key that has one."""
        value = self._value.get(key) if isinstance(self._value, Mapping) else None
        return None if value in EMPTY else Node(self.ledger, (*self.path, key), value)

    def children(self) -> Iterator[Node]:
        """The values of all keys, or all items."""
        if isinstance(self._value, Mapping):
            for key, value in self._value.items():
                yield Node(self.ledger, (*self.path, str(key)), value)
        elif isinstance(self._value, Sequence) and not isinstance(self._value, str):
            for index, value in enumerate(self._value):
                yield Node(self.ledger, (*self.path, index), value)

    def carry(self) -> object:
        """The value, which is used; what has keys below it is not used as a whole, so that none slips through.

        Raises:
            TypeError: If it is a mapping, or a list of anything but single values.
        """
        if not self.is_flat:
            raise TypeError(f"{self.path} is carried as a whole, and something in it would be carried unread")
        self.ledger.settle(self, "carried", "")
        return self._value

    def decide(self, reason: str, label: str = "") -> None:
        """It is for the owner to decide."""
        self.ledger.settle(self, "decide", reason, label)

    def drop(self, reason: str, label: str = "") -> None:
        """It cannot be carried over."""
        self.ledger.settle(self, "not_carried", reason, label)

    def ignore(self, reason: str, label: str = "") -> None:
        """It has no meaning in an environment file."""
        self.ledger.settle(self, "without_meaning", reason, label)

    def also_decide(self, reason: str, label: str = "") -> None:
        """It is carried, and the owner has something to decide about it."""
        self.ledger.note("decide", self.path, reason, label)


def leaves(path: KeyPath, value: object) -> Iterator[tuple[KeyPath, object]]:
    """Every value that has none below it, with its path.

    Args:
        path: Path of the value.
        value: Where to look.
    """
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from leaves((*path, str(key)), each)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for index, each in enumerate(value):
            yield from leaves((*path, index), each)
    else:
        yield path, value
