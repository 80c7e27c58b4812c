"""After a deployment, AWS's own APIs say of ECS and its load balancer what the environment's file says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reference_constructs.ecs.instance_images import image_parameter
from tests.support.deployed_environment import (
    A_PREFIX_LIST,
    ENVIRONMENTS,
    DeployedEnvironment,
    deployed_environment,
    hardened,
    listed,
    shown,
)
from tools.local_cloud.deployment import Deployment

pytestmark = pytest.mark.local_cloud
WITH_ECS = {name: each.ecs for name, each in ENVIRONMENTS.items() if each.ecs}
# Names of the containers of the log router and the sidecars.
SIDECARS = {"log_router", "collector", "cloudwatch_agent"}
WITH_CAPACITY = [name for name, each in WITH_ECS.items() if each.capacity]
WITH_LATTICE = [name for name, each in WITH_ECS.items() if each.vpc_lattice]
WITH_CALLERS = [name for name, each in WITH_ECS.items() if each.callers]
WITH_CLUSTER = [name for name, each in WITH_ECS.items() if each.existing_cluster is None]
WITH_LOAD_BALANCER = [
    name for name, each in WITH_ECS.items() if each.load_balancer and each.load_balancer.existing is None
]


@pytest.fixture(params=WITH_ECS)
def ecs(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment with an ECS cluster."""
    return deployed_environment(deployed_once, request.param)


