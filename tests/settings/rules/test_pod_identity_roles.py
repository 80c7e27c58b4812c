"""Rules of roles of pods that exist already, and of those that another role is reached by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks

ROLE = "role_arn: 'arn:aws:iam::111122223333:role/a'"
TARGET = "target_role_arn: 'arn:aws:iam::444455556666:role/b'"
TAKEN = "nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: [{namespace: shop}]}}"


def identity(*keys: str, nodes: str = MANAGED, others: tuple[str, ...] = ()) -> str:
    """A file with one role of pods."""
    return eks(
        nodes, *others, f"pod_identities: {{one: {{{', '.join(['namespace: shop', 'service_account: a', *keys])}}}}}"
    )


PAIRS = (
    RulePair(
        rule="existing_role_has_its_policies",
        rejected=identity(ROLE, "policy_arns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']"),
        accepted=identity(ROLE),
        message=(
            "eks.pod_identities.one.policy_arns: role_arn names a role that exists, and policy_arns is of a role that "
            "is made here\n"
            "fix: remove policy_arns, or remove role_arn\n"
            "why: A role that exists is not changed here: its policies and its boundary are where it is made."
        ),
    ),
    RulePair(
        rule="service_account_with_irsa_has_no_association",
        rejected=identity("credentials: irsa", TARGET),
        accepted=identity(TARGET),
        message=(
            "eks.pod_identities.one.target_role_arn: credentials is irsa, and target_role_arn is of EKS Pod Identity\n"
            "fix: remove target_role_arn, or use pod_identity on nodes that support it\n"
            "why: IAM roles for service accounts know no association: the annotation names the role, and pods assume "
            "others."
        ),
    ),
    RulePair(
        rule="service_account_with_irsa_has_no_association: which follows from the nodes",
        rejected=identity(TARGET, nodes=FARGATE, others=(PRIVATE_ACCESS,)),
        accepted=identity(nodes=FARGATE, others=(PRIVATE_ACCESS,)),
        message=(
            "eks.pod_identities.one.target_role_arn: credentials is irsa, which follows from the nodes, and "
            "target_role_arn is of EKS Pod Identity\n"
            "fix: remove target_role_arn, or use pod_identity on nodes that support it\n"
            "why: IAM roles for service accounts know no association: the annotation names the role, and pods assume "
            "others."
        ),
    ),
    RulePair(
        rule="role_of_pods_gets_the_tags_that_it_asks_for",
        rejected=identity("session_tags: false"),
        accepted=identity(ROLE, "session_tags: false"),
        message=(
            "eks.pod_identities.one.session_tags: false is not allowed\n"
            "allowed: true, unless role_arn names a role that exists\n"
            "why: The trust policy of a role that is made here asks for session tags, so EKS could not assume it "
            "without them."
        ),
    ),
    RulePair(
        rule="pods_on_fargate_have_irsa: with a role that exists",
        rejected=identity(ROLE, nodes=TAKEN),
        accepted=identity(ROLE),
        message=(
            "eks.pod_identities.one.role_arn: Fargate profile batch takes every pod of shop\n"
            "fix: annotate the service account with it instead of naming it here, or let the pods run on other nodes\n"
            "why: Fargate has no EKS Pod Identity, so its pods get no credentials that way."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
