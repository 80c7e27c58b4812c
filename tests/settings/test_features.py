"""`docs/features.md`: each key that it names is one of the model, each file is there, and no row is without either."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.environment_keys import key_names

NOT_ITS_SUBJECT = "\N{EN DASH}"
PAGE = Path(__file__).parents[2] / "docs" / "features.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| capability |")
]
# Not of the file, but of a command.
OTHERS = {"-c image.<service>.<container>=", "aws application-autoscaling register-scalable-target"}


def known_keys() -> set[str]:
    """Every key, and every mapping of keys, as configuration.md writes them."""
    found: set[str] = set()
    for key in key_names():
        parts = re.sub(r"<[^>]+>", "<name>", key.replace("[]", "")).split(".")
        found |= {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return found


KNOWN = known_keys()


def capability(row: list[str]) -> str:
    return row[0]


@pytest.mark.parametrize("row", ROWS, ids=capability)
def test_a_row_has_a_key_that_exists_or_says_why_not(row: list[str]) -> None:
    key, file = row[1], row[2]
    stated = set(re.findall(r"`([^`]+)`", key))
    if not key.startswith("*none"):
        assert stated or key.startswith(("*always*", "see note"))
        assert stated <= KNOWN
        assert (file == NOT_ITS_SUBJECT) == key.startswith("see note")
    else:
        assert re.match(r"\*none( yet)?\*: .", key)
        assert {each for each in stated if "." in each} - OTHERS <= KNOWN
        assert file == NOT_ITS_SUBJECT


@pytest.mark.parametrize("row", ROWS, ids=capability)
def test_a_row_has_a_file_that_exists_and_the_four_peers(row: list[str]) -> None:
    assert len(row) == 7
    assert set(row[3:]) <= {"●", "◐", "○", NOT_ITS_SUBJECT}
    for name, target in re.findall(r"\[([^]]+)\]\(([^)]+)\)", row[2]):
        assert (PAGE.parent / target).is_file()
        assert Path(target).name == name


def test_notes_are_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for number in re.findall(r"see note (\d)", text):
        assert f"\n{number}. " in text
