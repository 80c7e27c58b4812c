"""Options of an ECS cluster that exists."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, RegionalKeyArn, ResourceName

ClusterArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,255}$",
        examples=["arn:aws:ecs:eu-west-1:111122223333:cluster/shared"],
        json_schema_extra=in_words("ARN of an Amazon ECS cluster"),
    ),
    Arn(region=True, account=True),
]
LogGroupArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:logs:[a-z0-9-]+:[0-9]{12}:log-group:[A-Za-z0-9_/.#-]{1,512}$",
        examples=["arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/exec"],
        json_schema_extra=in_words("ARN of a log group in CloudWatch Logs, without `:*` at its end"),
    ),
    Arn(region=True, account=True),
]


def _not_reserved(name: str) -> str:
    # "CreateCapacityProvider, Amazon ECS API Reference".
    if name.lower().startswith(("aws", "ecs", "fargate")):
        raise ValueError("a name that does not start with aws, ecs, or fargate, as those of AWS do")
    return name


CapacityProviderName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,255}$",
        examples=["shared-instances"],
        json_schema_extra=in_words(
            "name of a capacity provider: letters, digits, `_`, and `-`; does not start with `aws`, `ecs`, or `fargate`"
        ),
    ),
    AfterValidator(_not_reserved),
]


class ExistingClusterOptions(Options):
    """ECS cluster that exists, in which the services run. Nothing of it is created or changed."""

    cluster_arn: ClusterArn
    """ARN of the cluster."""

    fargate: bool = True
    """Whether the capacity providers `FARGATE` and `FARGATE_SPOT` are associated with the cluster. It changes no
    template: with `false`, rules refuse tasks that name them."""

    capacity_providers: dict[ResourceName, CapacityProviderName] = {}
    """Names of the capacity providers with Auto Scaling groups that are associated with the cluster, by the name that
    tasks refer to them by in `capacity_provider_strategy`."""

    exec_log_group_arn: LogGroupArn | None = None
    """ARN of the log group in which the cluster records ECS Exec sessions (`executeCommandConfiguration` with the
    logging `OVERRIDE`). It is required for tasks with `execute_command`."""

    exec_key_arn: RegionalKeyArn | None = None
    """ARN of the AWS KMS key with which the cluster encrypts ECS Exec sessions. With `null`, the cluster has none, and
    sessions are encrypted in transit by TLS alone."""
