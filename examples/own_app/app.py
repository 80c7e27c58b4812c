"""Our constructs in an app of your own: a network and one ECS service, in one stack, no environment file."""

from __future__ import annotations

from ipaddress import IPv4Network

import aws_cdk as cdk

from reference_constructs.ecs.cluster import EcsCluster
from reference_constructs.ecs.container_options import ContainerOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task import EcsTask
from reference_constructs.edge.load_balancer import SharedLoadBalancer
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.network.vpc_options import VpcOptions
from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.security.retention_options import RetentionOptions

DISPOSABLE = RetentionOptions(protected=False, log_retention_days=30)
SERVICE = ServiceOptions(
    containers={
        "web": ContainerOptions(
            image="quay.io/nginx/nginx-unprivileged:1.29.3-alpine",
            port=8080,
            writable_paths=("/tmp",),  # noqa: S108 - a path in the container
        )
    },
    routing=RoutingOptions(path_patterns=("/*",), priority=1),
    alarms=False,
)

app = cdk.App()
stack = cdk.Stack(app, "shop", env=cdk.Environment(region="eu-central-1"))

key = EncryptionKey(stack, "Key", description="shop: logs", retention=DISPOSABLE)
key.allow_cloudwatch_logs()
network = PlatformVpc(
    stack,
    "Network",
    options=VpcOptions(nat_gateways="one"),
    availability_zones=["eu-central-1a", "eu-central-1b"],
    log_key=key,
    retention=DISPOSABLE,
)
cluster = EcsCluster(stack, "Ecs", vpc=network.vpc, cluster_name="shop", encryption_key=key, retention=DISPOSABLE)
balancer = SharedLoadBalancer(
    stack,
    "LoadBalancer",
    # Internal, and an example; a certificate or a hosted zone gives HTTPS.
    options=LoadBalancerOptions(
        allowed_cidrs=(IPv4Network("10.0.0.0/16"),), plain_http=True, access_log_retention_days=None
    ),
    vpc=network.vpc,
    subnets=network.private_subnets,
    retention=DISPOSABLE,
)
EcsService(
    stack,
    "Service",
    options=SERVICE,
    cluster=cluster.cluster,
    task=EcsTask(stack, "Task", options=SERVICE, encryption_key=key, retention=DISPOSABLE),
    subnets=network.private_subnets,
    listener=balancer.listener,
)

app.synth()
