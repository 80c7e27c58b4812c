"""The role by which Amazon ECS makes the EBS volumes of tasks may do so, with their key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph, Resource
from policy.relations.identity.permissions import covers
from policy.relations.relation import Misfit, relation

_POLICY: Final = "AmazonECSInfrastructureRolePolicyForVolumes"
_MAKE: Final = ("ec2:CreateVolume", "ec2:AttachVolume", "ec2:DeleteVolume")
_ENCRYPT: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")


@relation("Amazon ECS infrastructure IAM role; Encrypt data stored in Amazon EBS volumes attached to Amazon ECS tasks")
def role_can_make_the_volumes_of_tasks(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS accepts the service, and no task of it starts: its volume cannot be created or attached."""
    for service in graph.of_type("AWS::ECS::Service"):
        for volume in service.list("VolumeConfigurations"):
            settings = volume.get("ManagedEBSVolume", {})
            role, key = graph.find(settings.get("RoleArn")), graph.find(settings.get("KmsKeyId"))
            if role is None:
                continue
            missing = [] if _POLICY in graph.role_policies.aws_managed(role) else _denied(graph, role, _MAKE)
            missing += _denied(graph, role, _ENCRYPT, key) if key is not None else []
            if missing:
                yield Misfit(
                    resource=role,
                    finding=f"the role may not {', '.join(missing)}, and {service.logical_id} has the volume "
                    f"{volume.get('Name')}",
                    fix=f"give it {_POLICY}, and the use of the key",
                )


def _denied(graph: Graph, role: Resource, actions: tuple[str, ...], key: Resource | None = None) -> list[str]:
    allowing = [
        each
        for each in graph.role_policies.statements(role)
        if each.effect == "Allow" and (key is None or covers(graph, each, key))
    ]
    return [action for action in actions if not any(each.is_about(action) for each in allowing)]
