"""Rules of repositories and of the images that services take from them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.rules.rule import rule
from settings.rules.values import values_come_once
from settings.environment import Environment
from settings.problems import Problem


@rule("Template sections, AWS CloudFormation User Guide: Resources")
def registry_has_something(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a stack without resources, and every environment has one for its registry."""
    registry = environment.registry
    if not (registry.repositories or registry.pull_through_cache or environment.customer_managed_keys):
        yield Problem(path=("registry",), value={}, allowed="a repository, or a registry in pull_through_cache")


@rule("Outputs, AWS CloudFormation User Guide")
def repositories_differ_in_more_than_punctuation(environment: Environment) -> Iterator[Problem]:
    """Each repository's address is an output, and names of outputs have letters and digits only."""
    names: dict[str, str] = {}
    for name in environment.registry.repositories:
        first = names.setdefault(re.sub(r"[^a-z0-9]", "", name), name)
        if first != name:
            yield Problem(
                path=("registry", "repositories", name),
                value=name,
                allowed=f"a name that differs from {first} in a letter or a digit",
            )


@rule("Pull through cache, Amazon ECR User Guide")
def repository_is_not_in_the_cache(environment: Environment) -> Iterator[Problem]:
    """ECR makes the repositories of a cache by itself, with the cache's settings; one of ours would be in its way."""
    for name in environment.registry.repositories:
        if name == "cache" or name.startswith("cache/"):
            yield Problem(
                path=("registry", "repositories", name), value=name, allowed="a name that does not begin with cache/"
            )


@rule("Lifecycle policies, Amazon ECR User Guide")
def repository_keeps_what_services_use(environment: Environment) -> Iterator[Problem]:
    """An image that a service still names would expire, and its next task could not start; nor a roll-back."""
    used = _images_by_repository(environment)
    for name, settings in environment.registry.repositories.items():
        # One more than is in use: the version before, for a roll-back.
        wanted = len(used.get(name, ())) + 1
        if name in used and settings.keep_images < wanted:
            yield Problem(
                path=("registry", "repositories", name, "keep_images"),
                value=settings.keep_images,
                allowed=f"at least {wanted}: services name {wanted - 1} of its images, and a roll-back needs another",
            )


def _images_by_repository(environment: Environment) -> dict[str, set[str]]:
    images: dict[str, set[str]] = {}
    services = environment.ecs.services.values() if environment.ecs else ()
    for service in services:
        for container in service.containers.values():
            repository = re.split(r"[:@]", container.image)[0]
            images.setdefault(repository, set()).add(container.image)
    return images


@rule("docs/adr/0008: how an image is named")
def image_has_a_repository_or_a_host(environment: Environment) -> Iterator[Problem]:
    """Without a host name it would be pulled from Docker Hub, whoever owns that name there."""
    services = environment.ecs.services if environment.ecs else {}
    for service_name, service in services.items():
        for name, container in service.containers.items():
            first, slash, _ = container.image.partition("/")
            is_hostname = bool(slash) and ("." in first or ":" in first)
            repository = re.split(r"[:@]", container.image)[0]
            if not is_hostname and repository not in environment.registry.repositories:
                names = ", ".join(environment.registry.repositories) or "none yet"
                yield Problem(
                    path=("ecs", "services", service_name, "containers", name, "image"),
                    value=container.image,
                    allowed=f"an image with its registry's host name, or one of registry.repositories ({names})",
                )


@rule("Pull through cache, Amazon ECR User Guide")
def cache_comes_once(environment: Environment) -> Iterator[Problem]:
    """ECR has one rule for each prefix."""
    caches = environment.registry.pull_through_cache
    yield from values_come_once(("registry", "pull_through_cache"), caches, called="registry")
