"""Rules of Karpenter and its controller."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, eks

UNPROTECTED = HEAD + "protected: false\n"
MAIN = "main: {kind: managed}"
COPY = "image_repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/karpenter/controller"
ENDPOINTS = "ec2, ecr.api, ecr.dkr, eks, eks-auth, ssm, ssmmessages"
CACHED = "registry: {repositories: {app: {}}, pull_through_cache: [ecr-public]}\n"
NOT_CACHED = "registry: {repositories: {app: {}}, pull_through_cache: []}\n"


def karpenter(options: str = "", pool: str = "") -> str:
    return f"karpenter: {{kind: karpenter, node_pools: {{arm: {{{pool}}}}}{', ' if options else ''}{options}}}"


def nodes(*entries: str, head: str = UNPROTECTED, also: str = "add_on_versions: pinned") -> str:
    return eks(f"nodes: {{{', '.join(entries)}}}", also, head=head)


def private(node: str, registry: str = NOT_CACHED, endpoints: str = f"{ENDPOINTS}, sqs") -> str:
    head = UNPROTECTED.replace("registry:\n  repositories: {app: {}}\n", registry)
    return nodes(MAIN, node, head=head + f"network: {{nat_gateways: none, interface_endpoints: [{endpoints}]}}\n")


PAIRS = (
    RulePair(
        rule="karpenter_has_nodes_for_its_controller",
        rejected=nodes(karpenter()),
        accepted=nodes(MAIN, karpenter()),
        message=(
            "eks.nodes: there is Karpenter, but there are no nodes that its controller can run on\n"
            "fix: add a small managed node group, such as system: {kind: managed}\n"
            "why: The controller starts all other nodes, and cannot start the first one; on Fargate it would get "
            "no credentials."
        ),
    ),
    RulePair(
        rule="karpenter_has_nodes_for_its_controller: not on Fargate",
        rejected=nodes("all: {kind: fargate, selectors: [{namespace: kube-system}]}", karpenter()),
        accepted=nodes("all: {kind: fargate, selectors: [{namespace: kube-public}]}", MAIN, karpenter()),
        message=(
            "eks.nodes: there is Karpenter, but there are no nodes that its controller can run on\n"
            "fix: add a small managed node group, such as system: {kind: managed}\n"
            "why: The controller starts all other nodes, and cannot start the first one; on Fargate it would get "
            "no credentials."
        ),
    ),
    RulePair(
        rule="karpenter_replicas_have_nodes",
        rejected=nodes("main: {kind: managed, desired_size: 1, instance_types: [m7g.large]}", karpenter()),
        accepted=nodes(
            "main: {kind: managed, desired_size: 1, instance_types: [m7g.large]}", karpenter("controller_replicas: 1")
        ),
        message=(
            "eks.nodes.karpenter.controller_replicas: there are 2 pods of the controller, and managed node "
            "groups start with 1 node that they can run on\n"
            "fix: raise desired_size, or lower controller_replicas\n"
            "why: Each pod of the controller needs a node of its own; the others stay pending, and the Helm "
            "release fails."
        ),
    ),
    RulePair(
        rule="fargate_profile_leaves_karpenter_to_nodes",
        rejected=nodes(
            "main: {kind: managed}",
            "one: {kind: fargate, selectors: [{namespace: kube-system, labels: {app.kubernetes.io/name: karpenter}}]}",
            karpenter(),
        ),
        accepted=nodes(
            "main: {kind: managed}",
            "one: {kind: fargate, selectors: [{namespace: kube-system, labels: {app.kubernetes.io/name: other}}]}",
            karpenter(),
        ),
        message=(
            "eks.nodes.one.selectors[0].labels: the selector matches the controller of Karpenter in kube-system, "
            "which nodes must run\n"
            "allowed: labels that its pods do not have\n"
            "why: Fargate has no EKS Pod Identity, so the controller of Karpenter would get no credentials there."
        ),
    ),
    RulePair(
        rule="karpenter_version_is_pinned",
        rejected=nodes(MAIN, karpenter()).replace("pinned", "default\n  kubernetes_version: '1.37'"),
        accepted=nodes(MAIN, karpenter("version: 1.16.0")).replace("pinned", "default\n  kubernetes_version: '1.37'"),
        message=(
            "eks.nodes.karpenter.version: no version of Karpenter is pinned for Kubernetes 1.37\n"
            "fix: state the version, from the compatibility matrix of karpenter.sh\n"
            "why: An older version of Karpenter does not know a newer Kubernetes, so none is guessed."
        ),
    ),
    RulePair(
        rule="karpenter_version_fits_kubernetes",
        rejected=nodes(MAIN, karpenter("version: 1.12.2")),
        accepted=nodes(MAIN, karpenter("version: 1.13.0")),
        message=(
            "eks.nodes.karpenter.version: Karpenter 1.12.2 is not for Kubernetes 1.36\n"
            "fix: use 1.13 or later, such as 1.14.1\n"
            "why: It may not start or replace nodes of a Kubernetes version that it does not know as it should."
        ),
    ),
    RulePair(
        rule="karpenter_image_is_reached_without_nat",
        rejected=private(karpenter()),
        accepted=private(karpenter(COPY)),
        message=(
            "eks.nodes.karpenter.image_repository: nat_gateways is none, and the controller's image is in Amazon "
            "ECR Public\n"
            "fix: state a repository with a copy of it, or add ecr-public to registry.pull_through_cache\n"
            "why: Without NAT gateways, no node can pull the controller's image from Amazon ECR Public."
        ),
    ),
    RulePair(
        rule="karpenter_image_was_pulled_before",
        rejected=private(karpenter(), CACHED),
        accepted=private(karpenter(COPY), CACHED),
        message=(
            "eks.nodes.karpenter.image_repository: nat_gateways is none, and the controller's image is pulled "
            "through the cache\n"
            "fix: pull it once through the cache from where the internet is reached, then acknowledge this; or "
            "state a repository with a copy of it\n"
            "why: The first pull of an image through the cache needs a route to the internet; only later ones do "
            "without."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_eks_nodes: of Karpenter",
        rejected=private(karpenter(COPY), endpoints=ENDPOINTS),
        accepted=private(karpenter(COPY)),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint sqs (Karpenter)\n"
            "fix: add sqs, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, nodes join the cluster, pods get their role, and people get in, only by "
            "VPC endpoints."
        ),
    ),
    RulePair(
        rule="karpenter_ami_is_pinned_where_protected",
        rejected=nodes(MAIN, karpenter(), head=HEAD),
        accepted=nodes(MAIN, karpenter(pool="ami_alias: al2023@v20260801"), head=HEAD),
        message=(
            "eks.nodes.karpenter.node_pools.arm.ami_alias: protected is true, and arm follows the latest AMI\n"
            "fix: state a release, and change it when you have tested the next one\n"
            "why: All nodes are replaced when AWS releases an AMI, tested or not; Karpenter advises against it "
            "in production."
        ),
    ),
    RulePair(
        rule="karpenter_image_is_in_the_region_without_nat",
        rejected=private(karpenter(COPY.replace("eu-west-1", "us-east-1"))),
        accepted=private(karpenter(COPY)),
        message=(
            "eks.nodes.karpenter.image_repository: nat_gateways is none, and the repository is not in "
            "eu-west-1\n"
            "fix: copy the image to a repository in eu-west-1\n"
            "why: A VPC endpoint leads to Amazon ECR in its own Region, and without NAT gateways nothing "
            "leads elsewhere."
        ),
    ),
    RulePair(
        rule="karpenter_node_holds_the_daemon_sets",
        rejected=nodes(MAIN, karpenter(pool="max_pods: 4, instance_types: [m7g.large]")),
        accepted=nodes(MAIN, karpenter(pool="max_pods: 5, instance_types: [m7g.large]")),
        message=(
            "eks.nodes.karpenter.node_pools.arm.max_pods: 4 pods fit on each node, but "
            "eks-pod-identity-agent, vpc-cni, kube-proxy, aws-ebs-csi-driver, and "
            "eks-node-monitoring-agent run 5\n"
            "fix: use a larger max_pods\n"
            "why: Without vpc-cni, kube-proxy, and the others on it, a node has no network, no storage, "
            "or no credentials."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
