"""Rules of quotas."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, capacity, containers, service

PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/"


def groups(count: int) -> str:
    """A file with so many groups of EC2 capacity."""
    return capacity(*(f"group-{number}: {{}}" for number in range(count)))


def command(length: int, *, port_ranges: int = 0) -> str:
    ranges = ", ".join(
        f"{{first_port: {each}, last_port: {each + 9}}}" for each in range(1024, 1024 + 10 * port_ranges, 10)
    )
    return containers(f"web: {{image: 'app:1', command: ['{'x' * length}'], port_ranges: [{ranges}]}}")


def statements(count: int) -> str:
    arns = ", ".join(f"'arn:aws:sqs:eu-west-1:111122223333:orders-{number:03}'" for number in range(count))
    return service(f"task_role_statements: [{{actions: [sqs:SendMessage], resources: [{arns}]}}]")


def secrets(count: int) -> str:
    listed = ", ".join(f"S{number}: '{PARAMETER}{number:03}'" for number in range(count))
    return containers(f"web: {{image: 'app:1', secrets: {{{listed}}}}}")


def repositories(count: int) -> str:
    names = ", ".join(f"app{number}: {{}}" for number in range(count))
    return HEAD.replace("app: {}", names)


def pulling(count: int) -> str:
    ids = ", ".join(f"'{111122220000 + number}'" for number in range(count))
    return HEAD.replace("app: {}", f"app: {{pull_account_ids: [{ids}]}}")


PAIRS = (
    RulePair(
        rule="capacity_fits_the_cluster",
        rejected=groups(19),
        accepted=groups(18),
        message=(
            "ecs.capacity: there are 19 groups\n"
            "allowed: at most 18\n"
            "fix: use fewer groups, each with several instance types, or another environment\n"
            "why: A cluster can have 20 capacity providers, FARGATE and FARGATE_SPOT among them, and the quota cannot "
            "be raised."
        ),
    ),
    RulePair(
        rule="task_definition_fits",
        rejected=command(65_536),
        accepted=command(65_400),
        message=(
            "ecs.services.web.containers: the task definition has more than 64 KiB\n"
            "allowed: at most 64 KiB\n"
            "fix: move what is long in command and environment into the image, or to SSM Parameter Store\n"
            "why: Amazon ECS refuses a task definition of more than 64 KiB, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="task_definition_fits: with ranges of ports",
        rejected=command(64_400, port_ranges=30),
        accepted=command(64_400, port_ranges=3),
        message=(
            "ecs.services.web.containers: the task definition has more than 64 KiB\n"
            "allowed: at most 64 KiB\n"
            "fix: move what is long in command and environment into the image, or to SSM Parameter Store\n"
            "why: Amazon ECS refuses a task definition of more than 64 KiB, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="policy_of_the_task_role_fits",
        rejected=statements(140),
        accepted=statements(100),
        message=(
            "ecs.services.web.task_role_statements: the statements have more than 6797 characters\n"
            "allowed: at most 6144\n"
            "fix: name resources by a common prefix and *, and actions by a wildcard such as s3:Get*\n"
            "why: IAM refuses a managed policy of more than 6,144 characters, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="policy_of_the_execution_role_fits",
        rejected=secrets(120),
        accepted=secrets(100),
        message=(
            "ecs.services.web.containers.web.secrets: the ARNs of 120 secrets make a policy of about 6621 characters\n"
            "allowed: at most 6144\n"
            "fix: store several values in one JSON secret, and use its keys: <ARN>:<key>::\n"
            "why: IAM refuses a managed policy of more than 6,144 characters, and the task execution role names each "
            "secret."
        ),
    ),
    RulePair(
        rule="repositories_fit_a_template",
        rejected=repositories(199),
        accepted=repositories(198),
        message=(
            "registry.repositories: there are 199 repositories\n"
            "allowed: at most 198\n"
            "fix: move repositories to another environment\n"
            "why: CloudFormation refuses a template with more than 200 outputs, and each repository has one for its "
            "URI."
        ),
    ),
    RulePair(
        rule="accounts_fit_the_repository_policy",
        rejected=pulling(320),
        accepted=pulling(280),
        message=(
            "registry.repositories.app.pull_account_ids: 320 accounts make a policy of more than 10561 "
            "characters\n"
            "allowed: at most 10240\n"
            "fix: state fewer accounts, and replicate the images to the registries of the others\n"
            "why: Amazon ECR refuses a repository policy of more than 10,240 characters."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
