"""What the VPC CNI plugin may do in a cluster of the IPv6 family."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource


class Ipv6CniPolicy(iam.ManagedPolicy):
    """Assign IPv6 prefixes to network interfaces, for which no AWS managed policy has the permission.

    Amazon EKS asks for a policy of one's own in an IPv6 cluster ("Configure Amazon VPC CNI plugin to use IRSA": create
    IAM policy for clusters that use the IPv6 family; amazon-vpc-cni-k8s, IAM Policy, IPv6 mode). Unlike theirs, this
    one is of the account and the Region of the cluster.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the policy.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
        """
        stack = cdk.Stack.of(scope)
        interfaces, instances, groups = (
            stack.format_arn(service="ec2", resource=resource, resource_name="*")
            for resource in ("network-interface", "instance", "security-group")
        )
        super().__init__(
            scope,
            construct_id,
            description="VPC CNI plugin in an IPv6 cluster",
            statements=[
                iam.PolicyStatement(
                    sid="Describe",
                    actions=[
                        "ec2:DescribeInstanceTypes",
                        "ec2:DescribeInstances",
                        "ec2:DescribeNetworkInterfaces",
                        "ec2:DescribeSecurityGroups",
                        "ec2:DescribeSubnets",
                        "ec2:DescribeTags",
                    ],
                    resources=["*"],
                ),
                iam.PolicyStatement(
                    sid="Assign", actions=["ec2:AssignIpv6Addresses", "ec2:CreateTags"], resources=[interfaces]
                ),
                iam.PolicyStatement(
                    sid="Modify",
                    actions=["ec2:ModifyNetworkInterfaceAttribute"],
                    resources=[interfaces, instances, groups],
                ),
            ],
        )
        for concern in (
            "IAM5[Resource::*]",
            *(wildcard_resource(self, arn) for arn in (interfaces, instances, groups)),
        ):
            acknowledge(
                self,
                concern,
                packs=("AwsSolutions",),
                reason="EC2 describes only on `*`. Network interfaces are created together with nodes, whose ids no "
                "template knows; AWS's own policy for the plugin has the same wildcards, in every account and Region.",
            )
