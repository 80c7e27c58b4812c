"""Connections of clients to services of VPC Lattice, and of these to their targets."""

from __future__ import annotations

from collections.abc import Iterator

from tools.page.amazon_sources import LATTICE, connections_to
from tools.page.connections import Connection, Outside
from tools.page.lattice import NETWORK, SERVICE, auth_in_words, key, networks, ports
from tools.page.lattice_targets import forwardings
from tools.page.names import name_of
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.templates import Templates


def lattice_connections(templates: Templates) -> Iterator[Connection]:
    """All of them."""
    for place in templates.places:
        if place.kind == SERVICE:
            yield from _of_clients(templates, place)
            yield from _to_targets(templates, place)


def _of_clients(templates: Templates, place: Place) -> Iterator[Connection]:
    """From a VPC of the templates, and from those that are associated with the service network elsewhere."""
    graph = templates.graph
    said = auth_in_words(graph, place.resource)
    for network in networks(graph, place.resource):
        found = graph.find(network)
        own = f"service network: {auth_in_words(graph, found)}"
        elsewhere = Outside(network, f"other VPCs of {name_of(found) if found else network}")
        here = [
            each
            for each in templates.places
            if each.kind == NETWORK and key(graph, each.resource.get("ServiceNetworkIdentifier")) == network
        ]
        for port in ports(graph, place.resource):
            at = Ports("tcp", port, port)
            for association in here:
                yield Connection(association, place, at, own, said, route="service network")
            route = "service network, if they are associated with it elsewhere"
            yield Connection(elsewhere, place, at, "", f"{said}; {own}", route=route, is_certain=False)


def _to_targets(templates: Templates, place: Place) -> Iterator[Connection]:
    found = list(forwardings(templates.graph, place.resource))
    for target in templates.in_vpc:
        sent = [forwarding for forwarding, _ in found if forwarding.target == target.resource]
        for port, version in sorted({(one.port, version) for one, version in found if one in sent}):
            here = tuple(each for each in sent if each.port == port)
            why = "; ".join(dict.fromkeys(each.said for each in here))
            yield from connections_to(
                templates, LATTICE, (place, target), here, why=why, route="VPC Lattice", version=version
            )
