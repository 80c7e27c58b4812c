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
    "tags": {"owner": "team", "cost_centre": "shop", "additional": {"data-class": "internal"}},
    "registry": {
        "repositories": {
            "shop/api": {
                "pull_account_ids": ["444455556666"],
                "pull_organization_ids": ["o-a1b2c3d4e5"],
                "mutable_tags": ["cache"],
            }
        },
        "pull_through_cache_credentials": {
            "github": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/github-AbCdEf"
        },
        "enhanced_scanning": {"email_addresses": ["security@example.com"]},
        "replication": [{"region": "eu-central-1", "account_id": "444455556666"}],
        "signing_profile_arn": "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images",
    },
}

_WITHOUT_KEYS: Final = (
    *("snapshot-controller", "aws-ebs-csi-driver", "eks-node-monitoring-agent", "aws-efs-csi-driver"),
    *("aws-fsx-csi-driver", "aws-secrets-store-csi-driver-provider", "amazon-cloudwatch-observability"),
    *("aws-network-flow-monitoring-agent", "kube-state-metrics", "prometheus-node-exporter", "cert-manager"),
    *("aws-privateca-connector-for-kubernetes", "external-dns"),
)


def _task() -> dict[str, Any]:
    """A task of its own each time, with every key that tasks of all kinds have."""
    return {
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
                "writable_paths": [{"path": "/var/cache", "size_mib": 32, "exec": True}],
                "mounts": {"scratch": {"path": "/scratch", "read_only": True}},
                "environment_files": ["arn:aws:s3:::settings/migration.env"],
                "working_directory": "/srv",
                "labels": {"team": "shop"},
                "cpu_units": 128,
                "memory_reservation_mib": 128,
                "ulimits": {"nofile": {"soft_limit": 1024, "hard_limit": 4096}},
                "system_controls": {"net.core.somaxconn": "1024"},
                "pseudo_terminal": True,
                "start_timeout_seconds": 60,
            },
            "web": {
                "image": "public.ecr.aws/nginx/nginx:1.29.0",
                "port": 8080,
                "additional_ports": {"grpc": {"port": 8081}},
                "depends_on": [{"container": "migration", "condition": "SUCCESS"}],
                "health_check": {"command": ["CMD", "/web", "--check"]},
            },
            "log": {
                "image": "registry.example.com/fluent-bit:4.0.1",
                "repository_credentials_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:r-AbCdEf",
                "port": 2021,
                "additional_ports": {"metrics": {"port": 2020, "protocol": "udp"}},
                "port_ranges": [{"first_port": 10000, "last_port": 10100, "protocol": "udp"}],
                "mounts": {
                    "scratch": {"path": "/scratch"},
                    "files": {"path": "/files"},
                },
                "restart_policy": {"ignored_exit_codes": [143]},
            },
        },
        "volumes": {
            "scratch": {"kind": "shared"},
            "files": {"kind": "efs", "file_system_id": "fs-0000000a", "access_point_id": "fsap-0000000a"},
        },
        "ephemeral_storage_gib": 30,
        "log_router": {"destination": {"kind": "s3", "bucket_arn": "arn:aws:s3:::logs", "prefix": "app"}},
        "sidecars": {"collector": {"memory_mib": 200}, "cloudwatch_agent": {"namespace": "Shop"}},
        "egress": [{"cidr": "10.8.0.0/16", "protocol": "tcp", "port": 5432}],
        "task_role_statements": [
            {
                "actions": ["s3:GetObject"],
                "resources": ["arn:aws:s3:::orders/*"],
                "conditions": {"StringEquals": {"aws:PrincipalTag/team": ["shop"]}},
            }
        ],
    }


def _with_ebs_volume(task: dict[str, Any]) -> dict[str, Any]:
    """The task with a volume that only services have."""
    task["volumes"]["data"] = _EBS_VOLUME
    task["containers"]["log"]["mounts"]["data"] = {"path": "/data"}
    return task


_EBS_VOLUME: Final[dict[str, Any]] = {
    "kind": "ebs",
    "size_gib": 20,
    "iops": 3100,
    "throughput_mib_per_second": 130,
    "snapshot_id": "snap-0000000a",
}


def _metric() -> dict[str, Any]:
    return {"namespace": "Shop/Jobs", "metric_name": "Jobs", "dimensions": {"Shop": "north"}}


_FIREHOSE: Final[dict[str, Any]] = {
    "kind": "firehose",
    "stream_arn": "arn:aws:firehose:eu-west-1:111122223333:deliverystream/logs",
}
_OPENSEARCH: Final[dict[str, Any]] = {
    "kind": "opensearch",
    "domain_arn": "arn:aws:es:eu-west-1:111122223333:domain/logs",
    "endpoint": "vpc-logs.eu-west-1.es.amazonaws.com",
    "index": "app",
}


