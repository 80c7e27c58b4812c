"""A task: how its containers are locked down, and what its two roles may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from reference_constructs.ecs.container_options import DEFAULT_CAPABILITIES
from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.registry.image_source import ImageSources
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import (
    DELETED,
    KEPT,
    Grant,
    Resource,
    acknowledged,
    all_of,
    comes_with_its_policies,
    fate,
    flat,
    grants,
    only,
    only_id,
    properties,
    role_ids,
    statements,
    trust,
)
from tests.support.synthesis import new_stack

Containers = Mapping[str, Mapping[str, object]]
SecretArns = Mapping[str, Mapping[str, str]]

WEB: Containers = {"web": {}}
NO_SECRETS: SecretArns = {}
FOREIGN = "ghcr.io/owner/app:1.0"
DATABASE = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/level"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123"
EXEC_LOG_GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:exec"
REPOSITORY = "arn:<AWS::Partition>:ecr:eu-west-1:<AWS::AccountId>:repository"
PULL = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
IMAGES = ImageSources(repository_prefix="sandbox", cache_prefix="sandbox/cache", cached_registries=["quay"])


def _define(
    stack: cdk.Stack,
    containers: Containers = WEB,
    *,
    secrets: SecretArns = NO_SECRETS,
    secrets_keys: Sequence[str] = (),
    exec_log_group: logs.ILogGroup | None = None,
    guardduty_runtime_monitoring: bool = False,
    retention: RetentionOptions = PROTECTED,
    **options: object,
) -> EcsTask:
    """A task, each container of which has an image of a registry that is not ECR unless it states another."""
    stated = {name: {"image": FOREIGN, **container} for name, container in containers.items()}
    return EcsTask(
        stack,
        "Task",
        options=TaskOptions.model_validate({"containers": stated, **options}),
        encryption_key=kms.Key(stack, "Key"),
        images=IMAGES,
        secrets={
            name: {variable: ContainerSecret.from_arn(stack, f"{name}-{variable}", arn) for variable, arn in of.items()}
            for name, of in secrets.items()
        },
        secrets_keys=[kms.Key.from_key_arn(stack, f"SecretsKey{arn[-1]}", arn) for arn in secrets_keys],
        exec_log_group=exec_log_group,
        guardduty_runtime_monitoring=guardduty_runtime_monitoring,
        retention=retention,
    )


def _synthesize(
    containers: Containers = WEB,
    *,
    secrets: SecretArns = NO_SECRETS,
    secrets_keys: Sequence[str] = (),
    retention: RetentionOptions = PROTECTED,
    **options: object,
) -> Template:
    stack = new_stack()
    _define(
        stack,
        containers,
        secrets=secrets,
        secrets_keys=secrets_keys,
        exec_log_group=None,
        guardduty_runtime_monitoring=False,
        retention=retention,
        **options,
    )
    return Template.from_stack(stack)


def _exec_log_group(stack: cdk.Stack) -> logs.ILogGroup:
    return logs.LogGroup.from_log_group_arn(stack, "ExecLogGroup", EXEC_LOG_GROUP)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


@pytest.fixture(scope="module")
def on_ec2() -> Template:
    return _synthesize(capacity_provider_strategy=[{"capacity_provider": "default"}])


@pytest.fixture(scope="module")
def with_exec() -> Template:
    stack = new_stack()
    writable = {"web": {"read_only_root_filesystem": False}}
    _define(stack, writable, exec_log_group=_exec_log_group(stack), execute_command=True)
    return Template.from_stack(stack)


def _definition(template: Template) -> Resource:
    return properties(template, "AWS::ECS::TaskDefinition")


def _containers(template: Template) -> dict[str, Resource]:
    return {container["Name"]: container for container in _definition(template)["ContainerDefinitions"]}


def _web(template: Template) -> Resource:
    return _containers(template)["web"]


def _role(template: Template, name: str) -> str:
    """The logical id of one of the two roles."""
    role_id: str = _definition(template)[name]["Fn::GetAtt"][0]
    return role_id


def _agent_may(template: Template) -> set[Grant]:
    """What the execution role may do beside writing the log, which every task does."""
    group = f"<{only_id(template, 'AWS::Logs::LogGroup')}.Arn>"
    log = {("logs:CreateLogStream", group), ("logs:PutLogEvents", group)}
    granted = grants(statements(template, _role(template, "ExecutionRoleArn")))
    assert log <= granted
    return granted - log


def _program_may(template: Template) -> set[Grant]:
    return grants(statements(template, _role(template, "TaskRoleArn")))


def test_both_roles_are_assumed_by_tasks_of_this_account_and_region_alone(template: Template) -> None:
    roles = role_ids(template, "ecs-tasks.amazonaws.com")

    assert set(roles) == {_role(template, "ExecutionRoleArn"), _role(template, "TaskRoleArn")}
    assert len(roles) == 2
    for role_id in roles:
        condition = trust(all_of(template, "AWS::IAM::Role")[role_id])["Condition"]
        assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert flat(condition["ArnLike"]["aws:SourceArn"]) == "arn:<AWS::Partition>:ecs:eu-west-1:<AWS::AccountId>:*"


def test_program_may_do_nothing_by_default(template: Template) -> None:
    assert _program_may(template) == set()


def test_program_may_do_what_is_granted_and_the_agent_may_not() -> None:
    granted = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::orders/*"]}

    template = _synthesize(task_role_statements=[granted])

    assert _program_may(template) == {("s3:GetObject", "arn:aws:s3:::orders/*")}
    assert _agent_may(template) == set()


def test_wildcards_below_a_name_are_accepted_in_writing_and_others_are_not() -> None:
    stack = new_stack()
    granted = [
        {"actions": ["s3:Get*"], "resources": ["arn:aws:s3:::orders/*"]},
        {"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:eu-west-1:111122223333:orders"]},
    ]

    task = _define(stack, task_role_statements=granted)

    assert acknowledged(task)["Stack/Task/TaskPolicy/Resource"] == {
        "AwsSolutions::AwsSolutions-IAM5[Action::s3:Get*]",
        "AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:s3:::orders/*]",
    }


def test_every_resource_is_accepted_in_writing_where_it_is_asked_for() -> None:
    stack = new_stack()
    granted = [
        {"actions": ["xray:PutTraceSegments"], "resources": ["*"]},
        {
            "actions": ["kms:Decrypt"],
            "resources": ["*"],
            "conditions": {"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]}},
        },
    ]

    task = _define(stack, task_role_statements=granted)

    assert acknowledged(task)["Stack/Task/TaskPolicy/Resource"] == {
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "CloudFormation-Validate::iam_policy_names_what_is_grave",
    }
    template = Template.from_stack(stack)
    found = statements(template, _role(template, "TaskRoleArn"))
    assert [statement.get("Condition") for statement in found] == [
        None,
        {"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]}},
    ]


def test_agent_needs_no_permission_to_pull_from_a_registry_that_is_not_ecr(template: Template) -> None:
    assert _agent_may(template) == set()


def test_agent_pulls_each_image_of_its_containers_and_no_other() -> None:
    template = _synthesize(
        {"web": {"image": "app:1.0"}, "job": {"image": "app:1.0"}, "etcd": {"image": "quay.io/coreos/etcd:v3.6"}}
    )

    assert _agent_may(template) == {
        *((action, f"{REPOSITORY}/sandbox/app") for action in PULL),
        *((action, f"{REPOSITORY}/sandbox/cache/quay/coreos/etcd") for action in PULL),
        ("ecr:BatchImportUpstreamImage", f"{REPOSITORY}/sandbox/cache/quay/coreos/etcd"),
        ("ecr:CreateRepository", f"{REPOSITORY}/sandbox/cache/quay/coreos/etcd"),
        ("ecr:GetAuthorizationToken", "*"),
    }
    assert flat(_web(template)["Image"]).endswith(".dkr.ecr.eu-west-1.<AWS::URLSuffix>/sandbox/app:1.0")


@pytest.mark.parametrize(
    ("image", "accepted"),
    [
        ("app:1.0", True),
        ("444455556666.dkr.ecr.us-east-1.amazonaws.com/team/shop:1.0", True),
        ("ghcr.io/owner/app:1.0", False),
    ],
)
def test_wildcard_is_accepted_only_where_the_agent_logs_in_to_ecr(image: str, *, accepted: bool) -> None:
    stack = new_stack()
    _define(stack, {"web": {"image": image}})

    rules = {rule for ids in acknowledged(stack).values() for rule in ids}
    assert ("AwsSolutions::AwsSolutions-IAM5[Resource::*]" in rules) is accepted


def test_agent_reads_the_secrets_that_containers_name_whole_though_they_use_a_part() -> None:
    template = _synthesize(
        {"web": {}, "job": {}},
        secrets={"web": {"URL": f"{DATABASE}:url::", "LEVEL": PARAMETER}, "job": {"S": DATABASE}},
    )

    assert _agent_may(template) == {("secretsmanager:GetSecretValue", DATABASE), ("ssm:GetParameters", PARAMETER)}
    assert _program_may(template) == set()


AGENT = "arn:<AWS::Partition>:ecr:eu-west-1:694911143906:repository/aws-guardduty-agent-fargate"


def test_agent_of_ecs_pulls_the_agent_of_guardduty_where_that_is_used() -> None:
    stack = new_stack()
    _define(stack, guardduty_runtime_monitoring=True)

    assert _agent_may(Template.from_stack(stack)) == {
        *((action, AGENT) for action in PULL),
        ("ecr:GetAuthorizationToken", "*"),
    }


def test_agent_of_guardduty_is_no_container_on_instances() -> None:
    stack = new_stack()
    strategy = [{"capacity_provider": "default"}]
    _define(stack, guardduty_runtime_monitoring=True, capacity_provider_strategy=strategy)

    assert _agent_may(Template.from_stack(stack)) == set()


def test_where_the_account_of_the_agent_is_not_known_its_repository_is() -> None:
    stack = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(region="ap-southeast-6"))
    task = _define(stack, guardduty_runtime_monitoring=True)

    granted = {resource for action, resource in _agent_may(Template.from_stack(stack)) if action in PULL}
    assert granted == {"arn:<AWS::Partition>:ecr:ap-southeast-6:*:repository/aws-guardduty-agent-fargate"}
    concern = "IAM5[Resource::arn:<AWS::Partition>:ecr:ap-southeast-6:*:repository/aws-guardduty-agent-fargate]"
    assert f"AwsSolutions::AwsSolutions-{concern}" in acknowledged(task)["Stack/Task/ExecutionPolicy/Resource"]


def test_secrets_reach_the_container_by_reference() -> None:
    container = _web(_synthesize(secrets={"web": {"ALL": DATABASE, "URL": f"{DATABASE}:url::", "LEVEL": PARAMETER}}))

    assert {secret["Name"]: secret["ValueFrom"] for secret in container["Secrets"]} == {
        "ALL": DATABASE,
        "URL": f"{DATABASE}:url::",
        "LEVEL": PARAMETER,
    }
    assert "Environment" not in container


def test_secrets_for_containers_that_are_not_in_the_task_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^secrets are for jbo, cron; allowed: web, job$"):
        _synthesize(
            {"web": {}, "job": {}},
            secrets={"web": {"ALL": DATABASE}, "jbo": {"ALL": DATABASE}, "cron": {"LEVEL": PARAMETER}},
        )


def test_exec_into_a_read_only_container_is_refused_and_into_a_writable_one_is_not() -> None:
    writable = {"read_only_root_filesystem": False}
    stack, other = new_stack(), new_stack()

    with pytest.raises(ValueError, match="the root of job is read-only"):
        _define(stack, {"web": writable, "job": {}}, exec_log_group=_exec_log_group(stack), execute_command=True)
    _define(other, {"web": writable}, exec_log_group=_exec_log_group(other), execute_command=True)


def test_exec_that_nothing_would_record_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^execute_command is true, but there is no exec_log_group to record sessions in$"
    ):
        _define(new_stack(), {"web": {"read_only_root_filesystem": False}}, execute_command=True)


def test_where_exec_is_off_its_log_group_grants_nothing() -> None:
    stack = new_stack()
    _define(stack, exec_log_group=_exec_log_group(stack))

    assert _program_may(Template.from_stack(stack)) == set()


def test_agent_decrypts_secrets_with_the_named_keys() -> None:
    template = _synthesize(secrets={"web": {"ALL": DATABASE}}, secrets_keys=[KEY])

    assert ("kms:Decrypt", KEY) in _agent_may(template)
    (decrypt,) = [
        statement
        for policy in template.find_resources("AWS::IAM::ManagedPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "kms:Decrypt"
    ]
    assert decrypt["Condition"] == {"StringLike": {"kms:ViaService": ["secretsmanager.*", "ssm.*"]}}


def test_plain_variables_are_accepted_only_where_there_are_any() -> None:
    with_variables, without = new_stack(), new_stack()
    task = _define(with_variables, {"web": {"environment": {"LEVEL": "info"}}})
    _define(without)

    path = task.task_definition.node.default_child
    assert path is not None
    assert acknowledged(with_variables) == {path.node.path: {"AwsSolutions::AwsSolutions-ECS2"}}
    assert acknowledged(without) == {}


def test_plain_variables_reach_the_container() -> None:
    container = _web(_synthesize({"web": {"environment": {"LEVEL": "info"}}}))

    assert container["Environment"] == [{"Name": "LEVEL", "Value": "info"}]


def _granted_afterwards(template: Template, role: str) -> set[Grant]:
    """What the CDK's own policy of a role says."""
    policies = all_of(template, "AWS::IAM::Policy").values()
    own = [each["Properties"] for each in policies if {"Ref": _role(template, role)} in each["Properties"]["Roles"]]
    return grants(statement for policy in own for statement in policy["PolicyDocument"]["Statement"])


