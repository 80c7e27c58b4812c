"""Rules of the IAM roles of pipelines that deliver to an EKS cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.delivery_role_options import DeliveryRoleOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule

_ROLE: Final = "eks.delivery_roles.<name>"
_GITHUB: Final = ":oidc-provider/token.actions.githubusercontent.com"
_OF_ONE_OWNER: Final = re.compile(r"repo:[^*?/:]+/.+")


@rule(
    "Create a role to delegate permissions to an IAM user, IAM User Guide",
    keys=(_ROLE, f"{_ROLE}.trusted_principal_arns", f"{_ROLE}.oidc"),
)
def delivery_role_is_assumed_by_somebody(environment: Environment) -> Iterator[Problem]:
    """IAM refuses a trust policy without a principal."""
    for path, role in _roles(environment):
        if not role.trusted_principal_arns and role.oidc is None:
            yield Problem(path=path, finding="nobody can assume the role", fix="state trusted_principal_arns or oidc")


@rule(
    "Configuring a role for GitHub OIDC identity provider, IAM User Guide",
    keys=(f"{_ROLE}.oidc.provider_arn", f"{_ROLE}.oidc.subjects[]"),
)
def delivery_role_is_of_one_owner_of_repositories(environment: Environment) -> Iterator[Problem]:
    """Everybody who has a repository at GitHub has tokens of this provider."""
    for path, role in _roles(environment):
        if role.oidc is None or not role.oidc.provider_arn.endswith(_GITHUB):
            continue
        for index, subject in enumerate(role.oidc.subjects):
            if not _OF_ONE_OWNER.fullmatch(subject):
                yield Problem(
                    path=(*path, "oidc", "subjects", index),
                    value=subject,
                    allowed="repo:<owner>/<repository>:..., with an owner without a wildcard",
                )


def _roles(environment: Environment) -> Iterator[tuple[KeyPath, DeliveryRoleOptions]]:
    for name, role in (environment.eks.delivery_roles if environment.eks else {}).items():
        yield ("eks", "delivery_roles", name), role
