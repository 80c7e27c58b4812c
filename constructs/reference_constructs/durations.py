"""Durations, each made once: it is a call into the jsii kernel, and a value without a scope."""

from __future__ import annotations

from functools import cache

import aws_cdk as cdk


@cache
def seconds(amount: int) -> cdk.Duration:
    """`cdk.Duration.seconds`, the same object for the same amount.

    Args:
        amount: Number of seconds.
    """
    return cdk.Duration.seconds(amount)
