"""Rules of what a load balancer does besides forwarding: addresses, certificates, client certificates, users."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.routing_subjects import balancer_keys, load_balancers
from settings.rules.rule import rule, warning

_CREDENTIALS = ("access_control_allow_origin", "access_control_allow_credentials")
_TRUST = ("trust_store_arn", "ca_bundle_bucket", "ca_bundle_key", "ca_bundle_version")


@rule(
    "IP address types for your Application Load Balancer",
    keys=(*balancer_keys("ip_address_type", "allowed_ipv6_cidrs", "scheme"), "network.ip_family"),
)
def ipv6_addresses_of_the_load_balancer_are_possible(environment: Environment) -> Iterator[Problem]:
    """IPv6 addresses come from subnets that have IPv6, and clients with IPv6 need a load balancer that has it."""
    for path, balancer in load_balancers(environment):
        kind = balancer.ip_address_type
        has_ipv6 = environment.network.existing is not None or environment.network.ip_family == "dual_stack"
        if kind != "ipv4" and not has_ipv6:
            yield Problem(
                path=(*path, "ip_address_type"),
                finding=f"ip_address_type is {kind}, but the subnets have IPv4 alone",
                fix="set network.ip_family to dual_stack, or use ipv4",
            )
        if kind == "ipv4" and balancer.allowed_ipv6_cidrs:
            yield Problem(
                path=(*path, "allowed_ipv6_cidrs"),
                finding="there are IPv6 CIDR blocks, but ip_address_type is ipv4",
                fix="set ip_address_type to dualstack, or remove allowed_ipv6_cidrs",
            )
        if kind == "dualstack-without-public-ipv4" and balancer.scheme == "internal":
            yield Problem(
                path=(*path, "ip_address_type"),
                finding=f"ip_address_type is {kind}, but scheme is internal",
                fix="use dualstack, or internet-facing",
            )


@rule(
    "HTTPS listeners for your Application Load Balancer: certificates; Mutual authentication with TLS",
    keys=balancer_keys("additional_certificate_arns", "mutual_tls", "plain_http"),
)
def certificates_have_https(environment: Environment) -> Iterator[Problem]:
    """A listener for HTTP has neither certificates of its own nor those of clients."""
    for path, balancer in load_balancers(environment):
        for key in ("additional_certificate_arns", "mutual_tls"):
            if balancer.plain_http and getattr(balancer, key):
                yield Problem(
                    path=(*path, key),
                    finding=f"there is {key}, but plain_http is true",
                    fix=f"remove {key}, or use certificate_arn or hosted_zone",
                )


@rule(
    "HTTPS listeners for your Application Load Balancer: certificates",
    keys=balancer_keys("additional_certificate_arns[]", "certificate_arn"),
)
def additional_certificate_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a certificate that a listener has already."""
    for path, balancer in load_balancers(environment):
        arns = balancer.additional_certificate_arns
        yield from come_once((*path, "additional_certificate_arns"), arns)
        if balancer.certificate_arn in arns:
            yield Problem(
                path=(*path, "additional_certificate_arns", arns.index(str(balancer.certificate_arn))),
                finding="it is also certificate_arn",
                fix="remove one of the two",
            )


@rule(
    "Mutual authentication with TLS in Application Load Balancer",
    keys=balancer_keys("mutual_tls", "mutual_tls.mode", *(f"mutual_tls.{key}" for key in _TRUST)),
)
def client_certificates_have_one_trust_store(environment: Environment) -> Iterator[Problem]:
    """Client certificates are verified by one trust store, and by none if the application verifies them."""
    for path, balancer in load_balancers(environment):
        options = balancer.mutual_tls
        if options is None:
            continue
        stated = [key for key in _TRUST if getattr(options, key) is not None]
        if options.mode == "passthrough" and stated:
            finding = f"mode is passthrough, but there is {listed(stated)}"
            fix = f"remove {listed(stated)}, or use verify"
        elif options.mode == "verify" and options.trust_store_arn is not None and len(stated) > 1:
            finding, fix = f"there are {listed(stated)}", "remove trust_store_arn, or the others"
        elif options.mode == "verify" and not (
            options.trust_store_arn or (options.ca_bundle_bucket and options.ca_bundle_key)
        ):
            finding = "there is no trust_store_arn, and no ca_bundle_bucket with ca_bundle_key"
            fix = "add one of the two, or use passthrough"
        else:
            continue
        yield Problem(path=(*path, "mutual_tls"), finding=finding, fix=fix)


@warning(
    "Authenticate users using an Application Load Balancer: prepare to use",
    keys=(*balancer_keys("identity_providers", "scheme"), "network.nat_gateways"),
)
def identity_providers_are_reached(environment: Environment) -> Iterator[Problem]:
    """The load balancer asks the provider for tokens; an internal one has no public address, and needs NAT."""
    network = environment.network
    for path, balancer in load_balancers(environment):
        is_without = (
            network.nat_gateways == "none" if network.existing is None else not network.existing.internet_access
        )
        if balancer.identity_providers and balancer.scheme == "internal" and is_without:
            yield Problem(
                path=(*path, "identity_providers"),
                finding="the load balancer is internal, and the private subnets have no way to the internet",
                fix="add a NAT gateway, or use internet-facing",
            )


@warning(
    "HTTP header modification for your Application Load Balancer; Fetch standard: CORS protocol and credentials",
    keys=balancer_keys(*(f"response_headers.{key}" for key in _CREDENTIALS)),
)
def credentials_have_one_origin(environment: Environment) -> Iterator[Problem]:
    """Browsers hand a response to a request with credentials to the page of one origin that it names, never of *."""
    for path, balancer in load_balancers(environment):
        headers = balancer.response_headers
        if headers and headers.access_control_allow_credentials and headers.access_control_allow_origin == "*":
            yield Problem(
                path=(*path, "response_headers", "access_control_allow_origin"),
                finding="it is *, and access_control_allow_credentials is true",
                fix="name one origin, or remove access_control_allow_credentials",
            )
