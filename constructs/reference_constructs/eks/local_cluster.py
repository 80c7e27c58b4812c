"""A local cluster: a control plane on an AWS Outpost that is configured with Amazon EBS."""

from __future__ import annotations

from aws_cdk import aws_eks_v2 as eks

from reference_constructs.eks.control_plane_options import ControlPlaneOptions
from reference_constructs.eks.outpost_options import OutpostOptions

CLUSTER_POLICY = "AmazonEKSLocalOutpostClusterPolicy"


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
