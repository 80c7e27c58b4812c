"""A service: how it deploys, scales, is reached and is watched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from reference_constructs.ecs.capacity import Ec2Capacity
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task import EcsTask
from tests.support.assertions import Resource, acknowledged, all_of, egress, flat, only, only_id, properties
from tests.support.synthesis import ZONES, new_stack

Container = dict[str, object]

IMAGE = "ghcr.io/owner/app:1.0"
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/0123456789abcdef/fedcba9876543210"
TARGET_GROUP = "sg-0123456789abcdef1"
BALANCER_GROUP = "sg-0123456789abcdef0"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"
GROUP_RULE = "AWS::EC2::SecurityGroupIngress"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ON_DEFAULT: dict[str, Any] = {"capacity_provider_strategy": [{"capacity_provider": "default"}]}


def _web(*, start_period: int | None = None, port: int | None = 8080) -> Container:
    check = None if start_period is None else {"command": ["CMD", "true"], "start_period_seconds": start_period}
    return {"image": IMAGE, "port": port, "health_check": check}


def _listener(stack: cdk.Stack) -> elbv2.IApplicationListener:
    """A listener of another stack."""
    group = ec2.SecurityGroup.from_security_group_id(stack, "BalancerGroup", BALANCER_GROUP, mutable=False)
    return elbv2.ApplicationListener.from_application_listener_attributes(
        stack, "Listener", listener_arn=LISTENER, security_group=group
    )


def _synthesize(
    *,
    stack: cdk.Stack | None = None,
    containers: Mapping[str, Container] | None = None,
    routing: dict[str, Any] | None = None,
    with_listener: bool = True,
    listener_rule_priority: int | None = 7,
    with_topic: bool = False,
    capacity: Sequence[str] = (),
    **options: object,
) -> Template:
    """A service; behind the listener of another stack if there is routing, else a worker.

    Args:
        capacity: Names of the groups of instances in its cluster.
    """
    stack = stack or new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    key = kms.Key(stack, "Key")
    cluster = EcsCluster(stack, "Ecs", vpc=vpc, cluster_name="blue", encryption_key=key)
    groups = {
        name: Ec2Capacity(
            stack,
            f"Capacity-{name}",
            cluster=cluster.cluster,
            subnets=vpc.private_subnets,
            options=Ec2CapacityOptions(instance_types=("m7g.large",)),
        )
        for name in capacity
    }
    stated = ServiceOptions.model_validate(
        {
            "containers": containers or {"web": _web()},
            "routing": None if routing is None else {"path_patterns": ["/*"], **routing},
            **options,
        }
    )
    EcsService(
        stack,
        "Service",
        options=stated,
        cluster=cluster.cluster,
        task=EcsTask(stack, "Task", options=stated, encryption_key=key, exec_log_group=cluster.exec_log_group),
        subnets=vpc.private_subnets,
        capacity_providers={name: group.capacity_provider.capacity_provider_name for name, group in groups.items()},
        target_security_group=ec2.SecurityGroup.from_security_group_id(stack, "Targets", TARGET_GROUP, mutable=False),
        listener=_listener(stack) if routing is not None and with_listener else None,
        listener_rule_priority=listener_rule_priority,
        alarm_topic=sns.Topic.from_topic_arn(stack, "Topic", TOPIC) if with_topic else None,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def worker() -> Template:
    return _synthesize()


@pytest.fixture(scope="module")
def routed() -> Template:
    return _synthesize(routing={}, with_topic=True)


@pytest.fixture(scope="module")
def scaled() -> Template:
    return _synthesize(routing={}, scaling={"min_capacity": 2, "max_capacity": 8, "requests_per_target": 500})


@pytest.fixture(scope="module")
def on_ec2() -> Template:
    return _synthesize(capacity=["default"], routing={}, **ON_DEFAULT)


def _service(template: Template) -> Resource:
    return properties(template, "AWS::ECS::Service")


def _task_group(template: Template) -> str:
    """The logical id of the security group that the tasks have of their own."""
    group, *_ = _service(template)["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]
    group_id: str = group["Fn::GetAtt"][0]
    return group_id


def _alarms(template: Template) -> dict[str, Resource]:
    """Properties by metric; the one that computes has its formula instead."""
    found = [alarm["Properties"] for alarm in all_of(template, "AWS::CloudWatch::Alarm").values()]
    return {alarm.get("MetricName") or alarm["Metrics"][0]["Expression"]: alarm for alarm in found}


def _targets(template: Template) -> dict[str, int]:
    """What scaling holds, by metric."""
    found = [
        policy["Properties"]["TargetTrackingScalingPolicyConfiguration"] for policy in all_of(template, POLICY).values()
    ]
    return {policy["PredefinedMetricSpecification"]["PredefinedMetricType"]: policy["TargetValue"] for policy in found}


@pytest.mark.parametrize("fixture", ["worker", "routed", "on_ec2"])
def test_deployment_starts_new_tasks_before_it_stops_old_ones_or_goes_back(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    deployment = _service(request.getfixturevalue(fixture))["DeploymentConfiguration"]

    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (100, 200)
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


@pytest.mark.parametrize("fixture", ["worker", "on_ec2"])
def test_tasks_move_back_when_a_zone_has_recovered(fixture: str, request: pytest.FixtureRequest) -> None:
    assert _service(request.getfixturevalue(fixture))["AvailabilityZoneRebalancing"] == "ENABLED"


def test_on_instances_zones_are_filled_evenly_first_and_then_as_few_hosts_as_will_do(
    on_ec2: Template, worker: Template
) -> None:
    assert _service(on_ec2)["PlacementStrategies"] == [
        {"Type": "spread", "Field": "attribute:ecs.availability-zone"},
        {"Type": "binpack", "Field": "MEMORY"},
    ]
    assert "PlacementStrategies" not in _service(worker)


def test_fargate_is_of_the_latest_platform_version(worker: Template, on_ec2: Template) -> None:
    assert _service(worker)["PlatformVersion"] == "LATEST"
    assert "PlatformVersion" not in _service(on_ec2)


@pytest.mark.parametrize("fixture", ["worker", "on_ec2"])
def test_tasks_are_in_the_given_subnets_without_a_public_address(fixture: str, request: pytest.FixtureRequest) -> None:
    template: Template = request.getfixturevalue(fixture)

    network = _service(template)["NetworkConfiguration"]["AwsvpcConfiguration"]
    private = [
        {"Ref": logical_id}
        for logical_id, subnet in all_of(template, "AWS::EC2::Subnet").items()
        if {"Key": "aws-cdk:subnet-type", "Value": "Private"} in subnet["Properties"]["Tags"]
    ]
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"] == private


def test_tasks_are_shared_out_as_asked() -> None:
    service = _service(
        _synthesize(
            capacity_provider_strategy=[
                {"capacity_provider": "FARGATE", "base": 2, "weight": 0},
                {"capacity_provider": "FARGATE_SPOT", "weight": 3},
            ]
        )
    )

    assert service["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE", "Base": 2, "Weight": 0},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 3},
    ]
    # ECS refuses both at once.
    assert "LaunchType" not in service


def test_on_instances_the_capacity_provider_is_that_of_the_cluster(on_ec2: Template) -> None:
    provider = {"Ref": only_id(on_ec2, "AWS::ECS::CapacityProvider")}

    assert _service(on_ec2)["CapacityProviderStrategy"] == [{"CapacityProvider": provider, "Weight": 1}]
    assert "LaunchType" not in _service(on_ec2)


def test_each_share_of_a_strategy_goes_to_the_group_of_that_name() -> None:
    stack = new_stack()
    template = _synthesize(
        stack=stack,
        capacity=["default", "gpu", "spot"],
        capacity_provider_strategy=[
            {"capacity_provider": "spot", "weight": 3},
            {"capacity_provider": "default", "base": 2, "weight": 1},
        ],
    )

    # The provider of a group, by the name of the group.
    providers = {
        name: {"Ref": logical_id}
        for logical_id in all_of(template, "AWS::ECS::CapacityProvider")
        for name in ("default", "gpu", "spot")
        if logical_id.startswith(f"Capacity{name}")
    }
    assert len(providers) == 3
    assert _service(template)["CapacityProviderStrategy"] == [
        {"CapacityProvider": providers["spot"], "Weight": 3},
        {"CapacityProvider": providers["default"], "Base": 2, "Weight": 1},
    ]
    # The cluster has one list for all of them.
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT", *providers.values()]
    assert len(all_of(template, "AWS::AutoScaling::AutoScalingGroup")) == 3


@pytest.mark.parametrize(
    ("capacity", "allowed"),
    [([], "FARGATE, FARGATE_SPOT"), (["default", "gpu"], "FARGATE, FARGATE_SPOT, default, gpu")],
)
def test_a_group_that_is_not_in_the_cluster_is_refused(capacity: list[str], allowed: str) -> None:
    with pytest.raises(ValueError, match=f"^capacity_provider is arm; allowed: {allowed}$"):
        _synthesize(capacity=capacity, capacity_provider_strategy=[{"capacity_provider": "arm"}])


def test_tasks_carry_the_tags_of_the_service(worker: Template) -> None:
    assert _service(worker)["PropagateTags"] == "SERVICE"
    assert _service(worker)["EnableECSManagedTags"] is True


@pytest.mark.parametrize("allowed", [True, False])
def test_exec_is_as_asked(*, allowed: bool) -> None:
    template = _synthesize(
        execute_command=allowed, containers={"web": {**_web(), "read_only_root_filesystem": not allowed}}
    )

    assert _service(template)["EnableExecuteCommand"] is allowed
    # Else the CDK writes an inline policy on logs and a key that the task role has had, or was not to have.
    template.resource_count_is("AWS::IAM::Policy", 0)


def test_exec_is_off_by_default(worker: Template) -> None:
    assert _service(worker)["EnableExecuteCommand"] is False


@pytest.mark.parametrize(("options", "count"), [({}, 1), ({"desired_count": 3}, 3), ({"desired_count": 0}, 0)])
def test_a_service_that_does_not_scale_states_how_many_tasks_run(options: dict[str, Any], count: int) -> None:
    template = _synthesize(**options)

    assert _service(template)["DesiredCount"] == count
    template.resource_count_is("AWS::ApplicationAutoScaling::ScalableTarget", 0)


def test_a_service_that_scales_states_no_desired_count(scaled: Template) -> None:
    assert "DesiredCount" not in _service(scaled)


def test_scaling_keeps_between_its_bounds(scaled: Template) -> None:
    target = properties(scaled, "AWS::ApplicationAutoScaling::ScalableTarget")
    service = only_id(scaled, "AWS::ECS::Service")

    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 8)
    assert target["ScalableDimension"] == "ecs:service:DesiredCount"
    cluster = only_id(scaled, "AWS::ECS::Cluster")
    assert flat(target["ResourceId"]) == f"service/<{cluster}>/<{service}.Name>"


CPU = {"cpu_utilization_percent": 40}
MEMORY = {"memory_utilization_percent": 50}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"ECSServiceAverageCPUUtilization": 60, "ECSServiceAverageMemoryUtilization": 75}),
        ({"cpu_utilization_percent": 40, "memory_utilization_percent": None}, {"ECSServiceAverageCPUUtilization": 40}),
        (
            {"cpu_utilization_percent": None, "memory_utilization_percent": 50},
            {"ECSServiceAverageMemoryUtilization": 50},
        ),
    ],
    ids=["default", "cpu", "memory"],
)
def test_scaling_holds_what_is_asked(options: dict[str, int | None], expected: dict[str, int]) -> None:
    template = _synthesize(scaling={"min_capacity": 1, "max_capacity": 2, **options})

    assert _targets(template) == expected


def test_scaling_on_requests_counts_those_of_its_own_target_group(scaled: Template) -> None:
    assert _targets(scaled)["ALBRequestCountPerTarget"] == 500
    (policy,) = (p for p in all_of(scaled, POLICY).values() if "ALBRequestCountPerTarget" in str(p))
    metric = policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    target_group = only_id(scaled, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert flat(metric["ResourceLabel"]) == f"app/shared/0123456789abcdef/<{target_group}.TargetGroupFullName>"


def test_load_balancer_talks_http_to_tasks_unless_it_is_told_otherwise(routed: Template) -> None:
    group = properties(routed, "AWS::ElasticLoadBalancingV2::TargetGroup")

    assert (group["Protocol"], group["Port"]) == ("HTTP", 80)
    assert "HealthCheckProtocol" not in group


def test_requests_and_health_checks_are_encrypted_on_the_way_to_tasks_that_serve_tls() -> None:
    group = properties(_synthesize(routing={"protocol": "HTTPS"}), "AWS::ElasticLoadBalancingV2::TargetGroup")

    assert (group["Protocol"], group["Port"], group["HealthCheckProtocol"]) == ("HTTPS", 443, "HTTPS")


def test_only_the_load_balancer_reaches_a_task_and_only_on_its_port(routed: Template) -> None:
    rule = properties(routed, GROUP_RULE)

    assert rule["GroupId"] == {"Fn::GetAtt": [_task_group(routed), "GroupId"]}
    assert rule["SourceSecurityGroupId"] == BALANCER_GROUP
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 8080, 8080)
    assert "SecurityGroupIngress" not in all_of(routed, "AWS::EC2::SecurityGroup")[_task_group(routed)]["Properties"]


def test_a_service_adds_no_rule_to_groups_that_services_share(routed: Template) -> None:
    routed.resource_count_is("AWS::EC2::SecurityGroupEgress", 0)
    assert _service(routed)["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] == [
        {"Fn::GetAtt": [_task_group(routed), "GroupId"]},
        TARGET_GROUP,
    ]


def test_a_worker_is_no_target(worker: Template) -> None:
    groups = _service(worker)["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]
    assert groups == [{"Fn::GetAtt": [_task_group(worker), "GroupId"]}]


def _egress(template: Template) -> list[tuple[Any, ...]]:
    group = all_of(template, "AWS::EC2::SecurityGroup")[_task_group(template)]["Properties"]
    return [egress(rule) for rule in group["SecurityGroupEgress"]]


def test_tasks_let_https_out_and_everything_inside_the_vpc(worker: Template) -> None:
    vpc = f"<{only_id(worker, 'AWS::EC2::VPC')}.CidrBlock>"

    assert _egress(worker) == [("tcp", 443, 443, "0.0.0.0/0"), ("-1", None, None, vpc)]


def test_tasks_let_out_what_is_asked_for_besides() -> None:
    template = _synthesize(
        egress=[
            {"cidr": IPv4Network("10.8.0.0/16"), "port": 5432},
            {"cidr": IPv4Network("192.0.2.0/24"), "protocol": "udp", "port": 514},
            {"cidr": IPv4Network("198.51.100.0/24")},
            {"cidr": IPv4Network("203.0.113.0/24"), "protocol": "udp"},
        ]
    )

    assert _egress(template)[2:] == [
        ("tcp", 5432, 5432, "10.8.0.0/16"),
        ("udp", 514, 514, "192.0.2.0/24"),
        ("tcp", 0, 65535, "198.51.100.0/24"),
        ("udp", 0, 65535, "203.0.113.0/24"),
    ]


@pytest.mark.parametrize(
    ("rule", "is_acknowledged"),
    [
        ({"port": 25}, True),
        ({}, True),
        ({"protocol": "udp", "port": 443}, True),
        ({"cidr": IPv4Network("128.0.0.0/1"), "port": 25}, True),
        ({"cidr": IPv4Network("10.0.0.0/8"), "port": 25}, False),
        ({"port": 443}, False),
    ],
)
def test_egress_to_the_world_is_accepted_where_it_is_asked_for(rule: dict[str, Any], *, is_acknowledged: bool) -> None:
    stack = new_stack()
    _synthesize(stack=stack, egress=[{"cidr": IPv4Network("0.0.0.0/0"), **rule}])

    found = acknowledged(stack).get("Stack/Service/SecurityGroup/Resource", set())
    assert ("CloudFormation-Validate::ec2_egress_to_the_world_is_https" in found) is is_acknowledged


def test_nobody_reaches_a_worker(worker: Template) -> None:
    for resource_type in (
        GROUP_RULE,
        "AWS::EC2::SecurityGroupEgress",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
    ):
        worker.resource_count_is(resource_type, 0)
    assert "SecurityGroupIngress" not in all_of(worker, "AWS::EC2::SecurityGroup")[_task_group(worker)]["Properties"]
    assert not _service(worker).get("LoadBalancers")
    assert "HealthCheckGracePeriodSeconds" not in _service(worker)


@pytest.mark.parametrize(
    ("routing", "conditions"),
    [
        ({"path_patterns": ["/a", "/a/*"]}, {"path-pattern": ["/a", "/a/*"]}),
        ({"path_patterns": [], "host_headers": ["a.example.com"]}, {"host-header": ["a.example.com"]}),
        (
            {"path_patterns": ["/a"], "host_headers": ["a.example.com"]},
            {"host-header": ["a.example.com"], "path-pattern": ["/a"]},
        ),
    ],
    ids=["paths", "hosts", "both"],
)
def test_requests_that_match_are_forwarded(routing: dict[str, Any], conditions: dict[str, list[str]]) -> None:
    template = _synthesize(routing={**routing, "priority": 42}, listener_rule_priority=7)

    rule = properties(template, "AWS::ElasticLoadBalancingV2::ListenerRule")
    found = {
        condition["Field"]: (condition.get("PathPatternConfig") or condition["HostHeaderConfig"])["Values"]
        for condition in rule["Conditions"]
    }
    assert found == conditions
    assert rule["Priority"] == 42
    assert rule["ListenerArn"] == LISTENER
    target_group = {"Ref": only_id(template, "AWS::ElasticLoadBalancingV2::TargetGroup")}
    assert rule["Actions"] == [{"Type": "forward", "TargetGroupArn": target_group}]


def test_rule_has_the_priority_of_the_caller_where_routing_states_none() -> None:
    template = _synthesize(routing={}, listener_rule_priority=43)

    assert properties(template, "AWS::ElasticLoadBalancingV2::ListenerRule")["Priority"] == 43


@pytest.mark.parametrize(
    "missing", [{"with_listener": False}, {"listener_rule_priority": None}], ids=["listener", "priority"]
)
def test_routing_without_a_listener_or_a_priority_is_refused(missing: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match=r"^routing needs a listener, and a priority in options\.routing or listener_rule_priority$"
    ):
        _synthesize(routing={}, **missing)


def test_service_waits_until_a_listener_knows_its_target_group(routed: Template) -> None:
    rule = only_id(routed, "AWS::ElasticLoadBalancingV2::ListenerRule")

    assert rule in only(routed, "AWS::ECS::Service")["DependsOn"]


def test_load_balancer_asks_each_task_by_its_address_whether_it_is_well() -> None:
    template = _synthesize(routing={"health_check_path": "/healthz", "deregistration_delay_seconds": 5})

    group = properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (group["TargetType"], group["Protocol"]) == ("ip", "HTTP")
    assert group["HealthCheckPath"] == "/healthz"
    assert (group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (10, 5)
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (2, 3)
    assert not {"Matcher", "HealthCheckPort"} & group.keys()
    attributes = {attribute["Key"]: attribute["Value"] for attribute in group["TargetGroupAttributes"]}
    assert attributes["deregistration_delay.timeout_seconds"] == "5"


def test_load_balancer_asks_as_it_is_told() -> None:
    template = _synthesize(
        routing={
            "health_check_port": 9090,
            "health_check_success_codes": "200,204",
            "health_check_interval_seconds": 30,
            "health_check_timeout_seconds": 20,
            "healthy_threshold_count": 4,
            "unhealthy_threshold_count": 6,
        }
    )

    group = properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (group["HealthCheckPort"], group["Matcher"]) == ("9090", {"HttpCode": "200,204"})
    assert (group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (30, 20)
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (4, 6)
    assert _service(template)["HealthCheckGracePeriodSeconds"] == 30 + 10 * 30
    ports = {rule["Properties"]["FromPort"] for rule in all_of(template, GROUP_RULE).values()}
    assert ports == {8080, 9090}


@pytest.mark.parametrize("grace", [0, 300])
def test_new_task_gets_the_time_that_is_stated(grace: int) -> None:
    template = _synthesize(
        containers={"web": _web(start_period=120)}, routing={"health_check_grace_period_seconds": grace}
    )

    assert _service(template)["HealthCheckGracePeriodSeconds"] == grace


SIDECAR: Container = {"image": IMAGE, "health_check": {"command": ["CMD", "true"]}}


def test_load_balancer_talks_to_the_container_that_listens_wherever_it_stands() -> None:
    template = _synthesize(containers={"agent": SIDECAR, "web": _web()}, routing={})

    assert _service(template)["LoadBalancers"] == [
        {
            "ContainerName": "web",
            "ContainerPort": 8080,
            "TargetGroupArn": {"Ref": only_id(template, "AWS::ElasticLoadBalancingV2::TargetGroup")},
        }
    ]


@pytest.mark.parametrize(
    ("containers", "named"),
    [({"web": _web(port=None)}, "none"), ({"web": _web(), "admin": _web(port=9090)}, "web, admin")],
)
def test_routing_to_none_or_to_several_containers_is_refused(containers: dict[str, Container], named: str) -> None:
    with pytest.raises(ValueError, match=f"containers with a port: {named}; routing needs exactly one"):
        _synthesize(containers=containers, routing={})


@pytest.mark.parametrize(
    ("containers", "grace"),
    [
        ({"web": _web()}, 80),
        ({"web": _web(start_period=0)}, 50),
        ({"web": _web(start_period=120)}, 170),
        ({"agent": SIDECAR, "web": _web(start_period=120)}, 170),
    ],
    ids=["no check", "fast", "slow", "slowest of two"],
)
def test_new_task_gets_time_to_start_and_then_to_pass_the_checks(containers: dict[str, Container], grace: int) -> None:
    template = _synthesize(containers=containers, routing={})

    assert _service(template)["HealthCheckGracePeriodSeconds"] == grace


def test_worker_is_watched_for_cpu_and_memory_only(worker: Template) -> None:
    assert _alarms(worker).keys() == {"CPUUtilization", "MemoryUtilization"}


def test_alarms_can_be_left_out() -> None:
    _synthesize(routing={}, alarms=False).resource_count_is("AWS::CloudWatch::Alarm", 0)


def test_alarms_fire_after_five_bad_minutes_and_not_for_want_of_traffic(routed: Template) -> None:
    alarms = _alarms(routed)

    assert len(alarms) == 4
    for alarm in alarms.values():
        assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (5, 5)
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("metric", ["CPUUtilization", "MemoryUtilization"])
def test_alarm_on_a_full_service_looks_at_this_one(routed: Template, metric: str) -> None:
    alarm = _alarms(routed)[metric]

    assert (alarm["Threshold"], alarm["Statistic"], alarm["Period"]) == (90, "Average", 60)
    assert {dimension["Name"]: flat(dimension["Value"]) for dimension in alarm["Dimensions"]} == {
        "ClusterName": f"<{only_id(routed, 'AWS::ECS::Cluster')}>",
        "ServiceName": f"<{only_id(routed, 'AWS::ECS::Service')}.Name>",
    }


def test_one_unhealthy_task_is_an_alarm(routed: Template) -> None:
    alarm = _alarms(routed)["UnHealthyHostCount"]

    assert (alarm["Threshold"], alarm["Statistic"], alarm["Period"]) == (0, "Maximum", 60)


def test_alarm_on_errors_is_a_share_of_the_requests_of_this_service(routed: Template) -> None:
    alarm = _alarms(routed)["100 * errors / requests"]

    assert alarm["Threshold"] == 5
    formula, *metrics = alarm["Metrics"]
    assert formula["ReturnData"] is True
    found = {metric["Id"]: metric["MetricStat"] for metric in metrics}
    assert {name: (stat["Metric"]["MetricName"], stat["Stat"], stat["Period"]) for name, stat in found.items()} == {
        "errors": ("HTTPCode_Target_5XX_Count", "Sum", 60),
        "requests": ("RequestCount", "Sum", 60),
    }
    target_group = f"<{only_id(routed, 'AWS::ElasticLoadBalancingV2::TargetGroup')}.TargetGroupFullName>"
    for stat in found.values():
        dimensions = {dimension["Name"]: flat(dimension["Value"]) for dimension in stat["Metric"]["Dimensions"]}
        assert dimensions == {"LoadBalancer": "app/shared/0123456789abcdef", "TargetGroup": target_group}


def test_descriptions_of_alarms_state_their_thresholds(routed: Template) -> None:
    for alarm in _alarms(routed).values():
        assert re.search(rf"(above|More than) {alarm['Threshold']}\b", alarm["AlarmDescription"])


def test_somebody_is_told_when_an_alarm_fires_and_when_it_is_over(routed: Template) -> None:
    for alarm in _alarms(routed).values():
        assert alarm["AlarmActions"] == [TOPIC]
        assert alarm["OKActions"] == [TOPIC]


def test_nobody_is_told_without_a_topic(worker: Template) -> None:
    for alarm in _alarms(worker).values():
        assert not {"AlarmActions", "OKActions"} & alarm.keys()


@pytest.mark.parametrize(("with_topic", "accepted"), [(False, 2), (True, 0)])
def test_alarms_that_tell_nobody_are_accepted_in_writing(*, with_topic: bool, accepted: int) -> None:
    stack = new_stack()
    _synthesize(stack=stack, with_topic=with_topic)

    found = [
        ids for ids in acknowledged(stack).values() if "NIST.800.53.R5::NIST.800.53.R5-CloudWatchAlarmAction" in ids
    ]
    assert len(found) == accepted


def test_scaling_on_requests_is_refused_without_routing_and_not_with_it(scaled: Template) -> None:
    with pytest.raises(ValueError, match="requests_per_target needs routing"):
        _synthesize(scaling={"min_capacity": 2, "max_capacity": 8, "requests_per_target": 500})
    assert all_of(scaled, POLICY)


def test_in_one_stack_a_service_comes_after_the_capacity_providers_of_its_cluster(worker: Template) -> None:
    (service,) = all_of(worker, "AWS::ECS::Service").values()
    assert only_id(worker, "AWS::ECS::ClusterCapacityProviderAssociations") in service["DependsOn"]


def test_each_task_gets_an_encrypted_volume_by_a_role_of_amazon_ecs() -> None:
    volume = {
        "kind": "ebs",
        "size_gib": 20,
        "iops": 4000,
        "throughput_mib_per_second": 250,
        "file_system": "ext4",
        "snapshot_id": "snap-0000000a",
    }
    template = _synthesize(
        containers={"web": {"image": IMAGE, "mounts": {"data": {"path": "/data"}}}}, volumes={"data": volume}
    )

    service = only(template, "AWS::ECS::Service")
    (configuration,) = service["Properties"]["VolumeConfigurations"]
    assert configuration["Name"] == "data"
    role = configuration["ManagedEBSVolume"].pop("RoleArn")["Fn::GetAtt"][0]
    assert configuration["ManagedEBSVolume"] == {
        "SizeInGiB": 20,
        "VolumeType": "gp3",
        "Iops": 4000,
        "Throughput": 250,
        "FilesystemType": "ext4",
        "SnapshotId": "snap-0000000a",
        "Encrypted": True,
        "TagSpecifications": [{"ResourceType": "volume", "PropagateTags": "SERVICE"}],
    }
    assert role in service["DependsOn"]
    (trusted,) = all_of(template, "AWS::IAM::Role")[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "ecs.amazonaws.com"}
    assert set(trusted["Condition"]) == {"StringEquals", "ArnLike"}
