"""Texts that a file hands on are synthesized as they stand, whatever the CDK's checks take them for."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from app import build
from settings import EnvironmentWarning
from tests.support.random_environment_checks import findings_of_plugins
from tests.support.rule_pairs import MANAGED, containers, eks, service
from tests.support.synthesis import new_app

# Each synthesizes an environment of its own under every check.
pytestmark = pytest.mark.thorough

POLICY_VARIABLE = "${aws:PrincipalTag/team}"
TEXTS = {
    "${HOSTNAME} in command": containers("web:", "  image: app:1", "  command: [sh, -c, 'echo ${HOSTNAME}']"),
    "${HOSTNAME} in entry_point": containers("web:", "  image: app:1", "  entry_point: ['${HOSTNAME}']"),
    "${HOSTNAME} in environment": containers("web:", "  image: app:1", "  environment: {H: '${HOSTNAME}'}"),
    "${PORT:-80} in health_check": containers(
        "web:", "  image: app:1", "  health_check: {command: [CMD-SHELL, 'test ${PORT}']}"
    ),
    POLICY_VARIABLE: service(
        f"task_role_statements: [{{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/{POLICY_VARIABLE}/*'],"
        f" conditions: {{StringEquals: {{'aws:ResourceTag/team': ['{POLICY_VARIABLE}', '${{AWS::AccountId}}']}}}}}}]"
    ),
    "${AWS::Region} in configuration": eks(MANAGED, "add_ons: {coredns: {configuration: {a: '${AWS::Region}'}}}"),
    "dkr.ecr.eu-west-1.amazonaws.com": containers(
        "web:", "  image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:1'"
    ),
    "secret:db-AbCdEf:url:AWSPREVIOUS:": containers(
        "web:",
        "  image: app:1",
        "  secrets: {URL: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf:url:AWSPREVIOUS:'}",
    ),
}


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_arrives_and_nothing_is_found(tmp_path: Path, text: str) -> None:
    file = tmp_path / "texts.yaml"
    file.write_text(TEXTS[text])
    flags = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    app = new_app(outdir=tmp_path / "out", environment=str(file), **flags)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)

    assert list(findings_of_plugins(app, tmp_path / "out")) == []
    templates = [json.loads(each.read_text()) for each in (tmp_path / "out").glob("*.template.json")]
    assert text.partition(" ")[0].partition(":-")[0] in json.dumps(templates)


def test_what_has_no_variable_accepts_none(tmp_path: Path) -> None:
    file = tmp_path / "texts.yaml"
    file.write_text(containers("web:", "  image: app:1", "  command: [sh, -c, 'echo $HOSTNAME']"))
    app = new_app(outdir=tmp_path / "out", environment=str(file))
    build(app)

    assert not any("E1029" in str(entry.data) for construct in app.node.find_all() for entry in construct.node.metadata)
