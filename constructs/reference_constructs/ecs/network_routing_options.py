"""Options of how a Network Load Balancer forwards connections to a service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.container_options import ContainerName
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Port, ResourceName


class NetworkRoutingOptions(Options):
    """Listener and target group of a service behind a Network Load Balancer."""

    load_balancer: ResourceName
    """Name of one of `ecs.network_load_balancers`."""

    listener: ResourceName
    """Name of one of the `listeners` of the load balancer, which says the port and the protocol that clients use. Each
    listener is of one service."""

    container: ContainerName | None = None
    """Name of the container that connections are forwarded to. With `null`, it is the only one with a port of the
    protocol."""

    container_port: Port | None = None
    """Port of the container, its `port` or one of its `additional_ports`. With `null`, it is the only one of the
    protocol."""

    protocol: Literal["TCP", "TLS"] | None = None
    """Protocol between the load balancer and the tasks, with a listener for TLS: `TLS` encrypts the connection again,
    with a certificate of the container that can be self-signed. With `null`, it is TCP, and with a listener for another
    protocol, that protocol."""

    health_check_protocol: Literal["TCP", "HTTP", "HTTPS"] = "TCP"
    """Protocol of the health checks. There is none for UDP: a container that serves UDP must also listen on a TCP port
    for the health checks."""

    health_check_path: (
        Annotated[
            str,
            Field(
                pattern=r"^/",
                max_length=1024,
                examples=["/health"],
                json_schema_extra=in_words("path that starts with `/`"),
            ),
        ]
        | None
    ) = None
    """Path of the health checks. It is required with the protocols `HTTP` and `HTTPS`, and only with these."""

    health_check_port: Port | None = None
    """Port of the health checks. With `null`, it is the port that receives the connections."""

    health_check_interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Time between the health checks of a target, in seconds."""

    health_check_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 5
    """Time, in seconds, after which a health check without a response has failed. It must be less than the interval."""

    healthy_threshold_count: Annotated[int, Field(ge=2, le=10)] = 2
    """Number of consecutive successful health checks after which a target is healthy."""

    unhealthy_threshold_count: Annotated[int, Field(ge=2, le=10)] = 3
    """Number of consecutive failed health checks after which a target is unhealthy."""

    deregistration_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = 20
    """Time, in seconds, in which connections to a deregistered target stay open. Amazon ECS stops the containers of the
    task afterwards."""

    terminate_connections: bool = False
    """Whether connections that are open after the deregistration delay are closed by the load balancer, so that clients
    notice. It is right for UDP and for connections that never end."""

    preserve_client_ip: bool | None = None
    """Whether tasks see the addresses of clients in place of those of the load balancer. With `null`, they do with UDP
    and TCP_UDP, for which it cannot be turned off, and do not with TCP and TLS."""

    proxy_protocol_v2: bool = False
    """Whether connections begin with a header of the PROXY protocol, version 2, which has the address of the client.
    The containers must expect it."""

    stickiness: bool = False
    """Whether connections of one client address go to one task (`source_ip`). It is not available with TLS."""

    @property
    def seconds_to_judge_a_target(self) -> int:
        """How long the load balancer needs to find a target healthy after it has found it unhealthy."""
        return (self.healthy_threshold_count + self.unhealthy_threshold_count) * self.health_check_interval_seconds
