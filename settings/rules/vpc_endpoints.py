"""Rules of interface VPC endpoints, and of a VPC without NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule
from settings.rules.subjects import (
    capacity_groups,
    container_keys,
    containers,
    instance_nodes,
    some_node_supports,
    task_keys,
    tasks,
)

_KEYS = ("network.interface_endpoints", "network.nat_gateways")


@rule("Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide", keys=_KEYS[:1])
def endpoint_comes_once(environment: Environment) -> Iterator[Problem]:
    """A VPC can have one endpoint with private DNS for each service; a second one fails."""
    yield from come_once(("network", "interface_endpoints"), environment.network.interface_endpoints)


@rule("Amazon ECR interface VPC endpoints; Using CloudWatch Logs with interface VPC endpoints", keys=_KEYS)
def endpoints_replace_nat_for_images_and_logs(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, no task and no node can pull an image or write logs except through VPC endpoints."""
    yield from _missing(environment, {"ecr.api", "ecr.dkr", "logs"}, user="images and logs")


@rule("Amazon ECS interface VPC endpoints", keys=(*_KEYS, "ecs.capacity"))
def endpoints_replace_nat_for_ecs_instances(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, an instance can register with the ECS cluster only through VPC endpoints."""
    if any(True for _ in capacity_groups(environment)):
        yield from _missing(environment, {"ecs", "ecs-agent", "ecs-telemetry"}, user="the instances in ecs.capacity")


@rule(
    "Using ECS Exec; Amazon ECS interface VPC endpoints",
    keys=(*_KEYS, *container_keys("secrets"), *task_keys("execute_command")),
)
def endpoints_replace_nat_for_secrets_and_exec(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, a task can read secrets and open ECS Exec sessions only through VPC endpoints."""
    arns = [arn for _, container, _ in containers(environment) for arn in container.secrets.values()]
    wanted = {
        *({"secretsmanager"} if any(":secretsmanager:" in arn for arn in arns) else ()),
        *({"ssm"} if any(":ssm:" in arn for arn in arns) else ()),
        *({"ssmmessages"} if any(task.execute_command for _, task in tasks(environment)) else ()),
    }
    yield from _missing(environment, wanted, user="the secrets or ECS Exec of tasks")


@rule("Deploy private clusters with limited internet access, Amazon EKS User Guide", keys=(*_KEYS, "eks.nodes"))
def endpoints_replace_nat_for_eks_nodes(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, nodes need VPC endpoints to join the cluster and to give pods their IAM role."""
    wanted = {
        *({"ec2"} if any(True for _ in instance_nodes(environment)) else ()),
        # The EKS Pod Identity agent calls it.
        *({"eks-auth"} if some_node_supports(environment, "pod_identity") else ()),
    }
    yield from _missing(environment, wanted, user="the nodes in eks.nodes")


@rule(
    "Deploy private clusters with limited internet access, Amazon EKS User Guide",
    keys=("eks.endpoint.access", "network.nat_gateways"),
)
def eks_endpoint_is_reached_without_nat(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, nodes cannot reach a control plane that has a public endpoint only."""
    if environment.eks is None or environment.network.nat_gateways != "none":
        return
    if environment.eks.endpoint.access == "public":
        yield Problem(
            path=("eks", "endpoint", "access"),
            finding="the endpoint is public only, but network.nat_gateways is none",
            allowed="private or public_and_private",
        )


def _missing(environment: Environment, wanted: set[str], *, user: str) -> Iterator[Problem]:
    network = environment.network
    missing = sorted(wanted - set(network.interface_endpoints))
    if network.nat_gateways == "none" and missing:
        yield Problem(
            path=("network", "interface_endpoints"),
            value=list(network.interface_endpoints),
            finding=f"nat_gateways is none, but there is no endpoint {listed(missing, 'or')} for {user}",
            fix=f"add {listed(missing)}, or set nat_gateways to one or one_per_zone",
        )
