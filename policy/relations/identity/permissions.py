"""A role may do what the resource that has it needs, and nothing that its purpose does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assembly import Graph, Resource
from assembly.policies import Statement
from assembly.self_managed_nodes import node_roles
from policy.relations.identity.agent_permissions import agent_needs
from policy.relations.identity.images import PULL, pulled_images
from policy.relations.identity.worker_permissions import worker_needs
from policy.relations.relation import Misfit, relation

_EXEC = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
_WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


class Need(NamedTuple):
    """An action that a role must be allowed."""

    role: object
    action: str
    target: object
    """A resource, its resolved ARN, or `*`."""

    because: str


def needs(graph: Graph) -> Iterator[Need]:
    """Everything that the roles of the templates are for."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        yield from _of_execution_role(graph, definition)
        yield from file_systems(graph, definition)
    for service in graph.of_type("AWS::ECS::Service"):
        if service.get("EnableExecuteCommand") is True:
            yield from _of_exec(graph, service)
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        yield from _of_schedule(graph, schedule)
    for role, action, used, because in (*worker_needs(graph), *agent_needs(graph)):
        yield Need(role, action, used, because)
    for log in graph.of_type("AWS::EC2::FlowLog"):
        for action in (*_WRITE_LOGS, "logs:DescribeLogStreams"):
            target = graph.find(log.get("LogGroupName")) or graph.find(log.get("LogDestination"))
            yield Need(
                log.get("DeliverLogsPermissionArn"), action, target or "*", "the flow log writes to the log group"
            )
    for template in graph.of_type("AWS::ECR::RepositoryCreationTemplate"):
        yield from _of_creation_template(graph, template)
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        yield from _of_host(graph, template)
    for association in graph.of_type("AWS::SSM::Association"):
        yield from _of_association(graph, association)
    for association in graph.of_type("AWS::SSM::Association"):
        if (role := association.get("Parameters.AutomationAssumeRole")) is not None:
            yield from _of_runbook(graph, association, role[0] if isinstance(role, list) else role)


def _of_execution_role(graph: Graph, definition: Resource) -> Iterator[Need]:
    role = definition.get("ExecutionRoleArn")
    for container in definition.list("ContainerDefinitions"):
        name = container.get("Name")
        log = container.get("LogConfiguration", {})
        if log.get("LogDriver") == "awslogs" and (group := graph.find(log.get("Options", {}).get("awslogs-group"))):
            for action in _WRITE_LOGS:
                yield Need(role, action, group, f"container {name} logs to {group.logical_id}")
        for secret in container.get("Secrets", []):
            value = str(secret.get("ValueFrom"))
            action = "secretsmanager:GetSecretValue" if ":secretsmanager:" in value else "ssm:GetParameters"
            # What follows the name of a secret are a JSON key, a version stage and a version id.
            arn = re.split(r"(?<=:secret):([^:]+)", value)
            target = f"{arn[0]}:{arn[1]}" if len(arn) > 1 else value
            if value.startswith("arn:"):
                yield Need(role, action, target, f"container {name} has the secret {secret.get('Name')}")
        if (credentials := container.get("RepositoryCredentials", {}).get("CredentialsParameter")) is not None:
            because = f"container {name} is of an image of another registry"
            yield Need(role, "secretsmanager:GetSecretValue", credentials, because)
        for file in container.get("EnvironmentFiles", []):
            variables = str(file.get("Value"))
            because = f"container {name} has variables of this file"
            yield Need(role, "s3:GetObject", variables, because)
            yield Need(role, "s3:GetBucketLocation", variables.partition("/")[0], because)
    for volume in definition.list("Volumes"):
        if fsx := volume.get("FSxWindowsFileServerVolumeConfiguration"):
            because = f"the volume {volume.get('Name')} is of a file system of Amazon FSx"
            secret = fsx.get("AuthorizationConfig", {}).get("CredentialsParameter")
            yield Need(role, "secretsmanager:GetSecretValue", secret, because)
            yield Need(role, "fsx:DescribeFileSystems", "*", because)
    for image in pulled_images(graph, definition):
        for action in image.actions:
            yield Need(role, action, image.repository, f"container {image.container} is of the image {image.name}")
        yield Need(role, "ecr:GetAuthorizationToken", "*", f"container {image.container} is pulled from Amazon ECR")


