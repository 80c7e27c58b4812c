"""A service behind several load balancers: what each of them forwards, and where it comes in."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_load_balancer import ServiceLoadBalancer
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task import EcsTask
from reference_constructs.edge.listener_options import CognitoProviderOptions
from reference_constructs.edge.network_load_balancer_options import NetworkListenerOptions
from tests.support.assertions import Resource, all_of
from tests.support.synthesis import ZONES, new_stack

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333"
LISTENER = f"{ARN}:listener/app/public/0123456789abcdef/fedcba9876543210"
NETWORK = f"{ARN}:loadbalancer/net/edge/0123456789abcdef"
POOL = CognitoProviderOptions(
    kind="cognito",
    user_pool_arn="arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI",
    client_id="shop",
    domain="shop-login",
)


def _synthesize(**options: Any) -> Template:  # noqa: ANN401 - any options
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    key = kms.Key(stack, "Key")
    cluster = EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=key)

    def group(name: str, group_id: str) -> ec2.ISecurityGroup:
        return ec2.SecurityGroup.from_security_group_id(stack, name, group_id, mutable=False)

    stated = {
        "containers": {
            "web": {
                "image": "ghcr.io/owner/app:1.0",
                "port": 8080,
                "additional_ports": {"grpc": {"port": 9090}, "game": {"port": 7777, "protocol": "udp"}},
            }
        },
        **options,
    }
    settings = ServiceOptions.model_validate(stated)
    task = EcsTask(stack, "Task", options=settings, encryption_key=key, exec_log_group=cluster.exec_log_group)
    EcsService(
        stack,
        "Service",
        options=settings,
        cluster=cluster.cluster,
        task=task,
        subnets=vpc.private_subnets,
        load_balancers={
            "public": ServiceLoadBalancer(
                listener=elbv2.ApplicationListener.from_application_listener_attributes(
                    stack, "Listener", listener_arn=LISTENER, security_group=group("Public", "sg-0000000a")
                ),
                target_security_group=group("PublicTargets", "sg-0000000b"),
                identity_providers={"customers": POOL},
            ),
            "edge": ServiceLoadBalancer(
                network_load_balancer=elbv2.NetworkLoadBalancer.from_network_load_balancer_attributes(
                    stack, "Network", load_balancer_arn=NETWORK
                ),
                network_security_group=group("Edge", "sg-0000000c"),
                target_security_group=group("EdgeTargets", "sg-0000000d"),
                network_listeners={"game": NetworkListenerOptions(port=7000, protocol="UDP")},
            ),
        },
        listener_rule_priorities=settings.listener_rule_priorities("web"),
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    """Two routings behind one load balancer, one with a further rule, and one behind a Network Load Balancer."""
    return _synthesize(
        routings={
            "site": {
                "load_balancer": "public",
                "path_patterns": ["/*"],
                "authentication": {"identity_provider": "customers"},
                "stickiness": {"cookie_name": "CART"},
                "further_rules": {
                    "beta": {
                        "http_headers": {"X-Beta": ["yes"]},
                        "http_request_methods": ["GET"],
                        "query_strings": [{"value": "1"}],
                        "source_ips": ["10.0.0.0/8"],
                        "url_rewrite": {"regex": "^/a", "replace": "/b"},
                    }
                },
            },
            "grpc": {
                "load_balancer": "public",
                "path_patterns": ["/shop.Orders/*"],
                "container_port": 9090,
                "protocol_version": "GRPC",
            },
        },
        network_routings={
            "game": {
                "load_balancer": "edge",
                "listener": "game",
                "health_check_port": 8080,
                "terminate_connections": True,
            }
        },
    )


def _rule(template: Template, field: str) -> Resource:
    """The rule with such a condition that is not about gRPC."""
    (found,) = (
        rule["Properties"]
        for rule in all_of(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
        if field in [each["Field"] for each in rule["Properties"]["Conditions"]]
        and "/shop.Orders/*" not in str(rule["Properties"]["Conditions"])
    )
    properties: Resource = found
    return properties


def _group(template: Template, **properties: object) -> Resource:
    (found,) = (
        each["Properties"]
        for each in all_of(template, "AWS::ElasticLoadBalancingV2::TargetGroup").values()
        if properties.items() <= each["Properties"].items()
    )
    group: Resource = found
    return group


def test_each_routing_has_a_target_group_and_a_further_rule_has_none(template: Template) -> None:
    (service,) = all_of(template, "AWS::ECS::Service").values()
    ports = sorted(each["ContainerPort"] for each in service["Properties"]["LoadBalancers"])
    assert ports == [7777, 8080, 9090]
    site, beta = _rule(template, "path-pattern"), _rule(template, "http-header")
    assert site["Actions"][-1]["TargetGroupArn"] == beta["Actions"][-1]["TargetGroupArn"]


def test_a_rule_has_every_condition_and_its_rewrite(template: Template) -> None:
    rule = _rule(template, "http-header")
    assert {each["Field"] for each in rule["Conditions"]} == {
        "http-header",
        "http-request-method",
        "query-string",
        "source-ip",
    }
    assert rule["Transforms"] == [
        {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "^/a", "Replace": "/b"}]}}
    ]


def test_users_are_authenticated_before_their_requests_are_forwarded(template: Template) -> None:
    first, second = _rule(template, "path-pattern")["Actions"]
    assert (first["Type"], second["Type"]) == ("authenticate-cognito", "forward")
    assert first["AuthenticateCognitoConfig"]["UserPoolClientId"] == "shop"
    assert first["Order"] < second["Order"]


def test_grpc_is_checked_by_grpc(template: Template) -> None:
    group = _group(template, ProtocolVersion="GRPC")
    assert (group["HealthCheckPath"], group["Matcher"]) == ("/AWS.ALB/healthcheck", {"GrpcCode": "12"})


def test_sessions_stick_by_the_cookie_of_the_application(template: Template) -> None:
    attributes = _group(template, Protocol="HTTP", HealthCheckPath="/")["TargetGroupAttributes"]
    values = {each["Key"]: each["Value"] for each in attributes}
    assert (values["stickiness.type"], values["stickiness.app_cookie.cookie_name"]) == ("app_cookie", "CART")


def test_a_network_load_balancer_has_a_listener_of_the_service(template: Template) -> None:
    (listener,) = all_of(template, "AWS::ElasticLoadBalancingV2::Listener").values()
    properties = listener["Properties"]
    assert (properties["LoadBalancerArn"], properties["Port"], properties["Protocol"]) == (NETWORK, 7000, "UDP")
    attributes = {each["Key"]: each["Value"] for each in _group(template, Protocol="UDP")["TargetGroupAttributes"]}
    assert attributes["deregistration_delay.connection_termination.enabled"] == "true"


def test_each_load_balancer_comes_in_to_the_ports_that_it_uses_alone(template: Template) -> None:
    rules = [each["Properties"] for each in all_of(template, "AWS::EC2::SecurityGroupIngress").values()]
    assert {(each["SourceSecurityGroupId"], each["IpProtocol"], each["FromPort"]) for each in rules} == {
        ("sg-0000000a", "tcp", 8080),
        ("sg-0000000a", "tcp", 9090),
        ("sg-0000000c", "udp", 7777),
        ("sg-0000000c", "tcp", 8080),
    }


def test_tasks_are_in_the_groups_of_targets_of_both(template: Template) -> None:
    (service,) = all_of(template, "AWS::ECS::Service").values()
    groups = service["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]
    assert groups[1:] == ["sg-0000000b", "sg-0000000d"]


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"routings": {"site": {"load_balancer": "inner", "path_patterns": ["/*"]}}}, "load_balancers with inner"),
        ({"routings": {"site": {"path_patterns": ["/*"]}}}, "routing needs a listener"),
        ({"network_routings": {"game": {"load_balancer": "edge", "listener": "chat"}}}, "with a listener chat"),
    ],
)
def test_what_is_not_there_is_refused(options: dict[str, Any], missing: str) -> None:
    with pytest.raises(Exception, match=missing):
        _synthesize(**options)


@pytest.fixture(scope="module")
def shifted() -> Template:
    """A deployment that shifts the requests of two routings, and the connections of a Network Load Balancer."""
    return _synthesize(
        routings={
            "site": {
                "load_balancer": "public",
                "path_patterns": ["/*"],
                "priority": 20,
                "http_request_methods": ["GET"],
                "url_rewrite": {"regex": "^/a", "replace": "/b"},
                "stickiness": {"duration_seconds": 600},
            },
            "grpc": {
                "load_balancer": "public",
                "path_patterns": ["/shop.Orders/*"],
                "priority": 10,
                "container_port": 9090,
                "protocol_version": "GRPC",
            },
        },
        network_routings={"game": {"load_balancer": "edge", "listener": "game", "health_check_port": 8080}},
        deployment={
            "strategy": "CANARY",
            "test_traffic": {"header_value": "preview"},
            "rollback_alarms": {"server_error_percent": 5},
        },
    )


def test_every_load_balancer_has_an_alternate_target_group_and_what_is_shifted(shifted: Template) -> None:
    (service,) = all_of(shifted, "AWS::ECS::Service").values()
    entries = service["Properties"]["LoadBalancers"]
    resources = shifted.to_json()["Resources"]
    kinds = [
        resources[each["AdvancedConfiguration"]["ProductionListenerRule"]["Ref"]]["Type"].rpartition("::")[2]
        for each in entries
    ]
    assert kinds == ["ListenerRule", "ListenerRule", "Listener"]
    alternates = {str(each["AdvancedConfiguration"]["AlternateTargetGroupArn"]) for each in entries}
    assert len(alternates | {str(each["TargetGroupArn"]) for each in entries}) == 6
    assert ["TestListenerRule" in each["AdvancedConfiguration"] for each in entries] == [True, True, False]


def test_the_listener_of_a_network_load_balancer_has_both_weights(shifted: Template) -> None:
    (listener,) = all_of(shifted, "AWS::ElasticLoadBalancingV2::Listener").values()
    (action,) = listener["Properties"]["DefaultActions"]
    assert [each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]] == [100, 0]


def test_test_requests_meet_every_condition_and_are_rewritten_alike(shifted: Template) -> None:
    rules = {
        each["Properties"]["Priority"]: each["Properties"]
        for each in all_of(shifted, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    }
    assert sorted(rules) == [9, 10, 19, 20]
    everybody, test = rules[20], rules[19]
    assert test["Transforms"] == everybody["Transforms"]
    fields = [each["Field"] for each in test["Conditions"]]
    assert sorted(fields) == sorted([*(each["Field"] for each in everybody["Conditions"]), "http-header"])


def test_a_rule_with_sticky_sessions_is_sticky_itself(shifted: Template) -> None:
    stated = {
        each["Properties"]["Priority"]: each["Properties"]["Actions"][0]["ForwardConfig"].get(
            "TargetGroupStickinessConfig"
        )
        for each in all_of(shifted, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    }
    assert stated[20] == stated[19] == {"Enabled": True, "DurationSeconds": 600}
    assert stated[10] is None


def test_each_routing_has_an_alarm_of_both_its_target_groups(shifted: Template) -> None:
    (service,) = all_of(shifted, "AWS::ECS::Service").values()
    names = service["Properties"]["DeploymentConfiguration"]["Alarms"]["AlarmNames"]
    alarms = [all_of(shifted, "AWS::CloudWatch::Alarm")[each["Ref"]]["Properties"] for each in names]
    assert len(alarms) == 2
    for alarm in alarms:
        assert {each["Id"] for each in alarm["Metrics"]} == {"expr_1", "errors0", "errors1", "requests0", "requests1"}


@pytest.mark.parametrize(
    "routing",
    [
        {"authentication": {"identity_provider": "customers"}},
        {"further_rules": {"beta": {"path_patterns": ["/beta"]}}},
    ],
)
def test_what_ecs_does_not_shift_is_refused(routing: dict[str, Any]) -> None:
    stated = {"load_balancer": "public", "path_patterns": ["/*"], **routing}
    with pytest.raises(ValueError, match="takes no authentication and no further_rules"):
        _synthesize(routings={"site": stated}, deployment={"strategy": "BLUE_GREEN"})
