"""Rules of lifecycle hooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, LOAD_BALANCER, RulePair, service

ROUTED = "routing: {priority: 10, path_patterns: [/*]}"
HOOK = "lifecycle_hooks: {approval: {stages: [%s]}}"
FUNCTION = (
    "lifecycle_hooks: {test: {stages: [%s], function_arn: 'arn:aws:lambda:eu-west-1:111122223333:function:test'}}"
)


def _deployment(text: str, *lines: str, before: str = CAPACITY + LOAD_BALANCER) -> str:
    return service(*lines, f"deployment: {{{text}}}", before=before)


PAIRS = (
    RulePair(
        rule="pause_is_between_shifts",
        rejected=_deployment(f"strategy: BLUE_GREEN, {HOOK % 'PRODUCTION_TRAFFIC_SHIFT'}", ROUTED),
        accepted=_deployment(f"strategy: BLUE_GREEN, {HOOK % 'POST_PRODUCTION_TRAFFIC_SHIFT'}", ROUTED),
        message=(
            "ecs.services.web.deployment.lifecycle_hooks.approval.stages[0]: the stage is "
            "PRODUCTION_TRAFFIC_SHIFT, and there is no function_arn\n"
            "fix: use POST_PRODUCTION_TRAFFIC_SHIFT, or add function_arn\n"
            "why: Amazon ECS refuses a pause while requests are shifted, where only a function can be asked."
        ),
    ),
    RulePair(
        rule="hook_has_its_stage",
        rejected=_deployment(f"strategy: BLUE_GREEN, {FUNCTION % 'POST_TEST_TRAFFIC_SHIFT'}", ROUTED),
        accepted=_deployment(
            f"strategy: BLUE_GREEN, {FUNCTION % 'POST_TEST_TRAFFIC_SHIFT'}, test_traffic: {{header_value: a}}", ROUTED
        ),
        message=(
            "ecs.services.web.deployment.lifecycle_hooks.test.stages[0]: the stage is POST_TEST_TRAFFIC_SHIFT, and "
            "there is no test_traffic\n"
            "fix: add test_traffic, or use another stage\n"
            "why: The hook decides nothing: no request has reached the new tasks, or none is shifted."
        ),
    ),
    RulePair(
        rule="hook_has_its_stage: of a rolling deployment",
        rejected=_deployment(FUNCTION % "PRODUCTION_TRAFFIC_SHIFT", ROUTED),
        accepted=_deployment(FUNCTION % "POST_SCALE_UP", ROUTED),
        message=(
            "ecs.services.web.deployment.lifecycle_hooks.test.stages[0]: the stage is PRODUCTION_TRAFFIC_SHIFT, and "
            "strategy is ROLLING\n"
            "fix: use BLUE_GREEN, LINEAR, or CANARY, or another stage\n"
            "why: The hook decides nothing: no request has reached the new tasks, or none is shifted."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
