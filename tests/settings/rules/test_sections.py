"""Rules of sections that say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair

PAIRS = (
    RulePair(
        rule="section_has_a_value",
        rejected=HEAD + "eks:\n",
        accepted=HEAD + "eks: null\n",
        message=(
            "eks: there is no value\n"
            "fix: add keys below it, or write eks: null\n"
            "why: A key without a value is null: there is no cluster, and one that was deployed is no longer part of "
            "the file."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
