"""Relations hold in every shipped environment, and each names what breaks it: pairs in the YAML files beside this."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from policy.relations import KINDS, RELATIONS, Relation
from tests.support.relation_pairs import RelationPair, breakable, is_named, misfits, pairs, shipped
from tests.support.summary_figures import record
from tests.support.synthesis import ENVIRONMENTS, synthesize

PAIRS = pairs(Path(__file__).parent)
BREAKABLE = breakable(Path(__file__).parent)


def test_every_relation_has_a_pair() -> None:
    assert {pair.name for pair in PAIRS} == set(RELATIONS)
    assert len({pair.relation for pair in PAIRS}) == len(PAIRS)
    record("relations", relations=len(RELATIONS), kinds=len(KINDS), pairs=len(PAIRS))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_relation_names_one_change_and_not_its_neighbor(pair: RelationPair) -> None:
    pair.check()


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=list(RELATIONS))
def test_every_relation_gives_a_reason_and_a_source(relation: Relation) -> None:
    assert relation.why.endswith(".")
    assert relation.source


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_relation_holds_in_what_we_ship(environment: str) -> None:
    assert misfits(shipped(environment)) == set()


@pytest.mark.parametrize("pair", BREAKABLE, ids=str)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_relation_names_the_change_wherever_it_is_made(environment: str, pair: RelationPair) -> None:
    graph = shipped(environment)
    (edit,) = pair.rejected
    edit = edit.anywhere(synthesize(environment).environment.name)
    places = edit.places(graph.templates)
    # The same place at every run; the test of random environments tries others.
    for place in random.Random(pair.relation).sample(places, min(1, len(places))):  # noqa: S311 - no secret
        broken = graph.with_templates(edit.applied(graph.templates, place))
        assert is_named(pair, broken), f"nothing is said of {edit} at {place}"
