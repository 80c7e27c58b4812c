"""Rules of Network Load Balancers that exist, of their access logs, and of how many targets one has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.rules.test_network_load_balancers import CERTIFICATE, network
from tests.support.rule_pairs import RulePair

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/shared/50dc6c495c0c9188"
EXISTING = f"existing: {{load_balancer_arn: '{ARN}', security_group_id: sg-0123456789abcdef0}}"
VPC = (
    "network: {existing: {vpc_id: vpc-0123456789abcdef0, cidrs: [10.7.0.0/16], private_subnets: "
    "{eu-west-1a: {subnet_id: subnet-0123456789abcdef0, cidr: 10.7.0.0/20}, "
    "eu-west-1b: {subnet_id: subnet-0123456789abcdef1, cidr: 10.7.16.0/20}}}}\n"
)
TLS = f"port: 443, protocol: TLS, certificate_arn: '{CERTIFICATE}'"


def existing(more: str = "") -> str:
    """Behind a load balancer that exists."""
    return network("", balancer=f"{EXISTING}{more}, listeners: {{game: {{port: 80}}}}")


def logging(listener: str) -> str:
    """With access logs."""
    stated = f"allowed_cidrs: [10.0.0.0/8], access_log_retention_days: 30, listeners: {{game: {{{listener}}}}}"
    return network("", balancer=stated)


def many(tasks: int) -> str:
    """With a number of tasks."""
    return network("port: 80") + f"      desired_count: {tasks}\n"


PAIRS = (
    RulePair(
        rule="existing_network_load_balancer_is_not_shaped",
        rejected=existing(", cross_zone: true") + VPC,
        accepted=existing() + VPC,
        message=(
            "ecs.network_load_balancers.edge.cross_zone: cross_zone is of a new load balancer, but there is "
            "ecs.network_load_balancers.edge.existing\n"
            "fix: remove cross_zone, or remove existing\n"
            "why: The load balancer is what its owner made of it, so a key that shapes a new one would do nothing."
        ),
    ),
    RulePair(
        rule="existing_network_load_balancer_is_in_the_vpc",
        rejected=existing(),
        accepted=existing() + VPC,
        message=(
            "ecs.network_load_balancers.edge.existing: the load balancer exists, and the VPC of its targets is a new "
            "one\n"
            "fix: name the VPC of the load balancer in network.existing, or acknowledge that somebody has put the load "
            "balancer into the VPC of this environment\n"
            "why: Elastic Load Balancing refuses a listener that forwards to a target group in another VPC."
        ),
    ),
    RulePair(
        rule="network_access_logs_have_something_to_log",
        rejected=logging("port: 80"),
        accepted=logging(TLS),
        message=(
            "ecs.network_load_balancers.edge.access_log_retention_days: no listener has the protocol TLS\n"
            "fix: remove access_log_retention_days: VPC flow logs record every connection\n"
            "why: A Network Load Balancer writes access logs of TLS requests alone, so the bucket would stay empty."
        ),
    ),
    RulePair(
        rule="targets_fit_the_network_load_balancer",
        rejected=many(501),
        accepted=many(500),
        message=(
            "ecs.network_load_balancers.edge: tasks behind it are up to 1002, 501 in a zone, if the largest service "
            "deploys\n"
            "fix: run at most 500, or have the quota raised and acknowledge this\n"
            "why: A Network Load Balancer can have 500 targets in a zone, with cross-zone load balancing 500 in all."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
