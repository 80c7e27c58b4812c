"""Command line: `python -m tools.node_capabilities [NEED ...]`; `make node-capabilities NEEDS="gpu ebs"`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from facts.node_capabilities import Need, as_of, kinds, needs

PAGE: Final = Path(__file__).parents[2] / "docs" / "node-capabilities.md"
_WORDS: Final = {"yes": "yes", "if": "yes, if", "no": "no", "undocumented": "AWS does not say"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Say which kinds can do everything that is asked for, which cannot, and why.

    Returns:
        0: it was said. 2: a need is not known.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.node_capabilities", description=__doc__)
    parser.add_argument("needs", nargs="*", help="names of needs; without any, all of them are listed")
    parser.add_argument("--page", action="store_true", help=f"write docs/{PAGE.name}")
    options = parser.parse_args(arguments)
    known = needs()
    if options.page:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if unknown := [name for name in options.needs if name not in known]:
        print(f"not known: {', '.join(unknown)}\nallowed: {', '.join(known)}", file=sys.stderr)
        return 2
    if not options.needs:
        for need in known.values():
            print(f"{need.name:26}{need.about}")
        return 0
    wanted = [known[name] for name in options.needs]
    able = [kind for kind in kinds() if all(need.answers[kind].verdict in ("yes", "if") for need in wanted)]
    # Those that can first.
    for kind in sorted(kinds(), key=lambda each: each not in able):
        print(f"{'can' if kind in able else 'cannot':8}{kinds()[kind]}")
        for need in wanted:
            answer = need.answers[kind]
            if answer.verdict != "yes":
                print(f"{'':8}  {need.name}: {_WORDS[answer.verdict]}: {answer.detail}")
    return 0


def page() -> str:
    """The table as a page of the documentation."""
    head = [
        "# Node capabilities",
        "",
        "What each kind of compute of an Amazon EKS cluster can do, from AWS's documentation and issue trackers as of",
        f"{as_of()}. Conditions and reasons are below the table. Written by `make schema` from",
        '`facts/node_capabilities.yaml`; `make node-capabilities NEEDS="gpu ebs"` says which kinds can do everything',
        "that is asked for, which cannot, and why.",
        "",
        "A file can have nodes of each kind. It can also state what workloads need (`eks.needs`,",
        "`eks.nodes.<name>.needs`), and is refused if its nodes cannot do it.",
        "",
        f"| need | | {' | '.join(kinds().values())} |",
        f"|---|---|{'---|' * len(kinds())}",
    ]
    rows = [f"| {_link(need)} | {need.about} | {' | '.join(_cells(need))} |" for need in needs().values()]
    notes = [line for need in needs().values() for line in _notes(need)]
    return "\n".join([*head, *rows, "", "## Conditions and reasons", *notes, ""])


def _link(need: Need) -> str:
    return f"[`{need.name}`](#{need.name})"


def _cells(need: Need) -> list[str]:
    short = {"yes": "yes", "if": "if", "no": "no", "undocumented": "?"}
    return [short[need.answers[kind].verdict] for kind in kinds()]


def _notes(need: Need) -> list[str]:
    details = [
        f"- {kinds()[kind]}: {_WORDS[answer.verdict]}{': ' if answer.verdict != 'if' else ' '}{answer.detail}."
        for kind, answer in need.answers.items()
        if answer.detail
    ]
    return ["", f"### {need.name}", "", *details, "", f"Sources: {'; '.join(need.sources)}."]


if __name__ == "__main__":
    sys.exit(main())
