"""Answer `DescribeStacks` when the stack is done: the CDK CLI asks every five seconds, and a stack takes one."""

from __future__ import annotations

import asyncio
from typing import Any

import ministack.services.cloudformation as cloudformation

WAIT_SECONDS = 3.0
STEP_SECONDS = 0.02


def wait_in_describe_stacks() -> None:
    """Put the wait in front of ministack's CloudFormation."""
    answer = cloudformation.handle_request

    async def answer_when_done(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if b"Action=DescribeStacks" in body:
            name = body.decode().partition("StackName=")[2].partition("&")[0]
            for _ in range(round(WAIT_SECONDS / STEP_SECONDS)):
                if not _in_progress(name):
                    break
                await asyncio.sleep(STEP_SECONDS)
        return await answer(method, path, headers, body, query)

    cloudformation.handle_request = answer_when_done


def _in_progress(name_or_encoded_id: str) -> bool:
    statuses = [stack["StackStatus"] for name, stack in cloudformation._stacks.items() if name in name_or_encoded_id]
    return any(status.endswith("_IN_PROGRESS") and not status.startswith("REVIEW") for status in statuses)