def test_grants_reach_the_task_role_by_the_task_definition_too() -> None:
    stack = new_stack()
    task = _define(stack)
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "orders")
    files = efs.FileSystem(stack, "Files", vpc=ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a"]))

    bucket.grant_put(task.task_definition.task_role)
    files.grant_root_access(task.task_definition.task_role)

    granted = _granted_afterwards(Template.from_stack(stack), "TaskRoleArn")
    assert ("s3:PutObject", "arn:<AWS::Partition>:s3:::orders/*") in granted
    assert any(action == "elasticfilesystem:ClientRootAccess" for action, _ in granted)


def test_agent_reads_what_a_sidecar_of_others_needs_and_the_task_waits_for_it() -> None:
    stack = new_stack()
    task = _define(stack)
    secret = ContainerSecret.from_arn(stack, "Secret", DATABASE)

    task.task_definition.add_container(
        "Sidecar", image=ecs.ContainerImage.from_registry(FOREIGN), secrets={"KEY": secret.value}
    )

    template = Template.from_stack(stack)
    assert ("secretsmanager:GetSecretValue", DATABASE) in _granted_afterwards(template, "ExecutionRoleArn")
    assert only_id(template, "AWS::IAM::Policy") in only(template, "AWS::ECS::TaskDefinition")["DependsOn"]


@pytest.mark.parametrize("role", ["ExecutionRoleArn", "TaskRoleArn"])
def test_no_task_starts_before_the_permissions_of_its_roles(with_exec: Template, role: str) -> None:
    assert comes_with_its_policies(with_exec, _role(with_exec, role))


def test_exec_opens_channels_and_writes_its_record_and_nothing_else(with_exec: Template) -> None:
    key = f"<{only_id(with_exec, 'AWS::KMS::Key')}.Arn>"

    assert _program_may(with_exec) == {
        ("logs:DescribeLogGroups", "*"),
        ("ssmmessages:CreateControlChannel", "*"),
        ("ssmmessages:CreateDataChannel", "*"),
        ("ssmmessages:OpenControlChannel", "*"),
        ("ssmmessages:OpenDataChannel", "*"),
        ("logs:CreateLogStream", f"{EXEC_LOG_GROUP}:*"),
        ("logs:DescribeLogStreams", f"{EXEC_LOG_GROUP}:*"),
        ("logs:PutLogEvents", f"{EXEC_LOG_GROUP}:*"),
        ("kms:Decrypt", key),
    }


def test_container_is_nobody_and_cannot_change_its_own_files(template: Template) -> None:
    assert _web(template)["User"] == "65534:65534"
    assert _web(template)["ReadonlyRootFilesystem"] is True
    assert "Privileged" not in _web(template)


def test_container_may_ask_for_another_user_and_for_files_that_change() -> None:
    container = _web(_synthesize({"web": {"user": "0:0", "read_only_root_filesystem": False}}))

    assert container["User"] == "0:0"
    assert container["ReadonlyRootFilesystem"] is False


@pytest.mark.parametrize("name", ["Resource", "Default"])
def test_container_may_be_called_what_the_cdk_calls_its_own(name: str) -> None:
    assert [container["Name"] for container in _containers(_synthesize({name: {}})).values()] == [name]


@pytest.mark.parametrize("fixture", ["template", "on_ec2"])
def test_container_has_no_capability_and_somebody_reaps_its_children(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    parameters = _web(request.getfixturevalue(fixture))["LinuxParameters"]

    assert parameters == {"Capabilities": {"Drop": ["ALL"]}, "InitProcessEnabled": True}


def test_container_keeps_the_capabilities_that_it_names_and_no_other() -> None:
    kept: Containers = {"web": {"user": "0:0", "capabilities": ["CHOWN", "SETUID", "SYS_PTRACE"]}}
    on_fargate = _web(_synthesize(kept))["LinuxParameters"]["Capabilities"]
    on_ec2 = _web(_synthesize(kept, capacity_provider_strategy=[{"capacity_provider": "default"}]))

    # Fargate adds nothing else, so the others that Docker gives are dropped by name.
    assert on_fargate["Add"] == ["SYS_PTRACE"]
    assert set(on_fargate["Drop"]) == set(DEFAULT_CAPABILITIES) - {"CHOWN", "SETUID"}
    assert on_ec2["LinuxParameters"]["Capabilities"] == {"Add": ["CHOWN", "SETUID", "SYS_PTRACE"], "Drop": ["ALL"]}


def test_container_that_keeps_no_default_capability_drops_all() -> None:
    parameters = _web(_synthesize({"web": {"capabilities": ["SYS_PTRACE"]}}))["LinuxParameters"]

    assert parameters["Capabilities"] == {"Add": ["SYS_PTRACE"], "Drop": ["ALL"]}


def test_capabilities_are_accepted_in_writing_only_where_they_are_asked_for() -> None:
    stack, other = new_stack(), new_stack()
    _define(stack, {"web": {"capabilities": ["CHOWN"]}})
    _define(other)

    rule = "CloudFormation-Validate::ecs_container_has_no_capability"
    assert [ids for ids in acknowledged(stack).values() if rule in ids] == [{rule}]
    assert acknowledged(other) == {}


def test_writable_paths_are_in_memory_and_run_no_program() -> None:
    parameters = _web(_synthesize({"web": {"writable_paths": ["/cache", "/run/app"]}}))["LinuxParameters"]

    options = ["noexec", "nosuid", "nodev"]
    assert parameters["Tmpfs"] == [
        {"ContainerPath": "/cache", "Size": 64, "MountOptions": options},
        {"ContainerPath": "/run/app", "Size": 64, "MountOptions": options},
    ]


def test_new_privileges_are_refused_on_instances_only_since_fargate_refuses_the_option(
    template: Template, on_ec2: Template
) -> None:
    assert _web(on_ec2)["DockerSecurityOptions"] == ["no-new-privileges"]
    assert "DockerSecurityOptions" not in _web(template)


@pytest.mark.parametrize(("architecture", "said"), [("arm64", "ARM64"), ("x86_64", "X86_64")])
def test_fargate_is_told_the_architecture(architecture: str, said: str) -> None:
    definition = _definition(_synthesize(architecture=architecture))

    assert definition["RuntimePlatform"] == {"CpuArchitecture": said, "OperatingSystemFamily": "LINUX"}
    assert definition["RequiresCompatibilities"] == ["FARGATE"]


def test_on_instances_the_architecture_is_theirs(on_ec2: Template) -> None:
    assert "RuntimePlatform" not in _definition(on_ec2)
    assert _definition(on_ec2)["RequiresCompatibilities"] == ["EC2"]


@pytest.mark.parametrize("fixture", ["template", "on_ec2"])
def test_every_task_has_a_network_interface_of_its_own(fixture: str, request: pytest.FixtureRequest) -> None:
    definition = _definition(request.getfixturevalue(fixture))

    assert definition["NetworkMode"] == "awsvpc"
    assert not {"PidMode", "IpcMode", "Volumes"} & definition.keys()


def test_task_has_the_size_that_is_given() -> None:
    definition = _definition(_synthesize({"web": {"memory_mib": 256}}, cpu_units=512, memory_mib=1024))

    assert (definition["Cpu"], definition["Memory"]) == ("512", "1024")
    assert definition["ContainerDefinitions"][0]["Memory"] == 256


def test_container_may_use_the_memory_of_the_task_unless_limited(template: Template) -> None:
    assert "Memory" not in _web(template)


def test_slow_log_service_does_not_stop_the_program(template: Template) -> None:
    configuration = _web(template)["LogConfiguration"]

    assert configuration["LogDriver"] == "awslogs"
    assert configuration["Options"]["mode"] == "non-blocking"
    assert configuration["Options"]["max-buffer-size"] == f"{25 * 1024 * 1024}b"


def test_containers_share_a_log_group_and_are_told_apart() -> None:
    template = _synthesize({"web": {}, "job": {}})

    group = {"Ref": only_id(template, "AWS::Logs::LogGroup")}
    for name, container in _containers(template).items():
        assert container["LogConfiguration"]["Options"]["awslogs-group"] == group
        assert container["LogConfiguration"]["Options"]["awslogs-stream-prefix"] == name


@pytest.mark.parametrize(("protected", "expected"), [(True, KEPT), (False, DELETED)])
def test_logs_are_encrypted_expire_and_stay_only_where_protected(*, protected: bool, expected: tuple[str, str]) -> None:
    template = _synthesize(retention=RetentionOptions(protected=protected, log_retention_days=60))

    group = only(template, "AWS::Logs::LogGroup")
    assert group["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}
    assert group["Properties"]["RetentionInDays"] == 60
    assert fate(group) == expected


def test_health_check_has_the_values_that_are_given() -> None:
    check = {
        "command": ["CMD", "true"],
        "interval_seconds": 15,
        "timeout_seconds": 7,
        "retries": 4,
        "start_period_seconds": 120,
    }

    assert _web(_synthesize({"web": {"health_check": check}}))["HealthCheck"] == {
        "Command": ["CMD", "true"],
        "Interval": 15,
        "Timeout": 7,
        "Retries": 4,
        "StartPeriod": 120,
    }


def test_container_without_a_health_check_or_a_port_has_none(template: Template) -> None:
    assert not {"HealthCheck", "PortMappings"} & _web(template).keys()


def test_port_is_opened() -> None:
    assert _web(_synthesize({"web": {"port": 8080}}))["PortMappings"] == [{"ContainerPort": 8080, "Protocol": "tcp"}]


def test_program_and_arguments_are_those_of_the_image_unless_given(template: Template) -> None:
    container = _web(_synthesize({"web": {"entry_point": ["/bin/app"], "command": ["--port", "8080"]}}))

    assert (container["EntryPoint"], container["Command"]) == (["/bin/app"], ["--port", "8080"])
    assert not {"EntryPoint", "Command"} & _web(template).keys()


@pytest.mark.parametrize(("options", "seconds"), [({}, 30), ({"stop_timeout_seconds": 90}, 90)])
def test_container_gets_time_to_finish(options: dict[str, Any], seconds: int) -> None:
    assert _web(_synthesize({"web": options}))["StopTimeout"] == seconds


@pytest.mark.parametrize("condition", ["START", "COMPLETE", "SUCCESS", "HEALTHY"])
def test_container_waits_for_another_to_be_in_a_state(condition: str) -> None:
    # The one that waits comes first in the file: the order there is of no consequence.
    containers: Containers = {
        "web": {"depends_on": [{"container": "migrate", "condition": condition}]},
        "migrate": {"essential": False, "health_check": {"command": ["CMD", "true"]}},
    }

    found = _containers(_synthesize(containers))
    assert found["web"]["DependsOn"] == [{"ContainerName": "migrate", "Condition": condition}]
    assert "DependsOn" not in found["migrate"]


def test_waiting_for_a_container_that_is_not_in_the_task_is_refused() -> None:
    with pytest.raises(ValueError, match="container web depends on nobody, which is not in the task"):
        _define(new_stack(), {"web": {"depends_on": [{"container": "nobody"}]}, "migrate": {}})


def test_task_stops_with_an_essential_container_only() -> None:
    found = _containers(_synthesize({"web": {}, "migrate": {"essential": False}}))

    assert found["web"]["Essential"] is True
    assert found["migrate"]["Essential"] is False
