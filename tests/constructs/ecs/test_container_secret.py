"""Secrets of a container: made in the same app or there already, in Secrets Manager or in Parameter Store."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Template

from reference_constructs.ecs.container_options import ContainerOptions
from reference_constructs.ecs.container_secret import ContainerSecret
from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.task_options import TaskOptions
from tests.support.assertions import Grant, flat, grants, only_id, properties, statements
from tests.support.synthesis import new_stack

SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"  # noqa: S105 - an ARN
PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/level"
ELSEWHERE = "arn:aws:ssm:us-east-1:111122223333:parameter/shop/level"


def _task(stack: cdk.Stack, secrets: dict[str, ContainerSecret], keys: Sequence[kms.IKey] = ()) -> Template:
    """A task whose only container has these secrets."""
    EcsTask(
        stack,
        "Task",
        options=TaskOptions(containers={"web": ContainerOptions(image="ghcr.io/owner/app:1.0")}),
        encryption_key=kms.Key(stack, "LogKey"),
        secrets={"web": secrets},
        secrets_keys=keys,
    )
    return Template.from_stack(stack)


def _variables(template: Template) -> dict[str, str]:
    (container,) = properties(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return {secret["Name"]: flat(secret["ValueFrom"]) for secret in container["Secrets"]}


def _agent_reads(template: Template) -> set[Grant]:
    """What the execution role may do beside writing the log."""
    role_id = properties(template, "AWS::ECS::TaskDefinition")["ExecutionRoleArn"]["Fn::GetAtt"][0]
    return {grant for grant in grants(statements(template, role_id)) if not grant[0].startswith("logs:")}


def test_secret_made_in_the_app_is_read_whole_or_by_a_key_of_its_json() -> None:
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Database")

    template = _task(
        stack,
        {"ALL": ContainerSecret.from_secret(secret), "URL": ContainerSecret.from_secret(secret, json_key="url")},
    )

    arn = f"<{only_id(template, 'AWS::SecretsManager::Secret')}>"
    assert _variables(template) == {"ALL": arn, "URL": f"{arn}:url::"}
    assert _agent_reads(template) == {("secretsmanager:GetSecretValue", arn)}


def test_secret_under_a_key_of_the_app_is_decrypted_with_the_key_that_the_task_is_given() -> None:
    stack = new_stack()
    key = kms.Key(stack, "SecretKey", description="secrets")
    secret = secretsmanager.Secret(stack, "Database", encryption_key=key)

    template = _task(
        stack,
        {"ALL": ContainerSecret.from_secret(secret), "URL": ContainerSecret.from_secret(secret, json_key="url")},
        keys=[key],
    )

    arn = f"<{only_id(template, 'AWS::SecretsManager::Secret')}>"
    (key_id,) = template.find_resources("AWS::KMS::Key", {"Properties": {"Description": "secrets"}})
    assert _agent_reads(template) == {("secretsmanager:GetSecretValue", arn), ("kms:Decrypt", f"<{key_id}.Arn>")}


def test_imported_secret_under_a_key_of_the_app_is_read_as_it_was_imported() -> None:
    stack = new_stack()
    key = kms.Key(stack, "SecretKey", description="secrets")
    secret = secretsmanager.Secret.from_secret_attributes(
        stack, "Database", secret_complete_arn=SECRET, encryption_key=key
    )

    template = _task(stack, {"ALL": ContainerSecret.from_secret(secret)}, keys=[key])

    (key_id,) = template.find_resources("AWS::KMS::Key", {"Properties": {"Description": "secrets"}})
    assert _variables(template) == {"ALL": SECRET}
    assert _agent_reads(template) == {("secretsmanager:GetSecretValue", SECRET), ("kms:Decrypt", f"<{key_id}.Arn>")}


def test_secret_and_key_of_another_stack_do_not_depend_on_the_task() -> None:
    stack = new_stack()
    data = cdk.Stack(cdk.App.of(stack), "Data", env=cdk.Environment(region=stack.region))
    key = kms.Key(data, "SecretKey")
    secret = secretsmanager.Secret(data, "Database", encryption_key=key)

    _task(stack, {"ALL": ContainerSecret.from_secret(secret)}, keys=[key])

    assert [each.node.id for each in stack.dependencies] == ["Data"]
    assert "Fn::ImportValue" not in str(Template.from_stack(data).to_json())


def test_secret_that_is_known_by_name_is_read_whatever_characters_follow_its_name() -> None:
    stack = new_stack()
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Database", "shop/db")

    template = _task(stack, {"ALL": ContainerSecret.from_secret(secret)})

    arn = "arn:<AWS::Partition>:secretsmanager:eu-west-1:<AWS::AccountId>:secret:shop/db"
    assert _variables(template) == {"ALL": arn}
    assert _agent_reads(template) == {("secretsmanager:GetSecretValue", f"{arn}-??????")}


def test_parameter_made_in_the_app_is_read_and_no_other() -> None:
    stack = new_stack()
    parameter = ssm.StringParameter(stack, "Level", string_value="info")

    template = _task(stack, {"LEVEL": ContainerSecret.from_parameter(parameter)})

    name = f"<{only_id(template, 'AWS::SSM::Parameter')}>"
    arn = f"arn:<AWS::Partition>:ssm:eu-west-1:<AWS::AccountId>:parameter/{name}"
    assert _variables(template) == {"LEVEL": arn}
    assert _agent_reads(template) == {("ssm:GetParameters", arn)}


def test_parameter_under_a_key_of_the_app_is_decrypted_with_the_key_that_the_task_is_given() -> None:
    stack = new_stack()
    key = kms.Key(stack, "ParameterKey", description="parameters")
    parameter = ssm.StringParameter.from_secure_string_parameter_attributes(
        stack, "Level", parameter_name="/shop/level", encryption_key=key
    )

    template = _task(stack, {"LEVEL": ContainerSecret.from_parameter(parameter)}, keys=[key])

    arn = "arn:<AWS::Partition>:ssm:eu-west-1:<AWS::AccountId>:parameter/shop/level"
    (key_id,) = template.find_resources("AWS::KMS::Key", {"Properties": {"Description": "parameters"}})
    assert _agent_reads(template) == {("ssm:GetParameters", arn), ("kms:Decrypt", f"<{key_id}.Arn>")}


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (SECRET, ("secretsmanager:GetSecretValue", SECRET)),
        (f"{SECRET}:url::", ("secretsmanager:GetSecretValue", SECRET)),
        (PARAMETER, ("ssm:GetParameters", PARAMETER)),
        (ELSEWHERE, ("ssm:GetParameters", ELSEWHERE)),
    ],
    ids=["secret", "key of a secret", "parameter", "parameter of another Region"],
)
def test_what_exists_is_referred_to_by_its_arn_and_not_made(stated: str, read: Grant) -> None:
    stack = new_stack()

    template = _task(stack, {"VALUE": ContainerSecret.from_arn(stack, "Value", stated)})

    assert _variables(template) == {"VALUE": stated}
    assert _agent_reads(template) == {read}
    for resource_type in ("AWS::SecretsManager::Secret", "AWS::SSM::Parameter"):
        template.resource_count_is(resource_type, 0)


@pytest.mark.parametrize("version", ["url:AWSPREVIOUS:", "url::0123", ":AWSPREVIOUS:", "::0123"])
def test_a_version_of_a_secret_is_read_as_stated(version: str) -> None:
    stack = new_stack()

    template = _task(stack, {"VALUE": ContainerSecret.from_arn(stack, "Value", f"{SECRET}:{version}")})

    assert _variables(template) == {"VALUE": f"{SECRET}:{version}"}
    assert _agent_reads(template) == {("secretsmanager:GetSecretValue", SECRET)}
