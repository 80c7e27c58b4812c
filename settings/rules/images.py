"""Rules of the images of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.subjects import container_keys, containers


@rule("docs/adr/0008: how an image is named", keys=(*container_keys("image"), "registry.repositories"))
def image_has_a_registry(environment: Environment) -> Iterator[Problem]:
    """An image without the host name of a registry would be pulled from Docker Hub, whoever owns that name there."""
    for path, container, _ in containers(environment):
        host, slash, _ = container.image.partition("/")
        has_host = bool(slash) and ("." in host or ":" in host)
        if not has_host and re.split(r"[:@]", container.image)[0] not in environment.registry.repositories:
            names = ", ".join(environment.registry.repositories) or "none yet"
            yield Problem(
                path=(*path, "image"),
                value=container.image,
                allowed=f"an image with the host name of its registry, or one in registry.repositories ({names})",
            )
