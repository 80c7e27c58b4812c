"""VPC endpoints of AWS services, by the prefix of their IAM actions.

From "AWS services that integrate with AWS PrivateLink" and the Service Authorization Reference, for the services that
containers, nodes, and their applications call.
"""

from __future__ import annotations

from collections.abc import Mapping
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
