"""Rules of ECR repositories and of the pull-through cache."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reference_constructs.registry.repository_options import IMAGES_IN_USE
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.keys import container_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers


@rule(
    "Template sections, AWS CloudFormation User Guide: Resources",
    keys=(
        *("registry.repositories", "registry.pull_through_cache", "registry.pull_through_cache_credentials"),
        "customer_managed_keys",
    ),
)
def registry_stack_has_a_resource(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a stack without resources, and every environment has a stack for its registry."""
    registry = environment.registry
    if not (registry.repositories or registry.cached_registries or environment.customer_managed_keys):
        yield Problem(
            path=("registry", "repositories"),
            finding="there is no repository, no pull_through_cache, and no customer managed key",
            fix="add a repository, or an entry to registry.pull_through_cache",
        )


@rule("Outputs, AWS CloudFormation User Guide", keys=("registry.repositories.<name>",))
def repository_names_differ_in_a_letter_or_digit(environment: Environment) -> Iterator[Problem]:
    """The URI of each repository is a stack output, and names of outputs have letters and digits only."""
    names: dict[str, str] = {}
    for name in environment.registry.repositories:
        first = names.setdefault(re.sub(r"[^a-z0-9]", "", name), name)
        if first != name:
            yield Problem(
                path=("registry", "repositories", name),
                value=name,
                allowed=f"a name that differs from {first} in a letter or a digit",
            )


@rule("Pull through cache, Amazon ECR User Guide", keys=("registry.repositories.<name>",))
def repository_is_outside_the_cache(environment: Environment) -> Iterator[Problem]:
    """Amazon ECR creates the repositories of the pull-through cache itself, and their names begin with cache/."""
    for name in environment.registry.repositories:
        if name == "cache" or name.startswith("cache/"):
            yield Problem(
                path=("registry", "repositories", name),
                value=name,
                allowed="a name other than cache that does not begin with cache/",
            )


@rule(
    "Lifecycle policies, Amazon ECR User Guide",
    keys=("registry.repositories.<name>.max_image_count", *container_keys("image")),
)
def repository_keeps_the_images_in_use(environment: Environment) -> Iterator[Problem]:
    """An image in use could expire, so that no further task starts from it and a rollback fails."""
    used: dict[str, set[str]] = {}
    for _, container, _ in containers(environment):
        used.setdefault(re.split(r"[:@]", container.image)[0], set()).add(container.image)
    for name, repository in environment.registry.repositories.items():
        images = len(used.get(name, ()))
        # The version before, which a rollback needs, comes on top.
        if images and repository.max_image_count < images + 1:
            yield Problem(
                path=("registry", "repositories", name, "max_image_count"),
                value=repository.max_image_count,
                allowed=f"at least {images + 1}: {images} for the images in use, and 1 for a rollback",
            )


@rule("Pull through cache, Amazon ECR User Guide", keys=("registry.pull_through_cache",))
def cached_registry_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon ECR has one pull-through cache rule for each repository prefix."""
    yield from come_once(("registry", "pull_through_cache"), environment.registry.pull_through_cache)


@warning(
    "Automate the cleanup of images by using lifecycle policies in Amazon ECR",
    keys=("registry.repositories.<name>.max_image_count",),
)
def repository_keeps_the_image_that_runs(environment: Environment) -> Iterator[Problem]:
    """A push expires the image that tasks run, so no task can be replaced, and no deployment rolled back."""
    for name, repository in environment.registry.repositories.items():
        if repository.max_image_count < IMAGES_IN_USE:
            yield Problem(
                path=("registry", "repositories", name, "max_image_count"),
                finding=f"max_image_count is {repository.max_image_count}",
                fix=f"set it to {IMAGES_IN_USE} or more, or acknowledge that nothing is deployed from this repository",
            )
