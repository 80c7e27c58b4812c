"""A VPC with IPv6 addresses: who has them, and where they lead."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.network.limited_security_group import LimitedSecurityGroup
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.network.vpc_options import VpcOptions
from tests.support.assertions import all_of, only_id, properties
from tests.support.synthesis import ZONES, new_stack


def _template(**options: Any) -> Template:  # noqa: ANN401 - options of the VPC
    stack = new_stack()
    PlatformVpc(
        stack,
        "Network",
        availability_zones=ZONES,
        log_key=kms.Key(stack, "Key"),
        options=VpcOptions.model_validate({"ip_family": "dual_stack", **options}),
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _template()


def _subnets(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {
        logical_id: found["Properties"]
        for logical_id, found in all_of(template, "AWS::EC2::Subnet").items()
        if {"Key": "aws-cdk:subnet-type", "Value": kind} in found["Properties"]["Tags"]
    }


def _ways_of_ipv6(template: Template, subnets: dict[str, Any]) -> list[dict[str, Any]]:
    tables = {
        each["Properties"]["RouteTableId"]["Ref"]
        for each in all_of(template, "AWS::EC2::SubnetRouteTableAssociation").values()
        if each["Properties"]["SubnetId"]["Ref"] in subnets
    }
    return [
        {key: value["Ref"] for key, value in each["Properties"].items() if key.endswith("GatewayId")}
        for each in all_of(template, "AWS::EC2::Route").values()
        if each["Properties"].get("DestinationIpv6CidrBlock") == "::/0"
        and each["Properties"]["RouteTableId"]["Ref"] in tables
    ]


def test_every_subnet_has_a_range_of_its_own_of_the_block_that_amazon_provides(template: Template) -> None:
    assert properties(template, "AWS::EC2::VPCCidrBlock")["AmazonProvidedIpv6CidrBlock"] is True
    ranges = [str(subnet["Properties"]["Ipv6CidrBlock"]) for subnet in all_of(template, "AWS::EC2::Subnet").values()]
    assert len(set(ranges)) == len(ranges) == 4


def test_private_subnets_assign_addresses_as_nodes_require_and_public_ones_do_not(template: Template) -> None:
    assert [each["AssignIpv6AddressOnCreation"] for each in _subnets(template, "Private").values()] == [True, True]
    assert [each["AssignIpv6AddressOnCreation"] for each in _subnets(template, "Public").values()] == [False, False]


def test_private_subnets_leave_by_an_egress_only_internet_gateway(template: Template) -> None:
    gateway = only_id(template, "AWS::EC2::EgressOnlyInternetGateway")
    assert _ways_of_ipv6(template, _subnets(template, "Private")) == [{"EgressOnlyInternetGatewayId": gateway}] * 2


def test_public_subnets_leave_by_the_internet_gateway(template: Template) -> None:
    gateway = only_id(template, "AWS::EC2::InternetGateway")
    assert _ways_of_ipv6(template, _subnets(template, "Public")) == [{"GatewayId": gateway}] * 2


def test_without_nat_gateways_private_subnets_have_no_way_out_by_ipv6_either() -> None:
    template = _template(nat_gateways="none")

    template.resource_count_is("AWS::EC2::EgressOnlyInternetGateway", 0)
    assert _ways_of_ipv6(template, _subnets(template, "Isolated")) == []


def test_a_further_zone_changes_no_range_of_ipv6() -> None:
    stack = new_stack()
    PlatformVpc(
        stack,
        "Network",
        availability_zones=(*ZONES, "eu-west-1c"),
        log_key=kms.Key(stack, "Key"),
        options=VpcOptions(ip_family="dual_stack"),
    )
    three = all_of(Template.from_stack(stack), "AWS::EC2::Subnet")
    for logical_id, subnet in all_of(_template(), "AWS::EC2::Subnet").items():
        assert three[logical_id]["Properties"]["Ipv6CidrBlock"] == subnet["Properties"]["Ipv6CidrBlock"]


@pytest.mark.parametrize("dual_stack", [True, False])
def test_what_is_limited_reaches_https_by_ipv6_where_there_is_any(dual_stack: bool) -> None:
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-0000000a", availability_zones=list(ZONES))
    LimitedSecurityGroup(stack, "Group", vpc=vpc, description="group", dual_stack=dual_stack)

    rules = properties(Template.from_stack(stack), "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    found = [(rule["CidrIpv6"], rule["FromPort"], rule["ToPort"]) for rule in rules if "CidrIpv6" in rule]
    assert found == ([("::/0", 443, 443)] if dual_stack else [])
