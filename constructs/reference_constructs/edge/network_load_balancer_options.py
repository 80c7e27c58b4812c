"""Options of a Network Load Balancer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, CertificateArn, Cidr, Port, ResourceName, SecurityGroupId

NetworkLoadBalancerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/net/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$",
        examples=["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/shared/50dc6c495c0c9188"],
        json_schema_extra=in_words("ARN of a Network Load Balancer"),
    ),
    Arn(region=True, account=True),
]


class NetworkListenerOptions(Options):
    """Port of a Network Load Balancer, and the protocol that clients use."""

    port: Port
    """Port on which the load balancer listens."""

    protocol: Literal["TCP", "UDP", "TCP_UDP", "TLS"] = "TCP"
    """Protocol of the clients. With `TLS`, the load balancer decrypts the connections."""

    certificate_arn: CertificateArn | None = None
    """ARN of a certificate in AWS Certificate Manager. It is required with `TLS`, and only with it."""


class ExistingNetworkLoadBalancerOptions(Options):
    """Network Load Balancer that exists, in the VPC of the services.

    Services add their listeners and target groups to it. Nothing of the load balancer itself, or of its security group,
    is created or changed: who may connect to the ports of the `listeners` is up to its owner.
    """

    load_balancer_arn: NetworkLoadBalancerArn
    """ARN of the load balancer."""

    security_group_id: SecurityGroupId
    """ID of the security group of the load balancer, from which tasks accept connections to the port of their
    container."""

    target_security_group_id: SecurityGroupId | None = None
    """ID of a security group that the load balancer's security group allows outbound traffic to, which tasks are then
    in besides their own. With `null`, the outbound rules of the load balancer's security group must allow the ports of
    the tasks and of their health checks."""


class NetworkLoadBalancerOptions(Options):
    """Network Load Balancer that services share, each by listeners of its own."""

    scheme: Literal["internal", "internet-facing"] = "internal"
    """Clients that can reach the load balancer: those in the VPC and in connected networks (`internal`), or also those
    on the internet (`internet-facing`)."""

    allowed_cidrs: tuple[Cidr, ...] = ()
    """CIDR blocks of the clients that the security group of the load balancer allows to the ports of the listeners.
    With an empty list, no client can connect."""

    listeners: Annotated[dict[ResourceName, NetworkListenerOptions], Field(min_length=1, max_length=50)]
    """Listeners, by name. `network_routings` of a service refers to one, and creates it."""

    cross_zone: bool = False
    """Whether each Availability Zone sends connections to the tasks of all zones. With `false`, a zone without tasks
    refuses connections, and AWS charges no transfer between zones."""

    access_log_retention_days: Annotated[int, Field(ge=1, le=3653)] | None = None
    """Number of days after which access logs in Amazon S3 expire. With `null`, access logs are off. They have the
    connections of listeners with the protocol `TLS` alone. The bucket must be emptied before its stack can be
    deleted."""

    existing: ExistingNetworkLoadBalancerOptions | None = None
    """Load balancer that exists, in place of a new one. Then the other keys of the load balancer are not used, apart
    from `listeners`."""
