"""What a user reads about a wrong value, to the letter. What the cross-field rules say is tested with their pairs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from reference_constructs.ecs.deployment_options import DeploymentOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.network.vpc_options import InterfaceEndpoint
from settings.ecs import ServiceSettings
from settings.loader import check
from settings.problems import notation
from tests.support.complete_environments import COMPLETE_ENVIRONMENTS
from tests.support.environment_keys import Change, Data, alternatives, filled, places, smallest
from tests.support.rule_pairs import (
    HEAD,
    MANAGED,
    capacity,
    containers,
    eks,
    full_text,
    message,
    network,
    service,
)

TOPIC = (
    "create or none, or ARN of an Amazon SNS topic, not of a subscription, such as "
    "arn:aws:sns:eu-west-1:111122223333:alarms"
)
NAME = (
    "2 to 32 lowercase letters, digits, and hyphens; starts with a letter, does not end with a hyphen, such as "
    "hello-fargate"
)
RETENTION = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, or 3653"
RETENTION_MEANING = (
    "Number of days that Amazon CloudWatch Logs retains log events. The default of one year meets Security Hub "
    "control CloudWatch.16."
)
VERSION_MEANING = (
    "Kubernetes minor version of the control plane and the nodes. Upgrade by one minor version at a time. The "
    "default is the latest version in standard support for which add-on versions are pinned. Versions "
    "before 1.35 are those of local clusters on AWS Outposts (`outpost`)."
)
CONTAINER = "ecs.services.web.containers.web"
ENDPOINT_MEANING = (
    "meaning: Service of an interface VPC endpoint. Amazon S3 always has a gateway endpoint; that of Amazon DynamoDB "
    "is in `gateway_endpoints`."
)
IMAGE_MEANING = (
    "meaning: Image, with a tag or a digest. An image of a registry in `pull_through_cache` is pulled "
    "through the cache, unless it has a digest: Amazon ECR fills the cache by tag only. The name of a repository "
    "in `registry.repositories` is pulled from that repository. Any other image is pulled from the registry that "
    "its host name states. If that is Amazon ECR, the task execution role can pull from the repository; a "
    "repository of another account must also allow it in its policy."
)
PROVIDER_MEANING = (
    "meaning: `FARGATE`, `FARGATE_SPOT` (tasks can be interrupted with a two-minute warning), or the name of a group "
    "in `ecs.capacity`."
)
MANAGED_KEYS = ", ".join(["kind", *(key for key in ManagedNodeGroupOptions.model_fields if key != "kind")])
# From the catalog, so that an add-on more is a row more.
*FIRST_ENDPOINTS, LAST_ENDPOINT = get_args(InterfaceEndpoint)
ENDPOINTS = f"{', '.join(FIRST_ENDPOINTS)}, or {LAST_ENDPOINT}"


def container(text: str) -> str:
    return containers(f"web: {{image: 'app:1', {text}}}")


def add_on(text: str) -> str:
    return eks(MANAGED, f"add_ons: {text}")


MESSAGES = {
    "a longer name of one of a choice": (
        network("interface_endpoints: [com.amazonaws.eu-west-1.ecr.api]"),
        "network.interface_endpoints[0]: 'com.amazonaws.eu-west-1.ecr.api' is not allowed",
        f"allowed: {ENDPOINTS}",
        "fix: did you mean ecr.api?",
        ENDPOINT_MEANING,
    ),
    "a choice of one": (
        network("gateway_endpoints: [sqs]"),
        "network.gateway_endpoints[0]: 'sqs' is not allowed",
        "allowed: dynamodb or s3",
    ),
    "a section without keys": (
        HEAD + "eks:\n",
        "eks: there is no value",
        "fix: add keys below it, or write eks: null",
        "why: A key without a value is null: there is no cluster, and one that was deployed is no longer part of the "
        "file.",
    ),
    "wrong type: a number": (
        network("max_availability_zones: two"),
        "network.max_availability_zones: 'two' is not allowed",
        "allowed: a whole number, 2 to 6",
        "meaning: Number of Availability Zones that the address plan reserves space for. Further zones up to "
        "this number change no existing subnet.",
    ),
    "wrong type: no whole number": (
        capacity("default: {min_size: 1.5}"),
        "ecs.capacity.default.min_size: 1.5 is not allowed",
        "allowed: a whole number, 0 to 1000",
        "meaning: Minimum number of instances. With `0`, no instance runs, and none is charged, while no task "
        "requires one.",
    ),
    "wrong type: a boolean": (
        service("alarms: yes"),
        "ecs.services.web.alarms: 'yes' is not allowed",
        "allowed: true or false",
        "fix: write true",
        "meaning: Whether to create CloudWatch alarms for CPU utilization and memory utilization and, with "
        "`routing`, for HTTP 5xx responses and unhealthy targets.",
    ),
    "wrong type: a mapping": (
        HEAD + "network: 10.0.0.0/16\n",
        "network: '10.0.0.0/16' is not allowed",
        "allowed: a mapping",
        "meaning: VPC that the ECS cluster and the EKS cluster share.",
    ),
    "wrong type: a mapping or null": (
        add_on("[coredns]"),
        "eks.add_ons: ['coredns'] is not allowed",
        "allowed: a mapping of names, such as eks-pod-identity-agent, to mappings, or null",
        "meaning: EKS add-ons to install in addition to those that are always installed, by name. With `null`, "
        "the add-ons that the catalog marks *by default* are installed. Add-ons that are not in the catalog can be "
        "listed too.",
    ),
    "wrong type: a list": (
        network("interface_endpoints: logs").replace("logs", "{a: b}"),
        "network.interface_endpoints: a mapping is not allowed",
        f"allowed: derived, or a list, each item: {ENDPOINTS}",
        "meaning: AWS services to access through interface VPC endpoints (AWS PrivateLink). `derived` creates exactly "
        "those that the rest of the file needs where nothing leads to the internet: for images, logs, secrets, ECS "
        "Exec, the actions of task roles, nodes, add-ons, and Session Manager where it is the only way in "
        "(`facts/endpoint_needs.yaml`). Each endpoint is charged per hour and Availability Zone. Where AWS documents "
        "endpoint policies for the service, and requests are signed, the policy admits principals of this account "
        "only. Beside `existing`, the endpoints are added to that VPC, and `derived` leaves out those that it has.",
    ),
    "wrong type: null": (
        HEAD.replace("eu-west-1\n", "\n"),
        "region: there is no value (null)",
        "allowed: code of an AWS Region, such as eu-west-1",
        "meaning: AWS Region to deploy to.",
    ),
    "wrong type: a boolean that was meant as text": (
        container("environment: {DEBUG: true}"),
        f"{CONTAINER}.environment.DEBUG: true is not allowed",
        "allowed: text",
        'fix: put the value in quotes: "true"',
        "why: Without quotes, it is a boolean in YAML, not text.",
    ),
    "wrong type: a number that was meant as text": (
        HEAD + "account: 012345678901\n",
        "account: 012345678901 is not allowed",
        'allowed: 12 digits, in quotes, such as "111122223333", or null',
        'fix: put the value in quotes: "012345678901"',
        "why: Without quotes, it is a number in YAML, not text.",
        "meaning: ID of the AWS account to deploy to. With `null`, it is the account of the credentials that the "
        "CDK CLI uses.",
    ),
    "wrong type: a version that YAML takes for a number": (
        eks(MANAGED, "kubernetes_version: 1.30"),
        "eks.kubernetes_version: 1.30 is not allowed",
        'allowed: Kubernetes minor version from 1.32 to 1.39, in quotes, such as "1.36"',
        f"meaning: {VERSION_MEANING}",
    ),
    "bounds": (
        service("cpu_units: 127"),
        "ecs.services.web.cpu_units: 127 is not allowed",
        "allowed: a whole number, 128 to 196608",
        "meaning: CPU units of the task; 1,024 units are one vCPU. On Fargate, a size that Fargate supports.",
    ),
    "bounds: one only": (
        container("memory_mib: 5"),
        f"{CONTAINER}.memory_mib: 5 is not allowed",
        "allowed: a whole number, at least 6, or null",
        "meaning: Hard memory limit of the container, in MiB. With `null`, the container can use all memory of "
        "the task.",
    ),
    "bounds: a choice of numbers": (
        HEAD + "log_retention_days: 8\n",
        "log_retention_days: 8 is not allowed",
        f"allowed: {RETENTION}",
        f"meaning: {RETENTION_MEANING}",
    ),
    "bounds: a choice of numbers, and a text": (
        HEAD + "log_retention_days: week\n",
        "log_retention_days: 'week' is not allowed",
        f"allowed: {RETENTION}",
        f"meaning: {RETENTION_MEANING}",
    ),
    "choice": (
        network("nat_gateways: none_at_all"),
        "network.nat_gateways: 'none_at_all' is not allowed",
        "allowed: none, one, one_per_zone, or regional",
        "meaning: NAT gateways through which private subnets reach the internet. With `one_per_zone`, the "
        "failure of an Availability Zone affects that zone only. `one` costs less, but its zone is a single "
        "point of failure. `none` requires an interface endpoint for each AWS service in use, and images that "
        "are already in Amazon ECR. `regional` is one NAT gateway for the whole VPC, which Amazon VPC extends to the "
        "zones in use, with addresses that it chooses.",
    ),
    "choice: with a hint": (
        network("interface_endpoints: [log]"),
        "network.interface_endpoints[0]: 'log' is not allowed",
        f"allowed: {ENDPOINTS}",
        "fix: did you mean logs?",
        ENDPOINT_MEANING,
    ),
    "choice: or a text": (
        HEAD + "ecs: {alarms: {topic: maybe}}\n",
        "ecs.alarms.topic: 'maybe' is not allowed",
        f"allowed: {TOPIC}",
        "meaning: Amazon SNS topic that the alarms notify: `create` creates a topic, `none` turns notifications "
        "off, and an ARN uses an existing topic.",
    ),
    "choice: and a mapping instead": (
        HEAD + "ecs: {alarms: {topic: {arn: a}}}\n",
        "ecs.alarms.topic: a mapping is not allowed",
        f"allowed: {TOPIC}",
        "meaning: Amazon SNS topic that the alarms notify: `create` creates a topic, `none` turns notifications "
        "off, and an ARN uses an existing topic.",
    ),
    "pattern": (
        HEAD + "application: My App\n",
        "application: 'My App' is not allowed",
        f"allowed: {NAME}",
        "meaning: Name of the application (tag `application` of every resource).",
    ),
    "pattern: and a length": (
        HEAD + "name: a--b\n",
        "name: 'a--b' is not allowed",
        "allowed: 2 to 13 lowercase letters, digits, and single hyphens; starts with a letter, does not "
        "end with a hyphen, such as sandbox",
        "meaning: Name of the environment, with which the name of every stack begins. The default is the name of "
        "the file without its extension.",
    ),
    "pattern: too long a text": (
        service(f"routing: {{path_patterns: [/*], health_check_path: /{'a' * 1024}}}"),
        f"ecs.services.web.routing.health_check_path: '/{'a' * 198}... is not allowed",
        "allowed: path that starts with `/`; at most 1024 characters, such as /health",
        "meaning: Path of the health checks of the target group.",
    ),
    "pattern: of a name": (
        eks("nodes: {Bad_Name: {kind: managed}}"),
        "eks.nodes.Bad_Name: 'Bad_Name' is not allowed",
        f"allowed: {NAME}",
    ),
    "pattern: of a name that has examples": (
        add_on("{CoreDNS: {}}"),
        "eks.add_ons.CoreDNS: 'CoreDNS' is not allowed",
        "allowed: name of an EKS add-on: lowercase letters, digits, hyphens, and underscores, such as "
        "eks-pod-identity-agent",
    ),
    "pattern: of a range": (
        network("cidr: 10.0.0.5/16"),
        "network.cidr: '10.0.0.5/16' is not allowed",
        "allowed: an IPv4 CIDR block without host bits, such as 10.0.0.0/16",
        "fix: did you mean 10.0.0.0/16?",
        "meaning: IPv4 CIDR block of the VPC.",
    ),
    "pattern: of an image": (
        containers("web: {image: 'app:latest'}"),
        f"{CONTAINER}.image: 'app:latest' is not allowed",
        "allowed: an image with a tag other than latest, or with a digest (@sha256:...)",
        IMAGE_MEANING,
    ),
    "pattern: of an image in lowercase": (
        containers("web: {image: 'ghcr.io/Acme/API:1.0'}"),
        f"{CONTAINER}.image: 'ghcr.io/Acme/API:1.0' is not allowed",
        "allowed: an image whose name is in lowercase",
        "fix: did you mean ghcr.io/acme/api:1.0?",
        IMAGE_MEANING,
    ),
    "pattern: of a digest, in uppercase": (
        containers("web: {image: 'app@sha256:ABC'}"),
        f"{CONTAINER}.image: 'app@sha256:ABC' is not allowed",
        "allowed: an image whose digest is @sha256: and 64 lowercase hexadecimal digits",
        IMAGE_MEANING,
    ),
    "pattern: of a name that the file chooses": (
        service("capacity_provider_strategy: [{capacity_provider: EC2, weight: 1}]"),
        "ecs.services.web.capacity_provider_strategy[0].capacity_provider: 'EC2' is not allowed",
        "allowed: `FARGATE`, `FARGATE_SPOT`, or the name of a group in `ecs.capacity`, such as FARGATE",
        "fix: use one of FARGATE, FARGATE_SPOT, or default",
        PROVIDER_MEANING,
    ),
    "pattern: of a name that the file chooses otherwise": (
        service("capacity_provider_strategy: [{capacity_provider: Default, weight: 1}]", before="").replace(
            "ecs:\n", "ecs:\n  capacity: {default: {}}\n"
        ),
        "ecs.services.web.capacity_provider_strategy[0].capacity_provider: 'Default' is not allowed",
        "allowed: `FARGATE`, `FARGATE_SPOT`, or the name of a group in `ecs.capacity`, such as FARGATE",
        "fix: did you mean default?",
        PROVIDER_MEANING,
    ),
    "pattern: of a name, where the file chooses none": (
        service("capacity_provider_strategy: [{capacity_provider: EC2, weight: 1}]", before=""),
        "ecs.services.web.capacity_provider_strategy[0].capacity_provider: 'EC2' is not allowed",
        "allowed: `FARGATE`, `FARGATE_SPOT`, or the name of a group in `ecs.capacity`, such as FARGATE",
        "fix: use one of FARGATE or FARGATE_SPOT",
        PROVIDER_MEANING,
    ),
    "pattern: of a name that the file gives to one of a cluster that exists": (
        service(
            "capacity_provider_strategy: [{capacity_provider: Big-1}]",
            before="  existing_cluster:\n    cluster_arn: arn:aws:ecs:eu-west-1:111122223333:cluster/shared\n"
            "    capacity_providers: {big: Big-1}\n",
        ),
        "ecs.services.web.capacity_provider_strategy[0].capacity_provider: 'Big-1' is not allowed",
        "allowed: `FARGATE`, `FARGATE_SPOT`, or the name of a group in `ecs.capacity`, such as FARGATE",
        "fix: did you mean big?",
        PROVIDER_MEANING,
    ),
    "pattern: of a tag": (
        containers("web: {image: 'ghcr.io/acme/api:-1.0'}"),
        f"{CONTAINER}.image: 'ghcr.io/acme/api:-1.0' is not allowed",
        "allowed: an image whose tag begins with a letter, a digit, or _, and has only these and . and -",
        IMAGE_MEANING,
    ),
    "pattern: of a digest": (
        containers("web: {image: 'ghcr.io/acme/api@sha256:0123'}"),
        f"{CONTAINER}.image: 'ghcr.io/acme/api@sha256:0123' is not allowed",
        "allowed: an image whose digest is @sha256: and 64 lowercase hexadecimal digits",
        IMAGE_MEANING,
    ),
    "items: too few": (
        HEAD.replace(", eu-west-1b", ""),
        "availability_zones: there is 1 item",
        "allowed: 2 to 6 items",
        "meaning: Availability Zones of the VPC, in order. Add further zones at the end, because subnets get "
        "their CIDR blocks in this order. The zones are not looked up, so that every machine synthesizes the "
        "same templates.",
    ),
    "items: too few, or null": (
        eks(MANAGED, "control_plane_availability_zones: [eu-west-1a]"),
        "eks.control_plane_availability_zones: there is 1 item",
        "allowed: 2 to 6 items",
        "meaning: Availability Zones of the subnets in which Amazon EKS creates the network interfaces of the control "
        "plane. They are fixed when the cluster is created: Amazon EKS refuses an update to subnets of any other set "
        "of zones. Nodes and pods use all zones. With `null`, they are the first two zones, so that a further zone at "
        "the end changes nothing. Amazon EKS does not accept zones with the IDs `use1-az3`, `usw1-az2`, and "
        "`cac1-az3`.",
    ),
    "items: too many": (
        service("routing: {path_patterns: [/a, /b, /c, /d, /e, /f]}"),
        "ecs.services.web.routing.path_patterns: there are 6 items",
        "allowed: at most 5 items",
        "meaning: Path patterns to match, such as `/orders` and `/orders/*`. The path is forwarded unchanged.",
    ),
    "items: none in a mapping": (
        service(container="      containers: {}\n"),
        "ecs.services.web.containers: there are no items",
        "allowed: 1 to 10 items",
        "meaning: Containers of the task, by name.",
    ),
    "items: too many in a mapping": (
        containers(*(f"c{number}: {{image: 'app:1'}}" for number in range(11))),
        "ecs.services.web.containers: there are 11 items",
        "allowed: 1 to 10 items",
        "meaning: Containers of the task, by name.",
    ),
    "missing": (
        HEAD.replace("owner: team, ", ""),
        "tags.owner: this required key is missing",
        "allowed: 1 to 256 letters, digits, spaces, and the characters `_.:/=+@-`, such as team-shop",
        "meaning: Team that is responsible for the environment (tag `owner`).",
    ),
    "unknown key": (
        network("nat_gatways: one"),
        "network.nat_gatways: unknown key",
        "allowed: cidr, ip_family, public_prefix_length, private_prefix_length, max_availability_zones, nat_gateways, "
        "nat_allocation_ids, routes, pod_cidr, pod_prefix_length, "
        "endpoint_account_ids, gateway_endpoints, interface_endpoints, existing",
        "fix: did you mean nat_gateways?",
    ),
    "unknown key: nothing is like it": (
        service("deployment: {zzz: 1}"),
        "ecs.services.web.deployment.zzz: unknown key",
        f"allowed: {', '.join(DeploymentOptions.model_fields)}",
    ),
    "unknown key: of another kind of node": (
        eks("nodes: {main: {kind: managed, selectors: []}}"),
        "eks.nodes.main.selectors: unknown key",
        f"allowed: {MANAGED_KEYS}",
        "fix: selectors is a key of eks.nodes.<name> with kind: fargate",
    ),
    "unknown key: of another kind of node, the other way round": (
        eks("nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: [{namespace: a}], max_pods: 1}}"),
        "eks.nodes.batch.max_pods: unknown key",
        "allowed: kind, needs, selectors, tags",
        "fix: max_pods is a key of eks.nodes.<name> with kind: managed, eks.nodes.<name>.node_pools.<name>, or "
        "eks.nodes.<name> with kind: self_managed",
    ),
    "kind: missing": (
        eks("nodes: {main: {}}"),
        "eks.nodes.main.kind: this required key is missing",
        "allowed: managed, fargate, auto_mode, karpenter, hybrid, or self_managed",
    ),
    "kind: unknown": (
        eks("nodes: {main: {kind: elastic}}"),
        "eks.nodes.main.kind: 'elastic' is not allowed",
        "allowed: managed, fargate, auto_mode, karpenter, hybrid, or self_managed",
    ),
    "kind: null": (
        eks("nodes: {main: {kind: null}}"),
        "eks.nodes.main.kind: there is no value (null)",
        "allowed: managed, fargate, auto_mode, karpenter, hybrid, or self_managed",
    ),
    "kind: misspelled": (
        eks("nodes: {main: {kinds: managed}}"),
        "eks.nodes.main.kinds: unknown key",
        "fix: did you mean kind?",
    ),
    "kind: of nothing": (
        eks("nodes: {main: null}"),
        "eks.nodes.main: there is no value (null)",
        "allowed: a mapping with kind: managed, fargate, auto_mode, karpenter, hybrid, or self_managed",
    ),
    "secret: in the wrong place": (
        container("secrets: {DB_PASSWORD: hunter2}"),
        f"{CONTAINER}.secrets.DB_PASSWORD: the value (not shown) is not allowed",
        "allowed: full ARN of a secret in AWS Secrets Manager, including the six random characters at its "
        "end, or ARN of a parameter in SSM Parameter Store, with single slashes, such as "
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf",
    ),
    "secret: that is a number": (
        container("environment: {DB_PASSWORD: 1234}"),
        f"{CONTAINER}.environment.DB_PASSWORD: the value (not shown) is not allowed",
        "allowed: text",
        "fix: put the value in quotes",
    ),
    "secret: in a list": (
        container("environment: [DB_PASSWORD=hunter2]"),
        f"{CONTAINER}.environment: the value (not shown) is not allowed",
        "allowed: a mapping of names, such as LOG_LEVEL, to text",
        "meaning: Environment variables in plain text. Everyone who can describe the task definition can read "
        "them; use `secrets` for confidential values.",
    ),
    "value: none, where text can be empty": (
        container("environment: {DEBUG: }"),
        f"{CONTAINER}.environment.DEBUG: there is no value (null)",
        "allowed: text",
        'fix: write "" for an empty text',
    ),
    "value: none, where there is a default": (
        HEAD + "ecs:\n  services:\n",
        "ecs.services: there is no value (null)",
        "allowed: a mapping of names, such as hello-fargate, to mappings",
        "fix: give it a value; without the key, it has its default",
        "meaning: ECS services, by name. Each service is deployed as a separate stack.",
    ),
    "value: none, of an entry that can be empty": (
        add_on("{coredns: }"),
        "eks.add_ons.coredns: there is no value (null)",
        "allowed: a mapping (keys: version, configuration, namespace, service_account, policy_arns, statements, tags)",
        "fix: write {} to take every default",
        "meaning: EKS add-on. Without any key (`{}`), it has what the catalog says; one that is not in it has what "
        "keys state.",
    ),
    "value: a number in quotes": (
        container("port: '80'"),
        f"{CONTAINER}.port: '80' is not allowed",
        "allowed: a whole number, 1 to 65535, or null",
        "fix: write the number without quotes",
        "meaning: Port that the container listens on. With `null`, it does not listen on a port.",
    ),
    "value: one instead of a list": (
        container("command: migrate"),
        f"{CONTAINER}.command: 'migrate' is not allowed",
        "allowed: a list, each item: text",
        "fix: make it a list, with - or in brackets",
        "meaning: Command that overrides the `CMD` of the image. An empty list keeps it.",
    ),
    "value: in capitals": (
        HEAD.replace("eu-west-1\n", "EU-West-1\n"),
        "region: 'EU-West-1' is not allowed",
        "allowed: code of an AWS Region, such as eu-west-1",
        "fix: did you mean eu-west-1?",
        "meaning: AWS Region to deploy to.",
    ),
    "value: an address without a prefix length": (
        service("egress: [{cidr: 10.0.0.1, port: 443}]"),
        "ecs.services.web.egress[0].cidr: '10.0.0.1' is not allowed",
        "allowed: an IPv4 CIDR block without host bits, such as 10.0.0.0/16",
        "fix: add a prefix length: 10.0.0.1/32 for this address alone",
        "meaning: IPv4 CIDR block to allow traffic to.",
    ),
    "value: every address": (
        service("egress: [{cidr: 0.0.0.0, port: 443}]"),
        "ecs.services.web.egress[0].cidr: '0.0.0.0' is not allowed",
        "allowed: an IPv4 CIDR block without host bits, such as 10.0.0.0/16",
        "fix: did you mean 0.0.0.0/0?",
        "meaning: IPv4 CIDR block to allow traffic to.",
    ),
    "value: a default": (
        service("cpu_units: 2048"),
        "ecs.services.web.memory_mib: 512, the default, is not allowed",
        "allowed: 4096, 5120, 6144, 7168, 8192, 9216, 10240, 11264, 12288, 13312, 14336, 15360, or 16384 on Fargate "
        "with 2048 cpu_units",
        "why: Amazon ECS refuses a Fargate task definition with any other combination of CPU and memory.",
    ),
    "unknown key: of another level": (
        service("image: app:1"),
        "ecs.services.web.image: unknown key",
        f"allowed: {', '.join(ServiceSettings.model_fields)}",
        "fix: image is a key of ecs.services.<name>.containers.<name>, ecs.services.<name>.log_router, "
        "ecs.services.<name>.sidecars.collector, or ecs.services.<name>.sidecars.cloudwatch_agent",
    ),
    "unknown key: its first word": (
        service("desired: 2"),
        "ecs.services.web.desired: unknown key",
        f"allowed: {', '.join(ServiceSettings.model_fields)}",
        "fix: did you mean desired_count?",
    ),
    "unknown key: its last word": (
        service("routing: {path_patterns: [/*], rewrite: a}"),
        "ecs.services.web.routing.rewrite: unknown key",
        f"allowed: {', '.join(RoutingOptions.model_fields)}",
        "fix: did you mean url_rewrite or host_rewrite?",
    ),
    "unknown key: with a word too many": (
        service("deployment_configuration: {}"),
        "ecs.services.web.deployment_configuration: unknown key",
        f"allowed: {', '.join(ServiceSettings.model_fields)}",
        "fix: did you mean deployment?",
    ),
    "unknown key: of one's own choice": (
        HEAD.replace("cost_centre: x", "cost_centre: x, data-classification: internal"),
        "tags.data-classification: unknown key",
        "allowed: owner, cost_centre, additional",
        "fix: put it below additional",
    ),
    "unknown key: that sounds like another and is none": (
        eks("nodes: {main: {kind: managed, registry: {a: b}}}"),
        "eks.nodes.main.registry: unknown key",
        f"allowed: {MANAGED_KEYS}",
        "fix: registry is a key of the top level of the file",
    ),
    "items: six selectors": (
        eks(
            "nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: ["
            + ", ".join(f"{{namespace: {each}}}" for each in "abcdef")
            + "]}}"
        ),
        "eks.nodes.batch.selectors: there are 6 items",
        "allowed: 1 to 5 items",
        "meaning: Selectors of the profile. A pod that matches one of them runs on AWS Fargate.",
    ),
    "token": (
        container("environment: {A: 'x-${Token[TOKEN.1]}'}"),
        f"{CONTAINER}.environment.A: the text contains ${{Token[, which the CDK reserves for values that it fills in "
        "later",
        "fix: write it without ${Token[",
    ),
    "token: of a list": (
        container("command: ['#{Token[TOKEN.1]}']"),
        f"{CONTAINER}.command[0]: the text contains #{{Token[, which the CDK reserves for values that it fills in "
        "later",
        "fix: write it without #{Token[",
    ),
    "token: in a key": (
        add_on("{coredns: {configuration: {'a ${Token[TOKEN.1]}': 1}}}"),
        "eks.add_ons.coredns.configuration.a ${Token[TOKEN.1]}: the text contains ${Token[, which the CDK reserves for "
        "values that it fills in later",
        "fix: write it without ${Token[",
    ),
    "YAML: a key twice": (
        HEAD + "region: us-east-1\n",
        "region: this key is there twice, first in line 1",
        "fix: remove one of the two",
    ),
    "YAML: not closed": (
        HEAD + "network: {cidr: [}\n",
        "(the file): this is not valid YAML: expected the node content, but found '}'",
        "fix: correct the YAML; this line, or one above it, may have a quote, a bracket, or a space too "
        "many or too few",
    ),
    "YAML: a list": (
        "- region\n",
        "(the file): the file is not a mapping",
        "allowed: a mapping of keys to values, such as region: eu-west-1",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_of_the_model(tmp_path: Path, name: str) -> None:
    text, *lines = MESSAGES[name]
    assert message(tmp_path, text).splitlines() == lines


def _wrong_sizes() -> Iterator[tuple[str, Data, str]]:
    """Each list of a limited size, with an environment in which its size is wrong, and what is said of the sizes."""
    seen: set[str] = set()
    for data in filled(COMPLETE_ENVIRONMENTS):
        for place in places(data):
            sizes = next((each for each in alternatives(place.node) if {"minItems", "maxItems"} & set(each)), None)
            if sizes is not None and sizes["type"] == "array" and place.key not in seen:
                seen.add(place.key)
                low, high = sizes.get("minItems", 0), sizes.get("maxItems", 0)
                item = (place.value or [smallest(sizes["items"])])[:1]
                wrong = Change(place.path, item * (low - 1 if low else high + 1)).applied(data)
                bound = f"at least {low}" if low else f"at most {high}"
                yield place.key, wrong, f"{low} to {high}" if low and high else bound


WRONG_SIZES = list(_wrong_sizes())


def test_lists_of_a_limited_size_are_found() -> None:
    found = {key for key, _, _ in WRONG_SIZES}
    assert {"availability_zones", "eks.nodes.<managed>.subnet_ids", "eks.endpoint.public_access_cidrs"} <= found


@pytest.mark.parametrize(("key", "data", "sizes"), WRONG_SIZES, ids=[key for key, _, _ in WRONG_SIZES])
def test_a_list_of_a_wrong_size_is_told_the_sizes(key: str, data: Data, sizes: str) -> None:
    last = key.rpartition(".")[2]
    _, found = check(data)
    told = [each for each in found if str(each.path[-1]) == last and "item" in each.finding]
    assert [each.allowed for each in told] == [f"{sizes} items"]


@pytest.mark.parametrize(
    "text",
    [
        network("max_availability_zones: 6", "nat_gateways: one", "cidr: 10.0.0.0/16", "interface_endpoints: [logs]"),
        capacity("default: {min_size: 1}"),
        service("alarms: true", "memory_mib: 1024"),
        service(f"routing: {{path_patterns: [/a, /b, /c, /d, /e], health_check_path: /{'a' * 1023}}}"),
        container("environment: {DEBUG: 'true', A: '${TOKEN} ${Toke'}, memory_mib: 6"),
        HEAD + "log_retention_days: 7\napplication: my-app\nname: a-b\n",
        HEAD + "ecs: {alarms: {topic: none}}\n",
        add_on("{coredns: {version: v1.14.3-eksbuild.23, configuration: {affinity: {b: [1, null]}}}}"),
    ],
)
def test_the_nearest_neighbor_is_accepted(tmp_path: Path, text: str) -> None:
    assert message(tmp_path, text) == ""


def test_the_whole_text_has_every_place(tmp_path: Path) -> None:
    text = service("desired_count: many", "routing: {path_patterns: [/*]}", before="") + "protected: yes\n"
    assert full_text(tmp_path, text).splitlines() == [
        "checked.yaml: 3 problems, nothing was synthesized",
        "  checked.yaml:10: ecs.services.web.desired_count: 'many' is not allowed",
        "      allowed: a whole number, 0 to 5000",
        "      meaning: Number of tasks to run. Use `scaling` instead if the number is to follow the load.",
        "  checked.yaml:11: ecs.services.web.routing: there is routing, but no ecs.load_balancer",
        "      fix: add ecs.load_balancer, or remove routing",
        "      why: Requests reach a service through the load balancer that services share.",
        "  checked.yaml:12: protected: 'yes' is not allowed",
        "      allowed: true or false",
        "      fix: write true",
        "      meaning: Whether data is retained when its stack is deleted, and deletion protection is on for "
        "stacks, load balancers, and EKS clusters. With `false`, data is deleted together with its stack.",
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (1, "1"),
        ("a", "'a'"),
        ([1, "a", None], "[1, 'a', null]"),
        ([{"a": 1}], "[a mapping]"),
        ({}, "{}"),
    ],
)
def test_a_value_is_written_as_in_yaml(value: object, written: str) -> None:
    assert notation(value) == written
