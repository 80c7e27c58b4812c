"""The network: its address plan, its ways out, and what nobody may reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.network.vpc_options import GatewayEndpoint, InterfaceEndpoint, VpcOptions
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import (
    DELETED,
    KEPT,
    Resource,
    acknowledged,
    all_of,
    comes_with_its_policies,
    fate,
    flat,
    grants,
    only,
    only_id,
    properties,
    role_ids,
    statements,
    trust,
)
from tests.support.synthesis import ZONES, new_stack

RUNBOOK = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
OF_AWS = "arn:<AWS::Partition>:ssm:eu-west-1:"
EXECUTIONS = "arn:<AWS::Partition>:ssm:eu-west-1:<AWS::AccountId>:automation-execution/*"

HAVE_POLICIES = {
    *("autoscaling", "ec2", "ecr.api", "ecr.dkr", "ecs", "eks", "elasticloadbalancing", "kinesis-firehose"),
    *("kinesis-streams", "kms", "lambda", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "states"),
}

RESTRICT_DEFAULT_SECURITY_GROUP = "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup"
THREE_ZONES = (*ZONES, "eu-west-1c")
ANYWHERE = "0.0.0.0/0"


def _network(
    stack: cdk.Stack,
    *,
    availability_zones: Sequence[str] = ZONES,
    retention: RetentionOptions = PROTECTED,
    **options: object,
) -> PlatformVpc:
    return PlatformVpc(
        stack,
        "Network",
        availability_zones=availability_zones,
        log_key=kms.Key(stack, "Key"),
        options=VpcOptions.model_validate(options),
        retention=retention,
    )


def _synthesize(
    *, availability_zones: Sequence[str] = ZONES, retention: RetentionOptions = PROTECTED, **options: object
) -> Template:
    stack = new_stack()
    _network(stack, availability_zones=availability_zones, retention=retention, **options)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


@pytest.fixture(scope="module")
def with_endpoints() -> Template:
    return _synthesize(cidr="10.7.0.0/16", interface_endpoints=["ecr.api", "ecs-agent"])


@pytest.fixture(scope="module", params=["none", "one", "one_per_zone"])
def with_any_nat(request: pytest.FixtureRequest) -> Template:
    return _synthesize(nat_gateways=request.param)


def _subnets(template: Template, name: str) -> dict[str, Resource]:
    """Properties by logical id, for one of the two groups."""
    return {
        logical_id: subnet["Properties"]
        for logical_id, subnet in all_of(template, "AWS::EC2::Subnet").items()
        if {"Key": "aws-cdk:subnet-name", "Value": name} in subnet["Properties"]["Tags"]
    }


def _cidrs(template: Template, name: str) -> list[str]:
    return [subnet["CidrBlock"] for subnet in _subnets(template, name).values()]


def _route_tables(template: Template, name: str) -> dict[str, str]:
    """The route table of each subnet of a group."""
    return {
        association["Properties"]["SubnetId"]["Ref"]: association["Properties"]["RouteTableId"]["Ref"]
        for association in all_of(template, "AWS::EC2::SubnetRouteTableAssociation").values()
        if association["Properties"]["SubnetId"]["Ref"] in _subnets(template, name)
    }


def _default_route(template: Template, route_table: str) -> Resource | None:
    found = [
        route["Properties"]
        for route in all_of(template, "AWS::EC2::Route").values()
        if route["Properties"]["RouteTableId"] == {"Ref": route_table}
        and route["Properties"]["DestinationCidrBlock"] == ANYWHERE
    ]
    assert len(found) <= 1
    return found[0] if found else None


def _zone_of_nat_gateway(template: Template, route: Resource | None) -> str:
    assert route is not None
    gateway = all_of(template, "AWS::EC2::NatGateway")[route["NatGatewayId"]["Ref"]]
    zone: str = _subnets(template, "Public")[gateway["Properties"]["SubnetId"]["Ref"]]["AvailabilityZone"]
    return zone


def test_zones_are_those_given_and_are_not_looked_up(template: Template) -> None:
    for name in ("Public", "Private"):
        assert [subnet["AvailabilityZone"] for subnet in _subnets(template, name).values()] == list(ZONES)
    assert "Fn::GetAZs" not in str(template.to_json())


def test_default_plan_gives_each_zone_a_small_public_and_a_large_private_subnet(template: Template) -> None:
    assert properties(template, "AWS::EC2::VPC")["CidrBlock"] == "10.0.0.0/16"
    assert _cidrs(template, "Public") == ["10.0.0.0/24", "10.0.1.0/24"]
    assert _cidrs(template, "Private") == ["10.0.32.0/19", "10.0.64.0/19"]


@pytest.mark.parametrize(
    ("zones", "private"),
    [(2, ["10.9.32.0/20", "10.9.48.0/20"]), (4, ["10.9.64.0/20", "10.9.80.0/20"])],
)
def test_plan_leaves_room_for_the_zones_that_are_reserved_and_no_more(zones: int, private: list[str]) -> None:
    template = _synthesize(
        cidr="10.9.0.0/16", public_prefix_length=20, private_prefix_length=20, max_availability_zones=zones
    )

    assert _cidrs(template, "Public") == ["10.9.0.0/20", "10.9.16.0/20"]
    assert _cidrs(template, "Private") == private


def test_a_third_zone_neither_moves_nor_renames_anything_of_the_first_two() -> None:
    plan: dict[str, Any] = {"public_prefix_length": 20, "private_prefix_length": 20, "max_availability_zones": 4}
    two = _synthesize(**plan).to_json()["Resources"]
    three = _synthesize(**plan, availability_zones=THREE_ZONES).to_json()["Resources"]

    changed = {logical_id for logical_id, resource in two.items() if three.get(logical_id) != resource}
    # It takes the route tables of the new zone in, which replaces nothing.
    assert {two[logical_id]["Type"] for logical_id in changed} == {"AWS::EC2::VPCEndpoint"}


def test_without_a_reserved_zone_a_third_zone_would_move_the_private_subnets() -> None:
    plan: dict[str, Any] = {"public_prefix_length": 20, "private_prefix_length": 20}
    two = _synthesize(**plan, max_availability_zones=2)
    three = _synthesize(**plan, max_availability_zones=3, availability_zones=THREE_ZONES)

    assert not set(_cidrs(two, "Private")[:1]) & set(_cidrs(three, "Private"))


def test_more_zones_than_the_plan_has_room_for_are_refused_and_as_many_are_not() -> None:
    with pytest.raises(
        ValueError, match=r"^max_availability_zones is 2; allowed: at least 3, the number of availability_zones$"
    ):
        _synthesize(max_availability_zones=2, availability_zones=THREE_ZONES)
    _synthesize(max_availability_zones=3, availability_zones=THREE_ZONES)


def test_only_subnets_carry_the_tags_of_kubernetes(template: Template) -> None:
    tagged = {
        resource["Type"]
        for resource in template.to_json()["Resources"].values()
        if any(str(tag["Key"]).startswith("kubernetes.io/") for tag in resource.get("Properties", {}).get("Tags", []))
    }
    assert tagged == {"AWS::EC2::Subnet"}


def test_subnets_are_handed_out_one_per_zone() -> None:
    network = _network(new_stack(), availability_zones=THREE_ZONES)

    assert [subnet.availability_zone for subnet in network.public_subnets] == list(THREE_ZONES)
    assert [subnet.availability_zone for subnet in network.private_subnets] == list(THREE_ZONES)
    assert not {s.subnet_id for s in network.public_subnets} & {s.subnet_id for s in network.private_subnets}


def test_no_subnet_gives_a_public_address(template: Template) -> None:
    subnets = [*_subnets(template, "Public").values(), *_subnets(template, "Private").values()]

    assert [subnet["MapPublicIpOnLaunch"] for subnet in subnets] == [False] * 4


def test_names_resolve_inside_the_vpc_which_private_endpoints_need(template: Template) -> None:
    vpc = properties(template, "AWS::EC2::VPC")

    assert vpc["EnableDnsSupport"] is True
    assert vpc["EnableDnsHostnames"] is True


@pytest.mark.parametrize(("name", "tag"), [("Public", "elb"), ("Private", "internal-elb")])
def test_load_balancer_controllers_find_subnets_by_their_tag(template: Template, name: str, tag: str) -> None:
    for subnet in _subnets(template, name).values():
        roles = {tag["Key"]: tag["Value"] for tag in subnet["Tags"] if tag["Key"].startswith("kubernetes.io/")}
        assert roles == {f"kubernetes.io/role/{tag}": "1"}


def test_public_subnets_reach_the_internet_whatever_the_private_ones_do(with_any_nat: Template) -> None:
    gateway = only_id(with_any_nat, "AWS::EC2::InternetGateway")

    for route_table in _route_tables(with_any_nat, "Public").values():
        route = _default_route(with_any_nat, route_table)
        assert route is not None
        assert route["GatewayId"] == {"Ref": gateway}


def test_private_subnets_have_no_route_to_the_internet_gateway(with_any_nat: Template) -> None:
    routes = [_default_route(with_any_nat, table) for table in _route_tables(with_any_nat, "Private").values()]

    assert len(routes) == 2
    assert not [route for route in routes if route and "GatewayId" in route]


def test_without_nat_private_subnets_have_no_way_out() -> None:
    template = _synthesize(nat_gateways="none")

    template.resource_count_is("AWS::EC2::NatGateway", 0)
    template.resource_count_is("AWS::EC2::EIP", 0)
    assert [_default_route(template, table) for table in _route_tables(template, "Private").values()] == [None, None]


def test_one_nat_gateway_serves_all_zones() -> None:
    template = _synthesize(nat_gateways="one")

    gateway = only_id(template, "AWS::EC2::NatGateway")
    for route_table in _route_tables(template, "Private").values():
        route = _default_route(template, route_table)
        assert route is not None
        assert route["NatGatewayId"] == {"Ref": gateway}


def test_by_default_each_zone_has_a_nat_gateway_so_that_its_failure_stays_in_it(template: Template) -> None:
    template.resource_count_is("AWS::EC2::NatGateway", 2)
    for subnet_id, route_table in _route_tables(template, "Private").items():
        zone = _subnets(template, "Private")[subnet_id]["AvailabilityZone"]
        assert _zone_of_nat_gateway(template, _default_route(template, route_table)) == zone


def test_layers_of_images_always_come_through_the_free_gateway_of_s3(with_any_nat: Template) -> None:
    endpoint = properties(with_any_nat, "AWS::EC2::VPCEndpoint")

    assert endpoint["VpcEndpointType"] == "Gateway"
    assert flat(endpoint["ServiceName"]) == "com.amazonaws.<AWS::Region>.s3"
    attached = {table["Ref"] for table in endpoint["RouteTableIds"]}
    assert set(_route_tables(with_any_nat, "Private").values()) <= attached


def test_a_gateway_of_dynamodb_is_made_when_asked_for_and_private_subnets_route_to_it() -> None:
    template = _synthesize(nat_gateways="none", gateway_endpoints=["dynamodb"])

    by_service = {
        flat(endpoint["Properties"]["ServiceName"]).rpartition(".")[2]: endpoint["Properties"]
        for endpoint in all_of(template, "AWS::EC2::VPCEndpoint").values()
    }
    assert by_service.keys() == {"s3", "dynamodb"}
    assert by_service["dynamodb"]["VpcEndpointType"] == "Gateway"
    attached = {table["Ref"] for table in by_service["dynamodb"]["RouteTableIds"]}
    assert set(_route_tables(template, "Private").values()) <= attached


def _interface_endpoints(template: Template) -> list[Resource]:
    return [
        endpoint["Properties"]
        for endpoint in all_of(template, "AWS::EC2::VPCEndpoint").values()
        if endpoint["Properties"]["VpcEndpointType"] == "Interface"
    ]


def test_interface_endpoints_are_paid_for_only_when_asked_for(template: Template, with_endpoints: Template) -> None:
    assert _interface_endpoints(template) == []
    template.resource_count_is("AWS::EC2::SecurityGroup", 0)
    assert {endpoint["ServiceName"] for endpoint in _interface_endpoints(with_endpoints)} == {
        "com.amazonaws.eu-west-1.ecr.api",
        "com.amazonaws.eu-west-1.ecs-agent",
    }


def test_interface_endpoints_answer_to_the_usual_name_in_every_private_subnet(with_endpoints: Template) -> None:
    private = [{"Ref": subnet_id} for subnet_id in _subnets(with_endpoints, "Private")]

    for endpoint in _interface_endpoints(with_endpoints):
        assert endpoint["PrivateDnsEnabled"] is True
        assert endpoint["SubnetIds"] == private


def test_interface_endpoints_share_a_group_that_admits_https_from_the_vpc_alone(with_endpoints: Template) -> None:
    group_id = only_id(with_endpoints, "AWS::EC2::SecurityGroup")
    group = properties(with_endpoints, "AWS::EC2::SecurityGroup")

    for endpoint in _interface_endpoints(with_endpoints):
        assert endpoint["SecurityGroupIds"] == [{"Fn::GetAtt": [group_id, "GroupId"]}]
    (rule,) = group["SecurityGroupIngress"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    assert rule["CidrIp"] == "10.7.0.0/16"
    with_endpoints.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def test_group_of_the_interface_endpoints_lets_nothing_out(with_endpoints: Template) -> None:
    egress = properties(with_endpoints, "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]

    assert [rule["CidrIp"] for rule in egress] == ["255.255.255.255/32"]


def _endpoint_policies(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - options of the VPC
    """By service; None for one without a policy, which admits everybody."""
    return {
        flat(endpoint["Properties"]["ServiceName"]).split(".", 3)[3]: endpoint["Properties"].get("PolicyDocument")
        for endpoint in all_of(_synthesize(**options), "AWS::EC2::VPCEndpoint").values()
    }


def test_endpoints_admit_principals_of_this_account_where_aws_documents_it() -> None:
    found = _endpoint_policies(
        interface_endpoints=list(get_args(InterfaceEndpoint)), gateway_endpoints=list(get_args(GatewayEndpoint))
    )

    open_to_all = {service for service, policy in found.items() if policy is None}
    assert open_to_all == {
        *("s3", "ecs-agent", "ecs-telemetry", "eks-auth", "ec2messages", "ssmmessages", "sts"),
        "networkflowmonitorreports",
        # Requests to a private API need not be signed.
        "execute-api",
    }
    for service in found.keys() - open_to_all:
        (statement,) = found[service]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Allow", {"AWS": "*"})
        assert (statement["Action"], statement["Resource"]) == ("*", "*")
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": [{"Ref": "AWS::AccountId"}]}}


def test_endpoints_admit_principals_of_further_accounts_that_are_stated() -> None:
    found = _endpoint_policies(interface_endpoints=["kms"], endpoint_account_ids=["444455556666"])

    (statement,) = found["kms"]["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"] == [{"Ref": "AWS::AccountId"}, "444455556666"]


def test_all_traffic_is_recorded(template: Template) -> None:
    flow_log = properties(template, "AWS::EC2::FlowLog")

    assert flow_log["ResourceId"] == {"Ref": only_id(template, "AWS::EC2::VPC")}
    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["LogDestinationType"] == "cloud-watch-logs"
    assert flow_log["LogGroupName"] == {"Ref": only_id(template, "AWS::Logs::LogGroup")}


@pytest.mark.parametrize(("protected", "expected"), [(True, KEPT), (False, DELETED)])
def test_flow_logs_are_encrypted_and_stay_only_where_protected(*, protected: bool, expected: tuple[str, str]) -> None:
    template = _synthesize(retention=RetentionOptions(protected=protected, log_retention_days=30))

    group = only(template, "AWS::Logs::LogGroup")
    assert group["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}
    assert group["Properties"]["RetentionInDays"] == 30
    assert fate(group) == expected


def test_flow_log_service_may_write_to_its_log_group_alone(template: Template) -> None:
    (role_id,) = role_ids(template, "vpc-flow-logs.amazonaws.com")
    arn = f"<{only_id(template, 'AWS::Logs::LogGroup')}.Arn>"

    assert properties(template, "AWS::EC2::FlowLog")["DeliverLogsPermissionArn"] == {"Fn::GetAtt": [role_id, "Arn"]}
    assert grants(statements(template, role_id)) == {
        ("logs:CreateLogStream", arn),
        ("logs:DescribeLogStreams", arn),
        ("logs:PutLogEvents", arn),
    }


def _policy_with(template: Template, action: str) -> str:
    (logical_id,) = (
        logical_id
        for logical_id, policy in all_of(template, "AWS::IAM::ManagedPolicy").items()
        if action in str(policy["Properties"]["PolicyDocument"])
    )
    return logical_id


def test_flow_log_begins_when_it_may_write(template: Template) -> None:
    (role_id,) = role_ids(template, "vpc-flow-logs.amazonaws.com")
    assert comes_with_its_policies(template, role_id)


def test_default_security_group_is_closed_once_by_the_runbook_of_aws(template: Template) -> None:
    association = properties(template, "AWS::SSM::Association")
    default_group = {"Fn::GetAtt": [only_id(template, "AWS::EC2::VPC"), "DefaultSecurityGroup"]}

    assert association["Name"] == RUNBOOK
    assert association["AutomationTargetParameterName"] == "GroupId"
    assert association["Targets"] == [{"Key": "ParameterValues", "Values": [default_group]}]
    assert "ScheduleExpression" not in association


def test_default_security_group_is_not_closed_by_a_lambda_function_where_the_cdk_would_do_so() -> None:
    stack = cdk.Stack(cdk.App(context={RESTRICT_DEFAULT_SECURITY_GROUP: True}), "Stack")
    _network(stack)
    Template.from_stack(stack).resource_count_is("AWS::Lambda::Function", 0)


def test_stack_is_not_complete_before_the_default_security_group_is_closed(template: Template) -> None:
    assert properties(template, "AWS::SSM::Association")["WaitForSuccessTimeoutSeconds"] == 600


def test_runbook_begins_when_its_role_may_act(template: Template) -> None:
    (role_id,) = role_ids(template, "ssm.amazonaws.com")
    association = only(template, "AWS::SSM::Association")

    assert association["Properties"]["Parameters"] == {"AutomationAssumeRole": [{"Fn::GetAtt": [role_id, "Arn"]}]}
    assert comes_with_its_policies(template, role_id)


def test_runbook_may_change_the_default_security_group_of_this_vpc_alone(template: Template) -> None:
    (role_id,) = role_ids(template, "ssm.amazonaws.com")
    group = f"<{only_id(template, 'AWS::EC2::VPC')}.DefaultSecurityGroup>"
    arn = f"arn:<AWS::Partition>:ec2:eu-west-1:<AWS::AccountId>:security-group/{group}"

    assert grants(statements(template, role_id)) == {
        ("ec2:RevokeSecurityGroupEgress", arn),
        ("ec2:RevokeSecurityGroupIngress", arn),
        ("ssm:StartAutomationExecution", f"{OF_AWS}:document/{RUNBOOK}"),
        ("ssm:StartAutomationExecution", f"{OF_AWS}:automation-definition/{RUNBOOK}:$DEFAULT"),
        ("ssm:StartAutomationExecution", EXECUTIONS),
        ("ssm:GetAutomationExecution", EXECUTIONS),
        ("ec2:DescribeSecurityGroups", "*"),
    }


def test_roles_are_assumed_for_this_account_alone(template: Template) -> None:
    roles = all_of(template, "AWS::IAM::Role").values()

    assert len(roles) == 2
    for role in roles:
        assert trust(role)["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_flow_log_role_is_assumed_for_flow_logs_of_this_region_alone(template: Template) -> None:
    (role_id,) = role_ids(template, "vpc-flow-logs.amazonaws.com")
    condition = trust(all_of(template, "AWS::IAM::Role")[role_id])["Condition"]["ArnLike"]

    assert {key: flat(arn) for key, arn in condition.items()} == {
        "aws:SourceArn": "arn:<AWS::Partition>:ec2:eu-west-1:<AWS::AccountId>:vpc-flow-log/*"
    }


def test_nothing_of_the_network_is_a_lambda_function_or_a_custom_resource(with_endpoints: Template) -> None:
    types = {resource["Type"] for resource in with_endpoints.to_json()["Resources"].values()}

    assert not [t for t in types if t.startswith(("AWS::Lambda::", "Custom::", "AWS::CloudFormation::"))]


def test_routes_to_the_internet_are_accepted_for_public_subnets_and_nothing_else() -> None:
    network = _network(new_stack())

    accepted = [path for path, ids in acknowledged(network).items() if any("RouteToIGW" in rule for rule in ids)]
    assert accepted == [
        "Stack/Network/Vpc/PublicSubnet1/DefaultRoute",
        "Stack/Network/Vpc/PublicSubnet2/DefaultRoute",
    ]
