"""Amazon FSx may read and write the objects of a data repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph, Resource
from assembly.policies import statements
from policy.relations.relation import Misfit, relation

_ROLE: Final = "AWSServiceRoleForFSxS3Access"


@relation("Working with server-side encrypted Amazon S3 buckets, FSx for Lustre User Guide")
def data_repository_may_use_the_key_of_its_bucket(graph: Graph) -> Iterator[Misfit]:
    """The link becomes misconfigured: no object of the bucket can be read, and no file is exported."""
    for association in graph.of_type("AWS::FSx::DataRepositoryAssociation"):
        for bucket in graph.references(association.get("DataRepositoryPath")):
            key = _key(graph, bucket)
            if key is not None and not _admits_the_role(key):
                yield Misfit(
                    resource=key,
                    finding=f"the role that Amazon FSx makes for {association.logical_id} may not use the key of its "
                    "bucket",
                    fix=f"allow kms:Decrypt and kms:GenerateDataKey to {_ROLE}_* by aws:PrincipalArn",
                )


def _key(graph: Graph, bucket: Resource) -> Resource | None:
    rules = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID"
    return graph.find(bucket.get(rules))


def _admits_the_role(key: Resource) -> bool:
    return any(
        each.effect == "Allow" and _ROLE in str(each.conditions) and "kms:Decrypt" in each.actions
        for each in statements(key.get("KeyPolicy"))
    )