def file_systems(graph: Graph, definition: Resource) -> Iterator[Need]:
    """What a task role must be allowed so that the file systems of the task can be mounted.

    Args:
        graph: The templates.
        definition: A task definition.
    """
    mounts = [
        each for container in definition.list("ContainerDefinitions") for each in container.get("MountPoints", [])
    ]
    for volume in definition.list("Volumes"):
        efs = volume.get("EFSVolumeConfiguration", {})
        if efs.get("AuthorizationConfig", {}).get("IAM") != "ENABLED":
            continue
        of_volume = [each for each in mounts if each.get("SourceVolume") == volume.get("Name")]
        target = graph.find(efs.get("FilesystemId")) or graph.arn(
            definition.stack, "elasticfilesystem", f"file-system/{efs.get('FilesystemId')}"
        )
        actions = ["elasticfilesystem:ClientMount"]
        if any(each.get("ReadOnly") is not True for each in of_volume):
            actions.append("elasticfilesystem:ClientWrite")
        for action in actions:
            because = f"the volume {volume.get('Name')} is of that file system"
            yield Need(definition.get("TaskRoleArn"), action, target, because)


def _of_exec(graph: Graph, service: Resource) -> Iterator[Need]:
    definition, cluster = graph.find(service.get("TaskDefinition")), graph.find(service.get("Cluster"))
    role = definition.get("TaskRoleArn") if definition else None
    for action in _EXEC:
        yield Need(role, action, "*", f"service {service.logical_id} has ECS Exec")
    exec_settings = cluster.get("Configuration.ExecuteCommandConfiguration", {}) if cluster else {}
    if (group := graph.find(exec_settings.get("LogConfiguration", {}).get("CloudWatchLogGroupName"))) is not None:
        for action in ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"):
            yield Need(role, action, group, "sessions of ECS Exec are logged")
    if (key := graph.find(exec_settings.get("KmsKeyId"))) is not None:
        yield Need(role, "kms:Decrypt", key, "sessions of ECS Exec are encrypted with the key")


def _of_schedule(graph: Graph, schedule: Resource) -> Iterator[Need]:
    role, target = schedule.get("Target.RoleArn"), graph.find(schedule.get("Target.Arn"))
    if (queue := graph.find(schedule.get("Target.DeadLetterConfig.Arn"))) is not None:
        yield Need(role, "sqs:SendMessage", queue, f"{schedule.logical_id} has the queue for what it could not start")
    if target is not None and target.type == "AWS::StepFunctions::StateMachine":
        yield Need(role, "states:StartExecution", target, f"{schedule.logical_id} starts it")
    definition = graph.find(schedule.get("Target.EcsParameters.TaskDefinitionArn"))
    if definition is not None:
        arn = graph.arn(schedule.stack, "ecs", f"task-definition/{definition.get('Family')}:any")
        yield Need(role, "ecs:RunTask", arn, f"{schedule.logical_id} runs it")
        for key in ("TaskRoleArn", "ExecutionRoleArn"):
            if (passed := graph.find(definition.get(key))) is not None:
                yield Need(role, "iam:PassRole", passed, f"{definition.logical_id}, which it runs, has that role")


def _of_creation_template(graph: Graph, template: Resource) -> Iterator[Need]:
    role, prefix = template.get("CustomRoleArn"), template.get("Prefix")
    repository = graph.arn(template.stack, "ecr", f"repository/{prefix}/any")
    needed = [
        "ecr:CreateRepository",
        "ecr:ReplicateImage",
        *(["ecr:TagResource"] if template.get("ResourceTags") else []),
    ]
    for action in needed if role else ():
        yield Need(role, action, repository, f"Amazon ECR creates repositories below {prefix} with the role")
    if role and (key := template.get("EncryptionConfiguration.KmsKey")):
        for action in ("kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"):
            yield Need(role, action, key, f"repositories below {prefix} are encrypted with the key")


def _of_runbook(graph: Graph, association: Resource, role: object) -> Iterator[Need]:
    name, region = association.get("Name"), graph.region(association.stack)
    # The ARN of a document of AWS has no account.
    account = "" if re.match(r"AWS|Amazon", str(name)) else graph.account(association.stack)
    execution = graph.arn(association.stack, "ssm", "automation-execution/any")
    because = f"State Manager starts {name} with the role"
    document = f"arn:${{AWS::Partition}}:ssm:{region}:{account}:document/{name}"
    yield Need(role, "ssm:StartAutomationExecution", document, because)
    yield Need(role, "ssm:StartAutomationExecution", execution, because)
    yield Need(role, "ssm:GetAutomationExecution", execution, because)


