"""Network Load Balancers, addresses of clients, weights, sign-in, and load balancers one behind the other."""

from __future__ import annotations

from typing import Any

import pytest

from assembly import Graph
from tests.tools.page.template_parts import group_id, resource
from tools.page.connections import Outside
from tools.page.reachability import Reachability

_LB = "AWS::ElasticLoadBalancingV2"
_OUT = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def _group(*rules: dict[str, Any]) -> dict[str, Any]:
    return resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=list(rules))


def _rule(protocol: str, port: int, **peer: object) -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": port, "ToPort": port, **peer}


def _balancer(kind: str, group: str | None) -> dict[str, Any]:
    groups = {"SecurityGroups": [group_id(group)]} if group else {}
    return resource(f"{_LB[5:]}::LoadBalancer", Type=kind, Subnets=[{"Ref": "Subnet"}], **groups)


def _forward(*groups: str) -> dict[str, Any]:
    if len(groups) == 1:
        return {"Type": "forward", "TargetGroupArn": {"Ref": groups[0]}}
    weights = [{"TargetGroupArn": {"Ref": each}, "Weight": 100 * (not n)} for n, each in enumerate(groups)]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}


def _listener(balancer: str, port: int, protocol: str, *actions: dict[str, Any]) -> dict[str, Any]:
    properties = {"LoadBalancerArn": {"Ref": balancer}, "Port": port, "Protocol": protocol}
    return resource(f"{_LB[5:]}::Listener", DefaultActions=list(actions), **properties)


def _targets(protocol: str, port: int, **more: object) -> dict[str, Any]:
    return resource(f"{_LB[5:]}::TargetGroup", Protocol=protocol, Port=port, **{"TargetType": "ip", **more})


def _service(group: str, *entries: dict[str, Any]) -> dict[str, Any]:
    network = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [group_id(group)]}
    return resource("ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": network}, LoadBalancers=list(entries))


def _entry(targets: str, port: int, **more: object) -> dict[str, Any]:
    return {"TargetGroupArn": {"Ref": targets}, "ContainerPort": port, **more}


def _reachability(**resources: object) -> Reachability:
    network = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/24"),
        "Subnet": resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/28"),
        "Table": resource("EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        "Of": resource("EC2::SubnetRouteTableAssociation", SubnetId={"Ref": "Subnet"}, RouteTableId={"Ref": "Table"}),
        "Igw": resource("EC2::InternetGateway"),
        "Route": resource(
            "EC2::Route",
            RouteTableId={"Ref": "Table"},
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId={"Ref": "Igw"},
        ),
    }
    return Reachability(Graph({"net": {"Resources": {**network, **resources}}}))


def _paths(found: Reachability) -> set[tuple[str, str, str]]:
    return {
        (each.first.source.name, each.second.target.name.rpartition(": ")[2], str(each.second.ports))
        for each in found.paths
    }


@pytest.mark.parametrize(
    ("client", "reaches"), [("203.0.113.0/24", {("203.0.113.0/24", "Game", "udp 7777")}), ("198.51.100.0/24", set())]
)
def test_rules_of_a_target_judge_clients_whose_addresses_are_kept(client: str, reaches: set[object]) -> None:
    found = _reachability(
        Edge=_group(_rule("udp", 53, CidrIp="203.0.113.0/24")),
        Own=_group(_rule("udp", 7777, CidrIp=client)),
        Balancer=_balancer("network", "Edge"),
        Listener=_listener("Balancer", 53, "UDP", _forward("Targets")),
        Targets=_targets("UDP", 7777, HealthCheckPort="8080"),
        Game=_service("Own", _entry("Targets", 7777)),
    )
    assert _paths(found) == reaches


@pytest.mark.parametrize(
    ("target_type", "attribute", "is_reached"),
    [("ip", None, False), ("ip", "true", True), ("instance", None, True), ("instance", "false", False)],
)
def test_who_keeps_the_addresses_of_clients_by_default(
    target_type: str, attribute: str | None, is_reached: bool
) -> None:
    attributes = [{"Key": "preserve_client_ip.enabled", "Value": attribute}] if attribute else []
    found = _reachability(
        Edge=_group(_rule("tcp", 80, CidrIp="203.0.113.0/24")),
        Own=_group(_rule("tcp", 8080, CidrIp="203.0.113.0/24")),
        Balancer=_balancer("network", "Edge"),
        Listener=_listener("Balancer", 80, "TCP", _forward("Targets")),
        Targets=_targets("TCP", 8080, TargetType=target_type, TargetGroupAttributes=attributes),
        Web=_service("Own", _entry("Targets", 8080)),
    )
    assert bool(found.paths) is is_reached


