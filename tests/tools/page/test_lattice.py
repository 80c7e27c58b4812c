"""Amazon VPC Lattice: who may call a service, and which targets it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import snapshot_graph
from tests.tools.page.template_parts import group_id, resource, tcp
from tools.page.limits import limits
from tools.page.reachability import Reachability
from tools.page.sources import Sources
from tools.page.views.reach import reach
from tools.page.views.topology import topology

_LIST = "if pl-1 is com.amazonaws.<Region>.vpc-lattice, whose entries are not in the templates"
_CALLED = "net in VPC Lattice"


def _id(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Id"]}


def _forward(*weights: tuple[str, int]) -> dict[str, Any]:
    groups = [{"TargetGroupIdentifier": _id(name), "Weight": weight} for name, weight in weights]
    return {"Forward": {"TargetGroups": groups}}


def _tasks(group: str, **more: object) -> dict[str, Any]:
    network = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [group_id(group)]}
    return resource("ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": network}, **more)


def _graph(
    *,
    rule: Mapping[str, Any] | None = None,
    auth: Mapping[str, Any] | None = None,
    network: object = None,
    **more: object,
) -> Graph:
    """A service `orders` at 443, whose tasks listen at 8080, and a client in the VPC."""
    network = network or {"Fn::GetAtt": ["Network", "Arn"]}
    mappings = [{"Name": "metrics", "ContainerPort": 9000}, {"Name": "http", "ContainerPort": 8080}]
    in_vpc = [tcp(443, CidrIp="10.0.0.0/24")]
    resources = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/24"),
        "Subnet": resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/28"),
        "Callers": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=in_vpc),
        "Own": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=[rule] if rule else []),
        "Open": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}),
        "Client": _tasks("Open"),
        "Network": resource("VpcLattice::ServiceNetwork"),
        "Association": resource(
            "VpcLattice::ServiceNetworkVpcAssociation",
            ServiceNetworkIdentifier=network,
            VpcIdentifier={"Ref": "Vpc"},
            SecurityGroupIds=[group_id("Callers")],
        ),
        "Orders": resource("VpcLattice::Service", **(auth or {})),
        "InNetwork": resource(
            "VpcLattice::ServiceNetworkServiceAssociation",
            ServiceNetworkIdentifier=network,
            ServiceIdentifier=_id("Orders"),
        ),
        "Listener": resource(
            "VpcLattice::Listener",
            ServiceIdentifier=_id("Orders"),
            Protocol="HTTPS",
            DefaultAction=_forward(("Targets", 100)),
        ),
        "Targets": resource("VpcLattice::TargetGroup", Type="IP", Config={"Port": 80, "Protocol": "HTTP"}),
        "Definition": resource("ECS::TaskDefinition", ContainerDefinitions=[{"Name": "web", "PortMappings": mappings}]),
        "Tasks": _tasks(
            "Own",
            TaskDefinition={"Ref": "Definition"},
            VpcLatticeConfigurations=[{"TargetGroupArn": {"Fn::GetAtt": ["Targets", "Arn"]}, "PortName": "http"}],
        ),
        **more,
    }
    return Graph({"net": {"Resources": resources}})


def _connections(graph: Graph, target: str) -> set[tuple[str, str, bool]]:
    return {
        (each.source.name.removeprefix("net: "), str(each.ports), each.is_certain)
        for each in Reachability(graph).connections
        if each.target.name.removeprefix("net: ") == target
    }


def _said(graph: Graph) -> set[str]:
    return {each.forwarding.said for each in Reachability(graph).paths}


_EVERYBODY = tcp(8080, CidrIp="0.0.0.0/0")


def test_clients_reach_a_service_by_the_association_of_their_vpc_or_elsewhere() -> None:
    graph = _graph(rule=_EVERYBODY)
    assert _connections(graph, "Network") == {("Client", "tcp 443", True), ("Tasks", "tcp 443", True)}
    assert _connections(graph, _CALLED) == {("Network", "tcp 443", True), ("other VPCs of Network", "tcp 443", False)}
    assert _connections(graph, "Tasks") >= {(_CALLED, "tcp 8080", True)}


@pytest.mark.parametrize(
    ("peer", "doubt"),
    [
        ({"CidrIp": "0.0.0.0/0"}, ""),
        ({"SourcePrefixListId": "pl-1"}, _LIST),
        ({"CidrIp": "169.254.171.0/24"}, "if VPC Lattice has addresses in 169.254.171.0/24"),
        # VPC Lattice has no addresses in the VPC, and no security group.
        ({"CidrIp": "10.0.0.0/24"}, None),
        ({"SourceSecurityGroupId": "sg-0123456789abcdef0"}, None),
        ({"SourceSecurityGroupId": group_id("Callers")}, None),
    ],
)
def test_which_rules_let_vpc_lattice_into_tasks(peer: dict[str, Any], doubt: str | None) -> None:
    graph = _graph(rule=tcp(8080, **peer))
    found = [
        (str(each.ports), each.is_certain, each.doubt)
        for each in Reachability(graph).connections
        if (each.source.name, each.target.name) == (_CALLED, "net: Tasks")
    ]
    assert found == ([] if doubt is None else [("tcp 8080", not doubt, doubt)])


def test_nobody_outside_of_the_vpc_calls_by_its_association() -> None:
    wide = [tcp(443, CidrIp="10.0.0.0/8"), tcp(443, CidrIp="0.0.0.0/0")]
    callers = resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=wide)
    assert _connections(_graph(Callers=callers), "Network") == {("Client", "tcp 443", True), ("Tasks", "tcp 443", True)}


def test_a_service_in_another_service_network_is_not_called_by_this_one() -> None:
    other = resource(
        "VpcLattice::ServiceNetworkServiceAssociation",
        ServiceNetworkIdentifier="arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0a",
        ServiceIdentifier=_id("Orders"),
    )
    graph = _graph(rule=_EVERYBODY, InNetwork=other)
    assert _connections(graph, _CALLED) == {("other VPCs of sn-0a", "tcp 443", False)}
    assert _connections(graph, "Network") == set()
    assert "Services that others have in service network sn-0a are not in the templates" in limits(
        graph, Reachability(graph)
    )


@pytest.mark.parametrize("network", ["sn-0a", "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0a"])
def test_a_service_network_of_others_is_the_same_by_its_id_and_its_arn(network: str) -> None:
    association = resource(
        "VpcLattice::ServiceNetworkVpcAssociation", ServiceNetworkIdentifier="sn-0a", VpcIdentifier={"Ref": "Vpc"}
    )
    graph = _graph(network=network, Association=association)
    assert ("Association", "tcp 443", True) in _connections(graph, _CALLED)


def test_rules_and_weights_are_said_and_two_target_groups_of_a_release_are_one() -> None:
    release = {
        "TargetGroupArn": _id("Targets"),
        "PortName": "http",
        "AdvancedConfiguration": {"AlternateTargetGroupArn": _id("Alternate")},
    }
    match = {
        "Method": "GET",
        "PathMatch": {"Match": {"Prefix": "/v2/"}},
        "HeaderMatches": [{"Name": "x-test", "Match": {"Exact": "yes"}}],
    }
    graph = _graph(
        rule=_EVERYBODY,
        Alternate=resource("VpcLattice::TargetGroup", Type="IP", Config={"Port": 80}),
        Rest=resource("VpcLattice::TargetGroup", Type="IP", Config={"Port": 80}, Targets=[{"Id": {"Ref": "Box"}}]),
        Box=resource("EC2::Instance", SubnetId={"Ref": "Subnet"}, SecurityGroupIds=[group_id("Own")]),
        Tasks=_tasks("Own", TaskDefinition={"Ref": "Definition"}, VpcLatticeConfigurations=[release]),
        Listener=resource(
            "VpcLattice::Listener",
            ServiceIdentifier=_id("Orders"),
            Protocol="HTTP",
            DefaultAction=_forward(("Targets", 90), ("Alternate", 10)),
        ),
        Rule=resource(
            "VpcLattice::Rule",
            ListenerIdentifier=_id("Listener"),
            Match={"HttpMatch": match},
            Action=_forward(("Targets", 60), ("Alternate", 20), ("Rest", 20)),
            Priority=1,
        ),
    )
    assert _said(graph) == {"every other request", "method GET and path /v2/* and header x-test yes, 80% of them now"}
    assert ("Network", "tcp 80", True) in _connections(graph, _CALLED)


def test_a_fixed_response_leads_nowhere() -> None:
    listener = resource(
        "VpcLattice::Listener",
        ServiceIdentifier=_id("Orders"),
        Protocol="HTTPS",
        DefaultAction={"FixedResponse": {"StatusCode": 404}},
    )
    assert _said(_graph(rule=_EVERYBODY, Listener=listener)) == set()


def test_health_checks_on_a_port_of_their_own_are_connections_and_no_paths_of_clients() -> None:
    every = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}
    targets = resource("VpcLattice::TargetGroup", Type="IP", Config={"Port": 80, "HealthCheck": {"Port": 9000}})
    graph = _graph(rule=every, Targets=targets)
    assert {each for each in _connections(graph, "Tasks") if each[0] == _CALLED} == {
        (_CALLED, "tcp 8080", True),
        (_CALLED, "tcp 9000", True),
    }
    assert _said(graph) == {"every request"}


@pytest.mark.parametrize(
    ("auth", "policy", "said"),
    [
        ({}, None, "auth type NONE, every client may invoke"),
        ({"AuthType": "AWS_IAM"}, None, "auth type AWS_IAM, auth policy: none in the templates"),
        (
            {"AuthType": "AWS_IAM"},
            {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "vpc-lattice-svcs:Invoke"},
            "auth type AWS_IAM, auth policy: allows vpc-lattice-svcs:Invoke by 444455556666",
        ),
    ],
)
def test_who_may_invoke_is_said_where_a_service_is_called(
    auth: dict[str, Any], policy: dict[str, Any] | None, said: str
) -> None:
    document = {"Statement": [policy]} if policy else None
    properties = {"ResourceIdentifier": _id("Orders"), "Policy": document}
    more = {"Policy": resource("VpcLattice::AuthPolicy", **properties)} if policy else {}
    graph = _graph(rule=_EVERYBODY, auth=auth, **more)
    assert {
        (each.lets_out, each.lets_in) for each in Reachability(graph).connections if each.target.name == _CALLED
    } == {
        ("service network: auth type NONE, every client may invoke", said),
        ("", f"{said}; service network: auth type NONE, every client may invoke"),
    }


def test_what_of_vpc_lattice_is_not_followed_is_said() -> None:
    graph = _graph(Gateway=resource("VpcLattice::ResourceGateway", VpcIdentifier={"Ref": "Vpc"}))
    said = limits(graph, Reachability(graph))
    assert any("not followed: VpcLattice::ResourceGateway (1);" in each for each in said)
    assert any("associated elsewhere with service network net/Network is not in the templates" in each for each in said)


def test_clients_elsewhere_reach_services_behind_a_load_balancer_possibly() -> None:
    every = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}
    targets = {"Type": "ALB", "Config": {"Port": 80}, "Targets": [{"Id": {"Ref": "Balancer"}}]}
    subnets = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [group_id("Own")]}
    entry = {"TargetGroupArn": {"Ref": "Behind"}, "ContainerPort": 8080}
    graph = _graph(
        rule=every,
        Targets=resource("VpcLattice::TargetGroup", **targets),
        Balancer=resource("ElasticLoadBalancingV2::LoadBalancer", Scheme="internal", Type="application", **subnets),
        At80=resource(
            "ElasticLoadBalancingV2::Listener",
            LoadBalancerArn={"Ref": "Balancer"},
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Behind"}}],
        ),
        Behind=resource("ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Port=80),
        Tasks=_tasks("Own", LoadBalancers=[entry]),
    )
    assert [
        (each.second.target.name, each.second.is_certain, each.is_certain) for each in Reachability(graph).paths
    ] == [
        ("net: Balancer", True, False),
        ("net: Tasks", True, False),
    ]


_EXAMPLE = "examples/ecs-lattice.yaml"


def test_two_services_of_the_example_are_called_by_vpc_lattice_and_the_client_by_nobody() -> None:
    found = Reachability(snapshot_graph(_EXAMPLE))
    assert {
        (each.source.name, each.target.name, str(each.ports), each.is_certain)
        for each in found.connections
        if each.target.name in ("ecs-service-orders", "ecs-service-prices", "ecs-service-front")
    } == {
        ("ecs-service-orders in VPC Lattice", "ecs-service-orders", "tcp 8080", False),
        ("ecs-service-prices in VPC Lattice", "ecs-service-prices", "tcp 9090", False),
    }
    assert {(each.first.source.name, each.second.target.name, each.forwarding.said) for each in found.paths} == {
        ("other VPCs of LatticeServiceNetwork", "ecs-service-orders", "every request"),
        ("other VPCs of LatticeServiceNetwork", "ecs-service-prices", "every other request"),
        ("other VPCs of LatticeServiceNetwork", "ecs-service-prices", "header x-test-traffic preview"),
    }


def test_the_page_of_the_example_shows_the_service_network_at_the_doors_and_its_services() -> None:
    sources = Sources(name="ecs-lattice", graph=snapshot_graph(_EXAMPLE))
    drawn = topology(sources)
    doors, outside = drawn.index("Doors"), drawn.index("In the Region, outside of a VPC")
    assert doors < drawn.index("service network LatticeServiceNetwork") < outside
    assert outside < drawn.index("ecs-service-orders in VPC Lattice")
    assert "Other" not in drawn[outside:]
    text = reach(sources)
    assert "aws:PrincipalOrgID StringEquals o-a1b2c3d4e5" in text
    assert "not followed" not in text
