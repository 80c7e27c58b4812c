"""The types that the models of an environment share: each says what a value means and which are allowed."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from environments.unknown import UNKNOWN, has_unknown

# Context of a validation that never fails: what is wrong becomes `UNKNOWN`.
LENIENT: Final = {"lenient": True}


class Settings(BaseModel):
    """A mapping in an environment file: immutable, no unknown keys, the docstrings of its fields are the manual."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _fill_what_is_missing(cls, data: object, info: ValidationInfo) -> object:
        """A key that is unknown may be any other misspelt, so beside it nothing counts as left out."""
        if not info.context or not isinstance(data, dict):
            return data
        known = {key: value for key, value in data.items() if key in cls.model_fields}
        misspelt = len(known) < len(data)
        missing = (name for name, field in cls.model_fields.items() if misspelt or field.is_required())
        return {**dict.fromkeys(missing, UNKNOWN), **known}

    @field_validator("*", mode="wrap")
    @classmethod
    def _validate_or_leave_unknown(
        cls, value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> object:
        # JSON has lists alone; `strict` would want tuples from whatever is not JSON any more.
        value = tuple(value) if isinstance(value, list) else value
        if not info.context:
            return handler(value)
        if value is UNKNOWN:
            return UNKNOWN
        try:
            return _unknown_last(handler(value))
        except ValidationError:
            return UNKNOWN


def _unknown_last(value: object) -> object:
    """Entries of a mapping that have nothing unknown first: rules go through them until they find one that has."""
    if isinstance(value, dict):
        return dict(sorted(value.items(), key=lambda entry: has_unknown(entry[1])))
    return value


def _known_retention(days: int) -> int:
    if days not in LOG_RETENTION_DAYS:
        raise ValueError(f"a retention that CloudWatch Logs knows: {', '.join(map(str, LOG_RETENTION_DAYS))}")
    return days


# API reference of CloudWatch Logs, PutRetentionPolicy.
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)  # fmt: skip

LogRetentionDays = Annotated[int, AfterValidator(_known_retention)]
# At most 13 characters: `<name>/cache/ecr-public` is a prefix of ECR repositories, which ECR limits to 30.
# ECR takes no two hyphens in a row.
EnvironmentName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=2, max_length=13, examples=["sandbox"])
]
ResourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$", examples=["hello-fargate"])]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["111122223333"])]
Region = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z]+)+-[0-9]$", examples=["eu-west-1"])]
AvailabilityZone = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z]+)+-[0-9][a-z]$", examples=["eu-west-1a"])]
Arn = Annotated[
    str, Field(pattern=r"^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$", examples=["arn:aws:s3:::orders/*"])
]
CertificateArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$",
        examples=["arn:aws:acm:eu-west-1:111122223333:certificate/0123"],
    ),
]
TopicArn = Annotated[
    str,
    Field(pattern=r"^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", examples=["arn:aws:sns:eu-west-1:111122223333:alarms"]),
]
KeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$",
        examples=["arn:aws:kms:eu-west-1:111122223333:key/0123"],
    ),
]
IamPrincipalArn = Annotated[
    str,
    Field(pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$", examples=["arn:aws:iam::111122223333:role/platform"]),
]
# Full ARN: a partial one fails only when the task starts (aws-cdk issue 35946).
SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}(:[^:]+::)?"
        r"|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+)$",
        examples=["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf"],
    ),
]
Cidr = IPv4Network
InstanceType = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", examples=["t4g.medium"])]
Port = Annotated[int, Field(ge=1, le=65535)]
Percent = Annotated[int, Field(ge=1, le=100)]
Architecture = Literal["arm64", "x86_64"]
