"""Rules of the load balancer and its domain name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import is_private, listed
from settings.rules.routing_subjects import (
    all_load_balancers,
    balancer_keys,
    condition_keys,
    listener_rules,
    load_balancers,
    routing_keys,
    routings,
)
from settings.rules.rule import rule, warning
from settings.wildcard_patterns import example

MOST_CHARACTERS_OF_A_COMMON_NAME: Final = 64
_PROTOCOLS = ("certificate_arn", "hosted_zone", "plain_http")


@rule(
    "Listeners for your Application Load Balancers",
    keys=(*balancer_keys(), *balancer_keys(*_PROTOCOLS)),
)
def load_balancer_has_one_protocol(environment: Environment) -> Iterator[Problem]:
    """A listener has one protocol and one default certificate, and HTTP without TLS has to be chosen."""
    for path, balancer in load_balancers(environment):
        stated = [key for key in _PROTOCOLS if getattr(balancer, key)]
        if len(stated) != 1:
            yield Problem(
                path=path,
                finding=f"there are {listed(stated)}, of which one can be set"
                if stated
                else "there is no certificate_arn, no hosted_zone, and no plain_http: true",
                fix="set exactly one of certificate_arn, hosted_zone with record_name, or plain_http: true",
            )


@rule(
    "DNS validation, AWS Certificate Manager User Guide",
    keys=balancer_keys("record_name", "hosted_zone"),
)
def record_name_and_hosted_zone_come_together(environment: Environment) -> Iterator[Problem]:
    """The certificate and the alias record are for the record name, and both need records in the hosted zone."""
    for path, balancer in load_balancers(environment):
        if balancer.hosted_zone is not None and balancer.record_name is None:
            yield Problem(
                path=(*path, "hosted_zone"),
                finding="there is a hosted_zone, but no record_name",
                fix="add record_name, or remove hosted_zone",
            )
        if balancer.record_name is not None and balancer.hosted_zone is None:
            yield Problem(
                path=(*path, "record_name"),
                finding="there is a record_name, but no hosted_zone",
                fix="add hosted_zone, or remove record_name",
            )


@rule(
    "DNS validation, AWS Certificate Manager User Guide",
    keys=balancer_keys("record_name", "hosted_zone.zone_name"),
)
def record_name_is_in_the_hosted_zone(environment: Environment) -> Iterator[Problem]:
    """Amazon Route 53 refuses a record outside the zone, and the certificate would wait for hours to be validated."""
    for path, balancer in load_balancers(environment):
        zone, name = balancer.hosted_zone, balancer.record_name
        if zone is not None and name is not None and not f".{name}".endswith(f".{zone.zone_name}"):
            yield Problem(
                path=(*path, "record_name"),
                value=name,
                allowed=f"{zone.zone_name} or a name that ends with .{zone.zone_name}",
            )


@rule("RequestCertificate, AWS Certificate Manager API Reference", keys=balancer_keys("record_name"))
def record_name_fits_a_certificate(environment: Environment) -> Iterator[Problem]:
    """The first name of a certificate can have 64 characters, though a domain name can have more."""
    for path, balancer in load_balancers(environment):
        name = balancer.record_name
        if name is not None and len(name) > MOST_CHARACTERS_OF_A_COMMON_NAME:
            yield Problem(
                path=(*path, "record_name"),
                finding=f"{name!r} has {len(name)} characters",
                allowed=f"at most {MOST_CHARACTERS_OF_A_COMMON_NAME}",
            )


@warning(
    "Application Load Balancers, security groups",
    keys=(*balancer_keys("allowed_cidrs", "scheme"), *routing_keys()),
)
def clients_can_connect(environment: Environment) -> Iterator[Problem]:
    """Nobody reaches the services behind the load balancer."""
    used = {routing.load_balancer for _, _, routing in routings(environment)}
    for name, (path, balancer) in all_load_balancers(environment).items():
        clients = (
            *balancer.allowed_cidrs,
            *balancer.allowed_ipv6_cidrs,
            *balancer.allowed_prefix_list_ids,
            *balancer.allowed_security_group_ids,
        )
        if balancer.existing is not None:
            continue
        if not clients and name in used and balancer.cloudfront is None:
            yield Problem(
                path=(*path, "allowed_cidrs"),
                finding="there are services with routing, but allowed_cidrs is empty",
                fix="add the CIDR blocks of the clients",
            )
        blocks = balancer.allowed_cidrs
        is_private_only = len(clients) == len(blocks) and all(map(is_private, blocks))
        if balancer.scheme == "internet-facing" and blocks and is_private_only:
            yield Problem(
                path=(*path, "allowed_cidrs"),
                finding=f"scheme is internet-facing, but no client on the internet is in {listed(blocks, 'or')}",
                fix="add the addresses that clients have on the internet, or set scheme to internal",
            )


@warning(
    "Characteristics of ACM certificates, wildcard names; Listener rules, host conditions",
    keys=(*balancer_keys("record_name"), *condition_keys("host_headers[]")),
)
def host_is_in_the_certificate(environment: Environment) -> Iterator[Problem]:
    """The certificate is for record_name alone; clients refuse the connection to a host of another name."""
    for each in listener_rules(environment):
        _, balancer = all_load_balancers(environment).get(each.load_balancer, (None, None))
        if balancer is None or not balancer.record_name or balancer.additional_certificate_arns:
            continue
        name = balancer.record_name
        for index, host in enumerate(each.options.host_headers):
            if not is_covered(name.lower(), host.lower()):
                yield Problem(
                    path=(*each.path, "host_headers", index),
                    finding=f"{host!r} is not a name of the certificate, which is for {name.lower()}",
                    fix="use that name, or set certificate_arn to a certificate with all names instead of record_name",
                )


def is_covered(name: str, host: str) -> bool:
    """Whether some host of a condition has the name of a certificate, whose wildcard is one label.

    Args:
        name: Of the certificate, in lowercase.
        host: Of the condition, in lowercase.
    """
    dots = name.count(".")
    is_one_label = host.count(".") <= dots if "*" in host else host.count(".") == dots
    return example([host, name]) is not None and (is_one_label or not name.startswith("*."))
