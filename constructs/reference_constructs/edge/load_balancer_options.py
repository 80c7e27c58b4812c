"""Options of the Application Load Balancer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Cidr


class LoadBalancerOptions(Options):
    """The Application Load Balancer that services share."""

    scheme: Literal["internal", "internet-facing"] = "internal"
    """Where the load balancer can be reached from: the VPC and connected networks, or the internet."""

    allowed_cidrs: tuple[Cidr, ...] = ()
    """Client CIDR blocks that the security group admits. An empty list admits nobody."""

    record_name: Annotated[
        str | None,
        Field(
            pattern=r"^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$",
            examples=["www.example.com"],
            json_schema_extra=in_words("domain name in lowercase, without a trailing dot; the first label can be `*`"),
        ),
    ] = None
    """Domain name of the certificate and the alias record. Required with `hosted_zone`, and in that zone."""

    plain_http: bool = False
    """Serve HTTP without TLS. Intended for a sandbox without a domain name."""

    web_acl: WebAclOptions | None = WebAclOptions()
    """The AWS WAF web ACL in front of the load balancer; `null` turns it off."""

    access_log_retention_days: Annotated[int, Field(ge=1, le=3653)] | None = 365
    """Number of days that access logs are kept in Amazon S3; `null` turns them off. The bucket must be emptied before
    its stack can be deleted."""
