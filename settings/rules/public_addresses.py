"""Rules of the addresses in public subnets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.address_ranges import RESERVED_ADDRESSES
from settings.rules.keys import task_keys
from settings.rules.rule import rule
from settings.rules.subjects import tasks

# "Subnets for your load balancer", Elastic Load Balancing: eight; and a NAT gateway.
_OF_OTHERS: Final = 9


@rule(
    "Subnet CIDR blocks, Amazon VPC User Guide; Amazon ECS task networking options for Fargate",
    keys=("network.public_prefix_length", *task_keys("assign_public_ip")),
)
def public_subnets_have_an_address_for_every_task(environment: Environment) -> Iterator[Problem]:
    """A task with a public address also takes one of a public subnet, beside load balancers and NAT gateways."""
    network = environment.network
    if network.existing is not None:
        return
    free = 2 ** (32 - network.public_prefix_length) - RESERVED_ADDRESSES - _OF_OTHERS
    available = len(environment.availability_zones) * free
    needed = sum(task.most_tasks_in_deployment for _, task in tasks(environment) if task.assign_public_ip)
    if needed > available:
        yield Problem(
            path=("network", "public_prefix_length"),
            finding=f"{len(environment.availability_zones)} public subnets of size /{network.public_prefix_length} "
            f"have {available} addresses beside those of load balancers and NAT gateways, but tasks can take {needed}",
            fix="use a smaller public_prefix_length, fewer tasks, or leave assign_public_ip out",
        )
