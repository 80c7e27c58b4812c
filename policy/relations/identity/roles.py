"""A role is trusted by exactly the service that is given it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.assembly import Arn
from assembly.policies import matches, statements, trusted
from policy.relations.relation import Misfit, relation

# Where a role is given to whom: resource type -> path of the property -> service.
GIVEN_TO = {
    "AWS::ECS::TaskDefinition": {
        "TaskRoleArn": "ecs-tasks.amazonaws.com",
        "ExecutionRoleArn": "ecs-tasks.amazonaws.com",
    },
    "AWS::ECS::Service": {
        "VolumeConfigurations.*.ManagedEBSVolume.RoleArn": "ecs.amazonaws.com",
        "LoadBalancers.*.AdvancedConfiguration.RoleArn": "ecs.amazonaws.com",
        "DeploymentConfiguration.LifecycleHooks.*.RoleArn": "ecs.amazonaws.com",
        "ServiceConnectConfiguration.Services.*.Tls.RoleArn": "ecs.amazonaws.com",
    },
    "AWS::Scheduler::Schedule": {"Target.RoleArn": "scheduler.amazonaws.com"},
    "AWS::StepFunctions::StateMachine": {"RoleArn": "states.amazonaws.com"},
    "AWS::IAM::InstanceProfile": {"Roles": "ec2.amazonaws.com"},
    "AWS::EKS::Cluster": {"RoleArn": "eks.amazonaws.com", "ComputeConfig.NodeRoleArn": "ec2.amazonaws.com"},
    "AWS::EKS::Nodegroup": {"NodeRole": "ec2.amazonaws.com"},
    "AWS::EKS::Capability": {"RoleArn": "capabilities.eks.amazonaws.com"},
    "AWS::EKS::FargateProfile": {"PodExecutionRoleArn": "eks-fargate-pods.amazonaws.com"},
    "AWS::EKS::PodIdentityAssociation": {"RoleArn": "pods.eks.amazonaws.com"},
    "AWS::EKS::Addon": {"PodIdentityAssociations.*.RoleArn": "pods.eks.amazonaws.com"},
    "AWS::EC2::FlowLog": {"DeliverLogsPermissionArn": "vpc-flow-logs.amazonaws.com"},
    "AWS::SSM::Association": {"Parameters.AutomationAssumeRole": "ssm.amazonaws.com"},
    "AWS::ECR::RepositoryCreationTemplate": {"CustomRoleArn": "ecr.amazonaws.com"},
}
POD_IDENTITY = "pods.eks.amazonaws.com"


def given(graph: Graph) -> Iterator[tuple[Resource, Resource, str]]:
    """(role, resource that has it, service that is to assume it) of each role of the templates."""
    for resource_type, paths in GIVEN_TO.items():
        for resource in graph.of_type(resource_type):
            for path, service in paths.items():
                for value in _values(resource, path):
                    if (role := graph.find(value)) is not None and role.type == "AWS::IAM::Role":
                        # The control plane of a local cluster is instances of the account.
                        yield role, resource, "ec2.amazonaws.com" if resource.get("OutpostConfig") else service


def _values(resource: Resource, path: str) -> list[object]:
    if ".*." not in path:
        return resource.list(path)
    items, _, key = path.partition(".*.")
    found: list[object] = []
    for item in resource.list(items):
        for part in key.split("."):
            item = item.get(part, {})
        found.append(item)
    return found


@relation("IAM User Guide, How to use trust policies with IAM roles; the page of each service on its role")
def role_is_trusted_by_the_service_that_is_given_it(graph: Graph) -> Iterator[Misfit]:
    """The service cannot assume a role that does not trust it: creation fails, or the resource never works."""
    for role, user, service in given(graph):
        if not any(kind == "Service" and name == service for kind, name, _ in trusted(role)):
            yield Misfit(
                resource=role,
                finding=f"{user.logical_id} ({user.type}) has the role, which does not trust {service}",
                fix=f"let {service} assume the role",
            )


@relation("IAM User Guide, Security best practices: grant least privilege")
def role_is_trusted_by_nobody_else(graph: Graph) -> Iterator[Misfit]:
    """Whoever else may assume the role has all its permissions, for a purpose that no resource shows."""
    services: dict[Resource, set[str]] = {}
    for role, _, service in given(graph):
        services.setdefault(role, set()).add(service)
    for role in graph.of_type("AWS::IAM::Role"):
        for kind, name, _ in trusted(role):
            # A role that no resource has is for people or for other accounts: who assumes it is its purpose.
            if role in services and (kind != "Service" or name not in services[role]):
                yield Misfit(
                    resource=role,
                    finding=f"the role trusts {name}, to which no resource gives it",
                    fix=f"trust {', '.join(sorted(services[role]))} alone",
                )
            elif name == "*":
                yield Misfit(resource=role, finding="the role trusts everybody", fix="name who may assume the role")
        document = statements(role.get("AssumeRolePolicyDocument"))
        if any(each.effect == "Allow" and each.not_principals for each in document):
            yield Misfit(resource=role, finding="the role trusts all but some", fix="name who may assume the role")


@relation("The confused deputy problem, IAM User Guide; the page of each service on its role")
def trust_policy_is_limited_to_this_account(graph: Graph) -> Iterator[Misfit]:
    """A service can be told by another account to act with the role, if it knows its name."""
    for role in graph.of_type("AWS::IAM::Role"):
        for kind, name, statement in trusted(role):
            if kind != "Service" or name in _OF_ONE_ACCOUNT:
                continue
            accounts = [values for _, values in statement.condition("aws:SourceAccount")]
            arns = [values for _, values in statement.condition("aws:SourceArn")]
            account = graph.account(role.stack)
            by_account = any(values and all(value == account for value in values) for values in accounts)
            by_arn = any(values and all(Arn.of(value).account == account for value in values) for values in arns)
            if not (by_account or by_arn):
                finding = f"{name} may assume the role for any account"
                yield Misfit(resource=role, finding=finding, fix="name the account in aws:SourceAccount")


# Amazon EC2 gives the credentials of a role to instances of its own account only.
_OF_ONE_ACCOUNT = ("ec2.amazonaws.com",)


@relation("How EKS Pod Identity works; Amazon EKS capability IAM role; IAM User Guide, Pass session tags in AWS STS")
def pod_identity_role_can_be_tagged(graph: Graph) -> Iterator[Misfit]:
    """EKS assumes the role with session tags; without sts:TagSession, pods and capabilities get no credentials."""
    for role, _, service in given(graph):
        if service not in (POD_IDENTITY, "capabilities.eks.amazonaws.com"):
            continue
        about = [statement for _, name, statement in trusted(role) if name == service]
        for action in ("sts:AssumeRole", "sts:TagSession"):
            if about and not any(statement.is_about(action) for statement in about):
                yield Misfit(
                    resource=role, finding=f"{service} may not {action}", fix=f"add {action} to the trust policy"
                )


@relation("IAM User Guide, The confused deputy problem; AWS global condition context keys")
def trust_policy_admits_this_account(graph: Graph) -> Iterator[Misfit]:
    """The service calls for this account and Region; under a condition on another, it cannot assume the role."""
    for role in graph.of_type("AWS::IAM::Role"):
        for kind, name, statement in trusted(role):
            if kind != "Service":
                continue
            for operator, values in statement.condition("aws:SourceAccount"):
                if "Not" not in operator and not any(value == graph.account(role.stack) for value in values):
                    yield Misfit(
                        resource=role,
                        finding=f"{name} may assume it for account {', '.join(values)} only",
                        fix="name the account of the stack in aws:SourceAccount",
                    )
            for operator, values in statement.condition("aws:SourceArn"):
                callers = [caller for each, user, _ in given(graph) if each == role for caller in _caller(graph, user)]
                if "Not" not in operator and not (
                    any(graph.is_arn_of(value, role.stack) for value in values)
                    and all(any(_matches(caller, value) for value in values) for caller in callers)
                ):
                    yield Misfit(
                        resource=role,
                        finding=f"{name} may assume it for {', '.join(values)} only",
                        fix="name the Region and the account of the stack in aws:SourceArn",
                    )


def _caller(graph: Graph, user: Resource) -> list[str]:
    """In whose name the service assumes the role of a resource, where that is known before deployment."""
    if user.type == "AWS::EKS::Cluster" and user.get("Name"):
        return [graph.arn(user.stack, "eks", f"cluster/{user.get('Name')}")]
    if user.type == "AWS::EKS::FargateProfile":
        cluster = graph.find(user.get("ClusterName"))
        name = cluster.get("Name", "any") if cluster else user.get("ClusterName")
        return [graph.arn(user.stack, "eks", f"fargateprofile/{name}/any/any")]
    if user.type == "AWS::EC2::FlowLog":
        return [graph.arn(user.stack, "ec2", "vpc-flow-log/fl-0")]
    if user.type == "AWS::ECS::TaskDefinition":
        return [graph.arn(user.stack, "ecs", "task/any/any")]
    return []


def _matches(arn: str, pattern: str) -> bool:
    # The partition may be written out.
    return matches(":".join(Arn.of(arn)[1:]), ":".join(Arn.of(pattern)[1:]), exact_case=True)


@relation("IAM roles for service accounts; IAM roles for Amazon EKS add-ons")
def service_account_role_trusts_an_oidc_provider(graph: Graph) -> Iterator[Misfit]:
    """The add-on assumes the role by a web identity, which a role for EKS Pod Identity does not accept."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        role = graph.find(add_on.get("ServiceAccountRoleArn"))
        if role is not None and not any(kind == "Federated" for kind, _, _ in trusted(role)):
            yield Misfit(
                resource=add_on,
                finding=f"ServiceAccountRoleArn is {role.logical_id}, which trusts no OIDC provider",
                fix="associate the role by PodIdentityAssociations",
            )


@relation("Permissions boundaries for IAM entities, IAM User Guide")
def roles_have_one_permissions_boundary(graph: Graph) -> Iterator[Misfit]:
    """An account that requires a boundary refuses to create the role without it; elsewhere the role escapes it."""
    boundaries = {role: str(role.get("PermissionsBoundary") or "") for role in graph.of_type("AWS::IAM::Role")}
    # Roles of pods can have one of their own, which is acknowledged; and the others say what is usual.
    of_pods = {graph.find(each.get("RoleArn")) for each in graph.of_type("AWS::EKS::PodIdentityAssociation")}
    of_pods |= {role for role in boundaries if "Federated" in {kind for kind, *_ in trusted(role)}}
    counts = Counter(boundary for role, boundary in boundaries.items() if role not in of_pods)
    usual = max(counts, key=lambda boundary: (counts[boundary], boundary), default="")
    for role, boundary in boundaries.items():
        if boundary != usual:
            yield Misfit(
                resource=role,
                finding=f"the permissions boundary is {boundary or 'missing'}, and {usual or 'none'} elsewhere",
                fix=f"set PermissionsBoundary to {usual}" if usual else "let all roles have it, or none",
            )
