"""A bad file is one error that says where, what, and what instead; a good one is typed and complete."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from environments import InvalidEnvironmentError, load_environment

MINIMAL = """\
region: eu-west-1
availability_zones: [eu-west-1a, eu-west-1b]
tags:
  owner: team
  cost_centre: "42"
"""
CONTAINER = "ecs.services.web.containers.web"
ROUTING = "ecs.services.web.routing"
SERVICE = "ecs: {services: {web: {containers: {web: %s}}}}"
ROUTED = (
    "ecs: {load_balancer: {plain_http: true}, "
    "services: {web: {containers: {web: {image: 'quay.io/a:1', port: 80}}, routing: {%s}}}}"
)
PROFILE = (
    "eks: {endpoint: {private_access_cidrs: [10.9.0.0/16]}, "
    "fargate_profiles: {batch: {selectors: [{namespace: a, labels: {a: %s}}]}}}"
)
PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/t"
LONG = "/" + 1024 * "a"


def write(folder: Path, text: str, name: str = "test-env") -> str:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return str(path)


def problems(folder: Path, text: str) -> dict[str, tuple[int | None, object, str]]:
    """Key of every problem, with its line, value and what is allowed."""
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(write(folder, text))
    return {problem.key: (problem.line, problem.value, problem.allowed) for problem in error.value.problems}


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
    with pytest.raises(InvalidEnvironmentError, match="one of staging, or the path of a YAML file"):
        load_environment("stagin", folder=tmp_path)


def test_a_path_need_not_be_in_the_folder(tmp_path: Path) -> None:
    assert load_environment(write(tmp_path, MINIMAL, name="elsewhere")).name == "elsewhere"
    with pytest.raises(InvalidEnvironmentError, match="nowhere"):
        load_environment(str(tmp_path / "nowhere.yaml"))


def test_all_problems_come_at_once_with_their_lines(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        MINIMAL
        + """\
log_retention_days: 8
network:
  cidr: 10.0.0.0/33
  nat_gatways: one
  private_prefix_length: 40
