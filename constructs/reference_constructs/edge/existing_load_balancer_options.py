"""Options of a load balancer that exists."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, SecurityGroupId

ListenerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}"
        r"/[0-9a-f]{16}$",
        examples=[
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
        ],
        json_schema_extra=in_words("ARN of a listener of an Application Load Balancer"),
    ),
    Arn(region=True, account=True),
]


class ExistingLoadBalancerOptions(Options):
    """Application Load Balancer that exists, in the VPC of the services.

    Services add their target groups and listener rules to it. Nothing of the load balancer itself, of its listener, or
    of its security group is created or changed.
    """

    listener_arn: ListenerArn
    """ARN of the listener that services add their rules to. It also says which load balancer the alarms are about."""

    security_group_id: SecurityGroupId
    """ID of the security group of the load balancer, from which tasks accept connections to the port of their
    container."""

    target_security_group_id: SecurityGroupId | None = None
    """ID of a security group that the load balancer's security group allows outbound traffic to, which tasks are then
    in besides their own. With `null`, the outbound rules of the load balancer's security group must allow the ports of
    the tasks and of their health checks in the private subnets, as the default rule for all traffic does."""

    taken_priorities: Annotated[tuple[Annotated[int, Field(ge=1, le=50_000)], ...], Field(max_length=200)] = ()
    """Priorities of the listener rules that others have added. It changes no template: no service can state or compute
    one of them."""
