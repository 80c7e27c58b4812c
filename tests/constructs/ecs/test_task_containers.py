"""What containers get of their runtime, volumes and sidecars, and what the two roles of the task may do for it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.task_options import TaskOptions
from tests.support.assertions import Resource, acknowledged, flat, properties, role_ids, statements
from tests.support.synthesis import new_stack

IMAGE = "ghcr.io/owner/app:1.0"
CREDENTIALS = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf"
FILE_SYSTEM = "arn:<AWS::Partition>:elasticfilesystem:eu-west-1:<AWS::AccountId>:file-system/fs-0000000a"
ACCESS_POINT = "arn:<AWS::Partition>:elasticfilesystem:eu-west-1:<AWS::AccountId>:access-point/fsap-0000000a"
ON_INSTANCES = {"capacity_provider_strategy": [{"capacity_provider": "default"}]}


def _stack(container: dict[str, Any], **options: object) -> cdk.Stack:
    stack = new_stack()
    containers = {"web": {"image": IMAGE, **container}}
    EcsTask(
        stack,
        "Task",
        options=TaskOptions.model_validate({"containers": containers, **options}),
        encryption_key=kms.Key(stack, "Key"),
    )
    return stack


def _synthesize(container: dict[str, Any], **options: object) -> Template:
    return Template.from_stack(_stack(container, **options))


def _definition(template: Template) -> Resource:
    return properties(template, "AWS::ECS::TaskDefinition")


def _container(template: Template, name: str = "web") -> Resource:
    return next(each for each in _definition(template)["ContainerDefinitions"] if each["Name"] == name)


def _statements(template: Template, role: str) -> dict[str, Resource]:
    """Statements of a role, by the first of their actions."""
    (role_id,) = [each for each in role_ids(template, "ecs-tasks.amazonaws.com") if role in each]
    found = statements(template, role_id)
    return {flat(each["Action"][0] if isinstance(each["Action"], list) else each["Action"]): each for each in found}


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"cpu_units": 128}, {"Cpu": 128}),
        ({"memory_reservation_mib": 128}, {"MemoryReservation": 128}),
        ({"working_directory": "/srv"}, {"WorkingDirectory": "/srv"}),
        ({"labels": {"team": "shop"}}, {"DockerLabels": {"team": "shop"}}),
        ({"pseudo_terminal": True}, {"PseudoTerminal": True}),
        ({"start_timeout_seconds": 60}, {"StartTimeout": 60}),
        (
            {"ulimits": {"nofile": {"soft_limit": 1024, "hard_limit": 4096}}},
            {"Ulimits": [{"Name": "nofile", "SoftLimit": 1024, "HardLimit": 4096}]},
        ),
        (
            {"system_controls": {"net.core.somaxconn": "1024"}},
            {"SystemControls": [{"Namespace": "net.core.somaxconn", "Value": "1024"}]},
        ),
        (
            {"restart_policy": {"attempt_period_seconds": 60, "ignored_exit_codes": [143]}},
            {"RestartPolicy": {"Enabled": True, "RestartAttemptPeriod": 60, "IgnoredExitCodes": [143]}},
        ),
        (
            {"port": 8080, "additional_ports": {"metrics": {"port": 9090, "app_protocol": "http2"}}},
            {
                "PortMappings": [
                    {"ContainerPort": 8080, "Protocol": "tcp"},
                    {"Name": "metrics", "ContainerPort": 9090, "Protocol": "tcp", "AppProtocol": "http2"},
                ]
            },
        ),
        (
            {"additional_ports": {"dns": {"port": 5353, "protocol": "udp"}}},
            {"PortMappings": [{"Name": "dns", "ContainerPort": 5353, "Protocol": "udp"}]},
        ),
        (
            {"port": 8080, "port_ranges": [{"first_port": 10000, "last_port": 10100, "protocol": "udp"}]},
            {
                "PortMappings": [
                    {"ContainerPort": 8080, "Protocol": "tcp"},
                    {"ContainerPortRange": "10000-10100", "Protocol": "udp"},
                ]
            },
        ),
        (
            {"port_ranges": [{"first_port": 1, "last_port": 65535}]},
            {"PortMappings": [{"ContainerPortRange": "1-65535", "Protocol": "tcp"}]},
        ),
    ],
    ids=lambda value: next(iter(value)),
)
def test_container_gets_what_it_states(container: dict[str, Any], expected: dict[str, Any]) -> None:
    plain, stated = _container(_synthesize({})), _container(_synthesize(container))

    assert {key: stated.get(key) for key in expected} == expected
    assert not set(expected) & set(plain)


def test_shared_memory_is_that_of_the_container() -> None:
    assert (
        _container(_synthesize({"shared_memory_mib": 256}, **ON_INSTANCES))["LinuxParameters"]["SharedMemorySize"]
        == 256
    )


def test_writable_path_has_a_size_and_may_run_programs() -> None:
    path = {"path": "/cache", "size_mib": 256, "exec": True}
    (tmpfs,) = _container(_synthesize({"writable_paths": [path]}))["LinuxParameters"]["Tmpfs"]

    assert tmpfs == {"ContainerPath": "/cache", "Size": 256, "MountOptions": ["exec", "nosuid", "nodev"]}


def test_agent_reads_exactly_the_environment_files() -> None:
    template = _synthesize({"environment_files": ["arn:aws:s3:::settings/web.env"]})

    assert flat(_container(template)["EnvironmentFiles"][0]["Value"]) == "arn:<AWS::Partition>:s3:::settings/web.env"
    execution = _statements(template, "ExecutionRole")
    assert flat(execution["s3:GetObject"]["Resource"]) == "arn:<AWS::Partition>:s3:::settings/web.env"
    assert flat(execution["s3:GetBucketLocation"]["Resource"]) == "arn:<AWS::Partition>:s3:::settings"


def test_agent_reads_exactly_the_credentials_of_the_registry() -> None:
    template = _synthesize({"repository_credentials_arn": CREDENTIALS})

    assert _container(template)["RepositoryCredentials"] == {"CredentialsParameter": CREDENTIALS}
    assert _statements(template, "ExecutionRole")["secretsmanager:GetSecretValue"]["Resource"] == CREDENTIALS


def _mounted(volume: dict[str, Any], *, read_only: bool = False) -> Template:
    mount = {"data": {"path": "/data", "read_only": read_only}}
    return _synthesize({"mounts": mount}, volumes={"data": volume})


def test_container_mounts_a_volume_that_it_shares() -> None:
    template = _mounted({"kind": "shared"}, read_only=True)

    assert _definition(template)["Volumes"] == [{"Name": "data"}]
    mount = {"SourceVolume": "data", "ContainerPath": "/data", "ReadOnly": True}
    assert _container(template)["MountPoints"] == [mount]


def test_file_system_is_mounted_with_tls_and_the_task_role() -> None:
    template = _mounted({"kind": "efs", "file_system_id": "fs-0000000a", "root_directory": "/shop"})

    assert _definition(template)["Volumes"] == [
        {
            "Name": "data",
            "EFSVolumeConfiguration": {
                "FilesystemId": "fs-0000000a",
                "RootDirectory": "/shop",
                "TransitEncryption": "ENABLED",
                "AuthorizationConfig": {"IAM": "ENABLED"},
            },
        }
    ]


@pytest.mark.parametrize(
    ("more", "read_only", "actions"),
    [
        ({}, True, {"ClientMount"}),
        ({}, False, {"ClientMount", "ClientWrite"}),
        ({"root_access": True}, False, {"ClientMount", "ClientWrite", "ClientRootAccess"}),
    ],
)
def test_task_role_mounts_this_file_system_and_no_other(
    more: dict[str, Any], actions: set[str], *, read_only: bool
) -> None:
    template = _mounted({"kind": "efs", "file_system_id": "fs-0000000a", **more}, read_only=read_only)

    statement = _statements(template, "TaskRole")["elasticfilesystem:ClientMount"]
    stated = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    assert set(stated) == {f"elasticfilesystem:{action}" for action in actions}
    assert flat(statement["Resource"]) == FILE_SYSTEM
    assert statement["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}


def test_task_role_mounts_through_the_access_point_only() -> None:
    template = _mounted({"kind": "efs", "file_system_id": "fs-0000000a", "access_point_id": "fsap-0000000a"})

    condition = _statements(template, "TaskRole")["elasticfilesystem:ClientMount"]["Condition"]["StringEquals"]
    assert flat(condition["elasticfilesystem:AccessPointArn"]) == ACCESS_POINT
    authorization = _definition(template)["Volumes"][0]["EFSVolumeConfiguration"]["AuthorizationConfig"]
    assert authorization == {"AccessPointId": "fsap-0000000a", "IAM": "ENABLED"}


def test_volume_of_amazon_ebs_is_configured_where_the_task_is_started() -> None:
    template = _mounted({"kind": "ebs", "size_gib": 20})

    assert _definition(template)["Volumes"] == [{"Name": "data", "ConfiguredAtLaunch": True}]


FSX_CREDENTIALS = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:files-AbCdEf"


def test_agent_mounts_a_file_system_of_amazon_fsx_with_the_secret() -> None:
    template = _synthesize(
        {"mounts": {"files": {"path": "C:\\files"}}},
        volumes={
            "scratch": {"kind": "shared"},
            "files": {
                "kind": "fsx_windows",
                "file_system_id": "fs-0000000a",
                "domain": "corp.example.com",
                "credentials_secret_arn": FSX_CREDENTIALS,
            },
        },
        operating_system="windows_server_2022_core",
        architecture="x86_64",
        cpu_units=1024,
        memory_mib=2048,
    )

    assert _definition(template)["Volumes"] == [
        {"Name": "scratch"},
        {
            "Name": "files",
            "FSxWindowsFileServerVolumeConfiguration": {
                "FileSystemId": "fs-0000000a",
                "RootDirectory": "share",
                "AuthorizationConfig": {"CredentialsParameter": FSX_CREDENTIALS, "Domain": "corp.example.com"},
            },
        },
    ]
    statements = _statements(template, "Execution")
    assert statements["secretsmanager:GetSecretValue"]["Resource"] == FSX_CREDENTIALS
    assert statements["fsx:DescribeFileSystems"]["Resource"] == "*"


def test_mount_of_an_unknown_volume_is_refused() -> None:
    with pytest.raises(ValueError, match="container web mounts files; allowed: none"):
        _synthesize({"mounts": {"files": {"path": "/files"}}})


def test_ephemeral_storage_is_as_asked() -> None:
    assert _definition(_synthesize({}, ephemeral_storage_gib=50))["EphemeralStorage"] == {"SizeInGiB": 50}


S3 = {"kind": "s3", "bucket_arn": "arn:aws:s3:::logs", "prefix": "web"}
FIREHOSE = {"kind": "firehose", "stream_arn": "arn:aws:firehose:eu-west-1:111122223333:deliverystream/logs"}
OPENSEARCH = {
    "kind": "opensearch",
    "domain_arn": "arn:aws:es:eu-west-1:111122223333:domain/logs",
    "endpoint": "vpc-logs.eu-west-1.es.amazonaws.com",
    "index": "web",
}


@pytest.mark.parametrize(
    ("destination", "plugin", "action", "resource"),
    [
        (S3, "s3", "s3:PutObject", "arn:aws:s3:::logs/web/*"),
        (FIREHOSE, "kinesis_firehose", "firehose:PutRecordBatch", FIREHOSE["stream_arn"]),
        (OPENSEARCH, "opensearch", "es:ESHttpPost", f"{OPENSEARCH['domain_arn']}/_bulk"),
        ({"kind": "cloudwatch"}, "cloudwatch_logs", "logs:CreateLogStream", "TaskLogGroup"),
    ],
    ids=["s3", "firehose", "opensearch", "cloudwatch"],
)
def test_containers_log_to_the_router_which_may_write_there_only(
    destination: dict[str, Any], plugin: str, action: str, resource: str
) -> None:
    template = _synthesize({}, log_router={"destination": destination})

    log = _container(template)["LogConfiguration"]
    assert (log["LogDriver"], log["Options"]["Name"]) == ("awsfirelens", plugin)
    router = _container(template, "log_router")
    assert router["FirelensConfiguration"] == {"Type": "fluentbit"}
    assert router["LogConfiguration"]["LogDriver"] == "awslogs"
    assert router["Essential"] is True
    granted = _statements(template, "TaskRole")
    assert list(granted) == [action]
    assert resource in flat(granted[action]["Resource"])


def test_a_filter_of_ones_own_comes_from_amazon_s3() -> None:
    file = "arn:aws:s3:::settings/filter.conf"
    template = _synthesize({}, log_router={"destination": S3, "configuration_file_arn": file})

    router = _container(template, "log_router")
    assert router["Environment"] == [{"Name": "aws_fluent_bit_init_s3_1", "Value": file}]
    assert ":init-" in router["Image"]
    assert _statements(template, "TaskRole")["s3:GetObject"]["Resource"] == file
    assert _statements(template, "TaskRole")["s3:GetBucketLocation"]["Resource"] == "arn:aws:s3:::settings"


def test_collector_sends_traces_and_the_task_goes_on_without_it() -> None:
    template = _synthesize({}, sidecars={"collector": {"cpu_units": 64}}, memory_mib=1024)

    collector = _container(template, "collector")
    assert (collector["Essential"], collector["Memory"], collector["Cpu"]) == (False, 256, 64)
    assert collector["Command"] == ["--config=/etc/ecs/ecs-xray.yaml"]
    assert all(each.startswith("xray:") for each in _statements(template, "TaskRole"))
    assert _container(template)["LogConfiguration"]["LogDriver"] == "awslogs"


def test_collector_has_a_configuration_of_ones_own_and_then_no_permission_of_ours() -> None:
    parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/collector"
    template = _synthesize({}, sidecars={"collector": {"configuration_parameter_arn": parameter}})

    (secret,) = _container(template, "collector")["Secrets"]
    assert secret["Name"] == "AOT_CONFIG_CONTENT"
    assert "Command" not in _container(template, "collector")
    assert "ssm:GetParameters" in _statements(template, "ExecutionRole")
    assert _statements(template, "TaskRole") == {}


def test_cloudwatch_agent_writes_to_one_namespace() -> None:
    template = _synthesize({}, sidecars={"cloudwatch_agent": {"namespace": "Shop"}})

    statement = _statements(template, "TaskRole")["cloudwatch:PutMetricData"]
    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Shop"}}
    (variable,) = _container(template, "cloudwatch_agent")["Environment"]
    assert '"namespace": "Shop"' in variable["Value"]


def test_sidecar_has_another_image_where_one_is_stated() -> None:
    template = _synthesize({}, sidecars={"collector": {"image": "ghcr.io/owner/collector:1.0"}})

    assert _container(template, "collector")["Image"] == "ghcr.io/owner/collector:1.0"


def test_what_images_of_sidecars_need_is_accepted_in_writing() -> None:
    rules = {rule.partition("::")[2] for ids in acknowledged(_stack({})).values() for rule in ids}
    with_agent = _stack({}, sidecars={"cloudwatch_agent": {"namespace": "Shop"}})
    more = {rule.partition("::")[2] for ids in acknowledged(with_agent).values() for rule in ids} - rules

    assert {"ecs_container_is_not_root", "ecs_container_cannot_write_to_its_root"} <= more
