"""File systems of a deployed environment, as the APIs of AWS describe them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.deployed_environment import ENVIRONMENTS, DeployedEnvironment
from tools.local_cloud.deployment import Deployment

pytestmark = pytest.mark.local_cloud
WITH_STORAGE = [name for name, each in ENVIRONMENTS.items() if each.storage.file_systems]


@pytest.fixture(params=WITH_STORAGE)
def deployed(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    return DeployedEnvironment(deployed_once(request.param))


def test_file_systems_are_encrypted_and_have_a_mount_target_in_each_zone(deployed: DeployedEnvironment) -> None:
    client = deployed.client("efs")
    zones = list(deployed.environment.availability_zones)
    stated = [each for each in deployed.environment.storage.file_systems.values() if each.kind == "efs"]
    ids = deployed.ids("AWS::EFS::FileSystem")
    assert len(ids) == len(stated)
    for file_system in ids:
        (found,) = client.describe_file_systems(FileSystemId=file_system)["FileSystems"]
        assert found["Encrypted"] is True
        targets = client.describe_mount_targets(FileSystemId=file_system)["MountTargets"]
        assert sorted(deployed.zones[each["SubnetId"]] for each in targets) == sorted(zones)


def test_kinds_that_are_only_remembered_are_what_the_file_says(deployed: DeployedEnvironment) -> None:
    kinds = [each.kind for each in deployed.environment.storage.file_systems.values()]
    made = [each["FileSystemType"] for each in deployed.remembered("AWS::FSx::FileSystem")]
    assert sorted(f"fsx_{each.lower()}" for each in made) == sorted(each for each in kinds if each.startswith("fsx_"))