def _balancer() -> dict[str, Any]:
    """What an Application Load Balancer has besides its scheme and its way to serve; of its own each time."""
    return {
        "allowed_prefix_list_ids": ["pl-0000000a"],
        "idle_timeout_seconds": 120,
        "client_keep_alive_seconds": 600,
        "response_headers": {
            "strict_transport_security": "max-age=31536000",
            "content_security_policy": "default-src 'self'",
            "x_content_type_options": "nosniff",
            "x_frame_options": "DENY",
            "access_control_allow_origin": "https://www.example.com",
            "access_control_allow_methods": "GET",
            "access_control_allow_headers": "X-Tenant",
            "access_control_expose_headers": "X-Tenant",
            "access_control_allow_credentials": True,
            "access_control_max_age": "600",
        },
        "redirects": {
            "www": {
                **_conditions("/old"),
                "priority": 3,
                "host": "www.example.com",
                "path": "/new/#{path}",
                "query": "#{query}",
                "port": 8443,
            }
        },
        "fixed_responses": {"closed": {**_conditions("/closed"), "priority": 4, "status_code": "503"}},
    }


_POOL: Final[dict[str, Any]] = {
    "kind": "cognito",
    "user_pool_arn": "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI",
    "client_id": "shop",
    "domain": "shop",
}
_PROVIDERS: Final[dict[str, Any]] = {
    "staff": {
        "kind": "oidc",
        "issuer": "https://login.example.com",
        "authorization_endpoint": "https://login.example.com/authorize",
        "token_endpoint": "https://login.example.com/token",
        "user_info_endpoint": "https://login.example.com/userinfo",
        "client_id": "shop",
        "client_secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:login-AbCdEf",
    },
    "customers": _POOL,
}


_IPV6_BALANCER: Final[dict[str, Any]] = {
    "additional_certificate_arns": ["arn:aws:acm:eu-west-1:111122223333:certificate/0124"],
    "ip_address_type": "dualstack",
    "allowed_ipv6_cidrs": ["2001:db8::/32"],
    "mutual_tls": {
        "trust_store_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/a/50dc6c495c0c9188"
    },
}


def _conditions(path: str) -> dict[str, Any]:
    """One value of each condition but for the host; of its own each time."""
    return {
        "path_patterns": [path],
        "http_headers": {"X-Tenant": ["shop"]},
        "http_request_methods": ["GET"],
        "query_strings": [{"key": "v", "value": "1"}],
        "source_ips": ["10.0.0.0/8"],
    }


def _routing(path: str, priority: int) -> dict[str, Any]:
    """A routing with all that one with HTTP/1.1 can have; of its own each time."""
    return {
        **_conditions(path),
        "priority": priority,
        "container": "web",
        "url_rewrite": {"regex": "^/a/(.*)$", "replace": "/$1"},
        "host_rewrite": {"regex": "^(.*)$", "replace": "inner.$1"},
        "authentication": {"identity_provider": "staff"},
        "further_rules": {
            "more": {
                **_conditions(f"{path}/more"),
                "priority": priority + 1,
                "url_rewrite": {"regex": "^/b/(.*)$", "replace": "/$1"},
                "host_rewrite": {"regex": "^(.*)$", "replace": "inner.$1"},
                "authentication": {"identity_provider": "staff"},
            }
        },
        "slow_start_seconds": 60,
        "stickiness": {"cookie_name": "SESSION"},
    }


_NETWORK_ROUTING: Final[dict[str, Any]] = {
    "load_balancer": "connections",
    "listener": "game",
    "container": "web",
    "container_port": 8080,
    "health_check_protocol": "HTTP",
    "health_check_path": "/health",
    "health_check_port": 8081,
    "stickiness": True,
    "preserve_client_ip": True,
}


def _login_page() -> dict[str, Any]:
    """Of its own each time."""
    login = {"login_path": "/login", "username_field": "user", "password_field": "password"}
    return {"account_takeover_prevention": login}


def _cloudfront(**more: object) -> dict[str, Any]:
    """Of its own each time."""
    return {
        "aliases": ["shop.example.com"],
        "certificate_arn": "arn:aws:acm:us-east-1:111122223333:certificate/0123",
        "hosted_zone": {"hosted_zone_id": "Z0123456789ABCDEFGHIJ", "zone_name": "example.com"},
        "cached_path_patterns": ["/assets/*"],
        "origin_domain_name": "internal.example.com",
        "response_headers_policy": "SimpleCORS",
        "web_acl_arn": "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/0123abcd-0123-4567-89ab-0123456789ab",
        "access_log_bucket": "logs",
        **more,
    }


def _network_balancer() -> dict[str, Any]:
    """Of its own each time."""
    return {
        "allowed_cidrs": ["10.0.0.0/8"],
        "listeners": {
            "game": {"port": 7777},
            "secure": {
                "port": 443,
                "protocol": "TLS",
                "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
            },
        },
    }


def _windows_task() -> dict[str, Any]:
    """A task of its own each time, with a volume that only Windows tasks on instances have."""
    return {
        "capacity_provider_strategy": [{"capacity_provider": "windows"}],
        "architecture": "x86_64",
        "operating_system": "windows_server_2022_core",
        "cpu_units": 1024,
        "memory_mib": 2048,
        "containers": {
            "web": {
                "image": "shop/api:2.4.0",
                "mounts": {"files": {"path": r"C:\files"}, "scratch": {"path": r"C:\scratch"}},
            }
        },
        "volumes": {
            "scratch": {"kind": "shared"},
            "files": {
                "kind": "fsx_windows",
                "file_system_id": "fs-0000000a",
                "domain": "corp.example.com",
                "credentials_secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:r-AbCdEf",
            },
        },
    }


