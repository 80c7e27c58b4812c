"""Rules of Fargate profiles."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.add_ons.pods import NAMESPACE
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule
from settings.rules.subjects import nodes, some_node_supports


@rule("Define which Pods use AWS Fargate when launched, Amazon EKS User Guide", keys=("eks.nodes.<name>", "region"))
def fargate_profile_is_offered_in_the_region(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS has no AWS Fargate in the AWS GovCloud (US) Regions."""
    for path, node in nodes(environment):
        if isinstance(node, FargateProfileOptions) and environment.region.startswith("us-gov-"):
            yield Problem(
                path=path,
                finding=f"there is a Fargate profile, but Amazon EKS has no Fargate in {environment.region}",
                fix="run its pods on a managed node group",
            )


@rule(
    "Define which Pods use AWS Fargate when launched; AWS Fargate considerations; EKS Pod Identity restrictions; "
    "aws-ebs-csi-driver issue 492",
    keys=("eks.nodes.<name>.selectors[].namespace", "eks.nodes.<name>.selectors[].labels"),
)
def fargate_profile_leaves_add_ons_to_nodes(environment: Environment) -> Iterator[Problem]:
    """Fargate runs no DaemonSets and has no EKS Pod Identity, so these pods would not start or get no credentials."""
    if environment.eks is None or not some_node_supports(environment, "daemon_sets"):
        return
    rows = environment.eks.installed_add_ons(environment.eks.nodes.values())
    for path, node in nodes(environment):
        if not isinstance(node, FargateProfileOptions):
            continue
        for index, selector in enumerate(node.selectors):
            # What only some nodes support, Fargate does not.
            taken = [
                row.name
                for row in rows
                if row.requires and any(selector.matches(NAMESPACE, pods.labels) for pods in row.pods)
            ]
            if taken:
                yield Problem(
                    path=(*path, "selectors", index, "namespace"),
                    finding=f"the selector matches pods of {listed(taken)} in {NAMESPACE}, which nodes must run",
                    allowed=f"a namespace, or a pattern, that does not match {NAMESPACE}",
                    fix="name the namespaces, or add labels that these pods do not have, such as k8s-app: kube-dns to "
                    "run only CoreDNS on Fargate",
                )
