"""Roles of pipelines: who gets them by a token, and what they may do beside what their groups may do in Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.policies import trusted
from policy.relations.relation import Misfit, relation

_CLAIMS = ("aud", "sub")
_ALLOWED = ("eks:DescribeCluster", "cloudformation:DescribeStacks")


def _pipelines(graph: Graph) -> Iterator[tuple[Resource, Resource]]:
    """(access entry, role) of those whose groups alone say what they may do."""
    for entry in graph.of_type("AWS::EKS::AccessEntry"):
        role = graph.find(entry.get("PrincipalArn"))
        if role is not None and entry.list("KubernetesGroups"):
            yield entry, role


@relation("Create a role for OpenID Connect federation, IAM User Guide")
def token_of_a_pipeline_is_of_a_subject(graph: Graph) -> Iterator[Misfit]:
    """An identity provider gives tokens to everybody who has an account there: audience and subject tell them apart."""
    for _, role in _pipelines(graph):
        for kind, name, statement in trusted(role):
            keys = [key.rpartition(":")[2] for pairs in statement.conditions.values() for key in pairs]
            missing = [claim for claim in _CLAIMS if claim not in keys]
            if kind == "Federated" and missing:
                issuer = name.partition(":oidc-provider/")[2]
                yield Misfit(
                    resource=role,
                    finding=f"the trust policy does not say which {' and '.join(missing)} tokens of {issuer} have",
                    fix=f"add conditions on {', '.join(f'{issuer}:{claim}' for claim in missing)}",
                )


@relation("Grant IAM users access to Kubernetes with EKS access entries, Amazon EKS User Guide")
def role_of_a_pipeline_finds_its_cluster_only(graph: Graph) -> Iterator[Misfit]:
    """Role bindings of its groups say what it may do: an access policy, or a permission in AWS, goes past them."""
    for entry, role in _pipelines(graph):
        if policies := entry.list("AccessPolicies"):
            names = ", ".join(str(each["PolicyArn"]).rpartition("/")[2] for each in policies)
            yield Misfit(
                resource=entry, finding=f"the principal has groups, and also {names}", fix="remove AccessPolicies"
            )
        if managed := graph.role_policies.aws_managed(role):
            yield Misfit(
                resource=role,
                finding=f"the role also has {', '.join(managed)}",
                fix=f"allow {' and '.join(_ALLOWED)} only",
            )
        for statement in graph.role_policies.statements(role):
            others = [each for each in statement.actions if each not in _ALLOWED]
            if statement.effect == "Allow" and (others or statement.not_actions):
                yield Misfit(
                    resource=role,
                    finding=f"the role may also {', '.join(others) or 'do all but what is named'}",
                    fix=f"allow {' and '.join(_ALLOWED)} only",
                )
            if statement.effect == "Allow" and "*" in statement.resources:
                yield Misfit(
                    resource=role,
                    finding=f"the role may {', '.join(statement.actions)} on everything",
                    fix="name the cluster, and its stack",
                )