def test_a_load_balancer_behind_another_is_followed_to_its_targets() -> None:
    found = _reachability(
        Inner=_group(_rule("tcp", 443, SourceSecurityGroupId=group_id("Edge"))),
        Edge=_group(_rule("tcp", 443, CidrIp="203.0.113.0/24")),
        Own=_group(_rule("tcp", 8080, SourceSecurityGroupId=group_id("Inner"))),
        Outer=_balancer("network", "Edge"),
        Application=_balancer("application", "Inner"),
        First=_listener("Outer", 443, "TCP", _forward("ToApplication")),
        ToApplication=_targets("TCP", 443, TargetType="alb", Targets=[{"Id": {"Ref": "Application"}, "Port": 443}]),
        Second=_listener("Application", 443, "HTTPS", _forward("ToWeb")),
        ToWeb=_targets("HTTP", 8080),
        Web=_service("Own", _entry("ToWeb", 8080)),
    )
    assert _paths(found) == {
        ("203.0.113.0/24", "Application", "tcp 443"),
        ("203.0.113.0/24", "Web", "tcp 8080"),
    }


def test_both_target_groups_of_a_shift_of_traffic_have_targets_and_their_share_is_said() -> None:
    advanced = {"AlternateTargetGroupArn": {"Ref": "Green"}}
    found = _reachability(
        Edge=_group(_rule("tcp", 80, CidrIp="203.0.113.0/24")),
        Own=_group(_rule("tcp", 8080, SourceSecurityGroupId=group_id("Edge"))),
        Balancer=_balancer("application", "Edge"),
        Listener=_listener("Balancer", 80, "HTTP", _forward("Blue", "Green")),
        Blue=_targets("HTTP", 8080),
        Green=_targets("HTTP", 8080),
        Web=_service("Own", _entry("Blue", 8080, AdvancedConfiguration=advanced)),
    )
    assert sorted(each.forwarding.said for each in found.paths) == [
        "every other request, 0% of them now",
        "every other request, 100% of them now",
    ]
    # Nothing else can be behind it, so it is shown to connect to its targets alone.
    assert {each.target.name for each in found.connections if each.source.name.endswith("Balancer")} == {"net: Web"}


def test_a_load_balancer_that_signs_users_in_connects_to_the_provider_and_redirects_open_the_port_alone() -> None:
    sign_in = {"Type": "authenticate-oidc", "Order": 1}
    redirect = {"Type": "redirect", "RedirectConfig": {"Port": "443"}}
    found = _reachability(
        Edge=_group(_rule("tcp", 80, CidrIp="203.0.113.0/24"), _rule("tcp", 443, CidrIp="203.0.113.0/24")),
        Own=_group(_rule("tcp", 8080, SourceSecurityGroupId=group_id("Edge"))),
        Balancer=_balancer("application", "Edge"),
        Plain=_listener("Balancer", 80, "HTTP", redirect),
        Listener=_listener("Balancer", 443, "HTTPS", sign_in, _forward("Targets")),
        Targets=_targets("HTTP", 8080),
        Web=_service("Own", _entry("Targets", 8080)),
    )
    (balancer,) = (each for each in found.places if each.kind == "Load balancer")
    assert {str(each.ports) for each in found.inbound(balancer) if isinstance(each.source, Outside)} == {
        "tcp 80",
        "tcp 443",
    }
    assert [(each.target.name, str(each.ports)) for each in found.outbound(balancer)] == [
        ("net: Web", "tcp 8080"),
        ("the internet", "tcp 443"),
    ]
    assert [each.forwarding.said for each in found.paths] == ["every other request, after signing in"]


def test_a_load_balancer_without_security_groups_lets_everybody_ask() -> None:
    found = _reachability(
        Own=_group(_rule("tcp", 8080, CidrIp="10.0.0.0/28")),
        Balancer=_balancer("network", None),
        Listener=_listener("Balancer", 80, "TLS", _forward("Targets")),
        Targets=_targets("TCP", 8080),
        Web=_service("Own", _entry("Targets", 8080)),
    )
    assert _paths(found) == {("the internet", "Web", "tcp 8080")}
