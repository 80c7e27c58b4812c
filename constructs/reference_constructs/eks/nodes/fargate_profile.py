"""Pods that run without nodes of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane


class FargateProfiles(Construct):
    """All Fargate profiles of a cluster, and the role by which Fargate pulls their images.

    EKS creates and deletes one profile of a cluster at a time ("AWS::EKS::FargateProfile"), so each waits for
    the one before; the L2 sees to that. Profiles have no names: everything about them is fixed at creation,
    and without a name CloudFormation makes the new one before it deletes the old.

    Attributes:
        profiles: The L2s, in the order of their making.
        pod_execution_role: What Fargate does before a pod runs. Not what the pod may do.
    """

    profiles: list[eks.FargateProfile]
    pod_execution_role: iam.Role

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        image_pull_policy: iam.IManagedPolicy,
        selectors: Mapping[str, Sequence[eks.Selector]],
    ) -> None:
        """Define the profiles.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            control_plane: The cluster.
            vpc: VPC of the subnets.
            subnets: Private ones; Fargate knows no others.
            image_pull_policy: What Fargate may pull.
            selectors: Namespaces and labels of the pods, by construct id of the profile; 1 to 5 each.
        """
        super().__init__(scope, construct_id)
        self._define_pod_execution_role(control_plane, image_pull_policy)
        self.profiles = [
            eks.FargateProfile(
                self,
                name,
                cluster=control_plane.cluster,
                vpc=vpc,
                subnet_selection=ec2.SubnetSelection(subnets=list(subnets)),
                pod_execution_role=self.pod_execution_role,
                selectors=list(profile_selectors),
            )
            for name, profile_selectors in selectors.items()
        ]

    def _define_pod_execution_role(self, control_plane: ControlPlane, image_pull_policy: iam.IManagedPolicy) -> None:
        """Only Fargate, and only for this cluster ("Amazon EKS Pod execution IAM role")."""
        profiles_of_cluster = cdk.Stack.of(self).format_arn(
            service="eks", resource="fargateprofile", resource_name=f"{control_plane.cluster_name}/*"
        )
        self.pod_execution_role = iam.Role(
            self,
            "PodExecutionRole",
            assumed_by=iam.ServicePrincipal(
                "eks-fargate-pods.amazonaws.com",
                conditions={"ArnLike": {"aws:SourceArn": profiles_of_cluster}},
            ),
            managed_policies=[image_pull_policy],
        )
