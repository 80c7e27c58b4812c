"""Rules of what no VPC endpoint leads to in a VPC without NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import is_private
from settings.rules.rule import rule, warning
from settings.rules.subjects import (
    capacity_groups,
    task_keys,
    tasks,
)


@warning(
    "Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide: considerations",
    keys=("network.nat_gateways", "region", *task_keys("task_role_statements[].resources[]")),
)
def resource_is_in_the_region_without_nat(environment: Environment) -> Iterator[Problem]:
    """A VPC endpoint leads to the service in its own Region, and without NAT gateways nothing leads to another one."""
    if environment.network.nat_gateways != "none":
        return
    for path, task in tasks(environment):
        for place, statement in enumerate(task.task_role_statements):
            for index, resource in enumerate(statement.resources):
                region = (*resource.split(":"), "", "", "", "")[3]
                if region and not fnmatchcase(environment.region, region):
                    yield Problem(
                        path=(*path, "task_role_statements", place, "resources", index),
                        finding=f"nat_gateways is none, and the resource is in {region}",
                        fix=f"use a resource in {environment.region}, or set nat_gateways to one or one_per_zone",
                    )


@rule(
    "Deploy private clusters with limited internet access, Amazon EKS User Guide",
    keys=("eks.endpoint.access", "network.nat_gateways"),
)
def eks_endpoint_is_reached_without_nat(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, nodes cannot reach a control plane that has a public endpoint only."""
    if environment.eks is None or environment.network.nat_gateways != "none":
        return
    if environment.eks.endpoint.access == "public":
        yield Problem(
            path=("eks", "endpoint", "access"),
            finding="the endpoint is public only, but network.nat_gateways is none",
            allowed="private or public_and_private",
        )


@warning(
    "NAT gateways, Amazon VPC User Guide",
    keys=("network.nat_gateways", *task_keys("egress[].cidr"), "ecs.capacity.<name>.egress[].cidr"),
)
def egress_has_a_route_without_nat(environment: Environment) -> Iterator[Problem]:
    """The security group lets the packets out, and no route leads to the internet."""
    if environment.network.nat_gateways != "none":
        return
    for path, peers in (
        *((path, task.egress) for path, task in tasks(environment)),
        *((path, group.egress) for path, group in capacity_groups(environment)),
    ):
        for index, peer in enumerate(peers):
            # HTTPS is allowed anyway, and leads to the addresses of the gateway endpoint for Amazon S3.
            is_https = peer.cidr.prefixlen == 0 and (peer.protocol, peer.port) == ("tcp", 443)
            if not is_private(peer.cidr) and not peer.cidr.subnet_of(environment.network.cidr) and not is_https:
                yield Problem(
                    path=(*path, "egress", index, "cidr"),
                    finding=f"nat_gateways is none, and {peer.cidr} is on the internet",
                    fix="remove it, set nat_gateways to one or one_per_zone, or acknowledge that a route of yours "
                    "leads there",
                )
