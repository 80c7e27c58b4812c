"""Any environment synthesizes without a warning or a finding, or is refused and told why."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import build
from settings import InvalidEnvironmentError
from tests.support.random_environment_checks import Counted, examine
from tests.support.summary_figures import record
from tests.support.synthesis import new_app

pytestmark = pytest.mark.slow

BATCHES = 2
EXAMPLES = 220


@pytest.fixture(scope="module")
def counted() -> Counted:
    """Given environments drawn at random, of which each, accepted or refused, was found to be in order."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, max_tasks_per_child=1, mp_context=context) as pool:
        batches = list(pool.map(examine, range(BATCHES), [EXAMPLES] * BATCHES))
    return sum(batches, Counted())


def test_nothing_is_wrong_with_three_hundred_environments(counted: Counted) -> None:
    record("random environments", synthesized=counted.synthesized, refused=counted.refused)
    record("broken relations in random environments", named=counted.broken)
    assert counted.synthesized + counted.refused >= 300
    assert counted.synthesized >= 100
    assert counted.refused >= 100


def test_an_environment_that_is_not_accepted_adds_no_stack(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("region: eu-west-1\n")
    app = new_app(environment=str(file))
    with pytest.raises(InvalidEnvironmentError):
        build(app)
    assert [child for child in app.node.children if isinstance(child, cdk.Stack)] == []
