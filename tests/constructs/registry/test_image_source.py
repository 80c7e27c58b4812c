"""Where an image comes from, and what pulling it takes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from reference_constructs.registry.image_source import ImageSources
from reference_constructs.registry.upstream_registries import UpstreamRegistry
from tests.support.assertions import Grant, flat, grants
from tests.support.synthesis import new_stack

ALL: Sequence[UpstreamRegistry] = ("ecr-public", "kubernetes", "quay")
HOST = "<AWS::AccountId>.dkr.ecr.eu-west-1.<AWS::URLSuffix>"
REPOSITORY = "arn:<AWS::Partition>:ecr:eu-west-1:<AWS::AccountId>:repository"
DIGEST = "sha256:" + "0" * 64
PULL = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
FIRST_PULL = {"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}


class Resolved:
    """An image source with its tokens made readable."""

    def __init__(self, image: str, cached_registries: Sequence[UpstreamRegistry] = ALL) -> None:
        stack = new_stack()
        sources = ImageSources(
            repository_prefix="sandbox", cache_prefix="sandbox/cache", cached_registries=cached_registries
        )
        source = sources.resolve(stack, image)
        self.uri = flat(stack.resolve(source.uri))
        self.repository = source.repository_arn and flat(stack.resolve(source.repository_arn))
        self.cached = source.cached
        self.grants: set[Grant] = grants(
            stack.resolve(statement.to_statement_json()) for statement in source.pull_statements()
        )


@pytest.mark.parametrize(
    ("image", "name", "reference"),
    [
        ("public.ecr.aws/docker/library/python:3.13", "ecr-public/docker/library/python", ":3.13"),
        ("registry.k8s.io/pause:3.10", "kubernetes/pause", ":3.10"),
        ("quay.io/coreos/etcd:v3.6", "quay/coreos/etcd", ":v3.6"),
    ],
)
def test_image_of_a_cached_registry_comes_through_the_cache(image: str, name: str, reference: str) -> None:
    source = Resolved(image)

    assert source.uri == f"{HOST}/sandbox/cache/{name}{reference}"
    assert source.repository == f"{REPOSITORY}/sandbox/cache/{name}"
    assert source.cached


@pytest.mark.parametrize(
    ("image", "name"),
    [("app:1.2.3", "app"), ("shop/checkout:7", "shop/checkout"), (f"app@{DIGEST}", "app")],
)
def test_image_without_a_host_is_of_a_repository_of_our_own(image: str, name: str) -> None:
    source = Resolved(image)

    assert source.uri == f"{HOST}/sandbox/{image}"
    assert source.repository == f"{REPOSITORY}/sandbox/{name}"
    assert not source.cached


@pytest.mark.parametrize(
    "image",
    [
        "ghcr.io/owner/app:1.0",
        "registry.example.com:5000/app:1.0",
        "localhost:5000/app:1.0",
        "quay.io.example.com/app:1.0",
        f"ghcr.io/owner/app@{DIGEST}",
        # ECR does not find a digest at the first pull through the cache.
        f"quay.io/prometheus/node-exporter@{DIGEST}",
        f"public.ecr.aws/nginx/nginx-unprivileged:1.29@{DIGEST}",
    ],
)
def test_image_of_any_other_host_is_pulled_as_it_stands_and_needs_no_permission(image: str) -> None:
    source = Resolved(image)

    assert source.uri == image
    assert source.repository is None
    assert source.grants == set()


@pytest.mark.parametrize(
    ("host", "account", "region"),
    [
        ("444455556666.dkr.ecr.eu-west-1.amazonaws.com", "444455556666", "eu-west-1"),
        ("111122223333.dkr.ecr.ap-southeast-2.amazonaws.com", "111122223333", "ap-southeast-2"),
        ("444455556666.dkr-ecr.eu-west-1.on.aws", "444455556666", "eu-west-1"),
        ("444455556666.dkr.ecr-fips.us-east-1.amazonaws.com", "444455556666", "us-east-1"),
        ("444455556666.dkr-ecr-fips.us-gov-west-1.on.aws", "444455556666", "us-gov-west-1"),
        ("444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn", "444455556666", "cn-north-1"),
        ("444455556666.dkr.ecr.eusc-de-east-1.amazonaws.eu", "444455556666", "eusc-de-east-1"),
    ],
)
@pytest.mark.parametrize("reference", [":1.4.2", f"@{DIGEST}", f":1.4.2@{DIGEST}"])
def test_image_of_any_ecr_registry_may_be_pulled_from_its_repository_alone(
    host: str, account: str, region: str, reference: str
) -> None:
    source = Resolved(f"{host}/team/shop{reference}")

    assert source.uri == f"{host}/team/shop{reference}"
    assert source.grants == {
        (action, f"arn:<AWS::Partition>:ecr:{region}:{account}:repository/team/shop") for action in PULL
    }


def test_image_of_a_registry_that_is_not_cached_is_pulled_from_it() -> None:
    image = "quay.io/prometheus/node-exporter:v1.9.0"

    assert Resolved(image, ["ecr-public"]).uri == image
    assert Resolved(image, ["ecr-public", "quay"]).uri != image


def test_repository_of_our_own_may_be_pulled_from_and_not_be_made() -> None:
    assert Resolved("shop/checkout:7").grants == {(action, f"{REPOSITORY}/sandbox/shop/checkout") for action in PULL}


def test_first_pull_through_the_cache_may_make_the_repository_of_that_image_alone() -> None:
    assert Resolved("quay.io/coreos/etcd:v3.6").grants == {
        (action, f"{REPOSITORY}/sandbox/cache/quay/coreos/etcd") for action in PULL | FIRST_PULL
    }


@pytest.mark.parametrize("image", ["app:1.2.3", "shop/checkout:7"])
def test_without_repositories_an_image_without_a_host_is_refused(image: str) -> None:
    with pytest.raises(ValueError, match=f"^image is {image}; allowed: an image with the host name of its registry$"):
        ImageSources().resolve(new_stack(), image)


def test_without_repositories_an_image_with_a_host_is_pulled_as_it_stands() -> None:
    source = ImageSources().resolve(new_stack(), "quay.io/coreos/etcd:v3.6")

    assert (source.uri, source.repository_arn) == ("quay.io/coreos/etcd:v3.6", None)


def test_without_repositories_images_still_come_through_the_cache() -> None:
    stack = new_stack()
    source = ImageSources(cache_prefix="cache", cached_registries=["quay"]).resolve(stack, "quay.io/coreos/etcd:v3.6")

    assert flat(stack.resolve(source.uri)) == f"{HOST}/cache/quay/coreos/etcd:v3.6"


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("docker.io/redis:8", "blue/cache/docker-hub/library/redis:8"),
        ("docker.io/grafana/grafana:12", "blue/cache/docker-hub/grafana/grafana:12"),
        ("ghcr.io/acme/worker:1", "blue/cache/github/acme/worker:1"),
        ("registry.gitlab.com/acme/worker:1", "blue/cache/gitlab/acme/worker:1"),
    ],
)
def test_image_of_a_registry_with_credentials_comes_through_the_cache(image: str, name: str) -> None:
    stack = new_stack()
    sources = ImageSources(cache_prefix="blue/cache", cached_registries=("docker-hub", "github", "gitlab"))

    found = sources.resolve(stack, image)

    assert found.cached
    assert found.uri.endswith(f"/{name}")
