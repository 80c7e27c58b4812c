"""What becomes of the words of a command that is executed without a shell, or by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

_SHELL: Final = re.compile(r"(/(usr/)?bin/)?(ba|da|a|z)?sh")
_RUNS_A_TEXT: Final = re.compile(r"-[a-z]*c")
# Words that only a shell understands; `;`, `|` and `>` are arguments of programs such as find, jq and test.
_OPERATORS: Final = ("&&", "||", "2>&1", ">>")


def text_of_a_shell(words: Sequence[str]) -> int | None:
    """Place of the text that a shell in the command reads, such as 2 in `sh -c text`; None without one.

    Args:
        words: Program and arguments.
    """
    for place, (program, option) in enumerate(pairwise(words)):
        if _SHELL.fullmatch(program) and _RUNS_A_TEXT.fullmatch(option) and place + 2 < len(words):
            return place + 2
    return None


def dropped_word(words: Sequence[str], text: int) -> int | None:
    """Place of the first word that a shell does not look at; None if there is none, or if its text asks for them.

    Args:
        words: Program and arguments.
        text: Place of the text that the shell reads; words after it are its `$0`, `$1` and so on.
    """
    return text + 1 if text + 1 < len(words) and "$" not in words[text] else None


def shell_operator(words: Sequence[str]) -> int | None:
    """Place of the first word that means something to a shell only, where there is none.

    Args:
        words: Program and arguments.
    """
    return next((place for place, word in enumerate(words) if word in _OPERATORS), None)
