"""Rules of the log router and the sidecars of tasks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, service

S3 = "log_router: {destination: {kind: s3, bucket_arn: 'arn:aws:s3:::logs', prefix: web}}"
COLLECTOR = "sidecars: {collector: {}}"
MORE_MEMORY = "memory_mib: 1024"
NINE = "".join(f"c{number}: {{image: 'app:1'}}, " for number in range(9))


def named(name: str) -> str:
    """The container of the service, under this name."""
    return f"      containers: {{{name}: {{image: 'app:1'}}}}\n"


def firehose(region: str) -> str:
    """A log router to a stream in this Region."""
    stream = f"arn:aws:firehose:{region}:111122223333:deliverystream/logs"
    return f"log_router: {{destination: {{kind: firehose, stream_arn: '{stream}'}}}}"


def without_nat(image: str) -> str:
    """A file without NAT gateways, whose service has a collector."""
    head = HEAD + "network: {nat_gateways: none, interface_endpoints: derived}\n"
    return (
        service(f"sidecars: {{collector: {{{image}}}}}")
        .replace(HEAD, head)
        .replace("  repositories: {app: {}}\n", "  repositories: {app: {}}\n  pull_through_cache: []\n")
    )


ONE_DOMAIN = (
    "fix: state the endpoint and the ARN of one domain\n"
    "why: The task role may write to the domain of the ARN only, so another domain denies every request."
)


def opensearch(endpoint: str) -> str:
    """A log router to a domain with this endpoint."""
    domain = "domain_arn: 'arn:aws:es:eu-west-1:111122223333:domain/shop-logs'"
    return service(f"log_router: {{destination: {{kind: opensearch, {domain}, endpoint: {endpoint}, index: web}}}}")


PAIRS = (
    RulePair(
        rule="sidecars_are_counted_as_containers",
        rejected=service(COLLECTOR, MORE_MEMORY, container=f"      containers: {{{NINE}last: {{image: 'app:1'}}}}\n"),
        accepted=service(COLLECTOR, MORE_MEMORY, container=f"      containers: {{{NINE.rstrip(', ')}}}\n"),
        message=(
            "ecs.services.web.containers: the task has 11 containers with its sidecars\n"
            "allowed: at most 10\n"
            "fix: remove containers or sidecars\n"
            "why: A task can have ten containers, those of its log router and its sidecars among them."
        ),
    ),
    RulePair(
        rule="sidecar_has_a_name_of_its_own",
        rejected=service(S3, container=named("log_router")),
        accepted=service(S3, container=named("collector")),
        message=(
            "ecs.services.web.containers.log_router: the container of log_router has this name\n"
            "fix: choose another name\n"
            "why: Amazon ECS refuses two containers of one name, and the log router and the sidecars have the name of "
            "their key."
        ),
    ),
    RulePair(
        rule="sidecars_leave_memory",
        rejected=service(COLLECTOR, container="      containers: {web: {image: 'app:1', memory_mib: 257}}\n"),
        accepted=service(COLLECTOR, container="      containers: {web: {image: 'app:1', memory_mib: 256}}\n"),
        message=(
            "ecs.services.web.memory_mib: the sidecars take 256 of 512 MiB, and the containers 257\n"
            "fix: raise memory_mib, or lower that of the sidecars\n"
            "why: Amazon ECS refuses a task whose containers have more memory than it, and the program needs some of "
            "it."
        ),
    ),
    RulePair(
        rule="sidecars_leave_memory: without limits",
        rejected=service("sidecars: {collector: {memory_mib: 512}}"),
        accepted=service("sidecars: {collector: {memory_mib: 511}}"),
        message=(
            "ecs.services.web.memory_mib: the sidecars take 512 of 512 MiB\n"
            "fix: raise memory_mib, or lower that of the sidecars\n"
            "why: Amazon ECS refuses a task whose containers have more memory than it, and the program needs some of "
            "it."
        ),
    ),
    RulePair(
        rule="sidecars_leave_cpu",
        rejected=service(
            "sidecars: {collector: {cpu_units: 57}}",
            container="      containers: {web: {image: 'app:1', cpu_units: 200}}\n",
        ),
        accepted=service(
            "sidecars: {collector: {cpu_units: 56}}",
            container="      containers: {web: {image: 'app:1', cpu_units: 200}}\n",
        ),
        message=(
            "ecs.services.web.cpu_units: the sidecars reserve 57 and the containers 200 of 256 CPU units\n"
            "fix: raise cpu_units, or lower those of the sidecars\n"
            "why: Amazon ECS refuses a task whose containers together reserve more CPU than the task has."
        ),
    ),
    RulePair(
        rule="log_router_does_what_the_driver_cannot",
        rejected=service("log_router: {destination: {kind: cloudwatch}}"),
        accepted=service(
            "log_router: {destination: {kind: cloudwatch}, configuration_file_arn: 'arn:aws:s3:::settings/a.conf'}"
        ),
        message=(
            "ecs.services.web.log_router.destination: logs go to CloudWatch Logs as they are\n"
            "fix: remove log_router, or add configuration_file_arn\n"
            "why: Without a filter, the awslogs driver writes the same to CloudWatch Logs, and costs no memory."
        ),
    ),
    RulePair(
        rule="log_destination_is_in_the_region",
        rejected=service(firehose("eu-west-2")),
        accepted=service(firehose("eu-west-1")),
        message=(
            "ecs.services.web.log_router.destination.stream_arn: "
            "'arn:aws:firehose:eu-west-2:111122223333:deliverystream/logs' is not allowed\n"
            "allowed: an ARN in the Region eu-west-1\n"
            "why: The log router looks for the stream, and signs requests to the domain, in the Region of the task."
        ),
    ),
    RulePair(
        rule="image_is_reached_without_nat: of a sidecar",
        rejected=without_nat(""),
        accepted=without_nat("image: 'app:1'"),
        message=(
            "ecs.services.web.sidecars.collector.image: nat_gateways is none, and no VPC endpoint leads to "
            "public.ecr.aws\n"
            "allowed: an image in registry.repositories, or in Amazon ECR in eu-west-1\n"
            "fix: copy the image to Amazon ECR, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, tasks reach only the Amazon ECR registries of their Region, through VPC "
            "endpoints."
        ),
    ),
    RulePair(
        rule="log_endpoint_is_that_of_the_domain",
        rejected=opensearch("vpc-shop-logs-abcdefghijkl.eu-west-2.es.amazonaws.com"),
        accepted=opensearch("vpc-shop-logs-abcdefghijkl.eu-west-1.es.amazonaws.com"),
        message=(
            "ecs.services.web.log_router.destination.endpoint: it is of the domain shop-logs in eu-west-2, and "
            f"domain_arn is shop-logs in eu-west-1\n{ONE_DOMAIN}"
        ),
    ),
    RulePair(
        rule="log_endpoint_is_that_of_the_domain: by its name",
        rejected=opensearch("search-logs-abcdefghijkl.eu-west-1.es.amazonaws.com"),
        accepted=opensearch("logs.example.com"),
        message=(
            "ecs.services.web.log_router.destination.endpoint: it is of the domain logs in eu-west-1, and "
            f"domain_arn is shop-logs in eu-west-1\n{ONE_DOMAIN}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_pair(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
