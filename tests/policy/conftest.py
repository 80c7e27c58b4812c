"""All templates go through the gates at once: starting seven tools is what takes the time; relations are quick."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest

from tests.support.defects.catalog import DEFECTS
from tests.support.policy_tools import ENDING, SLOW_TOOLS, Finding, inspect, relate
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
    for finding in inspect(folder, not_by={gate: set(_not_named_by(ids)) for gate, ids in SLOW_TOOLS.items()}):
        by_stack[finding.stack].add(finding)
    graphs = {stack: graph for graph in map(shipped, (*SHIPPED, *EXAMPLES)) for stack in graph.templates}
    for defect in DEFECTS:
        graph = graphs[defect.stack]
        environment = graph.with_templates({**graph.templates, defect.stack: broken[defect.broken_stack]})
        by_stack[defect.broken_stack] |= relate(environment, defect.stack, defect.broken_stack)
    return by_stack


def _not_named_by(ids: str) -> Iterator[str]:
    """Broken stacks of which no rule with such an id has to say anything."""
    for defect in DEFECTS:
        if not any(re.fullmatch(ids, rule) for rule in defect.named_by):
            yield defect.broken_stack
