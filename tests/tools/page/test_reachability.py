from __future__ import annotations

from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import ALL, snapshot_graph
from tests.tools.page.template_parts import tcp
from tools.page.connections import Connection, Outside
from tools.page.place import Place
from tools.page.reachability import Reachability

_SUBNET = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/28"}}


def _named(connection: Connection) -> tuple[str, str, str]:
    ends = (connection.source, connection.target)
    source, target = (each.name.rpartition(": ")[2] for each in ends)
    return source, target, str(connection.ports)


def _group(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}, **properties}}


def _service(group: str, **network: object) -> dict[str, Any]:
    groups = [{"Fn::GetAtt": [group, "GroupId"]}]
    configuration = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": groups, **network}
    return {"Type": "AWS::ECS::Service", "Properties": {"NetworkConfiguration": {"AwsvpcConfiguration": configuration}}}


def _reachability(**resources: object) -> Reachability:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}}
    return Reachability(Graph({"net": {"Resources": {"Vpc": vpc, "Subnet": _SUBNET, **resources}}}))


def test_a_group_that_names_itself_connects_those_that_have_it() -> None:
    own = {"Fn::GetAtt": ["G", "GroupId"]}
    properties = {"GroupId": own, **tcp(5000, SourceSecurityGroupId=own)}
    rule = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}
    found = _reachability(G=_group(), Rule=rule, A=_service("G"), B=_service("G")).connections
    inside = {_named(each) for each in found if isinstance(each.target, Place)}
    assert inside == {(a, b, "tcp 5000") for a in "AB" for b in "AB"}
    assert {each.where for each in found if isinstance(each.target, Place)} == {"net/Rule"}


def test_a_group_without_rules_for_what_leaves_lets_everything_out() -> None:
    closed = _group(SecurityGroupEgress=[tcp(443, CidrIp="192.0.2.0/24")])
    target = _group(SecurityGroupIngress=[tcp(80, CidrIp="10.0.0.0/28")])
    found = _reachability(
        Open=_group(), Closed=closed, T=target, A=_service("Open"), B=_service("Closed"), C=_service("T")
    )
    assert [_named(each) for each in found.inbound(found.places[2])] == [("A", "C", "tcp 80"), ("C", "C", "tcp 80")]


def test_rules_of_another_stack_are_followed_through_its_export() -> None:
    other = {
        "Resources": {
            "Rule": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": {"GroupId": {"Fn::ImportValue": "group"}, **tcp(80, CidrIp="10.0.0.0/24")},
            }
        }
    }
    export = {"G": {"Value": {"Fn::GetAtt": ["T", "GroupId"]}, "Export": {"Name": "group"}}}
    net = {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}},
            "Subnet": _SUBNET,
            "T": _group(),
            "A": _service("T"),
        },
        "Outputs": export,
    }
    found = Reachability(Graph({"net": net, "other": other}))
    assert [(str(each.ports), each.where) for each in found.inbound(found.places[0])] == [("tcp 80", "other/Rule")]


