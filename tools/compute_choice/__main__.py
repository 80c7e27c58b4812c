"""The verb `make choose`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.compute_choice.answers import Answers, AnswersError
from tools.compute_choice.choice import Choice
from tools.compute_choice.output import text
from tools.compute_choice.questions import ask


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, or read a file, and print the choice.

    Returns:
        0: something can run the workload. 1: nothing can. 2: the answers cannot be used. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.compute_choice", description=__doc__)
    parser.add_argument("answers", nargs="?", type=Path, help="YAML file with answers; without it, questions are asked")
    options = parser.parse_args(arguments)
    try:
        answers = Answers.read(options.answers) if options.answers else ask(input, print)
    except AnswersError as error:
        print(error, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print("\ninterrupted", file=sys.stderr)
        return 130
    choice = Choice.of(answers)
    print(text(choice))
    return 0 if choice.best else 1


if __name__ == "__main__":
    sys.exit(main())
