"""The verb renews the table from the output of the AWS CLI, and leaves alone what the output does not say."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reference_constructs.eks.add_ons.catalog import CATALOG
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from tools.add_on_versions.__main__ import FILE, main
from tools.add_on_versions.table import Table

RECORDED = Path(__file__).with_name("describe_addon_versions.json")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "versions.py"
    shutil.copy(FILE, file)
    return file


def pinned(file: Path) -> dict[str, dict[str, str]]:
    names: dict[str, Any] = {}
    exec(compile(file.read_text(), file, "exec"), names)  # noqa: S102 - the module that was written
    return {minor: dict(versions) for minor, versions in names["PINNED_VERSIONS"].items()}


def test_reading_and_writing_changes_nothing() -> None:
    assert Table.read(FILE.read_text()).text() == FILE.read_text()


def test_defaults_of_eks_are_pinned_and_the_rest_stays(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(RECORDED), "--table", str(table)]) == 0

    found = pinned(table)
    assert found["1.35"] == {**PINNED_VERSIONS["1.35"], "coredns": "v1.13.2-eksbuild.33"}
    assert found["1.36"] == dict(PINNED_VERSIONS["1.36"])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1.35: coredns v1.13.2-eksbuild.31 -> v1.13.2-eksbuild.33"
    assert said[1].startswith("1.35: nothing was said of vpc-cni, kube-proxy, ")
    assert len(said) == 3


def test_what_eks_says_needs_no_note_of_another_source(table: Path) -> None:
    main(["--output", str(RECORDED), "--table", str(table)])

    text = table.read_text()
    assert '"eks-pod-identity-agent": "v1.3.10-eksbuild.3",\n' in text
    assert '"adot": "v0.151.0-eksbuild.2",  # (1)\n' in text
    assert text.split("PINNED_VERSIONS")[0] == FILE.read_text().split("PINNED_VERSIONS")[0]


def test_latest_can_be_chosen_instead(table: Path) -> None:
    main(["--output", str(RECORDED), "--table", str(table), "--choose", "latest"])

    found = pinned(table)
    assert found["1.36"]["coredns"] == "v1.14.6-eksbuild.4"
    assert found["1.35"]["coredns"] == "v1.14.3-eksbuild.23"
    assert found["1.35"]["eks-pod-identity-agent"] == "v1.4.0-eksbuild.2"


def test_standard_input_can_have_several_outputs(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def output(minor: str) -> str:
        versions = [{"addonVersion": "v9.0.0-eksbuild.1", "compatibilities": [_default(minor)]}]
        return json.dumps({"addons": [{"addonName": "coredns", "addonVersions": versions}]}, indent=4)

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{output('1.35')}\n{output('1.36')}\n"))
    assert main(["--table", str(table)]) == 0

    assert {pinned(table)[minor]["coredns"] for minor in ("1.35", "1.36")} == {"v9.0.0-eksbuild.1"}


@pytest.mark.parametrize("left_out", [[], ["metrics-server"]], ids=["complete", "one missing"])
def test_a_new_kubernetes_version_is_added_once_every_add_on_has_a_version(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], left_out: list[str]
) -> None:
    versions = [{"addonVersion": "v9.0.0-eksbuild.1", "compatibilities": [_default("1.37"), _default("1.30")]}]
    add_ons = [{"addonName": name, "addonVersions": versions} for name in CATALOG if name not in left_out]
    output = tmp_path / "output.json"
    output.write_text(json.dumps({"addons": add_ons}))

    main(["--output", str(output), "--table", str(table)])

    # 1.30 is older than the table.
    assert list(pinned(table)) == ["1.35", "1.36", *([] if left_out else ["1.37"])]
    told = "1.37: not added, since there is no version of metrics-server"
    assert (told in capsys.readouterr().out) is bool(left_out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty; run aws eks describe-addon-versions --output json"),
        ("| DescribeAddonVersions |", "not JSON; run aws eks describe-addon-versions --output json"),
        ("[]", "no output of aws eks describe-addon-versions: there is no addons"),
        ('{"addon": {}}', "no output of aws eks describe-addon-versions: there is no addons"),
    ],
)
def test_other_text_is_refused_and_changes_nothing(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    output = tmp_path / "output.json"
    output.write_text(text)

    assert main(["--output", str(output), "--table", str(table)]) == 1

    assert capsys.readouterr().err == f"{output}: {said}\n"
    assert table.read_text() == FILE.read_text()


def _default(minor: str) -> dict[str, object]:
    return {"clusterVersion": minor, "platformVersions": ["*"], "defaultVersion": True}
