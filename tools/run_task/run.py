"""A run of a task: what it is told, what it logs, how it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

KINDS: Final = ("standalone-task", "scheduled-task")
_OUTPUT: Final = "RunTaskRequest"
_POLL_SECONDS: Final = 3
# No exit code of the program is needed for these: `sysexits.h`, EX_UNAVAILABLE.
NOT_STARTED: Final = 69
_CREDENTIALS: Final = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException")

Client = Any  # boto3 has no types
Json = dict[str, Any]


class RunTaskError(Exception):
    """The task was not started, in words that say what to do."""


class Run:
    """One task of an environment.

    Attributes:
        request: What `RunTask` is called with, from the output of the stack.
    """

    request: Json

    def __init__(
        self,
        client: Callable[[str], Client],
        *,
        environment: str,
        task: str,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Read how the task is run.

        Args:
            client: Gives a client of an AWS service.
            environment: Name of the environment.
            task: Name of a standalone or a scheduled task in its file.
            wait: Waits some seconds.

        Raises:
            RunTaskError: If AWS does not answer, or no such task is deployed.
        """
        self._client = client
        self._wait = wait
        self._environment = environment
        self._task = task
        self.request = self._read_request()
        definition = self._call("ecs", "describe_task_definition", taskDefinition=self.request["taskDefinition"])
        self._containers: list[Json] = definition["taskDefinition"]["containerDefinitions"]

    def _read_request(self) -> Json:
        stacks = [f"{self._environment}-ecs-{kind}-{self._task}" for kind in KINDS]
        for stack in stacks:
            try:
                found = self._call("cloudformation", "describe_stacks", StackName=stack)["Stacks"][0]
            except ClientError as error:
                if "does not exist" not in str(error):
                    raise RunTaskError(f"AWS CloudFormation refuses to describe {stack}: {error}") from error
                continue
            outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
            if _OUTPUT not in outputs:
                raise RunTaskError(f"stack {stack} is {found['StackStatus']} and has no output {_OUTPUT}: deploy it")
            request: Json = json.loads(outputs[_OUTPUT])
            return request
        raise RunTaskError(
            f"there is no stack {' or '.join(stacks)} in this account and Region: is the task in "
            "ecs.standalone_tasks or ecs.scheduled_tasks, and deployed?"
        )

    def start(self, command: Sequence[str] = ()) -> str:
        """Start the task.

        Args:
            command: Takes the place of the command of the essential container.

        Returns:
            The ARN of the task.

        Raises:
            RunTaskError: If Amazon ECS does not start it.
        """
        request = self.request
        if command:
            override = {"name": self._commanded_container(), "command": list(command)}
            request = request | {"overrides": {"containerOverrides": [override]}}
        try:
            answer = self._call("ecs", "run_task", **request, startedBy="make run-task")
        except ClientError as error:
            raise RunTaskError(f"Amazon ECS refuses to run the task: {error}") from error
        if failures := answer.get("failures"):
            reasons = "; ".join(f"{each.get('reason')} ({each.get('detail') or each.get('arn')})" for each in failures)
            raise RunTaskError(
                f"Amazon ECS has no capacity for the task: {reasons}. RESOURCE:* means that no instance has room; "
                "capacity is unavailable means that Fargate has none in these zones now. Try again, or change "
                "capacity_provider_strategy"
            )
        return str(answer["tasks"][0]["taskArn"])

    def _commanded_container(self) -> str:
        essential = [each["name"] for each in self._containers if each.get("essential", True)]
        if len(essential) != 1:
            raise RunTaskError(f"COMMAND needs one essential container, and there are {', '.join(essential)}")
        return str(essential[0])

    def follow(self, arn: str) -> Iterator[str]:
        """The lines of its log, until it has stopped.

        Args:
            arn: ARN of the task.
        """
        logs = _Logs(self._client("logs"), self._containers, arn.rpartition("/")[2])
        last_status = ""
        while True:
            task = self.describe(arn)
            if task["lastStatus"] != last_status:
                last_status = task["lastStatus"]
                yield f"[{last_status}]"
            stopped = last_status == "STOPPED"
            if stopped:
                # What it wrote last arrives after it has ended.
                self._wait(_POLL_SECONDS)
            yield from logs.new_lines()
            if stopped:
                return
            self._wait(_POLL_SECONDS)

    def describe(self, arn: str) -> Json:
        """The task as Amazon ECS describes it.

        Args:
            arn: ARN of the task.

        Raises:
            RunTaskError: If Amazon ECS has forgotten it.
        """
        tasks = self._call("ecs", "describe_tasks", cluster=self.request["cluster"], tasks=[arn])["tasks"]
        if not tasks:
            raise RunTaskError(f"Amazon ECS does not know {arn} any more: it stopped more than an hour ago")
        task: Json = tasks[0]
        return task

    def stop(self, arn: str) -> None:
        """Stop it, for whoever does not want to wait.

        Args:
            arn: ARN of the task.
        """
        self._call(
            "ecs", "stop_task", cluster=self.request["cluster"], task=arn, reason="make run-task was interrupted"
        )

    def outcome(self, task: Mapping[str, Any]) -> tuple[int, list[str]]:
        """Exit status, and what to tell of it.

        Args:
            task: The stopped task.
        """
        essential = {each["name"] for each in self._containers if each.get("essential", True)}
        told = [f"stopped: {task.get('stoppedReason', 'no reason given')} ({task.get('stopCode', 'no code')})"]
        codes = []
        for container in task.get("containers", []):
            code, reason = container.get("exitCode"), container.get("reason")
            said = f"exit code {code}" if code is not None else "no exit code: it did not run to its end"
            told.append(f"container {container['name']}: {said}{f': {reason}' if reason else ''}")
            if container["name"] in essential:
                codes.append(NOT_STARTED if code is None else int(code))
        if "CannotPull" in "".join(told):
            told.append("the image was not pulled: is it pushed, and is its tag right?")
        failed = [code for code in codes if code]
        return (failed[0] if failed else 0 if codes else NOT_STARTED), told

    def _call(self, service: str, operation: str, **parameters: Any) -> Json:  # noqa: ANN401 - any request
        try:
            answer: Json = getattr(self._client(service), operation)(**parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _CREDENTIALS:
                raise RunTaskError(f"the AWS credentials are not valid any more, or not yet: {error}") from error
            raise
        except BotoCoreError as error:
            raise RunTaskError(f"AWS cannot be asked: {error}") from error
        return answer


class _Logs:
    """The log streams of a task, one for each container."""

    def __init__(self, client: Client, containers: Sequence[Json], task_id: str) -> None:
        self._client = client
        self._streams: list[tuple[str, str, str]] = []
        self._next: dict[str, str] = {}
        for container in containers:
            options = container.get("logConfiguration", {}).get("options", {})
            if "awslogs-group" in options:
                stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task_id}"
                self._streams.append((container["name"], options["awslogs-group"], stream))

    def new_lines(self) -> Iterator[str]:
        for name, group, stream in self._streams:
            prefix = f"{name}: " if len(self._streams) > 1 else ""
            for event in self._events(group, stream):
                yield f"{prefix}{event['message'].rstrip()}"

    def _events(self, group: str, stream: str) -> Iterator[Json]:
        while True:
            token = {"nextToken": self._next[stream]} if stream in self._next else {}
            try:
                page = self._client.get_log_events(
                    logGroupName=group, logStreamName=stream, startFromHead=True, **token
                )
            except ClientError as error:
                # A container that has written nothing has no stream.
                if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                    return
                raise RunTaskError(f"the log cannot be read: {error}") from error
            yield from page["events"]
            if page["nextForwardToken"] == self._next.get(stream):
                return
            self._next[stream] = page["nextForwardToken"]
