"""Connections that leave the VPCs."""

from __future__ import annotations

from collections.abc import Iterator

from tools.page.addresses import blocks
from tools.page.connections import Connection, Outside, largest
from tools.page.endpoint_policies import policy_in_words
from tools.page.outsiders import INTERNET, having_group
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.templates import Templates


def outbound_connections(templates: Templates) -> Iterator[Connection]:
    """All of them."""
    for source in templates.in_vpc:
        if not source.opens_connections:
            continue
        if not templates.forwards.is_known(source):
            yield from largest(_out_of(templates, source, None))
            yield from _to_gateway_endpoints(templates, source)
        elif templates.forwards.signs_in(source):
            yield from largest(_out_of(templates, source, (("tcp", 443),)))


def _out_of(templates: Templates, source: Place, limits: tuple[tuple[str, int], ...] | None) -> Iterator[Connection]:
    network = templates.network
    for rule in templates.rules.of(source, "Egress"):
        if templates.rules.is_of_unknown_group(rule):
            target, route = having_group(rule.peer), "in the VPC, or a peered one"
            yield Connection(source, target, rule.ports, rule.said, "", rule.where, route, is_certain=False)
        outsides = list(templates.outsiders.of(rule)) if rule.peer else [(INTERNET, blocks([INTERNET.peer]))]
        for outside, addresses in outsides:
            versions = {each.version for each in network.addresses(source)}
            for way in network.ways_out(source, [each for each in addresses if each.version in versions]):
                crossing = network.crossing(source, way, is_inbound=False)
                for within in rule.ports.within(limits):
                    for ports, passes in crossing.passing(within):
                        certain = passes and rule.is_certain and way.is_certain
                        yield Connection(
                            source, outside, ports, rule.said, "", rule.where, way.said, is_certain=certain
                        )


def _to_gateway_endpoints(templates: Templates, source: Place) -> Iterator[Connection]:
    """Amazon S3 and DynamoDB, where the route table leads there and a rule lets HTTPS out to public addresses."""
    graph, rules = templates.graph, templates.rules
    tables = {graph.subnets.route_tables.get(each) for each in source.subnets}
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        is_gateway = endpoint.get("VpcEndpointType", "Gateway") == "Gateway"
        if not is_gateway or not tables & set(map(str, endpoint.list("RouteTableIds"))):
            continue
        service = str(endpoint.get("ServiceName")).rpartition(".")[2]
        for rule in rules.of(source, "Egress"):
            is_public = rule.peer in ("", INTERNET.peer) or rules.is_of_unknown_prefix_list(rule)
            ports = rule.ports.common(Ports("tcp", 443, 443))
            if is_public and ports:
                target = Outside(endpoint.reference, f"{service} (gateway endpoint)")
                said = policy_in_words(graph, endpoint)
                # Which addresses of the internet the service has is not known here, and so what an ACL lets pass.
                is_certain = not any(map(templates.network.acl, source.subnets))
                route = "gateway endpoint"
                yield Connection(source, target, ports, rule.said, said, rule.where, route, is_certain=is_certain)
                break