registry:
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
""",
    )
    assert {key: line for key, (line, _, _) in found.items()} == {
        "log_retention_days": 6,
        "network.cidr": 8,
        "network.nat_gatways": 9,
        "network.private_prefix_length": 10,
        "registry.pull_account_ids[1]": 14,
        "ecs.services.web.containers.web.image": 19,
        "ecs.services.web.containers.web.port": 19,
        "eks": 20,
        "eks.kubernetes_version": 21,
    }


@pytest.mark.parametrize(
    ("line", "key", "value", "allowed"),
    [
        ("network: {nat_gatways: one}", "network.nat_gatways", "nat_gatways", "did you mean nat_gateways?"),
        ("network: {cidr: 10.0.0.5/16}", "network.cidr", "10.0.0.5/16", "without host bits"),
        ("network: {zone_slots: two}", "network.zone_slots", "two", "a valid integer"),
        ("network: {zone_slots: 7}", "network.zone_slots", 7, "a number from 2 to 6"),
        ("network: {nat_gateways: two}", "network.nat_gateways", "two", "'none', 'one' or 'one_per_zone'"),
        ("protected: yes", "protected", "yes", "a valid boolean"),
        ("account: 111122223333", "account", 111122223333, 'put it in quotes, "111122223333"'),
        ("log_retention_days: 8", "log_retention_days", 8, "7, 14"),
        ("application: My App", "application", "My App", "text such as hello-fargate"),
        ("eks: {fargate_profiles: {a: {selectors: []}}}", "eks.fargate_profiles.a.selectors", [], "at least 1"),
        ("ecs: {alarms: {topic: maybe}}", "ecs.alarms.topic", "maybe", "'create' or 'none', or text"),
        ("eks: {node_groups: {Bad_Name: {}}}", "eks.node_groups.Bad_Name", "Bad_Name", "hello-fargate"),
        ("name: a--b", "name", "a--b", "text such as sandbox"),
        (SERVICE % "{image: 'quay.io/a:.1'}", f"{CONTAINER}.image", "quay.io/a:.1", "a tag other than latest"),
        (SERVICE % "{image: 'quay.io/a@sha256:1'}", f"{CONTAINER}.image", "quay.io/a@sha256:1", "@sha256: digest"),
        (
            SERVICE % f"{{image: 'a:1', secrets: {{T: '{PARAMETER}:3'}}}}",
            f"{CONTAINER}.secrets.T",
            f"{PARAMETER}:3",
            "ssm",
        ),
        (ROUTED % "path_patterns: [a b]", f"{ROUTING}.path_patterns[0]", "a b", "text such as /orders/*"),
        (ROUTED % "host_headers: [localhost]", f"{ROUTING}.host_headers[0]", "localhost", "text such as *.example.com"),
        (ROUTED % f"health_check_path: {LONG}", f"{ROUTING}.health_check_path", LONG, "at most 1024 characters"),
        (PROFILE % "''", "eks.fargate_profiles.batch.selectors[0].labels.a", "", "it must match"),
    ],
)
def test_a_wrong_value_says_what_is_allowed(tmp_path: Path, line: str, key: str, value: object, allowed: str) -> None:
    found = problems(tmp_path, MINIMAL + line + "\n")
    assert found[key][:2] == (6, value)
    assert allowed in found[key][2]


@pytest.mark.parametrize(
    "line",
    [
        "network: {nat_gateways: one}",
        "network: {cidr: 10.0.0.0/16}",
        "network: {zone_slots: 6}",
        "protected: true",
        'account: "111122223333"',
        "log_retention_days: 7",
        "application: my-app",
        "ecs: {alarms: {topic: none}}",
        "eks: {node_groups: {good-name: {}}}",
        "name: a-b",
        SERVICE % "{image: 'quay.io/a:1'}",
        SERVICE % f"{{image: 'quay.io/a@sha256:{'0' * 64}'}}",
        SERVICE % f"{{image: 'quay.io/a:1', secrets: {{T: '{PARAMETER}'}}}}",
        ROUTED % "path_patterns: [a]",
        ROUTED % "host_headers: [local.host]",
        ROUTED % f"path_patterns: [a], health_check_path: {LONG[:1024]}",
        PROFILE % "b",
    ],
)
def test_its_nearest_neighbour_is_accepted(tmp_path: Path, line: str) -> None:
    load_environment(write(tmp_path, MINIMAL + line + "\n"))


def test_text_that_means_something_to_the_cdk_is_refused(tmp_path: Path) -> None:
    variable = (
        "ecs: {{services: {{web: {{containers: {{web: {{image: 'quay.io/a:1', environment: {{A: '{}'}}}}}}}}}}}}\n"
    )
    found = problems(tmp_path, MINIMAL + variable.format("${Token[TOKEN.1]}"))
    assert list(found) == ["ecs.services.web.containers.web.environment.A"]
    load_environment(write(tmp_path, MINIMAL + variable.format("${TOKEN}")))


def test_a_missing_key_is_missing_where_it_should_stand(tmp_path: Path) -> None:
    found = problems(tmp_path, MINIMAL.replace("region: eu-west-1\n", "").replace("  owner: team\n", ""))
    assert found["region"][1] is None
    assert found["tags.owner"][:2] == (2, None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (MINIMAL + "region: eu-west-2\n", 6),
        (MINIMAL + "network: {cidr: [}\n", 6),
        ("- a\n- b\n", 1),
        ("", 1),
    ],
    ids=["duplicate-key", "no-yaml", "a-list", "empty"],
)
def test_what_is_no_mapping_in_yaml_is_one_problem(tmp_path: Path, text: str, line: int) -> None:
    ((found_line, _, _),) = problems(tmp_path, text).values()
    assert found_line == line


def test_the_text_of_the_error_is_for_people(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL + "network:\n  cidr: 10.0.0.0/33\n")
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(path)
    assert str(error.value).splitlines() == [
        f"{path}: 1 problem, nothing was synthesized",
        f"  {path}:7: network.cidr: '10.0.0.0/33' is not allowed",
        "      allowed: an IPv4 range without host bits, such as 10.0.0.0/16",
        "      meaning: Address range of the VPC. Changing it replaces the VPC and all that is in it.",
    ]
