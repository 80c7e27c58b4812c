"""Rules of what no VPC endpoint leads to in a VPC without NAT gateways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, MANAGED, RulePair, eks, network

IMAGES_AND_LOGS = "ecr.api, ecr.dkr, logs"


FOR_NODES = "ecr.api, ecr.dkr, ec2, eks-auth"


PUBLIC = "endpoint: {access: %s, public_access_cidrs: [192.31.196.7/32]}"


def without_nat(endpoints: str) -> str:
    return network("nat_gateways: none", f"interface_endpoints: [{endpoints}]")


def task(container: str, service: str = "alarms: true") -> str:
    return f"ecs: {{services: {{web: {{containers: {{web: {{image: 'app:1', {container}}}}}, {service}}}}}}}\n"


QUEUE = "task_role_statements: [{actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:eu-west-1:111122223333:a']}]"


ISOLATED = (
    HEAD.replace("registry:\n", "registry:\n  pull_through_cache: []\n")
    + "network: {nat_gateways: none, interface_endpoints: derived}\n"
    + "eks: {nodes: {main: {kind: managed}}, add_ons: {%s}}\n"
)

PAIRS = (
    RulePair(
        rule="eks_endpoint_is_reached_without_nat",
        rejected=eks(MANAGED, PUBLIC % "public", head=without_nat(FOR_NODES)),
        accepted=eks(MANAGED, PUBLIC % "public_and_private", head=without_nat(FOR_NODES)),
        message=(
            "eks.endpoint.access: the endpoint is public only, but network.nat_gateways is none\n"
            "allowed: private or public_and_private\n"
            "why: Without NAT gateways, nodes cannot reach a control plane that has a public endpoint only."
        ),
    ),
    RulePair(
        rule="egress_has_a_route_without_nat",
        rejected=without_nat(IMAGES_AND_LOGS) + task("", "egress: [{cidr: 0.0.0.0/0, port: 587}]"),
        accepted=without_nat(IMAGES_AND_LOGS) + task("", "egress: [{cidr: 10.9.0.0/16, port: 587}]"),
        message=(
            "ecs.services.web.egress[0].cidr: nat_gateways is none, and 0.0.0.0/0 is on the internet\n"
            "fix: remove it, set nat_gateways to one or one_per_zone, or acknowledge that a route of yours "
            "leads there\n"
            "why: The security group lets the packets out, and no route leads to the internet."
        ),
    ),
    RulePair(
        rule="resource_is_in_the_region_without_nat",
        rejected=without_nat(f"{IMAGES_AND_LOGS}, sqs") + task("", QUEUE.replace("eu-west-1", "us-east-1")),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, sqs") + task("", QUEUE),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: nat_gateways is none, and the resource is"
            " in us-east-1\n"
            "fix: use a resource in eu-west-1, or set nat_gateways to one or one_per_zone\n"
            "why: A VPC endpoint leads to the service in its own Region, and without NAT gateways nothing "
            "leads to another one."
        ),
    ),
    RulePair(
        rule="resource_is_in_the_region_without_nat: or may be",
        rejected=without_nat(f"{IMAGES_AND_LOGS}, sqs") + task("", QUEUE.replace("eu-west-1", "us-*")),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, sqs") + task("", QUEUE.replace("eu-west-1", "eu-*")),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: nat_gateways is none, and the resource is"
            " in us-*\n"
            "fix: use a resource in eu-west-1, or set nat_gateways to one or one_per_zone\n"
            "why: A VPC endpoint leads to the service in its own Region, and without NAT gateways nothing "
            "leads to another one."
        ),
    ),
    RulePair(
        rule="egress_has_a_route_without_nat: or HTTPS to a gateway endpoint",
        rejected=without_nat(IMAGES_AND_LOGS) + task("", "egress: [{cidr: 192.31.196.0/24, port: 443}]"),
        accepted=without_nat(IMAGES_AND_LOGS)
        + task("", "egress: [{cidr: 0.0.0.0/0, port: 443}, {cidr: 169.254.169.253/32, port: 53, protocol: udp}]"),
        message=(
            "ecs.services.web.egress[0].cidr: nat_gateways is none, and 192.31.196.0/24 is on the internet\n"
            "fix: remove it, set nat_gateways to one or one_per_zone, or acknowledge that a route of yours "
            "leads there\n"
            "why: The security group lets the packets out, and no route leads to the internet."
        ),
    ),
    RulePair(
        rule="add_on_reaches_its_service_without_nat",
        rejected=ISOLATED % "external-dns: {}",
        accepted=ISOLATED % "aws-fsx-csi-driver: {}",
        message=(
            "eks.add_ons.external-dns: nat_gateways is none, and no VPC endpoint of this file leads to "
            "the service route53\n"
            "fix: set nat_gateways to one or one_per_zone, or acknowledge that you have an endpoint for "
            "it\n"
            "why: The add-on calls a service that no VPC endpoint here leads to, and does nothing until "
            "it is reached."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
