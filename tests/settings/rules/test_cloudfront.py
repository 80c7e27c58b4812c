"""Rules of Amazon CloudFront in front of a load balancer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, load_balancer, message

LIST = "allowed_prefix_list_ids: [pl-4fa04526]"
HEADER = "web_acl: {forwarded_ip_header: X-Forwarded-For}"
OF_BALANCER = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0123'"
OF_VIEWERS = "certificate_arn: 'arn:aws:acm:us-east-1:111122223333:certificate/0123'"
ZONE = "hosted_zone: {hosted_zone_id: Z0123456789, zone_name: example.com}"
ALIAS = f"aliases: [shop.example.com], {OF_VIEWERS}"
OLD_TLS = (
    "acknowledged_warnings: [{warning: viewers_use_modern_tls, key: ecs.load_balancer.cloudfront, "
    "reason: It is a sandbox.}]\n"
)
NAMED = f"record_name: '*.example.com', {ZONE}"


def behind(cloudfront: str, *, serving: str = OF_BALANCER, more: str = "", clients: str = LIST) -> str:
    """A load balancer behind CloudFront."""
    keys = [clients, HEADER, serving, *([more] if more else []), f"cloudfront: {{{cloudfront}}}"]
    return load_balancer(f"{{{', '.join(filter(None, keys))}}}")


PAIRS = (
    RulePair(
        rule="cloudfront_has_an_internal_load_balancer",
        rejected=behind(ALIAS, more="scheme: internet-facing"),
        accepted=behind(ALIAS, more="scheme: internal"),
        message=(
            "ecs.load_balancer.cloudfront: scheme is internet-facing\n"
            "fix: set scheme to internal, or remove cloudfront and let your own distribution in by "
            "allowed_prefix_list_ids\n"
            "why: A VPC origin is in private subnets; a load balancer with public addresses could be reached past "
            "CloudFront."
        ),
    ),
    RulePair(
        rule="cloudfront_is_in_the_partition",
        rejected=behind("aliases: []", serving="plain_http: true").replace("eu-west-1", "us-gov-west-1"),
        accepted=behind("aliases: []", serving="plain_http: true") + OLD_TLS,
        message=(
            "ecs.load_balancer.cloudfront: the environment is in the partition aws-us-gov\n"
            "fix: remove cloudfront, or use a Region in the partition aws\n"
            "why: There is no CloudFront with VPC origins in other partitions of AWS than that of the commercial "
            "Regions."
        ),
    ),
    RulePair(
        rule="aliases_come_with_a_certificate",
        rejected=behind("aliases: [shop.example.com]"),
        accepted=behind(ALIAS),
        message=(
            "ecs.load_balancer.cloudfront.aliases: there are aliases, but no certificate_arn\n"
            "fix: add the ARN of a certificate in us-east-1, or remove aliases\n"
            "why: CloudFront refuses aliases without a certificate that covers them, and its own name has its own "
            "certificate."
        ),
    ),
    RulePair(
        rule="aliases_come_with_a_certificate: and it with them",
        rejected=behind(f"{OF_VIEWERS}, origin_domain_name: shop.example.com"),
        accepted=behind(f"{ALIAS}, origin_domain_name: shop.example.com"),
        message=(
            "ecs.load_balancer.cloudfront.certificate_arn: there is a certificate_arn, but no aliases\n"
            "fix: add the names of the certificate, or remove certificate_arn\n"
            "why: CloudFront refuses aliases without a certificate that covers them, and its own name has its own "
            "certificate."
        ),
    ),
    RulePair(
        rule="alias_has_one_distribution",
        rejected=behind(ALIAS).rstrip("}\n")
        + f"}}}}, load_balancers: {{other: {{{LIST}, {HEADER}, {OF_BALANCER}, cloudfront: {{{ALIAS}}}}}}}}}\n",
        accepted=behind(ALIAS).rstrip("}\n")
        + f"}}}}, load_balancers: {{other: {{{LIST}, {HEADER}, {OF_BALANCER}, "
        + f"cloudfront: {{{ALIAS.replace('shop', 'admin')}}}}}}}}}\n",
        message=(
            "ecs.load_balancers.other.cloudfront.aliases[0]: 'shop.example.com' is also an alias of "
            "ecs.load_balancer.cloudfront\n"
            "fix: remove it from one of the two\n"
            "why: A name leads to one distribution: CloudFront refuses it in another one."
        ),
    ),
    RulePair(
        rule="aliases_are_in_the_hosted_zone",
        rejected=behind(f"{ALIAS.replace('.com]', '.org]')}, {ZONE}"),
        accepted=behind(f"{ALIAS}, {ZONE}"),
        message=(
            "ecs.load_balancer.cloudfront.aliases[0]: 'shop.example.org' is not allowed\n"
            "allowed: example.com or a name that ends with .example.com\n"
            "why: Amazon Route 53 refuses a record outside the zone, and one for a name that has a record."
        ),
    ),
    RulePair(
        rule="aliases_are_in_the_hosted_zone: for which there is a record",
        rejected=behind(f"{ALIAS}, {ZONE}", serving=f"record_name: shop.example.com, {ZONE}"),
        accepted=behind(f"{ALIAS}, {ZONE}", serving=f"record_name: internal.example.com, {ZONE}"),
        message=(
            "ecs.load_balancer.cloudfront.aliases[0]: 'shop.example.com' is also record_name of the load balancer, "
            "which has a record in the zone\n"
            "fix: use another record_name, which need not be a name that viewers know\n"
            "why: Amazon Route 53 refuses a record outside the zone, and one for a name that has a record."
        ),
    ),
    RulePair(
        rule="aliases_are_in_the_hosted_zone: if there are any",
        rejected=behind(ZONE, serving="plain_http: true"),
        accepted=behind(f"{ALIAS}, {ZONE}", serving="plain_http: true"),
        message=(
            "ecs.load_balancer.cloudfront.hosted_zone: there is a hosted_zone, but no aliases\n"
            "fix: add aliases with certificate_arn, or remove hosted_zone\n"
            "why: Amazon Route 53 refuses a record outside the zone, and one for a name that has a record."
        ),
    ),
    RulePair(
        rule="origin_has_a_name_of_its_certificate",
        rejected=behind(f"{ALIAS}, origin_request_policy: AllViewerExceptHostHeader"),
        accepted=behind(
            f"{ALIAS}, origin_request_policy: AllViewerExceptHostHeader, origin_domain_name: shop.example.com"
        ),
        message=(
            "ecs.load_balancer.cloudfront: the host is the DNS name of the load balancer, and nothing says a name of "
            "the certificate of the load balancer\n"
            "fix: set origin_domain_name to a name of the certificate\n"
            "why: Viewers get 502: the certificate of the load balancer must be for the domain of the origin, or for "
            "the host."
        ),
    ),
    RulePair(
        rule="origin_has_a_name_of_its_certificate: which a wildcard is not",
        rejected=behind(ALIAS.replace(".com]", ".org]"), serving=NAMED),
        accepted=behind(ALIAS, serving=NAMED),
        message=(
            "ecs.load_balancer.cloudfront.aliases[0]: the certificate of the load balancer is for *.example.com, not "
            "for 'shop.example.org'\n"
            "fix: set origin_domain_name to a name of the certificate\n"
            "why: Viewers get 502: the certificate of the load balancer must be for the domain of the origin, or for "
            "the host."
        ),
    ),
    RulePair(
        rule="cloudfront_presents_no_client_certificate",
        rejected=behind(ALIAS, more="mutual_tls: {ca_bundle_bucket: certificates, ca_bundle_key: ca.pem}"),
        accepted=behind(ALIAS, more="mutual_tls: {mode: passthrough}"),
        message=(
            "ecs.load_balancer.cloudfront: mutual_tls.mode is verify\n"
            "fix: remove mutual_tls, or put cloudfront in front of another load balancer\n"
            "why: A VPC origin has no client certificate, so the load balancer would refuse each connection of "
            "CloudFront."
        ),
    ),
    RulePair(
        rule="viewers_are_blocked_or_allowed",
        rejected=behind(f"{ALIAS}, blocked_countries: [AQ], allowed_countries: [DE]"),
        accepted=behind(f"{ALIAS}, allowed_countries: [DE]"),
        message=(
            "ecs.load_balancer.cloudfront.blocked_countries: there are blocked_countries and allowed_countries\n"
            "fix: remove one of the two\n"
            "why: A distribution has an allowlist or a denylist of countries."
        ),
    ),
    RulePair(
        rule="cached_path_comes_once",
        rejected=behind(f"{ALIAS}, cached_path_patterns: [/assets/*, /assets/*]"),
        accepted=behind(f"{ALIAS}, cached_path_patterns: [/assets/*, /assets/a/*]"),
        message=(
            "ecs.load_balancer.cloudfront.cached_path_patterns[1]: '/assets/*' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFront takes one cache behavior for each path pattern."
        ),
    ),
    RulePair(
        rule="cloudfront_can_connect",
        rejected=behind(ALIAS, clients="allowed_cidrs: [10.0.0.0/8]"),
        accepted=behind(ALIAS, clients="allowed_security_group_ids: [sg-0123456789abcdef0]"),
        message=(
            "ecs.load_balancer.cloudfront: there are no allowed_prefix_list_ids and no allowed_security_group_ids\n"
            "fix: add the ID of com.amazonaws.global.cloudfront.origin-facing in the Region to "
            "allowed_prefix_list_ids\n"
            "why: Viewers get 504: what comes by a VPC origin has no address of a client, and is let in by nothing "
            "else."
        ),
    ),
    RulePair(
        rule="prefix_list_fits_the_security_group",
        rejected=behind(ALIAS, clients=f"{LIST}, allowed_cidrs: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]"),
        accepted=behind(ALIAS, clients=f"{LIST}, allowed_cidrs: [10.0.0.0/8, 172.16.0.0/12]"),
        message=(
            "ecs.load_balancer.allowed_prefix_list_ids: the prefix list of CloudFront and 6 other rules take 61 rules\n"
            "fix: state at most 5 others, or have the quota raised and acknowledge this\n"
            "why: The prefix list of CloudFront counts as 55 of the 60 inbound rules that a security group can have."
        ),
    ),
    RulePair(
        rule="rate_limit_counts_viewers",
        rejected=behind(ALIAS).replace(HEADER, "web_acl: {}"),
        accepted=behind(ALIAS).replace(HEADER, "web_acl: null"),
        message=(
            "ecs.load_balancer.web_acl: there is cloudfront, but no forwarded_ip_header\n"
            "fix: set forwarded_ip_header to X-Forwarded-For, or web_acl to null with cloudfront.web_acl_arn\n"
            "why: Behind CloudFront, the source address of a request is one of a few, and all viewers share its "
            "limit."
        ),
    ),
    RulePair(
        rule="viewers_use_modern_tls",
        rejected=behind("origin_domain_name: shop.example.com"),
        accepted=behind(f"{ALIAS}, origin_domain_name: shop.example.com"),
        message=(
            "ecs.load_balancer.cloudfront: there is no certificate_arn\n"
            "fix: add aliases with certificate_arn, or acknowledge that viewers can use TLS 1.0\n"
            "why: With the certificate of CloudFront, viewers can use TLS 1.0, whatever minimum_protocol_version says."
        ),
    ),
    RulePair(
        rule="cache_tells_users_apart",
        rejected=behind(f"{ALIAS}, cache_policy: CachingOptimized"),
        accepted=behind(f"{ALIAS}, cache_policy: UseOriginCacheControlHeaders"),
        message=(
            "ecs.load_balancer.cloudfront.cache_policy: everything is cached, whatever cookies and query strings a "
            "request has\n"
            "fix: use cached_path_patterns for what is the same for everybody, or acknowledge that the application "
            "has no users\n"
            "why: The cache does not look at cookies: one user can get the page of another, unless the application "
            "forbids it."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize("key", ["aliases: [a.example.com, a.example.com]", "blocked_countries: [AQ, AQ]"])
def test_what_is_listed_twice_is_refused(tmp_path: Path, key: str) -> None:
    text = behind(f"{key}, {OF_VIEWERS}" if "aliases" in key else f"{ALIAS}, {key}")

    assert "is listed twice" in message(tmp_path, text)
