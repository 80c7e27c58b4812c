"""Rules of the quotas of load balancing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CONTAINER, HEAD, LOAD_BALANCER, RulePair, load_balancer, service


def routed(count: int) -> str:
    """A file with so many services behind the load balancer."""
    text = HEAD + "ecs:\n" + LOAD_BALANCER + "  services:\n"
    for number in range(count):
        text += f"    s{number:03}:\n" + CONTAINER
        text += f"      routing: {{path_patterns: [/s{number:03}], priority: {number + 1}}}\n"
    return text


def with_further_rules(count: int) -> str:
    """A file with one service behind the load balancer, with so many rules beside its own."""
    rules = ", ".join(f"r{number:03}: {{path_patterns: [/r{number:03}]}}" for number in range(count))
    return routed(1).replace("[/s000]", f"[/s000], further_rules: {{{rules}}}")


def clients(count: int) -> str:
    """A file with a load balancer of HTTPS for so many CIDR blocks."""
    cidrs = ", ".join(f"10.0.{number}.0/24" for number in range(count))
    certificate = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1'"
    return HEAD + f"ecs: {{load_balancer: {{{certificate}, allowed_cidrs: [{cidrs}]}}}}\n"


UDP = "additional_ports: {udp: {port: 8080, protocol: udp}}"
ROUTINGS = ", ".join(f"r{number}: {{path_patterns: [/{number}]}}" for number in range(1, 6))


def https(text: str, count: int) -> str:
    """A file with a load balancer of HTTPS, and with so many further certificates."""
    arns = ", ".join(f"'arn:aws:acm:eu-west-1:111122223333:certificate/{number}'" for number in range(1, count + 1))
    return load_balancer(
        f"{{certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0', "
        f"additional_certificate_arns: [{arns}]{text}}}"
    )


def network(count: int) -> str:
    """A file with a Network Load Balancer for TCP and UDP, and so many CIDR blocks."""
    cidrs = ", ".join(f"10.0.{number}.0/24" for number in range(count))
    return service(
        "network_routings: {game: {load_balancer: edge, listener: game}}",
        container=f"      containers: {{web: {{image: 'app:1', port: 8080, {UDP}}}}}\n",
        before=f"  network_load_balancers: {{edge: {{allowed_cidrs: [{cidrs}], listeners: {{game: {{port: 80, "
        "protocol: TCP_UDP}}}}\n",
    )


PAIRS = (
    RulePair(
        rule="load_balancer_has_a_target_group_for_each_service",
        rejected=routed(101),
        accepted=routed(100),
        message=(
            "ecs.services.s100.routing: ecs.load_balancer has 101 target groups\n"
            "allowed: at most 100\n"
            "fix: use a further one of ecs.load_balancers, or another environment\n"
            "why: A load balancer can have 100 target groups, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="service_has_five_target_groups",
        rejected=service("routing: {path_patterns: [/*]}", f"routings: {{{ROUTINGS}}}"),
        accepted=service(f"routings: {{{ROUTINGS}}}"),
        message=(
            "ecs.services.web.routings: the service has 6 target groups, one for each routing\n"
            "allowed: at most 5\n"
            "fix: use further_rules of a routing where container, load balancer, and health check are the same\n"
            "why: An Amazon ECS service can have five target groups, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="rules_fit_the_load_balancer",
        rejected=with_further_rules(100),
        accepted=with_further_rules(99),
        message=(
            "ecs.load_balancer: there are 101 listener rules\n"
            "fix: use at most 100, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 100 listener rules unless the quota is raised."
        ),
    ),
    RulePair(
        rule="certificates_fit_the_load_balancer",
        rejected=https("", 26),
        accepted=https("", 25),
        message=(
            "ecs.load_balancer.additional_certificate_arns: there are 26 certificates besides the default one\n"
            "fix: use at most 25, each with several names, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 25 certificates besides the default one unless the quota is raised."
        ),
    ),
    RulePair(
        rule="targets_fit_the_load_balancer",
        rejected=service("routing: {path_patterns: [/*]}", "desired_count: 501"),
        accepted=service("routing: {path_patterns: [/*]}", "desired_count: 500"),
        message=(
            "ecs.services.web.desired_count: tasks behind the load balancer are up to 1002, if the largest "
            "service deploys\n"
            "fix: run at most 1000, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register "
            "more tasks."
        ),
    ),
    RulePair(
        rule="targets_fit_the_load_balancer: with scaling",
        rejected=service("routing: {path_patterns: [/*]}", "scaling: {max_capacity: 501}"),
        accepted=service("routing: {path_patterns: [/*]}", "scaling: {max_capacity: 500}"),
        message=(
            "ecs.services.web.scaling.max_capacity: tasks behind the load balancer are up to 1002, if the "
            "largest service deploys\n"
            "fix: run at most 1000, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register "
            "more tasks."
        ),
    ),
    RulePair(
        rule="targets_fit_the_load_balancer: a target in each group",
        rejected=service(
            "routing: {path_patterns: [/*]}", "routings: {more: {path_patterns: [/a]}}", "desired_count: 251"
        ),
        accepted=service(
            "routing: {path_patterns: [/*]}", "routings: {more: {path_patterns: [/a]}}", "desired_count: 250"
        ),
        message=(
            "ecs.services.web.desired_count: tasks behind the load balancer are up to 1004, if the largest "
            "service deploys\n"
            "fix: run at most 1000, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register "
            "more tasks."
        ),
    ),
    RulePair(
        rule="clients_fit_the_security_group",
        rejected=clients(31),
        accepted=clients(30),
        message=(
            "ecs.load_balancer.allowed_cidrs: 31 CIDR blocks take 62 rules\n"
            "fix: state fewer, larger CIDR blocks, or have the quota raised and acknowledge this\n"
            "why: A security group can have 60 inbound rules unless the quota is raised, one for each CIDR block "
            "and port."
        ),
    ),
    RulePair(
        rule="clients_fit_the_security_group: of a Network Load Balancer",
        rejected=network(31),
        accepted=network(30),
        message=(
            "ecs.network_load_balancers.edge.allowed_cidrs: 31 CIDR blocks take 62 rules\n"
            "fix: state fewer, larger CIDR blocks, or have the quota raised and acknowledge this\n"
            "why: A security group can have 60 inbound rules unless the quota is raised, one for each CIDR block "
            "and port."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
