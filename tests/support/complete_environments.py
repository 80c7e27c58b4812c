"""Environments that together set every key to a value that has an effect, for `environment_keys.py`.

Where keys exclude each other (ways to serve, Fargate or instances, scaling or a fixed number), each environment has
another of them. A key that none of them states has its default. Services state a priority, so that a copy of one under
another name has the same listener rule.
"""

from __future__ import annotations

from typing import Any, Final

_COMMON: Final[dict[str, Any]] = {
    "region": "eu-west-1",
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
    "tags": {"owner": "team", "cost_centre": "shop"},
    "registry": {"repositories": {"shop/api": {"pull_account_ids": ["444455556666"]}}},
}

_HOSTED_ZONE: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "availability_zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    "network": {"interface_endpoints": ["ecr.api"], "endpoint_account_ids": ["444455556666"]},
    "ecs": {
        "capacity": {
            "default": {"min_size": 2, "on_demand_percent_above_base": 50, "target_capacity_percent": 90},
            "spare": {"egress": [{"cidr": "10.9.0.0/16", "port": 5000}]},
        },
        "load_balancer": {
            "scheme": "internet-facing",
            "allowed_cidrs": ["198.51.100.0/24"],
            "record_name": "www.example.com",
            "hosted_zone": {"hosted_zone_id": "Z0123456789ABCDEFGHIJ", "zone_name": "example.com"},
        },
        "alarms": {"email_addresses": ["team@example.com"]},
        "services": {
            "app": {
                "capacity_provider_strategy": [
                    {"capacity_provider": "FARGATE", "base": 1},
                    {"capacity_provider": "FARGATE_SPOT", "weight": 3},
                ],
                "cpu_units": 512,
                "memory_mib": 1024,
                "secrets_kms_key_arns": ["arn:aws:kms:eu-west-1:111122223333:key/0123"],
                "containers": {
                    "migration": {
                        "image": "shop/api:2.4.0",
                        "essential": False,
                        "command": ["migrate"],
                        "entry_point": ["/api"],
                        "environment": {"LOG_LEVEL": "info"},
                        "secrets": {"URL": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf:url::"},
                        "memory_mib": 256,
                        "writable_paths": ["/var/cache"],
                    },
                    "web": {
                        "image": "public.ecr.aws/nginx/nginx:1.29.0",
                        "port": 8080,
                        "depends_on": [{"container": "migration", "condition": "SUCCESS"}],
                        "health_check": {"command": ["CMD", "/web", "--check"]},
                    },
                    "log": {"image": "docker.io/fluent/fluent-bit:4.0.1"},
                },
                "egress": [{"cidr": "10.8.0.0/16", "protocol": "tcp", "port": 5432}],
                "task_role_statements": [
                    {
                        "actions": ["s3:GetObject"],
                        "resources": ["arn:aws:s3:::orders/*"],
                        "conditions": {"StringEquals": {"aws:PrincipalTag/team": ["shop"]}},
                    }
                ],
                "routing": {"path_patterns": ["/a/*"], "host_headers": ["www.example.com"], "priority": 10},
                "scaling": {"requests_per_target": 500},
            }
        },
    },
    "eks": {
        "control_plane_availability_zones": ["eu-west-1a", "eu-west-1b"],
        "service_cidr": "172.20.0.0/16",
        "remote_networks": {"node_cidrs": ["192.168.10.0/24"], "pod_cidrs": ["192.168.20.0/24"]},
        "endpoint": {
            "access": "public_and_private",
            "public_access_cidrs": ["192.31.196.0/24"],
            "private_access_cidrs": ["10.0.0.0/8"],
        },
        "access_entries": {
            "team": {"principal_arn": "arn:aws:iam::111122223333:role/team", "namespaces": ["shop"]},
        },
        "nodes": {
            "general": {
                "kind": "managed",
                "labels": {"example.com/team": "shop"},
                "taints": [{"key": "team", "value": "shop", "effect": "PREFER_NO_SCHEDULE"}],
                "kubelet": {"podPidsLimit": 4096},
                "node_repair": {
                    "overrides": [
                        {"condition": "KernelReady", "reason": "KernelBug", "wait_minutes": 9, "action": "reboot"}
                    ]
                },
            },
            "minimal": {
                "kind": "managed",
                "operating_system": "bottlerocket",
                "bottlerocket_settings": {"kernel": {"lockdown": "integrity"}, "motd": "hello"},
            },
            "edge": {
                "kind": "self_managed",
                "instance_types": ["m7g.large", "m6g.large"],
                "kubelet": {"podPidsLimit": 4096},
                "labels": {"example.com/team": "edge"},
                "taints": [{"key": "team", "value": "edge", "effect": "PREFER_NO_SCHEDULE"}],
                "on_demand_percent_above_base": 50,
            },
            "lean": {
                "kind": "self_managed",
                "operating_system": "bottlerocket",
                "bottlerocket_settings": {"kernel": {"lockdown": "integrity"}, "motd": "hello"},
            },
            "plant": {"kind": "hybrid"},
            "batch": {"kind": "fargate", "selectors": [{"namespace": "batch", "labels": {"team": "shop"}}]},
        },
        "add_ons": {"metrics-server": {"version": "v0.8.0-eksbuild.6", "configuration": {"replicas": 2}}},
    },
    "acknowledged_warnings": [
        {
            "warning": "spot_has_several_instance_types",
            "key": "ecs.capacity.default",
            "reason": "The queue can wait for a single type.",
        },
        {
            "warning": "endpoint_of_hybrid_nodes_is_public_or_private",
            "key": "eks.endpoint.access",
            "reason": "The resolver on premises gives the private addresses.",
        },
    ],
}

_CERTIFICATE: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    # A zone more moves the private subnets only where the public ones are not much smaller.
    "network": {"public_prefix_length": 20, "private_prefix_length": 20},
    "ecs": {
        "capacity": {"default": {}, "spare": {}},
        "load_balancer": {
            "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
            "web_acl": None,
        },
        "services": {
            "app": {
                "capacity_provider_strategy": [{"capacity_provider": "default", "base": 1}],
                "containers": {"web": {"image": "shop/api:2.4.0", "read_only_root_filesystem": False}},
                "desired_count": 2,
            }
        },
    },
    "eks": {"nodes": {"general": {"kind": "managed"}}},
}

COMPLETE_ENVIRONMENTS: Final = (_HOSTED_ZONE, _CERTIFICATE)
