"""Gateways, addresses, endpoints, and load balancers."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Resource
from tools.cost.context import Context
from tools.cost.lines import HOURS, Line, Quantity


def nat_gateway(context: Context, resource: Resource) -> Iterator[Line]:
    """Hours, for each zone of a regional one, with its addresses, and the data that it processes."""
    if resource.get("AvailabilityMode") == "regional":
        zones = {
            each.get("AvailabilityZone")
            for each in context.graph.of_type("AWS::EC2::Subnet")
            if each.get("VpcId") == resource.get("VpcId")
        }
        # It extends to zones with network interfaces, so to one at least.
        hours = Quantity(1, len(zones) or 1, len(zones) or 1) * HOURS
        for name in ("nat_gateway_hour", "public_ipv4_hour"):
            found = context.price(resource, name)
            yield Line(found.about, found, hours)
    else:
        yield context.hourly(resource, "nat_gateway_hour")
    yield context.used(resource, "nat_gateway_gb", "gb_processed")


def address(context: Context, resource: Resource) -> Iterator[Line]:
    """An Elastic IP address costs the same in use and idle."""
    yield context.hourly(resource, "public_ipv4_hour")


def vpc_endpoint(context: Context, resource: Resource) -> Iterator[Line]:
    """Hours of an interface endpoint in each subnet; gateway endpoints are free."""
    kind = resource.get("VpcEndpointType", "Gateway")
    if kind == "Interface":
        yield context.hourly(resource, "interface_endpoint_hour", len(resource.list("SubnetIds")))
        yield context.used(resource, "interface_endpoint_gb", "gb_processed")
    elif kind != "Gateway":
        yield Line(f"Endpoint ({kind})", None, note="no sourced price")


def load_balancer(context: Context, resource: Resource) -> Iterator[Line]:
    """Hours, capacity units, and a public address in each subnet, which other estimates leave out."""
    kind = resource.get("Type", "application")
    if kind not in ("application", "network"):
        yield Line(f"Load balancer ({kind})", None, note="no sourced price")
        return
    short = "alb" if kind == "application" else "nlb"
    yield context.hourly(resource, f"{short}_hour")
    yield context.used(resource, f"{short}_lcu_hour", "lcu_hours")
    subnets = resource.list("Subnets") or resource.list("SubnetMappings")
    if resource.get("Scheme") == "internet-facing" and subnets:
        yield context.hourly(resource, "public_ipv4_hour", len(subnets))


def lattice_service(context: Context, resource: Resource) -> Iterator[Line]:
    """Hours, and what goes through it; requests above 300,000 an hour, which are rare, are left out."""
    yield context.hourly(resource, "lattice_service_hour")
    yield context.used(resource, "lattice_gb", "gb_processed")


def record(context: Context, resource: Resource) -> Iterator[Line]:
    """Queries; those of alias records to resources of AWS are free."""
    if resource.get("AliasTarget") is None:
        yield context.used(resource, "dns_query", "queries")


def web_acl(context: Context, resource: Resource) -> Iterator[Line]:
    """The web ACL, its rules, each rule group as one, and requests."""
    rules = resource.list("Rules")
    yield context.monthly(resource, "web_acl_month")
    yield context.monthly(resource, "web_acl_rule_month", len(rules))
    names = [str(each.get("Statement", {}).get("ManagedRuleGroupStatement", {}).get("Name", "")) for each in rules]
    if "AWSManagedRulesBotControlRuleSet" in names:
        yield context.monthly(resource, "bot_control_month")
    yield context.used(resource, "web_acl_request", "requests")
