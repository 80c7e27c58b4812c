"""Rules of VPC endpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks, network, problems

IMAGES_AND_LOGS = "ecr.api, ecr.dkr, logs"
FOR_NODES = "ecr.api, ecr.dkr, ec2, eks-auth"
WITH_SESSIONS = f"{FOR_NODES}, ssm, ssmmessages"
INSTANCES = "ecs: {capacity: {default: {}}}\n"
PARAMETER = "'arn:aws:ssm:eu-west-1:111122223333:parameter/t'"
DATABASE = "'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf'"
WORKER = "ecs: {queue_workers: {mail: {containers: {web: {image: 'app:1'}}}}}\n"
PUBLIC = "endpoint: {access: %s, public_access_cidrs: [192.31.196.7/32]}"


def without_nat(endpoints: str) -> str:
    return network("nat_gateways: none", f"interface_endpoints: [{endpoints}]")


def task(container: str, service: str = "alarms: true") -> str:
    return f"ecs: {{services: {{web: {{containers: {{web: {{image: 'app:1', {container}}}}}, {service}}}}}}}\n"


FSX = (
    "ecs: {capacity: {windows: {architecture: x86_64, instance_types: [m7i.large], operating_system: "
    "windows_2022_core, volume_gib: 50}}, services: {web: {architecture: x86_64, cpu_units: 1024, memory_mib: 2048, "
    "operating_system: windows_server_2022_core, capacity_provider_strategy: [{capacity_provider: windows}], "
    "containers: {web: {image: 'app:1', mounts: {files: {path: 'C:\\files'}}}}, "
    "volumes: {files: {kind: fsx_windows, file_system_id: fs-0000000a, domain: corp.example.com, "
    "credentials_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf'}}}}}\n"
)
QUEUE = "task_role_statements: [{actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:eu-west-1:111122223333:a']}]"
TABLE = QUEUE.replace("sqs:SendMessage", "dynamodb:GetItem").replace(
    "sqs:eu-west-1:111122223333:a", "dynamodb:eu-west-1:111122223333:table/a"
)
MISSING = (
    "network.interface_endpoints: nat_gateways is none, but there is no endpoint %s\n"
    "fix: add %s, or set nat_gateways to one or one_per_zone\n"
)
SECRETS = (
    f"{MISSING}why: Without NAT gateways, tasks read secrets, receive messages, and open ECS Exec sessions by VPC "
    "endpoints only."
)
NODES = (
    f"{MISSING}why: Without NAT gateways, nodes join the cluster, pods get their role, and people get in, only by VPC "
    "endpoints."
)

CONNECT = "task_role_statements: [{actions: ['%s'], resources: ['arn:aws:%s:eu-west-1:111122223333:%s']}]"
DECRYPT = (
    "task_role_statements: [{actions: ['kms:Decrypt'], resources: ['arn:aws:kms:eu-west-1:111122223333:key/a'], "
    "conditions: {StringEquals: {'%s': [s3.eu-west-1.amazonaws.com]}}}]"
)
AUTO_MODE = "nodes: {auto: {kind: auto_mode}}"

PAIRS = (
    RulePair(
        rule="endpoints_replace_nat_for_eks_nodes: of EKS Auto Mode",
        rejected=without_nat("ecr.api, ecr.dkr, eks-auth") + eks(AUTO_MODE, PRIVATE_ACCESS, head=""),
        accepted=without_nat(FOR_NODES) + eks(AUTO_MODE, PRIVATE_ACCESS, head=""),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint ec2 (nodes of EKS "
            "Auto Mode)\n"
            "fix: add ec2, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, nodes join the cluster, pods get their role, and people get in, only by "
            "VPC endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_images_and_logs: of pods on Fargate",
        rejected=without_nat("ecr.api, ecr.dkr") + eks(FARGATE, PRIVATE_ACCESS, "fargate_pod_logs: true", head=""),
        accepted=without_nat(IMAGES_AND_LOGS) + eks(FARGATE, PRIVATE_ACCESS, "fargate_pod_logs: true", head=""),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint logs (logs of pods on "
            "AWS Fargate)\n"
            "fix: add logs, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, no task and no node can pull an image or write logs except through VPC "
            "endpoints."
        ),
    ),
    RulePair(
        rule="endpoint_comes_once",
        rejected=network("interface_endpoints: [logs, logs]"),
        accepted=network("interface_endpoints: [logs, ssm]"),
        message=(
            "network.interface_endpoints[1]: 'logs' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A VPC can have one endpoint with private DNS, or with routes, for each service; a second one fails."
        ),
    ),
    RulePair(
        rule="endpoint_comes_once: of gateways",
        rejected=network("gateway_endpoints: [dynamodb, dynamodb]"),
        accepted=network("gateway_endpoints: [dynamodb]"),
        message=(
            "network.gateway_endpoints[1]: 'dynamodb' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A VPC can have one endpoint with private DNS, or with routes, for each service; a second one fails."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_images_and_logs",
        rejected=without_nat("ecr.api, ecs") + task("port: 8080"),
        accepted=without_nat(f"{IMAGES_AND_LOGS}") + task("port: 8080"),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint ecr.dkr (images) or logs "
            "(logs of tasks)\n"
            "fix: add ecr.dkr and logs, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, no task and no node can pull an image or write logs except through "
            "VPC endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_images_and_logs: nodes write none",
        rejected=eks(MANAGED, PRIVATE_ACCESS, head=without_nat(FOR_NODES.replace("ecr.dkr, ", ""))),
        accepted=eks(MANAGED, PRIVATE_ACCESS, head=without_nat(FOR_NODES)),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint ecr.dkr (images)\n"
            "fix: add ecr.dkr, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, no task and no node can pull an image or write logs except through "
            "VPC endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_ecs_instances",
        rejected=without_nat(f"{IMAGES_AND_LOGS}, ecs, ecs-agent") + INSTANCES,
        accepted=without_nat(f"{IMAGES_AND_LOGS}, ecs, ecs-agent, ecs-telemetry") + INSTANCES,
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint ecs-telemetry (ecs.capacity)\n"
            "fix: add ecs-telemetry, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, an instance can register with the ECS cluster only through VPC "
            "endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_secrets_and_exec",
        rejected=without_nat(IMAGES_AND_LOGS) + task(f"secrets: {{T: {PARAMETER}}}"),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, ssm") + task(f"secrets: {{T: {PARAMETER}}}"),
        message=SECRETS % ("ssm (secrets in parameters)", "ssm"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_secrets_and_exec: Secrets Manager",
        rejected=without_nat(IMAGES_AND_LOGS) + task(f"secrets: {{T: {DATABASE}}}"),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, secretsmanager") + task(f"secrets: {{T: {DATABASE}}}"),
        message=SECRETS % ("secretsmanager (secrets)", "secretsmanager"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_secrets_and_exec: ECS Exec, whose sessions are encrypted",
        rejected=without_nat(IMAGES_AND_LOGS) + task("read_only_root_filesystem: false", "execute_command: true"),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, kms, ssmmessages")
        + task("read_only_root_filesystem: false", "execute_command: true"),
        message=SECRETS % ("kms (ECS Exec) or ssmmessages (ECS Exec)", "kms and ssmmessages"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_secrets_and_exec: volumes of Amazon FSx",
        rejected=without_nat(f"{IMAGES_AND_LOGS}, ecs, ecs-agent, ecs-telemetry, secretsmanager") + FSX,
        accepted=without_nat(f"{IMAGES_AND_LOGS}, ecs, ecs-agent, ecs-telemetry, secretsmanager, fsx") + FSX,
        message=SECRETS % ("fsx (volumes of Amazon FSx, whose DNS name the agent asks for)", "fsx"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_secrets_and_exec: queue workers",
        rejected=without_nat(IMAGES_AND_LOGS) + WORKER,
        accepted=without_nat(f"{IMAGES_AND_LOGS}, sqs") + WORKER,
        message=SECRETS % ("sqs (queue workers, which receive messages)", "sqs"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_applications",
        rejected=without_nat(IMAGES_AND_LOGS) + task("port: 8080", QUEUE),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, sqs") + task("port: 8080", QUEUE),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint sqs (sqs:SendMessage"
            " of web)\n"
            "fix: add sqs, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, an application reaches the services that its role is for only through"
            " VPC endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_applications: by a gateway",
        rejected=without_nat(IMAGES_AND_LOGS) + task("port: 8080", TABLE),
        accepted=without_nat(f"{IMAGES_AND_LOGS}], gateway_endpoints: [dynamodb").replace("], gateway", "]\n  gateway")
        + task("port: 8080", TABLE),
        message=(
            "network.gateway_endpoints: nat_gateways is none, but there is no endpoint dynamodb "
            "(dynamodb:GetItem of web)\n"
            "fix: add dynamodb, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, an application reaches the services that its role is for only through"
            " VPC endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_applications: which a database in the VPC does not have",
        rejected=without_nat(IMAGES_AND_LOGS)
        + task("port: 8080", CONNECT % ("rds:DescribeDBInstances", "rds", "db:a")),
        accepted=without_nat(IMAGES_AND_LOGS)
        + task("port: 8080", CONNECT % ("rds-db:connect", "rds-db", "dbuser:db-ABCDEF/app")),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: nat_gateways is none, and no VPC endpoint "
            "of this file leads to the service rds\n"
            "fix: set nat_gateways to one or one_per_zone, or acknowledge that you have an endpoint for it\n"
            "why: Without NAT gateways, an application reaches the services that its role is for only through"
            " VPC endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_applications: unless another service calls",
        rejected=without_nat(IMAGES_AND_LOGS) + task("port: 8080", DECRYPT % "kms:CallerAccount"),
        accepted=without_nat(IMAGES_AND_LOGS) + task("port: 8080", DECRYPT % "kms:ViaService"),
        message=(
            "network.interface_endpoints: nat_gateways is none, but there is no endpoint kms (kms:Decrypt of web)\n"
            "fix: add kms, or set nat_gateways to one or one_per_zone\n"
            "why: Without NAT gateways, an application reaches the services that its role is for only through VPC "
            "endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_eks_nodes",
        rejected=eks(MANAGED, PRIVATE_ACCESS, head=without_nat("ecr.api, ecr.dkr")),
        accepted=eks(MANAGED, PRIVATE_ACCESS, head=without_nat(FOR_NODES)),
        message=NODES
        % ("ec2 (nodes, which ask for their names and addresses) or eks-auth (EKS Pod Identity)", "ec2 and eks-auth"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_eks_nodes: not for Fargate",
        rejected=eks(MANAGED, PRIVATE_ACCESS, head=without_nat("ecr.api, ecr.dkr, ec2")),
        accepted=eks(FARGATE, PRIVATE_ACCESS, head=without_nat("ecr.api, ecr.dkr")),
        message=NODES % ("eks-auth (EKS Pod Identity)", "eks-auth"),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_eks_nodes: for people who have no other way in",
        rejected=eks(MANAGED, head=without_nat(FOR_NODES)),
        accepted=eks(MANAGED, head=without_nat(WITH_SESSIONS)),
        message=NODES
        % (
            "ssm (Session Manager, the only way to the private endpoint) or ssmmessages (Session Manager, the only way "
            "to the private endpoint)",
            "ssm and ssmmessages",
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_applications: where there is none",
        rejected=without_nat(IMAGES_AND_LOGS)
        + task(
            "",
            QUEUE.replace("sqs:SendMessage", "cognito-idp:AdminGetUser").replace(
                "sqs:eu-west-1:111122223333:a", "cognito-idp:eu-west-1:111122223333:userpool/a"
            ),
        ),
        accepted=without_nat(f"{IMAGES_AND_LOGS}, sqs") + task("", QUEUE),
        message=(
            "ecs.services.web.task_role_statements[0].actions[0]: nat_gateways is none, and no VPC endpoint "
            "of this file leads to the service cognito-idp\n"
            "fix: set nat_gateways to one or one_per_zone, or acknowledge that you have an endpoint for it\n"
            "why: Without NAT gateways, an application reaches the services that its role is for only through"
            " VPC endpoints."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("kafka-cluster:Connect", "kafka:eu-west-1:111122223333:cluster/c/*"),
        ("rds-db:connect", "rds-db:eu-west-1:111122223333:dbuser:db-1/app"),
        ("elasticache:Connect", "elasticache:eu-west-1:111122223333:user:app"),
        ("elasticfilesystem:ClientMount", "elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"),
        ("es:ESHttpGet", "es:eu-west-1:111122223333:domain/search/*"),
    ],
)
def test_what_is_within_the_vpc_needs_no_endpoint(tmp_path: Path, action: str, resource: str) -> None:
    statement = f"task_role_statements: [{{actions: ['{action}'], resources: ['arn:aws:{resource}']}}]"
    assert problems(tmp_path, without_nat(IMAGES_AND_LOGS) + task("port: 8080", statement)) == []
