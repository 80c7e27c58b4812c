"""The roles by which Amazon ECS acts for a deployment may do what it is to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph
from policy.relations.relation import Misfit, relation

_SHIFT_POLICY: Final = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
_LATTICE_POLICY: Final = "AmazonECSInfrastructureRolePolicyForVpcLattice"
_REGISTER: Final = ("vpc-lattice:RegisterTargets", "vpc-lattice:DeregisterTargets")
_MAKE_KEYS: Final = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair")
_SHIFT: Final = (
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RegisterTargets",
    "elasticloadbalancing:DeregisterTargets",
)


@relation("Amazon ECS infrastructure IAM role for load balancers")
def role_can_shift_requests(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS accepts the service, and its first deployment fails: it cannot change the listener rule."""
    for service in graph.of_type("AWS::ECS::Service"):
        for entry in service.list("LoadBalancers"):
            role = graph.find(entry.get("AdvancedConfiguration", {}).get("RoleArn"))
            if role is None or _SHIFT_POLICY in graph.role_policies.aws_managed(role):
                continue
            allowing = [each for each in graph.role_policies.statements(role) if each.effect == "Allow"]
            missing = [action for action in _SHIFT if not any(each.is_about(action) for each in allowing)]
            if missing:
                yield Misfit(
                    resource=role,
                    finding=f"the role may not {', '.join(missing)}, and {service.logical_id} is deployed with it",
                    fix=f"give it {_SHIFT_POLICY}",
                )


@relation("Amazon ECS infrastructure IAM role; VPC Lattice resources for blue/green, linear, and canary deployments")
def role_can_register_with_lattice(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS accepts the service, and no task is ever registered with Amazon VPC Lattice."""
    for service in graph.of_type("AWS::ECS::Service"):
        for entry in service.list("VpcLatticeConfigurations"):
            role = graph.find(entry.get("RoleArn"))
            if role is None or _LATTICE_POLICY in graph.role_policies.aws_managed(role):
                continue
            allowing = [each for each in graph.role_policies.statements(role) if each.effect == "Allow"]
            missing = [action for action in _REGISTER if not any(each.is_about(action) for each in allowing)]
            if missing:
                yield Misfit(
                    resource=role,
                    finding=f"the role may not {', '.join(missing)}, and {service.logical_id} is registered with it",
                    fix=f"give it {_LATTICE_POLICY}",
                )


@relation("Permissions required for Lambda functions in Amazon ECS blue/green deployments")
def role_can_invoke_lifecycle_hooks(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS cannot ask the function, and rolls every deployment back."""
    for service in graph.of_type("AWS::ECS::Service"):
        for hook in service.list("DeploymentConfiguration.LifecycleHooks"):
            role, function = graph.find(hook.get("RoleArn")), hook.get("HookTargetArn")
            if role is None or function is None:
                continue
            if not any(
                each.effect == "Allow" and each.is_about("lambda:InvokeFunction") and each.covers(str(function))
                for each in graph.role_policies.statements(role)
            ):
                yield Misfit(
                    resource=role,
                    finding=f"the role may not invoke {function}, which {service.logical_id} asks",
                    fix="allow lambda:InvokeFunction on the function",
                )


@relation("Encrypt Amazon ECS Service Connect traffic; Amazon ECS infrastructure IAM role")
def role_can_use_the_key_of_certificates(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS makes private keys with it, and cannot start a deployment that has none."""
    for service in graph.of_type("AWS::ECS::Service"):
        for served in service.list("ServiceConnectConfiguration.Services"):
            tls = served.get("Tls", {})
            role, key = graph.find(tls.get("RoleArn")), tls.get("KmsKey")
            if role is None or key is None:
                continue
            allowing = [
                each
                for each in graph.role_policies.statements(role)
                if each.effect == "Allow" and each.covers(str(key))
            ]
            missing = [action for action in _MAKE_KEYS if not any(each.is_about(action) for each in allowing)]
            if missing:
                yield Misfit(
                    resource=role,
                    finding=f"the role may not {', '.join(missing)} with {key}, which {service.logical_id} states",
                    fix="allow it on the key",
                )
