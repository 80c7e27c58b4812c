"""What an EKS node may do in AWS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.permissions import session_manager_statement

_CNI_POLICY: Final = "AmazonEKS_CNI_Policy"


class NodeRole(iam.Role):
    """The role of all nodes of a cluster, or of those that need another.

    One for all node groups as far as possible: EKS maps a role to a Kubernetes identity of its own, and Linux nodes of
    any group have the same one ("Create access entries"). What a workload may do belongs to its Pod Identity, not to
    the node that it happens to run on; with hop limit 1 no pod gets at this role, save those on
    the host's network.

    Three statements instead of `AmazonEKSWorkerNodePolicy`, which also reads every subnet, volume and
    security group of the account, and instead of `AmazonEKSWorkerNodeMinimalPolicy`, which lacks what
    nodeadm asks for. No right to change network interfaces either: the VPC CNI has a role of its own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_arn: str,
        image_pull_policy: iam.IManagedPolicy,
        policy_arns: Sequence[str] = (),
    ) -> None:
        """Define the role.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster_arn: The cluster that the nodes join.
            image_pull_policy: What they may pull.
            policy_arns: ARNs of further managed policies.
        """
        # With the role, not after it: nodes that start in between would fail to join.
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[image_pull_policy],
        )
        self.add_managed_policy(self._define_policy(cluster_arn))
        for policy_arn in policy_arns:
            self._add_policy_of_the_user(policy_arn)

    def _add_policy_of_the_user(self, policy_arn: str) -> None:
        self.add_managed_policy(iam.ManagedPolicy.from_managed_policy_arn(self, policy_arn, policy_arn))
        if ":iam::aws:policy/" in policy_arn:
            acknowledge(
                self,
                f"IAM4[Policy::{policy_arn}]",
                packs=("AwsSolutions",),
                reason="The options give these nodes the policy explicitly (policy_arns), in a role of their own.",
            )

    def let_assign_addresses(self) -> None:
        """Let the VPC CNI give addresses to pods with the role of the node.

        In a local cluster on an Outpost no pod has a role of its own ("Create Amazon Linux nodes on AWS Outposts").
        """
        self.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(_CNI_POLICY))
        acknowledge(
            self,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_CNI_POLICY}]",
            packs=("AwsSolutions",),
            reason="AWS changes this policy together with the VPC CNI plugin, which EKS installs in a local cluster "
            "and which has no other role there.",
        )

    def _define_policy(self, cluster_arn: str) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            description="EKS nodes: Pod Identity, their own instance, Session Manager",
            statements=[
                iam.PolicyStatement(
                    sid="PodIdentityAgent",
                    actions=["eks-auth:AssumeRoleForPodIdentity"],
                    resources=[cluster_arn],
                ),
                # nodeadm asks for the private DNS name and for the addresses that the instance type has.
                iam.PolicyStatement(
                    sid="Bootstrap",
                    actions=["ec2:DescribeInstances", "ec2:DescribeInstanceTypes"],
                    resources=["*"],
                ),
                session_manager_statement(),
            ],
        )
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="EC2 describes only on `*`, and Session Manager's actions have no resource-level "
            "permission (Service Authorization Reference). None of them changes anything "
            "but the node's own session.",
        )
        return policy
