"""A private ECR repository."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.registry.repository_options import IMAGES_IN_USE, RepositoryOptions
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule, acknowledge_relation
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions


class ImageRepository(ecr.Repository):
    """A repository whose tags never move, whose images are scanned, and that does not grow forever.

    An immutable tag is what makes a rollback a rollback: `app:1.2.3` is the same image tomorrow. It also means
    that a tag cannot be pushed twice; build systems tag with a version or a commit.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository_name: str,
        options: RepositoryOptions,
        encryption_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the repository.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            repository_name: Stated, because people and build systems push to it.
            options: Lifecycle, and other accounts that can pull.
            encryption_key: Without it ECR encrypts with AES-256. Changing it replaces the repository.
            retention: Whether repository and images outlive the stack. Otherwise ECR deletes the images with the
                repository; no Lambda function empties it.
        """
        super().__init__(
            scope,
            construct_id,
            repository_name=repository_name,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION
            if options.mutable_tags
            else ecr.TagMutability.IMMUTABLE,
            image_tag_mutability_exclusion_filters=[
                ecr.ImageTagMutabilityExclusionFilter.wildcard(tag) for tag in options.mutable_tags
            ]
            or None,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS if encryption_key else ecr.RepositoryEncryption.AES_256,
            encryption_key=encryption_key,
            empty_on_delete=not retention.protected,
            removal_policy=removal_policy(protected=retention.protected),
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description=f"Untagged images go after {options.expire_untagged_after_days} days",
                    rule_priority=1,
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=cdk.Duration.days(options.expire_untagged_after_days),
                ),
                ecr.LifecycleRule(
                    description=f"The newest {options.max_image_count} images stay",
                    rule_priority=2,
                    tag_status=ecr.TagStatus.ANY,
                    max_image_count=options.max_image_count,
                ),
            ],
        )
        if options.pull_account_ids:
            self._allow_pull(options.pull_account_ids)
        if options.pull_organization_ids:
            self._allow_pull_of_organizations(options.pull_organization_ids)
        if options.mutable_tags:
            acknowledge_guard_rule(
                self,
                "ecr_tags_are_immutable",
                reason=f"The tags {', '.join(options.mutable_tags)} were asked for explicitly (mutable_tags); all "
                "others are immutable.",
            )
        if options.max_image_count < IMAGES_IN_USE:
            acknowledge_relation(
                self,
                "lifecycle_policy_keeps_what_is_in_use",
                reason="A single image was asked for explicitly (max_image_count). Nothing that runs is to be pulled "
                "from this repository while another image is pushed.",
            )

    def _allow_pull(self, account_ids: Sequence[str]) -> None:
        """Let other accounts pull, and no more than pull ("Private repository policy examples")."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="PullFromOtherAccounts",
                principals=[iam.AccountPrincipal(account_id) for account_id in account_ids],
                actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            )
        )

    def _allow_pull_of_organizations(self, organization_ids: Sequence[str]) -> None:
        """Let every account of an organization pull, also those that come later."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="PullFromOrganizations",
                principals=[iam.AnyPrincipal()],
                actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                conditions={"StringEquals": {"aws:PrincipalOrgID": list(organization_ids)}},
            )
        )
        acknowledge(
            self,
            "ECR1",
            packs=("AwsSolutions",),
            reason="Accounts of the organizations that the file names can pull, and nobody else: the condition on "
            "aws:PrincipalOrgID stands beside the principal (pull_organization_ids).",
        )
