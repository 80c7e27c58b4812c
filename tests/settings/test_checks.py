"""Rules between keys: each rejects one file and accepts its nearest neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import Environment, InvalidEnvironmentError, checks, load_environment
from environments.problems import Problem
from figures import tell

HEAD = """\
region: eu-west-1
availability_zones: [eu-west-1a, eu-west-1b]
tags: {owner: team, cost_centre: x}
registry:
  repositories: {app: {}}
"""
ECS = """\
ecs:
  capacity: {}
  load_balancer: {plain_http: true}
  services:
    web:
"""
CONTAINER = "      containers: {web: {image: 'app:1', port: 80}}\n"


def check(folder: Path, text: str) -> list[str]:
    """Keys of the problems; none for a file that is accepted."""
    path = folder / "checked.yaml"
    path.write_text(text)
    try:
        load_environment(str(path))
    except InvalidEnvironmentError as error:
        return [problem.key for problem in error.problems]
    return []


def service(*lines: str, container: str = CONTAINER) -> str:
    return HEAD + ECS + container + "".join(f"      {line}\n" for line in lines)


def containers(*lines: str) -> str:
    return HEAD + ECS + "      containers:\n" + "".join(f"        {line}\n" for line in lines)


def balancer(text: str) -> str:
    return HEAD + f"ecs: {{load_balancer: {text}}}\n"


def network(*lines: str) -> str:
    return HEAD + "network:\n" + "".join(f"  {line}\n" for line in lines)


def eks(*lines: str) -> str:
    return "eks:\n" + "".join(f"  {line}\n" for line in lines)


def other(*lines: str) -> str:
    return "    other:\n" + CONTAINER + "".join(f"      {line}\n" for line in lines)


WITH_SECRET = (
    ECS.replace("  capacity: {}\n", "")
    + "      containers: {web: {image: 'app:1', secrets: {T: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}}}\n"
)
VPN = "endpoint: {private_access_cidrs: [10.9.0.0/16]}"
ROLE = "principal_arn: arn:aws:iam::111122223333:role/a"
TAINT = "{key: a, value: b}"
CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1'"
ZONE = "hosted_zone: {hosted_zone_id: Z1, zone_name: example.com, record_name: %s}"

RULES = [
    pytest.param(HEAD.replace("eu-west-1b", "eu-west-2b"), HEAD, "availability_zones[1]", id="zone_is_in_the_region"),
    pytest.param(HEAD.replace("eu-west-1b", "eu-west-1a"), HEAD, "availability_zones[1]", id="zone_comes_once"),
    pytest.param(
        HEAD.replace("1b]", "1b, eu-west-1c]") + "network: {zone_slots: 2}\n",
        HEAD.replace("1b]", "1b, eu-west-1c]") + "network: {zone_slots: 3}\n",
        "network.zone_slots",
        id="zone_has_a_slot",
    ),
    pytest.param(
        HEAD + "network: {cidr: 10.0.0.0/17}\n",
        HEAD + "network: {cidr: 10.0.0.0/17, private_prefix_length: 20}\n",
        "network.cidr",
        id="subnets_fit_the_range",
    ),
    pytest.param(
        HEAD + "network: {cidr: 10.0.0.0/15}\n",
        HEAD + "network: {cidr: 10.0.0.0/16}\n",
        "network.cidr",
        id="range_is_of_a_size_that_a_vpc_may_have",
    ),
    pytest.param(
        HEAD + "network: {nat_gateways: none, interface_endpoints: [ecr.api, logs]}\n",
        HEAD + "network: {nat_gateways: none, interface_endpoints: [ecr.api, ecr.dkr, logs]}\n",
        "network.interface_endpoints",
        id="endpoints_replace_nat_for_images_and_logs",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {min_size: 3, max_size: 2}}\n",
        HEAD + "ecs: {capacity: {min_size: 2, max_size: 2}}\n",
        "ecs.capacity.min_size",
        id="capacity_sizes_ascend",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, m7i.large]}}\n",
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, c7gn.large]}}\n",
        "ecs.capacity.instance_types[1]",
        id="capacity_types_are_of_the_architecture",
    ),
    pytest.param(
        balancer("{}"), balancer("{plain_http: true}"), "ecs.load_balancer", id="load_balancer_serves_in_one_way"
    ),
    pytest.param(
        balancer("{plain_http: true, " + CERTIFICATE + "}"),
        balancer("{" + CERTIFICATE + "}"),
        "ecs.load_balancer",
        id="load_balancer_serves_in_one_way: one way to serve",
    ),
    pytest.param(
        balancer("{" + ZONE % "www.badexample.com" + "}"),
        balancer("{" + ZONE % "www.example.com" + "}"),
        "ecs.load_balancer.hosted_zone.record_name",
        id="record_is_in_the_zone",
    ),
    pytest.param(
        HEAD + "ecs: {alarms: {topic: none, email_addresses: [a@example.com]}}\n",
        HEAD + "ecs: {alarms: {topic: create, email_addresses: [a@example.com]}}\n",
        "ecs.alarms.email_addresses",
        id="subscribers_have_a_topic",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: EC2}, {capacity_provider: FARGATE}]"),
        service("capacity_provider_strategy: [{capacity_provider: FARGATE}, {capacity_provider: FARGATE_SPOT}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="strategy_does_not_mix_fargate_and_ec2",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: EC2}]").replace("  capacity: {}\n", ""),
        service("capacity_provider_strategy: [{capacity_provider: EC2}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="strategy_names_capacity_that_is_there",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: FARGATE}, {capacity_provider: FARGATE}]"),
        service("capacity_provider_strategy: [{capacity_provider: FARGATE}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="strategy_names_a_provider_once",
    ),
    pytest.param(
        service(
            "capacity_provider_strategy:",
            "  [{capacity_provider: FARGATE, base: 1}, {capacity_provider: FARGATE_SPOT, base: 1}]",
        ),
        service(
            "capacity_provider_strategy:",
            "  [{capacity_provider: FARGATE, base: 1}, {capacity_provider: FARGATE_SPOT}]",
        ),
        "ecs.services.web.capacity_provider_strategy",
        id="strategy_has_one_base",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: FARGATE, base: 1, weight: 0}]"),
        service("capacity_provider_strategy: [{capacity_provider: FARGATE, base: 1, weight: 1}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="strategy_has_some_weight",
    ),
    pytest.param(
        service("cpu_units: 384"),
        service("cpu_units: 512", "memory_mib: 1024"),
        "ecs.services.web.cpu_units",
        id="task_is_of_a_size_that_fargate_has",
    ),
    pytest.param(
        service("cpu_units: 256", "memory_mib: 4096"),
        service("cpu_units: 256", "memory_mib: 2048"),
        "ecs.services.web.memory_mib",
        id="task_is_of_a_size_that_fargate_has: Fargate memory",
    ),
    pytest.param(
        service("cpu_units: 384"),
        service("cpu_units: 384", "capacity_provider_strategy: [{capacity_provider: EC2}]"),
        "ecs.services.web.cpu_units",
        id="task_is_of_a_size_that_fargate_has: sizes are free on EC2",
    ),
    pytest.param(
        containers("web: {image: 'app:1', essential: false}"),
        containers("web: {image: 'app:1', essential: true}"),
        "ecs.services.web.containers",
        id="task_has_an_essential_container",
    ),
    pytest.param(
        service("scaling: {min_tasks: 5, max_tasks: 4}"),
        service("scaling: {min_tasks: 4, max_tasks: 4}"),
        "ecs.services.web.scaling.min_tasks",
        id="scaling_sizes_ascend",
    ),
    pytest.param(
        service("scaling: {cpu_percent: null, memory_percent: null}"),
        service("scaling: {cpu_percent: null, memory_percent: 50}"),
        "ecs.services.web.scaling",
        id="scaling_follows_something",
    ),
    pytest.param(
        service("scaling: {requests_per_target: 100}"),
        service("scaling: {requests_per_target: 100}", "routing: {path_patterns: [/*]}"),
        "ecs.services.web.scaling.requests_per_target",
        id="scaling_on_requests_has_routing",
    ),
    pytest.param(
        containers("web: {image: 'app:1', memory_mib: 513}"),
        containers("web: {image: 'app:1', memory_mib: 512}"),
        "ecs.services.web.containers.web.memory_mib",
        id="containers_fit_their_task",
    ),
    pytest.param(
        service("execute_command: true"),
        service(
            "execute_command: true",
            container="      containers: {web: {image: 'app:1', read_only_root_filesystem: false}}\n",
        ),
        "ecs.services.web.containers.web.read_only_root_filesystem",
        id="exec_writes_into_the_container",
    ),
    pytest.param(
        containers(
            "web:",
            "  image: app:1",
            "  environment: {LEVEL: x}",
            "  secrets: {LEVEL: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}",
        ),
        containers(
            "web:",
            "  image: app:1",
            "  environment: {LEVEL: x}",
            "  secrets: {TOKEN: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}",
        ),
        "ecs.services.web.containers.web.secrets",
        id="variable_is_plain_or_secret",
    ),
    pytest.param(
        containers("web: {image: 'app:1', health_check: {command: [curl, localhost]}}"),
        containers("web: {image: 'app:1', health_check: {command: [CMD, curl, localhost]}}"),
        "ecs.services.web.containers.web.health_check.command[0]",
        id="health_check_says_how_it_runs",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: init}]}"),
        containers("web: {image: 'app:1', depends_on: [{container: init}]}", "init: {image: 'app:1'}"),
        "ecs.services.web.containers.web.depends_on[0].container",
        id="dependency_exists",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: web}]}"),
        containers("web: {image: 'app:1'}"),
        "ecs.services.web.containers.web.depends_on[0].container",
        id="dependency_exists: no container waits for itself",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: b, condition: HEALTHY}]}", "b: {image: 'app:1'}"),
        containers(
            "web: {image: 'app:1', depends_on: [{container: b, condition: HEALTHY}]}",
            "b: {image: 'app:1', health_check: {command: [CMD, /ok]}}",
        ),
        "ecs.services.web.containers.web.depends_on[0].condition",
        id="dependency_on_health_has_a_health_check",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: b, condition: SUCCESS}]}", "b: {image: 'app:1'}"),
        containers(
            "web: {image: 'app:1', depends_on: [{container: b, condition: SUCCESS}]}",
            "b: {image: 'app:1', essential: false}",
        ),
        "ecs.services.web.containers.web.depends_on[0].condition",
        id="dependency_on_an_end_is_not_essential",
    ),
    pytest.param(
        containers("web: {image: 'shop:1'}"),
        containers("web: {image: 'docker.io/library/shop:1'}"),
        "ecs.services.web.containers.web.image",
        id="image_has_a_repository_or_a_host",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*]}").replace("  load_balancer: {plain_http: true}\n", ""),
        service("routing: {path_patterns: [/*]}"),
        "ecs.services.web.routing",
        id="routing_has_a_load_balancer",
    ),
    pytest.param(
        service("routing: {}"),
        service("routing: {host_headers: [a.example.com]}"),
        "ecs.services.web.routing",
        id="routing_has_one_to_five_values",
    ),
    pytest.param(
        service("routing: {path_patterns: [/a, /b, /c], host_headers: [a.example.com, b.example.com, c.example.com]}"),
        service("routing: {path_patterns: [/a, /b, /c], host_headers: [a.example.com, b.example.com]}"),
        "ecs.services.web.routing",
        id="routing_has_one_to_five_values: five values for a rule",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*]}", container="      containers: {web: {image: 'app:1'}}\n"),
        service("routing: {path_patterns: [/*]}"),
        "ecs.services.web.containers",
        id="routing_has_one_container_to_talk_to",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*], deregistration_delay_seconds: 30}"),
        service("routing: {path_patterns: [/*], deregistration_delay_seconds: 29}"),
        "ecs.services.web.routing.deregistration_delay_seconds",
        id="target_leaves_before_its_container_is_killed",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*], priority: 7}")
        + "    other:\n"
        + CONTAINER
        + "      routing: {path_patterns: [/a], priority: 7}\n",
        service("routing: {path_patterns: [/*], priority: 7}")
        + "    other:\n"
        + CONTAINER
        + "      routing: {path_patterns: [/a], priority: 8}\n",
        "ecs.services.other.routing.priority",
        id="priority_is_taken_once",
    ),
    pytest.param(HEAD + "eks: {}\n", HEAD + "eks: {node_groups: {main: {}}}\n", "eks", id="cluster_has_some_compute"),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {}}, endpoint: {public_access_cidrs: [198.51.100.0/24]}}\n",
        HEAD + "eks: {node_groups: {main: {}}, endpoint: {}}\n",
        "eks.endpoint.public_access_cidrs",
        id="private_endpoint_has_no_public_list",
    ),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {}}, endpoint: {access: public_and_private}}\n",
        HEAD
        + "eks: {node_groups: {main: {}}, endpoint: {access: public_and_private, public_access_cidrs: [0.0.0.0/0]}}\n",
        "eks.endpoint.public_access_cidrs",
        id="public_endpoint_says_for_whom",
    ),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {desired_size: 5}}}\n",
        HEAD + "eks: {node_groups: {main: {desired_size: 4}}}\n",
        "eks.node_groups.main.desired_size",
        id="node_group_sizes_ascend",
    ),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {architecture: x86_64}}}\n",
        HEAD + "eks: {node_groups: {main: {architecture: x86_64, instance_types: [m7i.large]}}}\n",
        "eks.node_groups.main.instance_types[0]",
        id="node_types_are_of_the_architecture",
    ),
    pytest.param(HEAD.replace("eu-west-1", "eu-west-9"), HEAD, "region", id="region_exists"),
    pytest.param(
        HEAD.replace("eu-west-1b", "eu-west-1e"),
        HEAD.replace("eu-west-1b", "eu-west-1d"),
        "availability_zones[1]",
        id="zone_exists",
    ),
    pytest.param(
        HEAD + "network: {cidr: 11.0.0.0/16}\n",
        HEAD + "network: {cidr: 100.64.0.0/16}\n",
        "network.cidr",
        id="range_is_private",
    ),
    pytest.param(
        network("private_prefix_length: 25") + eks("node_groups: {main: {max_size: 9}}"),
        network("private_prefix_length: 25") + eks("node_groups: {main: {max_size: 8}}"),
        "network.private_prefix_length",
        id="subnets_have_an_address_for_every_task_and_pod",
    ),
    pytest.param(
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ecs, ecs-agent]")
        + "ecs: {capacity: {}}\n",
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ecs, ecs-agent, ecs-telemetry]")
        + "ecs: {capacity: {}}\n",
        "network.interface_endpoints",
        id="endpoints_replace_nat_for_ecs_instances",
    ),
    pytest.param(
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs]") + WITH_SECRET,
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ssm]") + WITH_SECRET,
        "network.interface_endpoints",
        id="endpoints_replace_nat_for_secrets_and_exec",
    ),
    pytest.param(
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ec2]")
        + eks("node_groups: {main: {}}"),
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ec2, eks-auth]")
        + eks("node_groups: {main: {}}"),
        "network.interface_endpoints",
        id="endpoints_replace_nat_for_eks_nodes",
    ),
    pytest.param(
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ec2, eks-auth]")
        + eks("node_groups: {main: {}}", "endpoint: {access: public, public_access_cidrs: [198.51.100.7/32]}"),
        network("nat_gateways: none", "interface_endpoints: [ecr.api, ecr.dkr, logs, ec2, eks-auth]")
        + eks(
            "node_groups: {main: {}}", "endpoint: {access: public_and_private, public_access_cidrs: [198.51.100.7/32]}"
        ),
        "eks.endpoint.access",
        id="eks_endpoint_is_reached_without_nat",
    ),
    pytest.param(
        network("interface_endpoints: [logs, logs]"),
        network("interface_endpoints: [logs, ssm]"),
        "network.interface_endpoints[1]",
        id="endpoint_comes_once",
    ),
    pytest.param(
        HEAD.replace("{app: {}}", "{cache/app: {}}"),
        HEAD.replace("{app: {}}", "{cached/app: {}}"),
        "registry.repositories.cache/app",
        id="repository_is_not_in_the_cache",
    ),
    pytest.param(
        service().replace("{app: {}}", "{app: {keep_images: 1}}"),
        service().replace("{app: {}}", "{app: {keep_images: 2}}"),
        "registry.repositories.app.keep_images",
        id="repository_keeps_what_services_use",
    ),
    pytest.param(
        HEAD.replace("{app: {}}", "{}") + "  pull_through_cache: []\ncustomer_managed_keys: false\n",
        HEAD.replace("{app: {}}", "{}") + "  pull_through_cache: [quay]\ncustomer_managed_keys: false\n",
        "registry",
        id="registry_has_something",
    ),
    pytest.param(
        HEAD.replace("{app: {}}", "{shop/api: {}, shop-api: {}}"),
        HEAD.replace("{app: {}}", "{shop/api: {}, shop-api2: {}}"),
        "registry.repositories.shop-api",
        id="repositories_differ_in_more_than_punctuation",
    ),
    pytest.param(
        HEAD + "ecs: {alarms: {email_addresses: [a@example.com, a@example.com]}}\n",
        HEAD + "ecs: {alarms: {email_addresses: [a@example.com, b@example.com]}}\n",
        "ecs.alarms.email_addresses[1]",
        id="subscriber_comes_once",
    ),
    pytest.param(
        service("routing: {path_patterns: [/a, /a]}"),
        service("routing: {path_patterns: [/a, /b]}"),
        "ecs.services.web.routing.path_patterns[1]",
        id="routing_value_comes_once",
    ),
    pytest.param(
        service("routing: {host_headers: [a.example.com, a.example.com]}"),
        service("routing: {host_headers: [a.example.com, b.example.com]}"),
        "ecs.services.web.routing.host_headers[1]",
        id="routing_value_comes_once: host",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {}}", f"access_entries: {{one: {{{ROLE}, namespaces: [a, a]}}}}"),
        HEAD + eks("node_groups: {main: {}}", f"access_entries: {{one: {{{ROLE}, namespaces: [a, b]}}}}"),
        "eks.access_entries.one.namespaces[1]",
        id="namespace_comes_once",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {architecture: x86_64, instance_types: [u7in-16tb.224xlarge]}}"),
        HEAD + eks("node_groups: {main: {architecture: x86_64, instance_types: [x2iedn.32xlarge]}}"),
        "eks.node_groups.main.instance_types[0]",
        id="node_types_are_readable",
    ),
    pytest.param(
        containers("web: {image: 'app:1', environment: {AWS_ACCESS_KEY_ID: ''}}"),
        containers("web: {image: 'app:1', environment: {AWS_ACCOUNT_ID: ''}}"),
        "ecs.services.web.containers.web.environment.AWS_ACCESS_KEY_ID",
        id="secret_is_not_a_literal: nor an empty key",
    ),
    pytest.param(
        HEAD + "  pull_through_cache: [quay, quay]\n",
        HEAD + "  pull_through_cache: [quay, kubernetes]\n",
        "registry.pull_through_cache[1]",
        id="cache_comes_once",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {instance_types: [m7g.largo]}}\n",
        HEAD + "ecs: {capacity: {instance_types: [m7g.large]}}\n",
        "ecs.capacity.instance_types[0]",
        id="capacity_types_are_known",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {instance_types: [g5g.xlarge]}}\n",
        HEAD + "ecs: {capacity: {instance_types: [m6g.xlarge]}}\n",
        "ecs.capacity.instance_types[0]",
        id="capacity_types_have_no_accelerator",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {instance_types: [m7g.large], on_demand_percent_above_base: 50}}\n",
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, m6g.large], on_demand_percent_above_base: 50}}\n",
        "ecs.capacity.instance_types",
        id="capacity_on_spot_has_several_types",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, m7g.large]}}\n",
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, m6g.large]}}\n",
        "ecs.capacity.instance_types[1]",
        id="capacity_type_comes_once",
    ),
    pytest.param(
        service("task_role_statements: [{actions: ['s3:*'], resources: ['arn:aws:s3:::orders/*']}]"),
        service("task_role_statements: [{actions: ['s3:Get*'], resources: ['arn:aws:s3:::orders/*']}]"),
        "ecs.services.web.task_role_statements[0].actions[0]",
        id="statement_names_what_of_a_service_it_allows",
    ),
    pytest.param(
        balancer("{" + CERTIFICATE.replace("eu-west-1", "us-east-1") + "}"),
        balancer("{" + CERTIFICATE + "}"),
        "ecs.load_balancer.certificate_arn",
        id="arns_are_of_the_region",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: EC2}]", "architecture: x86_64"),
        service("capacity_provider_strategy: [{capacity_provider: EC2}]", "architecture: arm64"),
        "ecs.services.web.architecture",
        id="task_is_of_the_architecture_of_its_hosts",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: EC2}]", "memory_mib: 7373"),
        service("capacity_provider_strategy: [{capacity_provider: EC2}]", "memory_mib: 7372"),
        "ecs.services.web.memory_mib",
        id="task_fits_its_hosts",
    ),
    pytest.param(
        service("scaling: {}", "desired_tasks: 1"),
        service("scaling: {}"),
        "ecs.services.web.desired_tasks",
        id="scaling_decides_alone",
    ),
    pytest.param(
        containers("web: {image: 'app:1', memory_mib: 300}", "log: {image: 'app:1', memory_mib: 213}"),
        containers("web: {image: 'app:1', memory_mib: 300}", "log: {image: 'app:1', memory_mib: 212}"),
        "ecs.services.web.containers.web.memory_mib",
        id="containers_fit_their_task: together",
    ),
    pytest.param(
        containers("web: {image: 'app:1', port: 80}", "log: {image: 'app:1', port: 80}"),
        containers("web: {image: 'app:1', port: 80}", "log: {image: 'app:1', port: 81}"),
        "ecs.services.web.containers.log.port",
        id="containers_have_ports_of_their_own",
    ),
    pytest.param(
        containers("web: {image: 'app:1', environment: {DB_PASSWORD: hunter2}}"),
        containers("web: {image: 'app:1', environment: {DB_HOST: hunter2}}"),
        "ecs.services.web.containers.web.environment.DB_PASSWORD",
        id="secret_is_not_a_literal",
    ),
    pytest.param(
        containers("web: {image: 'app:1', environment: {DB: 'postgres://user:hunter2@db/shop'}}"),
        containers("web: {image: 'app:1', environment: {DB: 'postgres://db/shop'}}"),
        "ecs.services.web.containers.web.environment.DB",
        id="secret_is_not_a_literal: in its value",
    ),
    pytest.param(
        containers("web: {image: 'app:1', secrets: {T: 'arn:aws:ssm:us-east-1:111122223333:parameter/t'}}"),
        containers("web: {image: 'app:1', secrets: {T: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}}"),
        "ecs.services.web.containers.web.secrets.T",
        id="secret_is_in_the_region",
    ),
    pytest.param(
        service("secret_key_arns: ['arn:aws:kms:us-east-1:111122223333:key/1']"),
        service("secret_key_arns: ['arn:aws:kms:eu-west-1:111122223333:key/1']"),
        "ecs.services.web.secret_key_arns[0]",
        id="key_of_secrets_is_in_the_region",
    ),
    pytest.param(
        containers("web: {image: 'app:1', health_check: {command: [CMD, x], interval_seconds: 5, timeout_seconds: 6}}"),
        containers("web: {image: 'app:1', health_check: {command: [CMD, x], interval_seconds: 5, timeout_seconds: 5}}"),
        "ecs.services.web.containers.web.health_check.timeout_seconds",
        id="health_check_ends_before_the_next",
    ),
    pytest.param(
        containers(
            "a: {image: 'app:1', depends_on: [{container: b}]}",
            "b: {image: 'app:1', depends_on: [{container: c}]}",
            "c: {image: 'app:1', depends_on: [{container: a}]}",
        ),
        containers(
            "a: {image: 'app:1', depends_on: [{container: b}, {container: c}]}",
            "b: {image: 'app:1', depends_on: [{container: c}]}",
            "c: {image: 'app:1'}",
        ),
        "ecs.services.web.containers.a.depends_on[0].container",
        id="dependencies_make_no_circle",
    ),
    pytest.param(
        containers("web: {image: 'app:1', writable_paths: [/tmp, /tmp/]}"),
        containers("web: {image: 'app:1', writable_paths: [/tmp, /run]}"),
        "ecs.services.web.containers.web.writable_paths[1]",
        id="writable_path_comes_once",
    ),
    pytest.param(
        service("routing: {path_patterns: [/a, /b]}") + other("routing: {path_patterns: [/b]}"),
        service("routing: {path_patterns: [/a, /b]}")
        + other("routing: {path_patterns: [/b], host_headers: [b.example.com]}"),
        "ecs.services.other.routing.path_patterns[0]",
        id="request_has_one_service",
    ),
    pytest.param(
        service("routing: {host_headers: [a.example.com]}") + other("routing: {host_headers: [a.example.com]}"),
        service("routing: {host_headers: [a.example.com]}") + other("routing: {host_headers: [b.example.com]}"),
        "ecs.services.other.routing.host_headers[0]",
        id="request_has_one_service: by host",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {min_size: 0, desired_size: 0}}"),
        HEAD + eks("node_groups: {main: {min_size: 0, desired_size: 1}}"),
        "eks.node_groups",
        id="core_dns_has_somewhere_to_run",
    ),
    pytest.param(
        HEAD
        + eks(
            "node_groups: {main: {}}",
            "endpoint: {access: public, public_access_cidrs: [198.51.100.7/32], private_access_cidrs: [10.9.0.0/16]}",
        ),
        HEAD + eks("node_groups: {main: {}}", "endpoint: {access: public, public_access_cidrs: [198.51.100.7/32]}"),
        "eks.endpoint.private_access_cidrs",
        id="public_endpoint_has_no_private_list",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {}}", "kubernetes_version: '1.37'"),
        HEAD + eks("node_groups: {main: {}}", "kubernetes_version: '1.37'", "add_on_versions: default"),
        "eks.kubernetes_version",
        id="add_on_versions_are_pinned_for_the_version",
    ),
    pytest.param(
        HEAD + eks("fargate_profiles: {batch: {selectors: [{namespace: a}]}}", VPN, "add_ons: [aws-ebs-csi-driver]"),
        HEAD + eks("fargate_profiles: {batch: {selectors: [{namespace: a}]}}", VPN, "add_ons: [metrics-server]"),
        "eks.add_ons[0]",
        id="add_on_runs_on_the_compute",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {}}", "add_ons: [metrics-server, metrics-server]"),
        HEAD + eks("node_groups: {main: {}}", "add_ons: [metrics-server, aws-ebs-csi-driver]"),
        "eks.add_ons[1]",
        id="add_on_comes_once",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {}}", f"access_entries: {{one: {{{ROLE}}}, two: {{{ROLE}}}}}"),
        HEAD + eks("node_groups: {main: {}}", f"access_entries: {{one: {{{ROLE}}}, two: {{{ROLE}2}}}}"),
        "eks.access_entries.two.principal_arn",
        id="principal_has_one_entry",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {instance_types: [m99g.large]}}"),
        HEAD + eks("node_groups: {main: {instance_types: [m8g.large]}}"),
        "eks.node_groups.main.instance_types[0]",
        id="node_types_are_known",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {architecture: x86_64, instance_types: [inf2.xlarge]}}"),
        HEAD + eks("node_groups: {main: {architecture: x86_64, instance_types: [c7i.xlarge]}}"),
        "eks.node_groups.main.instance_types[0]",
        id="node_types_have_no_accelerator",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {capacity_type: spot}}"),
        HEAD + eks("node_groups: {main: {capacity_type: spot, instance_types: [m7g.large, m6g.large]}}"),
        "eks.node_groups.main.instance_types",
        id="nodes_on_spot_have_several_types",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {instance_types: [m7g.large, m7g.large]}}"),
        HEAD + eks("node_groups: {main: {instance_types: [m7g.large, m6g.large]}}"),
        "eks.node_groups.main.instance_types[1]",
        id="node_type_comes_once",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {labels: {node-role.kubernetes.io/team: a}}}"),
        HEAD + eks("node_groups: {main: {labels: {node.kubernetes.io/team: a}}}"),
        "eks.node_groups.main.labels.node-role.kubernetes.io/team",
        id="label_is_not_reserved",
    ),
    pytest.param(
        HEAD + eks(f"node_groups: {{main: {{}}, spare: {{taints: [{TAINT}, {TAINT}]}}}}"),
        HEAD + eks(f"node_groups: {{main: {{}}, spare: {{taints: [{TAINT}]}}}}"),
        "eks.node_groups.spare.taints[1]",
        id="taint_comes_once",
    ),
    pytest.param(
        HEAD + eks("fargate_profiles: {eks-a: {selectors: [{namespace: a}]}}", VPN),
        HEAD + eks("fargate_profiles: {a-eks: {selectors: [{namespace: a}]}}", VPN),
        "eks.fargate_profiles.eks-a",
        id="fargate_profile_name_is_not_reserved",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {}}", "fargate_profiles: {all: {selectors: [{namespace: '*'}]}}"),
        HEAD + eks("node_groups: {main: {}}", "fargate_profiles: {all: {selectors: [{namespace: 'a*'}]}}"),
        "eks.fargate_profiles.all.selectors[0].namespace",
        id="fargate_profile_does_not_take_everything",
    ),
    pytest.param(
        HEAD + eks("fargate_profiles: {batch: {selectors: [{namespace: a}]}}"),
        HEAD + eks("fargate_profiles: {batch: {selectors: [{namespace: a}]}}", VPN),
        "eks.endpoint.private_access_cidrs",
        id="private_endpoint_has_a_way_in",
    ),
    pytest.param(
        HEAD + eks("node_groups: {main: {}}", "kubernetes_version: '1.36'", "deployed_kubernetes_version: '1.37'"),
        HEAD + eks("node_groups: {main: {}}", "kubernetes_version: '1.36'", "deployed_kubernetes_version: '1.36'"),
        "eks.kubernetes_version",
        id="upgrade_goes_one_minor_up: and not down",
    ),
    pytest.param(
        HEAD
        + eks(
            "node_groups: {main: {}}",
            "add_on_versions: default",
            "kubernetes_version: '1.37'",
            "deployed_kubernetes_version: '1.35'",
        ),
        HEAD
        + eks(
            "node_groups: {main: {}}",
            "add_on_versions: default",
            "kubernetes_version: '1.36'",
            "deployed_kubernetes_version: '1.35'",
        ),
        "eks.kubernetes_version",
        id="upgrade_goes_one_minor_up",
    ),
]


@pytest.mark.parametrize(("rejected", "accepted", "key"), RULES)
def test_the_rule_rejects_one_and_accepts_its_neighbour(tmp_path: Path, rejected: str, accepted: str, key: str) -> None:
    assert check(tmp_path, rejected) == [key]
    assert check(tmp_path, accepted) == []


def test_every_rule_has_a_pair_and_says_why() -> None:
    paired = {str(pair.id).partition(":")[0] for pair in RULES}
    assert paired == set(checks.RULES)
    assert [rule.name for rule in checks.RULES.values() if not (rule.why and rule.source)] == []
    tell("preflight", rules=len(checks.RULES), pairs=len(RULES))


def text_of(folder: Path, file: str) -> str:
    path = folder / "checked.yaml"
    path.write_text(file)
    with pytest.raises(InvalidEnvironmentError) as refused:
        load_environment(str(path))
    return str(refused.value)


def test_the_reason_is_said(tmp_path: Path) -> None:
    said = text_of(tmp_path, HEAD + "network: {cidr: 10.0.0.0/15}\n")
    assert "why: EC2 refuses a VPC that is larger than a /16 or smaller than a /28." in said


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    said = text_of(tmp_path, containers("web: {image: 'app:1', environment: {DB_PASSWORD: hunter2}}"))
    assert "containers.web.environment.DB_PASSWORD" in said
    assert "hunter2" not in said


def test_problems_between_keys_come_all_at_once(tmp_path: Path) -> None:
    text = service("cpu_units: 384", "scaling: {min_tasks: 5, max_tasks: 4}") + "eks: {}\n"
    assert check(tmp_path, text) == ["ecs.services.web.cpu_units", "ecs.services.web.scaling.min_tasks", "eks"]


def test_they_come_together_with_wrong_values(tmp_path: Path) -> None:
    text = service("cpu_units: 384", "desired_tasks: many") + "eks: {}\n"
    assert check(tmp_path, text) == ["ecs.services.web.cpu_units", "ecs.services.web.desired_tasks", "eks"]


def test_a_rule_goes_on_behind_the_entry_that_has_a_wrong_value(tmp_path: Path) -> None:
    text = HEAD + eks("node_groups: {one: {min_size: few}, two: {min_size: 5}}")
    assert check(tmp_path, text) == ["eks.node_groups.one.min_size", "eks.node_groups.two.min_size"]


def test_a_mistake_in_a_rule_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def mistaken(_: Environment) -> Iterator[Problem]:
        yield Problem(path=(), value=len(3), allowed="")  # type: ignore[arg-type]

    monkeypatch.setitem(checks.RULES, "mistaken", checks.Rule("mistaken", why="", source="", check=mistaken))
    with pytest.raises(TypeError):
        check(tmp_path, HEAD)


def test_a_bad_range_does_not_hide_a_missing_endpoint(tmp_path: Path) -> None:
    text = HEAD + "network: {cidr: 10.0.0.0/15, nat_gateways: none}\n"
    assert check(tmp_path, text) == ["network.cidr", "network.interface_endpoints"]
