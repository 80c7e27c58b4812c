"""The table of what nodes can do is complete, and the same wherever it stands."""

from __future__ import annotations

from typing import get_args

import pytest

from facts.node_capabilities import Answer, kinds, needs
from reference_constructs.eks.nodes.node_options import NodeNeed
from settings.schema import options, schema, value_type
from tools.node_capabilities.__main__ import PAGE, page


def test_a_file_can_state_exactly_the_needs_of_the_table() -> None:
    assert get_args(NodeNeed) == tuple(needs())


def test_every_kind_that_a_file_can_have_is_in_the_table() -> None:
    eks = next(each for each in options(schema()["properties"]["eks"]) if "properties" in each)
    of_a_file = options(value_type(eks["properties"]["nodes"]))
    assert {each["properties"]["kind"]["const"] for each in of_a_file} <= set(kinds())


def test_every_answer_has_a_source_and_every_no_a_reason() -> None:
    for need in needs().values():
        assert need.sources
        assert all(answer.detail for answer in need.answers.values() if answer.verdict != "yes"), need.name


@pytest.mark.parametrize("text", ["", "maybe", "no", "if", "yes: always", "no because of it"])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no answer; allowed: yes, or if:, no:, and undocumented: with a detail"):
        Answer.read(text)


@pytest.mark.parametrize("text", ["yes", "no: a reason", "if: a condition: or two", "undocumented: a hint"])
def test_an_answer_is_read_as_it_is_written(text: str) -> None:
    assert str(Answer.read(text)) == text


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "fix: make schema"
