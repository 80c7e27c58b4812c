"""The keywords that every stack hands on to the CDK unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import aws_cdk as cdk


class StackOptions(TypedDict):
    """What `app.py` decides for all stacks alike."""

    env: cdk.Environment
    description: str
    tags: Mapping[str, str]
    termination_protection: bool
