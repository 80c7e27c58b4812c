"""Rules of how CloudFront reaches a load balancer: the certificate that it is shown, and what lets it in."""

from __future__ import annotations

from collections.abc import Iterator

from facts.load_balancing import ENTRIES_OF_THE_PREFIX_LIST_OF_CLOUDFRONT, RULES_OF_A_SECURITY_GROUP
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.cloudfront import VPC_ORIGINS, distribution_keys, distributions
from settings.rules.load_balancer import is_covered
from settings.rules.routing_subjects import balancer_keys, load_balancers
from settings.rules.rule import rule, warning

_BAD_GATEWAY = "HTTP 502 status code (Bad Gateway), Amazon CloudFront Developer Guide"


@rule(
    _BAD_GATEWAY,
    keys=(
        *distribution_keys("origin_request_policy", "origin_domain_name", "aliases"),
        *balancer_keys("cloudfront", "plain_http", "record_name", "additional_certificate_arns"),
    ),
)
def origin_has_a_name_of_its_certificate(environment: Environment) -> Iterator[Problem]:
    """Viewers get 502: the certificate of the load balancer must be for the domain of the origin, or for the host."""
    for path, balancer, options in distributions(environment):
        record = balancer.record_name
        is_named = options.origin_domain_name is not None or (record is not None and not record.startswith("*."))
        if balancer.plain_http or is_named:
            continue
        if options.origin_request_policy == "AllViewerExceptHostHeader" or not options.aliases:
            host = "the DNS name of the load balancer" if options.aliases else "a name of cloudfront.net"
            yield Problem(
                path=path,
                finding=f"the host is {host}, and nothing says a name of the certificate of the load balancer",
                fix="set origin_domain_name to a name of the certificate",
            )
            continue
        for index, name in enumerate(options.aliases):
            if record is not None and not balancer.additional_certificate_arns and not is_covered(record, name):
                yield Problem(
                    path=(*path, "aliases", index),
                    finding=f"the certificate of the load balancer is for {record}, not for {name!r}",
                    fix="set origin_domain_name to a name of the certificate",
                )


@rule(VPC_ORIGINS, keys=balancer_keys("cloudfront", "mutual_tls.mode"))
def cloudfront_presents_no_client_certificate(environment: Environment) -> Iterator[Problem]:
    """A VPC origin has no client certificate, so the load balancer would refuse each connection of CloudFront."""
    for path, balancer, _ in distributions(environment):
        if balancer.mutual_tls is not None and balancer.mutual_tls.mode == "verify":
            yield Problem(
                path=path,
                finding="mutual_tls.mode is verify",
                fix="remove mutual_tls, or put cloudfront in front of another load balancer",
            )


@warning(VPC_ORIGINS, keys=balancer_keys("cloudfront", "allowed_prefix_list_ids", "allowed_security_group_ids"))
def cloudfront_can_connect(environment: Environment) -> Iterator[Problem]:
    """Viewers get 504: what comes by a VPC origin has no address of a client, and is let in by nothing else."""
    for path, balancer, _ in distributions(environment):
        if not balancer.allowed_prefix_list_ids and not balancer.allowed_security_group_ids:
            yield Problem(
                path=path,
                finding="there are no allowed_prefix_list_ids and no allowed_security_group_ids",
                fix="add the ID of com.amazonaws.global.cloudfront.origin-facing in the Region to "
                "allowed_prefix_list_ids",
            )


@warning(
    "Forwarded IP address, AWS WAF Developer Guide",
    keys=balancer_keys("cloudfront", "web_acl", "web_acl.forwarded_ip_header"),
)
def rate_limit_counts_viewers(environment: Environment) -> Iterator[Problem]:
    """Behind CloudFront, the source address of a request is one of a few, and all viewers share its limit."""
    for path, balancer in load_balancers(environment):
        if balancer.cloudfront is None or balancer.web_acl is None or balancer.web_acl.arn is not None:
            continue
        if balancer.web_acl.forwarded_ip_header is None:
            yield Problem(
                path=(*path, "web_acl"),
                finding="there is cloudfront, but no forwarded_ip_header",
                fix="set forwarded_ip_header to X-Forwarded-For, or web_acl to null with cloudfront.web_acl_arn",
            )


@warning(
    "Amazon VPC quotas, security groups; Use the AWS-managed prefix lists: weight",
    keys=balancer_keys("cloudfront", "allowed_prefix_list_ids", "allowed_cidrs", "allowed_security_group_ids"),
)
def prefix_list_fits_the_security_group(environment: Environment) -> Iterator[Problem]:
    """The prefix list of CloudFront counts as 55 of the 60 inbound rules that a security group can have."""
    for path, balancer, _ in distributions(environment):
        if not balancer.allowed_prefix_list_ids:
            continue
        ports = 2 if balancer.allowed_cidrs or balancer.allowed_ipv6_cidrs else 1
        ports = 1 if balancer.plain_http else ports
        others = ports * (len(balancer.allowed_cidrs) + len(balancer.allowed_security_group_ids))
        others += len(balancer.allowed_prefix_list_ids) - 1
        count = ENTRIES_OF_THE_PREFIX_LIST_OF_CLOUDFRONT + others
        if count > RULES_OF_A_SECURITY_GROUP:
            yield Problem(
                path=(*path[:-1], "allowed_prefix_list_ids"),
                finding=f"the prefix list of CloudFront and {others} other rules take {count} rules",
                fix=f"state at most {RULES_OF_A_SECURITY_GROUP - ENTRIES_OF_THE_PREFIX_LIST_OF_CLOUDFRONT} others, or "
                "have the quota raised and acknowledge this",
            )
