"""What `app.py` imports while another thread waits for the jsii kernel must not call it."""

from __future__ import annotations

import subprocess
import sys

from tests.support.synthesis import ROOT

COUNT_CALLS = """
import aws_cdk, policy
from jsii._kernel.providers import process

calls = []
answered = process._NodeProcess.send
process._NodeProcess.send = lambda *arguments: calls.append(1) or answered(*arguments)
import {module}
print(len(calls))
"""


def calls_while_importing(module: str) -> int:
    code = COUNT_CALLS.format(module=module)
    return int(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout)


def test_importing_the_stacks_calls_no_kernel() -> None:
    assert calls_while_importing("stacks.platform") == 0


def test_the_count_sees_a_call() -> None:
    assert calls_while_importing("policy; policy.guard()") > 0