@pytest.fixture(params=WITH_CLUSTER)
def with_cluster(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment with an ECS cluster of its own."""
    return deployed_environment(deployed_once, request.param)


@pytest.fixture(params=WITH_CAPACITY)
def on_instances(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment whose ECS cluster has instances."""
    return deployed_environment(deployed_once, request.param)


@pytest.fixture(params=WITH_CALLERS)
def connected(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment whose ECS services admit each other."""
    return deployed_environment(deployed_once, request.param)


@pytest.fixture(params=WITH_LATTICE)
def in_lattice(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment with services in Amazon VPC Lattice."""
    return deployed_environment(deployed_once, request.param)


@pytest.fixture(params=WITH_LOAD_BALANCER)
def balanced(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment whose ECS services share a load balancer."""
    return deployed_environment(deployed_once, request.param)


def test_the_ecs_cluster_is_watched_and_records_shells(with_cluster: DeployedEnvironment) -> None:
    (cluster,) = with_cluster.client("ecs").describe_clusters(
        clusters=[with_cluster.environment.name], include=["SETTINGS", "CONFIGURATIONS"]
    )["clusters"]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    execution = cluster["configuration"]["executeCommandConfiguration"]
    assert execution["kmsKeyId"] in with_cluster.keys
    assert execution["logConfiguration"]["cloudWatchLogGroupName"] in with_cluster.log_groups


def test_the_cluster_has_fargate_and_its_own_instances_if_stated(with_cluster: DeployedEnvironment) -> None:
    (cluster,) = with_cluster.client("ecs").describe_clusters(clusters=[with_cluster.environment.name])["clusters"]
    assert len(with_cluster.own_providers) == len(with_cluster.ecs.capacity)
    # A provider of Managed Instances names its cluster itself, of which the local cloud knows nothing.
    managed = [name for name, each in with_cluster.ecs.capacity.items() if each.kind == "managed_instances"]
    associated = set(with_cluster.own_providers) - set(map(with_cluster.own_provider, managed))
    assert sorted(cluster["capacityProviders"]) == sorted(["FARGATE", "FARGATE_SPOT", *associated])
    # A default would decide for a service that forgot to.
    assert cluster["defaultCapacityProviderStrategy"] == []


def test_ecs_scales_the_instances_as_stated(on_instances: DeployedEnvironment) -> None:
    ecs = on_instances.client("ecs")
    providers = ecs.describe_capacity_providers(capacityProviders=on_instances.own_providers)["capacityProviders"]
    stated = [each.get("autoScalingGroupProvider", {}) for each in providers]
    groups = [each for each in stated if each.get("autoScalingGroupArn")]
    assert {each["managedScaling"]["status"] for each in groups} == {"ENABLED"}
    targets = [each["managedScaling"]["targetCapacity"] for each in groups]
    assert sorted(targets) == sorted(each.target_capacity_percent for each in on_instances.groups)
    protects = [each["managedTerminationProtection"] == "ENABLED" for each in groups]
    assert protects == [on_instances.environment.protected] * len(groups)
    arns = sorted(each["autoScalingGroupArn"] for each in groups)
    assert arns == sorted(on_instances.ids("AWS::AutoScaling::AutoScalingGroup", "ecs-cluster"))


def test_the_instances_are_private_and_as_many_as_stated(on_instances: DeployedEnvironment) -> None:
    names = on_instances.ids("AWS::AutoScaling::AutoScalingGroup", "ecs-cluster")
    client = on_instances.client("autoscaling")
    groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]
    sizes = sorted((each["MinSize"], each["MaxSize"]) for each in groups)
    assert sizes == sorted((each.min_size, each.max_size) for each in on_instances.groups)
    for group in groups:
        assert set(group["VPCZoneIdentifier"].split(",")) == on_instances.private_subnets
        assert group["NewInstancesProtectedFromScaleIn"] == on_instances.environment.protected


def test_the_instances_start_encrypted_and_with_imdsv2(on_instances: DeployedEnvironment) -> None:
    identifiers = on_instances.ids("AWS::EC2::LaunchTemplate", "ecs-cluster")
    templates = [on_instances.launch_template(each) for each in identifiers]
    assert all(map(hardened, templates))
    sizes = sorted(each["BlockDeviceMappings"][-1]["Ebs"]["VolumeSize"] for each in templates)
    assert sizes == sorted(each.volume_gib for each in on_instances.groups)
    images = [
        image_parameter(each.operating_system, each.architecture, each.accelerator) for each in on_instances.groups
    ]
    assert sorted(each["ImageId"].removeprefix("resolve:ssm:") for each in templates) == sorted(images)
    for template in templates:
        assert [each["AssociatePublicIpAddress"] for each in template["NetworkInterfaces"]] == [False]


def test_as_many_tasks_are_wanted_as_stated(ecs: DeployedEnvironment) -> None:
    # Where tasks are scaled, the number is Application Auto Scaling's, which the local cloud has not.
    stated = {name: each.desired_count for name, each in ecs.ecs.services.items() if not each.scaling}
    assert {name: ecs.services[name]["desiredCount"] for name in stated} == stated


def test_tasks_run_on_the_stated_capacity(ecs: DeployedEnvironment) -> None:
    existing = ecs.ecs.existing_cluster.capacity_providers if ecs.ecs.existing_cluster else {}
    for name, settings in ecs.ecs.services.items():
        found = ecs.services[name].get("capacityProviderStrategy", [])
        assert [(each["capacityProvider"], each.get("base", 0), each["weight"]) for each in found] == [
            (
                ecs.own_provider(each.capacity_provider)
                if each.capacity_provider in ecs.ecs.capacity
                else existing.get(each.capacity_provider, each.capacity_provider),
                each.base,
                each.weight,
            )
            for each in settings.capacity_provider_strategy
            # One task on each instance: there is nothing to choose.
            if not settings.is_daemon
        ]


def test_a_failing_deployment_goes_back_and_shells_are_open_only_where_stated(ecs: DeployedEnvironment) -> None:
    for name, settings in ecs.ecs.services.items():
        deployment = ecs.services[name]["deploymentConfiguration"]
        breaker = deployment["deploymentCircuitBreaker"]
        assert (breaker["enable"], breaker["rollback"]) == (True, True)
        stated = (settings.least_percent, settings.most_percent)
        assert (deployment["minimumHealthyPercent"], deployment["maximumPercent"]) == stated
        assert ecs.services[name]["enableExecuteCommand"] == settings.execute_command


def test_tasks_are_in_the_stated_subnets_behind_a_group_of_their_own(ecs: DeployedEnvironment) -> None:
    networks = []
    for name, settings in ecs.ecs.services.items():
        network = ecs.services[name]["networkConfiguration"]["awsvpcConfiguration"]
        public = settings.assign_public_ip
        assert set(network["subnets"]) == (ecs.subnets("public") if public else ecs.private_subnets)
        assert network["assignPublicIp"] == ("ENABLED" if public else "DISABLED")
        networks.append(network)
    # The first is their own; targets of the load balancer have another in common.
    assert len({each["securityGroups"][0] for each in networks}) == len(networks)


def test_tasks_have_the_stated_size_and_platform(ecs: DeployedEnvironment) -> None:
    for name, settings in ecs.ecs.services.items():
        task = ecs.tasks[name]
        assert (task["cpu"], task["memory"]) == (str(settings.cpu_units), str(settings.memory_mib))
        is_managed = ecs.ecs.runs_on_managed_instances(settings)
        launch_type = "MANAGED_INSTANCES" if is_managed else settings.launch_type
        assert task["requiresCompatibilities"] == [launch_type]
        # On instances of a group it is theirs that counts.
        platform = None if launch_type == "EC2" else settings.architecture.upper()
        assert task.get("runtimePlatform", {}).get("cpuArchitecture") == platform


def test_containers_are_what_the_file_says(ecs: DeployedEnvironment) -> None:
    for name, settings in ecs.ecs.services.items():
        found = {each["name"]: each for each in ecs.tasks[name]["containerDefinitions"]}
        assert set(found) - SIDECARS == set(settings.containers)
        for container_name, container in settings.containers.items():
            assert shown(found[container_name]) == {
                "image": ecs.image(container.image),
                "ports": [each.text for _, each in container.port_mappings],
                "command": list(container.command),
                "environment": container.environment,
                "secrets": container.secrets,
                "user": "ContainerUser" if settings.is_windows else container.user,
                # What Windows containers do not have is left out.
                "read-only": None if settings.is_windows else container.read_only_root_filesystem,
                "writable": [each.path for each in container.temporary_file_systems],
                "essential": container.essential,
                "after": [(each.container, each.condition) for each in container.depends_on],
                "health": list(container.health_check.command) if container.health_check else [],
                "stop timeout": container.stop_timeout_seconds,
            }


def test_volumes_are_what_the_file_says(ecs: DeployedEnvironment) -> None:
    for name, settings in ecs.ecs.services.items():
        task = ecs.tasks[name]
        assert [each["name"] for each in task.get("volumes", [])] == list(settings.volumes)
        for container in task["containerDefinitions"]:
            if container["name"] in settings.containers:
                mounts = settings.containers[container["name"]].mounts
                found = {each["sourceVolume"]: each["containerPath"] for each in container.get("mountPoints", [])}
                assert found == {volume: mount.path for volume, mount in mounts.items()}


def test_logs_of_every_container_go_to_the_log_group_of_its_service(ecs: DeployedEnvironment) -> None:
    for name, task in ecs.tasks.items():
        groups = ecs.ids("AWS::Logs::LogGroup", f"ecs-service-{name}")
        for container in task["containerDefinitions"]:
            routed = ecs.ecs.services[name].log_router is not None and container["name"] not in SIDECARS
            assert container["logConfiguration"]["logDriver"] == ("awsfirelens" if routed else "awslogs")
            if routed:
                continue
            assert [container["logConfiguration"]["options"]["awslogs-group"]] == groups


def test_the_roles_of_a_task_are_for_tasks_and_grant_the_program_what_is_stated(ecs: DeployedEnvironment) -> None:
    for name, settings in ecs.ecs.services.items():
        task = ecs.tasks[name]
        assert {ecs.trusted(task["taskRoleArn"]), ecs.trusted(task["executionRoleArn"])} == {"ecs-tasks.amazonaws.com"}
        assert ecs.granted(task["executionRoleArn"])
        shell = [each for each in ecs.granted(task["taskRoleArn"]) if "ssmmessages" in str(each)]
        assert bool(shell) == settings.execute_command
        if not settings.execute_command:
            stated = [(list(each.actions), list(each.resources)) for each in settings.task_role_statements]
            found = ecs.granted(task["taskRoleArn"])
            granted = [(listed(each["Action"]), listed(each["Resource"])) for each in found]
            # Volumes and sidecars add to it.
            assert granted[: len(stated)] == stated
            more = settings.volumes or settings.log_router or settings.sidecars != type(settings.sidecars)()
            assert more or granted == stated


def test_the_load_balancer_is_where_the_file_says_and_protected(balanced: DeployedEnvironment) -> None:
    found, kind = balanced.load_balancer, "public" if balanced.balancer.scheme == "internet-facing" else "private"
    assert found["Scheme"] == balanced.balancer.scheme
    assert {each["SubnetId"] for each in found["AvailabilityZones"]} == balanced.subnets(kind)
    elbv2 = balanced.client("elbv2")
    given = elbv2.describe_load_balancer_attributes(LoadBalancerArn=found["LoadBalancerArn"])["Attributes"]
    attributes = {each["Key"]: each["Value"] for each in given}
    assert attributes["deletion_protection.enabled"] == str(balanced.environment.protected).lower()
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    stored = attributes.get("access_logs.s3.enabled") == "true"
    assert stored == (balanced.balancer.access_log_retention_days is not None)


def test_clients_are_admitted_as_stated_and_redirected_to_https_unless_plain_http_was_asked_for(
    balanced: DeployedEnvironment,
) -> None:
    ports = {each["Port"]: each["DefaultActions"][0]["Type"] for each in balanced.listeners.values()}
    plain = {80: "fixed-response"}
    # Prefix lists are admitted to the port of HTTPS alone.
    encrypted = {443: "fixed-response", **({80: "redirect"} if balanced.balancer.allowed_cidrs else {})}
    assert ports == (plain if balanced.balancer.plain_http else encrypted)
    (group,) = balanced.load_balancer["SecurityGroups"]
    allowed = [(str(cidr), port) for cidr in balanced.balancer.allowed_cidrs for port in ports]
    allowed += [(A_PREFIX_LIST, 443) for _ in balanced.balancer.allowed_prefix_list_ids]
    assert balanced.rules(group, egress=False) == sorted(allowed)


def test_the_load_balancer_shows_the_stated_certificate(balanced: DeployedEnvironment) -> None:
    arns = [each["CertificateArn"] for each in balanced.listeners.get("HTTPS", {}).get("Certificates", [])]
    zone = balanced.balancer.hosted_zone
    if zone is None:
        assert arns == [each for each in [balanced.balancer.certificate_arn] if each]
        return
    (certificate,) = [balanced.client("acm").describe_certificate(CertificateArn=arn)["Certificate"] for arn in arns]
    assert (certificate["DomainName"], certificate["Status"]) == (balanced.balancer.record_name, "ISSUED")


def test_the_stated_name_leads_to_the_load_balancer(balanced: DeployedEnvironment) -> None:
    zone = balanced.balancer.hosted_zone
    if zone is None:
        viewers = balanced.balancer.cloudfront
        names = viewers.aliases if viewers and viewers.hosted_zone else ()
        assert set(balanced.ids("AWS::Route53::RecordSet")) == {f"{name}." for name in names}
        return
    client = balanced.client("route53")
    records = client.list_resource_record_sets(HostedZoneId=zone.hosted_zone_id)["ResourceRecordSets"]
    aliases = {each["Name"]: each["AliasTarget"]["DNSName"] for each in records if "AliasTarget" in each}
    assert aliases == {f"{balanced.balancer.record_name}.": f"dualstack.{balanced.load_balancer['DNSName']}."}


def test_viewers_reach_the_load_balancer_by_the_stated_names_and_cloudfront(balanced: DeployedEnvironment) -> None:
    host, viewers = balanced.load_balancer["DNSName"], balanced.balancer.cloudfront
    found = balanced.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    # The account has those of other environments too.
    own = [each for each in found if [origin["DomainName"] for origin in each["Origins"]["Items"]] == [host]]
    assert len(own) == (viewers is not None)
    if viewers is None:
        return
    (distribution,) = own
    assert distribution["Aliases"]["Items"] == list(viewers.aliases)
    cached = [each["PathPattern"] for each in distribution["CacheBehaviors"].get("Items", [])]
    assert cached == list(viewers.cached_path_patterns)
    if viewers.hosted_zone is not None:
        records = balanced.client("route53").list_resource_record_sets(HostedZoneId=viewers.hosted_zone.hosted_zone_id)
        targets = {each["AliasTarget"]["DNSName"] for each in records["ResourceRecordSets"] if "AliasTarget" in each}
        assert targets == {f"{distribution['DomainName']}."}


def test_a_web_acl_stands_before_the_load_balancer_if_stated(balanced: DeployedEnvironment) -> None:
    waf, arn = balanced.client("wafv2"), balanced.load_balancer["LoadBalancerArn"]
    if not balanced.balancer.web_acl:
        with pytest.raises(waf.exceptions.WAFNonexistentItemException):
            waf.get_web_acl_for_resource(ResourceArn=arn)
        return
    rules = {each["Name"] for each in waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["Rules"]}
    assert {"RateLimit", "AWSManagedRulesCommonRuleSet"} <= rules


def test_requests_reach_the_services_by_their_stated_rules_and_no_others(balanced: DeployedEnvironment) -> None:
    listener = (balanced.listeners.get("HTTPS") or balanced.listeners["HTTP"])["ListenerArn"]
    found = balanced.client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
    rules = {each["Priority"]: each for each in found if not each["IsDefault"]}
    routed = {name: each.routing for name, each in balanced.ecs.services.items() if each.routing}
    tested = {
        str(test.priority or routed[name].rule_priority(name) - 1)
        for name, each in balanced.ecs.services.items()
        if (test := each.deployment.test_traffic)
    }
    assert set(rules) == {str(routing.rule_priority(name)) for name, routing in routed.items()} | tested
    for name, routing in routed.items():
        rule = rules[str(routing.rule_priority(name))]
        conditions = {each["Field"]: tuple(each["Values"]) for each in rule["Conditions"]}
        stated = {"host-header": routing.host_headers, "path-pattern": routing.path_patterns}
        assert conditions == {field: values for field, values in stated.items() if values}
        (action,) = rule["Actions"]
        weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
        serving = [each["TargetGroupArn"] for each in weighted if each.get("Weight", 1)] or [action["TargetGroupArn"]]
        assert serving == [balanced.target_groups[name]["TargetGroupArn"]]


def test_the_load_balancer_asks_tasks_for_the_stated_path(balanced: DeployedEnvironment) -> None:
    elbv2 = balanced.client("elbv2")
    for name, group in balanced.target_groups.items():
        routing = balanced.ecs.services[name].routing
        assert routing is not None
        assert (group["Protocol"], group["TargetType"]) == ("HTTP", "ip")
        assert group["HealthCheckPath"] == routing.health_check_path
        given = elbv2.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
        delay = {each["Key"]: each["Value"] for each in given}["deregistration_delay.timeout_seconds"]
        assert delay == str(routing.deregistration_delay_seconds)


def test_only_the_load_balancer_reaches_tasks_and_only_their_port(balanced: DeployedEnvironment) -> None:
    (balancer,) = balanced.load_balancer["SecurityGroups"]
    ((targets, port),) = balanced.rules(balancer, egress=True)
    assert port == 65535
    assert balanced.rules(targets, egress=False) == balanced.rules(targets, egress=True) == []
    for name, settings in balanced.ecs.services.items():
        group, *others = balanced.services[name]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
        own = [balanced.caller_groups[name]] if name in balanced.ecs.callers else []
        assert others == [*([targets] if settings.routing else []), *own, *settings.security_group_ids]
        ports = [each.port for each in settings.containers.values() if each.port and settings.routing]
        assert [each["containerPort"] for each in balanced.services[name]["loadBalancers"]] == ports
        callers = [balanced.caller_groups[caller] for caller in settings.reachable_from]
        admitted = [(caller, port) for caller in callers for port, _ in settings.reachable_ports]
        assert balanced.rules(group, egress=False) == sorted([*((balancer, port) for port in ports), *admitted])


def test_services_admit_whom_they_name_and_their_load_balancers(connected: DeployedEnvironment) -> None:
    for name, settings in connected.ecs.services.items():
        group, *others = connected.services[name]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
        assert (connected.caller_groups.get(name) in others) == (name in connected.ecs.callers)
        callers = {connected.caller_groups[caller] for caller in settings.reachable_from}
        admitted = {(caller, port) for caller in callers for port, _ in settings.reachable_ports}
        every = set(connected.rules(group, egress=False))
        assert admitted == {rule for rule in every if rule[0] in connected.caller_groups.values()}
        # What is admitted besides is load balancers.
        assert len({source for source, _ in every} - callers) == len(
            {each.load_balancer for each in settings.all_routings.values()}
        )


def test_services_are_in_the_service_network_as_stated(in_lattice: DeployedEnvironment) -> None:
    lattice = in_lattice.ecs.vpc_lattice
    assert lattice is not None
    made = in_lattice.remembered("AWS::VpcLattice::ServiceNetwork", "ecs-connections")
    assert len(made) == (lattice.service_network_arn is None)
    associated = in_lattice.remembered("AWS::VpcLattice::ServiceNetworkVpcAssociation", "ecs-connections")
    assert len(associated) == lattice.associate_vpc
    for name, settings in in_lattice.ecs.services.items():
        stack, stated = f"ecs-service-{name}", settings.vpc_lattice
        listeners = in_lattice.remembered("AWS::VpcLattice::Listener", stack)
        assert [(each["Protocol"], each["Port"]) for each in listeners] == ([("HTTPS", 443)] if stated else [])
        if stated is None:
            continue
        groups = in_lattice.remembered("AWS::VpcLattice::TargetGroup", stack)
        assert len(groups) == (2 if settings.deployment.shifts_traffic else 1)
        port = settings.named_ports[stated.port_name]
        assert {(each["Config"]["Port"], each["Config"]["ProtocolVersion"]) for each in groups} == {
            (port, stated.protocol_version)
        }
        identifiers = in_lattice.ids("AWS::VpcLattice::TargetGroup", stack)
        forwarded = listeners[0]["DefaultAction"]["Forward"]["TargetGroups"]
        assert sorted(each["TargetGroupIdentifier"] in str(identifiers) for each in forwarded) == [True] * len(groups)
        policies = in_lattice.remembered("AWS::VpcLattice::AuthPolicy", stack)
        assert len(policies) == (stated.auth_policy is not None)


def test_services_scale_as_stated(ecs: DeployedEnvironment) -> None:
    for name, settings in ecs.ecs.services.items():
        targets = ecs.remembered("AWS::ApplicationAutoScaling::ScalableTarget", f"ecs-service-{name}")
        policies = ecs.remembered("AWS::ApplicationAutoScaling::ScalingPolicy", f"ecs-service-{name}")
        tracked = [
            each["TargetTrackingScalingPolicyConfiguration"]
            for each in policies
            if each["PolicyType"] == "TargetTrackingScaling"
        ]
        held = {
            each["PredefinedMetricSpecification"]["PredefinedMetricType"]: each["TargetValue"]
            for each in tracked
            if "PredefinedMetricSpecification" in each
        }
        scaling = settings.scaling
        # Without scaling, working hours move the number of tasks between what is stated and none.
        tasks = settings.most_tasks if ecs.environment.working_hours else 0
        assert [(each["MinCapacity"], each["MaxCapacity"]) for each in targets] == (
            [(scaling.min_capacity, scaling.max_capacity)] if scaling else [(tasks, tasks)] * bool(tasks)
        )
        assert len(tracked) - len(held) == len(scaling.tracked_metrics if scaling else ())
        resolution = "HighResolution" if scaling and scaling.high_resolution_metrics else ""
        stated = {
            f"ECSServiceAverageCPUUtilization{resolution}": scaling and scaling.cpu_utilization_percent,
            f"ECSServiceAverageMemoryUtilization{resolution}": scaling and scaling.memory_utilization_percent,
            "ALBRequestCountPerTarget": scaling and scaling.requests_per_target,
        }
        assert held == {metric: value for metric, value in stated.items() if value is not None}


def test_alarms_watch_every_service_and_tell_the_stated_topic(ecs: DeployedEnvironment) -> None:
    topic = ecs.ecs.alarms.topic
    told = {"create": ecs.ids("AWS::SNS::Topic", "ecs-cluster"), "none": []}.get(topic, [topic])
    describe = ecs.client("cloudwatch").describe_alarms
    for name, settings in ecs.ecs.services.items():
        names = ecs.ids("AWS::CloudWatch::Alarm", f"ecs-service-{name}")
        # Without a name, it describes those of every environment.
        described = describe(AlarmNames=names)["MetricAlarms"] if names else []
        steps = {metric.metric_name for metric in settings.scaling.step_scaling.values()} if settings.scaling else set()
        alarms = [each for each in described if each["MetricName"] not in steps]
        wanted = {"CPUUtilization", "MemoryUtilization"} | (
            {"UnHealthyHostCount"} if settings.all_routings and not settings.deployment.shifts_traffic else set()
        )
        assert {each["MetricName"] for each in alarms} == (wanted if settings.alarms else set())
        # The share of 5xx answers is an expression, which the local cloud remembers and does not evaluate.
        rollback = settings.deployment.rollback_alarms
        own = [] if rollback is None else [rollback.server_error_percent, rollback.response_time_ms]
        expressions = len([each for each in own if each is not None])
        if settings.alarms:
            # Over two target groups, unhealthy tasks are an expression too.
            expressions += len(settings.all_routings) * (2 if settings.deployment.shifts_traffic else 1)
        assert len(names) - len(described) == expressions
        assert all(each["AlarmActions"] == told for each in alarms)


def test_a_service_adds_one_rule_to_a_listener_that_exists(deployed_once: Callable[[str], Deployment]) -> None:
    deployed = deployed_environment(deployed_once, "examples/existing-net.yaml")
    assert deployed.ecs.load_balancer is not None
    existing = deployed.ecs.load_balancer.existing
    assert existing is not None
    rules = deployed.client("elbv2").describe_rules(ListenerArn=existing.listener_arn)["Rules"]
    assert [rule["Actions"][0]["TargetGroupArn"] for rule in rules if not rule["IsDefault"]] == [
        deployed.target_groups["orders"]["TargetGroupArn"]
    ]
    (group, targets) = deployed.services["orders"]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    assert targets == existing.target_security_group_id
    assert deployed.rules(group, egress=False) == [(existing.security_group_id, 8080)]
    assert not deployed.ids("AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert not deployed.ids("AWS::ECS::Cluster")
