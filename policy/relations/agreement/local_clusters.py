"""What a control plane on an AWS Outpost has, and how its nodes join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph, Resource
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.relation import Misfit, relation

_MEMBERS: Final = (
    *("AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile", "AWS::EKS::Addon", "AWS::EKS::AccessEntry"),
    *("AWS::EKS::Capability", "AWS::EKS::IdentityProviderConfig", "AWS::EKS::PodIdentityAssociation"),
)
_PROPERTIES: Final = (
    *("EncryptionConfig", "ComputeConfig", "StorageConfig", "RemoteNetworkConfig", "ControlPlaneScalingConfig"),
    *("UpgradePolicy", "ZonalShiftConfig", "KubernetesNetworkConfig.ElasticLoadBalancing"),
)
_CNI_POLICY: Final = "AmazonEKS_CNI_Policy"


@relation("Deploy Amazon EKS on-premises with AWS Outposts: comparing the deployment options; eksctl issue 7552")
def local_cluster_has_what_an_outpost_has(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses to create the cluster, or the member, when the deployment has come to it."""
    for cluster in _local_clusters(graph):
        for name in (name for name in _PROPERTIES if cluster.get(name) is not None):
            finding = f"it has an OutpostConfig and {name.rpartition('.')[2]}"
            yield Misfit(resource=cluster, finding=finding, fix=f"remove {name}")
        if (mode := cluster.get("AccessConfig.AuthenticationMode")) != "CONFIG_MAP":
            finding = f"it has an OutpostConfig and the authentication mode {mode}"
            yield Misfit(resource=cluster, finding=finding, fix="set CONFIG_MAP")
        for member in graph.of_type(*_MEMBERS):
            if graph.find(member.get("ClusterName")) == cluster:
                finding = f"{cluster.logical_id} is on an Outpost"
                yield Misfit(resource=member, finding=finding, fix="remove it")


@relation("Create Amazon Linux nodes on AWS Outposts; nodeadm API reference, ClusterDetails")
def nodes_of_a_local_cluster_can_join(graph: Graph) -> Iterator[Misfit]:
    """The node authenticates with the name of the cluster, not its ID, or its pods get no addresses."""
    clusters = list(_local_clusters(graph))
    for nodes in self_managed_nodes(graph):
        if nodes.cluster(graph) not in clusters:
            continue
        if "enableOutpost: true" not in nodes.user_data or " id: " not in nodes.user_data:
            finding = "the user data has no enableOutpost and id"
            yield Misfit(resource=nodes.template, finding=finding, fix="state both, with the Id of the cluster")
        if nodes.role is not None and _CNI_POLICY not in graph.role_policies.aws_managed(nodes.role):
            finding = "the VPC CNI plugin has no role but this, which may not assign addresses"
            yield Misfit(resource=nodes.role, finding=finding, fix=f"attach {_CNI_POLICY}")


def _local_clusters(graph: Graph) -> Iterator[Resource]:
    """Those on an Outpost with Amazon EBS; on one with EC2 instance store, clusters have more."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        if cluster.get("OutpostConfig") and not cluster.get("OutpostConfig.EtcdInstanceType"):
            yield cluster
