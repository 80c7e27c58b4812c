"""What somebody may have meant: near misspellings only, because a wrong hint is worse than none."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A slip of the finger in so many letters.
_LETTERS_OF_A_SLIP = 5
# If more words are equally near, none of them is likely.
_MOST_WORDS = 3


def meant(word: str, candidates: Iterable[str]) -> list[str]:
    """The candidates that the word is a near misspelling of: the nearest, or up to three that are equally near.

    Letters that are added, left out, swapped or mistaken count, and more of them may be in a longer word. Case, and how
    words are joined (`desiredCount`, `desired-count`), do not count.

    Args:
        word: What is written.
        candidates: What can be written.
    """
    written = _joined(word)
    slips = {each: _slips(written, _joined(each)) for each in candidates if each != word}
    nearest = min(slips.values(), default=len(written))
    # Of a word of two letters, one slip leaves too little to tell what was meant.
    if nearest > max(1, len(written) // _LETTERS_OF_A_SLIP) or nearest * 3 > max(len(written), 3):
        return []
    near = [each for each, number in slips.items() if number == nearest]
    return near if len(near) <= _MOST_WORDS else []


def _joined(word: str) -> str:
    return re.sub(r"[-_. ]", "", word).lower()


# Not difflib, whose ratio counts long common parts instead of slips: with all keys of the schema and one slip in each,
# it finds fewer of them at any cutoff that gives no more wrong hints than this, and reads m7g.3xlarge as m7g.xlarge.
def _slips(written: str, right: str) -> int:
    """Letters to add, leave out, swap or replace (optimal string alignment distance)."""
    rows = [list(range(len(right) + 1))]
    for i, letter in enumerate(written, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other)))
            if i > 1 and j > 1 and (letter, written[i - 2]) == (right[j - 2], other):
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]
