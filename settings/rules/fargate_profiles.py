"""Rules of Fargate profiles."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.subjects import nodes, some_node_supports


@rule("CreateFargateProfile, Amazon EKS API Reference", keys=("eks.nodes.<name>",))
def fargate_profile_name_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS reserves names of Fargate profiles that begin with eks-."""
    for path, node in nodes(environment):
        if isinstance(node, FargateProfileOptions) and str(path[-1]).startswith("eks-"):
            yield Problem(path=path, value=path[-1], allowed="a name that does not begin with eks-")


@rule(
    "Define which Pods use AWS Fargate when launched, Amazon EKS User Guide",
    keys=("eks.nodes.<name>.selectors[].namespace", "eks.nodes.<name>.selectors[].labels"),
)
def fargate_profile_leaves_kube_system_to_nodes(environment: Environment) -> Iterator[Problem]:
    """The profile would match kube-system too, and privileged pods and DaemonSets of that namespace would not start."""
    if not some_node_supports(environment, "daemon_sets"):
        return
    for path, node in nodes(environment):
        if not isinstance(node, FargateProfileOptions):
            continue
        for index, selector in enumerate(node.selectors):
            if set(selector.namespace) == {"*"} and not selector.labels:
                yield Problem(
                    path=(*path, "selectors", index, "namespace"),
                    value=selector.namespace,
                    allowed="a namespace, or a pattern that does not match kube-system",
                    fix="name the namespaces, or add labels to the selector",
                )
