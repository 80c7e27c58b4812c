"""Where tasks run: placement, platform version, and what Windows and accelerators change of a task."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task import EcsTask
from tests.support.assertions import Resource, properties
from tests.support.synthesis import ZONES, new_stack

ON_GROUP: dict[str, Any] = {"capacity_provider_strategy": [{"capacity_provider": "group"}]}
WINDOWS: dict[str, Any] = {
    "operating_system": "windows_server_2022_core",
    "architecture": "x86_64",
    "cpu_units": 1024,
    "memory_mib": 2048,
}


def _synthesize(container: dict[str, Any] | None = None, *, managed: bool = False, **options: object) -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=0)
    stated = ServiceOptions.model_validate(
        {"containers": {"web": {"image": "ghcr.io/owner/app:1.0", **(container or {})}}, "alarms": False, **options}
    )
    EcsService(
        stack,
        "Service",
        options=stated,
        cluster=ecs.Cluster.from_cluster_attributes(stack, "Cluster", cluster_name="blue", vpc=vpc),
        task=EcsTask(stack, "Task", options=stated, encryption_key=kms.Key(stack, "Key"), managed_instances=managed),
        subnets=vpc.isolated_subnets,
        capacity_providers={"group": "cp-group"},
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def on_managed_instances() -> Template:
    return _synthesize(managed=True, **ON_GROUP)


@pytest.fixture(scope="module")
def windows_on_instances() -> Template:
    return _synthesize(**ON_GROUP, **WINDOWS)


def _service(template: Template) -> Resource:
    return properties(template, "AWS::ECS::Service")


def _task(template: Template) -> Resource:
    return properties(template, "AWS::ECS::TaskDefinition")


def _container(template: Template) -> Resource:
    (found,) = _task(template)["ContainerDefinitions"]
    container: Resource = found
    return container


def test_tasks_are_placed_as_asked() -> None:
    template = _synthesize(
        **ON_GROUP,
        placement_strategies=[
            {"type": "spread", "field": "instanceId"},
            {"type": "binpack", "field": "cpu"},
            {"type": "random"},
        ],
        placement_constraints=[
            {"type": "distinctInstance"},
            {"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m7g.*"},
        ],
    )

    assert _service(template)["PlacementStrategies"] == [
        {"Type": "spread", "Field": "instanceId"},
        {"Type": "binpack", "Field": "CPU"},
        {"Type": "random"},
    ]
    assert _service(template)["PlacementConstraints"] == [
        {"Type": "distinctInstance"},
        {"Type": "memberOf", "Expression": "attribute:ecs.instance-type =~ m7g.*"},
    ]
    # Amazon ECS refuses it where zones do not come first.
    assert _service(template)["AvailabilityZoneRebalancing"] == "DISABLED"


def test_managed_instances_take_their_task_from_the_service_of_fargate(on_managed_instances: Template) -> None:
    """The L2 of services on instances refuses the task (aws-cdk issue 36035)."""
    service, task = _service(on_managed_instances), _task(on_managed_instances)

    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": "cp-group", "Weight": 1}]
    assert not {"LaunchType", "PlatformVersion", "PlacementStrategies", "PlacementConstraints"} & set(service)
    assert service["AvailabilityZoneRebalancing"] == "ENABLED"
    assert task["RequiresCompatibilities"] == ["MANAGED_INSTANCES"]
    assert task["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    assert "DockerSecurityOptions" not in _container(on_managed_instances)


@pytest.mark.parametrize(("options", "stated"), [({}, "LATEST"), ({"platform_version": "1.4.0"}, "1.4.0")])
def test_fargate_has_the_platform_version_that_is_asked_for(options: dict[str, Any], stated: str) -> None:
    assert _service(_synthesize(**options))["PlatformVersion"] == stated


def test_windows_on_fargate_states_its_platform() -> None:
    task = _task(_synthesize(**WINDOWS))

    assert task["RequiresCompatibilities"] == ["FARGATE"]
    assert task["RuntimePlatform"] == {
        "CpuArchitecture": "X86_64",
        "OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE",
    }


def test_windows_on_instances_states_its_platform_and_has_the_memory_of_the_task(
    windows_on_instances: Template,
) -> None:
    assert _task(windows_on_instances)["RuntimePlatform"] == {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    assert _container(windows_on_instances)["Memory"] == 2048


def test_windows_has_nothing_of_linux_and_is_no_administrator(windows_on_instances: Template) -> None:
    container = _container(windows_on_instances)

    assert container["User"] == "ContainerUser"
    assert not {"LinuxParameters", "ReadonlyRootFilesystem", "DockerSecurityOptions"} & set(container)


def test_on_managed_instances_a_container_has_all_neuron_devices() -> None:
    template = _synthesize({"neuron_devices": "all"}, managed=True, **ON_GROUP, architecture="x86_64")

    assert _container(template)["ResourceRequirements"] == [{"Type": "NeuronDevice", "Value": "ALL"}]


def test_containers_have_the_gpus_and_the_devices_that_they_ask_for() -> None:
    gpus = _container(_synthesize({"gpus": 2}, **ON_GROUP, architecture="x86_64"))
    devices = _container(_synthesize({"devices": ["/dev/neuron0"]}, **ON_GROUP, architecture="x86_64"))

    assert gpus["ResourceRequirements"] == [{"Type": "GPU", "Value": "2"}]
    assert devices["LinuxParameters"]["Devices"] == [
        {"HostPath": "/dev/neuron0", "ContainerPath": "/dev/neuron0", "Permissions": ["read", "write"]}
    ]