def _of_host(graph: Graph, template: Resource) -> Iterator[Need]:
    data = template.get("LaunchTemplateData", {})
    profile = graph.find(
        data.get("IamInstanceProfile", {}).get("Arn") or data.get("IamInstanceProfile", {}).get("Name")
    )
    joined = [each for each in graph.of_type("AWS::ECS::Cluster") if each.reference in str(data.get("UserData"))]
    for role in profile.list("Roles") if profile and joined else ():
        because = f"instances of {template.logical_id} join {joined[0].logical_id}"
        yield Need(role, "ecs:DiscoverPollEndpoint", "*", because)
        for action in ("ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange"):
            yield Need(role, action, joined[0], because)
        for action in ("ecs:Poll", "ecs:StartTelemetrySession"):
            yield Need(role, action, graph.arn(template.stack, "ecs", "container-instance/any/any"), because)


def _of_association(graph: Graph, association: Resource) -> Iterator[Need]:
    if association.get("Name") != "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules":
        return
    groups = [str(value) for target in association.list("Targets") for value in target.get("Values", [])]
    for role in association.list("Parameters.AutomationAssumeRole"):
        for group in groups:
            arn = graph.arn(association.stack, "ec2", f"security-group/{group}")
            for action in ("ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"):
                yield Need(role, action, arn, "the runbook removes the rules of that group")
        yield Need(role, "ec2:DescribeSecurityGroups", "*", "the runbook reads the rules")


