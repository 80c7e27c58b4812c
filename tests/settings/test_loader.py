"""A file is found by name or path, and every problem has its line; a file without problems is typed and complete."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from settings import InvalidEnvironmentError, load_environment
from settings.loader import ENVIRONMENTS

MINIMAL = """\
region: eu-west-1
availability_zones: [eu-west-1a, eu-west-1b]
tags:
  owner: team
  cost_centre: "42"
"""


def write(folder: Path, text: str, name: str = "test-env") -> str:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return str(path)


def lines(folder: Path, text: str) -> dict[str, int | None]:
    """Key of every problem, with its line."""
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(write(folder, text))
    return {problem.key: problem.line for problem in error.value.problems}


@pytest.mark.parametrize("name", sorted(path.stem for path in ENVIRONMENTS.glob("*.yaml")))
def test_every_environment_here_is_accepted(name: str) -> None:
    assert load_environment(name).name == name


def test_a_minimal_file_has_safe_defaults(tmp_path: Path) -> None:
    environment = load_environment(write(tmp_path, MINIMAL))
    assert environment.name == "test-env"
    assert environment.protected
    assert environment.customer_managed_keys
    assert environment.log_retention_days == 365
    assert environment.account is None
    assert environment.ecs is None
    assert environment.eks is None
    assert environment.network.cidr == IPv4Network("10.0.0.0/16")


def test_a_name_is_looked_up_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL, name="staging")
    assert load_environment("staging", folder=tmp_path).name == "staging"
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment("stagin", folder=tmp_path)
    assert str(error.value).splitlines() == [
        f"{tmp_path}/stagin.yaml: 1 problem, nothing was synthesized",
        f"  {tmp_path}/stagin.yaml: environment: 'stagin' is not allowed",
        "      allowed: one of staging, or the path of a YAML file",
    ]


def test_a_path_can_be_anywhere(tmp_path: Path) -> None:
    assert load_environment(write(tmp_path, MINIMAL, name="elsewhere")).name == "elsewhere"
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(str(tmp_path / "nowhere.yaml"))
    assert str(error.value).splitlines()[1:] == [
        f"  {tmp_path}/nowhere.yaml: environment: '{tmp_path}/nowhere.yaml' is not allowed",
        "      allowed: the path of a YAML file",
    ]


def test_all_problems_come_at_once_with_their_lines(tmp_path: Path) -> None:
    text = """\
log_retention_days: 8
network:
  cidr: 10.0.0.0/33
  nat_gatways: one
  private_prefix_length: 40
registry:
  repositories:
    app:
      pull_account_ids:
        - "111122223333"
        - "1111"
ecs:
  services:
    web:
      containers:
        web: {image: "nginx:latest", port: 99999}
eks:
  kubernetes_version: 1.35
"""
    assert lines(tmp_path, MINIMAL + text) == {
        "log_retention_days": 6,
        "network.cidr": 8,
        "network.nat_gatways": 9,
        "network.private_prefix_length": 10,
        "registry.repositories.app.pull_account_ids[1]": 16,
        "ecs.services.web.containers.web.image": 21,
        "ecs.services.web.containers.web.port": 21,
        "eks.kubernetes_version": 23,
    }


def test_a_missing_key_is_reported_where_it_should_be(tmp_path: Path) -> None:
    text = MINIMAL.replace("region: eu-west-1\n", "").replace("  owner: team\n", "")
    assert lines(tmp_path, text) == {"region": 1, "tags.owner": 2}


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        (MINIMAL + "region: eu-west-2\n", "region", 6),
        (MINIMAL + "network: {cidr: [}\n", "(the file)", 6),
        ("- a\n- b\n", "(the file)", 1),
        ("", "(the file)", 1),
    ],
    ids=["duplicate-key", "no-yaml", "a-list", "empty"],
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, text: str, key: str, line: int) -> None:
    assert lines(tmp_path, text) == {key: line}
