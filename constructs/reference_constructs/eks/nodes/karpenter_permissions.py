"""What the controller of Karpenter may do in AWS."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource

_NODE_POOL = "karpenter.sh/nodepool"


class NodeLifecyclePolicy(iam.ManagedPolicy):
    """Start and end instances that carry the tags of this cluster and of a node pool, and no others.

    Based on the policies of Karpenter's own template ("CloudFormation", karpenter.sh), and narrower: instances start in
    the given subnets and security groups only, and the instance profile is given, so that the controller may make none
    and touches no other. It may pass exactly one role, to Amazon EC2.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        subnet_ids: Sequence[str],
        security_group_ids: Sequence[str],
        node_role: iam.IRole,
    ) -> None:
        """Define the policy.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            control_plane: Whose tag instances carry.
            subnet_ids: Where instances may start.
            security_group_ids: What they may have.
            node_role: What they may be given.
        """
        super().__init__(scope, construct_id, description="Karpenter: start and end nodes")
        self._stack = cdk.Stack.of(self)
        self._cluster_name = control_plane.cluster_name
        self._owned = f"kubernetes.io/cluster/{control_plane.cluster_name}"
        self._allow_start(subnet_ids, security_group_ids)
        self._allow_tags()
        self._allow_end()
        self.add_statements(
            iam.PolicyStatement(
                sid="PassNodeRole",
                actions=["iam:PassRole"],
                resources=[node_role.role_arn],
                # The name of the service is another in the AWS Regions of China.
                conditions={
                    "StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]},
                },
            )
        )
        self._acknowledge_what_does_not_exist_yet()

    def _arns(self, *resources: str, account: str | None = None) -> list[str]:
        return [
            self._stack.format_arn(service="ec2", resource=resource, resource_name="*", account=account)
            for resource in resources
        ]

    def _requested(self, **others: object) -> dict[str, dict[str, object]]:
        """Tags that whatever is created must get."""
        return {
            "StringEquals": {
                **others,
                f"aws:RequestTag/{self._owned}": "owned",
                "aws:RequestTag/eks:eks-cluster-name": self._cluster_name,
            },
            "StringLike": {f"aws:RequestTag/{_NODE_POOL}": "*"},
        }

    def _tagged(self) -> dict[str, dict[str, str]]:
        """Tags that whatever is used must have."""
        return {
            "StringEquals": {f"aws:ResourceTag/{self._owned}": "owned"},
            "StringLike": {f"aws:ResourceTag/{_NODE_POOL}": "*"},
        }

    def _allow_start(self, subnet_ids: Sequence[str], security_group_ids: Sequence[str]) -> None:
        start = ["ec2:RunInstances", "ec2:CreateFleet"]
        places = {"subnet": subnet_ids, "security-group": security_group_ids}
        self.add_statements(
            iam.PolicyStatement(
                sid="StartFrom",
                actions=start,
                resources=[
                    # Images and their snapshots belong to AWS.
                    *self._arns("image", "snapshot", account=""),
                    *(
                        self._stack.format_arn(service="ec2", resource=resource, resource_name=each)
                        for resource, ids in places.items()
                        for each in ids
                    ),
                ],
            ),
            iam.PolicyStatement(
                sid="StartFromLaunchTemplate",
                actions=start,
                resources=self._arns("launch-template"),
                conditions=self._tagged(),
            ),
            iam.PolicyStatement(
                sid="Start",
                actions=[*start, "ec2:CreateLaunchTemplate"],
                resources=self._arns(*_CREATED),
                conditions=self._requested(),
            ),
        )

    def _allow_tags(self) -> None:
        self.add_statements(
            iam.PolicyStatement(
                sid="TagAtCreation",
                actions=["ec2:CreateTags"],
                resources=self._arns(*_CREATED),
                conditions=self._requested(
                    **{"ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]}
                ),
            ),
            iam.PolicyStatement(
                sid="TagInstances",
                actions=["ec2:CreateTags"],
                resources=self._arns("instance"),
                conditions={
                    **self._tagged(),
                    "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": self._cluster_name},
                    "ForAllValues:StringEquals": {
                        "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
                    },
                },
            ),
        )

    def _allow_end(self) -> None:
        self.add_statements(
            iam.PolicyStatement(
                sid="End",
                actions=["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
                resources=self._arns("instance", "launch-template"),
                conditions=self._tagged(),
            )
        )

    def _acknowledge_what_does_not_exist_yet(self) -> None:
        for arn in (*self._arns("image", "snapshot", account=""), *self._arns(*_CREATED)):
            acknowledge(
                self,
                wildcard_resource(self, arn),
                packs=("AwsSolutions",),
                reason="What the controller creates has no ID before, and images are AWS's, each release with another "
                "ID. Statements about the account's own resources are limited by the tags of this cluster and of a "
                "node pool.",
            )


_CREATED = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")


class DiscoveryPolicy(iam.ManagedPolicy):
    """Read what there is to start, its price, and the notices of the interruption queue.

    No right to read instance profiles one by one: there is one, and it is given.
    """

    def __init__(self, scope: Construct, construct_id: str, *, control_plane: ControlPlane, queue_arn: str) -> None:
        """Define the policy.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            control_plane: Its endpoint and version.
            queue_arn: The interruption queue.
        """
        super().__init__(scope, construct_id, description="Karpenter: read offers, images, and notices")
        stack = cdk.Stack.of(self)
        parameters = stack.format_arn(service="ssm", account="", resource="parameter", resource_name="aws/service/*")
        self.add_statements(
            iam.PolicyStatement(
                sid="Read",
                actions=[f"ec2:Describe{each}" for each in _DESCRIBED],
                resources=["*"],
                conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
            ),
            # Neither has resource-level permissions that would help: prices are AWS's, and Karpenter lists the
            # profiles below a path of its own, where it looks for some that it made.
            iam.PolicyStatement(
                sid="Offers", actions=["pricing:GetProducts", "iam:ListInstanceProfiles"], resources=["*"]
            ),
            iam.PolicyStatement(sid="Images", actions=["ssm:GetParameter"], resources=[parameters]),
            iam.PolicyStatement(sid="Endpoint", actions=["eks:DescribeCluster"], resources=[control_plane.cluster_arn]),
            iam.PolicyStatement(
                sid="Notices",
                actions=["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
                resources=[queue_arn],
            ),
        )
        acknowledge(
            self,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="Amazon EC2 describes only on `*`, and prices and lists of instance profiles have no resource-level "
            "permission of use (Service Authorization Reference). The actions only read.",
        )
        acknowledge(
            self,
            wildcard_resource(self, parameters),
            packs=("AwsSolutions",),
            reason="Public parameters of AWS, which name the newest AMI of each operating system and Kubernetes "
            "version. No account of ours is in the ARN, so no parameter of ours is meant.",
        )


_DESCRIBED = (
    *("CapacityReservations", "Images", "Instances", "InstanceStatus", "InstanceTypeOfferings", "InstanceTypes"),
    *("LaunchTemplates", "PlacementGroups", "SecurityGroups", "SpotPriceHistory", "Subnets"),
)
