"""Rules between keys: each rejects one file and accepts its nearest neighbour."""

from __future__ import annotations

from pathlib import Path

import pytest

from environments import InvalidEnvironmentError, load_environment

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


CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1'"
ZONE = "hosted_zone: {hosted_zone_id: Z1, zone_name: example.com, record_name: %s}"

RULES = [
    pytest.param(HEAD.replace("eu-west-1b", "eu-west-2b"), HEAD, "availability_zones[1]", id="a zone is in the region"),
    pytest.param(HEAD.replace("eu-west-1b", "eu-west-1a"), HEAD, "availability_zones[1]", id="a zone comes once"),
    pytest.param(
        HEAD.replace("1b]", "1b, eu-west-1c]") + "network: {zone_slots: 2}\n",
        HEAD.replace("1b]", "1b, eu-west-1c]") + "network: {zone_slots: 3}\n",
        "network.zone_slots",
        id="every zone has a slot",
    ),
    pytest.param(
        HEAD + "network: {cidr: 10.0.0.0/17}\n",
        HEAD + "network: {cidr: 10.0.0.0/17, private_prefix_length: 20}\n",
        "network.cidr",
        id="the subnets fit the range",
    ),
    pytest.param(
        HEAD + "network: {cidr: 10.0.0.0/15}\n",
        HEAD + "network: {cidr: 10.0.0.0/16}\n",
        "network.cidr",
        id="a VPC is a /16 at most",
    ),
    pytest.param(
        HEAD + "network: {nat_gateways: none, interface_endpoints: [ecr.api, logs]}\n",
        HEAD + "network: {nat_gateways: none, interface_endpoints: [ecr.api, ecr.dkr, logs]}\n",
        "network.interface_endpoints",
        id="without NAT there are endpoints",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {min_size: 3, max_size: 2}}\n",
        HEAD + "ecs: {capacity: {min_size: 2, max_size: 2}}\n",
        "ecs.capacity.min_size",
        id="min_size is at most max_size",
    ),
    pytest.param(
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, m7i.large]}}\n",
        HEAD + "ecs: {capacity: {instance_types: [m7g.large, c7gn.large]}}\n",
        "ecs.capacity.instance_types[1]",
        id="an instance type is of the architecture",
    ),
    pytest.param(balancer("{}"), balancer("{plain_http: true}"), "ecs.load_balancer", id="HTTP must be asked for"),
    pytest.param(
        balancer("{plain_http: true, " + CERTIFICATE + "}"),
        balancer("{" + CERTIFICATE + "}"),
        "ecs.load_balancer",
        id="one way to serve",
    ),
    pytest.param(
        balancer("{" + ZONE % "www.badexample.com" + "}"),
        balancer("{" + ZONE % "www.example.com" + "}"),
        "ecs.load_balancer.hosted_zone.record_name",
        id="the record is in the zone",
    ),
    pytest.param(
        HEAD + "ecs: {alarms: {topic: none, email_addresses: [a@example.com]}}\n",
        HEAD + "ecs: {alarms: {topic: create, email_addresses: [a@example.com]}}\n",
        "ecs.alarms.email_addresses",
        id="subscribers have a topic",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: EC2}, {capacity_provider: FARGATE}]"),
        service("capacity_provider_strategy: [{capacity_provider: FARGATE}, {capacity_provider: FARGATE_SPOT}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="Fargate and EC2 do not mix",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: EC2}]").replace("  capacity: {}\n", ""),
        service("capacity_provider_strategy: [{capacity_provider: EC2}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="EC2 needs capacity",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: FARGATE}, {capacity_provider: FARGATE}]"),
        service("capacity_provider_strategy: [{capacity_provider: FARGATE}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="a provider comes once",
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
        id="one base",
    ),
    pytest.param(
        service("capacity_provider_strategy: [{capacity_provider: FARGATE, base: 1, weight: 0}]"),
        service("capacity_provider_strategy: [{capacity_provider: FARGATE, base: 1, weight: 1}]"),
        "ecs.services.web.capacity_provider_strategy",
        id="some weight",
    ),
    pytest.param(
        service("cpu_units: 384"),
        service("cpu_units: 512", "memory_mib: 1024"),
        "ecs.services.web.cpu_units",
        id="Fargate CPU",
    ),
    pytest.param(
        service("cpu_units: 256", "memory_mib: 4096"),
        service("cpu_units: 256", "memory_mib: 2048"),
        "ecs.services.web.memory_mib",
        id="Fargate memory",
    ),
    pytest.param(
        service("cpu_units: 384"),
        service("cpu_units: 384", "capacity_provider_strategy: [{capacity_provider: EC2}]"),
        "ecs.services.web.cpu_units",
        id="sizes are free on EC2",
    ),
    pytest.param(
        containers("web: {image: 'app:1', essential: false}"),
        containers("web: {image: 'app:1', essential: true}"),
        "ecs.services.web.containers",
        id="one essential container",
    ),
    pytest.param(
        service("scaling: {min_tasks: 5, max_tasks: 4}"),
        service("scaling: {min_tasks: 4, max_tasks: 4}"),
        "ecs.services.web.scaling.min_tasks",
        id="min_tasks is at most max_tasks",
    ),
    pytest.param(
        service("scaling: {cpu_percent: null, memory_percent: null}"),
        service("scaling: {cpu_percent: null, memory_percent: 50}"),
        "ecs.services.web.scaling",
        id="scaling on something",
    ),
    pytest.param(
        service("scaling: {requests_per_target: 100}"),
        service("scaling: {requests_per_target: 100}", "routing: {path_patterns: [/*]}"),
        "ecs.services.web.scaling.requests_per_target",
        id="requests need routing",
    ),
    pytest.param(
        containers("web: {image: 'app:1', memory_mib: 513}"),
        containers("web: {image: 'app:1', memory_mib: 512}"),
        "ecs.services.web.containers.web.memory_mib",
        id="a container fits its task",
    ),
    pytest.param(
        service("execute_command: true"),
        service(
            "execute_command: true",
            container="      containers: {web: {image: 'app:1', read_only_root_filesystem: false}}\n",
        ),
        "ecs.services.web.containers.web.read_only_root_filesystem",
        id="ECS Exec writes",
    ),
    pytest.param(
        containers(
            "web:",
            "  image: app:1",
            "  environment: {TOKEN: x}",
            "  secrets: {TOKEN: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}",
        ),
        containers(
            "web:",
            "  image: app:1",
            "  environment: {LEVEL: x}",
            "  secrets: {TOKEN: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t'}",
        ),
        "ecs.services.web.containers.web.secrets",
        id="a variable is plain or secret",
    ),
    pytest.param(
        containers("web: {image: 'app:1', health_check: {command: [curl, localhost]}}"),
        containers("web: {image: 'app:1', health_check: {command: [CMD, curl, localhost]}}"),
        "ecs.services.web.containers.web.health_check.command[0]",
        id="a health check says how it runs",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: init}]}"),
        containers("web: {image: 'app:1', depends_on: [{container: init}]}", "init: {image: 'app:1'}"),
        "ecs.services.web.containers.web.depends_on[0].container",
        id="a dependency exists",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: web}]}"),
        containers("web: {image: 'app:1'}"),
        "ecs.services.web.containers.web.depends_on[0].container",
        id="no container waits for itself",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: b, condition: HEALTHY}]}", "b: {image: 'app:1'}"),
        containers(
            "web: {image: 'app:1', depends_on: [{container: b, condition: HEALTHY}]}",
            "b: {image: 'app:1', health_check: {command: [CMD, /ok]}}",
        ),
        "ecs.services.web.containers.web.depends_on[0].condition",
        id="HEALTHY needs a health check",
    ),
    pytest.param(
        containers("web: {image: 'app:1', depends_on: [{container: b, condition: SUCCESS}]}", "b: {image: 'app:1'}"),
        containers(
            "web: {image: 'app:1', depends_on: [{container: b, condition: SUCCESS}]}",
            "b: {image: 'app:1', essential: false}",
        ),
        "ecs.services.web.containers.web.depends_on[0].condition",
        id="an essential container never succeeds",
    ),
    pytest.param(
        containers("web: {image: 'shop:1'}"),
        containers("web: {image: 'docker.io/library/shop:1'}"),
        "ecs.services.web.containers.web.image",
        id="an image has a repository or a host",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*]}").replace("  load_balancer: {plain_http: true}\n", ""),
        service("routing: {path_patterns: [/*]}"),
        "ecs.services.web.routing",
        id="routing needs a load balancer",
    ),
    pytest.param(
        service("routing: {}"),
        service("routing: {host_headers: [a.example.com]}"),
        "ecs.services.web.routing",
        id="routing matches something",
    ),
    pytest.param(
        service("routing: {path_patterns: [/a, /b, /c], host_headers: [a.example.com, b.example.com, c.example.com]}"),
        service("routing: {path_patterns: [/a, /b, /c], host_headers: [a.example.com, b.example.com]}"),
        "ecs.services.web.routing",
        id="five values for a rule",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*]}", container="      containers: {web: {image: 'app:1'}}\n"),
        service("routing: {path_patterns: [/*]}"),
        "ecs.services.web.containers",
        id="one container listens",
    ),
    pytest.param(
        service("routing: {path_patterns: [/*], deregistration_delay_seconds: 30}"),
        service("routing: {path_patterns: [/*], deregistration_delay_seconds: 29}"),
        "ecs.services.web.routing.deregistration_delay_seconds",
        id="a target leaves before its container is killed",
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
        id="a priority is taken once",
    ),
    pytest.param(HEAD + "eks: {}\n", HEAD + "eks: {node_groups: {main: {}}}\n", "eks", id="EKS has some compute"),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {}}, endpoint: {public_access_cidrs: [198.51.100.0/24]}}\n",
        HEAD + "eks: {node_groups: {main: {}}, endpoint: {}}\n",
        "eks.endpoint.public_access_cidrs",
        id="a private endpoint has no allow-list",
    ),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {}}, endpoint: {access: public_and_private}}\n",
        HEAD
        + "eks: {node_groups: {main: {}}, endpoint: {access: public_and_private, public_access_cidrs: [0.0.0.0/0]}}\n",
        "eks.endpoint.public_access_cidrs",
        id="a public endpoint says for whom",
    ),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {desired_size: 5}}}\n",
        HEAD + "eks: {node_groups: {main: {desired_size: 4}}}\n",
        "eks.node_groups.main.desired_size",
        id="desired_size is at most max_size",
    ),
    pytest.param(
        HEAD + "eks: {node_groups: {main: {architecture: x86_64}}}\n",
        HEAD + "eks: {node_groups: {main: {architecture: x86_64, instance_types: [m7i.large]}}}\n",
        "eks.node_groups.main.instance_types[0]",
        id="a node type is of the architecture",
    ),
]


@pytest.mark.parametrize(("rejected", "accepted", "key"), RULES)
def test_the_rule_rejects_one_and_accepts_its_neighbour(tmp_path: Path, rejected: str, accepted: str, key: str) -> None:
    assert check(tmp_path, rejected) == [key]
    assert check(tmp_path, accepted) == []


def test_problems_between_keys_come_all_at_once(tmp_path: Path) -> None:
    text = service("cpu_units: 384", "scaling: {min_tasks: 5, max_tasks: 4}") + "eks: {}\n"
    assert check(tmp_path, text) == ["ecs.services.web.cpu_units", "ecs.services.web.scaling.min_tasks", "eks"]


def test_a_bad_range_does_not_hide_a_missing_endpoint(tmp_path: Path) -> None:
    text = HEAD + "network: {cidr: 10.0.0.0/15, nat_gateways: none}\n"
    assert check(tmp_path, text) == ["network.cidr", "network.interface_endpoints"]
