"""Rules of the Kubernetes API server endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
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


@rule(_SOURCE, keys=(".".join(_PRIVATE), _ACCESS, "eks.nodes"))
def private_endpoint_can_be_reached(environment: Environment) -> Iterator[Problem]:
    """Nobody could use the cluster: there is no node to open a session on, and the endpoint admits no other client."""
    if environment.eks is None or not environment.eks.nodes:
        return
    endpoint = environment.eks.endpoint
    if (
        endpoint.access == "private"
        and not endpoint.private_access_cidrs
        and not some_node_supports(environment, "session_manager")
    ):
        yield Problem(
            path=_PRIVATE,
            finding="access is private, but there are no private_access_cidrs and no nodes that are EC2 instances",
            fix="add a CIDR block, such as that of the VPC or of a VPN, or add nodes",
        )