def _windows_tasks() -> dict[str, Any]:
    """One of each kind that is no service."""
    return {
        "scheduled_tasks": {"scan": {**_windows_task(), "schedule_expression": "rate(1 hour)"}},
        "standalone_tasks": {"import": _windows_task()},
        "queue_workers": {"convert": _windows_task()},
    }


def _other_tasks(destination: dict[str, Any]) -> dict[str, Any]:
    """A task of each kind that is no service, with a log router."""
    task = {"containers": {"web": {"image": "shop/api:2.4.0"}}, "log_router": {"destination": destination}}
    return {
        "scheduled_tasks": {"clean": {**task, "schedule_expression": "rate(1 hour)"}},
        "standalone_tasks": {"seed": task},
        "queue_workers": {"orders": task},
    }


def _callers(tasks: dict[str, Any]) -> dict[str, Any]:
    """The tasks, with a queue worker that knows names of services."""
    worker = {**tasks["queue_workers"]["orders"], "service_connect": {"access_log": {"include_query_parameters": True}}}
    return {**tasks, "queue_workers": {"orders": worker}}


_HOSTED_ZONE: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "working_hours": {"start": "07:00", "stop": "20:00", "days": ["MON", "TUE"]},
    "availability_zones": ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    "network": {
        "interface_endpoints": ["ecr.api"],
        "endpoint_account_ids": ["444455556666"],
        "routes": {"office": {"cidrs": ["10.99.0.0/16"], "target": "tgw-0000000a"}},
        "pod_cidr": "100.64.0.0/16",
    },
    "ecs": {
        "namespace": {"name": "shop"},
        "vpc_lattice": {"prefix_list_id": "pl-0123456789abcdef0"},
        "capacity": {
            "default": {"min_size": 2, "on_demand_percent_above_base": 50, "target_capacity_percent": 90},
            "spare": {
                "egress": [{"cidr": "10.9.0.0/16", "port": 5000}],
                "warm_pool": {"min_size": 1, "max_prepared": 4},
            },
            "gpu": {
                "architecture": "x86_64",
                "accelerator": "nvidia",
                "instance_requirements": {
                    "vcpus_max": 16,
                    "memory_mib_max": 65536,
                    "gpus_min": 1,
                    "gpus_max": 4,
                    "cpu_manufacturers": ["intel"],
                    "excluded_instance_types": ["p5*"],
                },
                "capacity_reservation_group_arn": "arn:aws:resource-groups:eu-west-1:111122223333:group/gpu",
            },
            "reserved": {"capacity_reservation_id": "cr-0123456789abcdef0"},
            "bursts": {
                "kind": "managed_instances",
                "capacity_option": "spot",
                "instance_requirements": {"excluded_instance_types": ["m7*"]},
            },
            "managed": {
                "kind": "managed_instances",
                "capacity_option": "reserved",
                "capacity_reservation_group_arn": "arn:aws:resource-groups:eu-west-1:111122223333:group/apps",
                "instance_requirements": {
                    "vcpus_max": 16,
                    "memory_mib_max": 65536,
                    "gpus_max": 1,
                    "cpu_manufacturers": ["intel"],
                    "allowed_instance_types": ["m7*"],
                },
                "scale_in_after_seconds": 600,
                "egress": [{"cidr": "10.9.0.0/16", "port": 5000}],
            },
        },
        "load_balancer": {
            "scheme": "internet-facing",
            "allowed_cidrs": ["198.51.100.0/24"],
            "allowed_security_group_ids": ["sg-0000000c"],
            "record_name": "www.example.com",
            "hosted_zone": {"hosted_zone_id": "Z0123456789ABCDEFGHIJ", "zone_name": "example.com"},
            **_balancer(),
            "web_acl": {
                "managed_rule_groups": {
                    "AWSManagedRulesSQLiRuleSet": {"version": "Version_1.1", "count_rules": ["SQLi_BODY"]},
                    "AWSManagedRulesBotControlRuleSet": {"inspection_level": "COMMON"},
                    "AWSManagedRulesATPRuleSet": _login_page(),
                },
                "rule_group_arns": [
                    "arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/shop/0123abcd-0123-4567-89ab-0123456789ab"
                ],
                "blocked_countries": ["AQ"],
            },
            "mutual_tls": {"ca_bundle_bucket": "certificates", "ca_bundle_key": "ca.pem", "ca_bundle_version": "1"},
            "identity_providers": _PROVIDERS,
        },
        "load_balancers": {
            "internal": {
                "allowed_cidrs": ["10.0.0.0/8"],
                "record_name": "internal.example.com",
                "hosted_zone": {"hosted_zone_id": "Z0123456789ABCDEFGHIJ", "zone_name": "example.com"},
                **_balancer(),
                "mutual_tls": {"ca_bundle_bucket": "certificates", "ca_bundle_key": "ca.pem", "ca_bundle_version": "1"},
                "identity_providers": _PROVIDERS,
            },
            "partner": {
                "plain_http": True,
                "allowed_security_group_ids": ["sg-0000000c"],
                "cloudfront": _cloudfront(allowed_countries=["AQ"], aliases=["partner.example.com"]),
                "web_acl": {
                    "allowed_countries": ["AQ"],
                    "managed_rule_groups": {"AWSManagedRulesATPRuleSet": _login_page()},
                },
                "identity_providers": _PROVIDERS,
            },
        },
        "network_load_balancers": {
            "connections": {**_network_balancer(), "access_log_retention_days": 30},
            "others": {"allowed_cidrs": ["10.0.0.0/8"], "listeners": {"events": {"port": 7778}}},
        },
        "alarms": {"email_addresses": ["team@example.com"]},
        "services": {
            "app": {
                **_with_ebs_volume(_task()),
                "routing": {
                    **_routing("/a/*", 10),
                    "http_headers": {},
                    "host_headers": ["www.example.com"],
                    "load_balancer": "internal",
                },
                "routings": {
                    "inner": {
                        **_routing("/a/*", 10),
                        "http_headers": {},
                        "host_headers": ["internal.example.com"],
                        "authentication": {"identity_provider": "customers"},
                    },
                },
                "network_routings": {
                    "game": _NETWORK_ROUTING,
                    "events": {**_NETWORK_ROUTING, "load_balancer": "others", "listener": "events"},
                    "secure": {
                        "load_balancer": "connections",
                        "listener": "secure",
                        "container": "web",
                    },
                },
                "scaling": {
                    "requests_per_target": 500,
                    "tracked_metrics": {"jobs": {**_metric(), "target_value": 5}},
                    "step_scaling": {
                        "more": {
                            **_metric(),
                            "steps": [{"metric_value": 50, "change": 1}, {"metric_value": 90, "change": 2}],
                        }
                    },
                    "scheduled_actions": {
                        "peak": {
                            "schedule_expression": "cron(0 9 * * ? *)",
                            "min_capacity": 4,
                            "max_capacity": 8,
                            "start_time": "2199-01-01T00:00:00Z",
                            "end_time": "2199-06-01T00:00:00Z",
                        }
                    },
                    "predictive_scaling": {"target_value": 50, "max_capacity_buffer_percent": 10},
                },
            }
        },
        "scheduled_tasks": {
            "report": {
                **_task(),
                "schedule_expression": "cron(0 3 * * ? *)",
                "flexible_time_window_minutes": 15,
                "start_date": "2199-01-01T00:00:00Z",
                "end_date": "2199-06-01T00:00:00Z",
            }
        },
        "standalone_tasks": {"backfill": _task()},
        "queue_workers": {
            "mail": {**_with_ebs_volume(_task()), "queue": {"fifo": True, "content_based_deduplication": True}},
            "orders": {
                "containers": {"web": {"image": "shop/api:2.4.0"}},
                "queue": {
                    "existing": {
                        "queue_arn": "arn:aws:sqs:eu-west-1:111122223333:orders",
                        "queue_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/0123",
                    }
                },
            },
        },
    },
    "eks": {
        "control_plane_availability_zones": ["eu-west-1a", "eu-west-1b"],
        "control_plane_security_group_ids": ["sg-0123456789abcdef0"],
        "service_cidr": "172.20.0.0/16",
        "remote_networks": {"node_cidrs": ["192.168.10.0/24"], "pod_cidrs": ["192.168.20.0/24"]},
        "endpoint": {
            "access": "public_and_private",
            "public_access_cidrs": ["192.31.196.0/24"],
            "private_access_cidrs": ["10.0.0.0/8"],
        },
        "access_entries": {
            "team": {
                "principal_arn": "arn:aws:iam::111122223333:role/team",
                "policy": "AmazonEKSViewPolicy",
                "namespaces": ["shop"],
                "policies": [{"policy": "AmazonEKSEditPolicy", "namespaces": ["web"]}],
                "kubernetes_groups": ["developers"],
                "username": "team:{{SessionName}}",
            },
            "nodes": {"principal_arn": "arn:aws:iam::111122223333:role/nodes", "type": "EC2_LINUX"},
        },
        "log_types": ["api", "audit", "authenticator", "scheduler"],
        "delivery_roles": {
            "shop": {
                "trusted_principal_arns": ["arn:aws:iam::111122223333:role/build"],
                "oidc": {
                    "provider_arn": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
                    "audience": "sts.amazonaws.com",
                    "subjects": ["repo:example/shop:ref:refs/heads/main"],
                },
                "kubernetes_groups": ["shop-delivery"],
            },
        },
        "pod_identities": {
            "orders": {
                "namespace": "shop",
                "service_account": "orders",
                "policy_arns": ["arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"],
                "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::orders/*"]}],
            },
            "reports": {"namespace": "batch", "service_account": "reports", "credentials": "irsa"},
            "partner": {
                "namespace": "shop",
                "service_account": "partner",
                "target_role_arn": "arn:aws:iam::444455556666:role/partner",
                "permissions_boundary_arn": "arn:aws:iam::111122223333:policy/boundary",
            },
            "archive": {
                "namespace": "shop",
                "service_account": "archive",
                "role_arn": "arn:aws:iam::111122223333:role/archive",
                "session_tags": False,
            },
        },
        "nodes": {
            "general": {
                "kind": "managed",
                "pre_bootstrap_commands": ["sysctl -w vm.max_map_count=262144"],
                "volume_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/36c0b54e-64ed-4f2d-a1c7-96558764311e",
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
            # The add-ons run here while the kind of the others changes.
            "spare": {"kind": "managed"},
            "edge": {
                "kind": "self_managed",
                "instance_types": ["m7g.large", "m6g.large"],
                "kubelet": {"podPidsLimit": 4096},
                "labels": {"example.com/team": "edge"},
                "taints": [{"key": "team", "value": "edge", "effect": "PREFER_NO_SCHEDULE"}],
                "on_demand_percent_above_base": 50,
                "spot_allocation_strategy": "lowest_price",
                "spot_instance_pools": 3,
                "spot_max_price": "0.05",
                "pre_bootstrap_commands": ["sysctl -w vm.max_map_count=262144"],
                "volume_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/36c0b54e-64ed-4f2d-a1c7-96558764311e",
            },
            "lean": {
                "kind": "self_managed",
                "operating_system": "bottlerocket",
                "bottlerocket_settings": {"kernel": {"lockdown": "integrity"}, "motd": "hello"},
            },
            "plant": {"kind": "hybrid"},
            "batch": {
                "kind": "fargate",
                "selectors": [{"namespace": "batch", "labels": {"team": "shop"}}],
                "tags": {"team": "batch"},
            },
        },
        "capabilities": {
            "ack": {
                "tags": {"team": "shop"},
                "policy_arns": ["arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"],
                "statements": [
                    {
                        "actions": ["sqs:TagQueue"],
                        "resources": ["arn:aws:sqs:eu-west-1:111122223333:shop-*"],
                        "conditions": {"StringEquals": {"aws:PrincipalTag/team": ["shop"]}},
                    }
                ],
            },
            "argocd": {
                "identity_center_arn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
                "admins": {"user_ids": ["38414300-1041-708a-01af-0abc12345678"]},
                "editors": {"group_ids": ["38414300-1041-708a-01af-0abc12345678"]},
                "viewers": {"group_ids": ["08017340-8041-7093-3ffa-0abc12345678"]},
            },
            "kro": {"access_policies": [{"policy": "AmazonEKSEditPolicy", "namespaces": ["shop"]}]},
        },
        "identity_provider": {
            "issuer_url": "https://login.example.com",
            "client_id": "kubernetes",
            "username_claim": "email",
            "username_prefix": "staff:",
            "groups_claim": "groups",
            "groups_prefix": "staff:",
            "required_claims": {"tenant": "shop"},
        },
        "add_ons": {
            "metrics-server": {
                "version": "v0.8.0-eksbuild.6",
                "configuration": {"replicas": 2},
                "tags": {"team": "shop"},
            },
            **{name: {} for name in _WITHOUT_KEYS},
            "aws-mountpoint-s3-csi-driver": {
                "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::reports/*"]}]
            },
            "adot": {
                "service_account": "adot-collector",
                "policy_arns": ["arn:aws:iam::aws:policy/AmazonPrometheusRemoteWriteAccess"],
            },
            "datadog_operator": {
                "version": "v0.1.9-eksbuild.1",
                "namespace": "datadog-agent",
                "service_account": "datadog",
                "policy_arns": ["arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"],
            },
        },
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


