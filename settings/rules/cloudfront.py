"""Rules of Amazon CloudFront in front of a load balancer."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.registry.ecr_image import partition
from settings.ecs import CloudFrontSettings, LoadBalancerSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.routing_subjects import balancer_keys, load_balancers
from settings.rules.rule import rule, warning

VPC_ORIGINS = "Restrict access with VPC origins, Amazon CloudFront Developer Guide"


def distribution_keys(*keys: str) -> tuple[str, ...]:
    """Keys of every distribution, as `@rule` takes them."""
    return balancer_keys(*(f"cloudfront.{key}" for key in keys))


def distributions(
    environment: Environment,
) -> Iterator[tuple[KeyPath, LoadBalancerSettings, CloudFrontSettings]]:
    """Every distribution, with its load balancer."""
    for path, balancer in load_balancers(environment):
        if balancer.cloudfront is not None:
            yield (*path, "cloudfront"), balancer, balancer.cloudfront


@rule(VPC_ORIGINS, keys=balancer_keys("cloudfront", "scheme"))
def cloudfront_has_an_internal_load_balancer(environment: Environment) -> Iterator[Problem]:
    """A VPC origin is in private subnets; a load balancer with public addresses could be reached past CloudFront."""
    for path, balancer, _ in distributions(environment):
        if balancer.scheme != "internal":
            yield Problem(
                path=path,
                finding=f"scheme is {balancer.scheme}",
                fix="set scheme to internal, or remove cloudfront and let your own distribution in by "
                "allowed_prefix_list_ids",
            )


@rule("Amazon CloudFront endpoints and quotas, AWS General Reference", keys=(*balancer_keys("cloudfront"), "region"))
def cloudfront_is_in_the_partition(environment: Environment) -> Iterator[Problem]:
    """There is no CloudFront with VPC origins in other partitions of AWS than that of the commercial Regions."""
    found = partition(environment.region)
    for path, _, _ in distributions(environment):
        if found != "aws":
            yield Problem(
                path=path,
                finding=f"the environment is in the partition {found}",
                fix="remove cloudfront, or use a Region in the partition aws",
            )


@rule(
    "Requirements for using alternate domain names, Amazon CloudFront",
    keys=distribution_keys("aliases", "certificate_arn"),
)
def aliases_come_with_a_certificate(environment: Environment) -> Iterator[Problem]:
    """CloudFront refuses aliases without a certificate that covers them, and its own name has its own certificate."""
    for path, _, options in distributions(environment):
        if options.aliases and options.certificate_arn is None:
            yield Problem(
                path=(*path, "aliases"),
                finding="there are aliases, but no certificate_arn",
                fix="add the ARN of a certificate in us-east-1, or remove aliases",
            )
        if options.certificate_arn is not None and not options.aliases:
            yield Problem(
                path=(*path, "certificate_arn"),
                finding="there is a certificate_arn, but no aliases",
                fix="add the names of the certificate, or remove certificate_arn",
            )


@rule("Requirements for using alternate domain names, Amazon CloudFront", keys=distribution_keys("aliases[]"))
def alias_has_one_distribution(environment: Environment) -> Iterator[Problem]:
    """A name leads to one distribution: CloudFront refuses it in another one."""
    owners: dict[str, KeyPath] = {}
    for path, _, options in distributions(environment):
        yield from come_once((*path, "aliases"), options.aliases)
        for index, name in enumerate(options.aliases):
            owner = owners.setdefault(name, path)
            if owner != path:
                yield Problem(
                    path=(*path, "aliases", index),
                    finding=f"{name!r} is also an alias of {'.'.join(map(str, owner))}",
                    fix="remove it from one of the two",
                )


@rule(
    "Routing traffic to an Amazon CloudFront distribution by using your domain name, Amazon Route 53",
    keys=distribution_keys("aliases[]", "hosted_zone", "hosted_zone.zone_name"),
)
def aliases_are_in_the_hosted_zone(environment: Environment) -> Iterator[Problem]:
    """Amazon Route 53 refuses a record outside the zone, and one for a name that has a record."""
    for path, balancer, options in distributions(environment):
        zone = options.hosted_zone
        if zone is None:
            continue
        if not options.aliases:
            yield Problem(
                path=(*path, "hosted_zone"),
                finding="there is a hosted_zone, but no aliases",
                fix="add aliases with certificate_arn, or remove hosted_zone",
            )
        for index, name in enumerate(options.aliases):
            if not f".{name}".endswith(f".{zone.zone_name}"):
                yield Problem(
                    path=(*path, "aliases", index),
                    value=name,
                    allowed=f"{zone.zone_name} or a name that ends with .{zone.zone_name}",
                )
            if balancer.hosted_zone == zone and name == balancer.record_name:
                yield Problem(
                    path=(*path, "aliases", index),
                    finding=f"{name!r} is also record_name of the load balancer, which has a record in the zone",
                    fix="use another record_name, which need not be a name that viewers know",
                )


@rule(
    "Restrict the geographic distribution of your content",
    keys=distribution_keys("blocked_countries", "allowed_countries"),
)
def viewers_are_blocked_or_allowed(environment: Environment) -> Iterator[Problem]:
    """A distribution has an allowlist or a denylist of countries."""
    for path, _, options in distributions(environment):
        if options.blocked_countries and options.allowed_countries:
            yield Problem(
                path=(*path, "blocked_countries"),
                finding=f"there are {listed(('blocked_countries', 'allowed_countries'))}",
                fix="remove one of the two",
            )
        yield from come_once((*path, "blocked_countries"), options.blocked_countries)
        yield from come_once((*path, "allowed_countries"), options.allowed_countries)


@rule("CacheBehavior, Amazon CloudFront API Reference", keys=distribution_keys("cached_path_patterns[]"))
def cached_path_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFront takes one cache behavior for each path pattern."""
    for path, _, options in distributions(environment):
        yield from come_once((*path, "cached_path_patterns"), options.cached_path_patterns)


@warning(
    "Supported protocols and ciphers between viewers and CloudFront",
    keys=balancer_keys("cloudfront", "cloudfront.certificate_arn"),
)
def viewers_use_modern_tls(environment: Environment) -> Iterator[Problem]:
    """With the certificate of CloudFront, viewers can use TLS 1.0, whatever minimum_protocol_version says."""
    for path, balancer in load_balancers(environment):
        if balancer.cloudfront is not None and balancer.cloudfront.certificate_arn is None:
            yield Problem(
                path=(*path, "cloudfront"),
                finding="there is no certificate_arn",
                fix="add aliases with certificate_arn, or acknowledge that viewers can use TLS 1.0",
            )


@warning(
    "Understand the cache key; Use managed cache policies, Amazon CloudFront Developer Guide",
    keys=balancer_keys("cloudfront.cache_policy"),
)
def cache_tells_users_apart(environment: Environment) -> Iterator[Problem]:
    """The cache does not look at cookies: one user can get the page of another, unless the application forbids it."""
    for path, balancer in load_balancers(environment):
        if balancer.cloudfront is not None and balancer.cloudfront.cache_policy == "CachingOptimized":
            yield Problem(
                path=(*path, "cloudfront", "cache_policy"),
                finding="everything is cached, whatever cookies and query strings a request has",
                fix="use cached_path_patterns for what is the same for everybody, or acknowledge that the application "
                "has no users",
            )
