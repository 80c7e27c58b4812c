"""Tags of a cluster are on all that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_MEMBERS = (
    *("AWS::EKS::Nodegroup", "AWS::EKS::Addon", "AWS::EKS::FargateProfile", "AWS::EKS::AccessEntry"),
    *("AWS::EKS::PodIdentityAssociation", "AWS::EKS::IdentityProviderConfig", "AWS::EKS::Capability"),
)


@relation("Organize Amazon EKS resources with tags, Amazon EKS User Guide: tags are not propagated")
def members_of_a_cluster_have_its_tags(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS gives a cluster's tags to nothing in it, so its cost and its owner are known of the rest only."""
    for member in graph.of_type(*_MEMBERS):
        cluster = graph.find(member.get("ClusterName"))
        missing = sorted(_keys(cluster) - _keys(member)) if cluster is not None else []
        if missing and cluster is not None:
            finding = f"{cluster.logical_id} has tags that it lacks: {', '.join(missing)}"
            yield Misfit(resource=member, finding=finding, fix="add them, with values of its own where they differ")


def _keys(resource: Resource) -> set[str]:
    tags = resource.get("Tags", {})
    return set(tags) if isinstance(tags, dict) else set(resource.pairs("Tags"))
