"""Options of the Application Load Balancer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.edge.cloudfront_options import CloudFrontOptions
from reference_constructs.edge.listener_options import (
    AnyIdentityProviderOptions,
    FixedResponseOptions,
    MutualTlsOptions,
    RedirectOptions,
    ResponseHeadersOptions,
)
from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Cidr, Ipv6Cidr, PrefixListId, ResourceName, SecurityGroupId

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
    """CIDR blocks of the clients that the security group of the load balancer allows. With an empty list, and without
    the three following keys, no client can connect."""

    allowed_ipv6_cidrs: tuple[Ipv6Cidr, ...] = ()
    """IPv6 CIDR blocks of the clients. They require `ip_address_type: dualstack`."""

    allowed_prefix_list_ids: tuple[PrefixListId, ...] = ()
    """IDs of prefix lists with the CIDR blocks of the clients, such as that of Amazon CloudFront
    (`com.amazonaws.global.cloudfront.origin-facing`; its ID differs between Regions). With HTTPS, they are allowed to
    the port of HTTPS alone, because a prefix list counts as many rules as it has entries at most, and that of
    CloudFront 55 of the 60 that a security group can have."""

    allowed_security_group_ids: tuple[SecurityGroupId, ...] = ()
    """IDs of security groups of the clients, such as `CloudFront-VPCOrigins-Service-SG`, which CloudFront creates in
    the VPC with its first VPC origin (docs/operations.md)."""

    ip_address_type: Literal["ipv4", "dualstack", "dualstack-without-public-ipv4"] = "ipv4"
    """Addresses of the load balancer: IPv4, IPv4 and IPv6 (`dualstack`), or IPv6 and private IPv4. Both of the latter
    require `network.ip_family: dual_stack`, and the last one an internet-facing load balancer."""

    idle_timeout_seconds: Annotated[int, Field(ge=1, le=4000)] | None = None
    """Time, in seconds, after which a connection without data is closed, and a request without response fails with 504.
    With `null`, it is 60, the default of Elastic Load Balancing. The keep-alive of the application must be longer."""

    client_keep_alive_seconds: Annotated[int, Field(ge=60, le=604_800)] | None = None
    """Time, in seconds, after which a connection of a client is closed even if it is used. With `null`, it is 3600."""

    x_forwarded_for: Literal["append", "preserve", "remove"] = "append"
    """What happens to the `X-Forwarded-For` header of a request: the address of the client is appended, or it is
    forwarded as it is, or it is removed."""

    preserve_host_header: bool = False
    """Whether the `Host` header is forwarded as it is. With `false`, the load balancer adds the port where it is not
    that of the protocol."""

    response_headers: ResponseHeadersOptions | None = None
    """Headers that the load balancer adds to each response."""

    redirects: dict[ResourceName, RedirectOptions] = {}
    """Listener rules that redirect requests, by name."""

    fixed_responses: dict[ResourceName, FixedResponseOptions] = {}
    """Listener rules that the load balancer answers itself, by name."""

    identity_providers: dict[ResourceName, AnyIdentityProviderOptions] = {}
    """Identity providers that authenticate users, by name, to which `authentication` of a routing refers. With any, the
    load balancer can connect to the internet by HTTPS, because it asks the provider for tokens; an internal load
    balancer needs a NAT gateway for it."""

    mutual_tls: MutualTlsOptions | None = None
    """Client certificates (mutual TLS). With `null`, clients need none."""

    record_name: DomainName | None = None
    """Domain name of the certificate and of the alias record. It is required with `hosted_zone`, and must be in that
    hosted zone."""

    plain_http: bool = False
    """Whether the listener serves HTTP without TLS. Intended for sandbox environments without a domain name."""

    web_acl: WebAclOptions | None = WebAclOptions()
    """AWS WAF web ACL that protects the load balancer. With `null`, there is none."""

    cloudfront: CloudFrontOptions | None = None
    """Amazon CloudFront distribution in front of the load balancer, which must be internal. It is deployed as a
    separate stack. With `null`, there is none."""

    access_log_retention_days: Annotated[int, Field(ge=1, le=3653)] | None = 365
    """Number of days after which access logs in Amazon S3 expire. With `null`, access logs are off. The bucket must be
    emptied before its stack can be deleted."""
