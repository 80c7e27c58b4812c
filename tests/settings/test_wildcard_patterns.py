"""Whether patterns contain each other or overlap, against trying every short text."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings.wildcard_patterns import example

PATTERNS = st.text("ab*?", max_size=5)
# `c` is in no pattern, so it stands for all other characters.
TEXTS = ["".join(letters) for length in range(7) for letters in product("abc", repeat=length)]


def matches(pattern: str, text: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


@settings(max_examples=200)
@given(matching=st.lists(PATTERNS, min_size=1, max_size=2), besides=st.lists(PATTERNS, max_size=3))
def test_an_example_is_one_and_there_is_none_only_where_no_text_is_one(matching: list[str], besides: list[str]) -> None:
    def is_example(text: str) -> bool:
        return all(matches(each, text) for each in matching) and not any(matches(each, text) for each in besides)

    found = example(matching, besides)

    if found is None:
        assert not any(map(is_example, TEXTS))
    else:
        assert is_example(found)
        # None is shorter.
        assert not any(is_example(text) for text in TEXTS if len(text) < len(found))


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        ("/api/*", ["/*"]),
        ("/api/auth/*", ["/api", "/api/*"]),
        ("/api", ["/api*"]),
        ("/a?", ["/?b", "/a*"]),
        ("api.example.com", ["*.example.com"]),
        ("*.a.example.com", ["*.example.com"]),
        ("api-*.example.com", ["*.example.com"]),
        ("/???", ["/*"]),
        ("/*", ["/", "/?*"]),
        ("*a*", ["*a*", "b"]),
    ],
)
def test_a_pattern_is_within_others(pattern: str, others: list[str]) -> None:
    assert example([pattern], others) is None


@pytest.mark.parametrize(
    ("pattern", "others", "besides"),
    [
        ("/*", ["/api/*"], "/"),
        ("/api*", ["/api", "/api/*"], "/apia"),
        ("*.example.com", ["*.a.example.com"], ".example.com"),
        ("example.com", ["*.example.com"], "example.com"),
        ("/A", ["/a"], "/A"),
    ],
)
def test_a_pattern_is_not_within_others(pattern: str, others: list[str], besides: str) -> None:
    found = example([pattern], others)
    assert found is not None
    assert len(found) == len(besides)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [("/a*", "/*b", True), ("/a/*", "/b/*", False), ("/*/x", "/y/*", True), ("*.a.com", "*.b.com", False)],
)
def test_two_patterns_overlap(first: str, second: str, *, overlap: bool) -> None:
    assert (example([first, second]) is not None) is overlap


def test_many_wildcards_are_decided_too() -> None:
    assert example(["/a*b*c*d*e*f*"], ["/*f*e*d*c*b*a*"]) is not None
    assert example(["/*a*b*c*d*"], ["/*a*c*", "/*b*"]) is None
