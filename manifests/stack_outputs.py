"""Outputs of a deployed stack: from a file, or from AWS by the AWS CLI."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path


class MissingOutputError(Exception):
    """An output cannot be had; the text says what to do."""


class StackOutputs(Mapping[str, str]):
    """Outputs by name, read when the first is asked for: many environments need none."""

    def __init__(self, stack: str, *, region: str, file: Path | None = None) -> None:
        """Say where the outputs are.

        Args:
            stack: Name of the stack.
            region: Its AWS Region.
            file: What `cdk deploy --outputs-file` wrote, or the answer of `aws cloudformation describe-stacks`. Without
                it, the AWS CLI is asked.
        """
        self._stack = stack
        self._region = region
        self._file = file

    def __getitem__(self, name: str) -> str:
        """The value of an output.

        Raises:
            MissingOutputError: If the stack has no such output, or the outputs cannot be read.
        """
        if name not in self._outputs:
            raise MissingOutputError(
                f"the stack {self._stack} has no output {name}: deploy this version of the environment first"
            )
        return self._outputs[name]

    def __iter__(self) -> Iterator[str]:
        """Names of the outputs."""
        return iter(self._outputs)

    def __len__(self) -> int:
        """Number of the outputs."""
        return len(self._outputs)

    @cached_property
    def _outputs(self) -> Mapping[str, str]:
        return self._of_file(self._file) if self._file is not None else self._of_aws()

    def _of_file(self, file: Path) -> Mapping[str, str]:
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise MissingOutputError(f"{file} cannot be read: {error}") from None
        for stack in found.get("Stacks", ()):
            if stack.get("StackName") == self._stack:
                return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
        outputs: Mapping[str, str] | None = found.get(self._stack)
        if outputs is None:
            raise MissingOutputError(f"{file} has no outputs of the stack {self._stack}")
        return outputs

    def _of_aws(self) -> Mapping[str, str]:
        command = ["aws", "cloudformation", "describe-stacks", "--region", self._region, "--stack-name", self._stack]
        try:
            answer = subprocess.run([*command, "--output", "json"], capture_output=True, text=True, check=True)  # noqa: S603 - no shell, and no text of others
            (stack,) = json.loads(answer.stdout)["Stacks"]
        except FileNotFoundError:
            raise MissingOutputError(f"there is no AWS CLI here; give the answer of `{' '.join(command)}`") from None
        except subprocess.CalledProcessError as error:
            raise MissingOutputError(f"`{' '.join(command)}` failed: {error.stderr.strip()}") from None
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
