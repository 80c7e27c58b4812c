"""Roles that pods reach by another role: EKS Pod Identity target roles, and the tags of the session between."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.policies import trusted
from policy.relations.identity.roles import POD_IDENTITY
from policy.relations.relation import Misfit, relation

_ACTIONS = ("sts:AssumeRole", "sts:TagSession")


def _associations(graph: Graph) -> Iterator[tuple[Resource, Resource]]:
    """(association, its role) of each role of the templates."""
    for association in graph.of_type("AWS::EKS::PodIdentityAssociation"):
        if (role := graph.find(association.get("RoleArn"))) is not None:
            yield association, role


@relation("Access AWS resources using EKS Pod Identity target IAM roles, Amazon EKS User Guide")
def role_of_pods_may_assume_its_target(graph: Graph) -> Iterator[Misfit]:
    """EKS Pod Identity assumes the target with the role of the pods; if that may not, they get no credentials."""
    for association, role in _associations(graph):
        target = association.get("TargetRoleArn")
        if not target:
            continue
        own = [each for each in graph.role_policies.statements(role) if each.effect == "Allow"]
        missing = [
            action for action in _ACTIONS if not any(each.is_about(action) and each.covers(str(target)) for each in own)
        ]
        if missing:
            yield Misfit(
                resource=role,
                finding=f"the role may not {' and '.join(missing)} on {target}, the target of {association.logical_id}",
                fix="allow both actions on the target",
            )


@relation("Grant Pods access to AWS resources based on tags, Amazon EKS User Guide")
def session_of_pods_has_the_tags_of_their_role(graph: Graph) -> Iterator[Misfit]:
    """Without session tags, no condition of the trust policy on them holds, and pods get no credentials."""
    for association, role in _associations(graph):
        if association.get("DisableSessionTags") is not True:
            continue
        tags = [
            key
            for _, name, statement in trusted(role)
            if name == POD_IDENTITY
            for keys in statement.conditions.values()
            for key in keys
            if key.startswith("aws:RequestTag/")
        ]
        if tags:
            yield Misfit(
                resource=association,
                finding=f"session tags are off, and the trust policy of the role asks for {', '.join(sorted(tags))}",
                fix="remove DisableSessionTags, or the conditions of the role",
            )
