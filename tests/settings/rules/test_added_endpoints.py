"""Rules of VPC endpoints that are added to a VPC that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.endpoints import added_endpoint_options, interface_endpoints
from settings.loader import load_environment
from tests.support.rule_pairs import CONTAINER, RulePair, network

SERVICE = "ecs:\n  services:\n    web:\n" + CONTAINER
A = "eu-west-1a: {subnet_id: subnet-0000000a, cidr: 10.7.0.0/19}"
B = "eu-west-1b: {subnet_id: subnet-0000000b, cidr: 10.7.32.0/19}"
TABLES = "route_table_ids: [rtb-0000000a]"


def added(*lines: str, existing: tuple[str, ...] = ()) -> str:
    """Endpoints in a VPC that exists and has no way to the internet."""
    return (
        network(
            *lines,
            "existing:",
            "  vpc_id: vpc-00000001",
            "  cidrs: [10.7.0.0/16]",
            f"  private_subnets: {{{A}, {B}}}",
            "  internet_access: false",
            *(f"  {line}" for line in existing),
        )
        + SERVICE
    )


S3 = ("gateway_endpoints: [s3]",)
PAIRS = (
    RulePair(
        rule="endpoint_is_not_there_already",
        rejected=added(
            "interface_endpoints: [ecr.api, ecr.dkr, logs]", existing=(*S3, "interface_endpoints: [ecr.dkr, kms]")
        ),
        accepted=added("interface_endpoints: [ecr.api, logs]", existing=(*S3, "interface_endpoints: [ecr.dkr, kms]")),
        message=(
            "network.interface_endpoints[1]: network.existing.interface_endpoints says that there is an endpoint "
            "ecr.dkr\n"
            "fix: remove ecr.dkr from one of the two\n"
            "why: Amazon VPC refuses a second endpoint with the same private DNS name, or with the same route in a "
            "route table."
        ),
    ),
    RulePair(
        rule="endpoint_is_not_there_already: a gateway endpoint",
        rejected=added("interface_endpoints: derived", "gateway_endpoints: [dynamodb, s3]", existing=(*S3, TABLES)),
        accepted=added("interface_endpoints: derived", "gateway_endpoints: [dynamodb]", existing=(*S3, TABLES)),
        message=(
            "network.gateway_endpoints[1]: network.existing.gateway_endpoints says that there is an endpoint s3\n"
            "fix: remove s3 from one of the two\n"
            "why: Amazon VPC refuses a second endpoint with the same private DNS name, or with the same route in a "
            "route table."
        ),
    ),
    RulePair(
        rule="added_gateway_endpoint_has_route_tables",
        rejected=added("interface_endpoints: derived", "gateway_endpoints: [s3]"),
        accepted=added("interface_endpoints: derived", "gateway_endpoints: [s3]", existing=(TABLES,)),
        message=(
            "network.gateway_endpoints: there are gateway_endpoints to create, and existing has no route_table_ids\n"
            "fix: add the route tables of the private subnets to existing.route_table_ids, or remove "
            "gateway_endpoints\n"
            "why: A gateway endpoint is a route, and the route tables of a VPC that exists have to be named."
        ),
    ),
    RulePair(
        rule="endpoint_accounts_have_endpoints",
        rejected=added(
            "endpoint_account_ids: ['444455556666']",
            existing=(*S3, "interface_endpoints: [ecr.api, ecr.dkr, logs]"),
        ),
        accepted=added(
            "endpoint_account_ids: ['444455556666']",
            "interface_endpoints: [logs]",
            existing=(*S3, "interface_endpoints: [ecr.api, ecr.dkr]"),
        ),
        message=(
            "network.endpoint_account_ids: there are endpoint_account_ids, and no endpoint is created\n"
            "fix: remove endpoint_account_ids, or create endpoints with interface_endpoints or gateway_endpoints\n"
            "why: The policies of endpoints that exist are their owner's, so the accounts are admitted nowhere."
        ),
    ),
    RulePair(
        rule="endpoint_comes_once: beside those that exist",
        rejected=added("interface_endpoints: [logs, logs]", existing=(*S3, "interface_endpoints: [ecr.api, ecr.dkr]")),
        accepted=added("interface_endpoints: [logs]", existing=(*S3, "interface_endpoints: [ecr.api, ecr.dkr]")),
        message=(
            "network.interface_endpoints[1]: 'logs' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A VPC can have one endpoint with private DNS, or with routes, for each service; a second one fails."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_what_is_derived_is_what_the_vpc_lacks(tmp_path: Path) -> None:
    file = tmp_path / "checked.yaml"
    file.write_text(added("interface_endpoints: derived", existing=(*S3, "interface_endpoints: [ecr.dkr, kms]")))
    environment = load_environment(str(file))

    added_ones = added_endpoint_options(environment)
    assert added_ones is not None
    assert added_ones.interface_endpoints == ("ecr.api", "logs")
    assert interface_endpoints(environment) == ("ecr.dkr", "kms", "ecr.api", "logs")


def test_a_vpc_that_lacks_nothing_gets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "checked.yaml"
    there = "interface_endpoints: [ecr.api, ecr.dkr, logs]"
    file.write_text(added("interface_endpoints: derived", existing=(*S3, there)))

    assert added_endpoint_options(load_environment(str(file))) is None
