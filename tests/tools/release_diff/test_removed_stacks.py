"""`make removed-stacks`: what an environment had and its file no longer has, and how it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.release_diff.removed_stacks import removed, told


def _assembly(folder: Path, templates: dict[str, dict[str, Any]], *, protected: bool = False) -> Path:
    artifacts = {}
    for name, resources in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
        artifacts[name] = {
            "environment": "aws://unknown-account/eu-west-1",
            "properties": {"terminationProtection": protected},
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def _reader(stack: str) -> dict[str, Any]:
    return {"Reader": {"Type": "AWS::ECS::Service", "Properties": {"Cluster": {"Fn::ImportValue": f"{stack}:Cluster"}}}}


LOG: dict[str, Any] = {"Log": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"}}


def test_a_service_that_is_taken_out_is_listed_with_its_command(tmp_path: Path) -> None:
    base = _assembly(tmp_path, {"blue-ecs-cluster": {}, "blue-ecs-service-web": _reader("blue-ecs-cluster") | LOG})

    found = removed(base, ["blue-ecs-cluster"])

    assert told(found).splitlines() == [
        "# blue-ecs-service-web",
        "# stays in the account, with what is in it: AWS::Logs::LogGroup",
        "aws cloudformation delete-stack --stack-name blue-ecs-service-web --region eu-west-1",
        "aws cloudformation wait stack-delete-complete --stack-name blue-ecs-service-web --region eu-west-1",
    ]


def test_a_protected_stack_is_unprotected_first(tmp_path: Path) -> None:
    base = _assembly(tmp_path, {"blue-ecs-service-web": {}}, protected=True)

    first, *_ = [command for stack in removed(base, []) for command in stack.commands()]

    assert first.startswith("aws cloudformation update-termination-protection --no-enable-termination-protection")


def test_those_that_read_from_others_go_first(tmp_path: Path) -> None:
    base = _assembly(tmp_path, {"blue-a": {}, "blue-b": _reader("blue-c"), "blue-c": _reader("blue-a"), "blue-d": {}})

    assert [each.name for each in removed(base, ["blue-d"])] == ["blue-b", "blue-c", "blue-a"]


def test_a_stack_that_stays_and_reads_is_deployed_first(tmp_path: Path) -> None:
    base = _assembly(tmp_path, {"blue-ecs-connections": {}, "blue-ecs-service-web": _reader("blue-ecs-connections")})

    (found,) = removed(base, ["blue-ecs-service-web"])

    assert next(iter(found.commands())) == "cdk deploy --exclusively blue-ecs-service-web"


@pytest.mark.parametrize("names", [["blue-ecs-cluster"], ["blue-ecs-cluster", "blue-ecs-service-new"]])
def test_a_file_that_has_all_of_them_is_told_so(tmp_path: Path, names: list[str]) -> None:
    assert (
        told(removed(_assembly(tmp_path, {"blue-ecs-cluster": {}}), names)) == "The file has every stack that it had."
    )
