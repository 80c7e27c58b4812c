"""User data and tags of self-managed nodes agree with the cluster that they join."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assembly import Graph
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.agreement.kubernetes import minor
from policy.relations.relation import Misfit, relation


@relation("nodeadm API reference, ClusterDetails; Bottlerocket, settings.kubernetes; Create nodes with Windows AMIs")
def user_data_is_about_the_cluster(graph: Graph) -> Iterator[Misfit]:
    """The node joins nothing, or another cluster, or its pods look names up where nobody answers."""
    for nodes in self_managed_nodes(graph):
        cluster = nodes.cluster(graph)
        if cluster is None:
            finding = f"the user data names {nodes.cluster_name}, which is no cluster of the stacks"
            yield Misfit(resource=nodes.template, finding=finding, fix="name the cluster")
            continue
        if cluster not in graph.references(nodes.user_data):
            finding = f"the endpoint in the user data is not that of {cluster.logical_id}"
            yield Misfit(resource=nodes.template, finding=finding, fix="refer to its Endpoint")
        stated = cluster.get("KubernetesNetworkConfig.ServiceIpv4Cidr")
        if nodes.service_cidr and nodes.service_cidr != stated:
            finding = (
                f"services have addresses of {nodes.service_cidr} in the user data, and of {stated} in the cluster"
            )
            yield Misfit(resource=nodes.template, finding=finding, fix="state the same in both")


@relation("Create self-managed Amazon Linux nodes; Route TCP and UDP traffic with Network Load Balancers: tags")
def self_managed_nodes_have_the_tag_of_their_cluster(graph: Graph) -> Iterator[Misfit]:
    """Controllers of the cluster do not take the instances for its nodes."""
    for nodes in self_managed_nodes(graph):
        key = f"kubernetes.io/cluster/{nodes.cluster_name}"
        tags = [each for each in nodes.group.list("Tags") if each.get("Key") == key]
        if not any(each.get("Value") == "owned" and each.get("PropagateAtLaunch") is True for each in tags):
            finding = f"its instances have no tag {key} with the value owned"
            yield Misfit(resource=nodes.group, finding=finding, fix="add it, with PropagateAtLaunch")


@relation("Kubernetes version skew policy; Retrieve recommended Amazon Linux AMI IDs, Amazon EKS User Guide")
def image_of_self_managed_nodes_is_not_newer_than_their_cluster(graph: Graph) -> Iterator[Misfit]:
    """A kubelet that is newer than the API server is not supported, and may not register its node."""
    for nodes in self_managed_nodes(graph):
        cluster, image = nodes.cluster(graph), str(nodes.template.get("LaunchTemplateData.ImageId", ""))
        found = re.search(r"[/-]1\.(\d+)[/-]", image)
        ours = minor(cluster.get("Version")) if cluster else None
        if found and ours is not None and not ours - 3 <= int(found[1]) <= ours:
            finding = f"the image is for Kubernetes 1.{found[1]}, and the cluster has 1.{ours}"
            yield Misfit(resource=nodes.template, finding=finding, fix=f"use the image for 1.{ours}")
