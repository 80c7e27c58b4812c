"""Clients reach the load balancer, and it reaches its targets."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from assembly.load_balancing import Target, transport_protocols
from policy.relations.relation import Misfit, relation


def ports_of(target: Target) -> Iterator[tuple[int, str, str]]:
    """Ports that a load balancer connects to, each with its protocol and with what for."""
    for protocol in target.protocols:
        yield target.container_port, protocol, "requests"
    stated = str(target.target_group.get("HealthCheckPort", "traffic-port"))
    port = int(stated) if stated.isdigit() else target.container_port
    # There are no health checks by UDP.
    if port != target.container_port or "tcp" not in target.protocols:
        yield port, "tcp", "health checks"


def _groups_of(target: Target) -> set[str]:
    """Security groups of the load balancers that forward to it."""
    return {str(group) for each in target.load_balancers for group in each.list("SecurityGroups")}


@relation("Security groups for your Application Load Balancer: recommended rules")
def load_balancer_reaches_its_targets(graph: Graph) -> Iterator[Misfit]:
    """No health check succeeds, so tasks are replaced again and again until the deployment fails."""
    rules = graph.security_groups.rules
    for target in graph.load_balancing.targets:
        for balancer in target.load_balancers:
            ours = list(map(str, balancer.list("SecurityGroups")))
            for port, protocol, what in ports_of(target):
                out = any(
                    rule.admits(port, protocol) and rule.reaches(graph, target.security_groups)
                    for group in ours
                    for rule in rules(group, "Egress")
                )
                into = any(
                    rule.admits(port, protocol) and rule.reaches(graph, ours)
                    for group in target.security_groups
                    for rule in rules(group, "Ingress")
                )
                for is_open, side in ((out, f"out of {balancer.logical_id}"), (into, "into the tasks")):
                    if ours and not is_open:
                        yield Misfit(
                            resource=target.service,
                            finding=f"no security group rule lets {what} of the load balancer to port {port} {side}",
                            fix=f"open {protocol.upper()} port {port} between the two security groups",
                        )


@relation("Security groups for your Application Load Balancer: recommended rules")
def targets_are_reached_by_their_load_balancer_only(graph: Graph) -> Iterator[Misfit]:
    """Whoever reaches a target itself bypasses the load balancer: its TLS, its WAF and its logs."""
    for target in graph.load_balancing.targets:
        balancers = _groups_of(target)
        # A load balancer can connect to several ports of a task.
        ports = {
            (peer, port, protocol)
            for each in graph.load_balancing.targets
            if each.service == target.service
            for peer in _groups_of(each)
            for port, protocol, _ in ports_of(each)
        }
        for group in target.security_groups:
            for rule in graph.security_groups.rules(group, "Ingress"):
                if any(rule.peer == peer and rule.is_only(port, protocol) for peer, port, protocol in ports):
                    continue
                if rule.peer in balancers or rule.is_from_the_internet or rule.protocol == "-1":
                    port = target.container_port
                    yield Misfit(
                        resource=rule.resource,
                        finding=f"{rule.peer} reaches port {rule.port_range} of tasks that listen on port {port}",
                        fix=f"open TCP port {port} alone, to the load balancer alone",
                    )


@relation("Authenticate users using an Application Load Balancer: prepare to use")
def load_balancer_reaches_identity_providers(graph: Graph) -> Iterator[Misfit]:
    """Users come back from the identity provider, and get 561: the load balancer cannot ask it for their token."""
    for rule in graph.of_type("AWS::ElasticLoadBalancingV2::ListenerRule"):
        listener = graph.load_balancing.listener(rule)
        balancer = graph.load_balancing.load_balancer(listener) if listener else None
        asks = any(str(action.get("Type")).startswith("authenticate-") for action in rule.list("Actions"))
        if not asks or balancer is None:
            continue
        groups = map(str, balancer.list("SecurityGroups"))
        ways = [each for group in groups for each in graph.security_groups.rules(group, "Egress")]
        if not any(each.admits(443) and each.is_from_the_internet for each in ways):
            yield Misfit(
                resource=rule,
                finding=f"no security group of {balancer.logical_id} lets it out to the identity provider",
                fix="open TCP port 443 to 0.0.0.0/0",
            )


@relation("Listeners for your Application Load Balancers; Troubleshoot: clients cannot connect")
def clients_reach_the_listeners(graph: Graph) -> Iterator[Misfit]:
    """Clients time out, while the load balancer and all targets are healthy."""
    for listener in graph.of_type("AWS::ElasticLoadBalancingV2::Listener"):
        balancer = graph.load_balancing.load_balancer(listener)
        port = int(listener.get("Port") or 0)
        groups = map(str, balancer.list("SecurityGroups")) if balancer else ()
        rules = [rule for group in groups for rule in graph.security_groups.rules(group, "Ingress")]
        # Without any rule, the clients are yet to be named.
        protocols = transport_protocols(str(listener.get("Protocol")))
        if rules and not all(any(rule.admits(port, each) for rule in rules) for each in protocols):
            yield Misfit(
                resource=listener,
                finding=f"no security group of the load balancer lets anybody to port {port}, on which it listens",
                fix=f"open {' and '.join(protocols).upper()} port {port} to the clients",
            )


@relation("Security groups for your Application Load Balancer; Amazon VPC User Guide, Security group rules")
def load_balancer_opens_the_ports_of_its_listeners_only(graph: Graph) -> Iterator[Misfit]:
    """A port that nothing listens on is open for whatever listens there next."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        listeners = graph.of_type("AWS::ElasticLoadBalancingV2::Listener")
        ports = [
            (int(each.get("Port") or 0), protocol)
            for each in listeners
            if graph.load_balancing.load_balancer(each) == balancer
            for protocol in transport_protocols(str(each.get("Protocol")))
        ]
        for group in map(str, balancer.list("SecurityGroups")):
            for rule in graph.security_groups.rules(group, "Ingress"):
                if not any(rule.is_only(*port) for port in ports):
                    yield Misfit(
                        resource=rule.resource,
                        finding=f"port {rule.port_range} is open to {rule.peer}, but listeners are on "
                        f"{[port for port, _ in ports]}",
                        fix="open only the ports of the listeners",
                    )


