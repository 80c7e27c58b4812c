"""Where the logs of a task definition with FireLens go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.workload_import.accepted import objections
from tools.workload_import.task_definition import from_task_definition

ARN = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1"
HOST = "vpc-logs-abcdefghijklmnopqrstuvwxyz.eu-central-1.es.amazonaws.com"


def _task(
    tmp_path: Path,
    *outputs: dict[str, str],
    kind: str = "fluentbit",
    options: dict[str, str] | None = None,
    arn: str = ARN,
) -> tuple[Any, list[str]]:
    """The service that is made of a task with a container for each output, and the reasons of the list."""
    containers: list[dict[str, Any]] = [
        {
            "name": f"app-{number}",
            "image": "public.ecr.aws/example/app:1.0",
            "logConfiguration": {"logDriver": "awsfirelens", "options": output},
        }
        for number, output in enumerate(outputs)
    ]
    configuration = {"type": kind, "options": options or {}}
    router = {"name": "router", "image": "example/router:1.0", "memory": 64, "firelensConfiguration": configuration}
    path = tmp_path / "task.json"
    definition = {"taskDefinitionArn": arn, "family": "web", "containerDefinitions": [*containers, router]}
    path.write_text(json.dumps({"taskDefinition": definition}))
    block, ledger = from_task_definition(path)
    return block.ecs["services"]["web"], [note.reason for note in ledger.notes()]


@pytest.mark.parametrize(
    ("output", "destination"),
    [
        ({"Name": "cloudwatch_logs", "log_group_name": "a"}, {"kind": "cloudwatch"}),
        (
            {"Name": "s3", "bucket": "logs", "s3_key_format": "/a/b/$TAG/%Y"},
            {"kind": "s3", "bucket_arn": "arn:aws:s3:::logs", "prefix": "a/b"},
        ),
        ({"Name": "s3", "bucket": "logs"}, {"kind": "s3", "bucket_arn": "arn:aws:s3:::logs", "prefix": "web"}),
        (
            {"Name": "kinesis_firehose", "region": "eu-north-1", "delivery_stream": "logs"},
            {"kind": "firehose", "stream_arn": "arn:aws:firehose:eu-north-1:111122223333:deliverystream/logs"},
        ),
        (
            {"Name": "opensearch", "Host": HOST, "Index": "web"},
            {
                "kind": "opensearch",
                "domain_arn": "arn:aws:es:eu-central-1:111122223333:domain/logs",
                "endpoint": HOST,
                "index": "web",
            },
        ),
    ],
)
def test_the_router_becomes_a_key_of_the_task(
    output: dict[str, str], destination: dict[str, str], tmp_path: Path
) -> None:
    service, _ = _task(tmp_path, output, output)
    assert service["log_router"] == {"destination": destination, "memory_mib": 64}
    assert list(service["containers"]) == ["app-0", "app-1"]


@pytest.mark.parametrize(
    ("outputs", "arn"),
    [
        ([{"Name": "datadog", "apikey": "a"}], ARN),
        ([{"Name": "s3", "bucket": "a"}, {"Name": "s3", "bucket": "b"}], ARN),
        ([{"Name": "opensearch", "Host": "logs.example.com", "Index": "web"}], ARN),
        ([{"Name": "firehose", "delivery_stream": "logs"}], ""),
        ([], ARN),
    ],
)
def test_without_one_destination_that_is_here_it_stays_a_container(
    outputs: list[dict[str, str]], arn: str, tmp_path: Path
) -> None:
    service, reasons = _task(tmp_path, *outputs, arn=arn)
    assert "log_router" not in service
    assert "router" in service["containers"]
    assert any("log_router sends logs to" in reason for reason in reasons)


def test_fluentd_stays_a_container(tmp_path: Path) -> None:
    service, reasons = _task(tmp_path, {"Name": "cloudwatch"}, kind="fluentd")
    assert "log_router" not in service
    assert any("log_router is Fluent Bit" in reason for reason in reasons)


def test_a_configuration_in_the_image_is_listed(tmp_path: Path) -> None:
    options = {"config-file-type": "file", "config-file-value": "/extra.conf"}
    service, reasons = _task(tmp_path, {"Name": "cloudwatch"}, options=options)
    assert "configuration_file_arn" not in service["log_router"]
    assert any("the file is in the image" in reason for reason in reasons)


def test_the_rules_are_asked_for_the_region_of_the_task_definition(tmp_path: Path) -> None:
    arn = ARN.replace("eu-west-1", "ap-northeast-1")
    _task(tmp_path, {"Name": "firehose", "delivery_stream": "logs"}, arn=arn)
    block, _ = from_task_definition(tmp_path / "task.json")
    assert objections(block.data, block.region)[0] == []
    assert "an ARN in the Region eu-west-1" in objections(block.data)[0][0]