@relation("Creating a repository creation template in Amazon ECR: resource tags, AWS KMS key, IAM role")
def creation_template_has_a_role_for_what_it_sets(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECR cannot tag a repository, or encrypt it with a key of ours, without a role, and caches no image."""
    for template in graph.of_type("AWS::ECR::RepositoryCreationTemplate"):
        needs_role = template.get("ResourceTags") or template.get("EncryptionConfiguration.KmsKey")
        if needs_role and not template.get("CustomRoleArn"):
            yield Misfit(
                resource=template,
                finding="the template sets tags or a key, and has no CustomRoleArn",
                fix="give it a role",
            )


@relation(
    "Amazon ECS task execution IAM role; Using Amazon ECS Exec; IAM role for publishing flow logs; "
    "Creating a repository creation template; Setting up identity based policies examples, AWS Systems Manager"
)
def role_may_do_what_it_is_for(graph: Graph) -> Iterator[Misfit]:
    """The resource that has the role is denied what it works by, at run time, long after the deployment is green."""
    for need in needs(graph):
        role = graph.find(need.role)
        if role is not None and role.type == "AWS::IAM::Role" and not _allowed(graph, role, need):
            target = need.target.logical_id if isinstance(need.target, Resource) else need.target
            yield Misfit(
                resource=role,
                finding=f"the role may not {need.action} on {target}, but {need.because}",
                fix=f"allow {need.action} on it",
            )


def _allowed(graph: Graph, role: Resource, need: Need) -> bool:
    about = [each for each in graph.role_policies.statements(role) if each.is_about(need.action)]
    denied = any(each.effect == "Deny" and not each.conditions and covers(graph, each, need.target) for each in about)
    # Of a policy of AWS only the name is known here.
    trusted = graph.role_policies.aws_managed(role)
    return not denied and (
        bool(trusted) or any(each.effect == "Allow" and covers(graph, each, need.target) for each in about)
    )


def covers(graph: Graph, statement: Statement, target: object) -> bool:
    """Whether the statement is about a resource of the templates, or about a resolved ARN."""
    if isinstance(target, Resource):
        return any(each == "*" or target in graph.references(each) for each in statement.resources)
    # Secrets Manager appends a hyphen and six characters to the name of a secret, which may be left out.
    return statement.covers(str(target)) or any(
        each.endswith(("-*", "-??????")) and each.rstrip("*-?") == target for each in statement.resources
    )


# What a role that is given there is for, as prefixes of actions.
_PURPOSE = {
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn"): (
        "ecr:BatchCheckLayerAvailability",
        *PULL,
        "ecr:BatchImportUpstreamImage",
        "ecr:CreateRepository",
        "ecr:GetAuthorizationToken",
        "logs:Create",
        "logs:Put",
        "logs:Describe",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "kms:Decrypt",
        "s3:GetObject",
        "s3:GetBucketLocation",
        "fsx:DescribeFileSystems",
    ),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn"): ("logs:Create", "logs:Put", "logs:Describe"),
    ("AWS::ECR::RepositoryCreationTemplate", "CustomRoleArn"): (
        "ecr:CreateRepository",
        "ecr:ReplicateImage",
        "ecr:TagResource",
        "kms:CreateGrant",
        "kms:DescribeKey",
        "kms:RetireGrant",
    ),
    ("AWS::SSM::Association", "Parameters.AutomationAssumeRole"): (
        "ssm:",
        "ec2:DescribeSecurityGroup",
        "ec2:RevokeSecurityGroup",
    ),
    ("AWS::IAM::InstanceProfile", "Roles"): (
        "ecs:",
        "eks-auth:",
        "ecr:",
        "logs:",
        "ssm:",
        "ssmmessages:",
        "ec2messages:",
        "ec2:Describe",
        "kms:Decrypt",
        "s3:GetObject",
        "s3:GetEncryptionConfiguration",
        "cloudwatch:PutMetricData",
    ),
    ("AWS::EKS::Nodegroup", "NodeRole"): (
        "eks:Describe",
        "eks-auth:",
        "ecr:",
        "ec2:Describe",
        "ec2:AssignPrivateIpAddresses",
        "ec2:AttachNetworkInterface",
        "ec2:CreateNetworkInterface",
        "ec2:CreateTags",
        "ec2:DeleteNetworkInterface",
        "ec2:DetachNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:UnassignPrivateIpAddresses",
        "ssm:",
        "ssmmessages:",
        "ec2messages:",
        "logs:Create",
        "logs:Put",
        "cloudwatch:PutMetricData",
    ),
    ("AWS::EKS::Cluster", "ComputeConfig.NodeRoleArn"): ("eks-auth:", "ecr:"),
    ("AWS::EKS::FargateProfile", "PodExecutionRoleArn"): ("ecr:", "logs:Create", "logs:Put", "logs:Describe"),
}


@relation("IAM User Guide, Security best practices: grant least privilege")
def role_may_do_nothing_else(graph: Graph) -> Iterator[Misfit]:
    """Whoever takes over the process that has the role may do that, too."""
    nodes = {role for _, role, _ in node_roles(graph)}
    for (resource_type, path), purpose in _PURPOSE.items():
        roles = {graph.find(value) for user in graph.of_type(resource_type) for value in user.list(path)}
        if path == "NodeRole":
            roles |= nodes
        elif resource_type == "AWS::IAM::InstanceProfile":
            roles -= nodes
        for role in sorted((each for each in roles if each), key=lambda each: (each.stack, each.logical_id)):
            beyond = [
                action
                for statement in graph.role_policies.statements(role)
                if statement.effect == "Allow"
                for action in (*statement.actions, *(f"everything but {each}" for each in statement.not_actions))
                if not action.startswith(purpose)
            ]
            beyond += [name for name in graph.role_policies.aws_managed(role) if _is_broad(name)]
            if beyond:
                yield Misfit(
                    resource=role,
                    finding=f"the role of {resource_type} ({path}) may {', '.join(beyond)}",
                    fix="allow only what the resource needs",
                )


def _is_broad(policy: str) -> bool:
    return policy.endswith(("FullAccess", "AdministratorAccess")) or policy in ("PowerUserAccess", "ReadOnlyAccess")


@relation("Best practices for IAM roles in Amazon ECS: task role and task execution role apart")
def task_role_is_apart_from_the_execution_role(graph: Graph) -> Iterator[Misfit]:
    """Every container could read the secrets of all others, which only the agent is to read for them."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        roles = [graph.find(definition.get(key)) for key in ("TaskRoleArn", "ExecutionRoleArn")]
        task, execution = ({*_policies(graph, role)} if role else set() for role in roles)
        shared = sorted(task & execution)
        if (roles[0] is not None and roles[0] == roles[1]) or shared:
            yield Misfit(
                resource=definition,
                finding=f"the task role has the policy {shared[0]} of the execution role"
                if shared
                else "the task role is the execution role",
                fix="give the task role a policy of its own",
            )


def _policies(graph: Graph, role: Resource) -> Iterator[str]:
    """Logical IDs of the managed policies of the templates that a role has, whichever side attaches them."""
    for each in map(graph.find, role.list("ManagedPolicyArns")):
        if each is not None:
            yield each.logical_id
    for policy in graph.of_type("AWS::IAM::ManagedPolicy"):
        if role in map(graph.find, policy.list("Roles")):
            yield policy.logical_id


@relation("Condition keys for Amazon ECS: ecs:cluster; AWS::ECS::Cluster, return values")
def condition_on_a_cluster_has_its_arn(graph: Graph) -> Iterator[Misfit]:
    """The key holds an ARN; compared with the name, it is never equal, and an instance polls for no task."""
    for role in graph.of_type("AWS::IAM::Role"):
        for each in graph.role_policies.statements(role):
            for _, values in each.condition("ecs:cluster"):
                wrong = [value for value in values if not value.startswith("arn:") and not value.endswith(".Arn}")]
                if wrong:
                    yield Misfit(
                        resource=role,
                        finding=f"a condition compares ecs:cluster with {wrong[0]}, which is no ARN",
                        fix="use the ARN of the cluster",
                    )
