"""Connections of viewers to Amazon CloudFront, and of CloudFront to VPC origins."""

from __future__ import annotations

from collections.abc import Iterator

from tools.page.amazon_sources import CLOUDFRONT, connections_to
from tools.page.connections import Connection, Outside
from tools.page.distributions import DISTRIBUTION, origin_requests, viewer_ports, viewers_in_words
from tools.page.forwarding import Forwarding
from tools.page.outsiders import INTERNET, INTERNET_BY_IPV6
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.templates import Templates


def distribution_connections(templates: Templates) -> Iterator[Connection]:
    """All of them."""
    for place in templates.places:
        if place.kind == DISTRIBUTION:
            yield from _of_viewers(place)
            yield from _to_origins(templates, place)


def _of_viewers(place: Place) -> Iterator[Connection]:
    has_ipv6 = place.resource.get("DistributionConfig.IPV6Enabled") is True
    viewers: list[Outside] = [INTERNET, *([INTERNET_BY_IPV6] if has_ipv6 else [])]
    for viewer in viewers:
        for port in viewer_ports(place.resource):
            said = viewers_in_words(place.resource, port)
            yield Connection(viewer, place, Ports("tcp", port, port), "", said, route="edge locations of AWS")


def _to_origins(templates: Templates, place: Place) -> Iterator[Connection]:
    requests = list(origin_requests(templates.graph, place.resource))
    for target in templates.in_vpc:
        sent = [each for each in requests if each.target == target.resource]
        for port in sorted({each.port for each in sent}):
            here = [each for each in sent if each.port == port]
            forwards = tuple(
                Forwarding(place.resource, each.target, "tcp", each.port, each.viewer_port, each.said) for each in here
            )
            why = " and ".join(dict.fromkeys(each.origin for each in here))
            yield from connections_to(templates, CLOUDFRONT, (place, target), forwards, why=why, route="VPC origin")
