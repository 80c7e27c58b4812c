"""Services that call each other: what each stack has, and that none reads from another service's."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template as Assertions

from reference_constructs.ecs.connections import ServiceConnections
from reference_constructs.ecs.service_connect_options import ReachableSecurityGroupOptions
from tests.support.synthesis import Template, new_stack, synthesize

EXAMPLE = "examples/ecs-mesh.yaml"


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    return dict(synthesize(EXAMPLE).templates)


def _service(templates: dict[str, Template], name: str) -> Template:
    return templates[f"ecs-mesh-ecs-service-{name}"]


def _of_type(template: Template, resource_type: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == resource_type]


def _admitted(template: Template) -> set[tuple[str, int]]:
    """(caller, port) of each rule of the tasks, the load balancer apart."""
    rules = _of_type(template, "AWS::EC2::SecurityGroupIngress")
    found = [(json.dumps(each["SourceSecurityGroupId"]), each["FromPort"]) for each in rules]
    return {(match[1], port) for text, port in found if (match := re.search(r"Caller(\w+?)[0-9A-F]{8}GroupId", text))}


@pytest.mark.parametrize(
    ("name", "admitted"),
    [
        ("front", set()),
        ("orders", {("front", 8080), ("stock", 8080)}),
        ("prices", {("front", 9090), ("orders", 9090)}),
        ("stock", {("orders", 8080)}),
        ("cache", {("stock", 6379)}),
    ],
)
def test_a_service_admits_whom_it_names_to_what_it_serves(
    templates: dict[str, Template], name: str, admitted: set[tuple[str, int]]
) -> None:
    assert _admitted(_service(templates, name)) == admitted


def test_no_service_reads_from_the_stack_of_another(templates: dict[str, Template]) -> None:
    services = [name for name in templates if "-ecs-service-" in name]
    for name in services:
        read = set(re.findall(r'"Fn::ImportValue": "([^":]+):', json.dumps(templates[name])))
        assert read.isdisjoint(services)


def test_groups_by_which_services_are_admitted_have_no_rule(templates: dict[str, Template]) -> None:
    groups = _of_type(templates["ecs-mesh-ecs-connections"], "AWS::EC2::SecurityGroup")
    assert len(groups) == 3
    for group in groups:
        assert "SecurityGroupIngress" not in group
        # So the CDK says "nothing", because EC2 adds "everything" to an empty list.
        assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_the_database_admits_the_named_service_alone() -> None:
    stack = new_stack()
    ServiceConnections(
        stack,
        "Connections",
        vpc=ec2.Vpc(stack, "Vpc"),
        callers={"orders": "service", "front": "service"},
        reachable={
            "database": ReachableSecurityGroupOptions(
                security_group_id="sg-0123456789abcdef0", port=5432, reachable_from=("orders",)
            )
        },
    )
    (rule,) = _of_type(dict(Assertions.from_stack(stack).to_json()), "AWS::EC2::SecurityGroupIngress")
    assert rule["GroupId"] == "sg-0123456789abcdef0"
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (5432, 5432, "tcp")
    assert "Callerorders" in json.dumps(rule["SourceSecurityGroupId"])
    assert "CidrIp" not in rule


def test_a_service_exports_what_other_stacks_may_use_only_if_asked(templates: dict[str, Template]) -> None:
    exports = {key: each["Export"]["Name"] for key, each in _service(templates, "orders")["Outputs"].items()}
    assert exports == {
        key: f"ecs-mesh-ecs-service-orders:{key}"
        for key in ("SecurityGroupId", "ServiceName", "TaskRoleArn", "LogGroupName")
    }
    assert "Outputs" not in _service(templates, "front")


def test_a_client_has_the_proxy_and_serves_nothing(templates: dict[str, Template]) -> None:
    (service,) = _of_type(_service(templates, "front"), "AWS::ECS::Service")
    connect = service["ServiceConnectConfiguration"]
    assert connect["Enabled"] is True
    assert connect["Services"] == []
    assert "AccessLogConfiguration" not in connect


def test_a_served_port_has_name_timeout_and_log(templates: dict[str, Template]) -> None:
    (service,) = _of_type(_service(templates, "orders"), "AWS::ECS::Service")
    connect = service["ServiceConnectConfiguration"]
    (served,) = connect["Services"]
    assert served["ClientAliases"] == [{"DnsName": "orders", "Port": 80}]
    assert (served["DiscoveryName"], served["PortName"]) == ("orders", "http")
    assert served["Timeout"] == {"PerRequestTimeoutSeconds": 30}
    assert connect["AccessLogConfiguration"] == {"Format": "JSON", "IncludeQueryParameters": "DISABLED"}
    (group,) = _of_type(_service(templates, "orders"), "AWS::Logs::LogGroup")
    assert group
    assert connect["LogConfiguration"]["LogDriver"] == "awslogs"


def test_certificates_come_from_the_named_authority_by_a_role_of_ecs(templates: dict[str, Template]) -> None:
    (service,) = _of_type(_service(templates, "prices"), "AWS::ECS::Service")
    (served,) = service["ServiceConnectConfiguration"]["Services"]
    authority = served["Tls"]["IssuerCertificateAuthority"]["AwsPcaAuthorityArn"]
    assert authority.startswith("arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/")
    assert "TlsRole" in json.dumps(served["Tls"]["RoleArn"])
