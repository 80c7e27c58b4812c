"""What becomes of data when its stack is deleted."""

from __future__ import annotations

import aws_cdk as cdk


def removal_policy(*, protected: bool) -> cdk.RemovalPolicy:
    """Keep what is protected, unless its creation failed; delete the rest.

    A plain `Retain` also keeps what a failed first deployment has made, and the next one then fails because a
    name is taken ("DeletionPolicy attribute", RetainExceptOnCreate).
    """
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if protected else cdk.RemovalPolicy.DESTROY
