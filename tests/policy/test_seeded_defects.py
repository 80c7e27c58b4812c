"""Whatever we break in a template that we ship, a gate names it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support.defects.catalog import DEFECTS
from tests.support.defects.defect import Defect
from tests.support.policy_tools import GATES, Finding, Gate
from tests.support.summary_figures import record_all

Found = Mapping[str, set[Finding]]


def new_findings(found: Found, defect: Defect) -> set[tuple[Gate, str]]:
    """(gate, rule) of each objection to something that was not objected to before."""
    before = {(finding.gate, finding.rule, finding.resource) for finding in found[defect.stack]}
    after = {(finding.gate, finding.rule, finding.resource) for finding in found[defect.broken_stack]}
    return {(gate, rule) for gate, rule, _ in after - before}


def caught_per_gate(found: Found) -> Mapping[Gate, int]:
    """How many defects each gate names by a rule that is meant for them."""
    naming = [{gate for gate, rule in new_findings(found, defect) if rule in defect.named_by} for defect in DEFECTS]
    return {gate: sum(gate in gates for gates in naming) for gate in GATES}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_gate_names_the_defect(found: Found, defect: Defect) -> None:
    assert defect.named_by
    assert set(defect.named_by) - {rule for _, rule in new_findings(found, defect)} == set()


def test_the_matrix_has_its_size() -> None:
    assert len({defect.broken_stack for defect in DEFECTS}) == len(DEFECTS) >= 80


def test_no_gate_is_there_for_nothing(found: Found) -> None:
    caught = caught_per_gate(found)
    named = sum(any(rule in defect.named_by for _, rule in new_findings(found, defect)) for defect in DEFECTS)
    record_all("fault injection", {f"named of {len(DEFECTS)}": named, **{f"by {gate}": caught[gate] for gate in GATES}})
    assert min(caught.values()) > 0
