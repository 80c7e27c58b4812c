"""Rules of the Kubernetes API server endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import collapse_addresses

from reference_constructs.eks.control_plane_options import reserved_ranges
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import some_node_supports

_SOURCE = "Cluster API server endpoint, Amazon EKS User Guide"
_ACCESS = "eks.endpoint.access"
_PUBLIC = ("eks", "endpoint", "public_access_cidrs")
_PRIVATE = ("eks", "endpoint", "private_access_cidrs")


@rule(_SOURCE, keys=(".".join(_PUBLIC), _ACCESS))
def private_endpoint_has_no_public_cidrs(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS would ignore the list, and nobody in it could reach the cluster."""
    endpoint = environment.eks.endpoint if environment.eks else None
    if endpoint is not None and endpoint.access == "private" and endpoint.public_access_cidrs:
        yield Problem(
            path=_PUBLIC,
            finding="there are public_access_cidrs, but access is private",
            fix="remove public_access_cidrs, or set access to public_and_private",
        )


@rule(f"{_SOURCE}; Security Hub control EKS.1", keys=(".".join(_PUBLIC), _ACCESS))
def public_endpoint_has_public_cidrs(environment: Environment) -> Iterator[Problem]:
    """Without a list, Amazon EKS admits the whole internet."""
    endpoint = environment.eks.endpoint if environment.eks else None
    if endpoint is not None and endpoint.access != "private" and not endpoint.public_access_cidrs:
        yield Problem(
            path=_PUBLIC,
            finding=f"access is {endpoint.access}, but there are no public_access_cidrs",
            fix="add at least one CIDR block, 0.0.0.0/0 to admit everyone, or set access to private",
        )


@rule(f"{_SOURCE}: reserved addresses", keys=(f"{'.'.join(_PUBLIC)}[]",))
def public_cidr_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """Nobody on the internet has these addresses, and Amazon EKS refuses them."""
    for index, cidr in enumerate(environment.eks.endpoint.public_access_cidrs if environment.eks else ()):
        if any(cidr.subnet_of(reserved) for reserved in reserved_ranges(cidr)):
            yield Problem(
                path=(*_PUBLIC, index),
                value=str(cidr),
                allowed="public addresses",
                fix="use the addresses that a client has on the internet, or add the block to private_access_cidrs if "
                "it is for private addresses",
            )


@warning(f"{_SOURCE}: reserved addresses", keys=(f"{'.'.join(_PUBLIC)}[]",))
def public_cidr_contains_no_reserved_addresses(environment: Environment) -> Iterator[Problem]:
    """The user guide says that a block cannot include reserved addresses, with 0.0.0.0/0 as the only exception."""
    for index, cidr in enumerate(environment.eks.endpoint.public_access_cidrs if environment.eks else ()):
        inside = [each for each in reserved_ranges(cidr) if each.subnet_of(cidr) and each != cidr]
        if inside and cidr.prefixlen > 0:
            yield Problem(
                path=(*_PUBLIC, index),
                finding=f"{str(cidr)!r} includes reserved addresses, {listed(inside)}",
                fix="use smaller blocks, or 0.0.0.0/0 to admit everyone",
            )


@warning(f"{_SOURCE}; docs/operations.md", keys=(".".join(_PUBLIC), _ACCESS, "network.nat_gateways"))
def public_endpoint_admits_the_nodes(environment: Environment) -> Iterator[Problem]:
    """Nodes reach it from the addresses of the NAT gateways, which exist only after the first deployment."""
    endpoint = environment.eks.endpoint if environment.eks else None
    if endpoint is None or endpoint.access != "public" or environment.network.without_internet:
        return
    # Two halves are everyone too.
    if endpoint.public_access_cidrs and all(
        each.prefixlen > 0 for each in collapse_addresses(endpoint.public_access_cidrs)
    ):
        yield Problem(
            path=_PUBLIC,
            finding="access is public, so nodes can join only if public_access_cidrs has the addresses of the NAT "
            "gateways",
            fix="set access to public_and_private, with which nodes use the private endpoint, or acknowledge that the "
            "list has these addresses",
        )


@rule(_SOURCE, keys=(".".join(_PRIVATE), _ACCESS))
def public_endpoint_has_no_private_cidrs(environment: Environment) -> Iterator[Problem]:
    """There is no private endpoint that the list could apply to."""
    endpoint = environment.eks.endpoint if environment.eks else None
    if endpoint is not None and endpoint.access == "public" and endpoint.private_access_cidrs:
        yield Problem(
            path=_PRIVATE,
            finding="there are private_access_cidrs, but access is public",
            fix="remove private_access_cidrs, or set access to public_and_private",
        )


@rule(_SOURCE, keys=(".".join(_PRIVATE), _ACCESS, "eks.nodes", "eks.remote_networks"))
def private_endpoint_can_be_reached(environment: Environment) -> Iterator[Problem]:
    """Nobody could use the cluster: there is no node to open a session on, and the endpoint admits no other client."""
    if environment.eks is None or not environment.eks.nodes:
        return
    endpoint = environment.eks.endpoint
    if (
        endpoint.access == "private"
        and not endpoint.private_access_cidrs
        and environment.eks.remote_networks is None
        and not some_node_supports(environment, "session_manager")
    ):
        yield Problem(
            path=_PRIVATE,
            finding="access is private, but there are no private_access_cidrs and Session Manager reaches no node",
            fix="add a CIDR block, such as that of the VPC or of a VPN, or add nodes",
        )
