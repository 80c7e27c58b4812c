"""Rules of names and tags."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair

PAIRS = (
    RulePair(
        rule="name_can_begin_that_of_a_security_group",
        rejected=HEAD + "name: sg-prod\n",
        accepted=HEAD + "name: sgp-prod\n",
        message=(
            "name: 'sg-prod' is not allowed\n"
            "allowed: a name that does not begin with sg-\n"
            "why: CloudFormation names security groups after their stack, and Amazon EC2 refuses a name that begins "
            "with sg-."
        ),
    ),
    RulePair(
        rule="tag_value_is_not_reserved",
        rejected=HEAD.replace("owner: team", "owner: 'AWS:team'"),
        accepted=HEAD.replace("owner: team", "owner: 'AWS team'"),
        message=(
            "tags.owner: 'AWS:team' is not allowed\n"
            "allowed: a value that does not begin with aws:\n"
            "why: AWS refuses a tag that begins with aws:, in uppercase or lowercase."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
