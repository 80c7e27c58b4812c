"""The policy of an add-on for which the one that AWS manages is too wide."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.add_ons.catalog import Permission
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource


class AddOnPolicy(iam.ManagedPolicy):
    """The permissions of a row of the catalog, in the account and the Region of the cluster."""

    def __init__(self, scope: Construct, construct_id: str, *, permissions: Sequence[Permission]) -> None:
        """Define the policy.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            permissions: What the row allows.
        """
        stack = cdk.Stack.of(scope)
        here = {"partition": stack.partition, "region": stack.region, "account": stack.account}
        granted = [(each, [arn.format(**here) for arn in each.resources]) for each in permissions]
        super().__init__(
            scope,
            construct_id,
            statements=[
                iam.PolicyStatement(
                    actions=list(permission.actions),
                    resources=arns,
                    conditions={operator: dict(keys) for operator, keys in permission.conditions.items()},
                )
                for permission, arns in granted
            ],
        )
        reasons: dict[str, list[str]] = {}
        for permission, arns in granted:
            for arn in arns:
                concern = "IAM5[Resource::*]" if arn == "*" else wildcard_resource(self, arn)
                reasons.setdefault(concern, []).append(permission.reason)
        for concern, told in reasons.items():
            acknowledge(self, concern, packs=("AwsSolutions",), reason=" ".join(told))
