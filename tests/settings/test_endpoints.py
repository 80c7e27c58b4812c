"""The endpoints that are derived are those that the rules ask for, and no others."""

from __future__ import annotations

from contextlib import nullcontext as _nothing
from pathlib import Path

import pytest

from facts.endpoint_needs import EndpointNeed
from settings import load_environment
from settings.endpoints import actions_without_endpoint, interface_endpoints, vpc_options
from tests.support.rule_pairs import FARGATE, HEAD, MANAGED, PRIVATE_ACCESS, eks, network, problems

DERIVED = network("nat_gateways: none", "interface_endpoints: derived", "gateway_endpoints: [dynamodb]")
IMAGES = {"ecr.api", "ecr.dkr"}
PARAMETER = "secrets: {T: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}"
DATABASE = "secrets: {T: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf'}"
QUEUE = "task_role_statements: [{actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:eu-west-1:111122223333:a']}]"


def task(*keys: str, container: str = "port: 8080") -> str:
    lines = "".join(f"      {key}\n" for key in keys)
    return f"ecs:\n  services:\n    web:\n      containers: {{web: {{image: 'app:1', {container}}}}}\n{lines}"


ENVIRONMENTS = {
    "no platform": (DERIVED, set()),
    "an empty cluster": (DERIVED + "ecs: {}\n", IMAGES),
    "a task": (DERIVED + task(), IMAGES | {"logs"}),
    "instances of ECS": (DERIVED + "ecs: {capacity: {default: {}}}\n", IMAGES | {"ecs", "ecs-agent", "ecs-telemetry"}),
    "secrets": (DERIVED + task(container=DATABASE), IMAGES | {"logs", "secretsmanager"}),
    "parameters": (DERIVED + task(container=PARAMETER), IMAGES | {"logs", "ssm"}),
    "ECS Exec": (
        DERIVED + task("execute_command: true", container="read_only_root_filesystem: false"),
        IMAGES | {"logs", "ssmmessages", "kms"},
    ),
    "what a role may call": (DERIVED + task(QUEUE), IMAGES | {"logs", "sqs"}),
    "a gateway endpoint is none": (
        DERIVED
        + task(
            QUEUE.replace("sqs:SendMessage", "dynamodb:GetItem").replace(
                "sqs:eu-west-1:111122223333:a", "dynamodb:eu-west-1:111122223333:table/a"
            )
        ),
        IMAGES | {"logs"},
    ),
    "nodes, and the only way in": (
        eks(MANAGED, head=DERIVED),
        IMAGES | {"ec2", "eks-auth", "ssm", "ssmmessages"},
    ),
    "nodes, and another way in": (eks(MANAGED, PRIVATE_ACCESS, head=DERIVED), IMAGES | {"ec2", "eks-auth"}),
    "pods on Fargate": (eks(FARGATE, PRIVATE_ACCESS, head=DERIVED), IMAGES),
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_exactly_what_is_needed_is_derived_and_nothing_is_missing(tmp_path: Path, name: str) -> None:
    text, endpoints = ENVIRONMENTS[name]
    assert problems(tmp_path, text) == []
    environment = load_environment(str(tmp_path / "checked.yaml"))

    assert interface_endpoints(environment) == tuple(sorted(endpoints))
    assert vpc_options(environment).interface_endpoints == tuple(sorted(endpoints))
    # Listed by hand, they are enough, and without any of them something is missing.
    listed = text.replace("derived", f"[{', '.join(sorted(endpoints))}]")
    assert problems(tmp_path, listed) == []
    for one in endpoints:
        fewer = text.replace("derived", f"[{', '.join(sorted(endpoints - {one}))}]")
        assert [problem.key for problem in problems(tmp_path, fewer)] == ["network.interface_endpoints"], one


def test_with_nat_gateways_the_same_are_derived(tmp_path: Path) -> None:
    assert problems(tmp_path, DERIVED.replace("nat_gateways: none", "nat_gateways: one") + task()) == []
    assert set(interface_endpoints(load_environment(str(tmp_path / "checked.yaml")))) == IMAGES | {"logs"}


def test_a_row_for_an_add_on_or_a_kind_is_enough_for_its_endpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = EndpointNeed(about="shelves", endpoints=("fsx",), sources=("a page",))
    for table, name in (("kinds", "managed"), ("add_ons", "metrics-server")):
        monkeypatch.setattr(
            "settings.endpoints.endpoint_needs", lambda asked, at=table, of=name: {of: row} if asked == at else {}
        )
        text = network("nat_gateways: none", "interface_endpoints: []")
        (problem,) = problems(tmp_path, eks(MANAGED, PRIVATE_ACCESS, head=text))
        assert problem.finding == "nat_gateways is none, but there is no endpoint fsx (shelves)"


def test_what_a_file_is_warned_of_is_what_stacks_acknowledge(tmp_path: Path) -> None:
    path = tmp_path / "checked.yaml"
    listed = DERIVED.replace("derived", "[ecr.api, ecr.dkr, logs]")
    for text, missing in ((DERIVED, []), (listed, ["sqs:SendMessage"]), (HEAD, [])):
        assert bool(problems(tmp_path, text + task(QUEUE))) is bool(missing)
        path.write_text(text + task(QUEUE))
        with pytest.warns() if missing else _nothing():
            environment = load_environment(str(path))
        assert environment.ecs is not None
        assert actions_without_endpoint(environment, environment.ecs.services["web"]) == missing
