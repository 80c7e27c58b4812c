"""A repository of our own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.registry.repository import ImageRepository
from reference_constructs.registry.repository_options import RepositoryOptions
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import DELETED, KEPT, Resource, fate, flat, only, only_id, properties
from tests.support.synthesis import new_stack


def _synthesize(*, with_key: bool = False, retention: RetentionOptions = PROTECTED, **options: object) -> Template:
    stack = new_stack()
    ImageRepository(
        stack,
        "Repository",
        repository_name="sandbox/app",
        options=RepositoryOptions.model_validate(options),
        encryption_key=kms.Key(stack, "Key") if with_key else None,
        retention=retention,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


def _rules(template: Template) -> list[Resource]:
    text = properties(template, "AWS::ECR::Repository")["LifecyclePolicy"]["LifecyclePolicyText"]
    rules: list[Resource] = json.loads(text)["rules"]
    return rules


def test_name_is_the_one_that_people_push_to(template: Template) -> None:
    assert properties(template, "AWS::ECR::Repository")["RepositoryName"] == "sandbox/app"


def test_a_tag_never_moves_and_what_is_pushed_is_scanned(template: Template) -> None:
    repository = properties(template, "AWS::ECR::Repository")

    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}


@pytest.mark.parametrize(
    ("options", "days", "kept"),
    [
        ({}, 7, 30),
        ({"expire_untagged_after_days": 3, "max_image_count": 100}, 3, 100),
    ],
)
def test_leftovers_and_old_images_expire(options: dict[str, Any], days: int, kept: int) -> None:
    untagged, old = (rule["selection"] for rule in _rules(_synthesize(**options)))

    assert (untagged["tagStatus"], untagged["countType"]) == ("untagged", "sinceImagePushed")
    assert (untagged["countNumber"], untagged["countUnit"]) == (days, "days")
    assert (old["tagStatus"], old["countType"], old["countNumber"]) == ("any", "imageCountMoreThan", kept)


def test_images_are_encrypted_with_the_key_of_ecr_unless_one_is_given(template: Template) -> None:
    with_key = _synthesize(with_key=True)

    # Unsaid is AES-256.
    assert "EncryptionConfiguration" not in properties(template, "AWS::ECR::Repository")
    assert properties(with_key, "AWS::ECR::Repository")["EncryptionConfiguration"] == {
        "EncryptionType": "KMS",
        "KmsKey": {"Fn::GetAtt": [only_id(with_key, "AWS::KMS::Key"), "Arn"]},
    }


@pytest.mark.parametrize(("protected", "expected"), [(True, KEPT), (False, DELETED)])
def test_images_stay_only_where_protected_and_ecr_deletes_them(*, protected: bool, expected: tuple[str, str]) -> None:
    template = _synthesize(retention=RetentionOptions(protected=protected))

    repository = only(template, "AWS::ECR::Repository")
    assert repository["Properties"]["EmptyOnDelete"] is not protected
    assert fate(repository) == expected
    template.resource_count_is("AWS::Lambda::Function", 0)


def test_other_accounts_may_pull_when_named_and_do_no_more() -> None:
    template = _synthesize(pull_account_ids=["111122223333", "444455556666"])

    (statement,) = properties(template, "AWS::ECR::Repository")["RepositoryPolicyText"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert set(statement["Action"]) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    }
    assert [flat(arn) for arn in statement["Principal"]["AWS"]] == [
        "arn:<AWS::Partition>:iam::111122223333:root",
        "arn:<AWS::Partition>:iam::444455556666:root",
    ]


def test_nobody_outside_the_account_may_pull_by_default(template: Template) -> None:
    assert "RepositoryPolicyText" not in properties(template, "AWS::ECR::Repository")


def test_some_tags_can_move_and_all_others_cannot() -> None:
    repository = properties(_synthesize(mutable_tags=["cache", "pr-*"]), "AWS::ECR::Repository")

    assert repository["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert [
        each["ImageTagMutabilityExclusionFilterValue"] for each in repository["ImageTagMutabilityExclusionFilters"]
    ] == [
        "cache",
        "pr-*",
    ]


def test_accounts_of_an_organization_pull_and_no_others() -> None:
    policy = properties(_synthesize(pull_organization_ids=["o-a1b2c3d4e5"]), "AWS::ECR::Repository")

    (statement,) = policy["RepositoryPolicyText"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}
    assert set(statement["Action"]) == {
        *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    }
