"""Services in Amazon VPC Lattice: what each stack of the example has, and that nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template as Assertions

from reference_constructs.ecs.service_network import ServiceNetwork
from reference_constructs.ecs.vpc_lattice_options import VpcLatticeOptions
from tests.support.synthesis import Template, new_stack, synthesize

EXAMPLE = "examples/ecs-lattice.yaml"
SHARED = "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0"


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    return {name.removeprefix("ecs-lattice-"): each for name, each in synthesize(EXAMPLE).templates.items()}


def _of_type(template: Template, resource_type: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == resource_type}


def _one(template: Template, resource_type: str) -> dict[str, Any]:
    ((_, found),) = _of_type(template, resource_type).items()
    return found


def test_clients_of_the_vpc_reach_the_network_by_https(templates: dict[str, Template]) -> None:
    connections = templates["ecs-connections"]
    assert _one(connections, "AWS::VpcLattice::ServiceNetwork")["AuthType"] == "NONE"
    association = _one(connections, "AWS::VpcLattice::ServiceNetworkVpcAssociation")
    group = _one(connections, "AWS::EC2::SecurityGroup")
    assert [(each["FromPort"], each["ToPort"]) for each in group["SecurityGroupIngress"]] == [(443, 443)]
    assert "LatticeSecurityGroup" in json.dumps(association["SecurityGroupIds"])


def test_the_listener_is_https_and_forwards_to_the_target_group(templates: dict[str, Template]) -> None:
    orders = templates["ecs-service-orders"]
    listener = _one(orders, "AWS::VpcLattice::Listener")
    assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
    ((group, target_group),) = _of_type(orders, "AWS::VpcLattice::TargetGroup").items()
    forwarded = listener["DefaultAction"]["Forward"]["TargetGroups"]
    assert forwarded == [{"TargetGroupIdentifier": {"Fn::GetAtt": [group, "Id"]}, "Weight": 1}]
    assert target_group["Type"] == "IP"
    assert (target_group["Config"]["Port"], target_group["Config"]["ProtocolVersion"]) == (8080, "HTTP1")
    assert target_group["Config"]["HealthCheck"]["Path"] == "/health"
    assert "Targets" not in target_group


def test_ecs_registers_the_tasks_by_a_role_after_the_listener(templates: dict[str, Template]) -> None:
    orders = templates["ecs-service-orders"]
    ((name, _),) = _of_type(orders, "AWS::VpcLattice::Listener").items()
    ((group, _),) = _of_type(orders, "AWS::VpcLattice::TargetGroup").items()
    (service,) = [each for each in orders["Resources"].values() if each["Type"] == "AWS::ECS::Service"]
    assert name in service["DependsOn"]
    (stated,) = service["Properties"]["VpcLatticeConfigurations"]
    assert stated["PortName"] == "http"
    assert stated["TargetGroupArn"] == {"Fn::GetAtt": [group, "Arn"]}
    assert "AdvancedConfiguration" not in stated
    role = orders["Resources"][stated["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    assert "AmazonECSInfrastructureRolePolicyForVpcLattice" in json.dumps(role["ManagedPolicyArns"])
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ecs.amazonaws.com"}


def test_lattice_alone_comes_in_and_to_the_port_alone(templates: dict[str, Template]) -> None:
    rules = _of_type(templates["ecs-service-prices"], "AWS::EC2::SecurityGroupIngress").values()
    assert [(each["SourcePrefixListId"], each["FromPort"], each["ToPort"]) for each in rules] == [
        ("pl-0123456789abcdef0", 9090, 9090)
    ]


def test_callers_are_those_of_the_file_and_sign_their_requests(templates: dict[str, Template]) -> None:
    expected = {
        "orders": [{"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}],
        "prices": [
            {"aws:PrincipalAccount": ["444455556666"]},
            {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/reports"]},
        ],
    }
    for name, conditions in expected.items():
        template = templates[f"ecs-service-{name}"]
        assert _one(template, "AWS::VpcLattice::Service")["AuthType"] == "AWS_IAM"
        statements = _one(template, "AWS::VpcLattice::AuthPolicy")["Policy"]["Statement"]
        assert [each["Condition"] for each in statements] == [{"StringEquals": each} for each in conditions]
        assert {each["Action"] for each in statements} == {"vpc-lattice-svcs:Invoke"}


def test_a_shift_states_both_target_groups_and_the_listener_as_ecs_leaves_them(templates: dict[str, Template]) -> None:
    prices = templates["ecs-service-prices"]
    (first, second) = _of_type(prices, "AWS::VpcLattice::TargetGroup")
    weights = [
        {"TargetGroupIdentifier": {"Fn::GetAtt": [first, "Id"]}, "Weight": 100},
        {"TargetGroupIdentifier": {"Fn::GetAtt": [second, "Id"]}, "Weight": 0},
    ]
    ((listener, stated),) = _of_type(prices, "AWS::VpcLattice::Listener").items()
    ((rule, test),) = _of_type(prices, "AWS::VpcLattice::Rule").items()
    assert stated["DefaultAction"]["Forward"]["TargetGroups"] == weights
    assert test["Action"]["Forward"]["TargetGroups"] == weights
    (header,) = test["Match"]["HttpMatch"]["HeaderMatches"]
    assert header == {"Name": "x-test-traffic", "Match": {"Exact": "preview"}}
    (configuration,) = _one(prices, "AWS::ECS::Service")["VpcLatticeConfigurations"]
    assert configuration["AdvancedConfiguration"] == {
        "AlternateTargetGroupArn": {"Fn::GetAtt": [second, "Arn"]},
        "ProductionListenerRule": {"Fn::GetAtt": [listener, "Arn"]},
        "TestListenerRule": {"Fn::GetAtt": [rule, "Arn"]},
    }


def test_a_release_leaves_the_rules_of_a_shift_alone(templates: dict[str, Template]) -> None:
    template = json.dumps(
        {
            name: each
            for name, each in templates["ecs-service-prices"]["Resources"].items()
            if each["Type"].startswith("AWS::VpcLattice::")
        }
    )
    assert "TaskDefinition" not in template


def test_a_service_without_it_has_nothing_of_it(templates: dict[str, Template]) -> None:
    assert "VpcLattice" not in json.dumps(templates["ecs-service-front"]["Resources"])
    assert list(templates["ecs-service-orders"]["Outputs"]) == ["LatticeDomainName"]


@pytest.mark.parametrize(
    ("associate", "made"), [(True, {"AWS::VpcLattice::ServiceNetworkVpcAssociation"}), (False, set[str]())]
)
def test_a_service_network_that_exists_is_not_made(associate: bool, made: set[str]) -> None:
    stack = new_stack()
    options = VpcLatticeOptions(
        prefix_list_id="pl-0123456789abcdef0", service_network_arn=SHARED, associate_vpc=associate
    )
    network = ServiceNetwork(stack, "Lattice", vpc=ec2.Vpc(stack, "Vpc"), options=options)
    resources = Assertions.from_stack(stack).to_json()["Resources"].values()
    assert {each["Type"] for each in resources if "VpcLattice" in each["Type"]} == made
    assert network.arn == SHARED
