"""A runbook that State Manager starts: its role may start and read it."""

from __future__ import annotations

import copy

import pytest

from assembly import Graph
from policy.relations import find_misfits
from tests.support.synthesis import REGION, Template, shipped_templates

STACK = "sandbox-network"


def misfits(template: Template) -> list[str]:
    graph = Graph({STACK: template}, places={STACK: ("", REGION)})
    return [misfit.finding for _, misfit in find_misfits(graph) if "may not ssm:" in misfit.finding]


def test_shipped_role_may_start_its_runbook() -> None:
    assert misfits(shipped_templates()[STACK]) == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ssm:StartAutomationExecution", ":document/"),
        ("ssm:StartAutomationExecution", ":automation-execution/"),
        ("ssm:GetAutomationExecution", ":automation-execution/"),
    ],
)
def test_role_that_lacks_a_permission_is_named(action: str, resource: str) -> None:
    template = copy.deepcopy(shipped_templates()[STACK])
    for policy in template["Resources"].values():
        for statement in policy["Properties"].get("PolicyDocument", {}).get("Statement", []):
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            if action in statement["Action"]:
                statement["Resource"] = [each for each in resources if resource not in str(each)]

    (finding,) = misfits(template)
    assert finding.startswith(f"the role may not {action} on arn:")
    assert resource in finding
