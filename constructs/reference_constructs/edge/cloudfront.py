"""Amazon CloudFront in front of an internal Application Load Balancer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as route53_targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.edge.cloudfront_options import CloudFrontOptions
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule

_PROTOCOL_VERSIONS: Final[Mapping[str, str]] = {
    "TLSv1.2_2021": "TLS_V1_2_2021",
    "TLSv1.2_2025": "TLS_V1_2_2025",
    "TLSv1.3_2025": "TLS_V1_3_2025",
}
_HTTP_VERSIONS: Final[Mapping[str, str]] = {
    "http1.1": "HTTP1_1",
    "http2": "HTTP2",
    "http2and3": "HTTP2_AND_3",
    "http3": "HTTP3",
}
_PRICE_CLASSES: Final[Mapping[str, str]] = {
    "PriceClass_100": "PRICE_CLASS_100",
    "PriceClass_200": "PRICE_CLASS_200",
    "PriceClass_All": "PRICE_CLASS_ALL",
}
_CACHE_POLICIES: Final[Mapping[str, str]] = {
    "CachingDisabled": "CACHING_DISABLED",
    "CachingOptimized": "CACHING_OPTIMIZED",
    "UseOriginCacheControlHeaders": "USE_ORIGIN_CACHE_CONTROL_HEADERS",
    "UseOriginCacheControlHeaders-QueryStrings": "USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS",
}
_ORIGIN_REQUEST_POLICIES: Final[Mapping[str, str]] = {
    "AllViewer": "ALL_VIEWER",
    "AllViewerExceptHostHeader": "ALL_VIEWER_EXCEPT_HOST_HEADER",
    "AllViewerAndCloudFrontHeaders-2022-06": "ALL_VIEWER_AND_CLOUDFRONT_2022",
}
_RESPONSE_HEADERS_POLICIES: Final[Mapping[str, str]] = {
    "SecurityHeadersPolicy": "SECURITY_HEADERS",
    "SimpleCORS": "CORS_ALLOW_ALL_ORIGINS",
    "CORS-With-Preflight": "CORS_ALLOW_ALL_ORIGINS_WITH_PREFLIGHT",
    "CORS-and-SecurityHeadersPolicy": "CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS",
    "CORS-with-preflight-and-SecurityHeadersPolicy": "CORS_ALLOW_ALL_ORIGINS_WITH_PREFLIGHT_AND_SECURITY_HEADERS",
}
_METHODS: Final[Mapping[str, str]] = {
    "GET_HEAD": "ALLOW_GET_HEAD",
    "GET_HEAD_OPTIONS": "ALLOW_GET_HEAD_OPTIONS",
    "ALL": "ALLOW_ALL",
}


class CloudFrontDistribution(Construct):
    """A CloudFront distribution, and the VPC origin by which it reaches a load balancer without public addresses.

    Nobody comes past CloudFront: the load balancer has private addresses alone, and a VPC origin is of this account.
    Nothing is cached unless it is asked for.

    Whom the security group of the load balancer lets in is stated there. At the first deployment that is the managed
    prefix list `com.amazonaws.global.cloudfront.origin-facing`: the security group of VPC origins,
    `CloudFront-VPCOrigins-Service-SG`, is made by CloudFront with the first one of a VPC, and CloudFormation does not
    return its ID ("Restrict access with VPC origins", Amazon CloudFront Developer Guide).

    Attributes:
        vpc_origin: The VPC origin.
        distribution: The distribution.
    """

    vpc_origin: cloudfront.VpcOrigin
    distribution: cloudfront.Distribution

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        load_balancer: elbv2.IApplicationLoadBalancer,
        plain_http: bool,
        options: CloudFrontOptions,
        origin_domain_name: str | None = None,
        hosted_zone: route53.IHostedZone | None = None,
    ) -> None:
        """Define the distribution.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            load_balancer: An internal one, in the account of the distribution.
            plain_http: Whether it serves HTTP without TLS.
            options: Of the distribution.
            origin_domain_name: Domain name of the certificate of the load balancer, if `options` has none.
            hosted_zone: Where to create alias records for the aliases.

        Raises:
            ValueError: If there are aliases without a certificate, or a certificate without aliases.
        """
        super().__init__(scope, construct_id)
        if bool(options.aliases) != (options.certificate_arn is not None):
            raise ValueError("a distribution needs both aliases and certificate_arn, or neither")
        self._options = options
        self._define_vpc_origin(load_balancer, plain_http=plain_http)
        self._define_distribution(options.origin_domain_name or origin_domain_name or load_balancer)
        if hosted_zone is not None:
            self._define_alias_records(hosted_zone)
        self._acknowledge_choices(plain_http=plain_http)

    def _define_vpc_origin(self, load_balancer: elbv2.IApplicationLoadBalancer, *, plain_http: bool) -> None:
        """The protocol is in the ID: CloudFront refuses to change a VPC origin that a distribution uses (409).

        So another one takes its place, and the distribution is changed in between. For the same reason, it has no tags
        (aws-cdk issue 35765; `UpdateVpcOrigin`, Amazon CloudFront API Reference).
        """
        policy = cloudfront.OriginProtocolPolicy
        self.vpc_origin = cloudfront.VpcOrigin(
            self,
            "HttpVpcOrigin" if plain_http else "HttpsVpcOrigin",
            endpoint=cloudfront.VpcOriginEndpoint.application_load_balancer(load_balancer),
            protocol_policy=policy.HTTP_ONLY if plain_http else policy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )

    def _define_distribution(self, origin_name: str | elbv2.IApplicationLoadBalancer) -> None:
        options = self._options
        origin = origins.VpcOrigin.with_vpc_origin(
            self.vpc_origin,
            domain_name=origin_name if isinstance(origin_name, str) else origin_name.load_balancer_dns_name,
            read_timeout=seconds(options.origin_read_timeout_seconds),
        )
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_behavior=self._behavior(origin, options.cache_policy, options.allowed_methods),
            additional_behaviors={
                pattern: self._behavior(origin, "CachingOptimized", "GET_HEAD_OPTIONS")
                for pattern in options.cached_path_patterns
            },
            domain_names=list(options.aliases) or None,
            certificate=self._import_certificate(),
            minimum_protocol_version=None
            if options.certificate_arn is None
            else cloudfront.SecurityPolicyProtocol[_PROTOCOL_VERSIONS[options.minimum_protocol_version]],
            http_version=cloudfront.HttpVersion[_HTTP_VERSIONS[options.http_version]],
            enable_ipv6=options.ipv6,
            price_class=cloudfront.PriceClass[_PRICE_CLASSES[options.price_class]],
            geo_restriction=self._geo_restriction(),
            web_acl_id=options.web_acl_arn,
            log_bucket=None
            if options.access_log_bucket is None
            else s3.Bucket.from_bucket_name(self, "AccessLogBucket", options.access_log_bucket),
        )

    def _behavior(self, origin: cloudfront.IOrigin, cache_policy: str, methods: str) -> cloudfront.BehaviorOptions:
        headers = self._options.response_headers_policy
        return cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=getattr(cloudfront.AllowedMethods, _METHODS[methods]),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=getattr(cloudfront.CachePolicy, _CACHE_POLICIES[cache_policy]),
            origin_request_policy=getattr(
                cloudfront.OriginRequestPolicy, _ORIGIN_REQUEST_POLICIES[self._options.origin_request_policy]
            ),
            response_headers_policy=None
            if headers is None
            else getattr(cloudfront.ResponseHeadersPolicy, _RESPONSE_HEADERS_POLICIES[headers]),
        )

    def _import_certificate(self) -> acm.ICertificate | None:
        arn = self._options.certificate_arn
        return None if arn is None else acm.Certificate.from_certificate_arn(self, "Certificate", arn)

    def _geo_restriction(self) -> cloudfront.GeoRestriction | None:
        if self._options.allowed_countries:
            return cloudfront.GeoRestriction.allowlist(*self._options.allowed_countries)
        if self._options.blocked_countries:
            return cloudfront.GeoRestriction.denylist(*self._options.blocked_countries)
        return None

    def _define_alias_records(self, zone: route53.IHostedZone) -> None:
        target = route53.RecordTarget.from_alias(route53_targets.CloudFrontTarget(self.distribution))
        for name in self._options.aliases:
            route53.ARecord(self, f"AliasRecord-{name}", zone=zone, record_name=name, target=target)
            if self._options.ipv6:
                route53.AaaaRecord(self, f"Ipv6AliasRecord-{name}", zone=zone, record_name=name, target=target)

    def _acknowledge_choices(self, *, plain_http: bool) -> None:
        options = self._options
        if not (options.allowed_countries or options.blocked_countries):
            self._acknowledge(
                "CFR1", "Which countries may use the application is a choice of the environment, and none is excluded."
            )
        if options.web_acl_arn is None:
            self._acknowledge(
                "CFR2",
                "A web ACL for CloudFront is in us-east-1, and is stated by its ARN (web_acl_arn). Requests that "
                "reach the application pass the web ACL of the load balancer, which is on by default.",
            )
        if options.access_log_bucket is None:
            self._acknowledge(
                "CFR3",
                "Every request that is not answered by the cache is in the access log of the load balancer, which is "
                "on by default. Standard logging of CloudFront needs a bucket with ACLs (access_log_bucket).",
            )
        if options.certificate_arn is None:
            self._acknowledge(
                "CFR4",
                "CloudFront chooses the TLS versions of its own name (cloudfront.net). aliases with certificate_arn "
                "give TLS 1.2 as the minimum; the file has a warning about it.",
            )
        if options.cache_policy == "CachingOptimized":
            acknowledge_guard_rule(
                self.distribution,
                "cloudfront_cache_tells_users_apart",
                reason="It was asked for (cache_policy: CachingOptimized), with a warning of the file: an application "
                "without users, or one that forbids the cache what is of one user.",
            )
        if plain_http:
            self._acknowledge(
                "CFR5",
                "The load balancer serves HTTP without TLS, which was asked for (plain_http: true), and CloudFront "
                "reaches it inside the VPC.",
            )

    def _acknowledge(self, concern: str, reason: str) -> None:
        acknowledge(self.distribution, concern, packs=("AwsSolutions",), reason=reason)