def _connected_services() -> dict[str, Any]:
    """Two that call each other."""
    web = {"image": "shop/api:2.4.0", "port": 8080, "port_name": "http", "port_app_protocol": "http"}
    authority = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/0123"
    return {
        "catalog": {
            "containers": {
                "web": {
                    **web,
                    "additional_ports": {
                        "grpc": {"port": 9090, "app_protocol": "grpc"},
                        "admin": {"port": 9100, "app_protocol": "http"},
                    },
                }
            },
            "service_connect": {
                "serves": {
                    "catalog": {
                        "port_name": "grpc",
                        "client_port": 80,
                        "client_name": "catalog.shop",
                        "idle_timeout_seconds": 60,
                        "request_timeout_seconds": 30,
                        "tls": {
                            "certificate_authority_arn": authority,
                            "kms_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/0123",
                        },
                        "test_traffic": {"header_name": "x-test", "header_value": "preview"},
                    }
                },
                "access_log": {"format": "TEXT"},
            },
            "reachable_from": ["prices", "orders"],
            "outputs": True,
        },
        "prices": {
            "containers": {"web": {**web, "additional_ports": {"grpc": {"port": 9090, "app_protocol": "grpc"}}}},
            "service_discovery": {"name": "prices", "ttl_seconds": 5},
            "reachable_from": ["catalog"],
            "security_group_ids": ["sg-0000000b"],
        },
    }


