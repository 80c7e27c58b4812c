"""A VPC that exists: its ids go where they are needed, and nothing is made."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match, Template

from reference_constructs.network.existing_vpc import ExistingVpc
from reference_constructs.network.existing_vpc_options import ExistingVpcOptions
from tests.support.synthesis import ZONES, new_stack

OPTIONS = ExistingVpcOptions.model_validate(
    {
        "vpc_id": "vpc-0000000a",
        "cidrs": ["10.7.0.0/16", "100.64.0.0/18"],
        "private_subnets": {
            zone: {"subnet_id": f"subnet-0000000{zone[-1]}", "cidr": f"100.64.{16 * place}.0/20"}
            for place, zone in enumerate(reversed(ZONES))
        },
        "public_subnets": {ZONES[1]: {"subnet_id": "subnet-000000ab", "cidr": "10.7.0.0/24"}},
    }
)


def test_nothing_is_made_and_nothing_is_said() -> None:
    stack = new_stack()
    cdk.CfnResource(stack, "Other", type="AWS::SNS::Topic")
    ExistingVpc(stack, "Network", availability_zones=ZONES, options=OPTIONS)

    assert list(Template.from_stack(stack).to_json()["Resources"]) == ["Other"]
    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def test_subnets_are_in_the_order_of_the_zones() -> None:
    network = ExistingVpc(new_stack(), "Network", availability_zones=ZONES, options=OPTIONS)

    assert network.vpc.vpc_id == "vpc-0000000a"
    assert network.cidrs == ["10.7.0.0/16", "100.64.0.0/18"]
    assert [subnet.availability_zone for subnet in network.private_subnets] == list(ZONES)
    assert [subnet.subnet_id for subnet in network.private_subnets] == ["subnet-0000000a", "subnet-0000000b"]
    assert [subnet.subnet_id for subnet in network.public_subnets] == ["subnet-000000ab"]


def test_a_zone_without_a_private_subnet_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no private subnet is in eu-west-1c$"):
        ExistingVpc(new_stack(), "Network", availability_zones=(*ZONES, "eu-west-1c"), options=OPTIONS)
