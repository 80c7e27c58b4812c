"""VPC endpoints of AWS services, by the prefix of their IAM actions.

From "AWS services that integrate with AWS PrivateLink" and the Service Authorization Reference, for the services that
containers, nodes, and their applications call.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Final

INTERFACE_ENDPOINTS: Final[Mapping[str, str]] = {
    "aps": "aps-workspaces",
    "autoscaling": "autoscaling",
    "bedrock": "bedrock-runtime",
    "cloudwatch": "monitoring",
    "ec2": "ec2",
    "ecr": "ecr.api",
    "ecs": "ecs",
    "eks": "eks",
    "elasticfilesystem": "elasticfilesystem",
    "elasticloadbalancing": "elasticloadbalancing",
    "events": "events",
    "execute-api": "execute-api",
    "firehose": "kinesis-firehose",
    "kinesis": "kinesis-streams",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "rds-data": "rds-data",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "ssmmessages": "ssmmessages",
    "states": "states",
    "sts": "sts",
    "xray": "xray",
}
# "Gateway endpoints": these have no other way that costs nothing.
GATEWAY_ENDPOINTS: Final = ("dynamodb", "s3")
# Signed by the client and sent to a host in the VPC, which the owner of the database, the cluster, the file system, or
# the service network puts there: "Connecting to your DB instance using IAM authentication", and its like of each. The
# last is asked by other services when they are given the role, and never called.
_AT_NO_ENDPOINT: Final = (
    *("rds-db:*", "kafka-cluster:*", "neptune-db:*", "elasticache:connect", "memorydb:connect", "es:eshttp*"),
    *("elasticfilesystem:client*", "vpc-lattice-svcs:*", "dax:*item", "dax:query", "dax:scan"),
    "iam:passrole",
)


def is_called_at_an_endpoint(action: str, condition_keys: Collection[str] = ()) -> bool:
    """Whether who may do this calls a public endpoint of the service, or a VPC endpoint in its stead.

    Args:
        action: An IAM action, which can contain `*`.
        condition_keys: Keys of the conditions of its statement. With `kms:ViaService`, another service calls.
    """
    if "kms:viaservice" in {key.lower() for key in condition_keys}:
        return False
    return not any(fnmatchcase(action.lower(), pattern) for pattern in _AT_NO_ENDPOINT)


def endpoint_of(action: str, condition_keys: Collection[str] = ()) -> str | None:
    """The VPC endpoint that a call takes where nothing leads to the internet, if it takes one that is known here.

    Args:
        action: An IAM action, such as `sqs:SendMessage`.
        condition_keys: Keys of the conditions of its statement.
    """
    if not is_called_at_an_endpoint(action, condition_keys):
        return None
    prefix = action.partition(":")[0].lower()
    return prefix if prefix in GATEWAY_ENDPOINTS else INTERFACE_ENDPOINTS.get(prefix)
