"""Roles of Kubernetes service accounts: which pods get them, and that no others do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assembly import Graph, Resource
from assembly.policies import Statement, trusted
from policy.relations.identity.roles import POD_IDENTITY
from policy.relations.relation import Misfit, relation

_TAG = "aws:RequestTag"
_TAGS = ("eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account")


@dataclass(frozen=True)
class _Association:
    resource: Resource
    role: Resource | None
    service_account: str
    namespace: str
    """Empty for that of an add-on, which no template has."""


def _associations(graph: Graph) -> Iterator[_Association]:
    for add_on in graph.of_type("AWS::EKS::Addon"):
        for each in add_on.list("PodIdentityAssociations"):
            yield _Association(add_on, graph.find(each.get("RoleArn")), str(each.get("ServiceAccount")), "")
    for each in graph.of_type("AWS::EKS::PodIdentityAssociation"):
        account, namespace = str(each.get("ServiceAccount")), str(each.get("Namespace"))
        yield _Association(each, graph.find(each.get("RoleArn")), account, namespace)


@relation("Allow users to add EKS Pod Identity; How EKS Pod Identity works, session tags")
def pod_identity_role_is_of_its_service_account(graph: Graph) -> Iterator[Misfit]:
    """The session tags say which cluster, namespace and service account ask: the role's pods must get it, no others."""
    for each in _associations(graph):
        for _, name, statement in trusted(each.role) if each.role else ():
            if name == POD_IDENTITY and each.role is not None:
                yield from _tagged(each.role, statement, "kubernetes-service-account", each.service_account)
                if each.namespace:
                    yield from _tagged(each.role, statement, "kubernetes-namespace", each.namespace)
                yield from _of_the_cluster(graph, each, each.role, statement)
                if each.resource.get("DisableSessionTags") is not True:
                    yield from _open(each.role, statement)


def _open(role: Resource, statement: Statement) -> Iterator[Misfit]:
    """What the trust policy does not ask for, so that pods of any cluster, namespace, or service account get it."""
    missing = [tag for tag in _TAGS if not list(statement.condition(f"{_TAG}/{tag}"))]
    if missing:
        yield Misfit(
            resource=role,
            finding=f"the trust policy does not say of which {', '.join(missing)} the pods are",
            fix=f"add conditions on {', '.join(f'{_TAG}/{tag}' for tag in missing)}",
        )


def _tagged(role: Resource, statement: Statement, tag: str, expected: str) -> Iterator[Misfit]:
    what = tag.removeprefix("kubernetes-").replace("-", " ")
    for _, values in statement.condition(f"{_TAG}/{tag}"):
        if expected not in values:
            yield Misfit(
                resource=role,
                finding=f"the {what} is {expected}, but the role is for {', '.join(values)}",
                fix=f"name {expected} in {_TAG}/{tag}",
            )


def _of_the_cluster(graph: Graph, each: _Association, role: Resource, statement: Statement) -> Iterator[Misfit]:
    cluster = graph.find(each.resource.get("ClusterName"))
    for _, values in statement.condition(f"{_TAG}/eks-cluster-arn"):
        names = [value.rpartition("/")[2] for value in values]
        known = (cluster.get("Name"), cluster.reference) if cluster else ()
        if cluster and cluster.arn not in values and not any(each in known for each in names):
            yield Misfit(
                resource=role,
                finding=f"the role is for pods of cluster {', '.join(names)}, not of {cluster.get('Name')}",
                fix="name the cluster of the add-on in aws:RequestTag/eks-cluster-arn",
            )


@relation("CreatePodIdentityAssociation, Amazon EKS API Reference")
def service_account_has_one_association(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a second association of a service account (ResourceInUseException)."""
    seen: dict[tuple[str, str], Resource] = {}
    for each in _associations(graph):
        key = (each.namespace, each.service_account)
        first = seen.setdefault(key, each.resource)
        if each.namespace and first != each.resource and first.get("ClusterName") == each.resource.get("ClusterName"):
            yield Misfit(
                resource=each.resource,
                finding=f"service account {each.service_account} of {each.namespace} has a role by {first.logical_id}",
                fix="let it have one association, of a role with all permissions",
            )


@relation("IAM roles for service accounts; Assign IAM roles to Kubernetes service accounts: trust policy")
def web_identity_role_is_of_one_service_account(graph: Graph) -> Iterator[Misfit]:
    """Without a condition on the subject of the token, every pod of the cluster can assume the role."""
    for role in graph.of_type("AWS::IAM::Role"):
        for kind, provider, statement in trusted(role):
            if kind != "Federated" or _is_of_a_pipeline(provider):
                continue
            for claim, what in (("sub", "service account"), ("aud", "audience")):
                values = _required(statement, claim)
                if not values or any("*" in value or "?" in value for value in values):
                    yield Misfit(
                        resource=role,
                        finding=f"the tokens of more than one {what} are accepted",
                        fix=f"name it in a condition StringEquals on <issuer>:{claim}",
                    )


def _is_of_a_pipeline(provider: str) -> bool:
    """Whether the tokens are not those of a cluster: a pattern of their subjects names a repository or a branch."""
    issuer = provider.partition(":oidc-provider/")[2]
    return issuer != "" and not issuer.startswith("oidc.eks")


def _required(statement: Statement, claim: str) -> list[str]:
    """What a claim must equal; empty if it may be anything."""
    pairs = statement.conditions.get("StringEquals", {})
    found = next((value for key, value in pairs.items() if key.endswith(f":{claim}")), None)
    return [str(each) for each in (found if isinstance(found, list) else [found])] if found else []


@relation("IAM roles for service accounts, Amazon EKS User Guide: Create an IAM OIDC provider for your cluster")
def provider_of_service_accounts_is_for_sts(graph: Graph) -> Iterator[Misfit]:
    """The tokens of service accounts are for sts.amazonaws.com, and AWS STS refuses them at a provider for others."""
    clusters = graph.of_type("AWS::EKS::Cluster")
    for provider in graph.of_type("AWS::IAM::OIDCProvider"):
        issuers = [each.attribute("OpenIdConnectIssuerUrl") for each in clusters]
        if provider.get("Url") in issuers and "sts.amazonaws.com" not in provider.list("ClientIdList"):
            finding = f"the audiences are {', '.join(map(str, provider.list('ClientIdList'))) or 'none'}"
            yield Misfit(resource=provider, finding=finding, fix="add sts.amazonaws.com to ClientIdList")
