"""Whatever we break in a template that we ship, a gate names it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gates import Finding
from seeded_defects import DEFECTS, Defect


def new_rules(found: Mapping[str, set[Finding]], defect: Defect) -> set[str]:
    """Rules that object to something that they did not object to before."""
    before = {(finding.rule, finding.resource) for finding in found[defect.stack]}
    after = {(finding.rule, finding.resource) for finding in found[defect.broken_stack]}
    return {rule for rule, _ in after - before}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_gate_names_the_defect(found: Mapping[str, set[Finding]], defect: Defect) -> None:
    assert defect.named_by
    assert set(defect.named_by) - new_rules(found, defect) == set()


def test_the_matrix_has_its_size() -> None:
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) >= 60
