"""Rules of Fargate profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reference_constructs.eks.add_ons.catalog import AddOn
from reference_constructs.eks.add_ons.pods import Pods
from reference_constructs.eks.nodes.core_dns import needs_profile_for_core_dns
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes, some_node_supports

_SELECTORS = ("eks.nodes.<name>.selectors[].namespace", "eks.nodes.<name>.selectors[].labels")


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


@rule("Manage compute resources by using nodes, Amazon EKS User Guide", keys=("eks.nodes", "region"))
def core_dns_needs_no_fargate_in_the_region(environment: Environment) -> Iterator[Problem]:
    """Without Linux nodes, CoreDNS runs on Fargate, which Amazon EKS does not have in the AWS GovCloud (US) Regions."""
    if environment.eks is None or environment.eks.outpost is not None or not environment.region.startswith("us-gov-"):
        return
    found = {str(path[-1]): node for path, node in nodes(environment)}
    # A profile that is stated is told of already.
    stated = any(isinstance(node, FargateProfileOptions) for node in found.values())
    if found and not stated and needs_profile_for_core_dns(found):
        yield Problem(
            path=("eks", "nodes"),
            finding=f"CoreDNS has no Linux node to run on, and Amazon EKS has no Fargate in {environment.region}",
            fix="add Linux nodes, such as general: {kind: managed}",
        )


@rule("Start AWS Fargate logging for your cluster, Amazon EKS User Guide", keys=("eks.fargate_pod_logs", "eks.nodes"))
def fargate_pod_logs_have_a_profile(environment: Environment) -> Iterator[Problem]:
    """Only pods on AWS Fargate have the log router; without a Fargate profile, the log group stays empty."""
    is_on = environment.eks is not None and environment.eks.fargate_pod_logs
    if is_on and not any(isinstance(node, FargateProfileOptions) for _, node in nodes(environment)):
        yield Problem(
            path=("eks", "fargate_pod_logs"),
            finding="fargate_pod_logs is true, but there is no Fargate profile",
            fix="set it to false, or add a Fargate profile",
        )


@rule(
    "EKS Pod Identity restrictions; Define which Pods use AWS Fargate when launched; aws-ebs-csi-driver issue 492",
    keys=_SELECTORS,
)
def fargate_profile_leaves_add_ons_to_nodes(environment: Environment) -> Iterator[Problem]:
    """Fargate has no EKS Pod Identity, so pods of these add-ons would get no credentials there."""
    # What only some nodes support, Fargate does not.
    deployments = [(row, pods) for row, pods in _on_nodes(environment) if row.requires and pods.replicas]
    yield from _taken(environment, deployments)


@warning("AWS Fargate considerations, Amazon EKS User Guide: DaemonSets", keys=_SELECTORS)
def fargate_profile_leaves_daemon_sets_to_nodes(environment: Environment) -> Iterator[Problem]:
    """Fargate runs no DaemonSets, so a profile that matches their pods does nothing good for them."""
    yield from _taken(environment, [(row, pods) for row, pods in _on_nodes(environment) if pods.replicas is None])


def _on_nodes(environment: Environment) -> Iterator[tuple[AddOn, Pods]]:
    """Installed add-ons, and pods of theirs, where there are nodes that they could run on."""
    if environment.eks is not None and some_node_supports(environment, "daemon_sets"):
        for row in environment.eks.installed_add_ons(environment.eks.nodes.values()):
            for pods in row.pods:
                yield row, pods


def _taken(environment: Environment, on_nodes: Sequence[tuple[AddOn, Pods]]) -> Iterator[Problem]:
    """The selectors that match some of these pods."""
    for path, node in nodes(environment):
        for index, selector in enumerate(node.selectors if isinstance(node, FargateProfileOptions) else ()):
            taken: dict[str, list[str]] = {}
            for row, pods in on_nodes:
                if selector.matches(row.namespace, pods.labels):
                    taken.setdefault(row.namespace, []).append(row.name)
            for namespace, names in taken.items():
                yield Problem(
                    path=(*path, "selectors", index, "namespace"),
                    finding=f"the selector matches pods of {listed(names)} in {namespace}, which nodes must run",
                    allowed=f"a namespace, or a pattern, that does not match {namespace}",
                    fix="name the namespaces, or add labels that these pods do not have, such as k8s-app: kube-dns to "
                    "run only CoreDNS on Fargate",
                )
