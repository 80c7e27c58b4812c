"""ECR as a cache of public registries, so that a deployment does not depend on them being up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.registry.upstream_registries import (
    AUTHENTICATED_HOSTS,
    UPSTREAM_HOSTS,
    AnyRegistry,
    AuthenticatedRegistry,
    UpstreamRegistry,
)
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource

_EXPIRE_UNTAGGED_AFTER_DAYS = 7
_KEEP_IMAGES = 50
NO_CREDENTIALS: Final[Mapping[AuthenticatedRegistry, str]] = {}


class PullThroughCache(Construct):
    """Images of public registries, fetched on the first pull and kept under `<prefix>/<registry>/`.

    The first pull makes the repository, and a creation template says how: immutable tags, lifecycle,
    encryption. These repositories are ECR's, not the stack's: deleting the stack leaves them (docs/deploy.md shows
    how to delete them), and there they cost storage only. Refer to images by tag: ECR does not cache a first
    pull by digest (containers-roadmap issue 2837). Not available in the China and GovCloud Regions.

    Tags are immutable, so that a tag that moves upstream is not another image here without a deployment. The price is
    that a rebuild under the same tag never arrives; AWS recommends mutable tags for a cache for that reason
    (docs/adr/0008).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registries: Sequence[UpstreamRegistry],
        credentials: Mapping[AuthenticatedRegistry, str] = NO_CREDENTIALS,
        prefix: str,
        repository_tags: Mapping[str, str],
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Define a rule for each registry, and a creation template for its repositories.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            registries: Which public registries.
            credentials: Further registries, each with the ARN of the secret in AWS Secrets Manager that has a user name
                and an access token; its name begins with `ecr-pullthroughcache/`. The service-linked role of Amazon
                ECR reads it.
            prefix: First part of the repositories' names; rules are unique in an account and Region, so two
                environments in one account need two. With the registry at most 30 characters.
            repository_tags: Tags of the repositories. They are not resources of the stack, so its own tags do not
                reach them.
            encryption_key: Without it ECR encrypts with AES-256.
        """
        super().__init__(scope, construct_id)
        self._prefix = prefix
        self._encryption_key = encryption_key
        self._repository_tags = repository_tags
        all_of_them: dict[AnyRegistry, str | None] = dict.fromkeys(registries)
        for authenticated, arn in credentials.items():
            all_of_them[authenticated] = arn
        role = self._define_creation_role() if all_of_them and (encryption_key or repository_tags) else None
        for registry, credential_arn in all_of_them.items():
            template = self._define_creation_template(registry, role)
            rule = self._define_rule(registry, credential_arn)
            # A pull between the two would make a repository without the template.
            rule.add_resource_dependency(template)

    def _define_rule(self, registry: AnyRegistry, credential_arn: str | None) -> ecr.CfnPullThroughCacheRule:
        """L1, because the CDK has no L2 of it."""
        prefix = f"{self._prefix}/{registry}"
        if registry in UPSTREAM_HOSTS:
            return ecr.CfnPullThroughCacheRule(
                self, f"Rule-{registry}", ecr_repository_prefix=prefix, upstream_registry_url=UPSTREAM_HOSTS[registry]
            )
        host, name = AUTHENTICATED_HOSTS[registry]
        return ecr.CfnPullThroughCacheRule(
            self,
            f"Rule-{registry}",
            ecr_repository_prefix=prefix,
            upstream_registry=name,
            upstream_registry_url=host,
            credential_arn=credential_arn,
        )

    def _define_creation_template(
        self, registry: AnyRegistry, role: iam.Role | None
    ) -> ecr.CfnRepositoryCreationTemplate:
        """What a cached repository looks like; L1, because the CDK has no L2 of it."""
        key = self._encryption_key
        return ecr.CfnRepositoryCreationTemplate(
            self,
            f"CreationTemplate-{registry}",
            applied_for=["PULL_THROUGH_CACHE"],
            prefix=f"{self._prefix}/{registry}",
            description=f"What a pull through the cache of {_host(registry)} makes",
            image_tag_mutability="IMMUTABLE",
            lifecycle_policy=_lifecycle_policy(),
            encryption_configuration=ecr.CfnRepositoryCreationTemplate.EncryptionConfigurationProperty(
                encryption_type="KMS" if key else "AES256", kms_key=key.key_arn if key else None
            ),
            resource_tags=[cdk.CfnTag(key=name, value=value) for name, value in self._repository_tags.items()] or None,
            custom_role_arn=role.role_arn if role else None,
        )

    def _define_creation_role(self) -> iam.Role:
        """ECR needs a role to tag repositories and to use a key.

        Source: "Creating a repository creation template in Amazon ECR".
        """
        stack = cdk.Stack.of(self)
        cached_repositories = repository_arn(stack, f"{self._prefix}/*")
        statements = [
            iam.PolicyStatement(
                actions=["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
                resources=[cached_repositories],
            )
        ]
        if self._encryption_key is not None:
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                    resources=[self._encryption_key.key_arn],
                )
            )
        policy = iam.ManagedPolicy(self, "CreationPolicy", statements=statements)
        acknowledge(
            policy,
            wildcard_resource(self, cached_repositories),
            packs=("AwsSolutions",),
            reason="The role makes a repository for whatever is pulled through the cache first, so the names are not "
            "known; all are below this environment's prefix. Only ECR can assume the role.",
        )
        return iam.Role(
            self,
            "CreationRole",
            # `IfExists`, because AWS documents the trust policy without a condition ("Create an IAM role for repository
            # creation templates"): should ECR not send the key, no image would ever arrive in the cache.
            assumed_by=iam.ServicePrincipal(
                "ecr.amazonaws.com", conditions={"StringEqualsIfExists": {"aws:SourceAccount": stack.account}}
            ),
            managed_policies=[policy],
        )


def _host(registry: AnyRegistry) -> str:
    return UPSTREAM_HOSTS[registry] if registry in UPSTREAM_HOSTS else AUTHENTICATED_HOSTS[registry][0]


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
