"""Options: every class refuses a wrong value by the name of its field, before the CDK sees it."""

from __future__ import annotations

import importlib
import pkgutil
from ipaddress import IPv4Network
from typing import Any

import pytest
from pydantic import ValidationError

import reference_constructs
from reference_constructs.compute.instance_options import InstanceOptions
from reference_constructs.compute.instance_requirements_options import InstanceRequirementsOptions
from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions, Ec2WarmPoolOptions
from reference_constructs.ecs.container_options import ContainerDependencyOptions, ContainerOptions, HealthCheckOptions
from reference_constructs.ecs.container_runtime_options import (
    AdditionalPortOptions,
    PortRangeOptions,
    RestartPolicyOptions,
    UlimitOptions,
    WritablePathOptions,
)
from reference_constructs.ecs.deployment_options import (
    CanaryOptions,
    CircuitBreakerOptions,
    DeploymentOptions,
    EarlySuccessOptions,
    LifecycleHookOptions,
    LinearOptions,
    RollbackAlarmOptions,
    ShiftTestTrafficOptions,
)
from reference_constructs.ecs.existing_cluster_options import ExistingClusterOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from reference_constructs.ecs.network_routing_options import NetworkRoutingOptions
from reference_constructs.ecs.placement_options import PlacementConstraintOptions, PlacementStrategyOptions
from reference_constructs.ecs.queue_worker_options import (
    ExistingQueueOptions,
    QueueOptions,
    QueueScalingOptions,
    QueueWorkerOptions,
)
from reference_constructs.ecs.routing_options import RoutingOptions, StickinessOptions
from reference_constructs.ecs.run_task_options import RunTaskOptions
from reference_constructs.ecs.scaling_options import (
    MetricOptions,
    PredictiveScalingOptions,
    ScalingOptions,
    ScalingStepOptions,
    ScheduledActionOptions,
    StepScalingOptions,
    TrackedMetricOptions,
)
from reference_constructs.ecs.scheduled_task_options import ScheduledTaskOptions
from reference_constructs.ecs.service_connect_options import (
    NamespaceOptions,
    ReachableSecurityGroupOptions,
    ServedPortOptions,
    ServiceConnectAccessLogOptions,
    ServiceConnectClientOptions,
    ServiceConnectOptions,
    ServiceConnectTestTrafficOptions,
    ServiceConnectTlsOptions,
    ServiceDiscoveryOptions,
)
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.sidecar_options import (
    CloudWatchAgentOptions,
    CloudWatchLogsDestinationOptions,
    CollectorOptions,
    FirehoseDestinationOptions,
    LogRouterOptions,
    OpenSearchDestinationOptions,
    S3DestinationOptions,
    SidecarOptions,
    SidecarsOptions,
)
from reference_constructs.ecs.standalone_task_options import StandaloneTaskOptions
from reference_constructs.ecs.task_options import CapacityProviderStrategyItem, TaskOptions
from reference_constructs.ecs.volume_options import (
    EbsVolumeOptions,
    EfsVolumeOptions,
    FsxWindowsVolumeOptions,
    MountOptions,
    SharedVolumeOptions,
)
from reference_constructs.ecs.vpc_lattice_options import (
    LatticeAuthPolicyOptions,
    ServiceLatticeOptions,
    VpcLatticeOptions,
)
from reference_constructs.edge.cloudfront_options import CloudFrontOptions
from reference_constructs.edge.existing_load_balancer_options import ExistingLoadBalancerOptions
from reference_constructs.edge.listener_options import (
    CognitoProviderOptions,
    FixedResponseOptions,
    MutualTlsOptions,
    OidcProviderOptions,
    RedirectOptions,
    ResponseHeadersOptions,
)
from reference_constructs.edge.listener_rule_options import (
    AuthenticationOptions,
    ListenerRuleConditions,
    ListenerRuleOptions,
    QueryStringOptions,
    RewriteOptions,
)
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.edge.network_load_balancer_options import (
    ExistingNetworkLoadBalancerOptions,
    NetworkListenerOptions,
    NetworkLoadBalancerOptions,
)
from reference_constructs.edge.web_acl_options import (
    AccountTakeoverPreventionOptions,
    ManagedRuleGroupOptions,
    WebAclOptions,
)
from reference_constructs.eks.add_ons.add_on_options import AddOnOptions, AddOnsOptions
from reference_constructs.eks.capability_options import (
    ArgoCdOptions,
    ArgoCdRoleOptions,
    CapabilitiesOptions,
    CapabilityOptions,
)
from reference_constructs.eks.cluster_options import EksClusterOptions
from reference_constructs.eks.control_plane_component_options import (
    KubeApiServerOptions,
    KubeControllerManagerOptions,
    KubeSchedulerOptions,
    NodePortRangeOptions,
)
from reference_constructs.eks.control_plane_options import (
    AccessEntryOptions,
    AccessPolicyOptions,
    ControlPlaneOptions,
    EndpointOptions,
    RemoteNetworkOptions,
)
from reference_constructs.eks.delivery_role_options import (
    DeliveryRoleOptions,
    DeliveryRolesOptions,
    OidcTrustOptions,
)
from reference_constructs.eks.identity_provider_options import IdentityProviderOptions
from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions, AutoModePoolOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions, KarpenterPoolOptions
from reference_constructs.eks.nodes.managed_node_group_options import (
    ManagedNodeGroupOptions,
    NodeRepairOptions,
    RepairOverrideOptions,
    WarmPoolOptions,
)
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from reference_constructs.eks.outpost_options import OutpostOptions
from reference_constructs.eks.pod_identity_options import PodIdentitiesOptions, PodIdentityOptions
from reference_constructs.network.added_endpoint_options import AddedEndpointOptions
from reference_constructs.network.egress_options import EgressRuleOptions
from reference_constructs.network.existing_vpc_options import ExistingSubnetOptions, ExistingVpcOptions
from reference_constructs.network.vpc_options import (
    RouteOptions,
    VpcEndpointOptions,
    VpcOptions,
    VpcPlanOptions,
    VpcShapeOptions,
)
from reference_constructs.observability.alarm_topic_options import AlarmTopicOptions
from reference_constructs.options import Options
from reference_constructs.registry.registry_options import EnhancedScanningOptions, ReplicationDestinationOptions
from reference_constructs.registry.repository_options import RepositoryOptions
from reference_constructs.security.policy_statement_options import PolicyStatementOptions
from reference_constructs.security.retention_options import RetentionOptions
from reference_constructs.storage.backup_plan_options import BackupPlanOptions
from reference_constructs.storage.efs_options import (
    AccessPointOptions,
    DynamicProvisioningOptions,
    EfsClaimOptions,
    EfsOptions,
)
from reference_constructs.storage.file_system_options import ClaimOptions, FileSystemOptions
from reference_constructs.storage.fsx_lustre_options import DataRepositoryOptions, FsxLustreOptions
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions, OntapClaimOptions
from reference_constructs.storage.s3_bucket_options import BucketClaimOptions, S3BucketOptions
from reference_constructs.storage.storage_options import StorageOptions
from reference_constructs.storage.volume_class_options import VolumeClassOptions

GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
WEB: dict[str, Any] = {"containers": {"web": {"image": "app:1.0"}}}
FSX: dict[str, Any] = {
    "file_system_id": "fs-0000000a",
    "domain": "corp.example.com",
    "credentials_secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:r-AbCdEf",
}
REFUSED: list[tuple[type[Options], dict[str, Any], str]] = [
    (DeliveryRoleOptions, {"kubernetes_groups": []}, "kubernetes_groups"),
    (DeliveryRolesOptions, {"delivery_roles": {"shop": {}}}, "delivery_roles"),
    (OidcTrustOptions, {"provider_arn": GITHUB, "subjects": ["*"]}, "subjects"),
    (CanaryOptions, {"percent": 0}, "percent"),
    (CircuitBreakerOptions, {"threshold_type": "PERCENT"}, "threshold_type"),
    (DeploymentOptions, {"strategy": "blue_green"}, "strategy"),
    (EarlySuccessOptions, {"healthy_percent": 101}, "healthy_percent"),
    (LifecycleHookOptions, {"stages": ["BEFORE_INSTALL"]}, "stages"),
    (LinearOptions, {"step_percent": 2}, "step_percent"),
    (RollbackAlarmOptions, {"alarm_names": ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a"]}, "alarm_names"),
    (ShiftTestTrafficOptions, {"header_value": "a b"}, "header_value"),
    (NamespaceOptions, {"name": "shop.internal."}, "name"),
    (
        ReachableSecurityGroupOptions,
        {"security_group_id": "database", "port": 5432, "reachable_from": ["web"]},
        "security_group_id",
    ),
    (ServedPortOptions, {"port_name": "http", "client_name": "-web"}, "client_name"),
    (ServiceConnectAccessLogOptions, {"format": "json"}, "format"),
    (LatticeAuthPolicyOptions, {"organization_ids": ["shop"]}, "organization_ids"),
    (ServiceLatticeOptions, {"port_name": "http", "health_check_codes": "ok"}, "health_check_codes"),
    (VpcLatticeOptions, {"prefix_list_id": "lattice"}, "prefix_list_id"),
    (ServiceConnectClientOptions, {"access_log": {"format": "CSV"}}, "access_log"),
    (ServiceConnectTestTrafficOptions, {"header_name": "x test"}, "header_name"),
    (ServiceConnectOptions, {"serves": {"web": {}}}, "serves"),
    (ServiceConnectTlsOptions, {"certificate_authority_arn": "ca"}, "certificate_authority_arn"),
    (ServiceDiscoveryOptions, {"record_type": "CNAME"}, "record_type"),
    (EnhancedScanningOptions, {"severities": ["SEVERE"]}, "severities"),
    (ReplicationDestinationOptions, {"region": "Frankfurt"}, "region"),
    (AccessEntryOptions, {"principal_arn": "platform"}, "principal_arn"),
    (AccessEntryOptions, {"principal_arn": "arn:aws:iam::111122223333:role/a", "username": "system:a"}, "username"),
    (
        AccessEntryOptions,
        {"principal_arn": "arn:aws:iam::111122223333:role/a", "username": "a{{SessionName}}"},
        "username",
    ),
    (MetricOptions, {"namespace": "Shop", "metric_name": "Jobs", "statistic": "p99"}, "statistic"),
    (PredictiveScalingOptions, {"target_value": 50, "mode": "scale"}, "mode"),
    (ExistingQueueOptions, {"queue_arn": "orders"}, "queue_arn"),
    (QueueOptions, {"visibility_timeout_seconds": 43201}, "visibility_timeout_seconds"),
    (QueueScalingOptions, {"backlog_per_task": 0}, "backlog_per_task"),
    (QueueWorkerOptions, {**WEB, "max_message_age_minutes": 0}, "max_message_age_minutes"),
    (ScalingStepOptions, {"metric_value": 1.5, "change": 1}, "metric_value"),
    (ScheduledActionOptions, {"schedule_expression": "rate(1 hour)", "min_capacity": -1}, "min_capacity"),
    (StepScalingOptions, {"namespace": "Shop", "metric_name": "Jobs", "steps": []}, "steps"),
    (TrackedMetricOptions, {"namespace": "Shop", "metric_name": "Jobs", "target_value": 0}, "target_value"),
    (WorkingHoursOptions, {"start": "7:00", "stop": "20:00"}, "start"),
    (AddOnOptions, {"version": "1.14"}, "version"),
    (AccessPolicyOptions, {"policy": "AdministratorAccess"}, "policy"),
    (AddOnsOptions, {"add_ons": {"No such add-on": {}}}, "add_ons"),
    (ArgoCdOptions, {"identity_center_arn": "ssoins-1234567890abcdef"}, "identity_center_arn"),
    (ArgoCdRoleOptions, {"user_ids": ["anna"]}, "user_ids.0"),
    (AlarmTopicOptions, {"email_addresses": ["nobody"]}, "email_addresses.0"),
    (CapabilitiesOptions, {"ack": {"policy_arns": ["ReadOnlyAccess"]}}, "ack.policy_arns.0"),
    (CapabilityOptions, {"access_policies": [{"policy": "Admin"}]}, "access_policies.0.policy"),
    (CapacityProviderStrategyItem, {"capacity_provider": "EC2"}, "capacity_provider"),
    (ContainerDependencyOptions, {"container": "migrate", "condition": "DONE"}, "condition"),
    (ContainerOptions, {"image": "app:latest"}, "image"),
    (ControlPlaneOptions, {"kubernetes_version": 1.36}, "kubernetes_version"),
    (Ec2WarmPoolOptions, {"state": "hibernated"}, "state"),
    (InstanceRequirementsOptions, {"vcpus_min": 0}, "vcpus_min"),
    (ManagedInstancesOptions, {"kind": "auto_scaling_group"}, "kind"),
    (PlacementConstraintOptions, {"type": "distinct"}, "type"),
    (PlacementStrategyOptions, {"field": "vcpu"}, "field"),
    (Ec2CapacityOptions, {"on_demand_percent_above_base": 101}, "on_demand_percent_above_base"),
    (AccountTakeoverPreventionOptions, {"login_path": "login"}, "login_path"),
    (CloudFrontOptions, {"certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1"}, "certificate_arn"),
    (EgressRuleOptions, {"cidr": IPv4Network("10.0.0.0/8"), "protocol": "icmp"}, "protocol"),
    (EksClusterOptions, {"nodes": {"general": {"kind": "elastic"}}}, "nodes.general"),
    (EndpointOptions, {"public_access_cidrs": ["0.0.0.0/33"]}, "public_access_cidrs.0"),
    (ExistingSubnetOptions, {"subnet_id": "subnet-1", "cidr": "10.0.0.0/24"}, "subnet_id"),
    (ExistingVpcOptions, {"vpc_id": "vpc-1"}, "vpc_id"),
    (AddedEndpointOptions, {"route_table_ids": ["rtb-1"]}, "route_table_ids.0"),
    (VpcEndpointOptions, {"gateway_endpoints": ["sqs"]}, "gateway_endpoints.0"),
    (VpcShapeOptions, {"nat_gateways": "two"}, "nat_gateways"),
    (ExistingClusterOptions, {"cluster_arn": "shared"}, "cluster_arn"),
    (ExistingNetworkLoadBalancerOptions, {"load_balancer_arn": "net/shared"}, "load_balancer_arn"),
    (ExistingLoadBalancerOptions, {"listener_arn": "app/shared"}, "listener_arn"),
    (FargateProfileOptions, {"selectors": []}, "selectors"),
    (FargateSelectorOptions, {"namespace": "Batch!"}, "namespace"),
    (HealthCheckOptions, {"command": ["CMD", "true"], "retries": 0}, "retries"),
    (IdentityProviderOptions, {"issuer_url": "http://login.example.com", "client_id": "a"}, "issuer_url"),
    (InstanceNodeOptions, {"volume_gib": 19}, "volume_gib"),
    (InstanceOptions, {"instance_types": ["large"]}, "instance_types.0"),
    (KubeApiServerOptions, {"event_ttl_minutes": 61}, "event_ttl_minutes"),
    (
        KubeControllerManagerOptions,
        {"horizontal_pod_autoscaler_sync_period_seconds": 9},
        "horizontal_pod_autoscaler_sync_period_seconds",
    ),
    (KubeSchedulerOptions, {"resource_weights": {"cpu": 101}}, "resource_weights.cpu"),
    (NodePortRangeOptions, {"min_port": 10259, "max_port": 32767}, "min_port"),
    (LoadBalancerOptions, {"allowed_cidrs": ["everybody"]}, "allowed_cidrs.0"),
    (ManagedNodeGroupOptions, {"max_size": 5001}, "max_size"),
    (OutpostOptions, {"arn": "op-0a1b2c3d4e5f60718"}, "arn"),
    (PodIdentitiesOptions, {"pod_identities": {"O": {"namespace": "a", "service_account": "a"}}}, "pod_identities"),
    (PodIdentityOptions, {"namespace": "shop-*", "service_account": "orders"}, "namespace"),
    (PolicyStatementOptions, {"actions": ["s3:GetObject"], "resources": ["orders/*"]}, "resources.0"),
    (RepositoryOptions, {"max_image_count": 0}, "max_image_count"),
    (RetentionOptions, {"log_retention_days": 8}, "log_retention_days"),
    (RouteOptions, {"cidrs": ["10.8.0.0/16"], "target": "igw-0000000a"}, "target"),
    (AuthenticationOptions, {"identity_provider": "staff", "on_unauthenticated_request": "ask"}, "on_unauth"),
    (
        CognitoProviderOptions,
        {"kind": "cognito", "client_id": "a", "domain": "a", "user_pool_arn": "a"},
        "user_pool_arn",
    ),
    (FixedResponseOptions, {"status_code": "302"}, "status_code"),
    (ListenerRuleConditions, {"http_request_methods": ["get"]}, "http_request_methods.0"),
    (ListenerRuleOptions, {"source_ips": ["10.0.0.1"]}, "source_ips.0"),
    (MutualTlsOptions, {"mode": "off"}, "mode"),
    (NetworkListenerOptions, {"port": 443, "protocol": "HTTPS"}, "protocol"),
    (NetworkLoadBalancerOptions, {"listeners": {}}, "listeners"),
    (NetworkRoutingOptions, {"load_balancer": "edge", "listener": "mqtt", "protocol": "UDP"}, "protocol"),
    (OidcProviderOptions, {"kind": "oidc", "issuer": "http://login.example.com"}, "issuer"),
    (QueryStringOptions, {"key": "a", "value": ""}, "value"),
    (RedirectOptions, {"path": "orders"}, "path"),
    (ResponseHeadersOptions, {"x_frame_options": "ALLOW"}, "x_frame_options"),
    (RewriteOptions, {"regex": "", "replace": "/"}, "regex"),
    (StickinessOptions, {"duration_seconds": 0}, "duration_seconds"),
    (RoutingOptions, {"health_check_path": "health"}, "health_check_path"),
    (ScalingOptions, {"cpu_utilization_percent": 0}, "cpu_utilization_percent"),
    (ScheduledTaskOptions, {**WEB, "schedule_expression": "0 3 * * *"}, "schedule_expression"),
    (RunTaskOptions, {**WEB, "volumes": {"data": {"kind": "ebs", "size_gib": 20}}}, "volumes"),
    (StandaloneTaskOptions, {**WEB, "cpu_units": 0}, "cpu_units"),
    (ServiceOptions, {**WEB, "desired_count": -1}, "desired_count"),
    (TaintOptions, {"key": "spot", "effect": "NoSchedule"}, "effect"),
    (TaskOptions, {**WEB, "memory_mib": "512"}, "memory_mib"),
    (VpcOptions, {"max_availability_zones": 7}, "max_availability_zones"),
    (VpcPlanOptions, {"pod_prefix_length": 29}, "pod_prefix_length"),
    (AdditionalPortOptions, {"port": 9090, "protocol": "sctp"}, "protocol"),
    (CloudWatchAgentOptions, {"namespace": "AWS/Shop"}, "namespace"),
    (CloudWatchLogsDestinationOptions, {"kind": "s3"}, "kind"),
    (CollectorOptions, {"memory_mib": 31}, "memory_mib"),
    (FirehoseDestinationOptions, {"stream_arn": "logs"}, "stream_arn"),
    (LogRouterOptions, {"destination": {"kind": "kafka"}}, "destination"),
    (OpenSearchDestinationOptions, {"domain_arn": "logs", "endpoint": "a.b", "index": "a"}, "domain_arn"),
    (S3DestinationOptions, {"bucket_arn": "arn:aws:s3:::logs", "prefix": "/a"}, "prefix"),
    (SidecarOptions, {"image": "agent:latest"}, "image"),
    (SidecarsOptions, {"collector": {"image": 1}}, "collector.image"),
    (EbsVolumeOptions, {"size_gib": 0}, "size_gib"),
    (AccessPointOptions, {"path": "uploads"}, "path"),
    (BackupPlanOptions, {"schedule_expression": "rate(1 day)"}, "schedule_expression"),
    (BucketClaimOptions, {"namespace": "shop", "prefix": "/models"}, "prefix"),
    (ClaimOptions, {"namespace": "Shop"}, "namespace"),
    (DataRepositoryOptions, {"bucket": "models", "path": "/"}, "path"),
    (DynamicProvisioningOptions, {"permissions": "0999"}, "permissions"),
    (EfsClaimOptions, {"namespace": "shop", "access_point": "-"}, "access_point"),
    (EfsOptions, {"transition_to_ia_days": 8}, "transition_to_ia_days"),
    (FileSystemOptions, {"kind": "efs", "claims": {"a": {}}}, "claims"),
    (FsxLustreOptions, {"availability_zone": "eu-west-1a", "storage_capacity_gib": 1000}, "storage_capacity_gib"),
    (FsxOntapOptions, {"availability_zone": "eu-west-1a", "tiering_after_days": 1}, "tiering_after_days"),
    (OntapClaimOptions, {"namespace": "-"}, "namespace"),
    (S3BucketOptions, {"noncurrent_version_days": 0}, "noncurrent_version_days"),
    (StorageOptions, {"file_systems": {"data": {"kind": "nfs"}}}, "file_systems"),
    (VolumeClassOptions, {"volume_type": "st1"}, "volume_type"),
    (EfsVolumeOptions, {"file_system_id": "uploads"}, "file_system_id"),
    (FsxWindowsVolumeOptions, {**FSX, "domain": "corp"}, "domain"),
    (FsxWindowsVolumeOptions, {**FSX, "root_directory": "\\share"}, "root_directory"),
    (MountOptions, {"path": "uploads"}, "path"),
    (PortRangeOptions, {"first_port": 0, "last_port": 9}, "first_port"),
    (RestartPolicyOptions, {"attempt_period_seconds": 59}, "attempt_period_seconds"),
    (SharedVolumeOptions, {"kind": "efs"}, "kind"),
    (UlimitOptions, {"soft_limit": -2, "hard_limit": 1}, "soft_limit"),
    (WritablePathOptions, {"path": "/tmp", "size_mib": 0}, "size_mib"),  # noqa: S108 - of a container
    (AutoModeOptions, {"built_in_node_pools": ["arm"]}, "built_in_node_pools.0"),
    (AutoModePoolOptions, {"network_policy": "Allow"}, "network_policy"),
    (HybridNodesOptions, {"kind": "managed"}, "kind"),
    (KarpenterOptions, {"node_pools": {}}, "node_pools"),
    (KarpenterPoolOptions, {"ami_alias": "latest"}, "ami_alias"),
    (NodePoolOptions, {"cpu_limit": 0}, "cpu_limit"),
    (NodeRepairOptions, {"max_unhealthy_percent": 0}, "max_unhealthy_percent"),
    (RemoteNetworkOptions, {"node_cidrs": ["8.8.8.0/24"]}, "node_cidrs.0"),
    (
        RepairOverrideOptions,
        {"condition": "NetworkNotReady", "reason": "InterfaceNotUp", "wait_minutes": 0, "action": "reboot"},
        "wait_minutes",
    ),
    (SelfManagedNodesOptions, {"location": "moon"}, "location"),
    (WarmPoolOptions, {"state": "asleep"}, "state"),
    (ManagedRuleGroupOptions, {"count_rules": ["no rule"]}, "count_rules.0"),
    (WebAclOptions, {"requests_per_5_minutes": 9}, "requests_per_5_minutes"),
]
# Only a base of others: it has no field of its own.
BASES = {"Options", "NodeOptions", "VolumeOptions", "LogDestinationOptions"}


@pytest.mark.parametrize(("options", "values", "field"), REFUSED, ids=[options.__name__ for options, _, _ in REFUSED])
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    options: type[Options], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        options(**values)

    error = refused.value.errors()[0]
    assert ".".join(map(str, error["loc"])).startswith(field)


def _subclasses(of: type[Options]) -> set[type[Options]]:
    return {of}.union(*(_subclasses(each) for each in of.__subclasses__()))


def test_no_class_of_options_is_left_out() -> None:
    for module in pkgutil.walk_packages(reference_constructs.__path__, "reference_constructs."):
        if module.name.endswith(("options", "values")):
            importlib.import_module(module.name)

    ours = {each.__name__ for each in _subclasses(Options) if each.__module__.startswith("reference_constructs.")}
    assert ours - BASES == {options.__name__ for options, _, _ in REFUSED}


def test_a_key_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"nat_gateway\n.*Extra inputs are not permitted"):
        VpcOptions.model_validate({"nat_gateway": "one"})


def test_options_cannot_change_once_they_are_checked() -> None:
    options = Ec2CapacityOptions.model_validate({"instance_types": ["m7g.large"]})

    with pytest.raises(ValidationError, match="Instance is frozen"):
        options.max_size = 7  # type: ignore[misc]
    assert isinstance(options.instance_types, tuple)
