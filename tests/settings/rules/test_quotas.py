"""Rules of quotas."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CONTAINER, HEAD, LOAD_BALANCER, RulePair, capacity, containers, service

PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/"


def routed(count: int) -> str:
    """A file with so many services behind the load balancer."""
    text = HEAD + "ecs:\n" + LOAD_BALANCER + "  services:\n"
    for number in range(count):
        text += f"    s{number:03}:\n" + CONTAINER
        text += f"      routing: {{path_patterns: [/s{number:03}], priority: {number + 1}}}\n"
    return text


def groups(count: int) -> str:
    """A file with so many groups of EC2 capacity."""
    return capacity(*(f"group-{number}: {{}}" for number in range(count)))


def clients(count: int) -> str:
    """A file with a load balancer of HTTPS for so many CIDR blocks."""
    cidrs = ", ".join(f"10.0.{number}.0/24" for number in range(count))
    certificate = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1'"
    return HEAD + f"ecs: {{load_balancer: {{{certificate}, allowed_cidrs: [{cidrs}]}}}}\n"


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
        rule="load_balancer_has_a_target_group_for_each_service",
        rejected=routed(101),
        accepted=routed(100),
        message=(
            "ecs.services.s100.routing: there are 101 services with routing\n"
            "allowed: at most 100\n"
            "fix: move services to another environment, which has a load balancer of its own\n"
            "why: A load balancer can have 100 target groups, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="targets_fit_the_load_balancer",
        rejected=service("routing: {path_patterns: [/*]}", "desired_count: 501"),
        accepted=service("routing: {path_patterns: [/*]}", "desired_count: 500"),
        message=(
            "ecs.services.web.desired_count: tasks behind the load balancer are up to 1002, if the largest service "
            "deploys\n"
            "fix: run at most 1000, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register more "
            "tasks."
        ),
    ),
    RulePair(
        rule="targets_fit_the_load_balancer: with scaling",
        rejected=service("routing: {path_patterns: [/*]}", "scaling: {max_capacity: 501}"),
        accepted=service("routing: {path_patterns: [/*]}", "scaling: {max_capacity: 500}"),
        message=(
            "ecs.services.web.scaling.max_capacity: tasks behind the load balancer are up to 1002, if the largest "
            "service deploys\n"
            "fix: run at most 1000, or have the quota raised and acknowledge this\n"
            "why: A load balancer can have 1,000 targets unless the quota is raised; Amazon ECS cannot register more "
            "tasks."
        ),
    ),
    RulePair(
        rule="clients_fit_the_security_group",
        rejected=clients(31),
        accepted=clients(30),
        message=(
            "ecs.load_balancer.allowed_cidrs: 31 CIDR blocks take 62 rules\n"
            "fix: state fewer, larger CIDR blocks, or have the quota raised and acknowledge this\n"
            "why: A security group can have 60 inbound rules unless the quota is raised, one for each CIDR block and "
            "port."
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
