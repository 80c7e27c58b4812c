"""Which places are drawn: always the same ones of a seed, and none that no test could notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutation import sample as sampling

SOURCE = '''\
"""A module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Options:
    """Options."""

    small: int | None = 3
    size: Annotated[int | None, Field(ge=5, description="at least")] = None

    def one(self, names: list[str] | None = None) -> int | None:
        """One."""
        return 7
'''


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sampling, "FOLDERS", ("folder",))
    Path("folder").mkdir()
    Path("folder/module.py").write_text(SOURCE)


@pytest.mark.usefixtures("_folder")
def test_only_what_a_test_can_notice_is_broken() -> None:
    drawn = [item.mutations[0] for item in sampling.sample(100, seed=1)]

    found = {(mutation.start_pos[0], mutation.operator_name.partition("/")[2]) for mutation in drawn}
    assert found == {
        (11, "RemoveDecorator"),
        (15, "NumberReplacer"),
        (16, "DropKeywordArgument"),
        (16, "NumberReplacer"),
        (20, "NumberReplacer"),
    }


@pytest.mark.usefixtures("_folder")
def test_a_seed_draws_the_same_again() -> None:
    assert sampling.sample(3, seed=1) == sampling.sample(3, seed=1)
    assert sampling.sample(3, seed=1) != sampling.sample(3, seed=2)
