"""The two IAM roles of an ECS task."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.registry.image_source import PULL_ACTIONS, ImageSource
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource
from reference_constructs.security.policy_statement_options import PolicyStatementOptions
from reference_constructs.security.stated_permissions import acknowledge_stated, policy_statements


def tasks_of_the_account(scope: Construct) -> iam.ServicePrincipal:
    """Who assumes both roles: tasks of this account and Region only.

    Source: "Amazon ECS task IAM role", confused deputy.

    Args:
        scope: Any construct of the stack.
    """
    stack = cdk.Stack.of(scope)
    return iam.ServicePrincipal(
        "ecs-tasks.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {
                "aws:SourceArn": stack.format_arn(
                    service="ecs", resource="*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
                )
            },
        },
    )


class TaskExecutionRole(iam.Role):
    """What the ECS agent can do for the containers: pull these images, read these secrets, write this log.

    `AmazonECSTaskExecutionRolePolicy` would let it pull and log in the whole account. What the CDK grants while the
    containers are added says the same again, and more; `accept_grants` ends that, so that grants of others, such as for
    the secrets of a sidecar, arrive.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumed_by: iam.IPrincipal,
        log_group: logs.ILogGroup,
        images: Sequence[ImageSource],
        secrets: Sequence[ContainerSecret],
        secrets_keys: Sequence[kms.IKey],
        registry_credentials: Sequence[str] = (),
        volume_credentials: Sequence[str] = (),
        environment_files: Sequence[str] = (),
        guardduty_agent_repository: str | None = None,
    ) -> None:
        """Define the role, and its policy beside it.

        Args:
            scope: Parent of role and policy.
            construct_id: ID in the parent.
            assumed_by: `tasks_of_the_account`.
            log_group: Where the containers log.
            images: Images of the containers.
            secrets: Secrets of the containers.
            secrets_keys: Customer managed keys that encrypt the secrets.
            registry_credentials: ARNs of secrets with the credentials of private registries.
            volume_credentials: ARNs of secrets with the credentials of file systems of Amazon FSx.
            environment_files: ARNs of objects in Amazon S3 with environment variables.
            guardduty_agent_repository: ARN of the repository of the GuardDuty agent; None if the agent is not used.
        """
        statements = [
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
            )
        ]
        for image in {image.uri: image for image in images}.values():
            statements += image.pull_statements()
        statements += _secret_statements(secrets, (*registry_credentials, *volume_credentials), secrets_keys)
        if volume_credentials:
            statements.append(iam.PolicyStatement(actions=["fsx:DescribeFileSystems"], resources=["*"]))
        statements += _environment_file_statements(scope, environment_files)
        if guardduty_agent_repository is not None:
            statements.append(iam.PolicyStatement(actions=list(PULL_ACTIONS), resources=[guardduty_agent_repository]))
        logs_in_to_ecr = guardduty_agent_repository is not None or any(image.repository_arn for image in images)
        if logs_in_to_ecr:
            statements.append(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
        policy = iam.ManagedPolicy(scope, "ExecutionPolicy", statements=statements)
        # With its policy and not before it: a task that starts without permissions fails.
        super().__init__(scope, construct_id, assumed_by=assumed_by, managed_policies=[policy])
        if logs_in_to_ecr or volume_credentials:
            acknowledge(
                policy, "IAM5[Resource::*]", packs=("AwsSolutions",), reason=_reason(logs_in_to_ecr, volume_credentials)
            )
        if guardduty_agent_repository is not None and "*" in guardduty_agent_repository:
            acknowledge(
                policy,
                wildcard_resource(policy, guardduty_agent_repository),
                packs=("AwsSolutions",),
                reason="The repository of the GuardDuty agent is in an account of AWS that is not known for this "
                "Region; its name is, and nothing but pulling is allowed.",
            )
        self._needs_grants: IConstruct | None = None

    def accept_grants(self, *, before: IConstruct) -> None:
        """From now on, what is granted to the role reaches it, in a policy of the CDK's beside its own.

        Args:
            before: The task definition, which then waits for that policy: a task that starts without permissions fails.
        """
        self._needs_grants = before

    @jsii.member(jsii_name="addToPrincipalPolicy")
    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Called by every `grant_*`. Before `accept_grants`, the statement is one that the policy has already.

        Args:
            statement: What is granted.
        """
        if self._needs_grants is not None:
            result = super().add_to_principal_policy(statement)
            if result.policy_dependable is not None:
                self._needs_grants.node.add_dependency(result.policy_dependable)
            return result
        return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=self)


def _reason(logs_in_to_ecr: bool, volume_credentials: Sequence[str]) -> str:
    reasons = []
    if logs_in_to_ecr:
        reasons.append(
            "ecr:GetAuthorizationToken has no resource-level permission (Service Authorization Reference); "
            "the token opens only the repositories that the other statements name."
        )
    if volume_credentials:
        reasons.append(
            "fsx:DescribeFileSystems has no resource-level permission; by it the agent finds the DNS name of the file "
            "system, and nothing else."
        )
    return " ".join(reasons)


class TaskRole(iam.Role):
    """What the application in the containers can do: nothing unless it is granted."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumed_by: iam.IPrincipal,
        statements: Sequence[PolicyStatementOptions],
        exec_log_group: logs.ILogGroup | None,
        exec_keys: Sequence[kms.IKey],
        mounts: Sequence[iam.PolicyStatement] = (),
        sidecars: Sequence[iam.PolicyStatement] = (),
    ) -> None:
        """Define the role, and its policy beside it if there is anything to grant.

        Args:
            scope: Parent of role and policy.
            construct_id: ID in the parent.
            assumed_by: `tasks_of_the_account`.
            statements: What to grant.
            exec_log_group: Where ECS Exec sessions are recorded; None without ECS Exec.
            exec_keys: Encrypt ECS Exec sessions; none where TLS alone does.
            mounts: What mounting the file systems of the task takes (`mount_statements`).
            sidecars: What the sidecars of the task need (`sidecar_statements`).
        """
        granted = [*policy_statements(statements), *mounts, *sidecars]
        if exec_log_group is not None:
            granted += _exec_statements(exec_log_group, exec_keys)
        policy = iam.ManagedPolicy(scope, "TaskPolicy", statements=granted) if granted else None
        super().__init__(
            scope, construct_id, assumed_by=assumed_by, managed_policies=[policy] if policy is not None else None
        )
        if policy is not None and exec_log_group is not None and exec_log_group.log_group_arn.endswith(":*"):
            acknowledge(
                policy,
                wildcard_resource(policy, exec_log_group.log_group_arn),
                packs=("AwsSolutions",),
                reason="All streams of the one log group in which the cluster records ECS Exec sessions.",
            )
        if policy is not None:
            acknowledge_stated(
                policy,
                statements,
                key="task_role_statements",
                needed_by="what the program in this task needs of what it names. Only this task assumes the role.",
                besides=" ".join(_why_everything(exec_log_group, exec_keys, sidecars)),
            )
            _acknowledge_sidecars(policy, sidecars)


