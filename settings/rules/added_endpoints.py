"""Rules of VPC endpoints that are added to a VPC that exists."""

from __future__ import annotations

from collections.abc import Iterator

from settings.endpoints import created_interface_endpoints
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule

_EXISTING = "network.existing"


@rule(
    "Access an AWS service using an interface VPC endpoint; Gateway endpoints, AWS PrivateLink Guide",
    keys=(
        *("network.interface_endpoints", "network.gateway_endpoints"),
        *(f"{_EXISTING}.interface_endpoints", f"{_EXISTING}.gateway_endpoints"),
    ),
)
def endpoint_is_not_there_already(environment: Environment) -> Iterator[Problem]:
    """Amazon VPC refuses a second endpoint with the same private DNS name, or with the same route in a route table."""
    existing = environment.network.existing
    if existing is None:
        return
    for key, created, there in (
        ("interface_endpoints", created_interface_endpoints(environment), existing.interface_endpoints),
        ("gateway_endpoints", environment.network.gateway_endpoints, existing.gateway_endpoints),
    ):
        for index, service in enumerate(created):
            if service in there:
                yield Problem(
                    path=("network", key, index),
                    finding=f"{_EXISTING}.{key} says that there is an endpoint {service}",
                    fix=f"remove {service} from one of the two",
                )


@rule("Gateway endpoints, AWS PrivateLink Guide", keys=("network.gateway_endpoints", f"{_EXISTING}.route_table_ids"))
def added_gateway_endpoint_has_route_tables(environment: Environment) -> Iterator[Problem]:
    """A gateway endpoint is a route, and the route tables of a VPC that exists have to be named."""
    network = environment.network
    if network.existing is not None and network.gateway_endpoints and not network.existing.route_table_ids:
        yield Problem(
            path=("network", "gateway_endpoints"),
            finding="there are gateway_endpoints to create, and existing has no route_table_ids",
            fix="add the route tables of the private subnets to existing.route_table_ids, or remove gateway_endpoints",
        )


@rule("CreateVpcEndpoint, Amazon EC2 API Reference", keys=("network.endpoint_account_ids", _EXISTING))
def endpoint_accounts_have_endpoints(environment: Environment) -> Iterator[Problem]:
    """The policies of endpoints that exist are their owner's, so the accounts are admitted nowhere."""
    network = environment.network
    has_some = created_interface_endpoints(environment) or network.gateway_endpoints
    if network.existing is not None and network.endpoint_account_ids and not has_some:
        yield Problem(
            path=("network", "endpoint_account_ids"),
            finding="there are endpoint_account_ids, and no endpoint is created",
            fix="remove endpoint_account_ids, or create endpoints with interface_endpoints or gateway_endpoints",
        )
