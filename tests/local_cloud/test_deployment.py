"""Every environment deploys with the real CDK CLI, and nothing is left to do afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local_cloud.deployment import Deployment
from synthesis import EXAMPLES, SHIPPED, synthesize

pytestmark = pytest.mark.local_cloud
ACCOUNT = "000000000001"


@pytest.fixture(scope="module", params=[*SHIPPED, *EXAMPLES])
def deployed(request: pytest.FixtureRequest, deploy: Callable[..., Deployment]) -> Deployment:
    """Given an environment that has been deployed."""
    return deploy(request.param, account=ACCOUNT)


def test_every_stack_is_complete(deployed: Deployment) -> None:
    statuses = {name: stack["StackStatus"] for name, stack in deployed.stacks().items()}
    assert statuses == dict.fromkeys(synthesize(deployed.environment).templates, "CREATE_COMPLETE")


def test_every_resource_of_every_template_was_made(deployed: Deployment) -> None:
    for name, template in synthesize(deployed.environment).templates.items():
        made = {each["LogicalResourceId"]: each["ResourceStatus"] for each in deployed.resources(name)}
        assert made == dict.fromkeys(template["Resources"], "CREATE_COMPLETE")


def test_there_is_no_difference_and_a_second_deployment_changes_nothing(deployed: Deployment) -> None:
    diff = deployed.diff()
    assert diff.returncode == 0, diff.output
    assert "Number of stacks with differences: 0" in diff.output

    again = deployed.deploy()
    assert again.returncode == 0, again.output
    assert again.output.count("(no changes)") == len(deployed.stacks())
    assert {stack["StackStatus"] for stack in deployed.stacks().values()} == {"CREATE_COMPLETE"}
