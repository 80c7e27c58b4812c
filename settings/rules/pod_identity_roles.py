"""Rules of roles of pods that exist already, and of those that another role is reached by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.policies import pod_identities
from settings.problems import Problem
from settings.rules.rule import rule

_IDENTITY: Final = "eks.pod_identities.<name>"
_OF_A_NEW_ROLE: Final = ("policy_arns", "statements", "permissions_boundary_arn")
_OF_AN_ASSOCIATION: Final = ("role_arn", "target_role_arn")


@rule(
    "CreatePodIdentityAssociation, Amazon EKS API Reference: roleArn",
    keys=tuple(f"{_IDENTITY}.{key}" for key in ("role_arn", *_OF_A_NEW_ROLE)),
)
def existing_role_has_its_policies(environment: Environment) -> Iterator[Problem]:
    """A role that exists is not changed here: its policies and its boundary are where it is made."""
    for path, _, identity in pod_identities(environment):
        stated = [key for key in _OF_A_NEW_ROLE if getattr(identity, key)]
        if identity.role_arn is not None and stated:
            yield Problem(
                path=(*path, stated[0]),
                finding=f"role_arn names a role that exists, and {stated[0]} is of a role that is made here",
                fix=f"remove {' and '.join(stated)}, or remove role_arn",
            )


@rule(
    "IAM roles for service accounts; Learn how EKS Pod Identity grants pods access to AWS services",
    keys=tuple(f"{_IDENTITY}.{key}" for key in ("credentials", *_OF_AN_ASSOCIATION, "session_tags")),
)
def service_account_with_irsa_has_no_association(environment: Environment) -> Iterator[Problem]:
    """IAM roles for service accounts know no association: the annotation names the role, and pods assume others."""
    for path, _, identity in pod_identities(environment):
        stated = [key for key in _OF_AN_ASSOCIATION if getattr(identity, key)]
        stated += [] if identity.session_tags else ["session_tags"]
        if environment.eks is None or not stated:
            continue
        if identity.credentials_with(environment.eks.nodes.values()) == "irsa":
            by = "" if identity.credentials else ", which follows from the nodes"
            yield Problem(
                path=(*path, stated[0]),
                finding=f"credentials is irsa{by}, and {stated[0]} is of EKS Pod Identity",
                fix=f"remove {' and '.join(stated)}, or use pod_identity on nodes that support it",
            )


@rule(
    "Grant Pods access to AWS resources based on tags, Amazon EKS User Guide",
    keys=(f"{_IDENTITY}.session_tags", f"{_IDENTITY}.role_arn"),
)
def role_of_pods_gets_the_tags_that_it_asks_for(environment: Environment) -> Iterator[Problem]:
    """The trust policy of a role that is made here asks for session tags, so EKS could not assume it without them."""
    for path, _, identity in pod_identities(environment):
        if not identity.session_tags and identity.role_arn is None and identity.credentials != "irsa":
            yield Problem(
                path=(*path, "session_tags"),
                value=False,
                allowed="true, unless role_arn names a role that exists",
            )
