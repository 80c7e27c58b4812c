"""Every environment deploys with the real CDK CLI, and nothing is left to do afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.synthesis import EXAMPLES, SHIPPED, synthesize
from tools.local_cloud.deployment import Deployment

pytestmark = pytest.mark.local_cloud


@pytest.fixture(scope="module", params=[*SHIPPED, *EXAMPLES])
def deployment(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> Deployment:
    """Given an environment that has been deployed."""
    return deployed_once(request.param)


def test_every_stack_is_complete(deployment: Deployment) -> None:
    statuses = {name: stack["StackStatus"] for name, stack in deployment.stacks().items()}
    assert statuses == dict.fromkeys(synthesize(deployment.environment).templates, "CREATE_COMPLETE")


def test_every_resource_of_every_template_was_made(deployment: Deployment) -> None:
    for name, template in synthesize(deployment.environment).templates.items():
        made = {each["LogicalResourceId"]: each["ResourceStatus"] for each in deployment.resources(name)}
        assert made == dict.fromkeys(template["Resources"], "CREATE_COMPLETE")


def test_a_second_deployment_finds_no_difference_and_changes_nothing(deployment: Deployment) -> None:
    again = deployment.deploy(app=synthesize(deployment.environment).outdir)
    assert again.returncode == 0, again.output
    assert again.output.count("(no changes)") == len(deployment.stacks())
    assert {stack["StackStatus"] for stack in deployment.stacks().values()} == {"CREATE_COMPLETE"}


@pytest.mark.parametrize("environment", SHIPPED)
def test_the_diff_of_what_is_deployed_is_empty(environment: str, deployed_once: Callable[[str], Deployment]) -> None:
    diff = deployed_once(environment).diff(app=synthesize(environment).outdir)
    assert diff.returncode == 0, diff.output
    assert "Number of stacks with differences: 0" in diff.output
