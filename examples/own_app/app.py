"""Our constructs in an app of your own: a network and one ECS service, in one stack, no environment file."""

from __future__ import annotations

import aws_cdk as cdk
from reference_constructs.ecs.container import Container
from reference_constructs.ecs.load_balancer import SharedLoadBalancer
from reference_constructs.ecs.task_definition import ServiceTaskDefinition

from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.service import CapacityShare, EcsService, Routing
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.registry.image_source import ImageSource
from reference_constructs.security.encryption_key import EncryptionKey

app = cdk.App()
stack = cdk.Stack(app, "shop", env=cdk.Environment(region="eu-central-1"))

key = EncryptionKey(stack, "Key", description="shop: logs", protected=False)
key.allow_cloudwatch_logs()
network = PlatformVpc(
    stack,
    "Network",
    availability_zones=["eu-central-1a", "eu-central-1b"],
    log_key=key,
    nat_gateways="one",
    protected=False,
)
cluster = EcsCluster(
    stack, "Ecs", vpc=network.vpc, cluster_name="shop", encryption_key=key, log_retention_days=30, protected=False
)
balancer = SharedLoadBalancer(
    stack,
    "LoadBalancer",
    vpc=network.vpc,
    subnets=network.private_subnets,
    allowed_cidrs=["10.0.0.0/16"],
    plain_http=True,  # internal, and an example; certificate_arn or dns_name gives HTTPS
    access_log_retention_days=None,
    protected=False,
)
task = ServiceTaskDefinition(
    stack,
    "Task",
    containers=[
        Container(
            name="web",
            image=ImageSource(uri="quay.io/nginx/nginx-unprivileged:1.29.3-alpine"),
            port=8080,
            writable_paths=["/tmp"],  # noqa: S108 - a path in the container
        )
    ],
    encryption_key=key,
    protected=False,
)
EcsService(
    stack,
    "Service",
    cluster=cluster.cluster,
    task=task,
    subnets=network.private_subnets,
    capacity_provider_strategy=[CapacityShare(capacity_provider="FARGATE")],
    routing=Routing(listener=balancer.listener, priority=1, path_patterns=["/*"]),
    alarms=False,
)

app.synth()