def _shifted_services() -> dict[str, Any]:
    """One for each strategy that shifts requests."""
    web = {"containers": {"web": {"image": "shop/api:2.4.0", "port": 8080}}}
    return {
        "release": {
            **web,
            "routing": {"path_patterns": ["/release/*"], "priority": 20},
            "deployment": {
                "strategy": "BLUE_GREEN",
                "test_traffic": {"header_value": "preview"},
                "lifecycle_hooks": {
                    "check": {
                        "stages": ["POST_TEST_TRAFFIC_SHIFT"],
                        "function_arn": "arn:aws:lambda:eu-west-1:111122223333:function:check",
                        "details": {"path": "/health"},
                    },
                },
                "rollback_alarms": {
                    "alarm_names": ["conversion"],
                    "server_error_percent": 5,
                    "response_time_ms": 800,
                },
            },
        },
        "steps": {
            **web,
            "routing": {"path_patterns": ["/steps/*"], "priority": 30},
            "deployment": {"strategy": "LINEAR", "linear": {"step_percent": 25}},
        },
        "canary": {
            **web,
            "routing": {"path_patterns": ["/canary/*"], "priority": 40},
            "deployment": {"strategy": "CANARY", "canary": {"percent": 10}},
        },
    }


_CERTIFICATE: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    # A zone more moves the private subnets only where the public ones are not much smaller.
    "network": {
        "public_prefix_length": 20,
        "private_prefix_length": 20,
        "ip_family": "dual_stack",
        "nat_gateways": "one",
    },
    "ecs": {
        **{kind: {**tasks, **_windows_tasks()[kind]} for kind, tasks in _callers(_other_tasks(_FIREHOSE)).items()},
        "encrypt_fargate_storage": True,
        "namespace": {"name": "shop.internal", "kind": "private_dns"},
        "reachable_security_groups": {
            "database": {"security_group_id": "sg-0000000a", "port": 5432, "reachable_from": ["catalog", "seed"]}
        },
        "capacity": {
            "default": {},
            "spare": {},
            "gpu": {"architecture": "x86_64", "accelerator": "nvidia", "instance_types": ["g5.xlarge"]},
            "neuron": {"architecture": "x86_64", "accelerator": "neuron", "instance_types": ["inf2.xlarge"]},
            "trainium": {
                "kind": "managed_instances",
                "accelerator": "neuron",
                "instance_requirements": {"gpus_max": 16},
            },
            "windows": {
                "architecture": "x86_64",
                "operating_system": "windows_2022_core",
                "instance_types": ["m7i.large"],
                "volume_gib": 50,
            },
        },
        "load_balancer": {
            "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
            "web_acl": None,
            **_IPV6_BALANCER,
        },
        "load_balancers": {
            "public": {
                "scheme": "internet-facing",
                "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
                "web_acl": {
                    "arn": "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/0123abcd-0123-4567-89ab-0123456789ab"
                },
                **_IPV6_BALANCER,
            }
        },
        "services": {
            "app": {
                "capacity_provider_strategy": [{"capacity_provider": "default", "base": 1}],
                "containers": {
                    "web": {
                        "image": "shop/api:2.4.0",
                        "read_only_root_filesystem": False,
                        "shared_memory_mib": 128,
                        "additional_ports": {"grpc": {"port": 9090}},
                        "port_ranges": [{"first_port": 10000, "last_port": 10100}],
                        "mounts": {"files": {"path": "/files"}},
                    }
                },
                "volumes": {"files": {"kind": "efs", "file_system_id": "fs-0000000a", "root_directory": "/files"}},
                "log_router": {"destination": _FIREHOSE, "configuration_file_arn": "arn:aws:s3:::settings/filter.conf"},
                "sidecars": {
                    "collector": {
                        "configuration_parameter_arn": "arn:aws:ssm:eu-west-1:111122223333:parameter/collector"
                    }
                },
                "desired_count": 2,
                "placement_strategies": [{"type": "spread", "field": "instanceId"}],
                "placement_constraints": [
                    {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m7g.*"},
                ],
            },
            "model": {
                "capacity_provider_strategy": [{"capacity_provider": "gpu"}],
                "architecture": "x86_64",
                "containers": {"web": {"image": "shop/api:2.4.0", "gpus": 1}},
            },
            "inference": {
                "capacity_provider_strategy": [{"capacity_provider": "neuron"}],
                "architecture": "x86_64",
                "containers": {"web": {"image": "shop/api:2.4.0", "devices": ["/dev/neuron0"]}},
            },
            "training": {
                "capacity_provider_strategy": [{"capacity_provider": "trainium"}],
                "architecture": "x86_64",
                "containers": {"web": {"image": "shop/api:2.4.0", "neuron_devices": "all"}},
            },
            "windows": {
                "architecture": "x86_64",
                "operating_system": "windows_server_2022_core",
                "cpu_units": 1024,
                "memory_mib": 2048,
                "platform_version": "1.0.0",
                "containers": {"web": {"image": "shop/api:2.4.0"}},
            },
            "documents": _windows_task(),
            **_shifted_services(),
            **_connected_services(),
            "quick": {
                "containers": {"web": {"image": "shop/api:2.4.0"}},
                "deployment": {
                    "bake_time_minutes": 5,
                    "circuit_breaker": {"threshold_type": "COUNT", "threshold": 3},
                    "early_success": {"healthy_percent": 100},
                },
            },
        },
    },
    "eks": {"nodes": {"general": {"kind": "managed"}}},
}


