"""An ECR repository for images of our own."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.security.protection import removal_policy


class ImageRepository(ecr.Repository):
    """A repository whose tags never move, whose images are scanned, and that does not grow for ever.

    An immutable tag is what makes a rollback a rollback: `app:1.2.3` is the same image tomorrow. It also means
    that a tag cannot be pushed twice; build systems tag with a version or a commit.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str,
        keep_images: int = 30,
        expire_untagged_after_days: int = 7,
        encryption_key: kms.IKey | None = None,
        pull_account_ids: Sequence[str] = (),
        protected: bool = True,
    ) -> None:
        """Define the repository.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            repository_name: Stated, because people and build systems push to it.
            keep_images: The newest images that are kept. 30 by default: a month of daily releases to go back to.
            expire_untagged_after_days: Untagged images are leftovers of a push.
            encryption_key: Without it ECR encrypts with its own key (AES-256). Changing it replaces the
                repository.
            pull_account_ids: Other accounts that may pull; their principals need ECR permissions too.
            protected: Keep repository and images when the stack is deleted. Otherwise ECR deletes the images
                with the repository; no Lambda function empties it.
        """
        super().__init__(
            scope,
            construct_id,
            repository_name=repository_name,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS if encryption_key else ecr.RepositoryEncryption.AES_256,
            encryption_key=encryption_key,
            empty_on_delete=not protected,
            removal_policy=removal_policy(protected=protected),
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description=f"Untagged images go after {expire_untagged_after_days} days",
                    rule_priority=1,
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=cdk.Duration.days(expire_untagged_after_days),
                ),
                ecr.LifecycleRule(
                    description=f"The newest {keep_images} images stay",
                    rule_priority=2,
                    tag_status=ecr.TagStatus.ANY,
                    max_image_count=keep_images,
                ),
            ],
        )
        if pull_account_ids:
            self._allow_pull(pull_account_ids)

    def _allow_pull(self, account_ids: Sequence[str]) -> None:
        """Let other accounts pull, and no more than pull ("Private repository policy examples")."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="PullFromOtherAccounts",
                principals=[iam.AccountPrincipal(account_id) for account_id in account_ids],
                actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            )
        )
