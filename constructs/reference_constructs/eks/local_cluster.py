"""A local cluster: a control plane on an AWS Outpost that is configured with Amazon EBS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_eks_v2 as eks
from constructs import IConstruct

from reference_constructs.eks.control_plane_options import ControlPlaneOptions
from reference_constructs.eks.kubernetes_values import OLDEST_IN_THE_REGION, minor_version
from reference_constructs.eks.outpost_options import OutpostOptions
from reference_constructs.security.acknowledgements import acknowledge_guard_rule

CLUSTER_POLICY: Final = "AmazonEKSLocalOutpostClusterPolicy"
# What is asked of a cluster in the Region, and why it cannot be had on an Outpost.
_NOT_THERE: Final[Mapping[str, str]] = {
    "eks_cluster_authenticates_by_access_entries": "Amazon EKS creates a local cluster with the authentication mode "
    "CONFIG_MAP only. Its ConfigMap aws-auth is written from the environment file (make manifests).",
    "eks_cluster_creator_is_no_administrator": "Amazon EKS always makes the creator of a local cluster its "
    "administrator. Deploy it with a role for that purpose, which CloudTrail shows whoever assumes (docs/outposts.md).",
    "eks_cluster_encrypts_secrets": "Amazon EKS has no envelope encryption in a local cluster. The volumes of its "
    "control plane, with etcd on them, are encrypted by Amazon EBS.",
    "eks_cluster_without_extended_support": "A local cluster has no upgrade policy, and no extended support that is "
    "charged.",
}


def put_on_outpost(resource: eks.CfnCluster, outpost: OutpostOptions, *, service_cidr: str | None) -> None:
    """Replace what the L2 states for a cluster in the Region, and a local cluster does not have.

    The L2 has no property for an Outpost. It always states the capabilities of EKS Auto Mode, to turn them off, and
    authentication by access entries alone; Amazon EKS creates a local cluster only with the ConfigMap `aws-auth` and
    with its creator as administrator (eksctl issue 7552). The self-managed add-ons are what a local cluster has
    ("Deploy an Amazon EKS cluster on AWS Outposts").

    Args:
        resource: The cluster.
        outpost: Where it is.
        service_cidr: Addresses of its services; None leaves them to EKS.
    """
    group = outpost.control_plane_placement_group
    resource.outpost_config = eks.CfnCluster.OutpostConfigProperty(
        outpost_arns=[outpost.arn],
        control_plane_instance_type=outpost.control_plane_instance_type,
        control_plane_placement=eks.CfnCluster.ControlPlanePlacementProperty(group_name=group) if group else None,
    )
    resource.access_config = eks.CfnCluster.AccessConfigProperty(
        authentication_mode="CONFIG_MAP", bootstrap_cluster_creator_admin_permissions=True
    )
    resource.kubernetes_network_config = (
        eks.CfnCluster.KubernetesNetworkConfigProperty(service_ipv4_cidr=service_cidr) if service_cidr else None
    )
    resource.compute_config = None
    resource.storage_config = None
    resource.bootstrap_self_managed_addons = None


def acknowledge_local_cluster(cluster: IConstruct, kubernetes_version: str) -> None:
    """Accept what no template could say otherwise.

    Args:
        cluster: The cluster.
        kubernetes_version: Its minor version, such as `1.32`.
    """
    for rule, reason in _NOT_THERE.items():
        acknowledge_guard_rule(cluster, rule, reason=f"The options put the control plane on an Outpost. {reason}")
    if minor_version(kubernetes_version) < OLDEST_IN_THE_REGION:
        acknowledge_guard_rule(
            cluster,
            "eks_version_is_stated_and_supported",
            reason="Local clusters have platform versions of their own, later than clusters in the Region, and Amazon "
            "EKS patches them for each minor version.",
        )


def check_local_cluster(options: ControlPlaneOptions) -> None:
    """Refuse what Amazon EKS does not have in a local cluster.

    Args:
        options: Of the control plane.

    Raises:
        ValueError: If the endpoint is public, or there are access entries or hybrid networks.
    """
    if options.outpost is None:
        return
    if options.endpoint.access != "private":
        raise ValueError("the endpoint of a local cluster on an Outpost is private")
    if options.access_entries or options.remote_networks is not None:
        raise ValueError("a local cluster on an Outpost has neither access entries nor hybrid nodes")
