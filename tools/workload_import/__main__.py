"""Command line: print services of an environment file for what runs elsewhere, and what cannot be carried over.

`make import-compose FILE=docker-compose.yml`; `make import-task-definition FILE=task.json`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.workload_import.block import Block
from tools.workload_import.compose_file import UnusableFileError
from tools.workload_import.compose_tasks import from_compose
from tools.workload_import.ledger import Ledger
from tools.workload_import.report import report
from tools.workload_import.task_definition import from_task_definition

READERS: Final[Mapping[str, Callable[[Path], tuple[Block, Ledger]]]] = {
    "compose": from_compose,
    "task-definition": from_task_definition,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the block, with the list above it.

    Returns:
        0: it was printed. 2: nothing can be imported from the file.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.workload_import", description=__doc__)
    parser.add_argument("kind", choices=READERS, help="what the file is")
    parser.add_argument("file", type=Path, help="the file")
    options = parser.parse_args(arguments)
    try:
        block, ledger = READERS[options.kind](options.file)
    except UnusableFileError as error:
        print(f"nothing is printed: {error}", file=sys.stderr)
        return 2
    lines, summary = report(block, ledger, options.file.name)
    print("\n".join(lines))
    print(summary, file=sys.stderr)
    return 0 if block.ecs else 2


if __name__ == "__main__":
    sys.exit(main())
