"""Everything that an account holds, asked of each service itself: what a stack forgot, its own list does not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any

Client = Callable[[str], Any]
Inventory = set[tuple[str, str]]
"""Resource types, and identifiers as `Ref` gives them."""

# No service lists these: each is a setting of something else that is counted, and goes with it.
NOT_COUNTED = {
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::WebACLAssociation",
}

# The local cloud only remembers these, and this is where it does.
THROUGH_CLOUD_CONTROL = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",  # those over several metrics
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::EKS::FargateProfile",
    "AWS::SSM::Association",
    "AWS::WAFv2::LoggingConfiguration",
)


def inventory(client: Client) -> Inventory:
    """All that is there, the account's own default network included.

    Args:
        client: Makes a boto3 client of a service.
    """
    client = partial(_made, client)
    counted = {(resource_type, identifier) for resource_type, ask in _ASK.items() for identifier in ask(client)}
    control = client("cloudcontrol")
    for resource_type in THROUGH_CLOUD_CONTROL:
        for each in _all(control, "list_resources", "ResourceDescriptions", TypeName=resource_type):
            counted.add((resource_type, each["Identifier"]))
    return counted


@cache
def _made(client: Client, service: str) -> Any:  # noqa: ANN401
    """Making a client takes ten times as long as asking it."""
    return client(service)


def _all(client: Any, operation: str, key: str, **request: object) -> list[Any]:  # noqa: ANN401 - boto3 has no types
    """What an operation answers under a key, over all pages."""
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**request)[key])
    return [each for page in client.get_paginator(operation).paginate(**request) for each in page.get(key, [])]


def _listed(service: str, operation: str, key: str, identifier: str = "", **request: object) -> Ask:
    """The plain case: one call lists them all."""

    def ask(client: Client) -> Iterable[str]:
        for each in _all(client(service), operation, key, **request):
            yield each[identifier] if identifier else each

    return ask


def _routes(client: Client) -> Iterator[str]:
    for table in _all(client("ec2"), "describe_route_tables", "RouteTables"):
        for route in table["Routes"]:
            yield f"{table['RouteTableId']}|{route.get('DestinationCidrBlock')}"


def _associations(client: Client) -> Iterator[str]:
    for table in _all(client("ec2"), "describe_route_tables", "RouteTables"):
        for association in table["Associations"]:
            yield association["RouteTableAssociationId"]


def _attachments(client: Client) -> Iterator[str]:
    for gateway in _all(client("ec2"), "describe_internet_gateways", "InternetGateways"):
        for attachment in gateway["Attachments"]:
            yield f"IGW|{attachment['VpcId']}"


def _security_group_rules(*, egress: bool) -> Ask:
    def ask(client: Client) -> Iterator[str]:
        for rule in _all(client("ec2"), "describe_security_group_rules", "SecurityGroupRules"):
            if rule["IsEgress"] is egress:
                yield rule["SecurityGroupRuleId"]

    return ask


def _nat_gateways(client: Client) -> Iterator[str]:
    for gateway in _all(client("ec2"), "describe_nat_gateways", "NatGateways"):
        if gateway["State"] not in ("deleting", "deleted"):
            yield gateway["NatGatewayId"]


def _keys(client: Client) -> Iterator[str]:
    kms = client("kms")
    for key in _all(kms, "list_keys", "Keys"):
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            yield key["KeyId"]


def _records(client: Client) -> Iterator[str]:
    """Without those that a hosted zone cannot be without."""
    route53 = client("route53")
    for zone in _all(route53, "list_hosted_zones", "HostedZones"):
        for record in _all(route53, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"]):
            if record["Type"] not in ("NS", "SOA"):
                yield record["Name"]


def _listeners(client: Client) -> Iterator[str]:
    elb = client("elbv2")
    for balancer in _all(elb, "describe_load_balancers", "LoadBalancers"):
        arn = balancer["LoadBalancerArn"]
        for listener in _all(elb, "describe_listeners", "Listeners", LoadBalancerArn=arn):
            yield listener["ListenerArn"]


def _listener_rules(client: Client) -> Iterator[str]:
    for listener in _listeners(client):
        for rule in _all(client("elbv2"), "describe_rules", "Rules", ListenerArn=listener):
            if not rule["IsDefault"]:
                yield rule["RuleArn"]


def _of_ecs_clusters(operation: str, key: str) -> Ask:
    def ask(client: Client) -> Iterator[str]:
        for cluster in _all(client("ecs"), "list_clusters", "clusterArns"):
            yield from _all(client("ecs"), operation, key, cluster=cluster)

    return ask


def _ecs_clusters(client: Client) -> Iterator[str]:
    for arn in _all(client("ecs"), "list_clusters", "clusterArns"):
        yield arn.rpartition("/")[2]


def _capacity_providers(client: Client) -> Iterator[str]:
    for provider in _all(client("ecs"), "describe_capacity_providers", "capacityProviders"):
        if provider["status"] == "ACTIVE":
            yield provider["name"]


def _of_eks_clusters(operation: str, key: str, identifier: str) -> Ask:
    """What a cluster holds; `identifier` puts the names of both together."""

    def ask(client: Client) -> Iterator[str]:
        for cluster in _all(client("eks"), "list_clusters", "clusters"):
            for name in _all(client("eks"), operation, key, clusterName=cluster):
                yield identifier.format(cluster=cluster, name=name)

    return ask


def _web_acls(client: Client) -> Iterator[str]:
    for acl in _all(client("wafv2"), "list_web_acls", "WebACLs", Scope="REGIONAL"):
        yield f"{acl['Name']}|{acl['Id']}|REGIONAL"


Ask = Callable[[Client], Iterable[str]]
_ASK: dict[str, Ask] = {
    "AWS::AutoScaling::AutoScalingGroup": _listed(
        "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"
    ),
    "AWS::CertificateManager::Certificate": _listed(
        "acm", "list_certificates", "CertificateSummaryList", "CertificateArn"
    ),
    "AWS::CloudWatch::Alarm": _listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::EC2::EIP": _listed("ec2", "describe_addresses", "Addresses", "PublicIp"),
    "AWS::EC2::FlowLog": _listed("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    "AWS::EC2::InternetGateway": _listed("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "AWS::EC2::LaunchTemplate": _listed("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    "AWS::EC2::NatGateway": _nat_gateways,
    "AWS::EC2::Route": _routes,
    "AWS::EC2::RouteTable": _listed("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    "AWS::EC2::SecurityGroup": _listed("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "AWS::EC2::SecurityGroupEgress": _security_group_rules(egress=True),
    "AWS::EC2::SecurityGroupIngress": _security_group_rules(egress=False),
    "AWS::EC2::Subnet": _listed("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "AWS::EC2::SubnetRouteTableAssociation": _associations,
    "AWS::EC2::VPC": _listed("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "AWS::EC2::VPCEndpoint": _listed("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "AWS::EC2::VPCGatewayAttachment": _attachments,
    "AWS::ECR::Repository": _listed("ecr", "describe_repositories", "repositories", "repositoryName"),
    "AWS::ECS::CapacityProvider": _capacity_providers,
    "AWS::ECS::Cluster": _ecs_clusters,
    "AWS::ECS::Service": _of_ecs_clusters("list_services", "serviceArns"),
    "AWS::ECS::Task": _of_ecs_clusters("list_tasks", "taskArns"),
    "AWS::ECS::TaskDefinition": _listed("ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"),
    "AWS::EKS::AccessEntry": _of_eks_clusters("list_access_entries", "accessEntries", "{name}|{cluster}"),
    "AWS::EKS::Addon": _of_eks_clusters("list_addons", "addons", "{cluster}|{name}"),
    "AWS::EKS::Cluster": _listed("eks", "list_clusters", "clusters"),
    "AWS::EKS::Nodegroup": _of_eks_clusters("list_nodegroups", "nodegroups", "{name}"),
    "AWS::ElasticLoadBalancingV2::Listener": _listeners,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rules,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _listed(
        "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _listed(
        "elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"
    ),
    "AWS::Events::Rule": _listed("events", "list_rules", "Rules", "Name"),
    "AWS::IAM::InstanceProfile": _listed("iam", "list_instance_profiles", "InstanceProfiles", "Arn"),
    "AWS::IAM::ManagedPolicy": _listed("iam", "list_policies", "Policies", "Arn", Scope="Local"),
    "AWS::IAM::Role": _listed("iam", "list_roles", "Roles", "RoleName"),
    "AWS::KMS::Key": _keys,
    "AWS::Logs::LogGroup": _listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::Route53::RecordSet": _records,
    "AWS::S3::Bucket": _listed("s3", "list_buckets", "Buckets", "Name"),
    "AWS::SNS::Topic": _listed("sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SQS::Queue": _listed("sqs", "list_queues", "QueueUrls"),
    "AWS::SSM::Parameter": _listed("ssm", "describe_parameters", "Parameters", "Name"),
    "AWS::Scheduler::Schedule": _listed("scheduler", "list_schedules", "Schedules", "Name"),
    "AWS::Scheduler::ScheduleGroup": _listed("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    "AWS::WAFv2::WebACL": _web_acls,
}
