"""Rules of images."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers

PAIRS = (
    RulePair(
        rule="image_has_a_registry",
        rejected=containers("web: {image: 'shop:1'}"),
        accepted=containers("web: {image: 'docker.io/library/shop:1'}"),
        message=(
            "ecs.services.web.containers.web.image: 'shop:1' is not allowed\n"
            "allowed: an image with the host name of its registry, or one in registry.repositories (app)\n"
            "why: An image without the host name of a registry would be pulled from Docker Hub, whoever owns"
            " that name there."
        ),
    ),
    RulePair(
        rule="image_has_a_registry: a folder is no host",
        rejected=containers("web: {image: 'library/app:1'}"),
        accepted=containers("web: {image: 'app:1'}"),
        message=(
            "ecs.services.web.containers.web.image: 'library/app:1' is not allowed\n"
            "allowed: an image with the host name of its registry, or one in registry.repositories (app)\n"
            "why: An image without the host name of a registry would be pulled from Docker Hub, whoever owns"
            " that name there."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