def _pool() -> dict[str, Any]:
    """A pool of its own each time: what two shared, a test would change in both."""
    return {
        "max_vcpus": 16,
        "availability_zones": ["eu-west-1a"],
        "labels": {"example.com/team": "shop"},
        "taints": [{"key": "team", "value": "shop"}],
        "memory_limit_gib": 256,
    }


_NODE_POOLS: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "eks": {
        "endpoint": {"private_access_cidrs": ["10.9.0.0/16"]},
        "control_plane_scaling_tier": "tier-xl",
        "kube_api_server": {
            "event_ttl_minutes": 30,
            "service_node_port_range": {"min_port": 30000, "max_port": 31000},
        },
        "kube_scheduler": {"scoring_strategy": "MostAllocated", "resource_weights": {"cpu": 2, "memory": 1}},
        "kube_controller_manager": {
            "horizontal_pod_autoscaler_sync_period_seconds": 10,
            "terminated_pod_gc_threshold": 1000,
        },
        "control_plane_egress_mode": "CUSTOMER_ROUTED",
        "rollback_timeout_minutes": 1440,
        "fargate_pod_logs": True,
        "nodes": {
            "general": {"kind": "managed"},
            "batch": {"kind": "fargate", "selectors": [{"namespace": "batch"}]},
            "auto": {
                "kind": "auto_mode",
                "node_pools": {
                    "by-category": _pool(),
                    "by-family": {"instance_families": ["m7g"]},
                    "by-type": {"instance_types": ["m7g.large"]},
                },
            },
            "karpenter": {
                "kind": "karpenter",
                "image_repository": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/karpenter/controller",
                "version": "1.13.0",
                "node_pools": {
                    "category": {**_pool(), "max_pods": 58},
                    "family": {"instance_families": ["m7g"]},
                    "type": {"instance_types": ["m7g.large"], "ami_alias": "bottlerocket@v1.50.0"},
                },
            },
        },
    },
}

