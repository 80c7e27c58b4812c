"""Types of values that options of several constructs share: what each means and which values are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from reference_constructs.options import in_words


@dataclass(frozen=True, kw_only=True)
class Arn:
    """Marks the type of an ARN, which is always of the partition that it is used in, and says what else it is of.

    Attributes:
        region: Whether it must be of the Region that it is used in.
        account: Whether it must be of the account that it is used in.
    """

    region: bool = False
    account: bool = False


def _network(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str) and "/" not in value:
        # It would be one address, and 0.0.0.0 not what was meant.
        raise ValueError("a CIDR block with a prefix length")
    # Strict validation takes text for a network from JSON only, and a caller in Python has nothing else at hand.
    return IPv4Network(value) if isinstance(value, str) and info.mode == "python" else value


def _not_of_aws(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise ValueError("a key that does not begin with aws:, which AWS reserves")
    return key


TagKey = Annotated[
    str,
    AfterValidator(_not_of_aws),
    Field(
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,128}$",
        examples=["team"],
        json_schema_extra=in_words("1 to 128 letters, digits, spaces, and the characters `_.:/=+@-`"),
    ),
]
Cidr = Annotated[IPv4Network, BeforeValidator(_network)]
Ipv6Cidr = Annotated[
    str,
    Field(
        pattern=r"^([0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}/([0-9]{1,2}|1[01][0-9]|12[0-8])$",
        examples=["2001:db8::/32"],
        json_schema_extra=in_words("IPv6 CIDR block in lowercase"),
    ),
]
PrefixListId = Annotated[
    str,
    Field(
        pattern=r"^pl-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["pl-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a prefix list"),
    ),
]
AccountId = Annotated[
    str, Field(pattern=r"^[0-9]{12}$", examples=["111122223333"], json_schema_extra=in_words("12 digits, in quotes"))
]
# Names of Local Zones and Wavelength Zones, such as `us-west-2-lax-1a`, are none.
AvailabilityZone = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9][a-z]$",
        examples=["eu-west-1a"],
        json_schema_extra=in_words("name of an Availability Zone"),
    ),
]
Percent = Annotated[int, Field(ge=1, le=100)]
Port = Annotated[int, Field(ge=1, le=65535)]
CertificateArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$",
        examples=["arn:aws:acm:eu-west-1:111122223333:certificate/0123"],
        json_schema_extra=in_words("ARN of a certificate in AWS Certificate Manager"),
    ),
    Arn(region=True, account=True),
]
SecurityGroupId = Annotated[
    str,
    Field(
        pattern=r"^sg-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["sg-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a security group"),
    ),
]
# Names that people choose and that become construct IDs, stack names and Kubernetes names.
ResourceName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$",
        examples=["hello-fargate"],
        json_schema_extra=in_words(
            "2 to 32 lowercase letters, digits, and hyphens; starts with a letter, does not end with a hyphen"
        ),
    ),
]
ManagedPolicyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]+$",
        examples=["arn:aws:iam::111122223333:policy/platform"],
        json_schema_extra=in_words("ARN of a managed policy in IAM"),
    ),
    Arn(),
]
CertificateAuthorityArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:acm-pca:[a-z0-9-]+:[0-9]{12}:certificate-authority/[0-9a-f-]+$",
        examples=["arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/0123"],
        json_schema_extra=in_words("ARN of a certificate authority in AWS Private CA"),
    ),
    Arn(region=True),
]
FunctionArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$",
        examples=["arn:aws:lambda:eu-west-1:111122223333:function:check"],
        json_schema_extra=in_words("ARN of an AWS Lambda function, which can end with a version or an alias"),
    ),
    Arn(region=True),
]
# Full ARN: a partial one fails only when the task starts (aws-cdk issue 35946).
SecretsManagerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+-[A-Za-z0-9]{6}$",
        examples=["arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry-AbCdEf"],
        json_schema_extra=in_words(
            "full ARN of a secret in AWS Secrets Manager, including the six random characters at its end"
        ),
    ),
    Arn(),
]
StatementResource = Annotated[
    str,
    Field(
        pattern=r"^(\*|arn:[a-z*-]+:[a-z0-9-]+:([a-z0-9*?-]*):([0-9]{12}|aws|[0-9*?]*[*?][0-9*?]*|):.*\S)$",
        examples=["arn:aws:s3:::orders/*"],
        json_schema_extra=in_words(
            "ARN, in which partition, Region, account, and resource can contain `*`; or `*` for every resource"
        ),
    ),
    Arn(),
]
_KEY_ARN: Final = Field(
    pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$",
    examples=["arn:aws:kms:eu-west-1:111122223333:key/0123"],
    json_schema_extra=in_words("ARN of an AWS KMS key, not of an alias"),
)
KeyArn = Annotated[str, _KEY_ARN, Arn()]
# "Encrypt Kubernetes secrets with KMS on existing clusters": symmetric, and in the Region of the cluster; and
# ExecuteCommandConfiguration, Amazon ECS API Reference.
RegionalKeyArn = Annotated[str, _KEY_ARN, Arn(region=True)]
