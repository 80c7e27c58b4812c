"""An ECS task: its containers, their size, and their permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from reference_constructs.ecs.container_options import ContainerOptions
from reference_constructs.ecs.container_parameters import parameters
from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.ecs.guardduty_agent import agent_repository_arn
from reference_constructs.ecs.sidecars import (
    LOG_ROUTER,
    firelens_driver,
    sidecar_containers,
    sidecar_secrets,
    sidecar_statements,
)
from reference_constructs.ecs.task_options import LaunchType, TaskOptions
from reference_constructs.ecs.task_roles import TaskExecutionRole, TaskRole, tasks_of_the_account
from reference_constructs.ecs.task_volumes import (
    FileSystems,
    add_mounts,
    add_volumes,
    credentials_of_volumes,
    mount_statements,
)
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.registry.image_source import ImageSources
from reference_constructs.security.acknowledgements import (
    acknowledge,
    acknowledge_guard_rule,
    acknowledge_literal_texts,
)
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

Secrets = Mapping[str, Mapping[str, ContainerSecret]]

_PLATFORM_VERSIONS: Final = {
    "LATEST": ecs.FargatePlatformVersion.LATEST,
    "1.4.0": ecs.FargatePlatformVersion.VERSION1_4,
    "1.0.0": ecs.FargatePlatformVersion.VERSION1_0,
}
_NO_SECRETS: Final[Secrets] = MappingProxyType({})
_NO_FILE_SYSTEMS: Final[FileSystems] = MappingProxyType({})
_ONLY_HOSTED_IMAGES: Final = ImageSources()


class EcsTask(Construct):
    """A task definition whose two roles can do what is written here and nothing else.

    The *execution role* is the agent's, before and around the containers: it pulls these images, reads these
    secrets, writes this log group. The *task role* is the program's: nothing unless it is granted. Neither has
    an AWS managed policy, since `AmazonECSTaskExecutionRolePolicy` pulls and logs in the whole account.

    Services, scheduled tasks, queue workers and one-off jobs are all built on this construct.

    Attributes:
        options: What it was made of.
        launch_type: What runs it.
        platform_version: That of Fargate; None on instances, for which Amazon ECS refuses one.
        task_definition: The task definition.
        task_role: What the program can do.
        execution_role: What the agent can do for it.
        log_group: Of all its containers.
    """

    options: TaskOptions
    launch_type: LaunchType
    platform_version: ecs.FargatePlatformVersion | None
    task_definition: ecs.TaskDefinition
    task_role: TaskRole
    execution_role: TaskExecutionRole
    log_group: EncryptedLogGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: TaskOptions,
        encryption_key: kms.IKey,
        images: ImageSources = _ONLY_HOSTED_IMAGES,
        secrets: Secrets = _NO_SECRETS,
        secrets_keys: Sequence[kms.IKey] = (),
        exec_log_group: logs.ILogGroup | None = None,
        exec_keys: Sequence[kms.IKey] | None = None,
        guardduty_runtime_monitoring: bool = False,
        managed_instances: bool = False,
        file_systems: FileSystems = _NO_FILE_SYSTEMS,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the task.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Containers, size, permissions, and capacity.
            encryption_key: Encrypts the log group, and ECS Exec sessions unless `exec_keys` do.
            images: Where images come from. By default every image must have the host name of its registry.
            secrets: Environment variables from secrets, by name of the container and of the variable.
            secrets_keys: Customer managed keys that encrypt the secrets; AWS managed keys need no statement.
            exec_log_group: Where ECS Exec sessions are recorded; needed if `options.execute_command` is on.
            exec_keys: What the cluster encrypts ECS Exec sessions with; by default, `encryption_key`.
            guardduty_runtime_monitoring: Whether GuardDuty adds its agent to the task, which the execution role must be
                able to pull. On EC2, the agent is on the instance.
            managed_instances: Whether its strategy names Amazon ECS Managed Instances; the options have names only.
            file_systems: Amazon EFS file systems that its volumes name.
            retention: How long logs are kept, and whether they outlive the stack.

        Raises:
            ValueError: If ECS Exec has no log group or meets a read-only root file system, if secrets are for a
                container that is not in the task, if a container depends on one that is not, or if a volume names a
                file system that is not there.
        """
        super().__init__(scope, construct_id)
        _check_exec(options, exec_log_group)
        _check_secrets(options, secrets)
        self.options = options
        self._file_systems = file_systems
        self._containers = {**sidecar_containers(options), **options.containers}
        self._secrets = {**secrets, **sidecar_secrets(self, options)}
        self._images = {
            name: images.resolve(cdk.Stack.of(self), container.image) for name, container in self._containers.items()
        }
        self.log_group = EncryptedLogGroup(self, "LogGroup", encryption_key=encryption_key, retention=retention)
        self.launch_type = "MANAGED_INSTANCES" if managed_instances else options.launch_type
        self.platform_version = _PLATFORM_VERSIONS[options.platform_version] if self.launch_type == "FARGATE" else None
        self._has_guardduty_agent = guardduty_runtime_monitoring and self.launch_type == "FARGATE"
        self._define_roles(secrets_keys, exec_log_group, [encryption_key] if exec_keys is None else exec_keys)
        self._define_task_definition()
        for name, container in self._containers.items():
            self._add_container(name, container)
        self._reserve_neuron_devices()
        for name, container in options.containers.items():
            if container.depends_on:
                self._add_dependencies(name, container)
        self.execution_role.accept_grants(before=self.task_definition)
        self._acknowledge_plain_variables()
        if options.is_windows:
            self._acknowledge_windows()
        else:
            self._acknowledge_writable_roots()
        self._acknowledge_root_users()
        self._acknowledge_capabilities()
        self._acknowledge_shell_variables()
        self._acknowledge_sidecars()
        self._acknowledge_pull_permissions()

    def _define_roles(
        self,
        secrets_keys: Sequence[kms.IKey],
        exec_log_group: logs.ILogGroup | None,
        exec_keys: Sequence[kms.IKey],
    ) -> None:
        assumed_by = tasks_of_the_account(self)
        self.execution_role = TaskExecutionRole(
            self,
            "ExecutionRole",
            assumed_by=assumed_by,
            log_group=self.log_group,
            images=list(self._images.values()),
            secrets=[secret for of_container in self._secrets.values() for secret in of_container.values()],
            registry_credentials=[
                each.repository_credentials_arn
                for each in self.options.containers.values()
                if each.repository_credentials_arn is not None
            ],
            volume_credentials=credentials_of_volumes(self.options),
            environment_files=[arn for each in self.options.containers.values() for arn in each.environment_files],
            secrets_keys=secrets_keys,
            guardduty_agent_repository=agent_repository_arn(cdk.Stack.of(self)) if self._has_guardduty_agent else None,
        )
        self.task_role = TaskRole(
            self,
            "TaskRole",
            assumed_by=assumed_by,
            statements=self.options.task_role_statements,
            exec_log_group=exec_log_group if self.options.execute_command else None,
            exec_keys=exec_keys,
            mounts=list(mount_statements(self, self.options, self._file_systems)),
            sidecars=list(sidecar_statements(self.options, self.log_group)),
        )

    def _define_task_definition(self) -> None:
        options = self.options
        self.task_definition = ecs.TaskDefinition(
            self,
            "TaskDefinition",
            compatibility=ecs.Compatibility[self.launch_type],
            network_mode=ecs.NetworkMode.AWS_VPC,
            cpu=str(options.cpu_units),
            memory_mib=str(options.memory_mib),
            # On instances it is theirs that counts, and the L2 refuses one here.
            runtime_platform=None if self.launch_type == "EC2" else _runtime_platform(options),
            ephemeral_storage_gib=options.ephemeral_storage_gib,
            task_role=self.task_role,
            execution_role=self.execution_role,
        )
        if self.launch_type == "EC2" and options.is_windows:
            self._state_windows()
        add_volumes(self.task_definition, options, self._file_systems)

    def _state_windows(self) -> None:
        """Escape hatch: the L2 refuses a platform on instances, where Linux is assumed without one."""
        resource = cast(ecs.CfnTaskDefinition, self.task_definition.node.default_child)
        family = self.options.operating_system.upper()
        resource.add_property_override("RuntimePlatform.OperatingSystemFamily", family)

    def _add_container(self, name: str, container: ContainerOptions) -> None:
        common: dict[str, Any] = {
            "container_name": name,
            "image": ecs.ContainerImage.from_registry(
                self._images[name].uri, credentials=self._registry_credentials(name, container)
            ),
            "secrets": {key: secret.value for key, secret in self._secrets.get(name, {}).items()} or None,
            **parameters(self, name, container, task=self.options, launch_type=self.launch_type),
            "logging": self._log_driver(name),
        }
        # Not the name alone: one called Resource would be taken for the task definition itself.
        construct_id = f"Container-{name}"
        if self.options.log_router is not None and name == LOG_ROUTER:
            self.task_definition.add_firelens_log_router(
                construct_id, firelens_config=ecs.FirelensConfig(type=ecs.FirelensLogRouterType.FLUENTBIT), **common
            )
            return
        definition = self.task_definition.add_container(construct_id, **common)
        if name in self.options.containers:
            add_mounts(definition, name, self.options)

    def _log_driver(self, name: str) -> ecs.LogDriver:
        if self.options.log_router is not None and name in self.options.containers:
            return firelens_driver(self, self.options.log_router, name, self.log_group)
        return ecs.LogDrivers.aws_logs(
            stream_prefix=name,
            log_group=self.log_group,
            # A slow log service must not stop the program ("Preventing log loss with non-blocking mode").
            mode=ecs.AwsLogDriverMode.NON_BLOCKING,
            max_buffer_size=cdk.Size.mebibytes(25),
        )

    def _registry_credentials(self, name: str, container: ContainerOptions) -> secretsmanager.ISecret | None:
        arn = container.repository_credentials_arn
        if arn is None:
            return None
        return secretsmanager.Secret.from_secret_complete_arn(self, f"RegistryCredentials-{name}", arn)

    def _reserve_neuron_devices(self) -> None:
        """Escape hatch: the L2 of containers reserves GPUs only."""
        resource = cast(ecs.CfnTaskDefinition, self.task_definition.node.default_child)
        for index, name in enumerate(self._containers):
            if self._containers[name].neuron_devices:
                resource.add_property_override(
                    f"ContainerDefinitions.{index}.ResourceRequirements", [{"Type": "NeuronDevice", "Value": "ALL"}]
                )

    def _add_dependencies(self, name: str, container: ContainerOptions) -> None:
        definition = self.task_definition.find_container(name)
        for dependency in container.depends_on:
            other = self.task_definition.find_container(dependency.container)
            if definition is None or other is None:
                raise ValueError(f"container {name} depends on {dependency.container}, which is not in the task")
            definition.add_container_dependencies(
                ecs.ContainerDependency(
                    container=other, condition=ecs.ContainerDependencyCondition[dependency.condition]
                )
            )

    def _acknowledge_sidecars(self) -> None:
        """What the images of sidecars need, which no option of the task asks for by itself."""
        sidecars = {name: each for name, each in self._containers.items() if name not in self.options.containers}
        if root := [name for name, each in sidecars.items() if each.is_root]:
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_is_not_root",
                reason=f"{', '.join(root)}: the socket of the log router, and the files of the CloudWatch "
                "agent, belong to root. They have no Linux capability, and no container is privileged.",
            )
        if writable := [name for name, each in sidecars.items() if not each.read_only_root_filesystem]:
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_cannot_write_to_its_root",
                reason=f"{', '.join(writable)}: the image writes its configuration beside its program when it starts "
                "(aws-for-fluent-bit issue 824).",
            )

    def _acknowledge_plain_variables(self) -> None:
        if any(container.environment for container in self._containers.values()):
            acknowledge(
                self.task_definition,
                "ECS2",
                packs=("AwsSolutions",),
                reason="Plain settings that anyone may read, kept apart from secrets, which come from Secrets Manager "
                "or Parameter Store by ARN; a parameter for each log level would hide nothing.",
            )

    def _acknowledge_writable_roots(self) -> None:
        writable = [name for name, each in self.options.containers.items() if not each.read_only_root_filesystem]
        if writable:
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_cannot_write_to_its_root",
                reason="A writable root was asked for explicitly (read_only_root_filesystem: false) in "
                f"{', '.join(writable)}: ECS Exec, for one, writes into the container. What is written is gone with "
                "the task.",
            )

    def _acknowledge_windows(self) -> None:
        for rule in ("ecs_container_cannot_write_to_its_root", "ecs_container_has_no_capability"):
            acknowledge_guard_rule(
                self.task_definition,
                rule,
                reason="Windows containers have neither a read-only root file system nor Linux capabilities (Amazon "
                "ECS task definition differences for EC2 instances running Windows).",
            )

    def _acknowledge_root_users(self) -> None:
        root = [name for name, each in self.options.containers.items() if each.is_root]
        if root:
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_is_not_root",
                reason=f"Root was asked for explicitly (user) in {', '.join(root)}. All Linux capabilities are "
                "dropped that were not asked for, and no container is privileged.",
            )

    def _acknowledge_capabilities(self) -> None:
        kept = {name: each.capabilities for name, each in self.options.containers.items() if each.capabilities}
        if kept:
            listed = "; ".join(f"{name}: {', '.join(capabilities)}" for name, capabilities in kept.items())
            acknowledge_guard_rule(
                self.task_definition,
                "ecs_container_has_no_capability",
                reason=f"Linux capabilities were asked for explicitly (capabilities), by name: {listed}. All others "
                "are dropped, and no container is privileged.",
            )

    def _acknowledge_shell_variables(self) -> None:
        acknowledge_literal_texts(
            self.task_definition,
            [text for container in self.options.containers.values() for text in container.texts],
            reason="A variable in a command or an environment variable is for the shell of the container. "
            "CloudFormation replaces nothing in such a text, and is not meant to.",
        )

    def _acknowledge_pull_permissions(self) -> None:
        """The CDK sees an image by name and does not look at the execution role, which is allowed to pull it."""
        if any(image.repository_arn for image in self._images.values()):
            cdk.Annotations.of(self.task_definition).acknowledge_warning(
                "@aws-cdk/aws-ecs:ecrImageRequiresPolicy",
                "The execution role can pull from the repository of each image (ImageSource.pull_statements).",
            )


def _check_exec(options: TaskOptions, exec_log_group: logs.ILogGroup | None) -> None:
    if not options.execute_command:
        return
    if exec_log_group is None:
        raise ValueError("execute_command is true, but there is no exec_log_group to record sessions in")
    if options.is_windows:
        return
    read_only = [name for name, container in options.containers.items() if container.read_only_root_filesystem]
    if read_only:
        raise ValueError(f"ECS Exec writes into the container, but the root of {', '.join(read_only)} is read-only")


def _check_secrets(options: TaskOptions, secrets: Secrets) -> None:
    unknown = ", ".join(name for name in secrets if name not in options.containers)
    if unknown:
        raise ValueError(f"secrets are for {unknown}; allowed: {', '.join(options.containers)}")


def _runtime_platform(options: TaskOptions) -> ecs.RuntimePlatform:
    return ecs.RuntimePlatform(
        operating_system_family=ecs.OperatingSystemFamily.of(options.operating_system.upper()),
        cpu_architecture=ecs.CpuArchitecture.ARM64 if options.architecture == "arm64" else ecs.CpuArchitecture.X86_64,
    )
