"""`docs/policy.md` says what is so today, and names nothing that does not exist."""

from __future__ import annotations

import re
import tarfile
from functools import cache
from pathlib import Path

import cdk_nag
import pytest

from policy import GUARD_FILES
from tests.support.policy_document import DOCUMENT, document
from tests.support.synthesis import GUARD_RULES, ROOT
from tools.page.controls import controls

PACKS = {"AwsSolutions": "aws-solutions", "NIST.800.53.R5": "nist-800-53-r5"}
CHECKS = sorted({check for control in controls() for check in control.checks})


def test_the_committed_document_is_current() -> None:
    assert DOCUMENT.read_text() == document(), "run `make policy`"


@cache
def pack_source(file: str) -> str:
    """Of a pack of cdk-nag, which has no list of its rules."""
    (archive,) = (Path(cdk_nag.__file__).parent / "_jsii").glob("*.tgz")
    with tarfile.open(archive) as package:
        member = package.extractfile(f"package/lib/packs/{file}.js")
        assert member is not None
        return member.read().decode()


def exists(check: str) -> bool:
    """Whether a check of the document is a Guard rule, a rule of cdk-nag or a test."""
    if "::" in check:
        file, _, name = check.partition("::")
        path = ROOT / "tests" / file
        return path.exists() and f"def {name}(" in path.read_text()
    pack, _, rule = check.partition("-")
    if pack in PACKS:
        return bool(re.search(rf"\b{rule}\b", pack_source(PACKS[pack])))
    return check in GUARD_RULES


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_exists(check: str) -> None:
    assert exists(check)


@pytest.mark.parametrize(
    "misspelt",
    [
        "ecs_container_logss",
        "AwsSolutions-ELB22",
        "NIST.800.53.R5-ALBWAF",
        "snapshot/test_templates.py::test_templates",
    ],
)
def test_a_misspelt_check_does_not_exist(misspelt: str) -> None:
    assert not exists(misspelt)


def test_what_is_kept_is_checked_and_what_is_not_has_a_reason() -> None:
    assert [control.ids for control in controls() if (control.kept == "no") == bool(control.checks)] == [
        "S3.9",  # a rule asks for it, and is answered below
    ]
    assert all(len(control.by.split()) > 5 for control in controls() if control.kept == "no")


def test_every_guard_rule_for_a_control_is_in_the_table() -> None:
    cited = {
        rule
        for text in GUARD_FILES.values()
        for comment, rule in re.findall(r"((?:^#.*\n)+)rule (\w+)", text, re.MULTILINE)
        if "Security Hub" in comment
    }
    assert cited - set(CHECKS) == set()
