"""The cache of public registries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.registry.pull_through_cache import PullThroughCache
from reference_constructs.registry.upstream_registries import UpstreamRegistry
from tests.support.assertions import (
    Resource,
    acknowledged,
    all_of,
    comes_with_its_policies,
    grants,
    only_id,
    properties,
    role_ids,
    statements,
    trust,
)
from tests.support.synthesis import new_stack

ALL: Sequence[UpstreamRegistry] = ("ecr-public", "kubernetes", "quay")


REPOSITORIES = "arn:<AWS::Partition>:ecr:eu-west-1:<AWS::AccountId>:repository/sandbox/*"
TAGS = {"environment": "sandbox", "cost-centre": "blue"}


def _synthesize(
    registries: Sequence[UpstreamRegistry] = ALL, *, tags: Mapping[str, str] = TAGS, with_key: bool = False
) -> Template:
    stack = new_stack()
    key = kms.Key(stack, "Key") if with_key else None
    PullThroughCache(stack, "Cache", registries=registries, prefix="sandbox", repository_tags=tags, encryption_key=key)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


@pytest.fixture(scope="module")
def with_key() -> Template:
    return _synthesize(with_key=True)


@pytest.fixture(scope="module")
def plain() -> Template:
    """Without anything that takes a role."""
    return _synthesize(tags={})


def _rules(template: Template) -> dict[str, Resource]:
    """Rules by the prefix of what they cache."""
    rules = all_of(template, "AWS::ECR::PullThroughCacheRule").values()
    return {rule["Properties"]["EcrRepositoryPrefix"]: rule for rule in rules}


def _creation_templates(template: Template) -> dict[str, Resource]:
    """Properties by the prefix of what they apply to."""
    found = all_of(template, "AWS::ECR::RepositoryCreationTemplate").values()
    return {creation["Properties"]["Prefix"]: creation["Properties"] for creation in found}


def test_each_registry_is_cached_below_the_prefix_under_its_own_name(template: Template) -> None:
    assert {prefix: rule["Properties"]["UpstreamRegistryUrl"] for prefix, rule in _rules(template).items()} == {
        "sandbox/ecr-public": "public.ecr.aws",
        "sandbox/kubernetes": "registry.k8s.io",
        "sandbox/quay": "quay.io",
    }


def test_registries_that_are_not_named_are_not_cached() -> None:
    template = _synthesize(["quay"])

    assert set(_rules(template)) == set(_creation_templates(template)) == {"sandbox/quay"}


def test_no_credentials_are_stored_for_registries_that_need_none(template: Template) -> None:
    for rule in _rules(template).values():
        assert "CredentialArn" not in rule["Properties"]


def test_rule_waits_for_the_template_of_what_it_makes(template: Template) -> None:
    for prefix, rule in _rules(template).items():
        (creation,) = (
            logical_id
            for logical_id, found in all_of(template, "AWS::ECR::RepositoryCreationTemplate").items()
            if found["Properties"]["Prefix"] == prefix
        )
        assert rule["DependsOn"] == [creation]


def test_cached_tags_never_move_and_cached_images_expire(template: Template) -> None:
    for creation in _creation_templates(template).values():
        assert creation["AppliedFor"] == ["PULL_THROUGH_CACHE"]
        assert creation["ImageTagMutability"] == "IMMUTABLE"
        untagged, old = (rule["selection"] for rule in json.loads(creation["LifecyclePolicy"])["rules"])
        assert (untagged["tagStatus"], untagged["countUnit"], untagged["countNumber"]) == ("untagged", "days", 7)
        assert (old["tagStatus"], old["countType"], old["countNumber"]) == ("any", "imageCountMoreThan", 50)


def test_cached_repositories_carry_the_tags_which_those_of_the_stack_do_not_reach(
    template: Template, with_key: Template
) -> None:
    for made in (template, with_key):
        role_arn = {"Fn::GetAtt": [only_id(made, "AWS::IAM::Role"), "Arn"]}
        assert len(_creation_templates(made)) == 3
        for creation in _creation_templates(made).values():
            assert {tag["Key"]: tag["Value"] for tag in creation["ResourceTags"]} == TAGS
            # Without a role ECR refuses a template with tags.
            assert creation["CustomRoleArn"] == role_arn


def test_cache_is_encrypted_by_ecr_without_a_key(template: Template, plain: Template) -> None:
    for made in (template, plain):
        for creation in _creation_templates(made).values():
            assert creation["EncryptionConfiguration"] == {"EncryptionType": "AES256"}


def test_cache_needs_no_role_without_a_key_and_tags(plain: Template) -> None:
    for creation in _creation_templates(plain).values():
        assert not {"CustomRoleArn", "ResourceTags"} & creation.keys()
    plain.resource_count_is("AWS::IAM::Role", 0)


def test_with_a_key_the_cache_is_encrypted_with_it_by_a_role_that_may(with_key: Template) -> None:
    key_arn = {"Fn::GetAtt": [only_id(with_key, "AWS::KMS::Key"), "Arn"]}
    role_arn = {"Fn::GetAtt": [only_id(with_key, "AWS::IAM::Role"), "Arn"]}

    assert len(_creation_templates(with_key)) == 3
    for creation in _creation_templates(with_key).values():
        assert creation["EncryptionConfiguration"] == {"EncryptionType": "KMS", "KmsKey": key_arn}
        assert creation["CustomRoleArn"] == role_arn


@pytest.mark.parametrize("fixture", ["template", "with_key"])
def test_template_waits_for_the_role_that_ecr_checks(fixture: str, request: pytest.FixtureRequest) -> None:
    made: Template = request.getfixturevalue(fixture)

    assert comes_with_its_policies(made, only_id(made, "AWS::IAM::Role"))


def test_a_cache_of_nothing_makes_nothing() -> None:
    made = {resource["Type"] for resource in _synthesize([], with_key=True).to_json()["Resources"].values()}
    assert made == {"AWS::KMS::Key"}


def test_creation_role_makes_and_tags_repositories_below_the_prefix_and_no_more(template: Template) -> None:
    (role_id,) = role_ids(template, "ecr.amazonaws.com")

    assert grants(statements(template, role_id)) == {
        ("ecr:CreateRepository", REPOSITORIES),
        ("ecr:ReplicateImage", REPOSITORIES),
        ("ecr:TagResource", REPOSITORIES),
    }


@pytest.mark.parametrize("tags", [TAGS, {}])
def test_creation_role_may_use_the_key_where_there_is_one(tags: dict[str, str]) -> None:
    template = _synthesize(tags=tags, with_key=True)

    (role_id,) = role_ids(template, "ecr.amazonaws.com")
    key = f"<{only_id(template, 'AWS::KMS::Key')}.Arn>"
    assert grants(statements(template, role_id)) == {
        ("ecr:CreateRepository", REPOSITORIES),
        ("ecr:ReplicateImage", REPOSITORIES),
        ("ecr:TagResource", REPOSITORIES),
        ("kms:CreateGrant", key),
        ("kms:DescribeKey", key),
        ("kms:RetireGrant", key),
    }


def test_creation_role_is_assumed_by_ecr_for_this_account_alone(with_key: Template) -> None:
    (role,) = all_of(with_key, "AWS::IAM::Role").values()

    assert trust(role)["Principal"] == {"Service": "ecr.amazonaws.com"}
    # AWS documents the trust policy without a condition: should ECR not send the key, nothing may break.
    assert trust(role)["Condition"] == {"StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_wildcard_of_the_creation_role_is_accepted_as_cdk_nag_spells_it() -> None:
    stack = new_stack()
    PullThroughCache(stack, "Cache", registries=ALL, prefix="sandbox", repository_tags=TAGS)

    assert acknowledged(stack) == {
        "Stack/Cache/CreationPolicy/Resource": {f"AwsSolutions::AwsSolutions-IAM5[Resource::{REPOSITORIES}]"}
    }


def test_a_registry_with_credentials_has_its_secret() -> None:
    stack = new_stack()
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"
    PullThroughCache(
        stack, "Cache", registries=(), credentials={"docker-hub": arn}, prefix="blue/cache", repository_tags={}
    )
    rule = properties(Template.from_stack(stack), "AWS::ECR::PullThroughCacheRule")

    assert rule == {
        "EcrRepositoryPrefix": "blue/cache/docker-hub",
        "UpstreamRegistry": "docker-hub",
        "UpstreamRegistryUrl": "registry-1.docker.io",
        "CredentialArn": arn,
    }
