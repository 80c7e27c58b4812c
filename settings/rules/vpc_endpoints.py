"""Rules of interface VPC endpoints, and of a VPC without NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from facts.vpc_endpoints import INTERFACE_ENDPOINTS
from reference_constructs.network.vpc_options import GatewayEndpoint
from settings.endpoints import (
    called_actions,
    created_interface_endpoints,
    gateway_endpoints,
    interface_endpoints,
    needed_endpoints,
)
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning

_KEYS = ("network.interface_endpoints", "network.nat_gateways", "network.existing.interface_endpoints")
_GATEWAYS = ("network.gateway_endpoints", "network.existing.gateway_endpoints")


@rule(
    "Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide",
    keys=(_KEYS[0], _KEYS[2], _GATEWAYS[0]),
)
def endpoint_comes_once(environment: Environment) -> Iterator[Problem]:
    """A VPC can have one endpoint with private DNS, or with routes, for each service; a second one fails."""
    existing = environment.network.existing
    if existing is not None:
        yield from come_once(("network", "existing", "interface_endpoints"), existing.interface_endpoints)
    yield from come_once(("network", "interface_endpoints"), created_interface_endpoints(environment))
    yield from come_once(("network", "gateway_endpoints"), environment.network.gateway_endpoints)


@rule(
    "Amazon ECR interface VPC endpoints; Amazon EKS managed node groups; CloudWatch Logs with interface VPC endpoints",
    keys=(*_KEYS, _GATEWAYS[1], "ecs", "eks"),
)
def endpoints_replace_nat_for_images_and_logs(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, no task and no node can pull an image or write logs except through VPC endpoints."""
    needs = needed_endpoints(environment, "images_and_logs")
    yield from _missing(environment, needs)
    if "ecr.api" in needs:
        yield from _missing(environment, {"s3": "layers of images"}, key="gateway_endpoints")


@rule("Amazon ECS interface VPC endpoints", keys=(*_KEYS, "ecs.capacity"))
def endpoints_replace_nat_for_ecs_instances(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, an instance can register with the ECS cluster only through VPC endpoints."""
    yield from _missing(environment, needed_endpoints(environment, "ecs_instances"))


@rule(
    "Using ECS Exec, encryption with a KMS key; Amazon ECS interface VPC endpoints",
    keys=(*_KEYS, *container_keys("secrets"), *task_keys("execute_command")),
)
def endpoints_replace_nat_for_secrets_and_exec(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, tasks read secrets, receive messages, and open ECS Exec sessions by VPC endpoints only."""
    yield from _missing(environment, needed_endpoints(environment, "secrets_and_exec"))


@warning(
    "AWS services that integrate with AWS PrivateLink; Service Authorization Reference",
    keys=(
        *_KEYS,
        *_GATEWAYS,
        *task_keys("task_role_statements"),
        "eks.pod_identities.<name>.statements",
        "eks.add_ons.<name>.statements",
    ),
)
def endpoints_replace_nat_for_applications(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, an application reaches the services that its role is for only through VPC endpoints."""
    without_internet = environment.network.without_internet
    if not without_internet:
        return
    needs_gateway: dict[str, str] = {}
    for path, place, action, _ in called_actions(environment):
        prefix = action.partition(":")[0].lower()
        if prefix in get_args(GatewayEndpoint) and prefix != "s3":
            needs_gateway[prefix] = f"{action} of {path[-1]}"
        elif prefix != "s3" and prefix not in INTERFACE_ENDPOINTS:
            yield Problem(
                path=(*path, *place),
                finding=f"{without_internet}, and no VPC endpoint of this file leads to the service {prefix}",
                fix=f"{environment.network.way_to_the_internet}, or acknowledge that you have an endpoint for it",
            )
    yield from _missing(environment, needed_endpoints(environment, "applications"))
    yield from _missing(environment, needs_gateway, key="gateway_endpoints")


@rule(
    "Deploy private clusters with limited internet access, Amazon EKS User Guide; Session Manager, VPC endpoints; "
    "facts/endpoint_needs.yaml",
    keys=(
        *_KEYS,
        "eks.nodes",
        "eks.add_ons",
        "eks.endpoint.access",
        "eks.endpoint.private_access_cidrs",
        "eks.pod_identities.<name>.credentials",
    ),
)
def endpoints_replace_nat_for_eks_nodes(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, nodes join the cluster, pods get their role, and people get in, only by VPC endpoints."""
    yield from _missing(environment, needed_endpoints(environment, "eks"))


def _missing(
    environment: Environment, needs: Mapping[str, str], *, key: str = "interface_endpoints"
) -> Iterator[Problem]:
    """The endpoints that are needed, each with what needs it, and are not there."""
    network = environment.network
    present = interface_endpoints(environment) if key == "interface_endpoints" else gateway_endpoints(environment)
    missing = sorted(needs.keys() - set(present))
    if network.without_internet and missing:
        named = [f"{endpoint} ({needs[endpoint]})" for endpoint in missing]
        yield Problem(
            path=_path(environment, key),
            value=list(present),
            finding=f"{network.without_internet}, but there is no endpoint {listed(named, 'or')}",
            fix=f"add {listed(missing)}, or {network.way_to_the_internet}",
        )


def _path(environment: Environment, key: str) -> KeyPath:
    """Where the endpoints of the VPC are listed."""
    return ("network", key) if environment.network.existing is None else ("network", "existing", key)
