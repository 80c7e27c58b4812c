"""Endpoints that are added to a VPC that exists."""

from __future__ import annotations

from typing import get_args

import pytest
from aws_cdk.assertions import Template

from reference_constructs.network.added_endpoint_options import AddedEndpointOptions
from reference_constructs.network.added_endpoints import AddedEndpoints
from reference_constructs.network.endpoint_policies import WITHOUT_POLICY
from reference_constructs.network.existing_vpc import ExistingVpc
from reference_constructs.network.vpc_options import GatewayEndpoint, InterfaceEndpoint
from tests.constructs.network.test_existing_vpc import OPTIONS
from tests.support.synthesis import ZONES, new_stack


def _endpoints(**options: object) -> dict[str, dict[str, object]]:
    stack = new_stack()
    network = ExistingVpc(stack, "Network", availability_zones=ZONES, options=OPTIONS)
    AddedEndpoints(stack, "Endpoints", network=network, options=AddedEndpointOptions.model_validate(options))
    found = Template.from_stack(stack).find_resources("AWS::EC2::VPCEndpoint").values()
    return {str(each["Properties"]["ServiceName"]).split(".", 3)[-1]: each["Properties"] for each in found}


def test_interface_endpoints_are_in_the_private_subnets_with_private_dns() -> None:
    (endpoint,) = _endpoints(interface_endpoints=("logs",)).values()

    assert endpoint["SubnetIds"] == ["subnet-0000000a", "subnet-0000000b"]
    assert endpoint["PrivateDnsEnabled"] is True
    assert endpoint["VpcId"] == "vpc-0000000a"


def test_gateway_endpoints_are_in_the_route_tables_that_are_named() -> None:
    found = _endpoints(gateway_endpoints=("dynamodb", "s3"), route_table_ids=("rtb-0000000a", "rtb-0000000b"))

    assert sorted(found) == ["dynamodb", "s3"]
    assert all(each["RouteTableIds"] == ["rtb-0000000a", "rtb-0000000b"] for each in found.values())
    assert {name: "PolicyDocument" in each for name, each in found.items()} == {"dynamodb": True, "s3": False}


def test_policies_admit_the_stated_accounts() -> None:
    found = _endpoints(
        interface_endpoints=("logs",),
        gateway_endpoints=("dynamodb",),
        route_table_ids=("rtb-0000000a",),
        endpoint_account_ids=("444455556666",),
    )

    assert {str(each["PolicyDocument"]).count("444455556666") for each in found.values()} == {1}


def test_gateway_endpoints_without_route_tables_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^gateway_endpoints need route_table_ids$"):
        _endpoints(gateway_endpoints=("s3",))


def test_endpoints_without_policy_are_endpoints_and_each_has_a_reason() -> None:
    assert set(WITHOUT_POLICY) <= {*get_args(InterfaceEndpoint), *get_args(GatewayEndpoint)}
    assert all(reason.endswith(".") for reason in WITHOUT_POLICY.values())
