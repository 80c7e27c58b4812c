"""Rules of the images of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts import dated, regions
from reference_constructs.registry.ecr_image import EcrImage, domain, partition
from reference_constructs.registry.upstream_registries import cached_registry
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, images

_SIDECAR_IMAGES = task_keys("log_router.image", "sidecars.collector.image", "sidecars.cloudwatch_agent.image")


@rule(
    "docs/adr/0008: how an image is named", keys=(*container_keys("image"), *_SIDECAR_IMAGES, "registry.repositories")
)
def image_has_a_registry(environment: Environment) -> Iterator[Problem]:
    """An image without the host name of a registry would be pulled from Docker Hub, whoever owns that name there."""
    for path, image, _ in images(environment):
        host, slash, _ = image.partition("/")
        has_host = bool(slash) and ("." in host or ":" in host)
        name = re.split(r"[:@]", image)[0]
        if not has_host and name not in environment.registry.repositories:
            names = ", ".join(environment.registry.repositories) or "none yet"
            of_docker = f"docker.io/{image if slash else f'library/{image}'}"
            yield Problem(
                path=path,
                value=image,
                allowed=f"an image with the host name of its registry, or one in registry.repositories ({names})",
                fix=f"for the image of Docker Hub, write {of_docker}; for one of your own, add "
                f"registry.repositories.{name}",
            )


@rule("Amazon Resource Names, IAM User Guide: partitions", keys=(*container_keys("image"), "region"))
def image_is_in_the_partition(environment: Environment) -> Iterator[Problem]:
    """Roles of one partition of AWS have no permissions in another, so Amazon ECR there refuses the pull."""
    for path, container, _ in containers(environment):
        image = EcrImage.parse(container.image)
        if image is not None and partition(image.region) != partition(environment.region):
            yield Problem(
                path=(*path, "image"),
                value=container.image,
                allowed=f"a registry in a Region whose ARNs begin with arn:{partition(environment.region)}:, as "
                f"those of {environment.region} do",
                fix=f"copy the image to a registry in {environment.region}",
            )


@rule("Making requests to Amazon ECR registries; Amazon ECR endpoints and quotas", keys=container_keys("image"))
def image_host_exists(environment: Environment) -> Iterator[Problem]:
    """A host name of Amazon ECR has an account of 12 digits, a Region, and the domain of its partition of AWS."""
    for path, container, _ in containers(environment):
        host, slash, _ = container.image.partition("/")
        image = EcrImage.parse(container.image)
        if image is None and slash and re.search(r"\.dkr[.-]ecr\b", host):
            yield Problem(
                path=(*path, "image"),
                value=container.image,
                allowed="a host name such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            )
        is_right = image is None or (
            image.domain.endswith(".cn") is domain(image.region).endswith(".cn")
            if image.is_dual_stack
            else image.domain == domain(image.region)
        )
        if image is not None and not is_right:
            yield Problem(
                path=(*path, "image"),
                value=container.image,
                allowed=f"a host name of Amazon ECR in {image.region}, which ends with "
                f"{'.cn' if image.is_dual_stack else f'.{domain(image.region)}'}",
            )


@warning(
    "Regions and Zones, Amazon EC2 User Guide; facts/aws_facts.json; containers-roadmap issues 2 and 501",
    keys=container_keys("image"),
)
def image_region_has_the_host(environment: Environment) -> Iterator[Problem]:
    """No image can be pulled from a Region, or from an endpoint in it, that AWS does not have."""
    for path, container, _ in containers(environment):
        image = EcrImage.parse(container.image)
        if image is not None and image.region not in {*regions(), environment.region}:
            hint = did_you_mean(image.region, sorted(regions()))
            yield Problem(
                path=(*path, "image"),
                finding=f"the Region {image.region} is not in the data here, which is of {dated()}",
                fix=f"{hint} If AWS has opened the Region since, acknowledge this".strip(),
            )
        elif image is not None and image.is_fips and not image.region.startswith("us-"):
            yield Problem(
                path=(*path, "image"),
                finding=f"FIPS endpoints of Amazon ECR are known in the United States only, and not in {image.region}",
                fix="use the host name without -fips, or acknowledge that this one exists",
            )


@warning(
    "Private repository policy examples, Amazon ECR User Guide; amazon-ecs-agent issue 308",
    keys=(*container_keys("image"), "account"),
)
def image_of_another_account_can_be_pulled(environment: Environment) -> Iterator[Problem]:
    """The pull succeeds only if the repository policy in that account allows it too, which this file cannot show."""
    for path, container, _ in containers(environment):
        image = EcrImage.parse(container.image)
        if image is not None and environment.account not in (None, image.account):
            yield Problem(
                path=(*path, "image"),
                finding=f"the repository {image.repository} is in the account {image.account}",
                fix=f"have its policy allow the account {environment.account} ecr:BatchCheckLayerAvailability, "
                "ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer, then acknowledge this",
            )


@rule(
    "Amazon ECR interface VPC endpoints; Making requests to Amazon ECR registries; amazon-ecs-agent issue 3035",
    keys=(
        *container_keys("image"),
        *_SIDECAR_IMAGES,
        "network.nat_gateways",
        "network.existing.internet_access",
        "region",
    ),
)
def image_is_reached_without_nat(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, tasks reach only the Amazon ECR registries of their Region, through VPC endpoints."""
    without_internet = environment.network.without_internet
    if not without_internet:
        return
    for path, name, task in images(environment):
        if task.assign_public_ip:
            continue
        host = name.partition("/")[0]
        if not re.search(r"[.:]", host) or "/" not in name:
            continue
        image = EcrImage.parse(name)
        is_near = image is not None and image.region == environment.region and image.has_private_endpoint
        if not is_near and cached_registry(name, environment.registry.cached_registries) is None:
            yield Problem(
                path=path,
                finding=f"{without_internet}, and no VPC endpoint leads to {host}",
                allowed=f"an image in registry.repositories, or in Amazon ECR in {environment.region}",
                fix=f"copy the image to Amazon ECR, or {environment.network.way_to_the_internet}",
            )


@warning(
    "Sync an upstream registry with an Amazon ECR private registry, considerations",
    keys=(*container_keys("image"), *_SIDECAR_IMAGES, "network.nat_gateways", "network.existing.internet_access"),
)
def cached_image_was_pulled_before(environment: Environment) -> Iterator[Problem]:
    """The first pull of an image through the cache needs a route to the internet; only later ones do without."""
    without_internet = environment.network.without_internet
    if not without_internet:
        return
    for path, name, task in images(environment):
        if task.assign_public_ip:
            continue
        if cached_registry(name, environment.registry.cached_registries) is not None:
            yield Problem(
                path=path,
                finding=f"{without_internet}, and {name} is pulled through the cache",
                fix="pull it once through the cache from where the internet is reached, then acknowledge this; or copy "
                "it to registry.repositories",
            )
