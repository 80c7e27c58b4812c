"""One local cloud for the session; in it, each test module has accounts of its own, so none sees another's stacks."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.support.synthesis import synthesize
from tools.local_cloud.cloud import LocalCloud
from tools.local_cloud.deployment import Deployment

Deploy = Callable[..., Deployment]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Given a local cloud that ends with the tests, however they end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cloud = LocalCloud.start(folder=tmp_path_factory.mktemp("local_cloud"), port=port, stop_with_parent=True)
    yield cloud
    cloud.stop()


@pytest.fixture(scope="session")
def deploy(cloud: LocalCloud) -> Deploy:
    """Deploy a whole environment into an account of the cloud, which is bootstrapped for the first in its Region.

    The templates are as the tests synthesize them: the same bytes as the CLI writes (tests/cli), but sooner.
    """
    bootstrapped = set[tuple[str, str]]()

    def deploy(environment: str, *, account: str) -> Deployment:
        deployment = Deployment(cloud, environment, account=account)
        place = (deployment.account, deployment.region)
        if place not in bootstrapped:
            bootstrap = deployment.bootstrap()
            assert bootstrap.returncode == 0, bootstrap.output
            bootstrapped.add(place)
        run = deployment.deploy(app=synthesize(environment).outdir)
        assert run.returncode == 0, run.output
        return deployment

    return deploy


@pytest.fixture(scope="session")
def deployed_once(deploy: Deploy) -> Callable[[str], Deployment]:
    """Given an environment that has been deployed once, for all tests that only look."""
    return cache(lambda environment: deploy(environment, account="000000000001"))
