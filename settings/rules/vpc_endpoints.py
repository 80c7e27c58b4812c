"""Rules of interface VPC endpoints, and of a VPC without NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from facts.vpc_endpoints import INTERFACE_ENDPOINTS, is_called_at_an_endpoint
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.network.vpc_options import GatewayEndpoint
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import (
    capacity_groups,
    container_keys,
    containers,
    nodes,
    policies,
    some_node_supports,
    task_keys,
    tasks,
)

_ON_EC2 = (InstanceNodeOptions, AutoModeOptions, KarpenterOptions)
_KEYS = ("network.interface_endpoints", "network.nat_gateways")


@rule("Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide", keys=_KEYS[:1])
def endpoint_comes_once(environment: Environment) -> Iterator[Problem]:
    """A VPC can have one endpoint with private DNS for each service; a second one fails."""
    yield from come_once(("network", "interface_endpoints"), environment.network.interface_endpoints)


@rule(
    "Amazon ECR interface VPC endpoints; Amazon EKS managed node groups; CloudWatch Logs with interface VPC endpoints",
    keys=(*_KEYS, "ecs", "eks"),
)
def endpoints_replace_nat_for_images_and_logs(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, no task and no node can pull an image or write logs except through VPC endpoints."""
    needs: dict[str, str] = {}
    if environment.ecs is not None or environment.eks is not None:
        needs |= dict.fromkeys(("ecr.api", "ecr.dkr"), "images")
    if any(True for _ in tasks(environment)):
        needs["logs"] = "logs of tasks"
    elif environment.eks is not None and environment.eks.fargate_pod_logs:
        needs["logs"] = "logs of pods on AWS Fargate"
    yield from _missing(environment, needs)


@rule("Amazon ECS interface VPC endpoints", keys=(*_KEYS, "ecs.capacity"))
def endpoints_replace_nat_for_ecs_instances(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, an instance can register with the ECS cluster only through VPC endpoints."""
    if any(True for _ in capacity_groups(environment)):
        yield from _missing(environment, dict.fromkeys(("ecs", "ecs-agent", "ecs-telemetry"), "ecs.capacity"))


@rule(
    "Using ECS Exec, encryption with a KMS key; Amazon ECS interface VPC endpoints",
    keys=(*_KEYS, *container_keys("secrets"), *task_keys("execute_command")),
)
def endpoints_replace_nat_for_secrets_and_exec(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, a task can read secrets and open ECS Exec sessions only through VPC endpoints."""
    arns = [arn for _, container, _ in containers(environment) for arn in container.secrets.values()]
    needs: dict[str, str] = {
        **({"secretsmanager": "secrets"} if any(":secretsmanager:" in arn for arn in arns) else {}),
        **({"ssm": "secrets in parameters"} if any(":ssm:" in arn for arn in arns) else {}),
    }
    if any(task.execute_command for _, task in tasks(environment)):
        # Sessions are always encrypted with the key of the cluster.
        needs |= dict.fromkeys(("ssmmessages", "kms"), "ECS Exec")
    yield from _missing(environment, needs)


@warning(
    "AWS services that integrate with AWS PrivateLink; Service Authorization Reference",
    keys=(
        *_KEYS,
        "network.gateway_endpoints",
        *task_keys("task_role_statements"),
        "eks.pod_identities.<name>.statements",
        "eks.add_ons.<name>.statements",
    ),
)
def endpoints_replace_nat_for_applications(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, an application reaches the services that its role is for only through VPC endpoints."""
    if environment.network.nat_gateways != "none":
        return
    needs: dict[str, str] = {}
    needs_gateway: dict[str, str] = {}
    for path, stated in policies(environment):
        if path[:2] == ("eks", "capabilities"):
            continue  # AWS runs them outside of the VPC
        for place, statement in enumerate(stated):
            condition_keys = [key for by_key in statement.conditions.values() for key in by_key]
            for index, action in enumerate(statement.actions):
                if not is_called_at_an_endpoint(action, condition_keys):
                    continue
                prefix = action.partition(":")[0].lower()
                if (endpoint := INTERFACE_ENDPOINTS.get(prefix)) is not None:
                    needs[endpoint] = f"{action} of {path[-2]}"
                elif prefix in get_args(GatewayEndpoint):
                    needs_gateway[prefix] = f"{action} of {path[-2]}"
                elif prefix != "s3":
                    yield Problem(
                        path=(*path, place, "actions", index),
                        finding=f"nat_gateways is none, and no VPC endpoint of this file leads to the service {prefix}",
                        fix="set nat_gateways to one or one_per_zone, or acknowledge that you have an endpoint for it",
                    )
    yield from _missing(environment, needs)
    yield from _missing(environment, needs_gateway, key="gateway_endpoints")


@rule(
    "Deploy private clusters with limited internet access, Amazon EKS User Guide; Session Manager, VPC endpoints",
    keys=(
        *_KEYS,
        "eks.nodes",
        "eks.endpoint.access",
        "eks.endpoint.private_access_cidrs",
        "eks.pod_identities.<name>.credentials",
    ),
)
def endpoints_replace_nat_for_eks_nodes(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, nodes join the cluster, pods get their role, and people get in, only by VPC endpoints."""
    needs: dict[str, str] = {}
    if any(isinstance(node, _ON_EC2) for _, node in nodes(environment)):
        needs["ec2"] = "nodes, which ask for their names and addresses"
    if some_node_supports(environment, "pod_identity"):
        needs["eks-auth"] = "EKS Pod Identity"
    if environment.eks is not None and any(
        each.credentials_with(environment.eks.nodes.values()) == "irsa"
        for each in environment.eks.pod_identities.values()
    ):
        needs["sts"] = "IAM roles for service accounts"
    if environment.eks is not None and some_node_supports(environment, "session_manager"):
        endpoint = environment.eks.endpoint
        if endpoint.access == "private" and not endpoint.private_access_cidrs:
            # ec2messages: "Systems Manager uses ssmmessages where it can", reference of ec2messages API operations.
            needs |= dict.fromkeys(("ssm", "ssmmessages"), "Session Manager, the only way to the private endpoint")
    yield from _missing(environment, needs)


@rule("Getting started, karpenter.sh: private clusters", keys=(*_KEYS, "eks.nodes"))
def endpoints_replace_nat_for_karpenter(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, the controller finds the cluster, images, and notices only through VPC endpoints."""
    if any(isinstance(node, KarpenterOptions) for _, node in nodes(environment)):
        yield from _missing(environment, dict.fromkeys(("eks", "sqs", "ssm"), "Karpenter"))


def _missing(
    environment: Environment, needs: Mapping[str, str], *, key: str = "interface_endpoints"
) -> Iterator[Problem]:
    """The endpoints that are needed, each with what needs it, and are not there."""
    network = environment.network
    present: tuple[str, ...] = getattr(network, key)
    missing = sorted(needs.keys() - set(present))
    if network.nat_gateways == "none" and missing:
        named = [f"{endpoint} ({needs[endpoint]})" for endpoint in missing]
        yield Problem(
            path=("network", key),
            value=list(present),
            finding=f"nat_gateways is none, but there is no endpoint {listed(named, 'or')}",
            fix=f"add {listed(missing)}, or set nat_gateways to one or one_per_zone",
        )
