"""What nodes and Fargate may pull."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource


class ImagePullPolicy(iam.ManagedPolicy):
    """Pull images from ECR, and fetch new ones through a pull-through cache where that is wanted.

    The first statement is what `AmazonEKSFargatePodExecutionRolePolicy` says and what
    `AmazonEC2ContainerRegistryPullOnly` says without its right to import into every repository of the
    account. Nodes and Fargate share the policy: they pull the same images.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, pull_through_repository_arns: Sequence[str] = ()
    ) -> None:
        """Define the policy.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            pull_through_repository_arns: Repositories of a pull-through cache, such as
                `arn:aws:ecr:eu-west-1:111122223333:repository/sandbox/cache/*`. A first pull makes the
                repository, so a name is known only by its first parts. None by default.
        """
        super().__init__(scope, construct_id, description="Pull container images from ECR")
        self._allow_pull()
        for arn in pull_through_repository_arns:
            self._allow_first_pull(arn)

    def _allow_pull(self) -> None:
        self.add_statements(
            iam.PolicyStatement(
                sid="Pull",
                actions=[
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetAuthorizationToken",
                    "ecr:GetDownloadUrlForLayer",
                ],
                resources=["*"],
            )
        )
        acknowledge(
            self,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="Images of EKS add-ons are in registries of AWS, whose accounts differ by Region "
            "(View Amazon container image registries for Amazon EKS add-ons), and which images pods have is decided in "
            "Kubernetes, not here, so no list of repositories holds them all. The actions only read, and a repository "
            "of another account must admit this one itself.",
        )

    def _allow_first_pull(self, arn: str) -> None:
        """Source: "IAM permissions to sync an upstream registry with an Amazon ECR private registry"."""
        self.add_statements(
            iam.PolicyStatement(actions=["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], resources=[arn])
        )
        if "*" in arn:
            acknowledge(
                self,
                wildcard_resource(self, arn),
                packs=("AwsSolutions",),
                reason="The first pull of a public image makes its repository, under a prefix that is the "
                "cache's alone: the names below it are those of all images that the public registry has.",
            )
