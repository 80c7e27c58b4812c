"""Rules of secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers, problems, service

PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/t"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"  # noqa: S105 - an ARN
ELSEWHERE = PARAMETER.replace("eu-west-1", "us-east-1")


def container(*lines: str) -> str:
    return containers("web:", "  image: app:1", *(f"  {line}" for line in lines))


REPLICATE = (
    "fix: replicate it to eu-west-1, or acknowledge that tasks read it from us-east-1\n"
    "why: Each start of a task then needs another Region too, and a route there that VPC endpoints are not."
)


def _registry(region: str) -> str:
    arn = f"arn:aws:secretsmanager:{region}:111122223333:secret:registry-AbCd1f"
    return service(
        container=f"      containers: {{web: {{image: 'ghcr.io/shop/web:1', repository_credentials_arn: '{arn}'}}}}\n"
    )


def _collector(region: str) -> str:
    arn = f"arn:aws:ssm:{region}:111122223333:parameter/collector"
    return service("memory_mib: 1024", f"sidecars: {{collector: {{configuration_parameter_arn: '{arn}'}}}}")


PAIRS = (
    RulePair(
        rule="variable_is_plain_or_secret",
        rejected=container("environment: {LEVEL: x}", f"secrets: {{LEVEL: '{PARAMETER}'}}"),
        accepted=container("environment: {LEVEL: x}", f"secrets: {{TOKEN: '{PARAMETER}'}}"),
        message=(
            "ecs.services.web.containers.web.secrets.LEVEL: the variable is also in environment\n"
            "fix: remove it from environment\n"
            "why: Amazon ECS refuses a variable that is in both."
        ),
    ),
    RulePair(
        rule="secret_is_not_in_plain_text",
        rejected=container("environment: {LOGIN: AKIAIOSFODNN7EXAMPLE}"),
        accepted=container("environment: {LOGIN: ABIAIOSFODNN7EXAMPLE}"),
        message=(
            "ecs.services.web.containers.web.environment.LOGIN: this is a secret in plain text (value not shown)\n"
            "fix: store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets\n"
            "why: Everyone who can describe the task definition can read it, and so can everyone who has a "
            "copy of this file."
        ),
    ),
    RulePair(
        rule="secret_is_not_in_plain_text: in its value",
        rejected=container("environment: {DB: 'postgres://user:hunter2@db/shop'}"),
        accepted=container("environment: {DB: 'postgres://db/shop'}"),
        message=(
            "ecs.services.web.containers.web.environment.DB: this is a secret in plain text (value not "
            "shown)\n"
            "fix: store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets\n"
            "why: Everyone who can describe the task definition can read it, and so can everyone who has a "
            "copy of this file."
        ),
    ),
    RulePair(
        rule="secret_is_not_in_plain_text: nor an empty access key",
        rejected=container("environment: {AWS_ACCESS_KEY_ID: ''}"),
        accepted=container("environment: {AWS_ACCOUNT_ID: ''}"),
        message=(
            "ecs.services.web.containers.web.environment.AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID is for "
            "credentials, which must not be in plain text\n"
            "fix: store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets\n"
            "why: Everyone who can describe the task definition can read it, and so can everyone who has a "
            "copy of this file."
        ),
    ),
    RulePair(
        rule="variable_named_like_a_secret_is_none",
        rejected=container("environment: {DB_PASSWORD: hunter2}"),
        accepted=container("environment: {DB_PASSWORD_FILE: hunter2}"),
        message=(
            "ecs.services.web.containers.web.environment.DB_PASSWORD: by its name, this is a secret in plain text "
            "(value not shown)\n"
            "fix: store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets, or "
            "acknowledge that it is none\n"
            "why: Everyone who can describe the task definition can read a plain value; only its name says that it is "
            "secret."
        ),
    ),
    RulePair(
        rule="secret_is_not_in_plain_text: in a command",
        rejected=container("command: [serve, --key=AKIAIOSFODNN7EXAMPLE]"),
        accepted=container("command: [serve, --key=ABIAIOSFODNN7EXAMPLE]"),
        message=(
            "ecs.services.web.containers.web.command[1]: this has a secret in plain text (value not shown)\n"
            "fix: store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets; a "
            "shell reads the variable: [sh, -c, 'exec server --token $TOKEN']\n"
            "why: Everyone who can describe the task definition can read it, and so can everyone who has a "
            "copy of this file."
        ),
    ),
    RulePair(
        rule="secret_of_another_account_has_a_key",
        rejected="account: '444455556666'\n" + container(f"secrets: {{TOKEN: '{SECRET}'}}"),
        accepted="account: '111122223333'\n" + container(f"secrets: {{TOKEN: '{SECRET}'}}"),
        message=(
            "ecs.services.web.containers.web.secrets.TOKEN: the secret is in the account 111122223333, and no"
            " key of that account is in secrets_kms_key_arns\n"
            "fix: add the key that encrypts the secret to secrets_kms_key_arns\n"
            "why: Other accounts can read only secrets under a customer managed key, and the task must be "
            "able to use the key."
        ),
    ),
    RulePair(
        rule="parameter_of_another_account_is_shared",
        rejected="account: '444455556666'\n" + container(f"secrets: {{TOKEN: '{PARAMETER}'}}"),
        accepted="account: '111122223333'\n" + container(f"secrets: {{TOKEN: '{PARAMETER}'}}"),
        message=(
            "ecs.services.web.containers.web.secrets.TOKEN: the parameter is in the account 111122223333\n"
            "fix: use a parameter of this account or a secret, or acknowledge that it is shared by AWS RAM\n"
            "why: A task reads parameters of its own account, and of others only what AWS RAM shares, of the "
            "advanced tier."
        ),
    ),
    RulePair(
        rule="secret_is_in_the_region",
        rejected=container(f"secrets: {{T: '{ELSEWHERE}'}}"),
        accepted=container(f"secrets: {{T: '{PARAMETER}'}}"),
        message=(
            "ecs.services.web.containers.web.secrets.T: the secret is in us-east-1, and the environment is in "
            "eu-west-1\n"
            "fix: replicate it to eu-west-1, or acknowledge that tasks read it from us-east-1\n"
            "why: Each start of a task then needs another Region too, and a route there that VPC endpoints are not."
        ),
    ),
    RulePair(
        rule="secret_is_in_the_region: for the registry",
        rejected=_registry("us-east-1"),
        accepted=_registry("eu-west-1"),
        message=(
            "ecs.services.web.containers.web.repository_credentials_arn: the secret is in us-east-1, and the "
            f"environment is in eu-west-1\n{REPLICATE}"
        ),
    ),
    RulePair(
        rule="secret_is_in_the_region: for the collector",
        rejected=_collector("us-east-1"),
        accepted=_collector("eu-west-1"),
        message=(
            "ecs.services.web.sidecars.collector.configuration_parameter_arn: the parameter is in us-east-1, and the "
            f"environment is in eu-west-1\n{REPLICATE}"
        ),
    ),
    RulePair(
        rule="key_is_in_the_region_of_secrets",
        rejected=service("secrets_kms_key_arns: ['arn:aws:kms:us-east-1:111122223333:key/1']"),
        accepted=service("secrets_kms_key_arns: ['arn:aws:kms:eu-west-1:111122223333:key/1']"),
        message=(
            "ecs.services.web.secrets_kms_key_arns[0]: 'arn:aws:kms:us-east-1:111122223333:key/1' is not "
            "allowed\n"
            "allowed: an ARN in the Region eu-west-1\n"
            "why: A secret is encrypted with a key of its own Region; with a key of another Region, the task does "
            "not start."
        ),
    ),
    RulePair(
        rule="secret_has_its_random_suffix",
        rejected=container(
            "secrets: {DB: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-master:key::'}"
        ),
        accepted=container(
            "secrets: {DB: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-master-AbCdEf:key::'}"
        ),
        message=(
            "ecs.services.web.containers.web.secrets.DB: -master looks like a part of the name of the secret, not like "
            "its random suffix\n"
            "fix: append the hyphen and the six characters that Secrets Manager shows, or acknowledge that these are "
            "they\n"
            "why: The role names exactly this ARN; without the suffix, it is that of no secret, and the task does not "
            "start."
        ),
    ),
    RulePair(
        rule="variable_named_like_a_secret_is_none: in a command",
        rejected=container("command: [serve, --db-password=hunter2]"),
        accepted=container("command: [serve, --db-password-file=/run/db]"),
        message=(
            "ecs.services.web.containers.web.command[1]: by its name, db-password is a secret in plain text (value not "
            "shown)\n"
            "fix: store it in AWS Secrets Manager or SSM Parameter Store, and put its ARN under secrets, or "
            "acknowledge that it is none\n"
            "why: Everyone who can describe the task definition can read a plain value; only its name says that it is "
            "secret."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("version", "accepted"),
    [
        (":::", True),
        (":url::", True),
        (":url:AWSPREVIOUS:", True),
        ("::AWSPREVIOUS:", True),
        (":url::0a1b2c3d", True),
        (":::0a1b2c3d", True),
        (":url:AWSPREVIOUS:0a1b2c3d", False),
        (":url", False),
        (":url:", False),
        (":url::0a1b:2c3d", False),
    ],
)
def test_a_version_of_a_secret_has_a_stage_or_an_id(tmp_path: Path, version: str, *, accepted: bool) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf{version}"
    assert (problems(tmp_path, container(f"secrets: {{T: '{arn}'}}")) == []) is accepted


def test_a_key_is_in_the_region_of_its_secret(tmp_path: Path) -> None:
    text = container(f"secrets: {{T: '{ELSEWHERE}'}}")
    keys = "      secrets_kms_key_arns: ['arn:aws:kms:us-east-1:111122223333:key/1']\n"
    assert [problem.warning for problem in problems(tmp_path, text + keys)] == ["secret_is_in_the_region"]
