"""Where else a VPC leads: regional NAT gateways, addresses of one's own, other networks; and subnets for pods alone."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.network.vpc_options import VpcOptions
from tests.support.assertions import all_of, only_id, properties
from tests.support.synthesis import ZONES, new_stack

TRANSIT, PEERING = "tgw-0000000a", "pcx-0000000a"


def _network(stack: cdk.Stack, *, zones: tuple[str, ...] = ZONES, **options: Any) -> PlatformVpc:  # noqa: ANN401
    return PlatformVpc(
        stack,
        "Network",
        availability_zones=zones,
        log_key=kms.Key(stack, "Key"),
        options=VpcOptions.model_validate(options),
    )


def _template(**options: Any) -> Template:  # noqa: ANN401
    stack = new_stack()
    _network(stack, **options)
    return Template.from_stack(stack)


def _tables(template: Template, having: str) -> set[str]:
    return {logical_id for logical_id in all_of(template, "AWS::EC2::RouteTable") if having in logical_id}


def test_a_regional_nat_gateway_serves_all_private_subnets() -> None:
    template = _template(nat_gateways="regional")

    gateway = only_id(template, "AWS::EC2::NatGateway")
    assert properties(template, "AWS::EC2::NatGateway")["AvailabilityMode"] == "regional"
    template.resource_count_is("AWS::EC2::EIP", 0)
    ways = [
        each["Properties"]["NatGatewayId"]
        for each in all_of(template, "AWS::EC2::Route").values()
        if "NatGatewayId" in each["Properties"]
    ]
    assert ways == [{"Fn::GetAtt": [gateway, "NatGatewayId"]}] * 2


def test_nat_gateways_have_the_addresses_that_are_stated() -> None:
    ids = ["eipalloc-0000000a", "eipalloc-0000000b"]
    template = _template(nat_allocation_ids=ids)

    gateways = all_of(template, "AWS::EC2::NatGateway").values()
    assert [each["Properties"]["AllocationId"] for each in gateways] == ids
    template.resource_count_is("AWS::EC2::EIP", 0)


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"nat_gateways": "one"}, 1),
        ({"nat_gateways": "one_per_zone"}, 2),
        ({"nat_gateways": "none"}, 0),
        ({"nat_gateways": "regional"}, 0),
        ({"nat_gateways": "one", "nat_allocation_ids": ["eipalloc-0000000a"]}, 0),
    ],
)
def test_the_addresses_that_are_created_are_known(options: dict[str, Any], number: int) -> None:
    stack = new_stack()
    network = _network(stack, **options)

    addresses = all_of(Template.from_stack(stack), "AWS::EC2::EIP")
    assert stack.resolve(network.nat_addresses) == [{"Ref": each} for each in addresses]
    assert len(addresses) == number


def test_a_transit_gateway_is_attached_once_and_before_its_routes() -> None:
    office = {"cidrs": ["10.8.0.0/16", "10.9.0.0/16"], "target": TRANSIT}
    template = _template(routes={"office": office, "lab": {"cidrs": ["10.10.0.0/16"], "target": TRANSIT}})

    attachment = only_id(template, "AWS::EC2::TransitGatewayAttachment")
    attached = properties(template, "AWS::EC2::TransitGatewayAttachment")
    assert attached["TransitGatewayId"] == TRANSIT
    assert len(attached["SubnetIds"]) == 2
    assert all("PrivateSubnet" in each["Ref"] for each in attached["SubnetIds"])
    routes = [each for each in all_of(template, "AWS::EC2::Route").values() if "TransitGatewayId" in each["Properties"]]
    places = {
        (each["Properties"]["RouteTableId"]["Ref"], each["Properties"]["DestinationCidrBlock"]) for each in routes
    }
    cidrs = ("10.8.0.0/16", "10.9.0.0/16", "10.10.0.0/16")
    assert places == {(table, cidr) for table in _tables(template, "Private") for cidr in cidrs}
    assert all(each["DependsOn"] == [attachment] for each in routes)


def test_a_peering_connection_needs_routes_alone() -> None:
    template = _template(routes={"shared": {"cidrs": ["10.8.0.0/16"], "target": PEERING}})

    template.resource_count_is("AWS::EC2::TransitGatewayAttachment", 0)
    found = [each["Properties"] for each in all_of(template, "AWS::EC2::Route").values()]
    peered = [each for each in found if each.get("VpcPeeringConnectionId") == PEERING]
    assert {each["RouteTableId"]["Ref"] for each in peered} == _tables(template, "Private")


def test_pods_have_a_subnet_of_the_second_block_in_each_zone_on_the_routes_of_the_private_one() -> None:
    stack = new_stack()
    network = _network(stack, pod_cidr="100.64.0.0/16", pod_prefix_length=20, interface_endpoints=["ec2"])
    template = Template.from_stack(stack)

    block = only_id(template, "AWS::EC2::VPCCidrBlock")
    pods = {name: each for name, each in all_of(template, "AWS::EC2::Subnet").items() if "PodSubnet" in name}
    assert [each["Properties"]["CidrBlock"] for each in pods.values()] == ["100.64.0.0/20", "100.64.16.0/20"]
    assert [each["Properties"]["AvailabilityZone"] for each in pods.values()] == list(ZONES)
    assert all(each["DependsOn"] == [block] for each in pods.values())
    assert stack.resolve(network.pod_subnets) == {zone: {"Ref": name} for zone, name in zip(ZONES, pods, strict=True)}
    tables = {
        each["Properties"]["SubnetId"]["Ref"]: each["Properties"]["RouteTableId"]["Ref"]
        for each in all_of(template, "AWS::EC2::SubnetRouteTableAssociation").values()
    }
    assert {tables[name] for name in pods} == _tables(template, "Private")
    assert network.cidrs == ["10.0.0.0/16", "100.64.0.0/16"]
    rules = properties(template, "AWS::EC2::SecurityGroup")["SecurityGroupIngress"]
    assert [rule["CidrIp"] for rule in rules] == network.cidrs


def test_a_further_zone_moves_no_subnet_of_pods() -> None:
    two = all_of(_template(pod_cidr="100.64.0.0/16"), "AWS::EC2::Subnet")
    three = all_of(_template(pod_cidr="100.64.0.0/16", zones=(*ZONES, "eu-west-1c")), "AWS::EC2::Subnet")
    assert {name: three[name] for name in two} == two