_EXISTING_NETWORK: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "network": {
        "existing": {
            "vpc_id": "vpc-0000000000000001a",
            "cidrs": ["10.7.0.0/16"],
            "private_subnets": {
                "eu-west-1a": {"subnet_id": "subnet-0000000000000001a", "cidr": "10.7.0.0/20"},
                "eu-west-1b": {"subnet_id": "subnet-0000000000000001b", "cidr": "10.7.16.0/20"},
            },
            "public_subnets": {
                "eu-west-1a": {"subnet_id": "subnet-0000000000000002a", "cidr": "10.7.32.0/24"},
                "eu-west-1b": {"subnet_id": "subnet-0000000000000002b", "cidr": "10.7.33.0/24"},
            },
            "pod_subnets": {
                "eu-west-1a": {"subnet_id": "subnet-0000000000000003a", "cidr": "10.7.64.0/20"},
                "eu-west-1b": {"subnet_id": "subnet-0000000000000003b", "cidr": "10.7.80.0/20"},
            },
            "internet_access": False,
            "interface_endpoints": ["ec2", "ecr.api", "ecr.dkr", "eks-auth", "logs", "sqs", "ssm", "ssmmessages"],
            "gateway_endpoints": ["s3"],
        },
    },
    "ecs": {
        **_other_tasks(_OPENSEARCH),
        "load_balancer": {
            "scheme": "internal",
            "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
            "allowed_security_group_ids": ["sg-0000000c"],
            "cloudfront": _cloudfront(blocked_countries=["AQ"]),
        },
        "load_balancers": {
            "public": {
                "scheme": "internet-facing",
                "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
            }
        },
        "services": {
            "app": {
                "containers": {"web": {"image": "shop/api:2.4.0"}},
                "log_router": {
                    "image": "shop/api:2.4.0",
                    "destination": _OPENSEARCH,
                },
            }
        },
    },
    "eks": {"nodes": {"general": {"kind": "managed"}}},
}

_EXISTING_ECS: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "network": {
        "interface_endpoints": ["logs"],
        "gateway_endpoints": ["dynamodb"],
        "endpoint_account_ids": ["444455556666"],
        "existing": {
            "vpc_id": "vpc-0000000000000001a",
            "cidrs": ["10.7.0.0/16"],
            "private_subnets": {
                "eu-west-1a": {"subnet_id": "subnet-0000000000000001a", "cidr": "10.7.0.0/20"},
                "eu-west-1b": {"subnet_id": "subnet-0000000000000001b", "cidr": "10.7.16.0/20"},
            },
            "route_table_ids": ["rtb-0000000000000001a"],
        },
    },
    "ecs": {
        "vpc_lattice": {
            "prefix_list_id": "pl-0123456789abcdef1",
            "service_network_arn": "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0",
        },
        "namespace": {"namespace_arn": "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-0123456789abcdef"},
        "existing_cluster": {
            "cluster_arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shared",
            "capacity_providers": {"instances": "shared-instances"},
            "exec_log_group_arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/exec",
            "exec_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/0123",
        },
        "load_balancer": {
            "existing": {
                "listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/"
                "50dc6c495c0c9188/f2f7dc8efc522ab2",
                "security_group_id": "sg-0000000a",
                "target_security_group_id": "sg-0000000b",
                "taken_priorities": [10],
            }
        },
        "load_balancers": {
            "public": {
                "existing": {
                    "listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/public/"
                    "50dc6c495c0c9188/f2f7dc8efc522ab2",
                    "security_group_id": "sg-0000000a",
                    "target_security_group_id": "sg-0000000b",
                    "taken_priorities": [10],
                }
            }
        },
        "network_load_balancers": {
            "shared": {
                "listeners": {"raw": {"port": 9000}},
                "existing": {
                    "load_balancer_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/shared/"
                    "50dc6c495c0c9188",
                    "security_group_id": "sg-0000000a",
                    "target_security_group_id": "sg-0000000b",
                },
            }
        },
        "services": {
            "app": {
                "capacity_provider_strategy": [{"capacity_provider": "instances"}],
                "service_connect": {},
                "vpc_lattice": {
                    "port_name": "grpc",
                    "health_check_path": "/health",
                    "custom_domain_name": "orders.example.com",
                    "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
                    "auth_policy": {
                        "organization_ids": ["o-a1b2c3d4e5"],
                        "account_ids": ["444455556666"],
                        "principal_arns": ["arn:aws:iam::111122223333:role/reports"],
                    },
                },
                "execute_command": True,
                "containers": {
                    "web": {
                        "image": "shop/api:2.4.0",
                        "port": 8080,
                        "additional_ports": {"grpc": {"port": 8081}, "status": {"port": 8082}},
                        "read_only_root_filesystem": False,
                    }
                },
                "network_routings": {"raw": {"load_balancer": "shared", "listener": "raw", "container_port": 8081}},
                "routing": {
                    "path_patterns": ["/a/*"],
                    "priority": 11,
                    "container_port": 8080,
                    "protocol_version": "GRPC",
                    "load_balancing_algorithm": "weighted_random",
                    "anomaly_mitigation": True,
                },
                "routings": {
                    "public": {
                        "load_balancer": "public",
                        "path_patterns": ["/a/*"],
                        "priority": 11,
                    }
                },
            }
        },
    },
}

