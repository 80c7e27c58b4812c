"""Options of an Amazon CloudFront distribution in front of an internal load balancer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.edge.web_acl_options import CountryCode
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn

HostName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$",
        max_length=253,
        examples=["shop.example.com"],
        json_schema_extra=in_words("domain name in lowercase, without a trailing dot"),
    ),
]
AliasName = Annotated[
    str,
    Field(
        pattern=r"^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$",
        max_length=253,
        examples=["shop.example.com"],
        json_schema_extra=in_words("domain name in lowercase, without a trailing dot; the first label can be `*`"),
    ),
]
# "Requirements for using SSL/TLS certificates with CloudFront": those of viewers are in us-east-1, whatever the Region
# of the origin.
ViewerCertificateArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$",
        examples=["arn:aws:acm:us-east-1:111122223333:certificate/0123"],
        json_schema_extra=in_words("ARN of a certificate in AWS Certificate Manager in us-east-1"),
    ),
    Arn(account=True),
]
# WebACLId of a distribution: scope CLOUDFRONT, which AWS WAF has in us-east-1.
GlobalWebAclArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$",
        examples=["arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/0123abcd-0123-4567-89ab-0123456789ab"],
        json_schema_extra=in_words("ARN of a web ACL of AWS WAF with the scope CLOUDFRONT, which is in us-east-1"),
    ),
    Arn(account=True),
]


class CloudFrontOptions(Options):
    """Amazon CloudFront distribution in front of the load balancer, which it reaches by a VPC origin."""

    aliases: Annotated[tuple[AliasName, ...], Field(max_length=100)] = ()
    """Alternate domain names (CNAMEs) of the distribution. They require `certificate_arn`. With an empty list, it has
    the name that CloudFront gives it, such as `d111111abcdef8.cloudfront.net`."""

    certificate_arn: ViewerCertificateArn | None = None
    """ARN of a certificate in us-east-1 that covers the `aliases`."""

    minimum_protocol_version: Literal["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"] = "TLSv1.2_2021"
    """Security policy of the connections of viewers. It is used with `certificate_arn`; without one, CloudFront accepts
    TLS 1.0 and later."""

    http_version: Literal["http1.1", "http2", "http2and3", "http3"] = "http2and3"
    """HTTP versions that viewers can use."""

    ipv6: bool = True
    """Whether viewers can use IPv6."""

    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_All"
    """Edge locations that serve viewers: those in North America, Europe, and Israel (`PriceClass_100`), also those in
    most other places (`PriceClass_200`), or all."""

    allowed_methods: Literal["GET_HEAD", "GET_HEAD_OPTIONS", "ALL"] = "ALL"
    """HTTP methods that CloudFront forwards. It answers 403 to others."""

    cache_policy: Literal[
        "CachingDisabled",
        "CachingOptimized",
        "UseOriginCacheControlHeaders",
        "UseOriginCacheControlHeaders-QueryStrings",
    ] = "CachingDisabled"
    """Managed cache policy of everything that is not in `cached_path_patterns`. The default caches nothing, since an
    application that was not made for a cache would show one user what another one asked for. `CachingOptimized` ignores
    cookies and query strings."""

    cached_path_patterns: Annotated[
        tuple[
            Annotated[
                str,
                Field(
                    pattern=r"^/?[A-Za-z0-9_.*$/~\"'@:+?&-]{1,255}$",
                    examples=["/assets/*"],
                    json_schema_extra=in_words("path pattern of CloudFront, in which `*` and `?` are wildcards"),
                ),
            ],
            ...,
        ],
        Field(max_length=74),
    ] = ()
    """Paths that are cached, without regard to cookies and query strings (`CachingOptimized`), such as files with a
    hash in their name. Only GET, HEAD, and OPTIONS are forwarded there."""

    origin_request_policy: Literal[
        "AllViewer", "AllViewerExceptHostHeader", "AllViewerAndCloudFrontHeaders-2022-06"
    ] = "AllViewer"
    """Managed origin request policy. By default, the load balancer gets what the viewer sent, so that conditions of
    routings on hosts see the alias."""

    origin_domain_name: HostName | None = None
    """Domain name of the origin. With HTTPS between CloudFront and the load balancer, the certificate of the load
    balancer must be for this name, or for the host of the request. No record is needed: the VPC origin finds the load
    balancer by its ARN. With `null`, it is `record_name` unless that is a wildcard, else the DNS name of the load
    balancer."""

    response_headers_policy: (
        Literal[
            "SecurityHeadersPolicy",
            "SimpleCORS",
            "CORS-With-Preflight",
            "CORS-and-SecurityHeadersPolicy",
            "CORS-with-preflight-and-SecurityHeadersPolicy",
        ]
        | None
    ) = None
    """Managed response headers policy. With `null`, CloudFront adds no headers but its own."""

    origin_read_timeout_seconds: Annotated[int, Field(ge=1, le=120)] = 30
    """Time, in seconds, for which CloudFront waits for a response (504 after it)."""

    blocked_countries: tuple[CountryCode, ...] = ()
    """Countries whose viewers get 403."""

    allowed_countries: tuple[CountryCode, ...] = ()
    """Countries whose viewers alone get responses. With an empty list, the country does not matter."""

    web_acl_arn: GlobalWebAclArn | None = None
    """ARN of a web ACL that protects the distribution. It is in us-east-1, in which this environment creates nothing.
    The web ACL of the load balancer (`web_acl`) protects the application in any case, and needs `forwarded_ip_header`
    to count the requests of each viewer."""

    access_log_bucket: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
                examples=["logs"],
                json_schema_extra=in_words("name of an S3 bucket"),
            ),
        ]
        | None
    ) = None
    """Name of an S3 bucket of the Region, with ACLs enabled, for access logs (standard logging, legacy). With `null`,
    there are those of the load balancer alone, in which the address of the viewer is not."""
