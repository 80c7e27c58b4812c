"""The tables in the documentation are what is printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import ALL, snapshot_graph
from tools.cost import page, references
from tools.cost.estimate import Estimate
from tools.cost.usage import Usage


@cache
def graphs() -> dict[str, Graph]:
    return {Path(environment).stem: snapshot_graph(environment) for environment in ALL}


def test_the_page_is_what_is_printed() -> None:
    assert page.put(page.PAGE.read_text(), page.page(graphs())) == page.PAGE.read_text(), "run `make cost-page`"


def test_the_readme_is_what_is_printed() -> None:
    assert page.put(page.README.read_text(), page.readme(graphs())) == page.README.read_text(), "run `make cost-page`"


def test_a_document_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table"):
        page.put("# Cost\n", "| |\n")


def test_the_sandbox_costs_less_than_three_fifths_of_terraform_examples_from_a_third_of_spot_discount_on() -> None:
    third = Usage(spot_discount=1 / 3)
    sandbox = Estimate.of(snapshot_graph("sandbox"), third).cost.expected

    assert sandbox < 0.6 * references.cheapest(third, "terraform")
