"""Rules of attributes that instances are chosen by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, capacity

PAIRS = (
    RulePair(
        rule="instance_requirement_comes_once",
        rejected=capacity("default: {instance_requirements: {allowed_instance_types: [m7g.*, m7g.*]}}"),
        accepted=capacity("default: {instance_requirements: {allowed_instance_types: [m7g.*, m8g.*]}}"),
        message=(
            "ecs.capacity.default.instance_requirements.allowed_instance_types[1]: 'm7g.*' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has a value twice."
        ),
    ),
    RulePair(
        rule="instance_requirement_comes_once: of Managed Instances",
        rejected=capacity(
            "default: {kind: managed_instances, instance_requirements: {excluded_instance_types: [a1.*, a1.*]}}"
        ),
        accepted=capacity(
            "default: {kind: managed_instances, instance_requirements: {excluded_instance_types: [a1.*]}}"
        ),
        message=(
            "ecs.capacity.default.instance_requirements.excluded_instance_types[1]: 'a1.*' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has a value twice."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
