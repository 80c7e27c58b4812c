"""Options of the Application Load Balancer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Cidr

DomainName = Annotated[
    str,
    Field(
        pattern=r"^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$",
        examples=["www.example.com"],
        json_schema_extra=in_words("domain name in lowercase, without a trailing dot; the first label can be `*`"),
    ),
]


class LoadBalancerOptions(Options):
    """Application Load Balancer that the services of the cluster share."""

    scheme: Literal["internal", "internet-facing"] = "internal"
    """Clients that can reach the load balancer: those in the VPC and in connected networks (`internal`), or also those
    on the internet (`internet-facing`)."""

    allowed_cidrs: tuple[Cidr, ...] = ()
    """CIDR blocks of the clients that the security group of the load balancer allows. With an empty list, no client can
    connect."""

    record_name: DomainName | None = None
    """Domain name of the certificate and of the alias record. It is required with `hosted_zone`, and must be in that
    hosted zone."""

    plain_http: bool = False
    """Whether the listener serves HTTP without TLS. Intended for sandbox environments without a domain name."""

    web_acl: WebAclOptions | None = WebAclOptions()
    """AWS WAF web ACL that protects the load balancer. With `null`, there is none."""

    access_log_retention_days: Annotated[int, Field(ge=1, le=3653)] | None = 365
    """Number of days after which access logs in Amazon S3 expire. With `null`, access logs are off. The bucket must be
    emptied before its stack can be deleted."""
