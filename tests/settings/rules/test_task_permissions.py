"""Rules of task permissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service


def statement(action: str) -> str:
    return service(f"task_role_statements: [{{actions: ['{action}'], resources: ['arn:aws:s3:::orders/*']}}]")


PAIRS = (
    RulePair(
        rule="statement_does_not_allow_all_actions_of_a_service",
        rejected=statement("s3:*"),
        accepted=statement("s3:Get*"),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: 's3:*' is not allowed\n"
            "fix: list the actions that the application needs; s3:Get* is allowed too\n"
            "why: With all actions of a service, the application could also delete resources and change who "
            "can access them."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
