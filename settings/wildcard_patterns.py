"""What two patterns with `*` and `?` have in common, decided exactly: by the automata of the patterns, not by looks.

`*` stands for any characters, none too, and `?` for one, as Elastic Load Balancing has them in the conditions of
listener rules.
"""

from __future__ import annotations

import re
import string
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

_WILDCARDS: Final = "*?"
_ALPHABET: Final = string.ascii_lowercase + string.digits


def example(matching: Sequence[str], besides: Iterable[str] = ()) -> str | None:
    """A shortest text that all patterns match, and none of the others; None if there is none.

    So one pattern is within others if there is no example of it besides them, and two overlap if there is one of both.

    Args:
        matching: Patterns, at least one.
        besides: Patterns that must not match.
    """
    if not _ends_agree(matching):
        return None
    others = [pattern for pattern in besides if _ends_agree([*matching, pattern])]
    if any(pattern == "*" or pattern in matching for pattern in others):
        return None
    return _shortest(tuple(matching), tuple(others))


@dataclass(frozen=True)
class _Automaton:
    """A pattern as a nondeterministic automaton, whose sets of states are the bits of a number.

    State `i` is that the first `i` characters of the pattern are matched.
    """

    pattern: str

    def start(self) -> int:
        return self._closed(1)

    def step(self, states: int, character: str) -> int:
        after = 0
        for place, expected in enumerate(self.pattern):
            if states >> place & 1:
                if expected == "*":
                    after |= 1 << place
                elif expected in ("?", character):
                    after |= 1 << place + 1
        return self._closed(after)

    def accepts(self, states: int) -> bool:
        return bool(states >> len(self.pattern) & 1)

    def accepts_whatever_follows(self, states: int) -> bool:
        return self.pattern.endswith("*") and self.accepts(states)

    def _closed(self, states: int) -> int:
        """With those that are reached where `*` stands for nothing."""
        for place, expected in enumerate(self.pattern):
            if expected == "*" and states >> place & 1:
                states |= 1 << place + 1
        return states


@cache
def _automaton(pattern: str) -> _Automaton:
    return _Automaton(re.sub(r"\*+", "*", pattern))


@cache
def _shortest(matching: tuple[str, ...], besides: tuple[str, ...]) -> str | None:
    """Breadth-first through the sets of states that all automata are in after the same text."""
    wanted, unwanted = [_automaton(each) for each in matching], [_automaton(each) for each in besides]
    automata = [*wanted, *unwanted]
    count = len(wanted)
    characters = _characters(automata)
    start = tuple(automaton.start() for automaton in automata)
    seen, waiting = {start}, deque([(start, "")])
    while waiting:
        states, text = waiting.popleft()
        accepted = [automaton.accepts(each) for automaton, each in zip(automata, states, strict=True)]
        if all(accepted[:count]) and not any(accepted[count:]):
            return text
        for character in characters:
            after = tuple(automaton.step(each, character) for automaton, each in zip(automata, states, strict=True))
            hopeless = not all(after[:count]) or any(
                automaton.accepts_whatever_follows(each)
                for automaton, each in zip(unwanted, after[count:], strict=True)
            )
            if not hopeless and after not in seen:
                seen.add(after)
                waiting.append((after, text + character))
    return None


def _characters(automata: Iterable[_Automaton]) -> list[str]:
    """Those that patterns name, and one that stands for all others."""
    named = sorted({character for automaton in automata for character in automaton.pattern} - set(_WILDCARDS))
    return [*named, next((each for each in _ALPHABET if each not in named), "\0")]


def _ends_agree(patterns: Sequence[str]) -> bool:
    """Whether what stands before the first wildcards, and after the last, can be of one text; most patterns differ."""
    ends = [_ends(pattern) for pattern in patterns]
    longest, last = max((end[0] for end in ends), key=len), max((end[1] for end in ends), key=len)
    return all(longest.startswith(start) and last.endswith(end) for start, end in ends)


@cache
def _ends(pattern: str) -> tuple[str, str]:
    return re.split(r"[*?]", pattern, maxsplit=1)[0], re.split(r"[*?]", pattern)[-1]
