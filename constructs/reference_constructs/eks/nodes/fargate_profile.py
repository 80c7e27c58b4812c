"""Pods that run on AWS Fargate."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions


class FargateProfile(eks.FargateProfile):
    """A Fargate profile without a name.

    Everything about a profile is fixed at creation, and without a name CloudFormation creates the new one before it
    deletes the old one. EKS creates and deletes one profile of a cluster at a time ("AWS::EKS::FargateProfile"), so
    each waits for the one before; the L2 adds that dependency.
    """

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: FargateProfileOptions) -> BoundNodes:
        """Define the profile among those of a cluster.

        Args:
            scope: What the cluster provides.
            name: Construct ID of the profile.
            options: Its selectors.
        """
        group = scope.group("FargateProfiles")
        role = group.node.try_find_child("PodExecutionRole")
        if not isinstance(role, iam.Role):
            role = PodExecutionRole(
                group,
                "PodExecutionRole",
                cluster_name=scope.control_plane.cluster_name,
                image_pull_policy=scope.image_pull_policy,
                log_group=scope.pod_log_group,
            )
        profile = cls(
            group,
            name,
            cluster=scope.control_plane.cluster,
            vpc=scope.vpc,
            subnet_selection=ec2.SubnetSelection(subnets=list(scope.subnets)),
            pod_execution_role=role,
            selectors=[
                eks.Selector(namespace=selector.namespace, labels=selector.labels or None)
                for selector in options.selectors
            ],
        )
        for key, value in options.tags.items():
            cdk.Tags.of(profile).add(key, value)
        return BoundNodes(ready=[profile])


class PodExecutionRole(iam.Role):
    """What Fargate does beside a pod: it pulls images, and hands logs on. Not what the pod can do.

    Only Fargate assumes it, and only for this cluster ("Amazon EKS Pod execution IAM role").
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_name: str,
        image_pull_policy: iam.IManagedPolicy,
        log_group: logs.ILogGroup | None = None,
    ) -> None:
        """Define the role.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster_name: The cluster whose profiles use it.
            image_pull_policy: What Fargate may pull.
            log_group: Where the log router of Fargate writes; without it, nowhere.
        """
        profiles_of_cluster = cdk.Stack.of(scope).format_arn(
            service="eks", resource="fargateprofile", resource_name=f"{cluster_name}/*"
        )
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "eks-fargate-pods.amazonaws.com",
                conditions={"ArnLike": {"aws:SourceArn": profiles_of_cluster}},
            ),
            managed_policies=[image_pull_policy],
        )
        if log_group is not None:
            self.add_managed_policy(self._define_log_policy(log_group))

    def _define_log_policy(self, log_group: logs.ILogGroup) -> iam.ManagedPolicy:
        """Write to a log group that exists ("Start AWS Fargate logging for your cluster").

        Without the right to make log groups, which would have neither key nor retention.
        """
        return iam.ManagedPolicy(
            self,
            "LogPolicy",
            description="Fargate: logs of pods",
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[log_group.log_group_arn],
                )
            ],
        )
