"""CloudFront reaches load balancers by VPC origins, and nobody else comes from the internet."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_SOURCE = "Restrict access with VPC origins, Amazon CloudFront Developer Guide"


def _port(origin: Resource) -> tuple[int, str]:
    """Port that CloudFront connects to, and the protocol of the listener that must be there."""
    config = origin.get("VpcOriginEndpointConfig") or {}
    if config.get("OriginProtocolPolicy") == "http-only":
        return int(config.get("HTTPPort", 80)), "HTTP"
    return int(config.get("HTTPSPort", 443)), "HTTPS"


def _origins(graph: Graph) -> Iterator[tuple[Resource, Resource]]:
    """Every VPC origin, with its load balancer."""
    for origin in graph.of_type("AWS::CloudFront::VpcOrigin"):
        balancer = graph.find(origin.get("VpcOriginEndpointConfig.Arn"))
        if balancer is not None:
            yield origin, balancer


@relation(_SOURCE)
def vpc_origin_connects_to_a_listener(graph: Graph) -> Iterator[Misfit]:
    """Viewers get 502 or 504: nothing listens on the port of the VPC origin, or with another protocol."""
    for origin, balancer in _origins(graph):
        port, protocol = _port(origin)
        listeners = {
            int(each.get("Port") or 0): str(each.get("Protocol"))
            for each in graph.of_type("AWS::ElasticLoadBalancingV2::Listener")
            if graph.load_balancing.load_balancer(each) == balancer
        }
        if listeners.get(port) != protocol:
            yield Misfit(
                resource=origin,
                finding=f"CloudFront connects to port {port} by {protocol}; listeners are {listeners}",
                fix="use the port and the protocol of a listener",
            )


@relation(_SOURCE)
def vpc_origin_is_let_in(graph: Graph) -> Iterator[Misfit]:
    """Viewers get 504: requests of a VPC origin are let in by a prefix list or a security group, not by addresses."""
    for origin, balancer in _origins(graph):
        port, _ = _port(origin)
        groups = list(map(str, balancer.list("SecurityGroups")))
        rules = [each for group in groups for each in graph.security_groups.rules(group, "Ingress")]
        if not any(each.admits(port) and each.network is None for each in rules):
            yield Misfit(
                resource=balancer,
                finding=f"no security group lets a prefix list or a security group to port {port}",
                fix=f"open TCP port {port} to com.amazonaws.global.cloudfront.origin-facing",
            )


@relation(_SOURCE)
def vpc_origin_is_internal(graph: Graph) -> Iterator[Misfit]:
    """Whoever finds the public addresses of the load balancer comes past CloudFront, its web ACL, and its logs."""
    for _, balancer in _origins(graph):
        if balancer.get("Scheme") == "internet-facing":
            yield Misfit(
                resource=balancer, finding="the load balancer is internet-facing", fix="set Scheme to internal"
            )


@relation("aws-cdk issue 35765; UpdateVpcOrigin, Amazon CloudFront API Reference")
def vpc_origin_has_no_tags(graph: Graph) -> Iterator[Misfit]:
    """The next deployment with another tag fails: CloudFront changes no VPC origin that a distribution uses."""
    for origin in graph.of_type("AWS::CloudFront::VpcOrigin"):
        if origin.list("Tags"):
            yield Misfit(resource=origin, finding="the VPC origin has tags", fix="tag the distribution instead")


@relation("Use AWS WAF protections; Requirements for using SSL/TLS certificates with CloudFront")
def distribution_has_global_neighbors(graph: Graph) -> Iterator[Misfit]:
    """CloudFront takes web ACLs and certificates of us-east-1 alone."""
    for each in graph.of_type("AWS::CloudFront::Distribution"):
        for key in ("WebACLId", "ViewerCertificate.AcmCertificateArn"):
            arn = str(each.get(f"DistributionConfig.{key}") or "")
            if arn.startswith("arn:") and arn.split(":")[3] != "us-east-1":
                yield Misfit(resource=each, finding=f"{key} is {arn}", fix="use one of us-east-1")
