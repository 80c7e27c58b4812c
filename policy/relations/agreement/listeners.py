"""Rules of one listener, and listeners of one load balancer, differ; certificates go with HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation


@relation("Listener rules for your Application Load Balancer: rule priority")
def priorities_of_a_listener_differ(graph: Graph) -> Iterator[Misfit]:
    """Elastic Load Balancing refuses a second rule with a priority, whichever stack it is in."""
    seen: dict[tuple[str, str], str] = {}
    for rule in graph.of_type("AWS::ElasticLoadBalancingV2::ListenerRule"):
        place = (str(rule.get("ListenerArn")), str(rule.get("Priority")))
        if place in seen:
            finding = f"the priority {place[1]} is also that of {seen[place]}"
            yield Misfit(resource=rule, finding=finding, fix="use another priority")
        seen.setdefault(place, f"{rule.stack}/{rule.logical_id}")


@relation("Listeners for your Application Load Balancers; AWS::ElasticLoadBalancingV2::Listener")
def listeners_of_a_load_balancer_differ(graph: Graph) -> Iterator[Misfit]:
    """A load balancer listens once on a port; HTTPS needs a certificate, and HTTP has none."""
    seen: dict[tuple[str, str], str] = {}
    for listener in graph.of_type("AWS::ElasticLoadBalancingV2::Listener"):
        place = (str(listener.get("LoadBalancerArn")), str(listener.get("Port")))
        if place in seen:
            finding = f"{seen[place]} listens on port {place[1]}, too"
            yield Misfit(resource=listener, finding=finding, fix="use another port")
        seen.setdefault(place, listener.logical_id)
        protocol, certificates = listener.get("Protocol"), listener.list("Certificates")
        if (protocol in ("HTTPS", "TLS")) != bool(certificates):
            finding = f"the protocol is {protocol}, with {len(certificates)} certificates"
            yield Misfit(resource=listener, finding=finding, fix="give HTTPS a certificate, and HTTP none")


@relation("Redirect actions, Listener rules for your Application Load Balancer")
def redirect_leads_to_a_listener(graph: Graph) -> Iterator[Misfit]:
    """The browser is sent to a port that nothing listens on, or back to where it came from, again and again."""
    listeners = graph.of_type("AWS::ElasticLoadBalancingV2::Listener")
    for listener in listeners:
        siblings = [each for each in listeners if each.get("LoadBalancerArn") == listener.get("LoadBalancerArn")]
        ports = {str(each.get("Port")): str(each.get("Protocol")) for each in siblings}
        for action in listener.list("DefaultActions"):
            redirect = action.get("RedirectConfig")
            if not redirect or redirect.get("Host", "#{host}") != "#{host}":
                continue
            port = str(redirect.get("Port", listener.get("Port"))).replace("#{port}", str(listener.get("Port")))
            protocol = str(redirect.get("Protocol", listener.get("Protocol"))).replace(
                "#{protocol}", str(listener.get("Protocol"))
            )
            unchanged = all(
                redirect.get(key, default) == default for key, default in (("Path", "/#{path}"), ("Query", "#{query}"))
            )
            loop = port == str(listener.get("Port")) and protocol == listener.get("Protocol") and unchanged
            if ports.get(port) != protocol or loop:
                finding = f"port {listener.get('Port')} redirects to {protocol} on port {port}; listeners are {ports}"
                yield Misfit(resource=listener, finding=finding, fix="redirect to a listener of the load balancer")


@relation("Target groups for your Application Load Balancers: health checks; deregistration delay")
def health_check_ends_before_the_next(graph: Graph) -> Iterator[Misfit]:
    """Elastic Load Balancing refuses a timeout that is as long as the interval."""
    for group in graph.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"):
        interval, timeout = (
            int(group.get("HealthCheckIntervalSeconds", 30)),
            int(group.get("HealthCheckTimeoutSeconds", 5)),
        )
        if timeout >= interval:
            finding = f"a health check may take {timeout} seconds, and the next begins after {interval}"
            yield Misfit(resource=group, finding=finding, fix="make the timeout shorter than the interval")
        if group.get("HealthCheckEnabled") is False:
            yield Misfit(resource=group, finding="targets are not checked", fix="set HealthCheckEnabled to true")
