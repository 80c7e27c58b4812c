"""Options of how services of a cluster find and reach each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.container_runtime_options import PortName
from reference_constructs.ecs.deployment_options import HeaderName, HeaderValue
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import (
    Arn,
    CertificateAuthorityArn,
    Port,
    RegionalKeyArn,
    ResourceName,
    SecurityGroupId,
)

NamespaceName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$",
        max_length=253,
        examples=["shop.internal"],
        json_schema_extra=in_words("domain name in lowercase, without a trailing dot"),
    ),
]
NamespaceArn = Annotated[
    str,
    Field(
        # NamespaceSummary, AWS Cloud Map API Reference.
        pattern=r"^arn:[a-z-]+:servicediscovery:[a-z0-9-]+:[0-9]{12}:namespace/ns-[a-z0-9]{1,61}$",
        examples=["arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-0123456789abcdef"],
        json_schema_extra=in_words("ARN of a namespace in AWS Cloud Map"),
    ),
    Arn(region=True),
]
ClientName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9_][a-z0-9_.-]{0,126}$",
        examples=["orders"],
        json_schema_extra=in_words("1 to 127 lowercase letters, digits, and the characters `_.-`; no hyphen first"),
    ),
]
Seconds = Annotated[int, Field(ge=0, le=86_400)]


class NamespaceOptions(Options):
    """Namespace of AWS Cloud Map, in which the services of the cluster have their names.

    A new one with `name`, or one that exists with `namespace_arn`.
    """

    name: NamespaceName | None = None
    """Name of a new namespace."""

    kind: Literal["http", "private_dns"] = "http"
    """`http` is for Service Connect alone. `private_dns` also creates a private hosted zone in the VPC, which
    `service_discovery` requires. With `namespace_arn`, the kind of the namespace that exists."""

    namespace_arn: NamespaceArn | None = None
    """ARN of a namespace that exists, in place of a new one; several environments can share it. Its names are those of
    all who share it: Amazon ECS refuses a service whose name another one has. The hosted zone of a `private_dns` one
    must be associated with the VPC."""


class ServiceConnectTlsOptions(Options):
    """Encryption between the proxies of Service Connect."""

    certificate_authority_arn: CertificateAuthorityArn
    """ARN of the certificate authority in AWS Private CA that issues the certificates. It must have the tag
    `AmazonECSManaged` with the value `true`."""

    kms_key_arn: RegionalKeyArn | None = None
    """ARN of the customer managed key that encrypts the private keys of the certificates, which Amazon ECS keeps in AWS
    Secrets Manager. The key is a symmetric one, and its policy must let IAM policies of the account of the environment
    allow its use. With `null`, it is the AWS managed key of Secrets Manager."""


class ServiceConnectTestTrafficOptions(Options):
    """Requests of other services that reach the new tasks before anybody else's do."""

    header_name: HeaderName
    """HTTP header that marks a test request."""

    header_value: HeaderValue | None = None
    """Value of the header. With `null`, any value marks a test request."""


class ServedPortOptions(Options):
    """Port of a service that other services of the namespace reach by a name."""

    port_name: PortName
    """Name of the port: `port_name` of a container, or a name in its `additional_ports`."""

    client_port: Port | None = None
    """Port that clients connect to. With `null`, it is the port of the container."""

    client_name: ClientName | None = None
    """Name that clients connect to. With `null`, it is that of the entry, such as `orders` of `http://orders:8080`."""

    idle_timeout_seconds: Seconds | None = None
    """Time, in seconds, after which a connection without traffic is closed; 0 for never. With `null`, it is 5 minutes,
    and 1 hour for TCP."""

    request_timeout_seconds: Seconds | None = None
    """Time, in seconds, that the proxy waits for a complete response; 0 for ever. With `null`, it is 15 seconds.
    TCP has none."""

    tls: ServiceConnectTlsOptions | None = None
    """Encryption between the proxies. With `null`, there is none."""

    test_traffic: ServiceConnectTestTrafficOptions | None = None
    """Test requests during a deployment that shifts requests. With `null`, the header `x-amzn-ecs-blue-green-test`
    marks them."""


class ServiceConnectAccessLogOptions(Options):
    """Access log of the proxy, in the log group of the service."""

    format: Literal["JSON", "TEXT"] = "JSON"
    """Format of the log."""

    include_query_parameters: bool = False
    """Whether the log has the query parameters of requests, which may be confidential."""


class ServiceConnectClientOptions(Options):
    """Service Connect: a proxy in each task, which connects to other services by name and balances the requests."""

    access_log: ServiceConnectAccessLogOptions | None = None
    """Access log of the proxy. With `null`, there is none."""


class ServiceConnectOptions(ServiceConnectClientOptions):
    """Service Connect: a proxy in each task, which connects to other services by name and balances the requests."""

    serves: Mapping[ResourceName, ServedPortOptions] = {}
    """Ports that other services reach, by name in the namespace. Without any, the service is a client only."""


class ServiceDiscoveryOptions(Options):
    """Records of the tasks in the private hosted zone of the namespace, for clients without Service Connect."""

    name: ClientName | None = None
    """Name in the namespace. With `null`, it is that of the service."""

    record_type: Literal["A", "SRV"] = "A"
    """Type of the records. `SRV` has the port of the container too."""

    ttl_seconds: Annotated[int, Field(ge=0, le=2_147_483_647)] = 10
    """Time, in seconds, that clients may keep a record. Clients that keep it longer connect to tasks that are gone."""


class ReachableSecurityGroupOptions(Options):
    """Security group that exists, such as that of a database, and the services that may reach it."""

    security_group_id: SecurityGroupId
    """ID of the security group, in the VPC of the environment."""

    port: Port
    """TCP port to open."""

    reachable_from: Annotated[tuple[ResourceName, ...], Field(min_length=1)]
    """Services that may reach it, by name, and nothing else. Names of queue workers, scheduled tasks, and standalone
    tasks are allowed too."""
