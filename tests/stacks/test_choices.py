"""What a file may choose against a relation is synthesized, and acknowledged where it is chosen."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from app import build
from settings import EnvironmentWarning
from tests.support.rule_pairs import eks, service
from tests.support.synthesis import new_app, validate

CHOICES = {
    "scaling_begins_before_the_alarm": service("scaling: {cpu_utilization_percent: 95}"),
    "new_tasks_are_given_time": service(
        "routing: {path_patterns: [/*], health_check_grace_period_seconds: 29}",
        container="      containers: {web: {image: 'app:1', port: 80, health_check: {command: [CMD, /ok]}}}\n",
    ),
    "nodes_are_replaced_in_turn": eks("nodes: {main: {kind: managed, max_unavailable_percent: 100}}"),
    "protection_agrees_with_the_fate_of_data": eks("deletion_protection: false", "nodes: {main: {kind: managed}}"),
}


@pytest.mark.parametrize("relation", CHOICES)
def test_the_choice_is_acknowledged(tmp_path: Path, relation: str) -> None:
    file = tmp_path / "chosen.yaml"
    file.write_text(CHOICES[relation])
    app = new_app(
        outdir=tmp_path / "out", environment=str(file), **{"@aws-cdk/core:failSynthOnValidationErrors": False}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)
    report = validate(app, tmp_path / "out")
    assert [finding["ruleName"] for plugin in report for finding in plugin["violations"]] == []
    acknowledged = {each["ruleName"] for plugin in report for each in plugin.get("suppressedViolations", [])}
    assert relation in acknowledged