@relation("Application Load Balancers: subnets for your load balancer; load balancer scheme")
def load_balancer_stands_where_its_clients_are(graph: Graph) -> Iterator[Misfit]:
    """Answers of an internet-facing load balancer get lost in subnets without a route to an internet gateway."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        public = balancer.get("Scheme", "internet-facing") == "internet-facing"
        for subnet in map(str, balancer.list("Subnets")):
            way = graph.subnets.way_out(subnet)
            is_public = way is not None and way.type == "AWS::EC2::InternetGateway"
            if subnet in graph.subnets.all and is_public != public:
                name, scheme = graph.subnets.all[subnet].logical_id, balancer.get("Scheme")
                yield Misfit(
                    resource=balancer,
                    finding=f"the load balancer is {scheme}, but {name} is {'public' if is_public else 'private'}",
                    fix=f"put it in {'public' if public else 'private'} subnets",
                )


@relation("Listener rules for your Application Load Balancer; Amazon ECS services use load balancing")
def target_group_is_behind_a_listener(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a service whose target group has no load balancer, and no request would reach it."""
    for target in graph.load_balancing.targets:
        # A listener, or a Network Load Balancer, by its ARN is made elsewhere.
        arns = [each.get("ListenerArn") or each.get("LoadBalancerArn") for each in target.forwards]
        elsewhere = any(str(each).startswith("arn:") for each in arns)
        if not target.load_balancers and not elsewhere:
            yield Misfit(
                resource=target.service,
                finding=f"no listener forwards to {target.target_group.logical_id}, its target group",
                fix="add a listener rule that forwards to it",
            )
