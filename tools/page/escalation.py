"""Permissions by which who has one role gets what another has: those that a reviewer asks for first."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from tools.page.identity import Permission, RoleIdentity

# Ways to more that are published for AWS ("AWS IAM privilege escalation methods", Rhino Security Labs), and those of
# access entries of Amazon EKS. To run something new with a role takes iam:PassRole as well.
_ACTIONS: Final = (
    *(
        "sts:AssumeRole",
        "iam:PassRole",
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "iam:CreateAccessKey",
    ),
    *("iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"),
    *("iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:AddUserToGroup"),
    *("iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreateServiceLinkedRole"),
    *("lambda:UpdateFunctionCode", "ssm:SendCommand", "ssm:StartSession", "ssm:StartAutomationExecution"),
    *("ecs:ExecuteCommand", "ecs:RunTask", "ecs:StartTask", "ec2:RunInstances", "cloudformation:CreateStack"),
    *("eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "eks:UpdateAccessEntry", "secretsmanager:GetSecretValue"),
)


class Escalation(NamedTuple):
    """A role, one of its statements, and which of these actions it allows."""

    identity: RoleIdentity
    permission: Permission
    actions: tuple[str, ...]


def escalations(identities: list[RoleIdentity]) -> list[Escalation]:
    """Every statement that allows one, in the order of the roles; denials are not taken off."""
    return [
        Escalation(identity, permission, actions)
        for identity in identities
        for permission in identity.permissions
        if permission.effect == "Allow" and (actions := _among(permission))
    ]


def _among(permission: Permission) -> tuple[str, ...]:
    stated = [each.lower() for each in permission.actions if not each.startswith(_NOT)]
    excluded = [each.removeprefix(_NOT).lower() for each in permission.actions if each.startswith(_NOT)]

    def is_allowed(action: str) -> bool:
        if excluded:
            return not any(fnmatchcase(action, each) for each in excluded)
        return any(fnmatchcase(action, each) for each in stated)

    return tuple(each for each in _ACTIONS if is_allowed(each.lower()))


_NOT: Final = "everything but "
