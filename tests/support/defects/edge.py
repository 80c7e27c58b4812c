"""What may go wrong with what is in front of load balancers."""

from __future__ import annotations

from tests.support.defects.defect import Defect, put

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_ORIGIN = "AWS::CloudFront::VpcOrigin"
_CLUSTER = "ecs-edge-ecs-cluster"
_CLOUDFRONT = "ecs-edge-ecs-cloudfront"

EDGE = (
    Defect(
        name="way past CloudFront",
        stack=_CLUSTER,
        change=put("AWS::ElasticLoadBalancingV2::LoadBalancer", "Scheme", "internet-facing"),
        named_by=("vpc_origin_is_internal",),
    ),
    Defect(
        name="CloudFront stays outside",
        stack=_CLUSTER,
        change=put("AWS::EC2::SecurityGroupIngress", "FromPort", 444, having="LoadBalancerSecurityGroup"),
        named_by=("vpc_origin_is_let_in",),
    ),
    Defect(
        name="origin on a port without a listener",
        stack=_CLOUDFRONT,
        change=put(_ORIGIN, "VpcOriginEndpointConfig.HTTPSPort", 8443),
        named_by=("vpc_origin_connects_to_a_listener",),
    ),
    Defect(
        name="tags of a VPC origin",
        stack=_CLOUDFRONT,
        change=put(_ORIGIN, "Tags", [{"Key": "owner", "Value": "shop-team"}]),
        named_by=("vpc_origin_has_no_tags",),
    ),
    Defect(
        name="web ACL of another Region",
        stack=_CLOUDFRONT,
        change=put(
            _DISTRIBUTION, "DistributionConfig.WebACLId", "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/0"
        ),
        named_by=("distribution_has_global_neighbors",),
    ),
    Defect(
        name="viewers without TLS",
        stack=_CLOUDFRONT,
        change=put(_DISTRIBUTION, "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all"),
        named_by=("cloudfront_viewers_use_https",),
    ),
    Defect(
        name="pages of others from the cache",
        stack=_CLOUDFRONT,
        change=put(
            _DISTRIBUTION,
            "DistributionConfig.DefaultCacheBehavior.CachePolicyId",
            "658327ea-f89d-4fab-a63d-7e88639e58f6",
        ),
        named_by=("cloudfront_cache_tells_users_apart",),
    ),
)
