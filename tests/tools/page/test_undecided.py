"""What the templates do not decide is possible, and said; never left out."""

from __future__ import annotations

from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import ALL, snapshot_graph
from tests.tools.page.template_parts import resource
from tools.page.limits import limits
from tools.page.reachability import Reachability
from tools.page.web_acls import web_acls


def _graph(route: dict[str, Any] | None = None, rules: dict[str, Any] | None = None, **more: object) -> Graph:
    own = {"Fn::GetAtt": ["G", "GroupId"]}
    network = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [own]}
    association = {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}}
    resources = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/24"),
        "Subnet": resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/28"),
        "Table": resource("EC2::RouteTable", VpcId={"Ref": "Vpc"}),
        "Of": resource("EC2::SubnetRouteTableAssociation", **association),
        "G": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, **(rules or {})),
        "Web": resource("ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": network}),
        **more,
    }
    if route:
        resources["Route"] = resource("EC2::Route", RouteTableId={"Ref": "Table"}, **route)
    return Graph({"net": {"Resources": resources}})


def _leaving(graph: Graph) -> list[tuple[str, str, bool]]:
    found = Reachability(graph)
    return [(each.target.name, each.route, each.is_certain) for each in found.outbound(found.places[0])]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ({"TransitGatewayId": "tgw-1"}, "tgw-1"),
        ({"VpcEndpointId": "vpce-1"}, "vpce-1"),
        ({"VpcPeeringConnectionId": {"Ref": "Peering"}}, "EC2::VPCPeeringConnection Peering"),
    ],
)
def test_what_is_behind_a_gateway_of_others_is_not_known(target: dict[str, Any], name: str) -> None:
    peering = resource("EC2::VPCPeeringConnection", VpcId={"Ref": "Vpc"}, PeerVpcId="vpc-1")
    graph = _graph({"DestinationCidrBlock": "0.0.0.0/0", **target}, Peering=peering)
    route = f"route to {name}; what is behind it is not in the templates"
    assert _leaving(graph) == [("the internet", route, False)]


def test_a_route_for_a_prefix_list_of_others_is_a_possible_way() -> None:
    graph = _graph({"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1"})
    route = "route to tgw-1 for pl-1, whose entries are not in the templates"
    assert ("the internet", route, False) in _leaving(graph)


def test_whoever_has_a_security_group_of_others_may_come_in() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "SourceSecurityGroupId": "sg-0123456789abcdef0"}
    found = Reachability(_graph(rules={"SecurityGroupIngress": [rule]}))
    assert [(each.source.name, str(each.ports), each.is_certain) for each in found.inbound(found.places[0])] == [
        ("whatever has the security group sg-0123456789abcdef0", "tcp 80", False)
    ]


def _acl(*entries: tuple[int, bool, str, dict[str, int] | None]) -> dict[str, Any]:
    """(number, is outbound, action, range of ports)."""
    acl = {"Ref": "Acl"}
    return {
        "Acl": resource("EC2::NetworkAcl", VpcId={"Ref": "Vpc"}),
        "AclOf": resource("EC2::SubnetNetworkAclAssociation", SubnetId={"Ref": "Subnet"}, NetworkAclId=acl),
        **{
            f"Entry{number}{way}": resource(
                "EC2::NetworkAclEntry",
                NetworkAclId=acl,
                RuleNumber=number,
                Egress=way,
                Protocol=6,
                RuleAction=action,
                CidrBlock="0.0.0.0/0",
                PortRange=ports or {"From": 0, "To": 65535},
            )
            for number, way, action, ports in entries
        },
    }


_INTERNET = {"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": "tgw-1"}


def test_an_acl_without_a_way_back_lets_nothing_through() -> None:
    graph = _graph(_INTERNET, **_acl((100, True, "allow", None), (100, False, "allow", {"From": 1, "To": 1023})))
    assert [each for each in _leaving(graph) if each[0] == "the internet"] == []


def test_an_acl_cuts_ports_out_and_is_named_in_the_subnet() -> None:
    out = (100, True, "deny", {"From": 25, "To": 25})
    graph = _graph(_INTERNET, **_acl(out, (200, True, "allow", None), (200, False, "allow", None)))
    found = Reachability(graph)
    assert [str(each.ports) for each in found.outbound(found.places[0]) if each.target.name == "the internet"] == [
        "tcp 0-24",
        "tcp 26-65535",
    ]
    assert found.network_acl("${net/Subnet}") == "Acl"


def test_what_is_not_followed_and_what_nothing_reads_is_said() -> None:
    database = resource("RDS::DBInstance", VPCSecurityGroups=[{"Fn::GetAtt": ["G", "GroupId"]}])
    firewall = resource("NetworkFirewall::Firewall", VpcId={"Ref": "Vpc"})
    graph = _graph(Database=database, Firewall=firewall)
    said = limits(graph, Reachability(graph))
    assert said[0].startswith("In these templates, and not followed: NetworkFirewall::Firewall (1)")
    assert said[1].endswith("nothing here knows which ports they open: net: Database (RDS::DBInstance)")


@pytest.mark.parametrize("environment", ALL)
def test_every_resource_with_a_security_group_is_read_in_every_environment(environment: str) -> None:
    graph = snapshot_graph(environment)
    assert [each for each in limits(graph, Reachability(graph)) if "have a security group" in each] == []


def test_a_web_acl_is_named_before_its_load_balancer() -> None:
    graph = snapshot_graph("production")
    (said,) = web_acls(graph).values()
    assert said == "WebAcl, 4 rules, else allow"
