"""How a service is found and reached by others of its cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.service_connect_options import (
    ServedPortOptions,
    ServiceConnectOptions,
    ServiceConnectTlsOptions,
    ServiceDiscoveryOptions,
)
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.traffic_shift import infrastructure_role
from reference_constructs.security.acknowledgements import acknowledge

_TLS_POLICY: Final = "service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity"


def open_ports(group: ec2.SecurityGroup, options: ServiceOptions, callers: Mapping[str, ec2.ISecurityGroup]) -> None:
    """Let the callers in, each to the ports that it is to reach, and nobody else.

    Args:
        group: Security group of the tasks that are called.
        options: Those of the service that is called.
        callers: Security groups that only tasks of one service have, by what the rule is to say of it, such as
            `Service orders`.
    """
    for caller, of_caller in callers.items():
        for port, protocol in options.reachable_ports:
            kind = ec2.Port.udp if protocol == "udp" else ec2.Port.tcp
            group.add_ingress_rule(of_caller, kind(port), caller)


def connect(
    scope: Construct, service: ecs.BaseService, options: ServiceConnectOptions, *, namespace: str, task: EcsTask
) -> None:
    """Put the proxy of Service Connect into the tasks.

    Args:
        scope: The construct of the service.
        service: The service.
        options: Which ports it serves.
        namespace: Name or ARN of the namespace.
        task: What runs; the proxy logs where its containers do.
    """
    encrypted = {
        name: _tls(scope, name, each.tls, service) for name, each in options.serves.items() if each.tls is not None
    }
    service.enable_service_connect(
        namespace=namespace,
        services=[_served(name, each, tls=encrypted.get(name), task=task) for name, each in options.serves.items()],
    )
    _state_logs(service, options, task)
    _state_test_traffic(service, options)


def _state_test_traffic(service: ecs.BaseService, options: ServiceConnectOptions) -> None:
    """Escape hatch: the L2 has no words for what marks a test request."""
    resource = cast(ecs.CfnService, service.node.default_child)
    for index, each in enumerate(options.serves.values()):
        if (test := each.test_traffic) is not None:
            value = {} if test.header_value is None else {"Value": {"Exact": test.header_value}}
            resource.add_property_override(
                f"ServiceConnectConfiguration.Services.{index}.ClientAliases.0.TestTrafficRules",
                {"Header": {"Name": test.header_name, **value}},
            )


def _state_logs(service: ecs.BaseService, options: ServiceConnectOptions, task: EcsTask) -> None:
    """Escape hatch: the L2 would grant the task execution role inline what it has already."""
    resource = cast(ecs.CfnService, service.node.default_child)
    resource.add_property_override(
        "ServiceConnectConfiguration.LogConfiguration",
        {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": task.log_group.log_group_name,
                "awslogs-region": service.stack.region,
                "awslogs-stream-prefix": "service-connect",
            },
        },
    )
    if (log := options.access_log) is not None:
        resource.add_property_override(
            "ServiceConnectConfiguration.AccessLogConfiguration",
            {
                "Format": log.format,
                "IncludeQueryParameters": "ENABLED" if log.include_query_parameters else "DISABLED",
            },
        )


def _served(
    name: str, options: ServedPortOptions, *, tls: ecs.ServiceConnectTlsConfiguration | None, task: EcsTask
) -> ecs.ServiceConnectService:
    idle, request = options.idle_timeout_seconds, options.request_timeout_seconds
    return ecs.ServiceConnectService(
        port_mapping_name=options.port_name,
        discovery_name=name,
        dns_name=options.client_name or name,
        port=options.client_port or task.options.named_ports[options.port_name],
        idle_timeout=None if idle is None else seconds(idle),
        per_request_timeout=None if request is None else seconds(request),
        tls=tls,
    )


def _tls(
    scope: Construct, name: str, options: ServiceConnectTlsOptions, service: ecs.BaseService
) -> ecs.ServiceConnectTlsConfiguration:
    role = infrastructure_role(scope, f"TlsRole-{name}", policy=_TLS_POLICY)
    acknowledge(
        role,
        f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_TLS_POLICY}]",
        packs=("AwsSolutions",),
        reason="What Amazon ECS needs to issue certificates and to hand them to the proxies, and changes with Amazon "
        "ECS. It is limited to authorities and secrets with the tags of Amazon ECS, and nobody else assumes the role.",
    )
    key = None
    if options.kms_key_arn is not None:
        key = kms.Key.from_key_arn(scope, f"TlsKey-{name}", options.kms_key_arn)
        # Without it, the first deployment fails.
        service.node.add_dependency(_allow_key(scope, name, key, role))
    return ecs.ServiceConnectTlsConfiguration(
        aws_pca_authority_arn=options.certificate_authority_arn, role=role, kms_key=key
    )


def _allow_key(scope: Construct, name: str, key: kms.IKey, role: iam.Role) -> iam.ManagedPolicy:
    """What the managed policy does not have, because AWS cannot know the key.

    Source: "Encrypt Amazon ECS Service Connect traffic". Amazon ECS makes pairs of keys with it, and encrypts secrets.
    """
    return iam.ManagedPolicy(
        scope,
        f"TlsKeyPolicy-{name}",
        statements=[
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"],
                resources=[key.key_arn],
            )
        ],
        roles=[role],
    )


def discover(
    service: ecs.BaseService,
    options: ServiceDiscoveryOptions,
    *,
    service_name: str,
    namespace: servicediscovery.INamespace,
) -> None:
    """Register the tasks in the private hosted zone of the namespace.

    Args:
        service: The service.
        options: The records.
        service_name: Name in the namespace where the options state none.
        namespace: A namespace with a hosted zone.
    """
    service.enable_cloud_map(
        cloud_map_namespace=namespace,
        name=options.name or service_name,
        dns_record_type=servicediscovery.DnsRecordType[options.record_type],
        dns_ttl=seconds(options.ttl_seconds),
    )
