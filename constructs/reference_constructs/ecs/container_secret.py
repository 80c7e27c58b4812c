"""A secret that a container gets as an environment variable."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class ContainerSecret:
    """A secret of AWS Secrets Manager or a parameter of SSM Parameter Store, and what reading it takes.

    Attributes:
        value: What the CDK's container definition takes.
        arn: ARN that the execution role must be able to read.
        action: IAM action that reads it.
    """

    value: ecs.Secret
    arn: str
    action: str

    @classmethod
    def from_secret(
        cls,
        secret: secretsmanager.ISecret,
        *,
        json_key: str | None = None,
        version_stage: str | None = None,
        version_id: str | None = None,
    ) -> ContainerSecret:
        """A secret of AWS Secrets Manager.

        Args:
            secret: The secret. A customer managed key that encrypts it must be given to the task too.
            json_key: Key of a JSON secret; None for the whole value.
            version_stage: Staging label of the version, such as AWSPREVIOUS; by default AWSCURRENT, which a rotation
                moves, so that each new task gets the value of its day.
            version_id: ID of the version, instead of its label.
        """
        source = _without_key(secret)
        version = ecs.SecretVersionInfo(version_stage=version_stage, version_id=version_id)
        return cls(
            value=ecs.Secret.from_secrets_manager_version(source, version, json_key)
            if version_stage or version_id
            else ecs.Secret.from_secrets_manager(source, json_key),
            # Secrets Manager appends six random characters to a name.
            arn=secret.secret_full_arn or f"{secret.secret_arn}-??????",
            action="secretsmanager:GetSecretValue",
        )

    @classmethod
    def from_parameter(cls, parameter: ssm.IParameter) -> ContainerSecret:
        """A parameter of SSM Parameter Store.

        Args:
            parameter: The parameter.
        """
        return cls(
            value=ecs.Secret.from_ssm_parameter(parameter), arn=parameter.parameter_arn, action="ssm:GetParameters"
        )

    @classmethod
    def from_arn(cls, scope: Construct, construct_id: str, arn: str) -> ContainerSecret:
        """A secret or a parameter that exists already.

        Args:
            scope: Parent of the reference, which is no resource.
            construct_id: ID in the parent.
            arn: Full ARN, of a secret optionally with `:<key of its JSON>:<version stage>:<version ID>`, each of which
                may be empty ("Pass Secrets Manager secrets through environment variables").
        """
        if ":ssm:" in arn:
            home = _stack_in(arn.split(":")[3], scope)
            return cls.from_parameter(ssm.StringParameter.from_string_parameter_arn(home, construct_id, arn))
        parts = arn.split(":")
        secret = secretsmanager.Secret.from_secret_complete_arn(scope, construct_id, ":".join(parts[:7]))
        json_key, version_stage, version_id, *_ = (*(part or None for part in parts[7:]), None, None, None)
        return cls.from_secret(secret, json_key=json_key, version_stage=version_stage, version_id=version_id)


def _stack_in(region: str, scope: Construct) -> Construct:
    """The scope itself, or for another Region a stack there that is in no app.

    Amazon ECS reads a parameter of another Region by its full ARN ("Secret, Amazon ECS API Reference"), but the CDK
    refers to one only from a stack of that Region.
    """
    own = cdk.Stack.of(scope).region
    return scope if cdk.Token.is_unresolved(own) or own == region else cdk.Stack(env=cdk.Environment(region=region))


def _without_key(secret: secretsmanager.ISecret) -> secretsmanager.ISecret:
    """The same secret, so that the CDK does not write the execution role into the policy of its key.

    The role comes with its policy, which names the secret, which names the key: a key that named the role would close
    the circle, and between two stacks too.
    """
    if secret.encryption_key is None:
        return secret
    # Not below the secret: what was imported is no parent to Python, which knows it by its interface only.
    stack = cdk.Stack.of(secret)
    construct_id = f"{cdk.Names.node_unique_id(secret.node)}-{len(stack.node.children)}"
    return secretsmanager.Secret.from_secret_complete_arn(stack, construct_id, secret.secret_arn)
