"""All templates go through the gates at once: starting seven tools is what takes the time; relations are quick."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping

import pytest

from tests.support.defects.catalog import DEFECTS
from tests.support.policy_tools import ENDING, Finding, inspect, relate
from tests.support.relation_pairs import shipped
from tests.support.synthesis import EXAMPLES, SHIPPED, shipped_templates


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[Finding]]:
    """Stack -> what the gates find, for every shipped environment and every seeded defect."""
    folder = tmp_path_factory.mktemp("templates")
    broken = {defect.broken_stack: defect.template() for defect in DEFECTS}
    for stack, template in {**shipped_templates(), **broken}.items():
        (folder / f"{stack}{ENDING}").write_text(json.dumps(template, indent=1))
    by_stack: dict[str, set[Finding]] = defaultdict(set)
    for finding in inspect(folder):
        by_stack[finding.stack].add(finding)
    graphs = {stack: graph for graph in map(shipped, (*SHIPPED, *EXAMPLES)) for stack in graph.templates}
    for defect in DEFECTS:
        graph = graphs[defect.stack]
        environment = graph.with_templates({**graph.templates, defect.stack: broken[defect.broken_stack]})
        by_stack[defect.broken_stack] |= relate(environment, defect.stack, defect.broken_stack)
    return by_stack
