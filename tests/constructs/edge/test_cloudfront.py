"""CloudFront in front of an internal load balancer: what viewers may do, and how the load balancer is reached."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk.assertions import Template

from reference_constructs.edge.cloudfront import CloudFrontDistribution
from reference_constructs.edge.cloudfront_options import CloudFrontOptions
from tests.support.assertions import Resource, acknowledged, all_of, only_id, properties
from tests.support.synthesis import ZONES, new_stack

CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0123"
WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/0123abcd-0123-4567-89ab-0123456789ab"
NAMED: dict[str, Any] = {"aliases": ["shop.example.com"], "certificate_arn": CERTIFICATE}
VPC_ORIGIN = "AWS::CloudFront::VpcOrigin"
DISTRIBUTION = "AWS::CloudFront::Distribution"


class Scene:
    """A distribution, and what became of it."""

    def __init__(
        self, *, plain_http: bool = False, with_zone: bool = False, record_name: str | None = None, **options: object
    ) -> None:
        stack = new_stack()
        vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
        zone = route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", hosted_zone_id="Z0123456789", zone_name="example.com"
        )
        CloudFrontDistribution(
            stack,
            "CloudFront",
            load_balancer=elbv2.ApplicationLoadBalancer(stack, "Balancer", vpc=vpc),
            plain_http=plain_http,
            options=CloudFrontOptions.model_validate(options),
            origin_domain_name=record_name,
            hosted_zone=zone if with_zone else None,
        )
        self.acknowledged = {rule.partition("-")[2] for ids in acknowledged(stack).values() for rule in ids}
        self.template = Template.from_stack(stack)

    @property
    def config(self) -> Resource:
        found: Resource = properties(self.template, DISTRIBUTION)["DistributionConfig"]
        return found

    @property
    def origin(self) -> Resource:
        (found,) = self.config["Origins"]
        origin: Resource = found
        return origin

    @property
    def endpoint(self) -> Resource:
        found: Resource = properties(self.template, VPC_ORIGIN)["VpcOriginEndpointConfig"]
        return found

    def findings(self) -> set[str]:
        return {
            name for name in ("CFR1", "CFR2", "CFR3", "CFR4", "CFR5") if any(name in each for each in self.acknowledged)
        }


@pytest.fixture(scope="module")
def plain() -> Scene:
    """Without anything that can be left out."""
    return Scene(plain_http=True)


@pytest.fixture(scope="module")
def full() -> Scene:
    return Scene(
        **NAMED,
        with_zone=True,
        record_name="internal.example.com",
        minimum_protocol_version="TLSv1.3_2025",
        http_version="http3",
        price_class="PriceClass_100",
        allowed_methods="GET_HEAD",
        cached_path_patterns=["/assets/*"],
        origin_request_policy="AllViewerExceptHostHeader",
        response_headers_policy="SecurityHeadersPolicy",
        origin_read_timeout_seconds=60,
        allowed_countries=["DE"],
        web_acl_arn=WEB_ACL,
        access_log_bucket="logs",
    )


def test_the_load_balancer_is_reached_by_its_arn_and_its_protocol(plain: Scene, full: Scene) -> None:
    balancer = only_id(plain.template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert plain.endpoint["Arn"] == full.endpoint["Arn"] == {"Ref": balancer}
    assert plain.endpoint["OriginProtocolPolicy"] == "http-only"
    assert full.endpoint["OriginProtocolPolicy"] == "https-only"
    assert plain.origin["DomainName"] == {"Fn::GetAtt": [balancer, "DNSName"]}
    assert full.origin["DomainName"] == "internal.example.com"
    assert full.origin["VpcOriginConfig"]["OriginReadTimeout"] == 60


def test_another_protocol_is_another_vpc_origin(plain: Scene, full: Scene) -> None:
    """One that a distribution uses cannot be changed, so it must be replaced."""
    assert only_id(plain.template, VPC_ORIGIN) != only_id(full.template, VPC_ORIGIN)


def test_nothing_is_cached_and_everything_is_handed_on_unless_asked_for(plain: Scene) -> None:
    behavior = plain.config["DefaultCacheBehavior"]
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    assert behavior["OriginRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"  # AllViewer
    assert "POST" in behavior["AllowedMethods"]
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert "CacheBehaviors" not in plain.config


def test_paths_are_cached_by_choice(full: Scene) -> None:
    (cached,) = full.config["CacheBehaviors"]
    assert cached["PathPattern"] == "/assets/*"
    assert cached["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"  # CachingOptimized
    assert cached["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert full.config["DefaultCacheBehavior"]["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def test_choices_of_viewers_are_those_of_the_options(full: Scene) -> None:
    config = full.config
    assert config["Aliases"] == ["shop.example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == CERTIFICATE
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.3_2025"
    assert (config["HttpVersion"], config["PriceClass"]) == ("http3", "PriceClass_100")
    assert config["Restrictions"]["GeoRestriction"] == {"Locations": ["DE"], "RestrictionType": "whitelist"}
    assert config["WebACLId"] == WEB_ACL
    assert "Bucket" in config["Logging"]
    assert config["DefaultCacheBehavior"]["AllowedMethods"] == ["GET", "HEAD"]
    assert "ResponseHeadersPolicyId" in config["DefaultCacheBehavior"]


def test_aliases_have_records_for_both_kinds_of_addresses(full: Scene) -> None:
    records = [each["Properties"] for each in all_of(full.template, "AWS::Route53::RecordSet").values()]
    assert {(each["Name"], each["Type"]) for each in records} == {
        ("shop.example.com.", "A"),
        ("shop.example.com.", "AAAA"),
    }
    without = Scene(**NAMED, with_zone=True, ipv6=False)
    (record,) = all_of(without.template, "AWS::Route53::RecordSet").values()
    assert record["Properties"]["Type"] == "A"


def test_what_is_left_out_is_acknowledged_and_nothing_else(plain: Scene, full: Scene) -> None:
    assert plain.findings() == {"CFR1", "CFR2", "CFR3", "CFR4", "CFR5"}
    assert full.findings() == set()


def test_countries_can_be_blocked() -> None:
    restriction = Scene(blocked_countries=["AQ"]).config["Restrictions"]["GeoRestriction"]
    assert restriction == {"Locations": ["AQ"], "RestrictionType": "blacklist"}


@pytest.mark.parametrize("options", [{"aliases": ["shop.example.com"]}, {"certificate_arn": CERTIFICATE}])
def test_aliases_and_certificate_come_together(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="both aliases and certificate_arn"):
        Scene(**options)
