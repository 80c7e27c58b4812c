"""Options of Amazon VPC Lattice: a service network, and a service in it for an ECS service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.container_runtime_options import PortName
from reference_constructs.options import Options, in_words
from reference_constructs.registry.repository_options import OrganizationId
from reference_constructs.value_types import AccountId, Arn, CertificateArn, PrefixListId

ServiceNetworkArn = Annotated[
    str,
    Field(
        # ServiceNetworkSummary, Amazon VPC Lattice API Reference.
        pattern=r"^arn:[a-z-]+:vpc-lattice:[a-z0-9-]+:[0-9]{12}:servicenetwork/sn-[0-9a-z]{17}$",
        examples=["arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0"],
        json_schema_extra=in_words("ARN of a service network in Amazon VPC Lattice"),
    ),
    Arn(region=True),
]
CallerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+$",
        examples=["arn:aws:iam::111122223333:role/checkout"],
        json_schema_extra=in_words("ARN of an IAM role or user"),
    ),
    Arn(),
]
CustomDomainName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
        min_length=3,
        max_length=255,
        examples=["orders.example.com"],
        json_schema_extra=in_words("domain name in lowercase, without a trailing dot"),
    ),
]
HealthCheckPath = Annotated[
    str,
    Field(
        pattern=r"^/\S*$",
        max_length=2048,
        examples=["/health"],
        json_schema_extra=in_words("path that starts with `/`"),
    ),
]
HealthCheckCodes = Annotated[
    str,
    Field(
        pattern=r"^[2-5][0-9]{2}([,-][2-5][0-9]{2})*$",
        max_length=2000,
        examples=["200-299"],
        json_schema_extra=in_words("status codes separated by commas, or a range such as `200-299`"),
    ),
]


class VpcLatticeOptions(Options):
    """Service network of Amazon VPC Lattice, in which clients of other VPCs and accounts find services."""

    service_network_arn: ServiceNetworkArn | None = None
    """ARN of a service network that exists, such as one that another account shares by AWS RAM. With `null`, a new one
    is created."""

    associate_vpc: bool = True
    """Whether to associate the VPC with the service network, so that clients in the VPC reach the services of the
    network. A VPC can be associated with one service network. Services can be reached from other VPCs without it."""

    prefix_list_id: PrefixListId
    """ID of the managed prefix list `com.amazonaws.<region>.vpc-lattice` in the Region, from which Amazon VPC Lattice
    sends requests to the tasks: `aws ec2 describe-managed-prefix-lists`."""


class LatticeAuthPolicyOptions(Options):
    """Auth policy of a service: who may call it, with requests that are signed (Signature Version 4).

    A caller needs one of the following, and the permission `vpc-lattice-svcs:Invoke` in its own policies too.
    """

    organization_ids: tuple[OrganizationId, ...] = ()
    """IDs of organizations, whose accounts may all call it."""

    account_ids: tuple[AccountId, ...] = ()
    """IDs of accounts that may call it."""

    principal_arns: tuple[CallerArn, ...] = ()
    """ARNs of IAM roles and users that may call it."""


class ServiceLatticeOptions(Options):
    """Service of Amazon VPC Lattice that forwards HTTPS requests of every VPC of the service network to the tasks."""

    port_name: PortName
    """Name of the port: `port_name` of a container, or a name in its `additional_ports`."""

    protocol: Literal["HTTP", "HTTPS"] = "HTTP"
    """Protocol between Amazon VPC Lattice and the tasks. Clients always use HTTPS."""

    protocol_version: Literal["HTTP1", "HTTP2", "GRPC"] = "HTTP1"
    """Protocol version between Amazon VPC Lattice and the tasks."""

    health_check_path: HealthCheckPath | None = "/"
    """Path of the health checks. With `null`, there are none, and requests go to every task."""

    health_check_protocol_version: Literal["HTTP1", "HTTP2"] = "HTTP1"
    """Protocol version of the health checks. There are none by gRPC."""

    health_check_codes: HealthCheckCodes = "200"
    """HTTP status codes of a healthy task."""

    health_check_interval_seconds: Annotated[int, Field(ge=5, le=300)] = 30
    """Time, in seconds, between two health checks of a task."""

    custom_domain_name: CustomDomainName | None = None
    """Domain name of the service in place of the one that Amazon VPC Lattice generates. You create its record, an alias
    or a CNAME of the output `LatticeDomainName`. Changing it replaces the service."""

    certificate_arn: CertificateArn | None = None
    """ARN of the certificate of `custom_domain_name` in AWS Certificate Manager."""

    auth_policy: LatticeAuthPolicyOptions | None = None
    """Who may call the service. With `null`, everybody in the VPCs of the service network may, without a signature."""
