"""Options of a Network Load Balancer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options
from reference_constructs.value_types import CertificateArn, Cidr, Port, ResourceName


class NetworkListenerOptions(Options):
    """Port of a Network Load Balancer, and the protocol that clients use."""

    port: Port
    """Port on which the load balancer listens."""

    protocol: Literal["TCP", "UDP", "TCP_UDP", "TLS"] = "TCP"
    """Protocol of the clients. With `TLS`, the load balancer decrypts the connections."""

    certificate_arn: CertificateArn | None = None
    """ARN of a certificate in AWS Certificate Manager. It is required with `TLS`, and only with it."""


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
