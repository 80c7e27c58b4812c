"""ECR as a cache of public registries, so that a deployment does not depend on them being up."""

from __future__ import annotations

import json
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

PublicRegistry = Literal["ecr-public", "kubernetes", "quay"]

# The upstreams that need no credentials: "Sync an upstream registry with an Amazon ECR private registry".
UPSTREAM_HOSTS: dict[PublicRegistry, str] = {
    "ecr-public": "public.ecr.aws",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
}

_EXPIRE_UNTAGGED_AFTER_DAYS = 7
_KEEP_IMAGES = 50


class PullThroughCache(Construct):
    """Images of one public registry, fetched on the first pull and kept under `<prefix>/<registry>/`.

    The first pull makes the repository, and a creation template says how: immutable tags, lifecycle,
    encryption. These repositories are ECR's, not the stack's: deleting the stack leaves them (the README shows
    how to delete them), and there they cost storage only. Refer to images by tag: ECR does not cache a first
    pull by digest (containers-roadmap issue 2837). Not available in the China and GovCloud Regions.

    Attributes:
        repository_prefix: What stands between the registry's host and the upstream's own path.
    """

    repository_prefix: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PublicRegistry,
        prefix: str,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Define the rule and the template of what it makes.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            registry: Which public registry.
            prefix: First part of the repositories' names; rules are unique in an account and Region, so two
                environments in one account need two.
            encryption_key: Without it ECR encrypts with its own key (AES-256).
        """
        super().__init__(scope, construct_id)
        self.repository_prefix = f"{prefix}/{registry}"
        template = self._define_creation_template(encryption_key)
        rule = ecr.CfnPullThroughCacheRule(
            self,
            "Rule",
            ecr_repository_prefix=self.repository_prefix,
            upstream_registry_url=UPSTREAM_HOSTS[registry],
        )
        # A pull between the two would make a repository without the template.
        rule.add_dependency(template)

    def _define_creation_template(self, encryption_key: kms.IKey | None) -> ecr.CfnRepositoryCreationTemplate:
        """What a cached repository looks like; L1, because the CDK has no L2 of it."""
        role = self._define_creation_role(encryption_key) if encryption_key else None
        return ecr.CfnRepositoryCreationTemplate(
            self,
            "CreationTemplate",
            applied_for=["PULL_THROUGH_CACHE"],
            prefix=self.repository_prefix,
            description="Made by a pull through the cache",
            image_tag_mutability="IMMUTABLE",
            lifecycle_policy=_lifecycle_policy(),
            encryption_configuration=ecr.CfnRepositoryCreationTemplate.EncryptionConfigurationProperty(
                encryption_type="KMS" if encryption_key else "AES256",
                kms_key=encryption_key.key_arn if encryption_key else None,
            ),
            custom_role_arn=role.role_arn if role else None,
        )

    def _define_creation_role(self, encryption_key: kms.IKey) -> iam.Role:
        """ECR's own service-linked role may not use a key of ours ("Creating an IAM role for templates")."""
        stack = cdk.Stack.of(self)
        role = iam.Role(
            self,
            "CreationRole",
            assumed_by=iam.ServicePrincipal(
                "ecr.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
            ),
        )
        iam.ManagedPolicy(
            self,
            "CreationPolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
                    resources=[repository_arn(stack, f"{self.repository_prefix}/*")],
                ),
                iam.PolicyStatement(
                    actions=["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                    resources=[encryption_key.key_arn],
                ),
            ],
        )
        return role


def repository_arn(stack: cdk.Stack, name: str) -> str:
    """ARN of a repository of this account and Region, made or not."""
    return stack.format_arn(service="ecr", resource="repository", resource_name=name)


def _lifecycle_policy() -> str:
    rules = [
        {
            "rulePriority": 1,
            "description": f"Untagged images go after {_EXPIRE_UNTAGGED_AFTER_DAYS} days",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": _EXPIRE_UNTAGGED_AFTER_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": f"The newest {_KEEP_IMAGES} images stay",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": _KEEP_IMAGES},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules})
