"""`make run-task`: what Amazon ECS is asked, what is printed, and the exit status; answers are recorded ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from tests.support.rule_pairs import standalone
from tools.run_task import run as module
from tools.run_task.__main__ import main

CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/shop"
DEFINITION = "arn:aws:ecs:eu-west-1:111122223333:task-definition/shopmigration:7"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/shop/0123456789abcdef0123456789abcdef"
NETWORK = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
REQUEST: dict[str, Any] = {
    "cluster": CLUSTER,
    "taskDefinition": DEFINITION,
    "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "base": 0, "weight": 1}],
    "networkConfiguration": {"awsvpcConfiguration": NETWORK},
    "propagateTags": "TASK_DEFINITION",
}
LOG = {"logDriver": "awslogs", "options": {"awslogs-group": "logs", "awslogs-stream-prefix": "web"}}
STREAM = {"logGroupName": "logs", "logStreamName": f"web/web/{TASK[-32:]}", "startFromHead": True}


class Aws:
    """Recorded answers, in the order in which they are asked for; a request of another form fails."""

    def __init__(self) -> None:
        made = {
            name: boto3.client(name, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
            for name in ("cloudformation", "ecs", "logs")
        }
        self.clients: dict[str, Any] = made
        self.stubs = {name: Stubber(client) for name, client in made.items()}
        for stub in self.stubs.values():
            stub.activate()

    def stack(self, kind: str = "standalone-task", **outputs: str) -> None:
        stated = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        name = f"checked-ecs-{kind}-migration"
        stack = {"StackName": name, "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": stated}
        self.stubs["cloudformation"].add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": name})

    def no_stack(self, kind: str) -> None:
        name = f"checked-ecs-{kind}-migration"
        self.stubs["cloudformation"].add_client_error(
            "describe_stacks",
            "ValidationError",
            f"Stack with id {name} does not exist",
            expected_params={"StackName": name},
        )

    def deployed(self, *containers: dict[str, Any]) -> None:
        self.stack(RunTaskRequest=json.dumps(REQUEST))
        definition = {"containerDefinitions": [*containers] or [{"name": "web", "logConfiguration": LOG}]}
        self.stubs["ecs"].add_response("describe_task_definition", {"taskDefinition": definition})

    def started(self, **further: object) -> None:
        expected = {**REQUEST, "startedBy": "make run-task", **further}
        self.stubs["ecs"].add_response("run_task", {"tasks": [{"taskArn": TASK}], "failures": []}, expected)

    def described(self, status: str, **task: object) -> None:
        answer = {"tasks": [{"taskArn": TASK, "lastStatus": status, **task}]}
        self.stubs["ecs"].add_response("describe_tasks", answer, {"cluster": CLUSTER, "tasks": [TASK]})

    def ended(self, **container: object) -> None:
        """Twice: once for the log, once for the end."""
        task = {"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited"}
        for _ in range(2):
            self.described("STOPPED", **task, containers=[{"name": "web", **container}])

    def logged(self, *lines: str, after: str = "", up_to: str) -> None:
        expected = STREAM | ({"nextToken": after} if after else {})
        answer = {"events": [{"message": line} for line in lines], "nextForwardToken": up_to}
        self.stubs["logs"].add_response("get_log_events", answer, expected)

    def nothing_logged(self) -> None:
        self.stubs["logs"].add_client_error("get_log_events", "ResourceNotFoundException", "no stream")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setattr(module, "_POLL_SECONDS", 0)
    found = Aws()
    yield found
    for stub in found.stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "checked.yaml"
    path.write_text(standalone())
    return str(path)


def run(aws: Aws, file: str, *arguments: str) -> int:
    return main(["migration", "--environment", file, *arguments], client=aws.clients.__getitem__)


def test_it_follows_the_log_and_exits_with_zero(aws: Aws, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.deployed()
    aws.started()
    aws.described("RUNNING")
    aws.logged("one\n", "two", up_to="f/2")
    aws.logged(after="f/2", up_to="f/2")
    aws.ended(exitCode=0)
    aws.logged("three", after="f/2", up_to="f/3")
    aws.logged(after="f/3", up_to="f/3")

    assert run(aws, file) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"started {TASK}", "[RUNNING]", "one", "two", "[STOPPED]", "three"]
    assert err.splitlines() == [
        "stopped: Essential container in task exited (EssentialContainerExited)",
        "container web: exit code 0",
    ]


def test_it_exits_with_the_exit_code_of_the_essential_container(aws: Aws, file: str) -> None:
    aws.deployed()
    aws.started()
    aws.ended(exitCode=3)
    aws.nothing_logged()

    assert run(aws, file) == 3


def test_a_command_takes_the_place_of_that_of_the_essential_container(aws: Aws, file: str) -> None:
    aws.deployed({"name": "log", "essential": False}, {"name": "web"})
    aws.started(overrides={"containerOverrides": [{"name": "web", "command": ["migrate", "--to", "a b"]}]})
    aws.ended(exitCode=0)

    assert run(aws, file, "--command", "migrate --to 'a b'") == 0


def test_an_image_that_is_not_pulled_is_no_success(aws: Aws, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.deployed({"name": "web"})
    aws.started()
    aws.ended(reason="CannotPullContainerError: not found")

    assert run(aws, file) == module.NOT_STARTED
    assert capsys.readouterr().err.splitlines()[1:] == [
        "container web: no exit code: it did not run to its end: CannotPullContainerError: not found",
        "the image was not pulled: is it pushed, and is its tag right?",
    ]


def test_a_task_that_stopped_before_it_had_containers_is_no_success(aws: Aws, file: str) -> None:
    aws.deployed({"name": "web"})
    aws.started()
    for _ in range(2):
        aws.described(
            "STOPPED", stopCode="TaskFailedToStart", stoppedReason="ResourceInitializationError", containers=[]
        )

    assert run(aws, file) == module.NOT_STARTED


def test_no_capacity_is_told(aws: Aws, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.deployed()
    failure = {"reason": "RESOURCE:MEMORY", "arn": "arn:instance"}
    aws.stubs["ecs"].add_response("run_task", {"tasks": [], "failures": [failure]})

    assert run(aws, file) == module.NOT_STARTED
    assert "no capacity for the task: RESOURCE:MEMORY (arn:instance)" in capsys.readouterr().err


def test_a_scheduled_task_is_run_likewise(aws: Aws, file: str) -> None:
    aws.no_stack("standalone-task")
    aws.stack("scheduled-task", RunTaskRequest=json.dumps(REQUEST))
    aws.stubs["ecs"].add_response("describe_task_definition", {"taskDefinition": {"containerDefinitions": []}})
    aws.started()
    aws.described("STOPPED")
    aws.described("STOPPED", containers=[])

    assert run(aws, file) == module.NOT_STARTED


def test_a_task_that_is_not_deployed_is_told(aws: Aws, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in module.KINDS:
        aws.no_stack(kind)

    assert run(aws, file) == module.NOT_STARTED
    assert "there is no stack checked-ecs-standalone-task-migration or" in capsys.readouterr().err


def test_a_stack_that_is_not_ready_is_told(aws: Aws, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.stack()

    assert run(aws, file) == module.NOT_STARTED
    assert "has no output RunTaskRequest" in capsys.readouterr().err


def test_credentials_that_have_expired_are_told(aws: Aws, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.stubs["cloudformation"].add_client_error("describe_stacks", "ExpiredToken", "The token has expired")

    assert run(aws, file) == module.NOT_STARTED
    assert "the AWS credentials are not valid any more" in capsys.readouterr().err


def test_no_credentials_are_told(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    def client(_: str) -> object:
        raise NoCredentialsError

    assert main(["migration", "--environment", file], client=client) == module.NOT_STARTED
    assert capsys.readouterr().err == "run-task: AWS cannot be asked: Unable to locate credentials\n"


def test_an_interrupted_run_stops_the_task(aws: Aws, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.deployed()
    aws.started()

    def interrupted(*_: object) -> Iterator[str]:
        raise KeyboardInterrupt
        yield ""

    monkeypatch.setattr(module.Run, "follow", interrupted)
    expected = {"cluster": CLUSTER, "task": TASK, "reason": "make run-task was interrupted"}
    aws.stubs["ecs"].add_response("stop_task", {}, expected)

    assert run(aws, file) == 130
