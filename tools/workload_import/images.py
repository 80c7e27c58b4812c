"""Names of images, with the registry that Docker would add, and of repositories for images that are built."""

from __future__ import annotations

import re


def image_with_its_registry(image: str) -> str:
    """The image with the host name of its registry, and with the tag that Docker would pull.

    Args:
        image: As Docker takes it.
    """
    host, slash, _ = image.partition("/")
    if not slash:
        image = f"docker.io/library/{image}"
    elif not re.search(r"[.:]", host) and host != "localhost":
        image = f"docker.io/{image}"
    return image if re.search(r"[:@]", image.rpartition("/")[2]) else f"{image}:latest"


def repository_name(name: str) -> str:
    """A name for a repository in Amazon ECR.

    Args:
        name: Name of what the image is for.
    """
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return made if len(made) > 1 else f"{made}-app"
