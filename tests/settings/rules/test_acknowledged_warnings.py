"""Pairs for the rules in settings/rules/acknowledged_warnings.py, and what an acknowledgement does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks, message, problems

SPOT = "nodes: {main: {kind: managed}, burst: {kind: managed, capacity_type: spot, instance_types: [m7g.large]}}"


def acknowledged(warning: str, key: str) -> str:
    return eks(SPOT) + (f"acknowledged_warnings: [{{warning: {warning}, key: {key}, reason: a queue is worked off}}]\n")


PAIRS = (
    RulePair(
        rule="acknowledged_warning_exists",
        rejected=acknowledged("spot_has_several_instance_type", "eks.nodes.burst"),
        accepted=acknowledged("spot_has_several_instance_types", "eks.nodes.burst"),
        message=(
            "acknowledged_warnings[0].warning: there is no warning 'spot_has_several_instance_type'\n"
            "fix: did you mean spot_has_several_instance_types?\n"
            "why: An acknowledgement that answers nothing would hide nothing, and its reason would mislead."
        ),
    ),
    RulePair(
        rule="acknowledged_warning_occurs",
        rejected=acknowledged("spot_has_several_instance_types", "eks.nodes.burst").replace(
            ", capacity_type: spot", ""
        ),
        accepted=acknowledged("spot_has_several_instance_types", "eks.nodes.burst.instance_types"),
        message=(
            "acknowledged_warnings[0]: the warning spot_has_several_instance_types does not occur at "
            "eks.nodes.burst\n"
            "fix: remove the acknowledgement, or correct its key\n"
            "why: The next reader would look for what the reason speaks of."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_a_warning_says_how_to_acknowledge_it(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, eks(SPOT))
    assert problem.lines()[-1] == (
        "to acknowledge: add {warning: spot_has_several_instance_types, key: 'eks.nodes.burst.instance_types', "
        "reason: ...} to acknowledged_warnings"
    )


@pytest.mark.parametrize("key", ["eks.nodes.bur", "eks.nodes.main", "eks.nodes.burst.instance_types[0]"])
def test_an_acknowledgement_is_of_its_key_alone(tmp_path: Path, key: str) -> None:
    told = message(tmp_path, acknowledged("spot_has_several_instance_types", f"'{key}'"))
    assert "eks.nodes.burst.instance_types: Spot Instances can be of one type only" in told
    assert f"does not occur at {key}" in told
