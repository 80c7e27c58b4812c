"""What may go wrong with releases, with names between services, and with the registry as a whole."""

from __future__ import annotations

from tests.support.defects.defect import Defect, put

_SERVICE = "AWS::ECS::Service"
_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_CHECKOUT = "ecs-releases-ecs-service-checkout"
_CATALOG = "ecs-releases-ecs-service-catalog"
_ORDERS = "ecs-mesh-ecs-service-orders"
_PRICES = "ecs-mesh-ecs-service-prices"
_REGISTRY = "ecs-mesh-registry"

RELEASES = (
    Defect(
        name="alarm that does not roll back",
        stack=_CATALOG,
        change=put(_SERVICE, "DeploymentConfiguration.Alarms.Rollback", False),
        named_by=("ecs_deployment_alarms_roll_back",),
    ),
    Defect(
        name="old tasks stop at once",
        stack=_CHECKOUT,
        change=put(_SERVICE, "DeploymentConfiguration.BakeTimeInMinutes", 0),
        named_by=("ecs_shift_has_a_bake_time",),
    ),
    Defect(
        name="half of the requests to no task",
        stack=_CHECKOUT,
        change=put(_RULE, "Actions.0.ForwardConfig.TargetGroups.1.Weight", 100, having="ServiceListenerRule"),
        named_by=("shifted_rule_forwards_to_one_target_group",),
    ),
    Defect(
        name="rule with one target group",
        stack=_CHECKOUT,
        change=put(
            _RULE,
            "Actions",
            [{"Type": "forward", "TargetGroupArn": {"Ref": "ServiceTargetGroupE74A3394"}}],
            having="ServiceListenerRule",
        ),
        named_by=("shifted_rule_names_both_target_groups",),
    ),
    Defect(
        name="tests after everybody",
        stack=_CHECKOUT,
        change=put(_RULE, "Priority", 21, having="TestListenerRule"),
        named_by=("test_requests_come_before_all_requests",),
    ),
    Defect(
        name="another health check after a release",
        stack=_CHECKOUT,
        change=put("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckPath", "/", having="Alternate"),
        named_by=("target_groups_of_a_shift_are_alike",),
    ),
    Defect(
        name="role that shifts nothing",
        stack=_CHECKOUT,
        change=put("AWS::IAM::Role", "ManagedPolicyArns", None, having="TrafficShiftRole"),
        named_by=("role_can_shift_requests",),
    ),
    Defect(
        name="hook that nobody may invoke",
        stack=_CHECKOUT,
        change=put(
            "AWS::IAM::ManagedPolicy",
            "PolicyDocument.Statement.0.Action",
            "lambda:GetFunction",
            having="LifecycleHookPolicy",
        ),
        named_by=("role_can_invoke_lifecycle_hooks",),
    ),
)

CONNECTIONS = (
    Defect(
        name="everything in the network reaches a service",
        stack=_ORDERS,
        change=put("AWS::EC2::SecurityGroupIngress", "CidrIp", "10.0.0.0/8"),
        named_by=("tasks_admit_security_groups_only",),
    ),
    Defect(
        name="name of no port",
        stack=_ORDERS,
        change=put(_SERVICE, "ServiceConnectConfiguration.Services.0.PortName", "https"),
        named_by=("served_port_is_of_the_task",),
    ),
    Defect(
        name="name of another service",
        stack=_PRICES,
        change=put(_SERVICE, "ServiceConnectConfiguration.Services.0.DiscoveryName", "orders"),
        named_by=("names_in_a_namespace_differ",),
    ),
)

REGISTRY_SETTINGS = (
    Defect(
        name="cache without credentials",
        stack=_REGISTRY,
        change=put("AWS::ECR::PullThroughCacheRule", "CredentialArn", None, having="dockerhub"),
        named_by=("cache_rule_has_the_credentials_of_its_registry", "ecr_cache_asks_a_public_registry"),
    ),
)

ECS_RELEASES = (*RELEASES, *CONNECTIONS, *REGISTRY_SETTINGS)
