"""Rules of the nodes of a local cluster on AWS Outposts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule
from settings.rules.subjects import local_cluster, nodes

_NODE: Final = "eks.nodes.<name>"
_OUTPOST: Final = "eks.outpost"
_SOURCE: Final = "Create Amazon Linux nodes on AWS Outposts, Amazon EKS User Guide"
_COMPARISON: Final = "Deploy Amazon EKS on-premises with AWS Outposts: comparing the deployment options"


@rule(f"{_COMPARISON}; eksctl, validation of outpost", keys=(f"{_NODE}.kind", _OUTPOST))
def local_cluster_has_self_managed_nodes(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS creates no nodes on an Outpost, and a local cluster admits no others."""
    for path, node in nodes(environment) if local_cluster(environment) else ():
        if not isinstance(node, SelfManagedNodesOptions):
            yield Problem(
                path=(*path, "kind"), value=node.kind, allowed="self_managed, because there is an eks.outpost"
            )


@rule(_SOURCE, keys=(f"{_NODE}.location", _OUTPOST))
def nodes_of_a_local_cluster_are_on_the_outpost(environment: Environment) -> Iterator[Problem]:
    """A local cluster has its nodes where its control plane is, so that they reach it without the Region."""
    for path, node in _self_managed(environment):
        if node.location != "outpost":
            yield Problem(
                path=(*path, "location"),
                value=node.location,
                allowed="outpost, because there is an eks.outpost",
                fix="state location: outpost, and subnet_ids on that Outpost",
            )


@rule(_SOURCE, keys=(f"{_NODE}.operating_system", _OUTPOST))
def nodes_of_a_local_cluster_are_amazon_linux(environment: Environment) -> Iterator[Problem]:
    """Neither Bottlerocket nor Windows can join a local cluster on an Outpost with Amazon EBS."""
    for path, node in _self_managed(environment):
        if node.operating_system != "al2023":
            yield Problem(
                path=(*path, "operating_system"),
                value=node.operating_system,
                allowed="al2023, because there is an eks.outpost",
            )


@rule(_SOURCE, keys=(f"{_NODE}.architecture", f"{_NODE}.image_id", _OUTPOST))
def nodes_of_a_local_cluster_have_a_supported_image(environment: Environment) -> Iterator[Problem]:
    """Local clusters support the Amazon Linux 2023 AMIs of Amazon EKS for x86_64 only."""
    for path, node in _self_managed(environment):
        if node.operating_system == "al2023" and node.architecture != "x86_64" and not node.image_id:
            yield Problem(
                path=(*path, "architecture"),
                value=node.architecture,
                allowed="x86_64, because there is an eks.outpost",
                fix="state architecture: x86_64 and instance types of the Outpost, or an image_id",
            )


@rule(f"{_COMPARISON}: EKS Pod Identity", keys=("eks.needs", f"{_NODE}.needs", _OUTPOST))
def local_cluster_can_do_what_is_needed(environment: Environment) -> Iterator[Problem]:
    """Pods of a local cluster have the credentials of their nodes only."""
    if (eks := local_cluster(environment)) is None:
        return
    needs: dict[KeyPath, tuple[str, ...]] = {("eks", "needs"): eks.needs}
    needs |= {(*path, "needs"): node.needs for path, node in nodes(environment)}
    for path, needed in needs.items():
        if "pod_identity" in needed:
            yield Problem(
                path=path,
                finding="pod_identity is needed, but there is an eks.outpost",
                fix="remove the need, or remove eks.outpost to have the control plane in the Region",
            )


def _self_managed(environment: Environment) -> Iterator[tuple[KeyPath, SelfManagedNodesOptions]]:
    for path, node in nodes(environment) if local_cluster(environment) else ():
        if isinstance(node, SelfManagedNodesOptions):
            yield path, node
