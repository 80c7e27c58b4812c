"""Every accepted finding is found: an acknowledgement of another rule, or on another resource, accepts nothing."""

from __future__ import annotations

import pytest

from tests.support.assertions import acknowledged
from tests.support.synthesis import ENVIRONMENTS, synthesize


@pytest.mark.thorough
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_acknowledgement_answers_a_finding(environment: str) -> None:
    synthesized = synthesize(environment)
    answered = {
        (construct["constructPath"], finding["acknowledgedId"])
        for plugin in synthesized.report
        for finding in plugin.get("suppressedViolations", [])
        for construct in finding["violatingConstructs"]
    }
    noted = {(path, rule) for path, rules in acknowledged(synthesized.app).items() for rule in rules}
    assert noted - answered == set()


@pytest.mark.thorough
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_is_found_that_is_not_acknowledged(environment: str) -> None:
    found = {finding["ruleName"] for plugin in synthesize(environment).report for finding in plugin["violations"]}
    assert found == set()
