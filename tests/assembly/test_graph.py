"""What the graph makes of templates, without the CDK: each function, each import, each order."""

from __future__ import annotations

from typing import Any

import pytest

from assembly import Graph
from assembly.policies import matches

PLACES = {"network": ("", "eu-west-1"), "shop": ("111122223333", "eu-west-1")}


def graph(shop: dict[str, Any], network: dict[str, Any] | None = None, **sections: Any) -> Graph:  # noqa: ANN401 - JSON
    """Stack `shop`, which may import from stack `network`."""
    return Graph(
        {
            "network": {
                "Resources": network or {"Vpc": {"Type": "AWS::EC2::VPC"}},
                "Outputs": {"Vpc": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "network:Vpc"}}},
            },
            "shop": {"Resources": shop, **sections},
        },
        places=PLACES,
    )


def resolved(value: object, **sections: Any) -> object:  # noqa: ANN401 - JSON
    return (
        graph({"It": {"Type": "A::B::C", "Properties": {"Value": value}}}, **sections)
        .of_type("A::B::C")[0]
        .get("Value")
    )


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"Ref": "Other"}, "${shop/Other}"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::Partition"}, "${AWS::Partition}"),
        ({"Fn::GetAtt": ["Other", "Arn"]}, "${shop/Other.Arn}"),
        ({"Fn::GetAtt": "Other.Endpoint.Port"}, "${shop/Other.Endpoint.Port}"),
        ({"Fn::ImportValue": "network:Vpc"}, "${network/Vpc}"),
        ({"Fn::ImportValue": "network:Nothing"}, "${Fn::ImportValue network:Nothing}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Other"}]]}, "a-${shop/Other}"),
        ({"Fn::Sub": "a ${Other} ${Other.Arn} ${!Literal}"}, "a ${shop/Other} ${shop/Other.Arn} ${Literal}"),
        ({"Fn::Sub": ["${x}", {"x": {"Ref": "Other"}}]}, "${shop/Other}"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]}, "b"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "Other"}]}]}, "${Fn::Select 1 ${Fn::Split / ${shop/Other}}}"),
        ({"Fn::Base64": "text"}, "text"),
        ({"Fn::If": ["Condition", "yes", "no"]}, "yes"),
        ({"Fn::FindInMap": ["Sizes", "small", "cpu"]}, 256),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
    ],
    ids=str,
)
def test_functions_are_resolved(value: object, wanted: object) -> None:
    assert resolved(value, Mappings={"Sizes": {"small": {"cpu": 256}}}) == wanted


def test_parameter_has_its_default() -> None:
    assert resolved({"Ref": "Size"}, Parameters={"Size": {"Type": "Number", "Default": 3}}) == 3


def test_what_another_stack_exports_comes_before() -> None:
    tied = graph(
        {
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Fn::ImportValue": "network:Vpc"}}},
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Last": {"Type": "AWS::SNS::Topic", "DependsOn": "Group"},
        }
    )
    (vpc,), (group,) = tied.of_type("AWS::EC2::VPC"), tied.of_type("AWS::EC2::SecurityGroup")
    topic, last = tied.of_type("AWS::SNS::Topic")
    assert tied.find(group.get("VpcId")) == vpc
    # The whole stack is deployed after the other, what imports nothing too.
    assert tied.comes_before(vpc, topic)
    assert tied.comes_before(group, last)
    assert not tied.comes_before(last, group)
    assert not tied.comes_before(topic, last)


def test_separate_rules_are_joined_with_their_group() -> None:
    rule = {
        "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
        "IpProtocol": "6",
        "FromPort": 80,
        "ToPort": 81,
        "CidrIp": "10.0.0.0/8",
    }
    tied = graph(
        {
            "Group": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {"SecurityGroupIngress": [{"IpProtocol": "-1"}]},
            },
            "Rule": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule},
        }
    )
    every, some = tied.security_groups.rules("${shop/Group.GroupId}", "Ingress")
    assert (every.admits(22), some.admits(22), some.admits(81), some.is_only(80)) == (True, False, True, False)
    assert some.contains("10.1.0.0/16")
    assert not some.contains("11.0.0.0/16")
    assert tied.security_groups.rules("${shop/Group.GroupId}", "Egress") == []


@pytest.mark.parametrize(
    ("cidr", "wanted"),
    [("0.0.0.0/0", True), ("128.0.0.0/1", True), ("17.0.0.0/8", False), ("10.0.0.0/8", False), ("::/0", True)],
)
def test_large_ranges_are_the_internet(cidr: str, wanted: bool) -> None:
    key = "CidrIpv6" if ":" in cidr else "CidrIp"
    group = {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"SecurityGroupIngress": [{"IpProtocol": "-1", key: cidr}]},
    }
    (rule,) = graph({"Group": group}).security_groups.rules("${shop/Group.GroupId}", "Ingress")
    assert rule.is_from_the_internet == wanted


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("s3:*", "S3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Put*", "s3:GetObject", False),
        ("a[b]", "a[b]", True),
        ("a[b]", "ab", False),
    ],
)
def test_wildcards_of_iam(pattern: str, text: str, wanted: bool) -> None:
    assert matches(text, pattern) == wanted


def test_arn_is_of_its_stack() -> None:
    tied = graph({})
    assert tied.is_arn_of("arn:${AWS::Partition}:ecs:eu-west-1:111122223333:*", "shop")
    assert tied.is_arn_of("arn:aws:iam::111122223333:role/a", "shop")
    assert not tied.is_arn_of("arn:aws:ecs:us-east-1:111122223333:*", "shop")
    assert not tied.is_arn_of("arn:aws:ecs:eu-west-1:999988887777:*", "shop")
