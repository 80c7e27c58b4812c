"""Types of values that only an environment file has: names, Regions, and ARNs of what exists already."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import in_words
from reference_constructs.value_types import Arn

# At most 13 characters: `<name>/cache/ecr-public` is a prefix of ECR repositories, which ECR limits to 30.
# ECR takes no two hyphens in a row.
EnvironmentName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        min_length=2,
        max_length=13,
        examples=["sandbox"],
        json_schema_extra=in_words(
            "2 to 13 lowercase letters, digits, and single hyphens; starts with a letter, does not end with a hyphen"
        ),
    ),
]
Region = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$",
        examples=["eu-west-1"],
        json_schema_extra=in_words("code of an AWS Region"),
    ),
]
TagValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$",
        examples=["team-shop"],
        json_schema_extra=in_words("1 to 256 letters, digits, spaces, and the characters `_.:/=+@-`"),
    ),
]
# "Creating a pull through cache rule": of the same account and Region, and with this prefix.
CacheCredentialArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:ecr-pullthroughcache/[^:]+-[A-Za-z0-9]{6}$",
        examples=["arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf"],
        json_schema_extra=in_words(
            "full ARN of a secret in AWS Secrets Manager whose name begins with `ecr-pullthroughcache/`, including the "
            "six random characters at its end"
        ),
    ),
    Arn(region=True, account=True),
]
TopicArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$",
        examples=["arn:aws:sns:eu-west-1:111122223333:alarms"],
        json_schema_extra=in_words("ARN of an Amazon SNS topic, not of a subscription"),
    ),
    Arn(region=True),
]
# Full ARN: a partial one fails only when the task starts (aws-cdk issue 35946). A version of a secret has either a
# stage or an ID ("Pass Secrets Manager secrets through Amazon ECS environment variables").
SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+-[A-Za-z0-9]{6}(:[^:]*:([^:]*:|:[^:]+))?"
        r"|ssm:[a-z0-9-]+:[0-9]{12}:parameter(/[A-Za-z0-9_.-]+)+)$",
        examples=["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"],
        json_schema_extra=in_words(
            "full ARN of a secret in AWS Secrets Manager, including the six random characters at its "
            "end, or ARN of a parameter in SSM Parameter Store, with single slashes"
        ),
    ),
    Arn(),
]
