"""Rules of the IAM roles of pipelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks

BUILD = "trusted_principal_arns: ['arn:aws:iam::111122223333:role/build']"
GROUPS = "kubernetes_groups: [shop]"
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


def role(*keys: str) -> str:
    """A file with one role of a pipeline."""
    return eks(MANAGED, f"delivery_roles: {{one: {{{', '.join(keys)}}}}}")


def oidc(subject: str, provider: str = GITHUB) -> str:
    return role(GROUPS, f"oidc: {{provider_arn: '{provider}', subjects: ['{subject}']}}")


def _owner(subject: str, accepted: str) -> RulePair:
    return RulePair(
        rule=f"delivery_role_is_of_one_owner_of_repositories: {subject}",
        rejected=oidc(subject),
        accepted=accepted,
        message=(
            f"eks.delivery_roles.one.oidc.subjects[0]: '{subject}' is not allowed\n"
            "allowed: repo:<owner>/<repository>:..., with an owner without a wildcard\n"
            "why: Everybody who has a repository at GitHub has tokens of this provider."
        ),
    )


PAIRS = (
    RulePair(
        rule="delivery_role_is_assumed_by_somebody",
        rejected=role(GROUPS),
        accepted=role(GROUPS, BUILD),
        message=(
            "eks.delivery_roles.one: nobody can assume the role\n"
            "fix: state trusted_principal_arns or oidc\n"
            "why: IAM refuses a trust policy without a principal."
        ),
    ),
    _owner("repo:*", oidc("repo:example/*")),
    _owner("repo:example*/shop:*", oidc("repo:example/shop:*")),
    # Another provider has other subjects.
    _owner(
        "project_path:example/shop:*",
        oidc("project_path:example/shop:*", "arn:aws:iam::111122223333:oidc-provider/gitlab.com"),
    ),
    RulePair(
        rule="kubernetes_group_comes_once: of a pipeline",
        rejected=role(BUILD, "kubernetes_groups: [a, a]"),
        accepted=role(BUILD, "kubernetes_groups: [a, b]"),
        message=(
            "eks.delivery_roles.one.kubernetes_groups[1]: 'a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has one group twice."
        ),
    ),
    RulePair(
        rule="kubernetes_group_is_not_reserved: of a pipeline",
        rejected=role(BUILD, "kubernetes_groups: ['system:nodes']"),
        accepted=role(BUILD, "kubernetes_groups: [nodes]"),
        message=(
            "eks.delivery_roles.one.kubernetes_groups[0]: 'system:nodes' is not allowed\n"
            "allowed: a group that does not begin with system:\n"
            "why: Amazon EKS refuses groups of Kubernetes itself, such as system:masters, whose permissions "
            "nothing can limit."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
