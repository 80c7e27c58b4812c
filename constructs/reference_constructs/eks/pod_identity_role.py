"""An IAM role for the pods of one Kubernetes service account."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct


class PodIdentityRole(iam.Role):
    """A role that EKS Pod Identity gives to one service account of one cluster, and to nobody else.

    The conditions are session tags that EKS itself sets ("Assign an IAM role to a Kubernetes service
    account", "Grant Pods access based on tags"), so an association must not switch session tags off.
    `aws:SourceArn` of an association breaks the credentials (mountpoint-s3-csi-driver issue 781).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_arn: str,
        namespace: str,
        service_account: str,
        managed_policies: list[iam.IManagedPolicy],
    ) -> None:
        """Define the role.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster_arn: The cluster.
            namespace: Kubernetes namespace of the service account.
            service_account: Its name.
            managed_policies: What its pods may do.
        """
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "pods.eks.amazonaws.com",
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": cdk.Stack.of(scope).account,
                        "aws:RequestTag/eks-cluster-arn": cluster_arn,
                        "aws:RequestTag/kubernetes-namespace": namespace,
                        "aws:RequestTag/kubernetes-service-account": service_account,
                    }
                },
            ).with_session_tags(),
            managed_policies=managed_policies,
        )
