"""What happens to a resource that holds data when its stack is deleted."""

from __future__ import annotations

import aws_cdk as cdk


def removal_policy(*, protected: bool) -> cdk.RemovalPolicy:
    """The removal policy of a resource that holds data.

    A plain `Retain` also keeps what a failed first deployment has created, and the next deployment then fails because
    the name is taken ("DeletionPolicy attribute", RetainExceptOnCreate).

    Args:
        protected: Keep the resource, unless its creation was rolled back; otherwise delete it.
    """
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if protected else cdk.RemovalPolicy.DESTROY
