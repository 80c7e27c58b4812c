"""Every gate over the templates of every environment: nothing is found but what is accepted, and that is all found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from ruamel.yaml import YAML

from tests.support.policy_tools import GATES, TOOLS, Finding, Gate, control_tower_rules
from tests.support.preflight import read_rules
from tests.support.summary_figures import record_all
from tests.support.synthesis import EXAMPLES, ROOT, SHIPPED, shipped_templates, synthesize

ACCEPTED: dict[str, Any] = YAML(typ="safe").load((ROOT / "policy" / "accepted.yaml").read_text())
SAME_CONCERN: dict[str, str] = ACCEPTED["same_concern"]
ENTRIES: list[dict[str, Any]] = ACCEPTED["accepted"]


class Place(NamedTuple):
    """A rule on a resource, whichever gate has it."""

    rule: str
    resource: str
    """Stack and logical id: `sandbox-network/Key1234`."""


def place(finding: Finding) -> Place:
    return Place(finding.rule, f"{finding.stack}/{finding.resource}")


@pytest.fixture(scope="module")
def findings(found: Mapping[str, set[Finding]]) -> set[Finding]:
    """In what we ship."""
    return {finding for stack in shipped_templates() for finding in found[stack]}


@pytest.fixture(scope="module")
def acknowledged() -> set[Place]:
    """In the constructs."""
    return {
        Place(each.rule, f"{cdk.Stack.of(each.construct).stack_name}/{each.logical_id}")
        for environment in (*SHIPPED, *EXAMPLES)
        for each in synthesize(environment).acknowledgements
    }


def answers(where: Place, acknowledged: set[Place]) -> Iterator[str]:
    """What accepts a finding: an acknowledgement, one of the same concern, or entries of `accepted.yaml`."""
    if where in acknowledged:
        yield "acknowledged"
    if Place(SAME_CONCERN.get(where.rule, ""), where.resource) in acknowledged:
        yield where.rule
    for entry in ENTRIES:
        for pattern in entry["resources"]:
            if entry["rule"] == where.rule and fnmatchcase(where.resource, pattern):
                yield f"{where.rule} {pattern}"


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_finds_nothing_but_what_is_accepted(
    findings: set[Finding], acknowledged: set[Place], gate: Gate
) -> None:
    unanswered = [
        finding for finding in findings if finding.gate == gate and not any(answers(place(finding), acknowledged))
    ]
    record_all("findings", {gate: len(unanswered)})
    assert unanswered == []


def test_whatever_is_accepted_answers_a_finding(findings: set[Finding], acknowledged: set[Place]) -> None:
    used = {answer for finding in findings for answer in answers(place(finding), acknowledged)}
    written = {f"{entry['rule']} {pattern}" for entry in ENTRIES for pattern in entry["resources"]}
    assert {*SAME_CONCERN, *written} - used == set()


def test_whatever_is_accepted_has_a_reason() -> None:
    assert [entry["rule"] for entry in ENTRIES if len(entry["reason"].split()) < 15] == []


def test_the_rules_of_control_tower_are_all_there() -> None:
    # A gate that has lost its rules finds nothing either.
    assert len(control_tower_rules()) > 230


def test_the_rules_of_cdk_preflight_are_all_there() -> None:
    assert len(read_rules(TOOLS).rules) > 3300
