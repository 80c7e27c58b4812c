"""What Amazon ECS may do to start Managed Instances, and what those may do."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation

_POLICY = "AmazonECSInfrastructureRolePolicyForManagedInstances"
_AGENT = ("ecs:DiscoverPollEndpoint", "ecs:Poll", "ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange")


@relation("Amazon ECS infrastructure IAM role; Amazon ECS Managed Instances instance profile")
def managed_instances_start_with_their_role_and_join(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS starts no instance with a role that it may not pass, and one without permissions never joins."""
    for provider in graph.of_type("AWS::ECS::CapacityProvider"):
        infrastructure = graph.find(provider.get("ManagedInstancesProvider.InfrastructureRoleArn"))
        profile = graph.find(provider.get("ManagedInstancesProvider.InstanceLaunchTemplate.Ec2InstanceProfileArn"))
        role = graph.find(profile.list("Roles")[0]) if profile and profile.list("Roles") else None
        if infrastructure is None or role is None:
            continue
        if _POLICY not in graph.role_policies.aws_managed(infrastructure):
            yield Misfit(
                resource=infrastructure,
                finding=f"Amazon ECS manages instances of {provider.logical_id} with it, and it has no {_POLICY}",
                fix=f"attach {_POLICY}",
            )
        passed = [
            graph.find(resource)
            for statement in graph.role_policies.statements(infrastructure)
            if statement.effect == "Allow" and statement.is_about("iam:PassRole")
            for resource in statement.resources or ()
        ]
        if role not in passed:
            yield Misfit(
                resource=infrastructure,
                finding=f"it may not pass {role.logical_id}, with which instances of {provider.logical_id} start",
                fix="allow iam:PassRole for that role",
            )
        allowed = [each for each in graph.role_policies.statements(role) if each.effect == "Allow"]
        missing = [action for action in _AGENT if not any(each.is_about(action) for each in allowed)]
        if missing:
            yield Misfit(
                resource=role,
                finding=f"instances of {provider.logical_id} have it, and it may not {', '.join(missing)}",
                fix=f"allow {', '.join(missing)}",
            )
