"""The table of what takes which endpoint is complete, and names endpoints that a file can have."""

from __future__ import annotations

from typing import get_args

import pytest

from facts.endpoint_needs import Table, endpoint_needs
from facts.node_capabilities import kinds
from reference_constructs.eks.add_ons.catalog import CATALOG
from reference_constructs.network.vpc_options import InterfaceEndpoint


@pytest.mark.parametrize("table", get_args(Table))
def test_every_row_has_a_source_and_endpoints_that_a_file_can_have(table: Table) -> None:
    for name, row in endpoint_needs(table).items():
        assert row.sources, name
        assert set(row.endpoints) <= set(get_args(InterfaceEndpoint)), name


def test_every_kind_of_node_and_every_add_on_has_a_row() -> None:
    assert set(kinds()) <= set(endpoint_needs("kinds"))
    assert set(CATALOG) <= set(endpoint_needs("add_ons"))
