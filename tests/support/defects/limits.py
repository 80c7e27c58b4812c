"""What CloudFormation's schemas accept and a service refuses; the comments name the page of AWS that says so."""

from __future__ import annotations

import json

from tests.support.defects.defect import CONTAINER, Defect, append, put

_SERVICE = "production-ecs-service-hello-host"
_CLUSTER = "production-ecs-cluster"
_KUBERNETES = "production-eks-cluster"
_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
_EXPIRE = {"type": "expire"}
_ANY = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5}

LIMITS = (
    Defect(  # Elastic Load Balancing API Reference, CreateTargetGroup
        name="health check that outlasts its interval",
        stack=_SERVICE,
        change=put(_TARGETS, "HealthCheckTimeoutSeconds", 10),
        named_by=("pf-elbv2-hc-timeout-interval",),
    ),
    Defect(  # Elastic Load Balancing API Reference, TargetGroupAttribute
        name="two hours of deregistration",
        stack=_SERVICE,
        change=put(_TARGETS, "TargetGroupAttributes.0.Value", "7200"),
        named_by=("pf-elbv2-tg-deregistration-delay-range",),
    ),
    Defect(  # Elastic Load Balancing API Reference, LoadBalancerAttribute
        name="idle connections for longer than an hour",
        stack=_CLUSTER,
        change=append(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "LoadBalancerAttributes",
            {"Key": "idle_timeout.timeout_seconds", "Value": "5000"},
        ),
        named_by=("pf-elbv2-lb-idle-timeout-range",),
    ),
    Defect(  # Amazon ECS API Reference, HealthCheck
        name="container check that may take minutes",
        stack=_SERVICE,
        change=put("AWS::ECS::TaskDefinition", f"{CONTAINER}.HealthCheck.Timeout", 200),
        named_by=("pf-ecs-healthcheck-timeout-range",),
    ),
    Defect(  # Amazon ECS API Reference, EphemeralStorage
        name="less storage than a task has anyway",
        stack=_SERVICE,
        change=put("AWS::ECS::TaskDefinition", "EphemeralStorage", {"SizeInGiB": 10}),
        named_by=("pf-ecs-ephemeral-storage-range",),
    ),
    Defect(  # Amazon ECS API Reference, CreateService
        name="launch type beside a capacity provider",
        stack=_SERVICE,
        change=put("AWS::ECS::Service", "LaunchType", "FARGATE"),
        named_by=("pf-ecs-service-launch-type-capacity-provider",),
    ),
    Defect(  # AWS WAF API Reference, Rule
        name="two rules of one priority",
        stack=_CLUSTER,
        change=put("AWS::WAFv2::WebACL", "Rules.1.Priority", 0),
        named_by=("pf-wafv2-rule-unique",),
    ),
    Defect(  # Amazon ECR User Guide, Lifecycle policy properties in Amazon ECR
        name="two lifecycle rules of one priority",
        stack="production-registry",
        change=put(
            "AWS::ECR::Repository",
            "LifecyclePolicy.LifecyclePolicyText",
            json.dumps(
                {
                    "rules": [
                        {"rulePriority": 1, "selection": {**_ANY, "tagStatus": "untagged"}, "action": _EXPIRE},
                        {"rulePriority": 1, "selection": _ANY, "action": _EXPIRE},
                    ]
                }
            ),
        ),
        named_by=("pf-ecr-lifecycle-rule-priority",),
    ),
    Defect(  # Amazon EC2 API Reference, CreateFlowLogs
        name="flow logs every five minutes",
        stack="production-network",
        change=put("AWS::EC2::FlowLog", "MaxAggregationInterval", 300),
        named_by=("pf-ec2-flow-log-aggregation-interval",),
    ),
    Defect(  # Amazon EKS API Reference, KubernetesNetworkConfigRequest
        name="addresses of others for Kubernetes services",
        stack=_KUBERNETES,
        change=put("AWS::EKS::Cluster", "KubernetesNetworkConfig.ServiceIpv4Cidr", "8.8.0.0/16"),
        named_by=("pf-eks-cluster-service-ipv4-cidr-private-range",),
    ),
    Defect(  # Amazon EKS API Reference, CreateNodegroup
        name="disk size beside a launch template",
        stack=_KUBERNETES,
        change=put("AWS::EKS::Nodegroup", "DiskSize", 50),
        named_by=("pf-eks-nodegroup-lt-forbids-disk-size",),
    ),
    Defect(  # Amazon EKS User Guide, Create access entries
        name="access policies for nodes",
        stack=_KUBERNETES,
        change=put("AWS::EKS::AccessEntry", "Type", "EC2_LINUX"),
        named_by=("pf-eks-accessentry-node-type-forbids-policies",),
    ),
)
