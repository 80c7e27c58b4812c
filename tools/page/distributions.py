"""Amazon CloudFront: where viewers connect to a distribution, and which requests go on to a VPC origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assembly import Graph, Resource
from tools.page.names import name_of

DISTRIBUTION: Final = "CloudFront"
_HTTP: Final = 80
_HTTPS: Final = 443


@dataclass(frozen=True)
class OriginRequests:
    """Requests of viewers that a distribution sends to a VPC origin."""

    target: Resource
    """The load balancer or instance."""

    viewer_port: int
    port: int
    said: str
    """Which: path patterns of behaviors."""

    origin: str
    """The VPC origin in words."""


def behaviors(distribution: Resource) -> list[Mapping[str, Any]]:
    """The default one last, as requests meet them."""
    default = distribution.get("DistributionConfig.DefaultCacheBehavior")
    return [*distribution.list("DistributionConfig.CacheBehaviors"), *([default] if default else [])]


def viewer_ports(distribution: Resource) -> list[int]:
    """None while it is disabled; port 80 where a behavior answers there, if only to redirect."""
    if distribution.get("DistributionConfig.Enabled") is False:
        return []
    policies = {each.get("ViewerProtocolPolicy") for each in behaviors(distribution)}
    return [_HTTPS, *([_HTTP] if policies - {"https-only"} else [])]


def viewers_in_words(distribution: Resource, port: int) -> str:
    """What is answered at a port, and viewers of which countries are."""
    policies = {each.get("ViewerProtocolPolicy") for each in behaviors(distribution)}
    words = ["HTTPS" if port == _HTTPS else "HTTP" if "allow-all" in policies else "HTTP, which is redirected to HTTPS"]
    if port == _HTTPS and distribution.get("DistributionConfig.HttpVersion") in ("http3", "http2and3"):
        words.append("by HTTP/3 at udp 443 as well")
    restriction = distribution.get("DistributionConfig.Restrictions.GeoRestriction", {})
    countries = ", ".join(map(str, restriction.get("Locations", ())))
    kinds = {"whitelist": "viewers in {} only", "blacklist": "viewers anywhere but in {}"}
    if said := kinds.get(str(restriction.get("RestrictionType"))):
        words.append(said.format(countries))
    return ", ".join(words)


def origin_requests(graph: Graph, distribution: Resource) -> Iterator[OriginRequests]:
    """To every VPC origin whose load balancer or instance is in the templates."""
    for origin in distribution.list("DistributionConfig.Origins"):
        vpc_origin, target = vpc_origin_target(graph, origin)
        if vpc_origin is None or target is None or not viewer_ports(distribution):
            continue
        endpoint = vpc_origin.get("VpcOriginEndpointConfig", {})
        policy = str(endpoint.get("OriginProtocolPolicy", "match-viewer"))
        sent = [each for each in behaviors(distribution) if str(origin.get("Id")) in _origins(distribution, each)]
        for viewer_port in (_HTTPS, _HTTP):
            # What is redirected goes no further.
            passed = [each for each in sent if viewer_port == _HTTPS or each.get("ViewerProtocolPolicy") == "allow-all"]
            if passed:
                is_https = policy == "https-only" or (policy == "match-viewer" and viewer_port == _HTTPS)
                key, port = ("HTTPSPort", _HTTPS) if is_https else ("HTTPPort", _HTTP)
                said = _said(distribution, passed)
                name = f"VPC origin {name_of(vpc_origin)}, {policy}"
                yield OriginRequests(target, viewer_port, int(endpoint.get(key) or port), said, name)


def vpc_origin_target(graph: Graph, origin: Mapping[str, Any]) -> tuple[Resource | None, Resource | None]:
    """The VPC origin of an origin, and what it leads to."""
    vpc_origin = graph.find(origin.get("VpcOriginConfig", {}).get("VpcOriginId"))
    target = graph.find(vpc_origin.get("VpcOriginEndpointConfig.Arn")) if vpc_origin else None
    return vpc_origin, target


def _origins(distribution: Resource, behavior: Mapping[str, Any]) -> set[str]:
    """The origin of a behavior, or those of its origin group."""
    target = str(behavior.get("TargetOriginId"))
    groups = distribution.get("DistributionConfig.OriginGroups.Items", [])
    members = [
        str(member.get("OriginId"))
        for group in groups
        if str(group.get("Id")) == target
        for member in group.get("Members", {}).get("Items", [])
    ]
    return {target, *members}


def _said(distribution: Resource, passed: list[Mapping[str, Any]]) -> str:
    is_every = len(passed) == len(behaviors(distribution))
    paths = [f"path {each['PathPattern']}" for each in passed if each.get("PathPattern")]
    others = ["every other request"] if any(not each.get("PathPattern") for each in passed) else []
    said = "every request" if is_every else " or ".join([*paths, *others])
    signed = [each for each in passed if each.get("TrustedKeyGroups") or each.get("TrustedSigners")]
    if signed:
        said += ", by a signed URL or cookie" if len(signed) == len(passed) else ", some by a signed URL or cookie"
    return said