def _why_everything(
    exec_log_group: logs.ILogGroup | None, exec_keys: Sequence[kms.IKey], sidecars: Sequence[iam.PolicyStatement]
) -> list[str]:
    """Why a statement that was not asked for is about every resource."""
    reasons = []
    if exec_log_group is not None:
        kept = "encrypted and recorded" if exec_keys else "recorded"
        reasons.append(
            "ECS Exec was asked for: opening its channels and finding its log group have no resource-level "
            f"permission (Service Authorization Reference). Sessions are {kept}."
        )
    if any("*" in each.resources for each in sidecars):
        reasons.append(
            "Sidecars were asked for: writing traces and metrics has no resource-level permission (Service "
            "Authorization Reference). Metrics are limited to one namespace."
        )
    return reasons


def _acknowledge_sidecars(policy: iam.ManagedPolicy, sidecars: Sequence[iam.PolicyStatement]) -> None:
    for arn in {arn for each in sidecars for arn in each.resources if arn.endswith("/*")}:
        acknowledge(
            policy,
            wildcard_resource(policy, arn),
            packs=("AwsSolutions",),
            reason="The log router writes each object under a name of its own, below one prefix (log_router).",
        )


def _secret_statements(
    secrets: Sequence[ContainerSecret], credentials: Sequence[str], keys: Sequence[kms.IKey]
) -> list[iam.PolicyStatement]:
    arns: dict[str, set[str]] = {}
    if credentials:
        arns["secretsmanager:GetSecretValue"] = set(credentials)
    for secret in secrets:
        arns.setdefault(secret.action, set()).add(secret.arn)
    statements = [iam.PolicyStatement(actions=[action], resources=sorted(arns[action])) for action in sorted(arns)]
    if keys:
        statements.append(
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[key.key_arn for key in keys],
                # Never by the agent itself, so no endpoint of AWS KMS is needed ("kms:ViaService", AWS KMS).
                conditions={"StringLike": {"kms:ViaService": ["secretsmanager.*", "ssm.*"]}},
            )
        )
    return statements


def _environment_file_statements(scope: Construct, arns: Sequence[str]) -> list[iam.PolicyStatement]:
    """What reading these files takes ("Pass environment variables to an Amazon ECS container")."""
    if not arns:
        return []
    # As the container definition has them, for which the CDK takes name and key apart.
    stack = cdk.Stack.of(scope)
    keys = sorted({arn.rpartition(":")[2] for arn in arns})
    buckets = sorted({key.partition("/")[0] for key in keys})
    objects, names = (
        [f"arn:{stack.partition}:s3:::{resource}" for resource in resources] for resources in (keys, buckets)
    )
    return [
        iam.PolicyStatement(actions=["s3:GetObject"], resources=objects),
        iam.PolicyStatement(actions=["s3:GetBucketLocation"], resources=names),
    ]


def _exec_statements(log_group: logs.ILogGroup, keys: Sequence[kms.IKey]) -> list[iam.PolicyStatement]:
    """What ECS Exec needs of the task role ("Monitor Amazon ECS containers with ECS Exec")."""
    return [
        iam.PolicyStatement(
            actions=[
                "logs:DescribeLogGroups",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=["*"],
        ),
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[log_group.log_group_arn],
        ),
        *(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn]) for key in keys),
    ]
