"""All stacks of an environment below a stage, as a pipeline with several environments has them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

import aws_cdk as cdk
import pytest
from aws_cdk import cx_api

from policy import add_policy_checks
from settings import load_environment
from stacks.platform import Platform
from tests.support.synthesis import Template, new_app, synthesize

# Two environments in a stage each, and one of them once more in a third.
STAGES = {"test": "sandbox", "preview": "sandbox", "live": "examples/ecs-only.yaml"}


@pytest.fixture(scope="module")
def assembly() -> cx_api.CloudAssembly:
    """All stages in one app; what a policy found would fail its synthesis."""
    app = new_app()
    for stage, environment in STAGES.items():
        Platform(cdk.Stage(app, stage), load_environment(environment))
    add_policy_checks(app)
    return app.synth()


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def _templates(assembly: cx_api.CloudAssembly, stage: str) -> dict[str, Template]:
    nested = assembly.get_nested_assembly(f"assembly-{stage}")
    return {stack.stack_name: stack.template for stack in nested.stacks}


def _types(template: Template) -> Counter[str]:
    return Counter(resource["Type"] for resource in template["Resources"].values())


def test_stage_has_the_stacks_of_its_environment_under_names_of_its_own(
    assembly: cx_api.CloudAssembly, stage: str
) -> None:
    alone = synthesize(STAGES[stage]).templates

    found = _templates(assembly, stage)
    assert found.keys() == {f"{stage}-{name}" for name in alone}
    for name, template in alone.items():
        assert _types(found[f"{stage}-{name}"]) == _types(template), name


def test_stacks_of_a_stage_read_from_each_other_only(assembly: cx_api.CloudAssembly, stage: str) -> None:
    text = json.dumps(_templates(assembly, stage))

    read = set(re.findall(r'"Fn::ImportValue": "([^"]+)"', text))
    exported = set(re.findall(r'"Export": {"Name": "([^"]+)"', text))
    assert read
    assert read <= exported
    assert {name.split("-")[0] for name in exported} == {stage}


def test_stage_has_the_tags_of_its_own_environment(assembly: cx_api.CloudAssembly, stage: str) -> None:
    _check_tags(assembly.get_nested_assembly(f"assembly-{stage}").stacks, STAGES[stage])


def test_two_environments_in_one_app_without_stages_have_tags_of_their_own() -> None:
    app = new_app()
    environments = ("sandbox", "examples/ecs-only.yaml")
    for environment in environments:
        Platform(app, load_environment(environment))

    stacks = app.synth().stacks
    for environment in environments:
        prefix = f"{load_environment(environment).name}-"
        _check_tags([stack for stack in stacks if stack.stack_name.startswith(prefix)], environment)


def _check_tags(stacks: Iterable[cx_api.CloudFormationStackArtifact], environment: str) -> None:
    """Of stacks, and of their resources, in whose templates the CDK writes most tags as lists."""
    stated = load_environment(environment).resource_tags
    checked = 0
    for stack in stacks:
        assert stack.tags == stated, stack.stack_name
        for resource in stack.template["Resources"].values():
            tags = resource.get("Properties", {}).get("Tags")
            if isinstance(tags, list):
                found = {tag["Key"]: tag["Value"] for tag in tags}
                assert {key: found.get(key) for key in stated} == stated, (stack.stack_name, resource["Type"])
                checked += 1
    assert checked


def test_every_role_of_every_stack_has_the_permissions_boundary_that_the_file_states() -> None:
    boundary = "arn:aws:iam::111122223333:policy/platform"
    app = new_app()
    environment = load_environment("sandbox").model_copy(update={"permissions_boundary_arn": boundary})
    Platform(app, environment)

    roles = [
        resource
        for stack in app.synth().stacks
        for resource in stack.template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    ]
    assert len(roles) > 10
    assert {role["Properties"].get("PermissionsBoundary") for role in roles} == {boundary}
