"""Rules of one listener, and listeners of one load balancer, differ; certificates go with HTTPS."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from itertools import combinations

from assembly import Graph, Resource
from assembly.assembly import Arn
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


@relation("Listener rules for your Application Load Balancer: rule priority, rule condition types")
def rule_is_not_hidden_by_another(graph: Graph) -> Iterator[Misfit]:
    """Rules are tried by their priority: one whose every request an earlier one takes is never tried."""
    rules = sorted(
        graph.of_type("AWS::ElasticLoadBalancingV2::ListenerRule"), key=lambda each: int(each.get("Priority", 0))
    )
    for first, then in combinations(rules, 2):
        if first.get("ListenerArn") == then.get("ListenerArn") and _takes_all(_conditions(first), _conditions(then)):
            yield Misfit(
                resource=then,
                finding=f"{first.stack}/{first.logical_id} takes all its requests at priority {first.get('Priority')}",
                fix=f"give it a priority below {first.get('Priority')}",
            )


def _conditions(rule: Resource) -> dict[str, list[str]]:
    found = {}
    for condition in rule.list("Conditions"):
        configs = [value for value in condition.values() if isinstance(value, dict)]
        values = [text for config in configs for text in config.get("Values", []) if isinstance(text, str)]
        found[str(condition.get("Field"))] = values or [str(each) for each in condition.get("Values", [])]
    return found


def _takes_all(first: dict[str, list[str]], then: dict[str, list[str]]) -> bool:
    return all(
        field in then and all(any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns) for value in then[field])
        for field, patterns in first.items()
    ) and set(first) <= {"path-pattern", "host-header"}


@relation("SSL certificates for your Application Load Balancer; AWS Certificate Manager, supported Regions")
def certificate_is_of_the_region_of_its_listener(graph: Graph) -> Iterator[Misfit]:
    """A load balancer takes certificates of its own Region only."""
    for listener in graph.of_type("AWS::ElasticLoadBalancingV2::Listener"):
        for certificate in listener.list("Certificates"):
            arn = str(certificate.get("CertificateArn"))
            region = graph.region(listener.stack)
            if arn.startswith("arn:") and Arn.of(arn).region not in ("", region):
                finding = f"{arn} is not of {region}"
                yield Misfit(resource=listener, finding=finding, fix="use a certificate of the Region of the stack")


@relation("Subnets for your Application Load Balancer: CIDR block of at least /27")
def subnets_of_a_load_balancer_are_large_enough(graph: Graph) -> Iterator[Misfit]:
    """Elastic Load Balancing refuses a subnet smaller than /27, because it needs eight free addresses to scale."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        for subnet in filter(None, map(graph.find, balancer.list("Subnets"))):
            length = str(subnet.get("CidrBlock", "")).rpartition("/")[2]
            if length.isdigit() and int(length) > 27:
                finding = f"{subnet.logical_id} is {subnet.get('CidrBlock')}"
                yield Misfit(resource=balancer, finding=finding, fix="use subnets of /27 or larger")


@relation("Enable access logs for your Application Load Balancer: bucket requirements, encryption")
def access_logs_are_encrypted_by_s3(graph: Graph) -> Iterator[Misfit]:
    """Access logs of an Application Load Balancer cannot be written to a bucket with a KMS key."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        attributes = balancer.pairs("LoadBalancerAttributes")
        bucket = graph.find(attributes.get("access_logs.s3.bucket"))
        for rule in bucket.list("BucketEncryption.ServerSideEncryptionConfiguration") if bucket else ():
            algorithm = rule.get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm")
            if bucket is not None and algorithm != "AES256":
                finding = f"the bucket of access logs is encrypted by {algorithm}"
                yield Misfit(resource=bucket, finding=finding, fix="use AES256")


@relation("IP address types for your Application Load Balancer: dualstack")
def dualstack_load_balancer_has_ipv6(graph: Graph) -> Iterator[Misfit]:
    """Elastic Load Balancing refuses dual stack in subnets without an IPv6 CIDR block."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        if not str(balancer.get("IpAddressType", "ipv4")).startswith("dualstack"):
            continue
        for subnet in filter(None, map(graph.find, balancer.list("Subnets"))):
            if not (subnet.get("Ipv6CidrBlock") or subnet.get("Ipv6Native") or subnet.get("Ipv6IpamPoolId")):
                yield Misfit(
                    resource=balancer,
                    finding=f"it is {balancer.get('IpAddressType')}, and {subnet.logical_id} has no IPv6 CIDR block",
                    fix="use ipv4, or give the VPC and its subnets IPv6 CIDR blocks",
                )
