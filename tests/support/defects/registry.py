"""What may go wrong with the registry."""

from __future__ import annotations

from tests.support.defects.defect import Defect, put, put_beside

REGISTRY = (
    Defect(
        name="mutable tags",
        stack="ecs-only-registry",
        change=put("AWS::ECR::Repository", "ImageTagMutability", "MUTABLE"),
        named_by=(
            "ecr_tags_are_immutable",
            "ecr_private_tag_immutability_enabled_check",
            "CKV_AWS_51",
        ),
    ),
    Defect(
        name="mutable tags in the cache",
        stack="sandbox-registry",
        change=put("AWS::ECR::RepositoryCreationTemplate", "ImageTagMutability", "MUTABLE"),
        named_by=("ecr_cached_tags_are_immutable",),
    ),
    Defect(
        name="unscanned images",
        stack="ecs-only-registry",
        change=put("AWS::ECR::Repository", "ImageScanningConfiguration.ScanOnPush", False),
        named_by=(
            "ecr_images_are_scanned",
            "ecr_private_image_scanning_enabled_check",
            "CKV_AWS_163",
        ),
    ),
    Defect(
        name="images for ever",
        stack="ecs-only-registry",
        change=put("AWS::ECR::Repository", "LifecyclePolicy", None),
        named_by=(
            "ecr_images_expire",
            "ecr_private_lifecycle_policy_configured_check",
        ),
    ),
    Defect(
        name="cached images for ever",
        stack="sandbox-registry",
        change=put("AWS::ECR::RepositoryCreationTemplate", "LifecyclePolicy", None),
        named_by=("ecr_cached_images_expire",),
    ),
    Defect(
        name="lifecycle that is no JSON",
        stack="ecs-only-registry",
        change=put("AWS::ECR::Repository", "LifecyclePolicy.LifecyclePolicyText", "{rules: []"),
        named_by=(
            "F3033",
            "E3033",
            "pf-ecr-lifecycle-policy-syntax",
        ),
    ),
    Defect(
        name="repository for everyone",
        stack="ecs-only-registry",
        change=put("AWS::ECR::Repository", "RepositoryPolicyText.Statement.0.Principal", "*"),
        named_by=(
            "AwsSolutions-ECR1",
            "CKV_AWS_32",
        ),
    ),
    Defect(
        name="repository without a customer managed key",
        stack="ecs-only-registry",
        change=put("AWS::ECR::Repository", "EncryptionConfiguration", None),
        named_by=("CKV_AWS_136",),
    ),
    Defect(
        name="cached images without a customer managed key",
        stack="production-registry",
        change=put("AWS::ECR::RepositoryCreationTemplate", "EncryptionConfiguration", None),
        named_by=("ecr_cached_images_have_the_key_of_the_registry",),
    ),
    Defect(
        name="production images deleted with their stack",
        stack="ecs-only-registry",
        change=put_beside("AWS::ECR::Repository", "DeletionPolicy", "Delete"),
        named_by=("cloudformation_data_of_a_stack_shares_one_fate",),
    ),
    Defect(
        name="unknown upstream of the cache",
        stack="sandbox-registry",
        change=put("AWS::ECR::PullThroughCacheRule", "UpstreamRegistryUrl", "https://public.ecr.aws"),
        named_by=(
            "ecr_cache_asks_a_public_registry",
            "pf-ecr-pull-through-cache-url",
        ),
    ),
)