_OUTPOST: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "eks": {
        "kubernetes_version": "1.32",
        "add_on_versions": "default",
        "outpost": {
            "arn": "arn:aws:outposts:eu-west-1:111122223333:outpost/op-0123456789abcdef0",
            "subnet_ids": ["subnet-0000000000000004a"],
            "control_plane_instance_type": "m5.large",
            "control_plane_placement_group": "control-plane",
        },
        "service_cidr": "172.20.0.0/16",
        "nodes": {
            "floor": {
                "kind": "self_managed",
                "location": "outpost",
                "subnet_ids": ["subnet-0000000000000004a"],
                "architecture": "x86_64",
                "instance_types": ["m5.large"],
            }
        },
    },
}

_STORAGE_OF_TASKS: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "storage": {
        "file_systems": {
            name: {"kind": "efs", "access_points": {"files": {"path": "/files"}, "more": {"path": "/more"}}}
            for name in ("shared", "other")
        }
    },
    "ecs": {
        "services": {
            "app": {
                "containers": {"web": {"image": "shop/api:2.4.0", "mounts": {"files": {"path": "/files"}}}},
                "volumes": {"files": {"kind": "efs", "file_system": "shared", "access_point": "files"}},
            }
        }
    },
}

_STORAGE_OF_PODS: Final[dict[str, Any]] = {
    **_COMMON,
    "name": "blue",
    "storage": {
        "file_systems": {
            "models": {"kind": "s3_bucket", "claims": {"models": {"namespace": "shop", "prefix": "released/"}}},
            "sources": {"kind": "s3_bucket"},
            "shared": {
                "kind": "efs",
                "transition_to_ia_days": 30,
                "transition_to_archive_days": 90,
                "access_points": {"files": {"path": "/files"}},
                "dynamic_provisioning": {},
                "claims": {"files": {"namespace": "shop", "access_point": "files"}},
            },
            "fixed": {
                "kind": "efs",
                "throughput_mode": "provisioned",
                "provisioned_throughput_mib_per_second": 10,
                "claims": {"fixed": {"namespace": "shop"}},
            },
            "fast": {
                "kind": "fsx_lustre",
                "availability_zone": "eu-west-1a",
                "throughput_per_tib": 250,
                "claims": {"fast": {"namespace": "shop"}},
            },
            "linked": {
                "kind": "fsx_lustre",
                "deployment_type": "scratch_2",
                "availability_zone": "eu-west-1a",
                "data_repository": {"bucket": "models", "prefix": "data/"},
            },
            "home": {
                "kind": "fsx_ontap",
                "availability_zone": "eu-west-1a",
                "throughput_mb_per_second": 512,
                "claims": {"home": {"namespace": "shop"}},
            },
        },
        "volume_classes": {
            "gp3": {"iops": 4000, "throughput_mib_per_second": 250},
            "io2": {"volume_type": "io2", "iops": 4000},
        },
        "backup_plan": {},
    },
    "eks": {
        "nodes": {"main": {"kind": "managed"}},
        "add_ons": {
            "aws-ebs-csi-driver": {},
            "aws-efs-csi-driver": {},
            "aws-fsx-csi-driver": {},
            "aws-mountpoint-s3-csi-driver": {},
        },
    },
}

COMPLETE_ENVIRONMENTS: Final = (
    _HOSTED_ZONE,
    _CERTIFICATE,
    _NODE_POOLS,
    _EXISTING_NETWORK,
    _EXISTING_ECS,
    _OUTPOST,
    _STORAGE_OF_TASKS,
    _STORAGE_OF_PODS,
)
