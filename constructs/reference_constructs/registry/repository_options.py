"""Options of an ECR repository."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import AccountId

RepositoryName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$",
        min_length=2,
        max_length=200,
        examples=["shop/checkout"],
        json_schema_extra=in_words(
            "2 to 200 lowercase letters and digits, separated by single periods, underscores, hyphens, or slashes"
        ),
    ),
]


OrganizationId = Annotated[
    str,
    Field(
        pattern=r"^o-[a-z0-9]{10,32}$",
        examples=["o-a1b2c3d4e5"],
        json_schema_extra=in_words("ID of an organization in AWS Organizations"),
    ),
]
# "ImageTagMutabilityExclusionFilter", Amazon ECR API Reference.
MutableTag = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._-]*(\*[A-Za-z0-9._-]*){0,2}$",
        min_length=1,
        max_length=128,
        examples=["pr-*"],
        json_schema_extra=in_words("1 to 128 letters, digits, and the characters `._-`, with up to two `*`"),
    ),
]

# The one that runs, and the one that is being deployed.
IMAGES_IN_USE: Final = 2


class RepositoryOptions(Options):
    """Private repository with immutable tags."""

    max_image_count: Annotated[int, Field(ge=1, le=1000)] = 30
    """Number of images that the lifecycle policy keeps; older images expire. A rollback requires that the previous
    image is still in the repository. The default is enough for one month of daily releases."""

    expire_untagged_after_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Number of days after which untagged images expire."""

    mutable_tags: Annotated[tuple[MutableTag, ...], Field(max_length=5)] = ()
    """Tags that can be pushed again, in spite of all others, such as `cache` or `pr-*`. A task definition with such a
    tag is not rolled back to what ran before."""

    pull_organization_ids: tuple[OrganizationId, ...] = ()
    """IDs of organizations in AWS Organizations whose accounts can pull images. Their principals also need Amazon ECR
    permissions in their own account."""

    pull_account_ids: tuple[AccountId, ...] = ()
    """IDs of other AWS accounts whose principals can pull images. The principals also need Amazon ECR permissions in
    their own account."""
