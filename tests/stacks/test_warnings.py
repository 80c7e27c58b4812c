"""What a file is only warned of is synthesized: no gate refuses what a rule of the file leaves to its author."""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path

import pytest

from app import build
from settings import EnvironmentWarning
from settings.rules import RULES
from tests.support.random_environment_checks import findings_of_plugins
from tests.support.rule_pairs import RulePair
from tests.support.synthesis import ROOT, new_app


def _warned() -> list[RulePair]:
    names = sorted(path.stem for path in (ROOT / "tests" / "settings" / "rules").glob("test_*.py"))
    pairs = [pair for name in names for pair in getattr(import_module(f"tests.settings.rules.{name}"), "PAIRS", ())]
    first = {pair.rule.partition(":")[0]: pair for pair in reversed(pairs)}  # of each rule; the others are like it
    return [pair for name, pair in sorted(first.items()) if RULES[name].only_warns]


@pytest.mark.slow
@pytest.mark.parametrize("pair", _warned(), ids=str)
def test_what_is_only_warned_of_is_synthesized(tmp_path: Path, pair: RulePair) -> None:
    file = tmp_path / "warned.yaml"
    file.write_text(pair.rejected)
    flags = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    app = new_app(outdir=tmp_path / "out", environment=str(file), **flags)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)

    assert list(findings_of_plugins(app, tmp_path / "out")) == []
