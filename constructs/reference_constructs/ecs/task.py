"""What one copy of a service is: its containers, their size and their permissions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from reference_constructs.ecs.container import Container, ContainerDependency
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.acknowledgements import (
    acknowledge,
    acknowledge_guard_rule,
    wildcard_resource,
)

LaunchType = Literal["fargate", "ec2"]
Architecture = Literal["arm64", "x86_64"]

_WRITABLE_PATH_MIB = 64
_CONDITIONS = {
    "START": ecs.ContainerDependencyCondition.START,
    "COMPLETE": ecs.ContainerDependencyCondition.COMPLETE,
    "SUCCESS": ecs.ContainerDependencyCondition.SUCCESS,
    "HEALTHY": ecs.ContainerDependencyCondition.HEALTHY,
}


class ServiceTaskDefinition(Construct):
    """A task definition whose two roles can do what is written here and nothing else.

    The *execution role* is the agent's, before and around the containers: it pulls these images, reads these
    secrets, writes this log group. The *task role* is the program's: nothing unless it is granted. Neither has
    one of AWS' managed policies, since `AmazonECSTaskExecutionRolePolicy` pulls and logs in the whole account.

    Attributes:
        containers: What it was made of.
        task_definition: The task definition.
        task_role: What the program may do.
        execution_role: What the agent may do for it.
        log_group: Of all its containers.
    """

    containers: Sequence[Container]
    task_definition: ecs.TaskDefinition
    task_role: iam.Role
    execution_role: iam.Role
    log_group: EncryptedLogGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        containers: Sequence[Container],
        encryption_key: kms.IKey,
        launch_type: LaunchType = "fargate",
        architecture: Architecture = "arm64",
        cpu_units: int = 256,
        memory_mib: int = 512,
        task_role_statements: Sequence[iam.PolicyStatement] = (),
        secret_key_arns: Sequence[str] = (),
        exec_log_group: logs.ILogGroup | None = None,
        log_retention_days: int = 365,
        protected: bool = True,
    ) -> None:
        """Define the task.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            containers: One or more; at least one essential.
            encryption_key: Encrypts the log group and ECS Exec sessions.
            launch_type: Fargate, or instances of the cluster.
            architecture: Of the images, on Fargate; ARM by default, for its price. On instances it is theirs.
            cpu_units: 1024 are one vCPU.
            memory_mib: Of the task.
            task_role_statements: What the program may do in AWS.
            secret_key_arns: KMS keys of our own that encrypt the secrets; AWS' keys need no statement.
            exec_log_group: Allow ECS Exec, recorded there. None by default: a shell in production is an
                exception.
            log_retention_days: How long logs are kept.
            protected: Keep logs when the stack is deleted.

        Raises:
            ValueError: If ECS Exec meets a read-only root, a secret names a version, or a container depends on one
                that is not in the task.
        """
        super().__init__(scope, construct_id)
        read_only = [container.name for container in containers if container.read_only_root_filesystem]
        if exec_log_group is not None and read_only:
            raise ValueError(f"ECS Exec writes into the container, but the root of {', '.join(read_only)} is read-only")
        self.containers = containers
        self._launch_type = launch_type
        self.log_group = EncryptedLogGroup(
            self, "LogGroup", encryption_key=encryption_key, retention_days=log_retention_days, protected=protected
        )
        self._define_execution_role(secret_key_arns)
        self._define_task_role(task_role_statements, exec_log_group, encryption_key)
        self._define_task_definition(architecture, cpu_units, memory_mib)
        for container in containers:
            self._add_container(container)
        for container in containers:
            self._add_dependencies(container.name, container.depends_on)
        self._acknowledge_plain_variables()
        self._acknowledge_writable_roots()
        self._acknowledge_root_users()

    def _define_execution_role(self, secret_key_arns: Sequence[str]) -> None:
        statements = [
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[self.log_group.log_group_arn]
            )
        ]
        images = list({container.image.uri: container.image for container in self.containers}.values())
        statements += [statement for image in images for statement in image.pull_statements()]
        statements += self._secret_statements(secret_key_arns)
        logs_in_to_ecr = any(image.repository_arn for image in images)
        if logs_in_to_ecr:
            statements.append(iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]))
        policy = iam.ManagedPolicy(self, "ExecutionPolicy", statements=statements)
        self.execution_role = self._define_role("ExecutionRole", policy)
        if logs_in_to_ecr:
            acknowledge(
                policy,
                "IAM5[Resource::*]",
                packs=("AwsSolutions",),
                reason="ecr:GetAuthorizationToken has no resource-level permission (Service Authorization Reference); "
                "the token opens only the repositories that the other statements name.",
            )

    def _secret_statements(self, key_arns: Sequence[str]) -> list[iam.PolicyStatement]:
        arns = sorted({arn for container in self.containers for arn in container.secrets.values()})
        # A key of the JSON may follow the ARN; IAM knows the secret only.
        secrets = sorted({":".join(arn.split(":")[:7]) for arn in arns if ":secretsmanager:" in arn})
        parameters = [arn for arn in arns if ":ssm:" in arn]
        statements = []
        if secrets:
            statements.append(iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=secrets))
        if parameters:
            statements.append(iam.PolicyStatement(actions=["ssm:GetParameters"], resources=parameters))
        if key_arns:
            statements.append(iam.PolicyStatement(actions=["kms:Decrypt"], resources=list(key_arns)))
        return statements

    def _define_task_role(
        self,
        statements: Sequence[iam.PolicyStatement],
        exec_log_group: logs.ILogGroup | None,
        encryption_key: kms.IKey,
    ) -> None:
        granted = list(statements)
        if exec_log_group is not None:
            granted += _exec_statements(exec_log_group, encryption_key)
        policy = iam.ManagedPolicy(self, "TaskPolicy", statements=granted) if granted else None
        self.task_role = self._define_role("TaskRole", policy)
        if policy is not None and exec_log_group is not None:
            acknowledge(
                policy,
                "IAM5[Resource::*]",
                packs=("AwsSolutions",),
                reason="ECS Exec was asked for: opening its channels and finding its log group have no resource-level "
                "permission (Service Authorization Reference). Sessions are encrypted and recorded.",
            )
        if policy is not None:
            self._acknowledge_wildcards(policy, statements)

    def _acknowledge_wildcards(self, policy: iam.ManagedPolicy, statements: Sequence[iam.PolicyStatement]) -> None:
        """Below a name, such as every object of one bucket. A bare `*` stays a finding."""
        resources = [wildcard_resource(policy, arn) for each in statements for arn in each.resources if "*" in arn]
        actions = [f"IAM5[Action::{action}]" for each in statements for action in each.actions if "*" in action]
        for concern in dict.fromkeys([*resources, *actions]):
            if concern not in ("IAM5[Resource::*]", "IAM5[Action::*]"):
                acknowledge(
                    policy,
                    concern,
                    packs=("AwsSolutions",),
                    reason="The statement was asked for in so many words (task_role_statements): what the program in "
                    "this task needs of what it names. Only this task assumes the role.",
                )

    def _define_role(self, construct_id: str, policy: iam.ManagedPolicy | None) -> iam.Role:
        """A role for tasks of this account and Region only ("Amazon ECS task IAM role", confused deputy).

        It comes with its policy and not before it: a task that starts without permissions fails, and the circuit
        breaker counts it.
        """
        stack = cdk.Stack.of(self)
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "ecs-tasks.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": stack.format_arn(
                            service="ecs", resource="*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
                        )
                    },
                },
            ),
            managed_policies=[policy] if policy else None,
        )

    def _define_task_definition(self, architecture: Architecture, cpu_units: int, memory_mib: int) -> None:
        self.task_definition = ecs.TaskDefinition(
            self,
            "TaskDefinition",
            compatibility=ecs.Compatibility.EC2 if self._launch_type == "ec2" else ecs.Compatibility.FARGATE,
            network_mode=ecs.NetworkMode.AWS_VPC,
            cpu=str(cpu_units),
            memory_mib=str(memory_mib),
            # On instances it is theirs that counts, and the L2 refuses one here.
            runtime_platform=_fargate_platform(architecture) if self._launch_type == "fargate" else None,
            # Else the L2 adds inline policies that say the same again.
            task_role=self.task_role.without_policy_updates(),
            execution_role=self.execution_role.without_policy_updates(),
        )

    def _add_container(self, container: Container) -> None:
        self.task_definition.add_container(
            # Not the name alone: one called Resource would be taken for the task definition itself.
            f"Container-{container.name}",
            container_name=container.name,
            image=ecs.ContainerImage.from_registry(container.image.uri),
            command=list(container.command) or None,
            entry_point=list(container.entry_point) or None,
            environment=dict(container.environment) or None,
            secrets=self._secrets(container),
            user=container.user,
            readonly_root_filesystem=container.read_only_root_filesystem,
            linux_parameters=self._linux_parameters(container),
            # Fargate refuses the option; there a task shares its kernel with nobody.
            docker_security_options=["no-new-privileges"] if self._launch_type == "ec2" else None,
            memory_limit_mib=container.memory_mib,
            essential=container.essential,
            health_check=_health_check(container),
            stop_timeout=cdk.Duration.seconds(container.stop_timeout_seconds),
            port_mappings=[ecs.PortMapping(container_port=container.port)] if container.port else None,
            logging=ecs.LogDrivers.aws_logs(
                stream_prefix=container.name,
                log_group=self.log_group,
                # A slow log service must not stop the program ("Preventing log loss with non-blocking mode").
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,
                max_buffer_size=cdk.Size.mebibytes(25),
            ),
        )

    def _linux_parameters(self, container: Container) -> ecs.LinuxParameters:
        parameters = ecs.LinuxParameters(
            self,
            f"LinuxParameters-{container.name}",
            # Reaps children and hands signals on, which a program that is process 1 often does not.
            init_process_enabled=True,
        )
        parameters.drop_capabilities(ecs.Capability.ALL)
        for path in container.writable_paths:
            parameters.add_tmpfs(
                ecs.Tmpfs(
                    container_path=path,
                    size=_WRITABLE_PATH_MIB,
                    mount_options=[
                        ecs.TmpfsMountOption.NOEXEC,
                        ecs.TmpfsMountOption.NOSUID,
                        ecs.TmpfsMountOption.NODEV,
                    ],
                )
            )
        return parameters

    def _secrets(self, container: Container) -> dict[str, ecs.Secret] | None:
        secrets = {}
        for name, arn in container.secrets.items():
            construct_id = f"Secret-{container.name}-{name}"
            if ":ssm:" in arn:
                parameter = ssm.StringParameter.from_string_parameter_arn(self, construct_id, arn)
                secrets[name] = ecs.Secret.from_ssm_parameter(parameter)
            else:
                parts = arn.split(":")
                if any(parts[8:]):
                    raise ValueError(f"secret {name}: {arn} names a version; only a key of the JSON may follow the ARN")
                secret = secretsmanager.Secret.from_secret_complete_arn(self, construct_id, ":".join(parts[:7]))
                secrets[name] = ecs.Secret.from_secrets_manager(secret, parts[7] if len(parts) > 7 else None)
        return secrets or None

    def _add_dependencies(self, name: str, dependencies: Sequence[ContainerDependency]) -> None:
        container = self.task_definition.find_container(name)
        for dependency in dependencies:
            other = self.task_definition.find_container(dependency.container)
            if container is None or other is None:
                raise ValueError(f"container {name} depends on {dependency.container}, which is not in the task")
            container.add_container_dependencies(
                ecs.ContainerDependency(container=other, condition=_CONDITIONS[dependency.condition])
            )

    def _acknowledge_plain_variables(self) -> None:
        if any(container.environment for container in self.containers):
            acknowledge(
                self.task_definition,
                "ECS2",
                packs=("AwsSolutions",),
                reason="Plain settings that anyone may read, kept apart from secrets, which come from Secrets Manager "
                "or Parameter Store by ARN; a parameter for each log level would hide nothing.",
            )

    def _acknowledge_writable_roots(self) -> None:
        writable = [container.name for container in self.containers if not container.read_only_root_filesystem]
        if writable:
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_cannot_write_to_its_root",
                reason="A writable root was asked for in so many words (read_only_root_filesystem: false) in "
                f"{', '.join(writable)}: ECS Exec, for one, writes into the container. What is written is gone with "
                "the task.",
            )

    def _acknowledge_root_users(self) -> None:
        root = [container.name for container in self.containers if re.match(r"(root|0+)(:|$)", container.user)]
        if root:
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_is_not_root",
                reason=f"Root was asked for in so many words (user) in {', '.join(root)}. All Linux capabilities are "
                "dropped, and no container is privileged.",
            )


def _fargate_platform(architecture: Architecture) -> ecs.RuntimePlatform:
    return ecs.RuntimePlatform(
        operating_system_family=ecs.OperatingSystemFamily.LINUX,
        cpu_architecture=ecs.CpuArchitecture.ARM64 if architecture == "arm64" else ecs.CpuArchitecture.X86_64,
    )


def _health_check(container: Container) -> ecs.HealthCheck | None:
    check = container.health_check
    if check is None:
        return None
    return ecs.HealthCheck(
        command=list(check.command),
        interval=cdk.Duration.seconds(check.interval_seconds),
        timeout=cdk.Duration.seconds(check.timeout_seconds),
        retries=check.retries,
        start_period=cdk.Duration.seconds(check.start_period_seconds),
    )


def _exec_statements(log_group: logs.ILogGroup, key: kms.IKey) -> list[iam.PolicyStatement]:
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
        iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn]),
    ]
