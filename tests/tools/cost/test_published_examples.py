"""Estimates are within 2 % of what others published for the same resources, or the file says why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assembly import Graph
from facts.prices import price
from tests.support.synthesis import ROOT
from tools.cost.estimate import Estimate
from tools.cost.lines import total
from tools.cost.usage import Usage

_FILE: dict[str, Any] = YAML(typ="safe").load((Path(__file__).parent / "published_examples.yaml").read_text())
EXAMPLES: dict[str, dict[str, Any]] = _FILE["examples"]
NEAR = 0.02


def _estimated(example: dict[str, Any]) -> float:
    region = example.get("region", "us-east-1")
    graph = Graph({"stack": {"Resources": example["resources"]}}, places={"stack": ("", region)})
    lines = Estimate.of(graph, Usage(example.get("usage", {}))).lines
    if example.get("without_instances"):
        lines = [line for line in lines if not line.name.startswith("Instances")]
    return total(lines).expected + float(example.get("egress_gb", 0)) * price("egress_gb", region).usd


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_was_published(name: str) -> None:
    example = EXAMPLES[name]
    published = example["published"]
    assert example["source"] in _FILE["sources"]

    is_near = _estimated(example) == pytest.approx(published, rel=NEAR)

    assert is_near is ("differs" not in example), f"{_estimated(example):.2f}, published {published}"


def test_enough_of_them_are_of_aws_itself() -> None:
    of_aws = [each for each in EXAMPLES.values() if _FILE["sources"][each["source"]].startswith("AWS, ")]

    near = [each for each in of_aws if "differs" not in each]
    total = len([each for each in EXAMPLES.values() if "differs" not in each])
    page = (ROOT / "docs" / "cost.md").read_text()
    assert f"within 2 % of {total} published ones, {len(near)} of them of AWS itself" in page
    assert len(near) >= 12
