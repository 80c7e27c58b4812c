"""Permissions that options state: the statements of a policy, and the findings that they explain."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.security.acknowledgements import (
    acknowledge,
    acknowledge_guard_rule,
    acknowledge_literal_texts,
    wildcard_resource,
)
from reference_constructs.security.policy_statement_options import PolicyStatementOptions

# Those of the Guard rule `iam_policy_names_what_is_grave`.
_GRAVE_ACTIONS = ("iam:PassRole", "kms:Decrypt", "secretsmanager:GetSecretValue", "sts:AssumeRole")


def policy_statements(statements: Sequence[PolicyStatementOptions]) -> list[iam.PolicyStatement]:
    """The same for the CDK."""
    return [
        iam.PolicyStatement(
            actions=list(statement.actions),
            resources=list(statement.resources),
            conditions={
                operator: {key: list(values) for key, values in keys.items()}
                for operator, keys in statement.conditions.items()
            },
        )
        for statement in statements
    ]


def acknowledge_stated(
    policy: iam.ManagedPolicy,
    statements: Sequence[PolicyStatementOptions],
    *,
    key: str,
    needed_by: str,
    besides: str = "",
) -> None:
    """Accept what checks find of statements that were asked for: wildcards, and policy variables.

    Args:
        policy: Has the statements.
        statements: What was asked for.
        key: The key that asks for them.
        needed_by: Who needs it, and who assumes the role.
        besides: Why the policy allows something on every resource that was not asked for, if it does.
    """
    everything = [each for each in statements if "*" in each.resources]
    reasons = [besides] if besides else []
    if everything:
        reasons.append(
            f"Every resource was asked for explicitly ({key}), for "
            f"{', '.join(action for each in everything for action in each.actions)}: some actions have no "
            "resource-level permission, and the checks of an environment file warn of those that have one."
        )
    if reasons:
        acknowledge(policy, "IAM5[Resource::*]", packs=("AwsSolutions",), reason=" ".join(reasons))
    if any(action in _GRAVE_ACTIONS for each in everything for action in each.actions):
        acknowledge_guard_rule(policy, "iam_policy_names_what_is_grave", reason=reasons[-1])
    # Below a name, such as every object of one bucket.
    resources = [wildcard_resource(policy, arn) for each in statements for arn in each.resources if "*" in arn]
    actions = [f"IAM5[Action::{action}]" for each in statements for action in each.actions if "*" in action]
    for concern in dict.fromkeys([*resources, *actions]):
        if concern != "IAM5[Resource::*]":
            acknowledge(
                policy,
                concern,
                packs=("AwsSolutions",),
                reason=f"The statement was asked for explicitly ({key}): {needed_by}",
            )
    acknowledge_literal_texts(
        policy,
        [text for each in statements for text in each.texts],
        reason=f"The statement was asked for explicitly ({key}): what looks like a parameter is a policy variable, "
        "which IAM replaces at each request.",
    )


def managed_policies(scope: Construct, prefix: str, arns: Sequence[str]) -> list[iam.IManagedPolicy]:
    """Managed policies that exist.

    Args:
        scope: Parent of what stands for them.
        prefix: First part of the construct IDs.
        arns: Their ARNs.
    """
    # Not by their names: AWS and an account can have the same one.
    return [
        iam.ManagedPolicy.from_managed_policy_arn(scope, f"{prefix}-{number}", arn) for number, arn in enumerate(arns)
    ]


def acknowledge_stated_policies(role: iam.Role, arns: Sequence[str], *, key: str) -> None:
    """Accept that a role has policies that AWS manages, if they were asked for.

    Args:
        role: Has the policies.
        arns: ARNs of managed policies.
        key: The key that asks for them.
    """
    for arn in arns:
        if ":iam::aws:" in arn:
            acknowledge(
                role,
                f"IAM4[Policy::{arn}]",
                packs=("AwsSolutions",),
                reason=f"The policy was asked for explicitly ({key}); statements can narrow what it allows.",
            )
