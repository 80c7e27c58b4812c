"""A local cluster on an Outpost: which nodes may join."""

from __future__ import annotations

from collections.abc import Iterator

from manifests.manifest import ManifestFile, Values
from settings import Environment


def local_cluster_files(environment: Environment, values: Values) -> Iterator[ManifestFile]:
    """The ConfigMap that admits the roles of nodes, because a local cluster has no access entries.

    "Create Amazon Linux nodes on AWS Outposts", Amazon EKS User Guide, step 2.
    """
    if environment.eks is None or environment.eks.outpost is None:
        return
    roles = "".join(_role(arn) for arn in values["NodeRoleArns"].split(",") if arn)
    yield ManifestFile(
        path="aws-auth.yaml",
        about=[
            "Roles of nodes that may join the local cluster. Add those of people below them, since this replaces what",
            "the ConfigMap has. Apply it as the principal that created the cluster:",
            "kubectl apply --filename ...",
        ],
        documents=[
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "aws-auth", "namespace": "kube-system"},
                "data": {"mapRoles": roles},
            }
        ],
    )


def _role(arn: str) -> str:
    return f"""- rolearn: {arn}
  username: system:node:{{{{EC2PrivateDNSName}}}}
  groups:
    - system:bootstrappers
    - system:nodes
"""
