"""Rules of the registry as a whole: replication, and tags that move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from reference_constructs.registry.ecr_image import partition
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.keys import container_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import images

_REPLICATION = "registry.replication"


@rule(
    "ReplicationDestination, Amazon ECR API Reference; Private image replication in Amazon ECR",
    keys=(f"{_REPLICATION}[]", f"{_REPLICATION}[].region", f"{_REPLICATION}[].account_id", "region", "account"),
)
def images_are_copied_elsewhere(environment: Environment) -> Iterator[Problem]:
    """Amazon ECR refuses to copy images to where they are, into another partition, or to one place twice."""
    seen: set[tuple[str, str | None]] = set()
    for index, each in enumerate(environment.registry.replication):
        path = ("registry", "replication", index, "region")
        place = (each.region, each.account_id or environment.account)
        if each.region == environment.region and each.account_id in (None, environment.account):
            yield Problem(path=path, value=each.region, allowed="another Region, or the Region of another account")
        elif partition(each.region) != partition(environment.region):
            yield Problem(path=path, value=each.region, allowed=f"a Region of the partition of {environment.region}")
        elif place in seen:
            yield Problem(path=path, finding=f"{each.region} is listed twice", fix="remove one of the two")
        seen.add(place)


@rule("Subscribe, Amazon SNS API Reference", keys=("registry.enhanced_scanning.email_addresses",))
def findings_are_mailed_once(environment: Environment) -> Iterator[Problem]:
    """An address has one subscription to the topic of findings."""
    scanning = environment.registry.enhanced_scanning
    if scanning is not None:
        yield from come_once(("registry", "enhanced_scanning", "email_addresses"), scanning.email_addresses)


@rule(
    "ImageTagMutabilityExclusionFilter, Amazon ECR API Reference", keys=("registry.repositories.<name>.mutable_tags",)
)
def mutable_tag_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon ECR refuses a filter of tags that is there twice."""
    for name, repository in environment.registry.repositories.items():
        yield from come_once(("registry", "repositories", name, "mutable_tags"), repository.mutable_tags)


@warning(
    "Preventing image tags from being overwritten in Amazon ECR",
    keys=("registry.repositories.<name>.mutable_tags", *container_keys("image")),
)
def deployed_tag_does_not_move(environment: Environment) -> Iterator[Problem]:
    """A task that starts later runs another image under the same tag, and a rollback runs the new one too."""
    for path, image, _ in images(environment):
        name, _, tag = image.partition(":")
        repository = environment.registry.repositories.get(re.split(r"[:@]", image)[0])
        moving = [each for each in repository.mutable_tags if fnmatchcase(tag, each)] if repository else []
        if moving and "@" not in image:
            yield Problem(
                path=path,
                finding=f"the tag {tag} is one of mutable_tags of {name}: {moving[0]}",
                fix="use a tag that is pushed once, or a digest",
            )