def test_what_a_group_of_others_lets_in_is_possible_and_not_certain() -> None:
    service = _service("G")
    service["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] = ["sg-0123456789abcdef0"]
    found = _reachability(G=_group(), A=service)
    assert {each.is_certain for each in found.inbound(found.places[0])} == {False}


def test_an_endpoint_says_what_its_policy_lets_through() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::layers/*"}
    resources = {
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Association": {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
        },
        "S3": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "ServiceName": "com.amazonaws.eu-west-1.s3",
                "VpcId": {"Ref": "Vpc"},
                "RouteTableIds": [{"Ref": "Table"}],
                "PolicyDocument": {"Statement": [statement]},
            },
        },
    }
    found = _reachability(G=_group(), A=_service("G"), **resources)
    (connection,) = found.outbound(found.places[0])
    assert connection.target.name == "s3 (gateway endpoint)"
    assert connection.lets_in == "endpoint policy: allows s3:GetObject on arn:aws:s3:::layers/*"


def test_a_load_balancer_before_instances_reaches_what_security_groups_let_it_reach() -> None:
    """Tasks in the network mode `bridge` have ports of their instances, which no template knows."""
    balancer = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Fn::GetAtt": ["B", "GroupId"]}]},
    }
    forward = {"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}
    listener = {"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80, "DefaultActions": [forward]}
    instance = {"SubnetId": {"Ref": "Subnet"}, "SecurityGroupIds": [{"Fn::GetAtt": ["G", "GroupId"]}]}
    ephemeral = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535, "CidrIp": "10.0.0.0/28"}
    entry = {"TargetGroupArn": {"Ref": "Targets"}, "ContainerPort": 80}
    found = _reachability(
        B=_group(),
        G=_group(SecurityGroupIngress=[ephemeral]),
        Balancer=balancer,
        Targets={"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 80}},
        Listener={"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": listener},
        Web={"Type": "AWS::ECS::Service", "Properties": {"LoadBalancers": [entry]}},
        Instance={"Type": "AWS::EC2::Instance", "Properties": instance},
    )
    assert ("Balancer", "Instance", "tcp 32768-65535") in {_named(each) for each in found.connections}


def test_the_sandbox_is_reached_by_its_clients_through_the_load_balancer_alone() -> None:
    found = Reachability(snapshot_graph("sandbox"))
    arriving = [each for each in found.connections if isinstance(each.source, Outside)]
    assert [_named(each) for each in arriving] == [("203.0.113.0/24", "LoadBalancer", "tcp 80")]
    assert sorted((each.second.target.name, str(each.second.ports), each.forwarding.said) for each in found.paths) == [
        ("ecs-service-hello-ec2", "tcp 8080", "path /ec2 or /ec2/*"),
        ("ecs-service-hello-fargate", "tcp 8080", "path /fargate or /fargate/*"),
        ("ecs-service-hello-host", "tcp 8080", "host-header hello.example.com"),
    ]


def test_instances_of_the_sandbox_are_reached_by_nobody() -> None:
    found = Reachability(snapshot_graph("sandbox"))
    (instances,) = (each for each in found.places if each.kind == "Instances")
    assert found.inbound(instances) == []
    assert [_named(each)[1:] for each in found.outbound(instances)] == [
        ("the internet", "tcp 443"),
        ("s3 (gateway endpoint)", "tcp 443"),
    ]


def test_nodes_of_production_are_reached_by_what_has_the_group_of_the_cluster_alone() -> None:
    found = Reachability(snapshot_graph("production"))
    nodes = [each for each in found.places if each.kind == "Nodes"]
    for each in nodes:
        inbound = found.inbound(each)
        kinds = sorted(one.source.kind for one in inbound if isinstance(one.source, Place))
        assert kinds == ["Kubernetes API", "Nodes", "Nodes", "Pods on Fargate"]
        assert len(inbound) == len(kinds)
        assert all(one.lets_in.endswith("written by Amazon EKS") for one in inbound)


def test_endpoints_of_production_are_reached_by_all_in_the_vpc_but_the_load_balancer() -> None:
    found = Reachability(snapshot_graph("production"))
    callers = [each for each in found.places if each.opens_connections and each.kind != "Load balancer"]
    endpoints = [each for each in found.places if each.kind == "Endpoint"]
    assert len(endpoints) == 3
    for each in endpoints:
        assert [(one.source, str(one.ports)) for one in found.inbound(each)] == [(one, "tcp 443") for one in callers]


@pytest.mark.parametrize("environment", ALL)
def test_no_environment_lets_the_internet_in_but_by_a_load_balancer_or_a_public_endpoint(environment: str) -> None:
    found = Reachability(snapshot_graph(environment))
    for each in found.connections:
        if isinstance(each.source, Outside) and each.source.peer in ("0.0.0.0/0", "::/0") and each.is_certain:
            assert isinstance(each.target, Place)
            assert each.target.kind in ("Load balancer", "Kubernetes API", "CloudFront"), each
