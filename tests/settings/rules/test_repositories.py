"""Rules of repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, service

EMPTY = (
    HEAD.replace("{app: {}}", "{}")
    + """\
  pull_through_cache: %s
customer_managed_keys: false
"""
)


def repositories(text: str) -> str:
    return HEAD.replace("{app: {}}", f"{{{text}}}")


PAIRS = (
    RulePair(
        rule="registry_stack_has_a_resource",
        rejected=EMPTY % "[]",
        accepted=EMPTY % "[quay]",
        message=(
            "registry.repositories: there is no repository, no pull_through_cache, and no customer managed "
            "key\n"
            "fix: add a repository, or an entry to registry.pull_through_cache\n"
            "why: CloudFormation refuses a stack without resources, and every environment has a stack for "
            "its registry."
        ),
    ),
    RulePair(
        rule="repository_names_differ_in_a_letter_or_digit",
        rejected=repositories("shop/api: {}, shop-api: {}"),
        accepted=repositories("shop/api: {}, shop-api2: {}"),
        message=(
            "registry.repositories.shop-api: 'shop-api' is not allowed\n"
            "allowed: a name that differs from shop/api in a letter or a digit\n"
            "why: The URI of each repository is a stack output, and names of outputs have letters and digits"
            " only."
        ),
    ),
    RulePair(
        rule="repository_is_outside_the_cache",
        rejected=repositories("cache/app: {}"),
        accepted=repositories("cached/app: {}"),
        message=(
            "registry.repositories.cache/app: 'cache/app' is not allowed\n"
            "allowed: a name other than cache that does not begin with cache/\n"
            "why: Amazon ECR creates the repositories of the pull-through cache itself, and their names "
            "begin with cache/."
        ),
    ),
    RulePair(
        rule="repository_keeps_the_images_in_use",
        rejected=service().replace("{app: {}}", "{app: {max_image_count: 1}}"),
        accepted=service().replace("{app: {}}", "{app: {max_image_count: 2}}"),
        message=(
            "registry.repositories.app.max_image_count: 1 is not allowed\n"
            "allowed: at least 2: 1 for the images in use, and 1 for a rollback\n"
            "why: An image in use could expire, so that no further task starts from it and a rollback fails."
        ),
    ),
    RulePair(
        rule="cached_registry_comes_once",
        rejected=HEAD + "  pull_through_cache: [quay, quay]\n",
        accepted=HEAD + "  pull_through_cache: [quay, kubernetes]\n",
        message=(
            "registry.pull_through_cache[1]: 'quay' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Amazon ECR has one pull-through cache rule for each repository prefix."
        ),
    ),
    RulePair(
        rule="repository_keeps_the_image_that_runs",
        rejected=HEAD.replace("app: {}", "app: {max_image_count: 1}"),
        accepted=HEAD.replace("app: {}", "app: {max_image_count: 2}"),
        message=(
            "registry.repositories.app.max_image_count: max_image_count is 1\n"
            "fix: set it to 2 or more, or acknowledge that nothing is deployed from this repository\n"
            "why: A push expires the image that tasks run, so no task can be replaced, and no deployment "
            "rolled back."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
