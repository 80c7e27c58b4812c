"""What an import prints: the list, as comments, and below it the block, so that both stay together."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tools.workload_import.accepted import objections
from tools.workload_import.block import Block
from tools.workload_import.ledger import Fate, Ledger, Note

_WIDTH: Final = 116
_HEADINGS: Final[Mapping[Fate, str]] = {
    "decide": "To decide",
    "not_carried": "Not carried over",
    "remark": "Carried over with a difference",
    "without_meaning": "Without a meaning here",
}


def report(block: Block, ledger: Ledger, source: str) -> tuple[list[str], str]:
    """The lines to print, and a summary.

    Args:
        block: What was made.
        ledger: What became of every value.
        source: Name of the file that was imported.
    """
    notes = ledger.notes()
    refusals, warned = objections(block.data, block.region)
    carried, of = ledger.count()
    first = f"From {source}: {carried} of {of} values are carried over into {_entries(block)}."
    lines = textwrap.wrap(first, _WIDTH, break_long_words=False, break_on_hyphens=False)
    lines += _paragraph("Before an environment file with this is accepted", refusals)
    lines += [*_section("decide", notes), *_section("not_carried", notes)]
    lines += _paragraph("A file with this is warned of", warned)
    lines += _paragraph("Different here", _differences(block))
    lines += [*_section("remark", notes), *_section("without_meaning", notes)]
    text = block.text()
    comments = [f"# {line}".rstrip() for line in lines]
    return [*comments, *([text.rstrip("\n")] if text else [])], _summary(block, notes, refusals)


def outcome(block: Block, ledger: Ledger) -> str:
    """Whether the file is carried over whole, in part, or not at all.

    Args:
        block: What was made.
        ledger: What became of every value.
    """
    if not block.ecs:
        return "refused"
    left = any(note.fate in ("decide", "not_carried") for note in ledger.notes())
    return "in part" if left or objections(block.data, block.region)[0] else "whole"


def _entries(block: Block) -> str:
    names = [f"ecs.{kind}.{name}" for kind, entries in block.ecs.items() for name in entries]
    return ", ".join(names) if names else "nothing"


def _summary(block: Block, notes: Iterable[Note], refusals: list[str]) -> str:
    kept = list(notes)
    counts = {fate: sum(note.fate == fate for note in kept) for fate in ("decide", "not_carried")}
    made = sum(len(each) for each in block.ecs.values())
    return (
        f"{made} {'entry' if made == 1 else 'entries'}; {counts['decide'] + len(refusals)} to decide, "
        f"{counts['not_carried']} not carried over: see the comments above the keys"
    )


def _section(fate: Fate, notes: Iterable[Note]) -> Iterator[str]:
    """Notes of one kind, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for note in notes:
        if note.fate == fate:
            line = f" (line {note.line})" if note.line else ""
            by_reason.setdefault(note.reason, []).append(f"{note.key}{line}")
    yield from _paragraph(_HEADINGS[fate], [f"{', '.join(keys)}: {reason}" for reason, keys in by_reason.items()])


def _paragraph(heading: str, items: Iterable[str]) -> Iterator[str]:
    for index, item in enumerate(items):
        if index == 0:
            yield ""
            yield f"{heading}:"
        yield from textwrap.wrap(
            item.replace("\n", " "),
            _WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _differences(block: Block) -> Iterator[str]:
    """What an image has by itself elsewhere, and only by a key here."""
    tasks = [(name, entry) for entries in block.tasks for name, entry in entries.items()]
    containers = [
        (f"{name}.{key}" if key != name else name, container)
        for name, task in tasks
        if not _is_windows(task)
        for key, container in _mapping(task["containers"]).items()
    ]
    if windows := [name for name, task in tasks if _is_windows(task)]:
        yield f"{', '.join(windows)}: run as ContainerUser, and not as the user of the image, unless user is stated"
    for key, text in {
        "user": "run as 65534 (nobody), and not as the user of the image, unless user is stated",
        "read_only_root_filesystem": "have a read-only root file system, unless writable_paths or "
        "read_only_root_filesystem is stated",
        "capabilities": "have no Linux capabilities, unless capabilities is stated",
    }.items():
        if names := [name for name, container in containers if key not in _mapping(container)]:
            yield f"{', '.join(names)}: {text}"
    if names := [name for name, task in tasks if "architecture" not in task]:
        yield f"{', '.join(names)}: run on Arm: state architecture, x86_64, if an image is not built for it"


def _is_windows(task: Mapping[str, object]) -> bool:
    return str(task.get("operating_system", "linux")) != "linux"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
