"""Rules of images."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts import dated
from tests.support.rule_pairs import HEAD, RulePair, containers, network, problems, service

ELSEWHERE = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/shop:1.4.2"
WITHOUT_NAT = network(
    "nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, ecs, ecs-agent, ecs-telemetry, logs]"
)
NO_NAT_WHY = (
    "why: Without NAT gateways, tasks reach only the Amazon ECR registries of their Region, through VPC endpoints."
)

CHINA = HEAD.replace("eu-west-1", "cn-north-1").replace("registry:", "registry:\n  pull_through_cache: []")


def image(name: str, before: str = "") -> str:
    return before + containers(f"web: {{image: '{name}'}}").removeprefix(HEAD if before else "")


PAIRS = (
    RulePair(
        rule="image_has_a_registry: of a sidecar",
        rejected=service("memory_mib: 1024", "sidecars: {collector: {image: 'collector:1'}}"),
        accepted=service("memory_mib: 1024", "sidecars: {collector: {image: 'app:1'}}"),
        message=(
            "ecs.services.web.sidecars.collector.image: 'collector:1' is not allowed\n"
            "allowed: an image with the host name of its registry, or one in registry.repositories (app)\n"
            "fix: for the image of Docker Hub, write docker.io/library/collector:1; for one of your own, add "
            "registry.repositories.collector\n"
            "why: An image without the host name of a registry would be pulled from Docker Hub, whoever owns that name "
            "there."
        ),
    ),
    RulePair(
        rule="image_has_a_registry",
        rejected=containers("web: {image: 'shop:1'}"),
        accepted=containers("web: {image: 'docker.io/library/shop:1'}"),
        message=(
            "ecs.services.web.containers.web.image: 'shop:1' is not allowed\n"
            "allowed: an image with the host name of its registry, or one in registry.repositories (app)\n"
            "fix: for the image of Docker Hub, write docker.io/library/shop:1; for one of your own, add "
            "registry.repositories.shop\n"
            "why: An image without the host name of a registry would be pulled from Docker Hub, whoever "
            "owns that name there."
        ),
    ),
    RulePair(
        rule="image_has_a_registry: a folder is no host",
        rejected=containers("web: {image: 'library/app:1'}"),
        accepted=containers("web: {image: 'app:1'}"),
        message=(
            "ecs.services.web.containers.web.image: 'library/app:1' is not allowed\n"
            "allowed: an image with the host name of its registry, or one in registry.repositories (app)\n"
            "fix: for the image of Docker Hub, write docker.io/library/app:1; for one of your own, add "
            "registry.repositories.library/app\n"
            "why: An image without the host name of a registry would be pulled from Docker Hub, whoever "
            "owns that name there."
        ),
    ),
    RulePair(
        rule="image_is_in_the_partition",
        rejected=image("444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/team/shop:1"),
        accepted=image("444455556666.dkr.ecr.us-east-1.amazonaws.com/team/shop:1"),
        message=(
            "ecs.services.web.containers.web.image: "
            "'444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/team/shop:1' is not allowed\n"
            "allowed: a registry in a Region whose ARNs begin with arn:aws:, as those of eu-west-1 do\n"
            "fix: copy the image to a registry in eu-west-1\n"
            "why: Roles of one partition of AWS have no permissions in another, so Amazon ECR there "
            "refuses the pull."
        ),
    ),
    RulePair(
        rule="image_of_another_account_can_be_pulled",
        rejected=image(ELSEWHERE, before=HEAD + "account: '111122223333'\n"),
        accepted=image(ELSEWHERE, before=HEAD + "account: '444455556666'\n"),
        message=(
            "ecs.services.web.containers.web.image: the repository team/shop is in the account 444455556666\n"
            "fix: have its policy allow the account 111122223333 ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, "
            "and ecr:GetDownloadUrlForLayer, then acknowledge this\n"
            "why: The pull succeeds only if the repository policy in that account allows it too, which this file "
            "cannot show."
        ),
    ),
    RulePair(
        rule="image_is_reached_without_nat",
        rejected=image("ghcr.io/acme/worker:1.0.0", before=WITHOUT_NAT),
        accepted=image("app:1", before=WITHOUT_NAT),
        message=(
            "ecs.services.web.containers.web.image: nat_gateways is none, and no VPC endpoint leads to ghcr.io\n"
            "allowed: an image in registry.repositories, or in Amazon ECR in eu-west-1\n"
            "fix: copy the image to Amazon ECR, or set nat_gateways to one or one_per_zone\n"
            f"{NO_NAT_WHY}"
        ),
    ),
    RulePair(
        rule="cached_image_was_pulled_before",
        rejected=image("quay.io/acme/worker:1.0.0", before=WITHOUT_NAT),
        accepted=image("quay.io/acme/worker:1.0.0"),
        message=(
            "ecs.services.web.containers.web.image: nat_gateways is none, and quay.io/acme/worker:1.0.0 is pulled "
            "through the cache\n"
            "fix: pull it once through the cache from where the internet is reached, then acknowledge this; or copy it "
            "to registry.repositories\n"
            "why: The first pull of an image through the cache needs a route to the internet; only later ones do "
            "without."
        ),
    ),
    RulePair(
        rule="image_host_exists",
        rejected=image(ELSEWHERE.replace("eu-west-1", "cn-north-1"), before=CHINA),
        accepted=image(ELSEWHERE.replace("eu-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"), before=CHINA),
        message=(
            "ecs.services.web.containers.web.image: "
            "'444455556666.dkr.ecr.cn-north-1.amazonaws.com/team/shop:1.4.2' is not allowed\n"
            "allowed: a host name of Amazon ECR in cn-north-1, which ends with .amazonaws.com.cn\n"
            "why: A host name of Amazon ECR has an account of 12 digits, a Region, and the domain of its partition of "
            "AWS."
        ),
    ),
    RulePair(
        rule="image_host_exists: nor one of China elsewhere",
        rejected=image(ELSEWHERE.replace(".com/", ".com.cn/")),
        accepted=image(ELSEWHERE),
        message=(
            "ecs.services.web.containers.web.image: "
            "'444455556666.dkr.ecr.eu-west-1.amazonaws.com.cn/team/shop:1.4.2' is not allowed\n"
            "allowed: a host name of Amazon ECR in eu-west-1, which ends with .amazonaws.com\n"
            "why: A host name of Amazon ECR has an account of 12 digits, a Region, and the domain of its partition of "
            "AWS."
        ),
    ),
    RulePair(
        rule="image_host_exists: with an account",
        rejected=image(ELSEWHERE.replace("444455556666", "4444555566667")),
        accepted=image(ELSEWHERE),
        message=(
            "ecs.services.web.containers.web.image: "
            "'4444555566667.dkr.ecr.eu-west-1.amazonaws.com/team/shop:1.4.2' is not allowed\n"
            "allowed: a host name such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com\n"
            "why: A host name of Amazon ECR has an account of 12 digits, a Region, and the domain of its partition of "
            "AWS."
        ),
    ),
    RulePair(
        rule="image_region_has_the_host",
        rejected=image(ELSEWHERE.replace("eu-west-1", "eu-wset-1")),
        accepted=image(ELSEWHERE),
        message=(
            "ecs.services.web.containers.web.image: the Region eu-wset-1 is not in the data here, which is of "
            f"{dated()}\n"
            "fix: did you mean eu-west-1? If AWS has opened the Region since, acknowledge this\n"
            "why: No image can be pulled from a Region, or from an endpoint in it, that AWS does not have."
        ),
    ),
    RulePair(
        rule="image_region_has_the_host: for FIPS",
        rejected=image(ELSEWHERE.replace("dkr.ecr", "dkr.ecr-fips")),
        accepted=image(ELSEWHERE.replace("dkr.ecr.eu-west-1", "dkr.ecr-fips.us-east-2")),
        message=(
            "ecs.services.web.containers.web.image: FIPS endpoints of Amazon ECR are known in the United States only, "
            "and not in eu-west-1\n"
            "fix: use the host name without -fips, or acknowledge that this one exists\n"
            "why: No image can be pulled from a Region, or from an endpoint in it, that AWS does not have."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/shop:1", True),
        ("444455556666.dkr.ecr.eu-central-1.amazonaws.com/team/shop:1", False),
        ("444455556666.dkr-ecr.eu-west-1.on.aws/team/shop:1", False),
        ("444455556666.dkr.ecr-fips.eu-west-1.amazonaws.com/team/shop:1", False),
        (f"quay.io/acme/worker@sha256:{'0' * 64}", False),
        ("docker.io/library/busybox:1", False),
    ],
)
def test_only_registries_behind_an_endpoint_are_reached_without_nat(
    tmp_path: Path, name: str, *, reached: bool
) -> None:
    found = problems(tmp_path, image(name, before=WITHOUT_NAT))
    assert (found == []) is reached
    assert all("no VPC endpoint leads to" in problem.finding for problem in found)


def test_a_task_with_a_public_address_needs_no_nat_gateway_and_no_endpoint(tmp_path: Path) -> None:
    without_nat = network("nat_gateways: none")
    stated = (
        "web: {image: 'ghcr.io/acme/worker:1', "
        "secrets: {A: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf'}}"
    )
    with_address = service(
        "assign_public_ip: true",
        "execute_command: true",
        "task_role_statements: [{actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:eu-central-1:111122223333:a']}"
        "]",
        "egress: [{cidr: 192.31.196.0/24, port: 5432}]",
        container=f"      containers: {{{stated.replace('}}', '}, read_only_root_filesystem: false}')}}}\n",
        before="",
    ).removeprefix(HEAD)
    assert problems(tmp_path, without_nat + with_address) == []
    found = problems(tmp_path, without_nat + with_address.replace("assign_public_ip: true", "assign_public_ip: false"))
    assert {problem.path[-1] for problem in found} >= {"image", "interface_endpoints"}


def test_an_image_of_any_account_is_accepted_where_the_own_account_is_not_stated(tmp_path: Path) -> None:
    assert problems(tmp_path, image(ELSEWHERE)) == []


@pytest.mark.parametrize(
    ("host", "accepted"),
    [
        ("dkr.ecr.eu-west-1.amazonaws.co", False),
        ("dkr-ecr.eu-west-1.on.aws", True),
        ("dkr-ecr.eu-west-1.on.amazonwebservices.com.cn", False),
        ("dkr.ecr-fips.us-east-1.amazonaws.com", True),
        ("dkr.ecr.amazonaws.com", False),
        ("dkr.ecr.EU-west-1.amazonaws.com", False),
    ],
)
def test_hosts_are_those_that_amazon_ecr_has(tmp_path: Path, host: str, *, accepted: bool) -> None:
    assert (problems(tmp_path, image(f"111122223333.{host}/team/shop:1")) == []) is accepted
