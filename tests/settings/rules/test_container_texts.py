"""Rules of commands and environment variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, containers, eks, problems, service

PAIRS = (
    RulePair(
        rule="sdk_uses_the_task_role",
        rejected=containers("web: {image: 'app:1', environment: {AWS_PROFILE: shop}}"),
        accepted=containers("web: {image: 'app:1', environment: {AWS_PROFILE: default}}"),
        message=(
            "ecs.services.web.containers.web.environment.AWS_PROFILE: AWS_PROFILE is shop, which keeps an SDK"
            " from using the task role\n"
            "fix: remove AWS_PROFILE, or acknowledge that the image has what it names\n"
            "why: Amazon ECS tells the SDKs where the credentials of the task role are; another place is only in some "
            "images."
        ),
    ),
    RulePair(
        rule="text_is_used_as_written",
        rejected=containers("web: {image: 'app:1', command: [app, '${AWS::Region}']}"),
        accepted=containers("web: {image: 'app:1', command: [app, '${AWS_REGION}']}"),
        message=(
            "ecs.services.web.containers.web.command[1]: ${AWS::Region} is not replaced\n"
            "fix: state the value; Amazon ECS sets AWS_REGION for the SDKs by itself\n"
            "why: CloudFormation replaces nothing in these texts; they arrive as they are in the file."
        ),
    ),
    RulePair(
        rule="text_is_used_as_written: in a variable",
        rejected=containers("web: {image: 'app:1', environment: {BUCKET: 'b-${AWS::AccountId}'}}"),
        accepted=containers("web: {image: 'app:1', environment: {BUCKET: 'b-${ACCOUNT}'}}"),
        message=(
            "ecs.services.web.containers.web.environment.BUCKET: ${AWS::AccountId} is not replaced\n"
            "fix: state the value; Amazon ECS sets AWS_REGION for the SDKs by itself\n"
            "why: CloudFormation replaces nothing in these texts; they arrive as they are in the file."
        ),
    ),
    RulePair(
        rule="sdk_region_is_that_of_the_environment",
        rejected=containers("web: {image: 'app:1', environment: {AWS_DEFAULT_REGION: us-east-1}}"),
        accepted=containers("web: {image: 'app:1', environment: {AWS_DEFAULT_REGION: eu-west-1}}"),
        message=(
            "ecs.services.web.containers.web.environment.AWS_DEFAULT_REGION: AWS_DEFAULT_REGION is us-east-1,"
            " and the environment is in eu-west-1\n"
            "fix: remove AWS_DEFAULT_REGION, which Amazon ECS sets by itself, or acknowledge that the calls "
            "go elsewhere\n"
            "why: Calls of an SDK go to that Region, and not to what this environment has in its own."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (containers("web: {image: 'app:1', entry_point: ['${AWS::StackName}']}"), "containers.web.entry_point[0]"),
        (
            containers("web: {image: 'app:1', health_check: {command: [CMD, '${AWS::StackName}']}}"),
            "containers.web.health_check.command[1]",
        ),
        (
            service(
                "task_role_statements: [{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/${AWS::StackName}']}]"
            ),
            "task_role_statements[0].resources[0]",
        ),
        (
            service(
                "task_role_statements: [{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*'],"
                " conditions: {StringEquals: {'aws:ResourceAccount': ['${AWS::StackName}']}}}]"
            ),
            "task_role_statements[0].conditions.StringEquals.aws:ResourceAccount[0]",
        ),
        (
            eks(MANAGED, "add_ons: {coredns: {configuration: {podAnnotations: {a: '${AWS::StackName}'}}}}"),
            "eks.add_ons.coredns.configuration.podAnnotations.a",
        ),
    ],
)
def test_every_text_that_the_file_hands_on_is_looked_at(tmp_path: Path, text: str, key: str) -> None:
    found = {problem.warning: problem.lines()[0] for problem in problems(tmp_path, text)}

    assert key in found["text_is_used_as_written"]


@pytest.mark.parametrize(
    ("variables", "warned"),
    [
        ("AWS_WEB_IDENTITY_TOKEN_FILE: /run/token, AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/a'", True),
        ("AWS_WEB_IDENTITY_TOKEN_FILE: /run/token", False),
        ("AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/a'", False),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: /v2/credentials", True),
        ("AWS_DEFAULT_PROFILE: shop", True),
        ("AWS_PROFILE: ''", False),
        ("AWS_SDK_LOAD_CONFIG: '1'", False),
    ],
)
def test_variables_that_keep_an_sdk_from_the_task_role(tmp_path: Path, variables: str, *, warned: bool) -> None:
    text = containers(f"web: {{image: 'app:1', environment: {{{variables}}}}}")
    assert [each.warning for each in problems(tmp_path, text)] == ["sdk_uses_the_task_role"] * warned
