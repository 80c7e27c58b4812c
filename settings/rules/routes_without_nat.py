"""Rules of what no VPC endpoint leads to in a VPC without NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from facts.endpoint_needs import endpoint_needs
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.capacity_subjects import capacity
from settings.rules.comparisons import is_private
from settings.rules.keys import task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import private_tasks

_WAYS = ("network.nat_gateways", "network.existing.internet_access")


@warning(
    "Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide: considerations",
    keys=(*_WAYS, "region", *task_keys("task_role_statements[].resources[]")),
)
def resource_is_in_the_region_without_nat(environment: Environment) -> Iterator[Problem]:
    """A VPC endpoint leads to the service in its own Region, and without NAT gateways nothing leads to another one."""
    without_internet = environment.network.without_internet
    if not without_internet:
        return
    for path, task in private_tasks(environment):
        for place, statement in enumerate(task.task_role_statements):
            for index, resource in enumerate(statement.resources):
                region = (*resource.split(":"), "", "", "", "")[3]
                if region and not fnmatchcase(environment.region, region):
                    yield Problem(
                        path=(*path, "task_role_statements", place, "resources", index),
                        finding=f"{without_internet}, and the resource is in {region}",
                        fix=f"use a resource in {environment.region}, or {environment.network.way_to_the_internet}",
                    )


@rule(
    "Deploy private clusters with limited internet access, Amazon EKS User Guide",
    keys=("eks.endpoint.access", *_WAYS),
)
def eks_endpoint_is_reached_without_nat(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, nodes cannot reach a control plane that has a public endpoint only."""
    without_internet = environment.network.without_internet
    if environment.eks is not None and without_internet and environment.eks.endpoint.access == "public":
        yield Problem(
            path=("eks", "endpoint", "access"),
            finding=f"the endpoint is public only, but network.{without_internet}",
            allowed="private or public_and_private",
        )


@warning(
    "NAT gateways, Amazon VPC User Guide",
    keys=(*_WAYS, *task_keys("egress[].cidr"), "ecs.capacity.<name>.egress[].cidr"),
)
def egress_has_a_route_without_nat(environment: Environment) -> Iterator[Problem]:
    """The security group lets the packets out, and no route leads to the internet."""
    without_internet = environment.network.without_internet
    if not without_internet:
        return
    for path, peers in (
        *((path, task.egress) for path, task in private_tasks(environment)),
        *((path, group.egress) for path, group in capacity(environment)),
    ):
        for index, peer in enumerate(peers):
            # HTTPS is allowed anyway, and leads to the addresses of the gateway endpoint for Amazon S3.
            is_https = peer.cidr.prefixlen == 0 and (peer.protocol, peer.port) == ("tcp", 443)
            if (
                not is_private(peer.cidr)
                and not any(map(peer.cidr.subnet_of, environment.network.cidrs))
                and not is_https
            ):
                yield Problem(
                    path=(*path, "egress", index, "cidr"),
                    finding=f"{without_internet}, and {peer.cidr} is on the internet",
                    fix=f"remove it, {environment.network.way_to_the_internet}, or acknowledge that a route of yours "
                    "leads there",
                )


@warning(
    "AWS services that integrate with AWS PrivateLink; constructs/reference_constructs/eks/add_ons/catalog.py",
    keys=(*_WAYS, "eks.add_ons.<name>"),
)
def add_on_reaches_its_service_without_nat(environment: Environment) -> Iterator[Problem]:
    """The add-on calls a service that no VPC endpoint here leads to, and does nothing until it is reached."""
    without_internet, eks = environment.network.without_internet, environment.eks
    if eks is None or not without_internet:
        return
    for row, role in eks.add_on_roles(eks.nodes.values()):
        stated = (eks.add_ons or {}).get(row.name)
        if stated is None or stated.statements is not None or _has_endpoints(row.name):
            continue  # what the file states is looked at as that of applications is
        services = {action.partition(":")[0] for permission in role.permissions for action in permission.actions}
        for service in sorted(services):
            yield Problem(
                path=("eks", "add_ons", row.name),
                finding=f"{without_internet}, and no VPC endpoint of this file leads to the service {service}",
                fix=f"{environment.network.way_to_the_internet}, or acknowledge that you have an endpoint for it",
            )


def _has_endpoints(add_on: str) -> bool:
    row = endpoint_needs("add_ons").get(add_on)
    return row is not None and bool(row.endpoints)
