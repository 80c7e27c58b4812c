"""Command line: `python -m tools.run_task --environment NAME TASK [--command "..."]`; `make run-task TASK=NAME`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from settings import InvalidEnvironmentError, load_environment
from tools.run_task.run import NOT_STARTED, Run, RunTaskError


def main(arguments: Sequence[str] | None = None, *, client: Callable[[str], Any] | None = None) -> int:
    """Run a task and wait for its end.

    Returns:
        The exit code of its essential container; 69 (EX_UNAVAILABLE) if there is none.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.run_task", description=__doc__)
    parser.add_argument("task", help="name of a task in ecs.standalone_tasks or ecs.scheduled_tasks")
    parser.add_argument("--environment", required=True, help="name or file of the environment")
    parser.add_argument("--command", default="", help="takes the place of the command of the essential container")
    options = parser.parse_args(arguments)
    try:
        environment = load_environment(options.environment)
        run = Run(client or _clients(environment.region), environment=environment.name, task=options.task)
        arn = run.start(shlex.split(options.command))
        print(f"started {arn}", flush=True)
        return _wait(run, arn)
    except (InvalidEnvironmentError, RunTaskError, BotoCoreError, ClientError, ValueError) as error:
        print(f"run-task: {error}", file=sys.stderr)
        return NOT_STARTED


def _wait(run: Run, arn: str) -> int:
    try:
        for line in run.follow(arn):
            print(line, flush=True)
    except KeyboardInterrupt:
        run.stop(arn)
        print("run-task: the task is told to stop", file=sys.stderr)
        return 130
    status, told = run.outcome(run.describe(arn))
    print("\n".join(told), file=sys.stderr)
    return status


def _clients(region: str) -> Callable[[str], Any]:
    """Clients for the caller's credentials, and of the Region of the file."""
    session = boto3.Session(region_name=region)
    return cache(session.client)


if __name__ == "__main__":
    sys.exit(main())
